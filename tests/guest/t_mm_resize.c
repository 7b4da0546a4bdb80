// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An object loses and regains pages while others have it mapped: holes punched
 * in it, truncated, zeroed.  All who map it, and who reads it, see the same at
 * once, and nothing but that.
 * groups: mm hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#define PUNCH (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

/* A range of the object that reads as zeros, up to @end. */
struct gone {
	off_t start, end;
};

struct scene {
	struct object obj;
	char *rw, *ro, *priv;
	struct gone gone;
};

/* Sums up a page: its pattern, all zeros, or neither. */
static int page_is(const struct object *obj, off_t off, const volatile uint64_t *words)
{
	unsigned int i, zeros = 0, right = 0;

	for (i = 0; i < PAGE / 8; i++) {
		zeros += words[i] == 0;
		right += words[i] == mm_word(obj, off + i * 8);
	}
	return zeros == PAGE / 8 ? 0 : right == PAGE / 8 ? 1 : -1;
}

static bool page_right(struct scene *s, off_t off)
{
	const struct geometry *geo = s->obj.geo;
	int expected = off < s->gone.start || off >= s->gone.end;
	size_t at = off - geo->offset;
	uint64_t words[PAGE / 8] = { 0 };

	if (pread(s->obj.fd, words, PAGE, off) < 0 || page_is(&s->obj, off, words) != expected) {
		diag("%s: read(2) at %#lx is wrong", geo->name, (long)off);
		return false;
	}
	if (off < geo->offset || at >= geo->len)
		return true;
	if (page_is(&s->obj, off, (uint64_t *)(s->ro + at)) != expected ||
	    page_is(&s->obj, off, (uint64_t *)(s->rw + at)) != expected ||
	    page_is(&s->obj, off, (uint64_t *)(s->priv + at)) != expected) {
		diag("%s: a mapping at %#lx is wrong", geo->name, (long)off);
		return false;
	}
	return true;
}

static bool all_right(struct scene *s)
{
	off_t off, end, size = lseek(s->obj.fd, 0, SEEK_END);
	int i;

	for (i = 0; i < MM_EXTENTS; i++) {
		end = s->obj.geo->data[i].off + s->obj.geo->data[i].len;
		if (end > size)
			end = size & -PAGE;
		for (off = s->obj.geo->data[i].off; off < end; off += PAGE)
			if (!page_right(s, off))
				return false;
	}
	return true;
}

static void scene_begin(struct scene *s, const struct geometry *geo)
{
	mm_object(&s->obj, geo);
	s->rw = mm_map(&s->obj, MM_RW);
	s->ro = mm_map(&s->obj, MM_RO);
	s->priv = mm_map(&s->obj, MM_PRIVATE);
	s->gone = (struct gone){ 0, 0 };
}

static void scene_end(struct scene *s)
{
	munmap(s->rw, s->obj.geo->len);
	munmap(s->ro, s->obj.geo->len);
	munmap(s->priv, s->obj.geo->len);
	is_int(mm_fdinfo(s->obj.fd, "morsel-links"), 0, "%s: no link is left", s->obj.geo->name);
	mm_object_drop(&s->obj);
}

/* Another process does it, with the object linked in its own mapping. */
static bool by_another(struct scene *s, int mode, off_t off, off_t len)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char *map = mm_map(&s->obj, MM_RW);

		if (lseek(s->obj.fd, 0, SEEK_END) == s->obj.geo->size)
			mm_rewrite(&s->obj, map);
		if (mode < 0)
			_exit(ftruncate(s->obj.fd, off) ? 1 : 0);
		if (mode == MADV_REMOVE)
			_exit(madvise(map + off - s->obj.geo->offset, len, MADV_REMOVE) ? 1 : 0);
		_exit(fallocate(s->obj.fd, mode, off, len) ? 1 : 0);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

/* The data to take away: within the first extent that is mapped. */
static off_t first_data(const struct geometry *geo)
{
	off_t off = geo->data[0].off > geo->offset ? geo->data[0].off : geo->offset;

	return off;
}

static size_t data_len(const struct geometry *geo)
{
	off_t end = geo->data[0].off + geo->data[0].len;

	if (end > geo->offset + (off_t)geo->len)
		end = geo->offset + geo->len;
	return end - first_data(geo);
}

