// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Giving an object a place in the morsel window, and taking it away again, when
 * there are N reservations with as many gaps that are too small for it.
 *
 * b_reserve RUNS [N...]; the pool on /mnt/morsel must be called p.
 */
#include <linux/morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/genl.h"

#define WINDOW 0x200000000000UL

static void put_u64(struct message *m, int type, uint64_t value)
{
	genl_put(m, type, &value, sizeof(value));
}

static void begin_object(struct message *m, int command, const char *path)
{
	genl_begin(m, genl_family, command, 0);
	genl_put(m, MORSEL_A_OBJECT_POOL_NAME, "p", 2);
	genl_put(m, MORSEL_A_OBJECT_PATH, path, strlen(path) + 1);
}

/* Without an acknowledgment, so that it is one round trip. */
static void talk(const struct message *m)
{
	int n = genl_exchange(m);

	if (n < 0)
		fatal("command %d: %s", m->genl.cmd, strerror(-n));
}

static void make(const char *path, uint64_t addr)
{
	struct message m;

	begin_object(&m, MORSEL_CMD_MORSEL_NEW, path);
	if (addr) {
		put_u64(&m, MORSEL_A_OBJECT_ADDR, addr);
		put_u64(&m, MORSEL_A_OBJECT_MAX_SIZE, HUGE_PAGE);
	}
	talk(&m);
}

/* The probe needs two chunks; every gap in front of the last has one. */
static void measure(uint64_t n, int runs)
{
	struct subject who = { "reserve", "morsel", "lowest fit", n };
	struct sample give = { .n = 0 }, back = { .n = 0 };
	struct message m;

	for (int i = 0; i < runs + 3; i++) {
		uint64_t start;

		begin_object(&m, MORSEL_CMD_MORSEL_SET, "probe");
		put_u64(&m, MORSEL_A_OBJECT_ADDR, 0);
		put_u64(&m, MORSEL_A_OBJECT_MAX_SIZE, 2 * HUGE_PAGE);
		start = ticks();
		talk(&m);
		if (i >= 3)
			sample_add(&give, ticks() - start);
		begin_object(&m, MORSEL_CMD_MORSEL_SET, "probe");
		genl_put(&m, MORSEL_A_OBJECT_NO_ADDR, "", 0);
		start = ticks();
		talk(&m);
		if (i >= 3)
			sample_add(&back, ticks() - start);
	}
	result(&who, "reserve", &give);
	result(&who, "give back", &back);
}

int main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 21;
	uint64_t made = 0, n;
	char path[32];

	bench_begin("reserve", argv);
	genl_open();
	make("probe", 0);
	for (int i = 2; i < argc; i++) {
		for (n = strtoull(argv[i], NULL, 0); made < n; made++) {
			snprintf(path, sizeof(path), "r%llu", (unsigned long long)made);
			make(path, WINDOW + (2 * made + 1) * HUGE_PAGE);
		}
		measure(n, runs);
	}
	return 0;
}
