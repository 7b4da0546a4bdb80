// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is active in a shared object, by the number of processes that have it mapped: one
 * scan of the view that they share, beside clearing and reading the accessed bits of each
 * process (/proc/PID/clear_refs and smaps).
 *
 * b_usage PROCESSES RUNS STORE...   (numbers of processes: powers of four up to that)
 */
#include <fcntl.h>
#include <linux/morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/genl.h"

enum {
	MAX_PROCESSES = 1024,
	SIZE = 16 * MIB,
	APART = 150000,	/* us; objects are scanned at most ten times a second */
};

struct job {
	const struct store *store;
	int fd, processes;
	pid_t *pids;	/* shared */
	int *next;
};

/* Map all of it, and use it. */
static void hold(void *arg)
{
	const struct job *job = arg;
	volatile char *p = store_map(job->store, job->fd, SIZE);

	if (!p)
		fatal("cannot map %s", job->store->name);
	for (uint64_t off = 0; off < SIZE; off += PAGE)
		(void)p[off];
	job->pids[(*job->next)++] = getpid();
}

/* Of an object: one request. */
static void look_once(const struct job *job)
{
	uint64_t age = 0;
	struct message m;

	genl_object(&m, MORSEL_CMD_USAGE_GET, job->store->path);
	genl_put(&m, MORSEL_A_OBJECT_MAX_AGE, &age, sizeof(age));
	genl_talk(&m);
}

static void read_smaps(pid_t pid)
{
	static char buf[64 * KIB];
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fatal("%s: %m", path);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		;
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/clear_refs", pid);
	if (n < 0 || write_text(path, "1"))
		fatal("%s: %m", path);
}

/* Of anything else: process by process. */
static void look_at_each(const struct job *job)
{
	for (int i = 0; i < job->processes; i++)
		read_smaps(job->pids[i]);
}

static void with_processes(struct job *job, int runs)
{
	const struct subject who = { "usage", job->store->name, "", (uint64_t)job->processes };
	struct sample looks = { 0 };
	struct crowd crowd;
	uint64_t start;

	*job->next = 0;
	if (crowd_start(&crowd, job->processes, hold, job)) {
		not_measured(&who, "no %d processes", job->processes);
		return;
	}
	/* The first one is not counted: it finds what all the time before has left. */
	for (int i = 0; i <= runs; i++) {
		usleep(APART);
		start = ticks();
		(job->store->own ? look_once : look_at_each)(job);
		if (i)
			sample_add(&looks, ticks() - start);
	}
	crowd_end(&crowd);
	result(&who, "look", &looks);
}

static void run_store(const struct store *store, void *shared, int most, int runs)
{
	struct job job = { .store = store, .fd = store->create(store), .pids = shared };
	const struct subject who = { "usage", store->name, "", 0 };

	if (job.fd < 0) {
		not_measured(&who, "%s", strerror(-job.fd));
		return;
	}
	if (store->grow(store, job.fd, 0, SIZE))
		fatal("cannot populate %s", store->name);
	job.next = (int *)(job.pids + MAX_PROCESSES);
	for (job.processes = 1; job.processes <= most; job.processes *= 4)
		with_processes(&job, runs);
	store->destroy(store, job.fd);
}

int main(int argc, char **argv)
{
	size_t room = (MAX_PROCESSES + 1) * sizeof(pid_t);
	void *shared = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int most = argc > 3 ? atoi(argv[1]) : 0;

	if (shared == MAP_FAILED || most < 1 || most > MAX_PROCESSES)
		fatal("usage: b_usage PROCESSES RUNS STORE...");
	bench_begin("usage", argv);
	genl_open();
	for (int i = 3; i < argc; i++)
		run_store(store_find(argv[i]), shared, most, atoi(argv[2]));
	return 0;
}
