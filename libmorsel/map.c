// SPDX-License-Identifier: LGPL-2.1-or-later
/* Mapping morsels so that upper-level page-table entries can serve them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "handle.h"

#define PMD_SPAN (2ULL << 20)
#define PUD_SPAN (1ULL << 30)

/*
 * From here up a mapping is rounded to whole 1 GiB spans. That costs address
 * space only, and saves the process its own page-middle table and all but one
 * of the entries to write.
 */
#define PUD_THRESHOLD (8ULL << 20)

struct morsel_mapping {
	void *base; /* what was mapped: whole spans */
	uint64_t mapped;
	void *addr; /* what was asked for */
	uint64_t length;
};

bool morsel_span_around(uint64_t offset, uint64_t length, uint64_t addr, uint64_t align,
			struct morsel_span *span)
{
	uint64_t end;

	if (__builtin_add_overflow(offset, length, &end) ||
	    __builtin_add_overflow(end, align - 1, &end))
		return false;
	span->start = offset & ~(align - 1);
	span->end = end & ~(align - 1);
	return !addr || (addr >= offset - span->start && (addr - offset) % align == 0);
}

/*
 * What is mapped is what @fd holds, whatever has its name or its addresses by now, so
 * there is no id to compare afterwards.
 * Return: the address of @span->start, or MAP_FAILED with errno.
 */
static void *map_span(int fd, const struct morsel_span *span, uint64_t offset, void *addr, int prot)
{
	int flags = MAP_SHARED | (addr ? MAP_FIXED_NOREPLACE : 0);
	char *base = addr ? (char *)addr - (offset - span->start) : NULL;
	char *got = mmap(base, span->end - span->start, prot, flags, fd, (off_t)span->start);

	if (addr && got != MAP_FAILED && got != base) {
		munmap(got, span->end - span->start);
		errno = EEXIST;
		return MAP_FAILED;
	}
	return got;
}

/* Errors of a wide mapping that a narrower one may not meet. */
static bool worth_narrowing(int err)
{
	return err == ENOMEM || err == EAGAIN || err == EEXIST || err == EFBIG;
}

static int map_best(const struct morsel *morsel, uint64_t offset, void *addr, int prot,
		    struct morsel_mapping *map)
{
	uint64_t align = map->length >= PUD_THRESHOLD ? PUD_SPAN : PMD_SPAN;
	struct morsel_span span;

	for (; align >= PMD_SPAN; align /= PUD_SPAN / PMD_SPAN) {
		if (!morsel_span_around(offset, map->length, (uintptr_t)addr, align, &span)) {
			errno = EINVAL;
			continue;
		}
		map->base = map_span(morsel->fd, &span, offset, addr, prot);
		if (map->base != MAP_FAILED) {
			map->mapped = span.end - span.start;
			map->addr = (char *)map->base + (offset - span.start);
			return 0;
		}
		if (!worth_narrowing(errno))
			break;
	}
	return -errno;
}

/* Find @length if it is 0, and refuse what cannot be. */
static int check(const struct morsel *morsel, uint64_t offset, uint64_t *length, const void *addr,
		 unsigned int flags)
{
	uint64_t size;
	int err;

	if (flags & ~MORSEL_MAP_WRITE)
		return morsel_fail(morsel->owner, -EINVAL, "morsel_map: unknown flags");
	if (((uintptr_t)addr - offset) % PMD_SPAN && addr)
		return morsel_fail(morsel->owner, -EINVAL,
				   "address %p and offset %#llx differ modulo 2 MiB", addr,
				   (unsigned long long)offset);
	if (!*length) {
		err = morsel_size(morsel, &size);
		if (err)
			return err;
		if (offset >= size)
			return morsel_fail(morsel->owner, -EINVAL,
					   "the morsel ends at %llu, there is nothing to map",
					   (unsigned long long)size);
		*length = size - offset;
	}
	if (offset > INT64_MAX - PUD_SPAN || *length > INT64_MAX - PUD_SPAN - offset)
		return morsel_fail(morsel->owner, -EOVERFLOW, "%s", strerror(EOVERFLOW));
	return 0;
}

static int explain(const struct morsel *morsel, int err, const void *addr)
{
	if (err == -EEXIST && !addr)
		return morsel_fail(morsel->owner, err,
				   "something is mapped where the morsel has its address");
	if (err == -EADDRNOTAVAIL)
		return morsel_fail(morsel->owner, err,
				   "another morsel has the address that it has on its media");
	if (err == -EFBIG)
		return morsel_fail(morsel->owner, err,
				   "the addresses of the morsel end before that");
	if (err == -EEXIST)
		return morsel_fail(morsel->owner, err, "something is mapped at %p already", addr);
	return morsel_fail(morsel->owner, err, "mmap: %s", strerror(-err));
}

MORSEL_EXPORT int morsel_map(const struct morsel *morsel, uint64_t offset, uint64_t length,
			     void *addr, unsigned int flags, struct morsel_mapping **out)
{
	int prot = PROT_READ | (flags & MORSEL_MAP_WRITE ? PROT_WRITE : 0), err;
	struct morsel_mapping *map;

	morsel_clear_error(morsel->owner);
	err = check(morsel, offset, &length, addr, flags);
	if (err)
		return err;
	map = calloc(1, sizeof(*map));
	if (!map)
		return explain(morsel, -ENOMEM, addr);
	map->length = length;
	err = map_best(morsel, offset, addr, prot, map);
	if (err) {
		free(map);
		return explain(morsel, err, addr);
	}
	*out = map;
	return 0;
}

MORSEL_EXPORT int morsel_unmap(struct morsel_mapping *map)
{
	if (!map)
		return 0;
	if (munmap(map->base, map->mapped))
		return -errno;
	free(map);
	return 0;
}

MORSEL_EXPORT void *morsel_mapping_addr(const struct morsel_mapping *map)
{
	return map->addr;
}

MORSEL_EXPORT uint64_t morsel_mapping_length(const struct morsel_mapping *map)
{
	return map->length;
}

MORSEL_EXPORT uint64_t morsel_mapping_mapped_length(const struct morsel_mapping *map)
{
	return map->mapped;
}
