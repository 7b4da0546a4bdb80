// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Taking rights back from processes that have an object mapped, by their number, and
 * by the size of the object; and what a keeper pays to go on.
 *
 * b_revoke MAPPERS RUNS   (numbers of mappers: powers of two up to that)
 */
#include <fcntl.h>
#include <linux/morsel.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/genl.h"

#define MOUNT "/mnt/morsel"
#define NAME  "revoked"

/* Root's mappings are looked at, and kept: what a revoke costs, and no refusals. */
static void take_back(void)
{
	struct message m;

	genl_object(&m, MORSEL_CMD_RIGHTS_SET, MOUNT "/" NAME);
	genl_put(&m, MORSEL_A_OBJECT_REVOKE, NULL, 0);
	genl_talk(&m);
}

static volatile char *mapped;
static uint64_t length;

static void touch(void *arg)
{
	(void)arg;
	for (uint64_t off = 0; off < length; off += HUGE_PAGE)
		mapped[off] = 1;
}

static void one(int mappers, int runs)
{
	const struct subject who = { "revoke", "morsel", "mappers", (uint64_t)mappers };
	struct sample revoke = { 0 }, again = { 0 };
	struct crowd crowd;
	uint64_t start;

	for (int i = 0; i < runs; i++) {
		if (crowd_start(&crowd, mappers, touch, NULL)) {
			not_measured(&who, "no %d processes", mappers);
			return;
		}
		touch(NULL);
		start = ticks();
		take_back();
		sample_add(&revoke, ticks() - start);
		start = ticks();
		(void)mapped[0];
		sample_add(&again, ticks() - start);
		crowd_end(&crowd);
	}
	result(&who, "revoke", &revoke);
	result(&who, "next access of a keeper", &again);
}

int main(int argc, char **argv)
{
	int fd, max, runs;

	if (argc != 3)
		fatal("usage: b_revoke MAPPERS RUNS");
	bench_begin("revoke", argv);
	max = atoi(argv[1]);
	runs = atoi(argv[2]);
	genl_open();
	fd = open(MOUNT "/" NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	length = 16 * HUGE_PAGE;
	if (fd < 0 || ftruncate(fd, (off_t)length))
		fatal("%s: %m", NAME);
	mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		fatal("mmap: %m");
	for (int mappers = 1; mappers <= max; mappers *= 2)
		one(mappers, runs);
	munmap((void *)mapped, length);
	unlink(MOUNT "/" NAME);
	close(fd);
	return 0;
}
