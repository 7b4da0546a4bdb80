// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * First population of an empty object, by four ways: a store into each leaf
 * through a mapping ("demand"), mmap(2) with MAP_POPULATE ("populate"),
 * fallocate(2), write(2); and giving the memory back by ftruncate(2) to nothing.
 * A device has nothing to allocate, and is only mapped.
 *
 * b_populate FIRST LAST RUNS STORE...   (sizes in MiB)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bench.h"

struct job {
	const struct store *store;
	uint64_t size;
	int (*fill)(const struct job *job, int fd);
};

enum { FILL, FREE, FAULTS, NUMBERS };

static const char *const metric[NUMBERS] = { "fill", "free", "faults" };

static int map_and_store(const struct job *job, int fd, uint64_t length, int flags)
{
	volatile char *p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	for (uint64_t off = 0; off < job->size; off += job->store->leaf)
		p[off] = 1;
	munmap((void *)p, length);
	return 0;
}

static int demand(const struct job *job, int fd)
{
	return map_and_store(job, fd, store_length(job->store, job->size), 0);
}

static int populate(const struct job *job, int fd)
{
	return map_and_store(job, fd, job->size, MAP_POPULATE);
}

static bool by_mapping(const struct job *job)
{
	return job->fill == demand || job->fill == populate;
}

static int allocate(const struct job *job, int fd)
{
	return fallocate(fd, 0, 0, job->size) ? -errno : 0;
}

static char block[MIB];	/* what is written */

static int write_all(const struct job *job, int fd)
{
	for (uint64_t off = 0; off < job->size; off += sizeof(block))
		if (pwrite(fd, block, sizeof(block), off) != sizeof(block))
			return -errno;
	return 0;
}

static void measure(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	const struct job *job = arg;
	int fd = job->store->create(job->store), err;
	uint64_t start;
	long faults;

	if (fd < 0)
		fatal("%s: %s", job->store->name, strerror(-fd));
	if (by_mapping(job) && !job->store->device && ftruncate(fd, job->size))
		fatal("%s: ftruncate: %s", job->store->name, strerror(errno));
	memset(block, 1, sizeof(block));
	faults = minor_faults();
	start = ticks();
	err = job->fill(job, fd);
	numbers[FILL] = ticks() - start;
	numbers[FAULTS] = minor_faults() - faults;
	if (err)
		fatal("%s: %s", job->store->name, strerror(-err));
	start = ticks();
	if (!job->store->device && ftruncate(fd, 0))
		fatal("%s: ftruncate: %s", job->store->name, strerror(errno));
	numbers[FREE] = ticks() - start;
	close(fd);
	if (job->store->path && !job->store->device)
		unlink(job->store->path);
}

static void run(const struct job *job, const char *way, int runs)
{
	struct subject who = { "populate", job->store->name, way, job->size };

	measure_in_children(&who, runs, measure, job, metric, NUMBERS);
}

static void run_store(const struct store *store, const uint64_t *sizes, int nr, int runs)
{
	struct subject who = { "populate", store->name, "", 0 };
	/* Makes what the store needs: its mount; hugetlbfs takes its pages from a reserve. */
	int fd = store->create(store), err;
	struct job job = { .store = store };

	if (fd < 0) {
		not_measured(&who, "%s", strerror(-fd));
		return;
	}
	err = store->grow(store, fd, 0, sizes[nr - 1]);
	if (err || (!store->device && ftruncate(fd, 0))) {
		not_measured(&who, "%s", strerror(err ? -err : errno));
		store->destroy(store, fd);
		return;
	}
	if (store->path && !store->device)
		unlink(store->path);
	for (int i = 0; i < nr; i++) {
		job.size = sizes[i];
		job.fill = demand;
		run(&job, "demand", runs);
		job.fill = populate;
		run(&job, "populate", runs);
		if (store->device)
			continue;
		job.fill = allocate;
		run(&job, "fallocate", runs);
		job.fill = write_all;
		if (strcmp(store->name, "hugetlbfs"))
			run(&job, "write", runs);
	}
	store->destroy(store, fd);
}

int main(int argc, char **argv)
{
	uint64_t sizes[32];
	int nr;

	if (argc < 5)
		fatal("usage: b_populate FIRST LAST RUNS STORE...");
	bench_begin("populate", argv);
	nr = sizes_between(atol(argv[1]) * MIB, atol(argv[2]) * MIB, sizes, 32);
	for (int i = 4; i < argc; i++)
		run_store(store_find(argv[i]), sizes, nr, atoi(argv[3]));
	return 0;
}
