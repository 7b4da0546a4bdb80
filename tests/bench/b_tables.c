// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page-table memory of the machine per process that has an object mapped and
 * accessed in full, by size of the object: the difference that 8 more
 * processes make, less that of 8 processes that map nothing.  "populate" is
 * mmap() with MAP_POPULATE; else each leaf is touched.
 *
 * b_tables FIRST LAST STORE...   (sizes in MiB)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench.h"

enum { PROCESSES = 8 };

struct job {
	const struct store *store;
	int fd;
	uint64_t size;
	void *(*map)(const struct store *store, int fd, uint64_t size);
};

static void map_it(void *arg)
{
	const struct job *job = arg;

	warm_up();
	if (job->store && !job->map(job->store, job->fd, job->size))
		fatal("cannot map %s", job->store->name);
}

/* The counters are kept per CPU and folded together now and then: ask for it. */
static long tables_kb(void)
{
	write_text("/proc/sys/vm/stat_refresh", "1");
	return meminfo_kb("PageTables");
}

static long crowd_kb(struct job *job)
{
	struct crowd crowd;
	long before = tables_kb(), kb;

	if (crowd_start(&crowd, PROCESSES, map_it, job))
		fatal("cannot start %d processes", PROCESSES);
	kb = tables_kb() - before;
	crowd_end(&crowd);
	return kb;
}

static void one(const struct store *store, int fd, uint64_t size, bool populate)
{
	struct job nothing = { NULL, -1, 0, NULL };
	struct job job = { store, fd, size, populate ? store_map : store_touch };
	struct subject who = { "tables", store->name, populate ? "populate" : "", size };
	struct crowd first;
	long kb;

	/* What the first process makes for all others is not theirs. */
	if (crowd_start(&first, 1, map_it, &job))
		fatal("cannot start a process");
	kb = crowd_kb(&job) - crowd_kb(&nothing);
	crowd_end(&first);
	result_one(&who, "bytes per process", kb > 0 ? kb * KIB / PROCESSES : 0);
	if (store->own) {
		result_one(&who, "shared rw tables", fdinfo_value(fd, "morsel-view-rw-tables"));
		result_one(&who, "canonical tables", fdinfo_value(fd, "morsel-canonical-tables"));
	}
}

static void run_store(const struct store *store, const uint64_t *sizes, int nr)
{
	struct subject who = { "tables", store->name, "", 0 };
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
		one(store, fd, sizes[i], false);
		if (!store->own)
			one(store, fd, sizes[i], true);
	}
	store->destroy(store, fd);
}

int main(int argc, char **argv)
{
	uint64_t sizes[32];
	int nr;

	if (argc < 4)
		fatal("usage: b_tables FIRST LAST STORE...");
	bench_begin("tables", argv);
	nr = sizes_between(atol(argv[1]) * MIB, atol(argv[2]) * MIB, sizes, 32);
	for (int i = 3; i < argc; i++)
		run_store(store_find(argv[i]), sizes, nr);
	return 0;
}
