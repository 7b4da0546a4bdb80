// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects under test: their geometries, their contents, their mappings. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mm.h"

#define SMALL_POOL "/mnt/morsel-small"

/*
 * Whole GiB link at PUD level, whole 2 MiB at PMD level, the rest page by page.
 * A GiB that lies askew in the addresses can be linked at PMD level only.
 */
const struct geometry mm_geometries[] = {
	{ .name = "1 GiB, 2 MiB frames", .huge = true, .size = GiB, .len = GiB,
	  .data = { { 0, 4 * MiB }, { 512 * MiB, 2 * MiB }, { 1022 * MiB, 2 * MiB } } },
	{ .name = "1 GiB, 4 KiB frames", .size = GiB, .len = GiB,
	  .data = { { 0, 3 * MiB }, { 511 * MiB + 64 * KiB, 128 * KiB },
		    { GiB - 64 * KiB, 64 * KiB } } },
	{ .name = "2 GiB and a ragged tail", .huge = true, .size = 2 * GiB + 6 * MiB + 12 * KiB,
	  .len = 2 * GiB + 6 * MiB + 12 * KiB,
	  .data = { { 0, 2 * MiB }, { GiB, 2 * MiB }, { 2 * GiB, 6 * MiB + 12 * KiB } } },
	{ .name = "2 GiB askew", .huge = true, .size = 3 * GiB, .offset = 2 * MiB,
	  .len = 2 * GiB, .shift = 4 * MiB,
	  .data = { { 0, 4 * MiB }, { GiB - 2 * MiB, 4 * MiB }, { 2 * GiB, 4 * MiB } } },
	{ .name = "1 GiB without huge mappings", .huge = true, .no_thp = true, .size = GiB,
	  .len = GiB, .data = { { 0, 4 * MiB }, { 512 * MiB, 2 * MiB } } },
	{ .name = "8 MiB, 2 MiB frames", .huge = true, .size = 8 * MiB, .len = 8 * MiB,
	  .data = { { 0, 8 * MiB } } },
	{ .name = "8 MiB, 4 KiB frames", .size = 8 * MiB, .len = 8 * MiB,
	  .data = { { 0, 3 * MiB }, { 5 * MiB + 4 * KiB, 2 * MiB } } },
	{ .name = "8 MiB at offset 6 MiB", .huge = true, .size = 16 * MiB, .offset = 6 * MiB,
	  .len = 8 * MiB, .data = { { 2 * MiB, 12 * MiB } } },
	{ .name = "8 MiB of a 3 MiB object", .huge = true, .size = 3 * MiB + 4 * KiB,
	  .len = 8 * MiB, .data = { { 0, 3 * MiB + 4 * KiB } } },
	{ .name = "8 MiB without huge mappings", .huge = true, .no_thp = true, .size = 8 * MiB,
	  .len = 8 * MiB, .data = { { 0, 8 * MiB } } },
	{ .name = "5 MiB and 12 KiB", .huge = true, .size = 5 * MiB + 12 * KiB,
	  .len = 5 * MiB + 12 * KiB, .data = { { 0, 5 * MiB + 12 * KiB } } },
	{ .name = "64 KiB", .huge = true, .size = 64 * KiB, .len = 64 * KiB,
	  .data = { { 0, 64 * KiB } } },
	{ .name = "100 KiB of 2 MiB frames", .huge = true, .size = 4 * MiB, .offset = 2 * MiB,
	  .len = 100 * KiB, .data = { { 0, 4 * MiB } } },
};

const int mm_nr_geometries = sizeof(mm_geometries) / sizeof(mm_geometries[0]);

const char *const mm_mode_name[MM_MODES] = {
	"read-write", "read-only", "read-only of a writable descriptor", "private",
};

static const char *pool_of(const struct geometry *geo)
{
	static bool mounted;

	if (geo->huge)
		return pool_path("");
	if (!mounted) {
		mkdir(SMALL_POOL, 0755);
		if (mount("none", SMALL_POOL, "morsel", 0, "size=48M,huge=never"))
			bail_out("cannot mount a pool of 4 KiB frames: %m");
		mounted = true;
	}
	return SMALL_POOL "/";
}