static void holes(const struct geometry *geo, size_t skip, size_t len, int mode, const char *what)
{
	struct scene s;
	long before;

	if (skip + len > data_len(geo))
		return;
	scene_begin(&s, geo);
	ok(all_right(&s), "%s: %s: right before", geo->name, what);
	before = mm_fdinfo(s.obj.fd, "morsel-pages");
	ok(by_another(&s, mode, first_data(geo) + skip, len), "%s: %s", geo->name, what);
	if (!geo->huge)
		is_int(mm_fdinfo(s.obj.fd, "morsel-pages"),
		       before - (mode == FALLOC_FL_ZERO_RANGE ? 0 : len / PAGE),
		       "%s: %s: its frames are free", geo->name, what);
	s.gone = (struct gone){ first_data(geo) + skip, first_data(geo) + skip + len };
	ok(all_right(&s), "%s: %s: zeros there and nowhere else", geo->name, what);
	s.gone = (struct gone){ 0, 0 };
	mm_refill(&s.obj, s.rw);
	ok(mm_check(&s.obj, s.ro) && mm_check(&s.obj, s.priv),
	   "%s: %s: and written again by one, seen by all", geo->name, what);
	scene_end(&s);
}

/* Everything beyond the new end is gone for every mapping at once. */
static void shrinks(const struct geometry *geo, off_t to, const char *what)
{
	struct scene s;
	char *beyond;
	off_t at;

	scene_begin(&s, geo);
	ok(all_right(&s), "%s: %s: right before", geo->name, what);
	ok(by_another(&s, -1, to, 0), "%s: %s", geo->name, what);
	ok(all_right(&s), "%s: %s: the rest is right", geo->name, what);
	at = (to + PAGE - 1) & -PAGE;
	if (at >= geo->offset && at < geo->offset + (off_t)geo->len) {
		beyond = s.rw + at - geo->offset;
		is_int(mm_probe(beyond, false), SIGBUS, "%s: %s: SIGBUS beyond", geo->name, what);
		is_int(mm_probe(s.ro + at - geo->offset, false), SIGBUS,
		       "%s: %s: SIGBUS beyond, read-only", geo->name, what);
		is_int(mm_probe(beyond, true), SIGBUS, "%s: %s: SIGBUS beyond, writing",
		       geo->name, what);
	}
	if (to % PAGE)
		is_int(s.rw[to - geo->offset], 0, "%s: %s: zeros behind the end in its page",
		       geo->name, what);
	ok(by_another(&s, -1, geo->size, 0), "%s: %s: and back", geo->name, what);
	s.gone = (struct gone){ to & -PAGE, geo->size };
	if (to % PAGE == 0)
		ok(all_right(&s), "%s: %s: what comes back is zeros", geo->name, what);
	mm_refill(&s.obj, s.rw);
	s.gone = (struct gone){ 0, 0 };
	ok(mm_check(&s.obj, s.ro), "%s: %s: written again", geo->name, what);
	scene_end(&s);
}

static void try_geometry(const struct geometry *geo)
{
	off_t first = first_data(geo);
	size_t half = data_len(geo) / 2 & -PAGE;

	holes(geo, 0, PAGE, PUNCH, "a page punched");
	holes(geo, 60 * KiB, 4 * KiB, MADV_REMOVE, "a page removed");
	holes(geo, 0, HUGE, PUNCH, "2 MiB punched");
	holes(geo, HUGE, HUGE, MADV_REMOVE, "2 MiB removed");
	holes(geo, HUGE - 8 * KiB, 16 * KiB, PUNCH, "16 KiB across a boundary punched");
	holes(geo, 8 * KiB, 32 * KiB, FALLOC_FL_ZERO_RANGE, "32 KiB zeroed");
	holes(geo, PAGE, half, PUNCH, "half of it punched");
	shrinks(geo, first + half, "truncated to a page");
	shrinks(geo, first + half + 100, "truncated within a page");
	shrinks(geo, 0, "truncated to nothing");
}

int main(void)
{
	int i;

	mm_baseline();
	for (i = 0; i < mm_nr_geometries; i++)
		try_geometry(&mm_geometries[i]);
	mm_baseline_check();
	return done_testing();
}
