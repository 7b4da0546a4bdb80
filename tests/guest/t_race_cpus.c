// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Everything at once on eight CPUs: faults, zaps, walkers, maps at several offsets,
 * forks; then the same beside punching.
 * groups: race hazard
 * timeout: 120
 * cpus: 8
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/mm_race.h"

static __thread unsigned int seed = 3;

static int dontneed(struct actor *a, unsigned int n)
{
	off_t off = mm_random_page(a->obj, &seed) - a->geo->offset;

	if (n % 4)
		want(madvise(a->map + off, PAGE, MADV_DONTNEED) == 0);
	else
		want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	return 0;
}

static int protect(struct actor *a, unsigned int n)
{
	int prot = n % 2 && a->writable ? PROT_READ | PROT_WRITE : n % 3 ? PROT_READ : PROT_NONE;

	want(mprotect(a->map, a->len, prot) == 0);
	return 0;
}

static int punch(struct actor *a, unsigned int n)
{
	off_t off = mm_random_page(a->obj, &seed);
	uint64_t word = mm_word(a->obj, off);
	int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	if (n % 8)
		want(fallocate(a->obj->fd, mode, off, PAGE) == 0);
	else
		want(fallocate(a->obj->fd, mode, off & -HUGE, HUGE) == 0);
	want(pwrite(a->obj->fd, &word, 8, off) == 8);
	return 0;
}

static const struct race races[] = {
	{ "all but losses", 4, false,
	  { { "touches", race_touch_segv, 3 }, { "zaps", dontneed, 1 }, { "changes", protect, 1 },
	    { "walks", race_walk, 1 }, { "windows", race_window, 1 },
	    { "idle forks", race_fork_idle, 1 } } },
	{ "losses", 4, true,
	  { { "touches", race_touch_zero, 3 }, { "zaps", dontneed, 1 }, { "punches", punch, 1 },
	    { "walks", race_walk, 1 }, { "windows", race_window_zero, 1 },
	    { "forks", race_fork, 1 } } },
};

int main(void)
{
	static const char *const where[] = { "1 GiB, 2 MiB frames", "1 GiB, 4 KiB frames",
					     "8 MiB, 2 MiB frames", "8 MiB, 4 KiB frames",
					     "2 GiB and a ragged tail" };
	unsigned int i, j;

	mm_baseline();
	for (i = 0; i < sizeof(races) / sizeof(races[0]); i++)
		for (j = 0; j < sizeof(where) / sizeof(where[0]); j++)
			mm_race(&races[i], mm_geometry(where[j]), 1);
	mm_baseline_check();
	return done_testing();
}