uint64_t mm_word(const struct object *obj, off_t off)
{
	return (obj->seed ^ (uint64_t)(off >> 3)) * 0x9e3779b97f4a7c15UL | 1;
}

static void fill(const struct object *obj, const struct extent *data)
{
	uint64_t words[64 * KiB / 8];
	size_t i, len;
	off_t off;

	for (off = data->off; off < data->off + (off_t)data->len; off += len) {
		len = sizeof(words);
		if (off + (off_t)len > data->off + (off_t)data->len)
			len = data->off + data->len - off;
		for (i = 0; i < len / 8; i++)
			words[i] = mm_word(obj, off + i * 8);
		if (pwrite(obj->fd, words, len, off) != (ssize_t)len)
			bail_out("%s: cannot write at %#lx: %m", obj->path, (long)off);
	}
}

void mm_object(struct object *obj, const struct geometry *geo)
{
	static int serial;
	int i;

	obj->geo = geo;
	obj->seed = ++serial * 0x123456789abUL;
	snprintf(obj->path, sizeof(obj->path), "%smm-%d-%d", pool_of(geo), getpid(), serial);
	obj->fd = open(obj->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (obj->fd < 0)
		bail_out("%s: %m", obj->path);
	if (ftruncate(obj->fd, geo->size))
		bail_out("%s: cannot resize: %m", obj->path);
	for (i = 0; i < MM_EXTENTS && geo->data[i].len; i++)
		fill(obj, &geo->data[i]);
}

void mm_object_drop(struct object *obj)
{
	close(obj->fd);
	if (unlink(obj->path))
		bail_out("%s: cannot unlink: %m", obj->path);
}

/* An address that is @shift off the object's place in a GiB, with room for the mapping. */
static char *askew(const struct geometry *geo)
{
	size_t room = geo->len + 2 * GiB;
	char *p = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t at;

	if (p == MAP_FAILED)
		bail_out("no room for %zu bytes: %m", room);
	munmap(p, room);
	at = ((uintptr_t)p + GiB - 1) & -GiB;
	return (char *)at + (geo->offset + geo->shift) % GiB;
}

char *mm_map(const struct object *obj, enum mm_mode mode)
{
	const struct geometry *geo = obj->geo;
	int access = mode == MM_RW || mode == MM_RO_OF_RW ? O_RDWR : O_RDONLY;
	int fd = open(obj->path, access | O_CLOEXEC);
	int flags = (mode == MM_PRIVATE ? MAP_PRIVATE : MAP_SHARED) | (geo->shift ? MAP_FIXED : 0);
	int prot = mode == MM_RW ? PROT_READ | PROT_WRITE : PROT_READ;
	char *map;

	if (fd < 0)
		bail_out("%s: %m", obj->path);
	map = mmap(geo->shift ? askew(geo) : NULL, geo->len, prot, flags, fd, geo->offset);
	if (map == MAP_FAILED)
		bail_out("%s: cannot map %s: %m", geo->name, mm_mode_name[mode]);
	if (((uintptr_t)map - geo->offset) % (geo->len >= GiB && !geo->shift ? GiB : HUGE))
		bail_out("%s: badly aligned at %p", geo->name, map);
	if (geo->no_thp && madvise(map, geo->len, MADV_NOHUGEPAGE))
		bail_out("MADV_NOHUGEPAGE: %m");
	close(fd);
	return map;
}

/* The part of an extent that lies within [@off, @off + @len). */
static bool within(const struct extent *data, off_t off, size_t len, off_t *start, off_t *end)
{
	*start = data->off > off ? data->off : off;
	*end = data->off + (off_t)data->len;
	if (*end > off + (off_t)len)
		*end = off + len;
	return *start < *end;
}

static bool check_page(const struct object *obj, const char *map, off_t off)
{
	static const unsigned int at[] = { 0, 2048, PAGE - 8 };
	const char *page = map + (off - obj->geo->offset);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		uint64_t got = *(volatile const uint64_t *)(page + at[i]);

		if (got != mm_word(obj, off + at[i])) {
			diag("%s: offset %#lx: %#lx instead of %#lx", obj->geo->name,
			     (long)off + at[i], (long)got, (long)mm_word(obj, off + at[i]));
			return false;
		}
	}
	return true;
}

