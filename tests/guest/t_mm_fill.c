// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Eight processes fill the same hole at once, each its own word of every page: by a
 * linked view, page by page in tables of their own, and by write(2).  Whoever comes to a
 * page first fills it for all; a frame too many, or a word in a frame that lost, shows.
 * groups: mm race
 * timeout: 60
 * pool: size=200M,huge=never
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "lib/mm.h"

#define SIZE (32 * MiB)
#define NR 8
#define WORD(i, k) (0xf111000000000000UL + ((uint64_t)(k) << 40) + (i))

enum way { LINKED, PAGEWISE, WRITTEN, WAYS };

struct worker {
	struct barrier *barrier;
	int fd, nr;
	enum way way;
};

static long used_bytes(void)
{
	struct statfs fs;

	need(statfs(pool_path("."), &fs) == 0);
	return (fs.f_blocks - fs.f_bfree) * fs.f_bsize;
}

/* The last page of a chunk stays out of it: a part of a chunk is never linked. */
static void store_pagewise(const struct worker *w, off_t chunk)
{
	volatile uint64_t *map = mmap(NULL, HUGE - PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, w->fd,
				      chunk);
	uint64_t last = WORD((chunk + HUGE - PAGE) / PAGE, w->nr);

	if (map == MAP_FAILED)
		_exit(2);
	for (long i = 0; i < (long)(HUGE / PAGE) - 1; i++)
		map[i * (PAGE / 8) + w->nr] = WORD(chunk / PAGE + i, w->nr);
	munmap((void *)map, HUGE - PAGE);
	if (pwrite(w->fd, &last, 8, chunk + HUGE - PAGE + 8 * w->nr) != 8)
		_exit(3);
}

static int fill(void *arg)
{
	const struct worker *w = arg;
	volatile uint64_t *map = NULL;

	if (w->way == LINKED) {
		map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, w->fd, 0);
		if (map == MAP_FAILED)
			return 1;
	}
	barrier_wait(w->barrier);
	for (off_t off = 0; off < (off_t)SIZE; off += w->way == PAGEWISE ? HUGE : PAGE) {
		uint64_t word = WORD(off / PAGE, w->nr);

		if (w->way == LINKED)
			map[off / 8 + w->nr] = word;
		else if (w->way == PAGEWISE)
			store_pagewise(w, off);
		else if (pwrite(w->fd, &word, 8, off + 8 * w->nr) != 8)
			return 4;
	}
	return 0;
}

static void together(const char *huge, const char *what, const enum way *ways)
{
	long before = used_bytes(), lost_by_map = 0, lost_by_read = 0;
	struct barrier *barrier = barrier_new(NR);
	int fd = make_morsel("fill", SIZE), failed = 0;
	struct worker workers[NR];
	uint64_t *map, words[NR];
	pid_t pids[NR];

	for (int k = 0; k < NR; k++) {
		workers[k] = (struct worker){ barrier, fd, k, ways[k % WAYS] };
		pids[k] = start_child(fill, &workers[k]);
	}
	for (int k = 0; k < NR; k++)
		failed += wait_child(pids[k], 30) != 0;
	is_int(failed, 0, "huge=%s, %s: all have stored", huge, what);
	map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	for (long i = 0; i < (long)(SIZE / PAGE); i++) {
		need(pread(fd, words, sizeof(words), i * PAGE) == sizeof(words));
		for (int k = 0; k < NR; k++) {
			lost_by_read += words[k] != WORD(i, k);
			lost_by_map += map[i * (PAGE / 8) + k] != WORD(i, k);
		}
	}
	is_int(lost_by_map, 0, "huge=%s, %s: each word is seen in a mapping", huge, what);
	is_int(lost_by_read, 0, "huge=%s, %s: and by read(2)", huge, what);
	is_int(mm_fdinfo(fd, "morsel-pages"), SIZE / PAGE, "huge=%s, %s: each page once", huge,
	       what);
	is_int(used_bytes() - before, SIZE, "huge=%s, %s: no frame too many is taken", huge, what);
	munmap(map, SIZE);
	close(fd);
	need(unlink(pool_path("fill")) == 0);
	is_int(used_bytes(), before, "huge=%s, %s: all memory is back", huge, what);
}

int main(void)
{
	static const enum way linked[] = { LINKED, LINKED, LINKED };
	static const enum way written[] = { WRITTEN, WRITTEN, WRITTEN };
	static const enum way mixed[] = { LINKED, PAGEWISE, WRITTEN };

	for (int huge = 0; huge < 2; huge++) {
		const char *option = huge ? "always" : "never";
		char text[32];

		snprintf(text, sizeof(text), "huge=%s", option);
		need(mount("none", getenv("MORSEL_DIR"), "morsel", MS_REMOUNT, text) == 0);
		together(option, "linked", linked);
		together(option, "by write(2)", written);
		together(option, "in every way", mixed);
	}
	return done_testing();
}
