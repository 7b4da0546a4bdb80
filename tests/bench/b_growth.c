// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How costs grow with the number of processes that share an object, and with
 * the number of mappings that a process has.
 *
 * b_growth processes|mappings RUNS STORE...
 *
 * processes: map, access one byte and unmap by one more ("join"; "populate" maps
 * all at once), and punching 2 MiB out of the object, which takes them back from
 * all ("revoke").
 * mappings: "first" and "later" use of an object in a process that has as many others.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "bench.h"

#define SIZE (16 * MIB)

struct job {
	const struct store *store;
	int fd;
	int mappings;
	int flags;
};

static uint64_t use_once(const struct job *job)
{
	uint64_t length = store_length(job->store, SIZE), start = ticks();
	volatile char *p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | job->flags,
				job->fd, 0);

	if (p == MAP_FAILED)
		fatal("mmap of %s: %s", job->store->name, strerror(errno));
	(void)p[0];
	munmap((void *)p, length);
	return ticks() - start;
}

static void join(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	numbers[0] = use_once(arg);
}

static void join_one(struct job *job, int flags, struct sample *joins)
{
	job->flags = flags;
	if (in_children(1, join, job, joins, 1))
		fatal("a process failed");
	job->flags = 0;
}

static void hold(void *arg)
{
	const struct job *job = arg;

	if (!store_map(job->store, job->fd, SIZE))
		fatal("cannot map %s", job->store->name);
}

static uint64_t revoke(const struct job *job)
{
	uint64_t start = ticks();

	if (fallocate(job->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, SIZE - HUGE_PAGE,
		      HUGE_PAGE))
		fatal("punch a hole into %s: %s", job->store->name, strerror(errno));
	return ticks() - start;
}

static void refill(const struct job *job)
{
	if (job->store->grow(job->store, job->fd, SIZE - HUGE_PAGE, SIZE))
		fatal("cannot refill %s", job->store->name);
}

static void with_processes(struct job *job, int processes, int runs)
{
	struct subject who = { "processes", job->store->name, "", processes };
	struct subject at_once = { "processes", job->store->name, "populate", processes };
	struct sample joins = { .n = 0 }, populated = { .n = 0 }, revokes = { .n = 0 };
	struct crowd crowd;

	while (runs-- > 0) {
		if (crowd_start(&crowd, processes, hold, job))
			fatal("cannot start %d processes", processes);
		join_one(job, 0, &joins);
		if (!job->store->own)
			join_one(job, MAP_POPULATE, &populated);
		if (!job->store->device)
			sample_add(&revokes, revoke(job));
		crowd_end(&crowd);
		if (!job->store->device)
			refill(job);
	}
	result(&who, "join", &joins);
	if (populated.n)
		result(&at_once, "join", &populated);
	if (revokes.n)
		result(&who, "revoke", &revokes);
}

/* Neighbours of different protection stay separate. */
static void make_mappings(int n)
{
	for (int i = 0; i < n; i++)
		if (mmap(NULL, PAGE, i & 1 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0) == MAP_FAILED)
			fatal("cannot make %d mappings", n);
}

static void first_and_later(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	struct job *job = arg;

	make_mappings(job->mappings);
	numbers[0] = use_once(job);
	numbers[1] = use_once(job);
}

static void with_mappings(struct job *job, int mappings, int runs)
{
	struct subject who = { "mappings", job->store->name, "", mappings };
	struct sample samples[2] = {};

	job->mappings = mappings;
	if (in_children(runs, first_and_later, job, samples, 2))
		fatal("a process failed");
	result(&who, "first", &samples[0]);
	result(&who, "later", &samples[1]);
}

static void run_store(const struct store *store, bool processes, int runs)
{
	static const int counts[2][7] = {
		{ 0, 8, 16, 32, 64, 256, 1024 },
		{ 0, 1, 2, 4, 16, 32, 64 },
	};
	struct job job = { .store = store, .fd = store->create(store) };
	struct subject who = { processes ? "processes" : "mappings", store->name, "", 0 };

	if (job.fd < 0) {
		not_measured(&who, "%s", strerror(-job.fd));
		return;
	}
	if (store->grow(store, job.fd, 0, SIZE))
		fatal("cannot populate %s", store->name);
	for (int i = 0; i < 7; i++) {
		if (processes)
			with_processes(&job, counts[1][i], runs);
		else
			with_mappings(&job, counts[0][i], runs);
	}
	store->destroy(store, job.fd);
}

int main(int argc, char **argv)
{
	bool processes;

	if (argc < 4)
		fatal("usage: b_growth processes|mappings RUNS STORE...");
	processes = !strcmp(argv[1], "processes");
	bench_begin(argv[1], argv);
	for (int i = 3; i < argc; i++)
		run_store(store_find(argv[i]), processes, atoi(argv[2]));
	return 0;
}
