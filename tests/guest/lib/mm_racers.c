// SPDX-License-Identifier: GPL-2.0-or-later
/* Racers that many races need. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mm_race.h"

enum { TOUCHES = 64 };

static __thread unsigned int seed;

static int wrong(struct actor *a, off_t off, uint64_t got)
{
	char what[96];

	snprintf(what, sizeof(what), "offset %#lx reads %#lx, not %#lx", (long)off, (long)got,
		 (long)mm_word(a->obj, off));
	errno = 0;
	mm_fail(a, __FILE__, __LINE__, what);
	return 1;
}

/* One page: load, and store what is there. */
static int touch_at(struct actor *a, char *at, off_t off, int also, bool zeros)
{
	uint64_t word;
	int sig = mm_try_load(at, &word);

	if (!sig && word != mm_word(a->obj, off) && !(zeros && !word))
		return wrong(a, off, word);
	if (!sig && a->writable && word)
		sig = mm_try_store(at, word);
	if (sig && sig != also)
		return mm_fail(a, __FILE__, __LINE__, strsignal(sig));
	return 0;
}

/* Random pages; @also is a signal that may come. */
static int touch(struct actor *a, int also, bool zeros)
{
	off_t off;
	int i;

	if (!seed)
		seed = gettid();
	for (i = 0; i < TOUCHES; i++) {
		off = mm_random_page(a->obj, &seed) + (rand_r(&seed) % 2 ? PAGE - 8 : 0);
		if (touch_at(a, a->map + (off - a->geo->offset), off, also, zeros))
			return 1;
	}
	return 0;
}

int race_touch(struct actor *a, unsigned int n)
{
	return touch(a, 0, false);
}

int race_touch_segv(struct actor *a, unsigned int n)
{
	return touch(a, SIGSEGV, false);
}

int race_touch_zero(struct actor *a, unsigned int n)
{
	return touch(a, SIGBUS, true);
}

/* From a random 2 MiB boundary for a random number of pages, wherever the kernel puts it. */
static int window(struct actor *a, unsigned int n, int also, bool zeros)
{
	off_t off, base = mm_random_page(a->obj, &seed) & -HUGE;
	size_t len = rand_r(&seed) % (n % 4 ? 6 * MiB : GiB + 6 * MiB) / PAGE * PAGE + PAGE;
	int fd = open(a->obj->path, a->writable ? O_RDWR : O_RDONLY), i, ret = 0;
	char *map;

	want(fd >= 0);
	map = mmap(NULL, len, PROT_READ | (a->writable ? PROT_WRITE : 0), MAP_SHARED, fd, base);
	close(fd);
	want(map != MAP_FAILED);
	for (i = 0; i < TOUCHES / 4 && !ret; i++) {
		off = mm_random_page(a->obj, &seed);
		if (off >= base && off < base + (off_t)len)
			ret = touch_at(a, map + (off - base), off, also, zeros);
	}
	want(munmap(map, len) == 0);
	return ret;
}

int race_window(struct actor *a, unsigned int n)
{
	return window(a, n, 0, false);
}

int race_window_zero(struct actor *a, unsigned int n)
{
	return window(a, n, SIGBUS, true);
}

static int read_all(struct actor *a, const char *path)
{
	static __thread char buf[16 * KiB];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	want(fd >= 0);
	do {
		got = read(fd, buf, sizeof(buf));
	} while (got > 0);
	close(fd);
	want(got == 0);
	return 0;
}

static int read_pagemap(struct actor *a)
{
	static __thread uint64_t entries[2048];
	uintptr_t page = (uintptr_t)mm_first(a->obj, a->map) / PAGE;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	want(fd >= 0);
	got = pread(fd, entries, sizeof(entries), page * 8);
	close(fd);
	want(got == sizeof(entries));
	return 0;
}

int race_walk(struct actor *a, unsigned int n)
{
	static __thread unsigned char in_core[2048];

	switch (n % 6) {
	case 0:
		return read_all(a, "/proc/self/smaps");
	case 1:
		return read_pagemap(a);
	case 2:
		return read_all(a, "/proc/self/smaps_rollup");
	case 3:
		return access("/proc/self/numa_maps", R_OK) ? 0 :
		       read_all(a, "/proc/self/numa_maps");
	case 4:
		want(mincore(a->map, a->len < 8 * MiB ? a->len : 8 * MiB, in_core) == 0 ||
		     errno == ENOMEM);
		return 0;
	default:
		return read_all(a, "/proc/self/maps");
	}
}

static int fork_round(struct actor *a, bool use)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(use ? race_touch_zero(a, 0) : 0);
	want(pid > 0 && waitpid(pid, &status, 0) == pid);
	want(WIFEXITED(status) && !WEXITSTATUS(status));
	return 0;
}

int race_fork(struct actor *a, unsigned int n)
{
	return fork_round(a, true);
}

int race_fork_idle(struct actor *a, unsigned int n)
{
	return fork_round(a, false);
}
