// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an operation that was cut short has left must not come back with the next
 * one.  Recovery has shown what there was before, so nothing else is legal then:
 * but lines that are the same in both could make the first one whole.
 */
#include "crash.h"
#include <stdio.h>

enum {
	TRIES = 6, /* cuts of each operation */
};

/* Return: the operation was cut: @image has what was durable, and some of what was not. */
static bool cut(struct explorer *explorer, const u8 *base, int op, u8 *image)
{
	struct world *w = explorer->world;

	explorer->on = false;
	memory_set(w->memory, base);
	world_open(w);
	explorer->captured = image;
	explorer->torn = true;
	explorer->capture = 1 + random_below(explorer, operations[op].fences);
	run(explorer, &operations[op]);
	explorer->torn = false;
	world_close(w);
	return !explorer->capture;
}

int after_cuts(struct explorer *explorer, const u8 *base)
{
	u8 *image = malloc(explorer->world->memory->size);
	int op, next, i, done = 0;

	assert(image);
	for (op = 0; op < nr_operations; op++)
		for (i = 0; i < TRIES && !explorer->violations; i++) {
			if (operations[op].mounts || !cut(explorer, base, op, image))
				continue;
			for (next = 0; next < nr_operations; next++)
				done += next != op && random_below(explorer, 2) &&
					sequence(explorer, image, &next, 1, 0);
		}
	explorer->capture = 0;
	free(image);
	return done;
}
