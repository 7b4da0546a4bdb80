// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fork of a process that has an object mapped in full, by size of the object;
 * and the child's first access to all of it.
 *
 * b_fork FIRST LAST RUNS STORE...   (sizes in MiB; the store "anonymous" is private memory)
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

enum { FORK, ACCESS, AGAIN_ALL, NUMBERS };

static const char *const metric[NUMBERS] = { "fork", "first access", "access to all" };

struct job {
	const struct store *store;	/* NULL: anonymous */
	int fd;
	uint64_t size;
	uint64_t *numbers;	/* shared with the child */
};

static volatile char *map_it(const struct job *job)
{
	volatile char *p;

	if (job->store)
		return store_map(job->store, job->fd, job->size);
	p = mmap(NULL, job->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	madvise((void *)p, job->size, MADV_NOHUGEPAGE);
	for (uint64_t off = 0; off < job->size; off += PAGE)
		p[off] = 1;
	return p;
}

static void child(const struct job *job, volatile char *p)
{
	uint64_t step = job->store ? job->store->leaf : PAGE, start;

	warm_up();
	job->numbers[ACCESS] = 0;
	start = ticks();
	(void)p[0];
	job->numbers[ACCESS] = ticks() - start;
	start = ticks();
	for (uint64_t off = step; off < job->size; off += step)
		(void)p[off];
	job->numbers[AGAIN_ALL] = ticks() - start + job->numbers[ACCESS];
	_exit(0);
}

static void measure(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	struct job *job = arg;
	volatile char *p = map_it(job);
	uint64_t start;
	pid_t pid;

	if (!p)
		fatal("cannot map %lu bytes", job->size);
	job->numbers = numbers;
	/* Twice: what the first fork itself breaks (copied pages of the parent) is not counted. */
	for (int i = 0; i < 2; i++) {
		start = ticks();
		pid = fork();
		if (!pid)
			child(job, p);
		numbers[FORK] = ticks() - start;
		waitpid(pid, NULL, 0);
	}
}

static void one(const struct store *store, int fd, uint64_t size, int runs)
{
	struct subject who = { "fork", store ? store->name : "anonymous", "", size };
	struct job job = { store, fd, size, NULL };

	measure_in_children(&who, runs, measure, &job, metric, NUMBERS);
}

static void run_store(const struct store *store, const uint64_t *sizes, int nr, int runs)
{
	struct subject who = { "fork", store ? store->name : "anonymous", "", 0 };
	int fd = store ? store->create(store) : -1, err;

	if (store && fd < 0) {
		not_measured(&who, "%s", strerror(-fd));
		return;
	}
	for (int i = 0; i < nr; i++) {
		who.size = sizes[i];
		err = store ? store->grow(store, fd, i ? sizes[i - 1] : 0, sizes[i]) : 0;
		if (err) {
			not_measured(&who, "cannot be populated: %s", strerror(-err));
			break;
		}
		one(store, fd, sizes[i], runs);
	}
	if (store)
		store->destroy(store, fd);
}

int main(int argc, char **argv)
{
	struct sched_param first = { .sched_priority = 1 };
	uint64_t sizes[32];
	int nr;

	if (argc < 5)
		fatal("usage: b_fork FIRST LAST RUNS STORE...");
	bench_begin("fork", argv);
	/* A child of the same class and priority does not run before the parent waits for it. */
	sched_setscheduler(0, SCHED_FIFO, &first);
	nr = sizes_between(atol(argv[1]) * MIB, atol(argv[2]) * MIB, sizes, 32);
	for (int i = 4; i < argc; i++)
		run_store(strcmp(argv[i], "anonymous") ? store_find(argv[i]) : NULL, sizes, nr,
			  atoi(argv[3]));
	return 0;
}
