// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The whole use of an object: open, mmap, access one byte, munmap, close; for
 * other stores also without the access, which leaves them unmapped ("lazy"), and
 * up to 64 MiB with all of it mapped at once ("populate").
 *
 * b_calls FIRST LAST RUNS [touch] STORE...   (sizes in MiB)
 *
 * touch: access a byte of each 2 MiB instead, of files that are there whole.
 *
 * "process" is the first time in a process that has never mapped a morsel,
 * "loop" a later time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bench.h"

enum { LOOPS = 5, FIRST = 0, LATER, OPEN, MMAP, ACCESS, MUNMAP, CLOSE, NUMBERS };

static const char *const metric[NUMBERS] = {
	"process", "loop", "open", "mmap", "access", "munmap", "close",
};

struct job {
	const struct store *store;
	int fd;
	uint64_t size;
	bool access;
	bool touch;
	int flags;
};

static uint64_t once(const struct job *job, uint64_t numbers[NUMBERS])
{
	uint64_t length = store_length(job->store, job->size), at[6];
	volatile char *p;
	int fd;

	at[0] = ticks();
	fd = store_reopen(job->store, job->fd);
	at[1] = ticks();
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | job->flags, fd, 0);
	if (p == MAP_FAILED)
		fatal("mmap of %s: %s", job->store->name, strerror(errno));
	at[2] = ticks();
	if (job->access)
		(void)p[0];
	for (uint64_t off = 0; job->touch && off < job->size; off += HUGE_PAGE)
		(void)p[off];
	at[3] = ticks();
	munmap((void *)p, length);
	at[4] = ticks();
	close(fd);
	at[5] = ticks();
	for (int i = 0; i < 5; i++)
		numbers[OPEN + i] = at[i + 1] - at[i];
	return at[5] - at[0];
}

static void measure(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	numbers[FIRST] = once(arg, numbers);
	for (int i = 0; i < LOOPS; i++)
		numbers[LATER] = once(arg, numbers);
}

static void run(const struct job *job, const char *way, int runs)
{
	struct subject who = { "calls", job->store->name, way, job->size };

	measure_in_children(&who, runs, measure, job, metric, NUMBERS);
}

static void run_store(const struct store *store, const uint64_t *sizes, int nr, int runs,
		      bool touch)
{
	struct subject who = { "calls", store->name, "", 0 };
	struct job job = { store, store->create(store), 0, true, touch, 0 };
	int err;

	if (job.fd < 0) {
		not_measured(&who, "%s", strerror(-job.fd));
		return;
	}
	for (int i = 0; i < nr; i++) {
		who.size = job.size = sizes[i];
		err = store->grow(store, job.fd, i ? sizes[i - 1] : 0, sizes[i]);
		if (err) {
			not_measured(&who, "cannot be populated: %s", strerror(-err));
			break;
		}
		job.access = true;
		run(&job, touch ? "touch" : "access", runs);
		if (store->own || touch)
			continue;
		if (sizes[i] <= 64 * MIB) {
			job.flags = MAP_POPULATE;
			run(&job, "populate", runs);
			job.flags = 0;
		}
		job.access = false;
		run(&job, "lazy", runs);
	}
	store->destroy(store, job.fd);
}

int main(int argc, char **argv)
{
	uint64_t sizes[32];
	bool touch;
	int nr;

	if (argc < 5)
		fatal("usage: b_calls FIRST LAST RUNS STORE...");
	bench_begin("calls", argv);
	nr = sizes_between(atol(argv[1]) * MIB, atol(argv[2]) * MIB, sizes, 32);
	touch = !strcmp(argv[4], "touch");
	for (int i = touch ? 5 : 4; i < argc; i++)
		run_store(store_find(argv[i]), sizes, nr, atoi(argv[3]), touch);
	return 0;
}
