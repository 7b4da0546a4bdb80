// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an operation that was cut short has left must not come back with the next
 * one.  Recovery has shown what there was before, so nothing else is legal then:
 * but lines that are the same in both could make the first one whole.
 */
#include "crash.h"
#include <stdio.h>

enum {
	TRIES = 6,	 /* cuts of each operation */
	ENTRY_LINES = 7, /* that an entry of the log has: two slots and what is before them */
};

/*
 * Return: the operation was cut at fence @fence: @image has what was durable,
 * and of the lines in flight so many, or some (TEAR_ANY).
 */
static bool cut(struct explorer *explorer, const u8 *base, int op, int fence, int tear, u8 *image)
{
	struct world *w = explorer->world;

	explorer->on = false;
	memory_set(w->memory, base);
	world_open(w);
	explorer->captured = image;
	explorer->tear = tear;
	explorer->capture = fence;
	run(explorer, &operations[op]);
	explorer->tear = 0;
	world_close(w);
	return !explorer->capture;
}

/*
 * An entry of the log is cut short after each of its lines; then the operation
 * is done again, with something else in its first record only.  What is the
 * same must not make the first entry whole, which would do half of it now.
 */
static int log_again(struct explorer *explorer, const u8 *base, u8 *image)
{
	int logged = operation_of("rename over") - operations;
	int ops[2] = { operation_of("setattr") - operations, logged };
	int lines, done = 0;

	for (lines = 1; lines < ENTRY_LINES && !explorer->violations; lines++)
		if (cut(explorer, base, logged, 1, lines, image))
			done += sequence(explorer, image, ops, 2, 1);
	return done;
}

int after_cuts(struct explorer *explorer, const u8 *base, int one_of)
{
	u8 *image = malloc(explorer->world->memory->size);
	int op, next, i, fence, done;

	assert(image);
	done = log_again(explorer, base, image);
	for (op = 0; op < nr_operations; op++)
		for (i = 0; i < TRIES && !explorer->violations; i++) {
			fence = 1 + random_below(explorer, operations[op].fences);
			if (operations[op].mounts ||
			    !cut(explorer, base, op, fence, TEAR_ANY, image))
				continue;
			for (next = 0; next < nr_operations; next++)
				done += next != op && !random_below(explorer, one_of) &&
					sequence(explorer, image, &next, 1, 0);
		}
	explorer->capture = 0;
	free(image);
	return done;
}
