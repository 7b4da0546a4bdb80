// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "costs.h"
#include "../tap.h"

enum {
	TICKS = 20000, /* us: times of inodes have another value then */
};

unsigned long costs_count(const char *what)
{
	unsigned long value;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/morsel/pmem0/%s", what);
	f = fopen(path, "r");
	need(f && fscanf(f, "%lu", &value) == 1);
	fclose(f);
	return value;
}

void costs_mount(void)
{
	mkdir(COSTS_POOL, 0755);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " COSTS_DEV
		     " p > /dev/null"));
	need(!mount(COSTS_DEV, COSTS_POOL, "morsel", 0, "huge=never"));
}

void costs_check(const struct cost *costs, size_t nr)
{
	unsigned long fences, lines;
	size_t i;

	for (i = 0; i < nr; i++) {
		usleep(TICKS);
		fences = costs[i].anew ? 0 : costs_count("fences");
		lines = costs[i].anew ? 0 : costs_count("lines");
		is_int(costs[i].run(), 0, "%s", costs[i].name);
		is_int(costs_count("fences") - fences, costs[i].fences, "%s: fences",
		       costs[i].name);
		is_int(costs_count("lines") - lines, costs[i].lines, "%s: lines", costs[i].name);
	}
}
