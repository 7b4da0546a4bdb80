// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An object file starts with a header that names the address its pointers
 * count on.  The magic is written last, so that an object whose builder died
 * is refused.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

#define OBJECT_MAGIC   0x6870617267676b70ULL /* "pkggraph", little-endian */
#define OBJECT_VERSION 1

struct object_header {
	uint64_t magic;
	uint32_t version;
	uint32_t header_size;
	char *base;
	struct pg_graph *root;
	uint64_t used;
};

static size_t round_up(size_t value, size_t unit)
{
	return (value + unit - 1) & ~(unit - 1);
}

static char *map_object(const struct arena *arena, int prot)
{
	char *at = mmap(ARENA_BASE, arena->mapped, prot, MAP_SHARED | MAP_FIXED_NOREPLACE,
			arena->fd, 0);

	if (at == MAP_FAILED)
		err(1, "%s: cannot map %zu bytes at %p", arena->path, arena->mapped,
		    (void *)ARENA_BASE);
	if (at != ARENA_BASE) /* kernels before 4.17 take the address as a hint */
		errx(1, "%s: mapped at %p, not at %p", arena->path, (void *)at, (void *)ARENA_BASE);
	return at;
}

void arena_create(struct arena *arena, const char *path)
{
	struct stat st;

	*arena = (struct arena){ .path = path, .mapped = ARENA_MAX };
	arena->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (arena->fd < 0 || fstat(arena->fd, &st))
		err(1, "%s", path);
	if (st.st_size)
		errx(1, "%s: is not empty; remove it first", path);
	arena->base = map_object(arena, PROT_READ | PROT_WRITE);
	arena_new(arena, struct object_header);
}

void arena_anonymous(struct arena *arena)
{
	*arena = (struct arena){ .fd = -1, .mapped = ARENA_MAX, .size = ARENA_MAX };
	arena->base = mmap(NULL, arena->mapped, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena->base == MAP_FAILED)
		err(1, "cannot map %zu bytes of anonymous memory", arena->mapped);
	/* Where there are no huge pages, small ones do. */
	madvise(arena->base, arena->mapped, MADV_HUGEPAGE);
}

/*
 * Memory is allocated before it is touched: on a full file system that is an
 * error here and not a SIGBUS in the middle of the parser.
 */
static void grow(struct arena *arena, size_t needed)
{
	size_t size = round_up(needed, ARENA_CHUNK);

	if (size > arena->mapped || !arena->path)
		errx(1, "the graph needs more than %zu bytes", arena->mapped);
	if (!fallocate(arena->fd, 0, arena->size, size - arena->size))
		goto grown;
	if (errno != EOPNOTSUPP)
		err(1, "%s: cannot grow to %zu bytes", arena->path, size);
	if (ftruncate(arena->fd, size))
		err(1, "%s: cannot grow to %zu bytes", arena->path, size);
grown:
	arena->size = size;
}

char *arena_reserve(struct arena *arena, size_t size)
{
	if (size > ARENA_MAX - arena->used)
		errx(1, "the graph needs more than %zu bytes", ARENA_MAX);
	if (arena->used + size > arena->size)
		grow(arena, arena->used + size);
	return arena->base + arena->used;
}

void arena_take(struct arena *arena, size_t size)
{
	arena->used += size;
}

void *arena_alloc(struct arena *arena, size_t size, size_t align)
{
	void *at;

	arena->used = round_up(arena->used, align);
	at = arena_reserve(arena, size);
	arena_take(arena, size);
	return at;
}

void arena_publish(struct arena *arena, struct pg_graph *root)
{
	struct object_header *header = (struct object_header *)arena->base;

	header->version = OBJECT_VERSION;
	header->header_size = sizeof(*header);
	header->base = arena->base;
	header->root = root;
	header->used = arena->used;
	__atomic_store_n(&header->magic, OBJECT_MAGIC, __ATOMIC_RELEASE);
}

static void check_header(const struct arena *arena, const struct object_header *header)
{
	if (header->magic != OBJECT_MAGIC)
		errx(1, "%s: is not a complete package graph", arena->path);
	if (header->version != OBJECT_VERSION || header->header_size != sizeof(*header))
		errx(1, "%s: format version %u, this program reads %u", arena->path,
		     header->version, OBJECT_VERSION);
	if (header->base != ARENA_BASE)
		errx(1, "%s: made for address %p, not %p", arena->path, (void *)header->base,
		     (void *)ARENA_BASE);
	if (header->used > arena->size)
		errx(1, "%s: truncated: %zu bytes of %zu", arena->path, arena->size,
		     (size_t)header->used);
}

struct pg_graph *arena_open(struct arena *arena, const char *path)
{
	const struct object_header *header;
	struct stat st;

	*arena = (struct arena){ .path = path };
	arena->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (arena->fd < 0 || fstat(arena->fd, &st))
		err(1, "%s", path);
	if ((size_t)st.st_size < sizeof(*header))
		errx(1, "%s: is not a complete package graph", path);
	arena->size = st.st_size;
	arena->mapped = round_up(arena->size, ARENA_SPAN);
	arena->base = map_object(arena, PROT_READ);
	header = (const struct object_header *)arena->base;
	check_header(arena, header);
	arena->used = header->used;
	return header->root;
}

unsigned int arena_touch(const struct arena *arena)
{
	const volatile char *at = arena->base;
	const size_t page = sysconf(_SC_PAGESIZE);
	unsigned int sum = 0;

	for (size_t off = 0; off < arena->used; off += page)
		sum += (unsigned char)at[off];
	return sum;
}
