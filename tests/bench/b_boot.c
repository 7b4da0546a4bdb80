// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first use of an object of a persistent pool after an unmount, by its size: open,
 * map, access one byte, unmap, close; and a later one.
 *
 * b_boot DEVICE RUNS MAX   (MiB of the largest object)
 *
 * Tables grow with the size: there is a leaf of 4 KiB in each 2 MiB ("4 KiB"), or one of
 * 2 MiB in each 64 MiB ("2 MiB").
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench.h"

#define WHERE "/mnt/boot"

enum { MAX_SIZES = 8 };

struct job {
	char path[64];
	uint64_t size;
	const char *leaves;
	struct sample first, later;
};

static void mount_pool(const char *device, const char *options)
{
	if (mount(device, WHERE, "morsel", MS_NOATIME, options))
		fatal("mount of %s: %s", device, strerror(errno));
}

static void unmount_pool(void)
{
	if (umount2(WHERE, 0))
		fatal("unmount: %s", strerror(errno));
}

static void make(struct job *job, const char *leaves, uint64_t step, uint64_t size)
{
	int fd;

	snprintf(job->path, sizeof(job->path), WHERE "/%c%lu", *leaves, size / MIB);
	job->size = size;
	job->leaves = leaves;
	fd = open(job->path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || ftruncate(fd, size))
		fatal("%s: %s", job->path, strerror(errno));
	for (uint64_t at = 0; at < size; at += step)
		if (pwrite(fd, "x", 1, at) != 1)
			fatal("write to %s: %s", job->path, strerror(errno));
	close(fd);
}

static int make_all(const char *device, struct job *jobs, uint64_t most)
{
	int n = 0;

	mount_pool(device, "huge=never");
	for (uint64_t size = 64 * MIB; size <= most && n < MAX_SIZES; size *= 4)
		make(&jobs[n++], "4 KiB", HUGE_PAGE, size);
	unmount_pool();
	mount_pool(device, NULL);
	for (uint64_t size = 64 * MIB; size <= most && n < 2 * MAX_SIZES; size *= 4)
		make(&jobs[n++], "2 MiB", 64 * MIB, size);
	unmount_pool();
	return n;
}

static void use_once(void *arg, uint64_t numbers[MAX_NUMBERS])
{
	const struct job *job = arg;
	uint64_t length = store_length(store_find("morsel-pmem"), job->size), start;
	volatile char *p;
	int fd;

	warm_up();
	start = ticks();
	fd = open(job->path, O_RDWR | O_CLOEXEC);
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		fatal("mmap of %s: %s", job->path, strerror(errno));
	(void)p[0];
	munmap((void *)p, length);
	close(fd);
	numbers[0] = ticks() - start;
}

int main(int argc, char **argv)
{
	static struct job jobs[2 * MAX_SIZES];
	int i, n, run;

	if (argc != 4)
		fatal("usage: b_boot DEVICE RUNS MAX");
	bench_begin("boot", argv);
	mkdir(WHERE, 0755);
	n = make_all(argv[1], jobs, atol(argv[3]) * MIB);
	for (run = 0; run < atoi(argv[2]); run++) {
		mount_pool(argv[1], NULL);
		for (i = 0; i < n; i++)
			if (in_children(1, use_once, &jobs[i], &jobs[i].first, 1) ||
			    in_children(1, use_once, &jobs[i], &jobs[i].later, 1))
				fatal("a process failed");
		unmount_pool();
	}
	for (i = 0; i < n; i++) {
		struct subject who = { "boot", "morsel-pmem", jobs[i].leaves, jobs[i].size };

		result(&who, "first", &jobs[i].first);
		result(&who, "later", &jobs[i].later);
	}
	return 0;
}
