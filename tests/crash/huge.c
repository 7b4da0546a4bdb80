// SPDX-License-Identifier: GPL-2.0-or-later
/* A pool with frames of 2 MiB: what is done to one of them, up to three operations long. */
#include "crash.h"
#include <stdio.h>

static const char *const names[] = {
	"fill with 2 MiB", "write far", "punch part of 2 MiB", "punch 2 MiB", "shrink far",
	"grow far", "truncate",
};

int huge_frames(struct explorer *explorer, const u8 *base)
{
	int ops[3], done = 0;
	size_t i, k;

	explorer->world->nr_huge = 0;
	ops[0] = operation_of(names[0]) - operations;
	done += sequence(explorer, base, ops, 1, 0);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		ops[1] = operation_of(names[i]) - operations;
		if (!sequence(explorer, base, ops, 2, 1))
			continue;
		done++;
		for (k = 0; k < ARRAY_SIZE(names); k++) {
			ops[2] = operation_of(names[k]) - operations;
			done += sequence(explorer, base, ops, 3, 2);
		}
	}
	return explorer->world->nr_huge ? done : 0;
}
