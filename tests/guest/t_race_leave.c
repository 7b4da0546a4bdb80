// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Leaving is not put off for ever by others (notifier.c): a process unmaps several
 * objects and exits, while other processes take pages out of each of them without a
 * pause, so that an invalidation of its address space is always in progress, and a
 * thread of its own does the same to other memory.
 * groups: race hazard
 * cpus: 4
 * timeout: 150
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tap.h"

enum {
	OBJECTS = 6,
	ROUNDS = 8,
	PAGE = 4096,
};

#define HUGE (2UL << 20)
#define KEPT 0x5a5a5a5a5a5aUL

struct shared {
	volatile unsigned long punches, rounds, wrong;
	volatile long worst_ms;
};

static struct shared *shared;
static int fds[OBJECTS];

static int punch_on(void *arg)
{
	int fd = *(int *)arg;

	for (;;) {
		if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HUGE, HUGE))
			return 1;
		__atomic_fetch_add(&shared->punches, 1, __ATOMIC_RELAXED);
	}
}

static void *zap_on(void *arg)
{
	volatile char *at = mmap(NULL, 64UL * PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(at != MAP_FAILED);
	for (;;) {
		at[0] = 1;
		madvise((void *)at, 64UL * PAGE, MADV_DONTNEED);
	}
	return arg;
}

static void map_all(uint64_t **maps)
{
	int i;

	for (i = 0; i < OBJECTS; i++) {
		maps[i] = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
		need(maps[i] != MAP_FAILED);
		shared->wrong += maps[i][0] != KEPT + i;
		maps[i][HUGE / 8]++;
	}
}

static int leave(void *arg)
{
	bool by_exit = arg;
	uint64_t *maps[OBJECTS];
	pthread_t thread;
	int64_t start;
	int i;

	need(!pthread_create(&thread, NULL, zap_on, NULL));
	map_all(maps);
	if (by_exit)
		_exit(0);
	for (i = 0; i < OBJECTS; i++) {
		start = now_ms();
		need(!munmap(maps[i], 2 * HUGE));
		if (now_ms() - start > shared->worst_ms)
			shared->worst_ms = now_ms() - start;
	}
	return 0;
}

static void rounds(bool by_exit)
{
	int64_t start = now_ms(), one, worst = 0;
	int i, bad = 0;

	for (i = 0; i < ROUNDS; i++) {
		one = now_ms();
		bad += in_child(leave, (void *)(uintptr_t)by_exit, 30) != 0;
		if (now_ms() - one > worst)
			worst = now_ms() - one;
	}
	diag("%s: %d ms for all, the longest %d ms, the longest munmap %ld ms",
	     by_exit ? "exit" : "munmap", (int)(now_ms() - start), (int)worst, shared->worst_ms);
	is_int(bad, 0, "%s: every one got away", by_exit ? "exit" : "munmap");
	is_int(shared->wrong, 0, "%s: and saw what it had to", by_exit ? "exit" : "munmap");
	ok(worst < 10000 * time_scale(), "%s: in time", by_exit ? "exit" : "munmap");
}

int main(void)
{
	uint64_t *survivor[OBJECTS];
	pid_t pids[OBJECTS];
	char name[16];
	int i;

	shared = shared_page();
	for (i = 0; i < OBJECTS; i++) {
		snprintf(name, sizeof(name), "o%d", i);
		fds[i] = make_morsel(name, 2 * HUGE);
		survivor[i] = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
		need(survivor[i] != MAP_FAILED);
		survivor[i][0] = KEPT + i;
	}
	for (i = 0; i < OBJECTS; i++)
		pids[i] = start_child(punch_on, &fds[i]);
	rounds(false);
	rounds(true);
	ok(shared->punches > 100, "pages went all the time: %lu", shared->punches);
	for (i = 0; i < OBJECTS; i++) {
		kill(pids[i], SIGKILL);
		is_int(wait_child(pids[i], 10), 128 + SIGKILL, "it punched to the end");
		is_int(survivor[i][0] - KEPT, i, "the survivor has its contents");
		is_int(survivor[i][HUGE / 8], 0, "and zeros where there is nothing");
	}
	return done_testing();
}