/* The next page to look at: all at the edges of data and of 2 MiB, every eighth between. */
static off_t step(off_t off, off_t start, off_t end)
{
	off_t next = (off + 8 * PAGE) & -(8 * PAGE);

	if (off < start + 4 * (off_t)PAGE || off % HUGE < 2 * PAGE)
		return off + PAGE;
	if (next % HUGE == 0 && off % HUGE < HUGE - PAGE)
		return off / HUGE * HUGE + HUGE - PAGE;
	return off < end - (off_t)PAGE && next >= end ? end - (off_t)PAGE : next;
}

static bool check(const struct object *obj, const char *map, off_t off, size_t len, bool all)
{
	const struct extent *data = obj->geo->data;
	off_t at, start, end;
	int i;

	for (i = 0; i < MM_EXTENTS; i++) {
		if (!within(&data[i], off, len, &start, &end))
			continue;
		for (at = start; at < end; at = all ? at + (off_t)PAGE : step(at, start, end))
			if (!check_page(obj, map, at))
				return false;
	}
	return true;
}

bool mm_check_range(const struct object *obj, const char *map, off_t off, size_t len)
{
	return check(obj, map, off, len, false);
}

bool mm_check(const struct object *obj, const char *map)
{
	return check(obj, map, obj->geo->offset, obj->geo->len, false);
}

bool mm_check_all(const struct object *obj, const char *map)
{
	return check(obj, map, obj->geo->offset, obj->geo->len, true);
}

void mm_rewrite(const struct object *obj, char *map)
{
	const struct extent *data = obj->geo->data;
	off_t at, start, end;
	int i;

	for (i = 0; i < MM_EXTENTS; i++) {
		if (!within(&data[i], obj->geo->offset, obj->geo->len, &start, &end))
			continue;
		for (at = start; at < end; at = step(at, start, end))
			*(volatile uint64_t *)(map + (at - obj->geo->offset)) = mm_word(obj, at);
	}
}

void mm_refill(const struct object *obj, char *map)
{
	const struct extent *data = obj->geo->data;
	off_t at, start, end;
	int i;

	for (i = 0; i < MM_EXTENTS; i++) {
		if (!within(&data[i], obj->geo->offset, obj->geo->len, &start, &end))
			continue;
		for (at = start; at < end; at += 8)
			*(volatile uint64_t *)(map + (at - obj->geo->offset)) = mm_word(obj, at);
	}
}

bool mm_check_file(const struct object *obj)
{
	const struct extent *data = obj->geo->data;
	uint64_t words[64 * KiB / 8];
	off_t off, end;
	ssize_t n, i;
	int e;

	for (e = 0; e < MM_EXTENTS && data[e].len; e++) {
		end = data[e].off + data[e].len;
		for (off = data[e].off; off < end; off += n) {
			n = end - off < (off_t)sizeof(words) ? end - off : (off_t)sizeof(words);
			if (pread(obj->fd, words, n, off) != n)
				return false;
			for (i = 0; i < n / 8; i++)
				if (words[i] != mm_word(obj, off + i * 8))
					return false;
		}
	}
	return true;
}

char *mm_first(const struct object *obj, char *map)
{
	off_t start, end;
	int i;

	for (i = 0; i < MM_EXTENTS; i++)
		if (within(&obj->geo->data[i], obj->geo->offset, obj->geo->len, &start, &end))
			return map + (start - obj->geo->offset);
	bail_out("%s: no data in the mapping", obj->geo->name);
}

char *mm_last(const struct object *obj, char *map)
{
	off_t start, end;
	int i;

	for (i = MM_EXTENTS - 1; i >= 0; i--)
		if (within(&obj->geo->data[i], obj->geo->offset, obj->geo->len, &start, &end))
			return map + (end - PAGE - obj->geo->offset);
	bail_out("%s: no data in the mapping", obj->geo->name);
}
