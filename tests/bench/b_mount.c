// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mounting a persistent pool that was unmounted, and unmounting it, by size of the pool.
 *
 * b_mount DEVICE RUNS MIB   (the pool's size, for the row)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "bench.h"

#define WHERE "/mnt/mounted"

static uint64_t mount_once(const char *device)
{
	uint64_t start = ticks();

	if (mount(device, WHERE, "morsel", 0, NULL))
		fatal("mount of %s: %s", device, strerror(errno));
	return ticks() - start;
}

static uint64_t unmount_once(void)
{
	uint64_t start = ticks();

	if (umount2(WHERE, 0))
		fatal("unmount: %s", strerror(errno));
	return ticks() - start;
}

int main(int argc, char **argv)
{
	struct sample mounts = { .n = 0 }, unmounts = { .n = 0 };
	struct subject who = { "mount", "morsel-pmem", "clean", 0 };

	if (argc != 4)
		fatal("usage: b_mount DEVICE RUNS MIB");
	bench_begin("mount", argv);
	who.size = atol(argv[3]) * MIB;
	mkdir(WHERE, 0755);
	/* The first one does what later ones find done: it is not counted. */
	for (int i = 0; i <= atoi(argv[2]); i++) {
		uint64_t there = mount_once(argv[1]), gone = unmount_once();

		if (!i)
			continue;
		sample_add(&mounts, there);
		sample_add(&unmounts, gone);
	}
	result(&who, "mount", &mounts);
	result(&who, "unmount", &unmounts);
	return 0;
}
