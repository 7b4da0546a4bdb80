// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The allocator of a persistent pool: atomic operations for each frame that is taken and
 * given back, by the number of CPUs that do so at once; and what is left of areas of 2 MiB
 * after objects of all sizes have come and gone.
 *
 * PMEM=pmem0 b_frames ROUNDS CHURN   (the pool is on /dev/morsel; CHURN: objects that come and go)
 *
 * The pool says in debugfs, by the name of its device, what its allocator has done.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

#define DIR_OF_POOL "/mnt/frames"
#define OWN	    (16 * MIB)	/* of a file of each CPU */

enum { MAX_FILES = 8192 };

struct job {
	uint64_t part;	/* bytes taken at a time */
	int parts;	/* in a round */
	int rounds;
	int cpus;
	int *arrived;	/* shared */
};

static uint64_t pool_counter(const char *name)
{
	char path[128], text[32] = "";
	int fd, n;

	snprintf(path, sizeof(path), "/sys/kernel/debug/morsel/%s/%s", getenv("PMEM"), name);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : (int)read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		fatal("%s: %s", path, strerror(errno));
	close(fd);
	return strtoull(text, NULL, 10);
}

static void take_and_give_back(const struct job *job, int cpu)
{
	char path[64];
	int fd;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	snprintf(path, sizeof(path), DIR_OF_POOL "/cpu%d", cpu);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || sched_setaffinity(0, sizeof(set), &set) || ftruncate(fd, OWN))
		fatal("%s: %s", path, strerror(errno));
	__atomic_fetch_add(job->arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(job->arrived, __ATOMIC_SEQ_CST) < job->cpus)
		sched_yield();
	for (int i = 0; i < job->rounds; i++) {
		for (int n = 0; n < job->parts; n++)
			if (fallocate(fd, FALLOC_FL_KEEP_SIZE, n * job->part, job->part))
				fatal("%s: %s", path, strerror(errno));
		if (fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, OWN))
			fatal("%s: %s", path, strerror(errno));
	}
	unlink(path);
	_exit(0);
}

static void run_on(const struct job *job)
{
	int status;

	for (int cpu = 0; cpu < job->cpus; cpu++)
		if (!fork())
			take_and_give_back(job, cpu);
	for (int cpu = 0; cpu < job->cpus; cpu++)
		if (wait(&status) < 0 || status)
			fatal("a process failed");
}

/* @way: the size of a frame. */
static void on_cpus(const char *way, uint64_t part, int parts, int rounds, int *shared)
{
	struct job job = { part, parts, rounds, 0, shared };
	uint64_t before;

	for (int cpus = 1; cpus <= 8; cpus *= 2) {
		struct subject who = { "frames", "morsel-pmem", way, cpus };

		*shared = 0;
		job.cpus = cpus;
		before = pool_counter("atomics");
		run_on(&job);
		result_one(&who, "atomics per 1000",
			   (pool_counter("atomics") - before) * 1000 / cpus / rounds / parts);
	}
}

/* ---- coming and going ---- */

static uint64_t draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Most are small, most bytes are in large ones: between 4 KiB and 16 MiB, each doubling alike. */
static uint64_t draw_size(uint64_t *seed)
{
	uint64_t size = PAGE << draw(seed) % 12;

	return size + draw(seed) % size / PAGE * PAGE;
}

static void path_of(char path[64], int i)
{
	snprintf(path, 64, DIR_OF_POOL "/f%d", i);
}

/* Return: whether there was room. */
static bool make(int i, uint64_t size)
{
	char path[64];
	int fd, err;

	path_of(path, i);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		fatal("%s: %s", path, strerror(errno));
	err = fallocate(fd, 0, 0, size) ? errno : 0;
	close(fd);
	if (err && err != ENOSPC)
		fatal("%s: %s", path, strerror(err));
	if (err)
		unlink(path);
	return !err;
}

static void report(const char *when)
{
	struct subject who = { "fragments", "morsel-pmem", when, 0 };
	uint64_t free_frames = pool_counter("free"), whole = pool_counter("free_huge") * 512;

	result_one(&who, "free MiB", free_frames * PAGE / MIB);
	result_one(&who, "percent of it in whole 2 MiB",
		   free_frames ? whole * 100 / free_frames : 0);
}

static int used_percent(void)
{
	struct statvfs fs;

	if (statvfs(DIR_OF_POOL, &fs))
		fatal("statvfs: %s", strerror(errno));
	return 100 - fs.f_bfree * 100 / fs.f_blocks;
}

static void come_and_go(int churn)
{
	static bool there[MAX_FILES];
	uint64_t seed = 0x9e3779b97f4a7c15;
	char path[64];
	int i, done = 0, left = 0;

	while (done < churn) {
		i = draw(&seed) % MAX_FILES;
		if (there[i]) {
			path_of(path, i);
			if (unlink(path))
				fatal("%s: %s", path, strerror(errno));
			there[i] = false;
			left--;
		} else if (used_percent() < 80) {
			there[i] = make(i, draw_size(&seed));
			left += there[i];
			done++;
		}
	}
	report("four fifths in use");
	for (int target = left / 2; left > target;) {
		i = draw(&seed) % MAX_FILES;
		if (!there[i])
			continue;
		path_of(path, i);
		unlink(path);
		there[i] = false;
		left--;
	}
	report("every other object gone");
	for (i = 0; i < MAX_FILES; i++) {
		path_of(path, i);
		if (there[i])
			unlink(path);
	}
	report("all gone");
}

static void mount_pool(const char *options)
{
	if (mount("/dev/morsel", DIR_OF_POOL, "morsel", 0, options))
		fatal("mount: %s", strerror(errno));
}

static void unmount_pool(void)
{
	if (umount2(DIR_OF_POOL, 0))
		fatal("unmount: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	int *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rounds;

	if (argc != 3 || !getenv("PMEM"))
		fatal("usage: PMEM=DEVICE b_frames ROUNDS CHURN");
	bench_begin("frames", argv);
	rounds = atoi(argv[1]);
	mkdir(DIR_OF_POOL, 0755);
	if (shared == MAP_FAILED)
		fatal("mmap: %s", strerror(errno));
	mount_pool("huge=never");
	on_cpus("4 KiB", PAGE, 64, rounds, shared);
	unmount_pool();
	mount_pool(NULL);
	on_cpus("2 MiB", HUGE_PAGE, 8, rounds, shared);
	report("empty");
	come_and_go(atoi(argv[2]));
	unmount_pool();
	return 0;
}
