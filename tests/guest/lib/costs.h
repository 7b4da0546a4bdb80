/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operations on the persistent pool p cost: fences and lines, as the module counts them. */
#ifndef TEST_COSTS_H
#define TEST_COSTS_H

#include <stdbool.h>
#include <stddef.h>

#define COSTS_DEV  "/dev/pmem0"
#define COSTS_POOL "/mnt/p/"

enum {
	PAGE = 4096,
	PAGE_LINES = PAGE / 64,
	RECORD = 3, /* lines of a slot with a short name */
};

struct cost {
	const char *name;
	int (*run)(void);
	unsigned int fences, lines;
	bool anew; /* the pool is mounted again, and counts from 0 */
};

/* Make the pool, and mount it. */
void costs_mount(void);
/* Do all of it, in this order, and compare. */
void costs_check(const struct cost *costs, size_t nr);
/* The counter of the pool: "fences" or "lines". */
unsigned long costs_count(const char *what);

#endif
