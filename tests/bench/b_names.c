// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of names and attributes, each durable: create and unlink, rename,
 * chmod. A morsel's is when the call returns; others need fsync.
 *
 * b_names ROUNDS RUNS STORE...
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench.h"

enum { CREATE,
       RENAME,
       CHMOD,
       NUMBERS };

static const char *const metric[NUMBERS] = { "create+unlink", "rename", "chmod" };

struct job {
	const struct store *store;
	int rounds;
	bool sync; /* make each change durable */
};

static void settle(const struct job *job, int fd)
{
	if (job->sync && !job->store->own && fsync(fd))
		fatal("fsync: %s", strerror(errno));
}

static void check(int error, const char *what)
{
	if (error)
		fatal("%s: %s", what, strerror(errno));
}

/* In the directory that the store's object is in. */
static void measure(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	const struct job *job = arg;
	char path[64];
	uint64_t at[NUMBERS + 1];
	int dir, fd;

	snprintf(path, sizeof(path), "%s", job->store->path);
	dir = open(dirname(path), O_RDONLY | O_DIRECTORY);
	fd = openat(dir, "names", O_RDWR | O_CREAT, 0600);
	if (dir < 0 || fd < 0)
		fatal("%s: %s", path, strerror(errno));
	settle(job, fd);
	at[CREATE] = ticks();
	for (int i = 0; i < job->rounds; i++) {
		int new = openat(dir, "new", O_RDWR | O_CREAT | O_EXCL, 0600);

		if (new < 0)
			fatal("create: %s", strerror(errno));
		settle(job, dir);
		close(new);
		check(unlinkat(dir, "new", 0), "unlink");
		settle(job, dir);
	}
	at[RENAME] = ticks();
	for (int i = 0; i < job->rounds; i++) {
		check(renameat(dir, i % 2 ? "other" : "names", dir, i % 2 ? "names" : "other"),
		      "rename");
		settle(job, dir);
	}
	at[CHMOD] = ticks();
	for (int i = 0; i < job->rounds; i++) {
		check(fchmod(fd, i % 2 ? 0600 : 0640), "chmod");
		settle(job, fd);
	}
	at[NUMBERS] = ticks();
	for (int i = 0; i < NUMBERS; i++)
		numbers[i] = (at[i + 1] - at[i]) / job->rounds;
	unlinkat(dir, "names", 0);
	close(fd);
	close(dir);
}

static void run(const struct job *job, const char *way, int runs)
{
	struct subject who = { "names", job->store->name, way, 0 };

	measure_in_children(&who, runs, measure, job, metric, NUMBERS);
}

int main(int argc, char **argv)
{
	struct job job;
	int fd;

	if (argc < 4)
		fatal("usage: b_names ROUNDS RUNS STORE...");
	bench_begin("names", argv);
	job.rounds = atoi(argv[1]);
	for (int i = 3; i < argc; i++) {
		struct subject who = { "names", argv[i], "", 0 };

		job.store = store_find(argv[i]);
		fd = job.store->create(job.store);
		if (fd < 0) {
			not_measured(&who, "%s", strerror(-fd));
			continue;
		}
		job.sync = true;
		run(&job, "durable", atoi(argv[2]));
		job.sync = false;
		if (!job.store->own)
			run(&job, "not durable", atoi(argv[2]));
		job.store->destroy(job.store, fd);
	}
	return 0;
}
