// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts that one CPU sends to another: per mapping, access to each leaf and
 * unmapping of an object, in a process whose threads run on both.  "populate" is
 * mmap() with MAP_POPULATE before the accesses.
 *
 * b_ipi ROUNDS STORE...   (needs two CPUs)
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bench.h"

#define SIZE (16 * MIB)

static atomic_bool stop, running;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fatal("no CPU %d: %s", cpu, strerror(errno));
}

static void *other(void *arg)
{
	(void)arg;
	pin(1);
	atomic_store(&running, true);
	while (!atomic_load(&stop))
		__builtin_ia32_pause();
	return NULL;
}

static long sent(void)
{
	return interrupts("TLB") + interrupts("CAL");
}

typedef void *map_fn(const struct store *store, int fd, uint64_t size);

static void one(const struct store *store, int fd, map_fn *map, bool two, int rounds)
{
	struct subject who = { "ipi", store->name, NULL, SIZE };
	pthread_t thread;
	long before;
	void *p;

	if (store->own || map == store_touch)
		who.way = two ? "two CPUs" : "one CPU";
	else
		who.way = two ? "populate, two CPUs" : "populate, one CPU";
	atomic_store(&stop, false);
	atomic_store(&running, false);
	if (two && pthread_create(&thread, NULL, other, NULL))
		fatal("no thread");
	while (two && !atomic_load(&running))
		sched_yield();
	before = sent();
	for (int i = 0; i < rounds; i++) {
		p = map(store, fd, SIZE);
		if (!p)
			fatal("cannot map %s", store->name);
		munmap(p, store_length(store, SIZE));
	}
	result_one(&who, "interrupts per 1000", (sent() - before) * 1000 / rounds);
	atomic_store(&stop, true);
	if (two)
		pthread_join(thread, NULL);
}

static void run_store(const struct store *store, int rounds)
{
	struct subject who = { "ipi", store->name, "", SIZE };
	int fd = store->create(store), err;

	if (fd < 0) {
		not_measured(&who, "%s", strerror(-fd));
		return;
	}
	err = store->grow(store, fd, 0, SIZE);
	if (err) {
		not_measured(&who, "%s", strerror(-err));
	} else {
		one(store, fd, store_touch, false, rounds);
		one(store, fd, store_touch, true, rounds);
		if (!store->own) {
			one(store, fd, store_map, false, rounds);
			one(store, fd, store_map, true, rounds);
		}
	}
	store->destroy(store, fd);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		fatal("usage: b_ipi ROUNDS STORE...");
	bench_begin("ipi", argv);
	pin(0);
	for (int i = 2; i < argc; i++)
		run_store(store_find(argv[i]), atoi(argv[1]));
	return 0;
}
