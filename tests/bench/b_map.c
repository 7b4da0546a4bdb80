// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Map a populated object, access it, unmap it, in a process that has never
 * had it, by size of the object.
 *
 * b_map FIRST LAST RUNS STORE...   (sizes in MiB)
 *
 * Ways: "first" accesses one byte, "all" one byte of each leaf, "populate"
 * maps with MAP_POPULATE and accesses one byte.  "first" of what maps leaf by
 * leaf leaves nearly everything unmapped.  A morsel is mapped with the length
 * that libmorsel would use; "exact" is "first" with the object's own size.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "bench.h"

struct job {
	const struct store *store;
	int fd;
	uint64_t size;		/* of the object */
	uint64_t length;	/* mapped: more than the size, where libmorsel rounds up */
	uint64_t step;		/* access a byte every so many bytes; 0: one byte */
	int flags;
	bool again;
};

/* "again" is the total of a second time in the same process. */
enum { TOTAL, MAP, ACCESS, UNMAP, FAULTS, LINKS, TABLES, AGAIN, NUMBERS };

static const char *const metric[NUMBERS] = {
	"total", "map", "access", "unmap", "faults", "links", "table KiB", "again",
};

static void access_all(const char *p, const struct job *job)
{
	const volatile char *byte = p;

	(void)byte[0];
	for (uint64_t off = job->step; job->step && off < job->size; off += job->step)
		(void)byte[off];
}

static long table_kb(void)
{
	return status_kb("VmPTE");
}

static void once(const struct job *job, uint64_t numbers[NUMBERS])
{
	uint64_t start, mapped, accessed, end;
	long tables = table_kb(), faults = minor_faults();
	void *p;

	start = ticks();
	p = mmap(NULL, job->length, PROT_READ | PROT_WRITE, MAP_SHARED | job->flags, job->fd, 0);
	mapped = ticks();
	if (p == MAP_FAILED)
		fatal("mmap of %s: %s", job->store->name, strerror(errno));
	access_all(p, job);
	accessed = ticks();
	numbers[FAULTS] = minor_faults() - faults;
	numbers[TABLES] = table_kb() - tables;
	if (job->store->own)
		numbers[LINKS] = fdinfo_value(job->fd, "morsel-links");
	end = ticks();
	munmap(p, job->length);
	numbers[UNMAP] = ticks() - end;
	numbers[MAP] = mapped - start;
	numbers[ACCESS] = accessed - mapped;
	numbers[TOTAL] = numbers[MAP] + numbers[ACCESS] + numbers[UNMAP];
}

static void measure(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	const struct job *job = arg;
	uint64_t again[NUMBERS];

	once(job, numbers);
	if (job->again) {
		once(job, again);
		numbers[AGAIN] = again[TOTAL];
	}
}

static void run(const struct job *job, const char *way, int runs)
{
	struct subject who = { "map", job->store->name, way, job->size };
	struct sample samples[NUMBERS] = {};

	if (in_children(runs, measure, (void *)job, samples, NUMBERS)) {
		not_measured(&who, "the measuring process failed");
		return;
	}
	for (int i = 0; i < NUMBERS; i++)
		if ((i != LINKS || job->store->own) && (i != AGAIN || job->again))
			result(&who, metric[i], &samples[i]);
}

/* What goes page by page through 1 GiB or more is done once. */
static bool is_long(const struct job *job)
{
	return !job->store->own && job->size / job->store->leaf > 64 * KIB;
}

static void ways(const struct store *store, int fd, uint64_t size, int runs)
{
	struct job job = { store, fd, size, store_length(store, size), 0, 0, true };
	int fewer = is_long(&job) ? 1 : runs;

	run(&job, "first", runs);
	job.again = !is_long(&job);
	if (store->own && job.length != size) {
		job.length = size;
		run(&job, "exact", runs);
		job.length = store_length(store, size);
	}
	if (!store->own) {
		job.flags = MAP_POPULATE;
		run(&job, "populate", fewer);
		job.flags = 0;
	}
	job.step = store->leaf;
	run(&job, "all", fewer);
}

static void run_store(const struct store *store, const uint64_t *sizes, int nr, int runs)
{
	struct subject who = { "map", store->name, "", 0 };
	int fd = store->create(store), err;

	if (fd < 0) {
		not_measured(&who, "%s", strerror(-fd));
		return;
	}
	for (int i = 0; i < nr; i++) {
		who.size = sizes[i];
		err = store->grow(store, fd, i ? sizes[i - 1] : 0, sizes[i]);
		if (err) {
			not_measured(&who, "cannot be populated: %s", strerror(-err));
			break;
		}
		ways(store, fd, sizes[i], runs);
	}
	store->destroy(store, fd);
}

int main(int argc, char **argv)
{
	uint64_t sizes[32];
	int nr;

	if (argc < 5)
		fatal("usage: b_map FIRST LAST RUNS STORE...");
	bench_begin("map", argv);
	nr = sizes_between(atol(argv[1]) * MIB, atol(argv[2]) * MIB, sizes, 32);
	for (int i = 4; i < argc; i++)
		run_store(store_find(argv[i]), sizes, nr, atoi(argv[3]));
	return 0;
}
