// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 100,000 reservations made and given back at random: each is where a plain search
 * finds the lowest place, and in the end the window is whole.  Then reservations
 * against mmap.
 * pool: size=64M,name=p
 * groups: space slow
 * timeout: 240
 * cpus: 2
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/space.h"

enum {
	OBJECTS = 96,
	CHUNKS = 24 << 9, /* of 2 MiB: a window of 24 GiB */
};

static struct nl nl;
static bool used[CHUNKS];
static struct {
	long at, chunks; /* 0 chunks: none */
} model[OBJECTS];

/* The lowest place for @chunks; -1: none. */
static long lowest(long chunks)
{
	long align = chunks >= 512 ? 512 : 1, at, i;

	for (at = 0; at + chunks <= CHUNKS; at += align) {
		for (i = 0; i < chunks && !used[at + i]; i++)
			;
		if (i == chunks)
			return at;
	}
	return -1;
}

static const char *name_of(int n)
{
	static char name[16];

	snprintf(name, sizeof(name), "o%d", n);
	return name;
}

static long random_chunks(void)
{
	long gib = 512;

	if (rand() % 4)
		return 1 + rand() % 60;
	return gib * (1 + rand() % 3);
}

/* Return: was it as the model has it? */
static bool reserve(int n)
{
	long chunks = random_chunks(), at = lowest(chunks);
	long less = chunks >= 512 ? 0 : rand() % MIB;
	int error;

	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", name_of(n));
	nl_u64(&nl, MORSEL_A_OBJECT_ADDR, 0);
	nl_u64(&nl, MORSEL_A_OBJECT_MAX_SIZE, chunks * 2 * MIB - less);
	error = nl_talk(&nl);
	if (at < 0)
		return error == ENOSPC;
	if (error || nl_number(&nl, MORSEL_A_OBJECT_ADDR) != WINDOW_START + at * 2 * MIB)
		return false;
	memset(used + at, 1, chunks);
	model[n].at = at;
	model[n].chunks = chunks;
	return true;
}

static bool give_back(int n)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", name_of(n));
	nl_flag(&nl, MORSEL_A_OBJECT_NO_ADDR);
	memset(used + model[n].at, 0, model[n].chunks);
	model[n].chunks = 0;
	return nl_talk(&nl) == 0;
}

static void test_random(void)
{
	long made = 0, freed = 0, refused = 0, wrong = 0;
	long wanted = on_debug_kernel() ? 10000 : 100000;
	int n;

	space_window(&nl, WINDOW_START, WINDOW_START + CHUNKS * 2 * MIB);
	granted(&nl, "a window of 24 GiB");
	for (n = 0; n < OBJECTS; n++)
		close(make_morsel(name_of(n), 4096));
	srand(1);
	while (made < wanted && !wrong) {
		n = rand() % OBJECTS;
		if (model[n].chunks) {
			wrong += !give_back(n);
			freed++;
			continue;
		}
		wrong += !reserve(n);
		model[n].chunks ? made++ : refused++;
	}
	is_int(wrong, 0, "each is where it should be");
	ok(refused > 0, "the window was full at times");
	for (n = 0; n < OBJECTS; n++)
		if (model[n].chunks) {
			need(give_back(n));
			freed++;
		}
	diag("%ld made, %ld freed, %ld refused", made, freed, refused);
	is_int(made, wanted, "so many were made");
	is_int(freed, wanted, "and given back");
	nl_begin(&nl, MORSEL_CMD_WINDOW_GET);
	need(nl_talk(&nl) == 0);
	is_int(nl_number(&nl, MORSEL_A_WINDOW_LARGEST_GAP), CHUNKS * 2 * MIB, "the window is whole");
	is_int(nl_number(&nl, MORSEL_A_WINDOW_RESERVED), 0, "nothing is reserved");
}

/* ---- an address comes and goes while others map the object ---- */

static atomic_int *stop;

static int map_it(void *arg)
{
	int fd = open(pool_path("o0"), O_RDWR), here = 0, elsewhere = 0;
	struct nl mine;

	nl_open(&mine);
	while (!atomic_load(stop)) {
		char *map = mmap(NULL, 2 * MIB, PROT_READ, MAP_SHARED, fd, 0);
		uint64_t addr;

		if (map == MAP_FAILED && errno == EINVAL)
			continue; /* it got an address in between */
		need(map != MAP_FAILED);
		*(volatile char *)map;
		addr = space_addr(&mine, "o0");
		if (addr && addr != (uint64_t)map)
			return 1;
		addr ? here++ : elsewhere++;
		need(munmap(map, 2 * MIB) == 0);
		usleep(rand() % 300);
	}
	return here && elsewhere ? 0 : 2;
}

static void test_race(void)
{
	int64_t end = now_ms() + 6000 * time_scale();
	long given = 0, busy = 0;
	pid_t children[2];
	int i;

	stop = shared_page();
	for (i = 0; i < 2; i++)
		children[i] = start_child(map_it, NULL);
	while (now_ms() < end) {
		nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "o0");
		nl_u64(&nl, MORSEL_A_OBJECT_ADDR, 0);
		if (nl_talk(&nl) == EBUSY)
			busy++;
		else
			given++;
		usleep(rand() % 300);
		nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "o0");
		nl_flag(&nl, MORSEL_A_OBJECT_NO_ADDR);
		nl_talk(&nl);
	}
	atomic_store(stop, 1);
	for (i = 0; i < 2; i++)
		is_int(wait_child(children[i], 20), 0,
		       "who maps it has it at its address, or it has none");
	diag("%ld times given, %ld times mapped", given, busy);
	ok(given && busy, "both got their turns");
}

int main(void)
{
	int n;

	nl_open(&nl);
	test_random();
	test_race();
	for (n = 0; n < OBJECTS; n++)
		need(unlink(pool_path(name_of(n))) == 0);
	space_window(&nl, WINDOW_START, WINDOW_END);
	granted(&nl, "the window as it was");
	nl_close(&nl);
	return done_testing();
}
