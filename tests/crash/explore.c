// SPDX-License-Identifier: GPL-2.0-or-later
#include "explore.h"
#include <stdio.h>

enum {
	BOUND = 12,	 /* lines of which all subsets are looked at */
	SAMPLES = 24,	 /* beyond */
	PREFIXES = 4,	 /* states with parts of lines */
	RECRASH = 16,	 /* of so many recoveries one is crashed */
};

u64 random_below(struct explorer *explorer, u64 n)
{
	u64 x = explorer->seed;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	explorer->seed = x;
	return x % n;
}

void violation(struct explorer *explorer, const char *why)
{
	explorer->violations++;
	if (explorer->quiet || explorer->violations > 10)
		return;
	printf("# %s: %s (fence %lu, %u lines in flight, seed %#llx)\n", explorer->what, why,
	       explorer->world->memory->fences, explorer->world->memory->nr_pending,
	       (unsigned long long)explorer->seed);
}

struct explorer *explorer_new(u64 size)
{
	struct explorer *explorer = calloc(1, sizeof(*explorer));

	assert(explorer);
	explorer->world = calloc(1, sizeof(*explorer->world));
	assert(explorer->world);
	explorer->world->memory = memory_new(size);
	explorer->scratch = scratch_new(size);
	explorer->second = memory_new(size);
	explorer->third = scratch_new(size);
	explorer->seed = 0x9e3779b97f4a7c15ULL;
	explorer->second->context = explorer;
	explorer->world->memory->context = explorer;
	return explorer;
}

void explorer_free(struct explorer *explorer)
{
	memory_free(explorer->world->memory);
	memory_free(explorer->second);
	scratch_free(explorer->scratch);
	scratch_free(explorer->third);
	free(explorer->world);
	free(explorer);
}

/* ---- recovery is crashed as well ---- */

/* At a fence of a recovery: some of its lines, then recovery again. */
static void second_point(struct memory *memory)
{
	struct explorer *explorer = memory->context;
	const char *why;
	u64 in_use;
	u32 i;

	memcpy(explorer->third->image, memory->durable, memory->size);
	for (i = 0; i < memory->nr_pending; i++)
		if (random_below(explorer, 2))
			scratch_apply(explorer->third, memory, memory->pending[i],
				      memory->lines[memory->pending[i]].nr);
	why = recover_and_read(scratch_pm(explorer->third), &explorer->again, explorer->room_again,
			       &in_use);
	scratch_undo(explorer->third, memory->durable);
	if (!why)
		why = state_compare(&explorer->again, &explorer->found, &explorer->found, false);
	if (!why && in_use != explorer->in_use)
		why = "frames in use";
	explorer->crashes_of_recovery++;
	if (why) {
		violation(explorer, "recovery, crashed, does something else the second time:");
		violation(explorer, why);
	}
}

static void crash_recovery(struct explorer *explorer, const u8 *image)
{
	u64 in_use;

	memory_set(explorer->second, image);
	explorer->second->point = second_point;
	recover_and_read(memory_pm(explorer->second), &explorer->whole, explorer->room_whole,
			 &in_use);
}

/* ---- one state ---- */

static const char *judge(struct explorer *explorer)
{
	struct world *world = explorer->world;
	const char *why = recover_and_read(scratch_pm(explorer->scratch), &explorer->found,
					   explorer->room, &explorer->in_use);

	if (why && explorer->may_be_none)
		return strstr(why, "recovery") ? why : NULL;
	if (why)
		return why;
	return state_compare(&explorer->found, &world->before, &world->after,
			     world->mixed && world->busy);
}

/* The scratch image is the state. */
static void look(struct explorer *explorer)
{
	struct memory *memory = explorer->world->memory;
	bool again = explorer->states++ % RECRASH == 0 && !explorer->may_be_none;
	u8 *image = NULL;
	const char *why;

	if (again) {
		image = malloc(memory->size);
		assert(image);
		memcpy(image, explorer->scratch->image, memory->size);
	}
	why = judge(explorer);
	if (why)
		violation(explorer, why);
	else if (again)
		crash_recovery(explorer, image);
	free(image);
	scratch_undo(explorer->scratch, memory->durable);
}

static void apply_all(struct explorer *explorer, u64 mask, bool parts)
{
	struct memory *memory = explorer->world->memory;
	u32 i, count;

	for (i = 0; i < memory->nr_pending; i++) {
		u32 line = memory->pending[i];

		count = memory->lines[line].nr;
		if (parts)
			count = random_below(explorer, count + 1);
		else if (i < 64 ? !(mask >> i & 1) : !random_below(explorer, 2))
			count = 0;
		if (count)
			scratch_apply(explorer->scratch, memory, line, count);
	}
}

/* Nothing, everything, each line alone (of the first ones), and some. */
static void sample(struct explorer *explorer)
{
	struct memory *memory = explorer->world->memory;
	u32 i;

	look(explorer);
	for (i = 0; i < memory->nr_pending; i++)
		scratch_apply(explorer->scratch, memory, memory->pending[i],
			      memory->lines[memory->pending[i]].nr);
	look(explorer);
	for (i = 0; i < SAMPLES; i++) {
		apply_all(explorer, random_below(explorer, ~0ULL), false);
		look(explorer);
	}
	explorer->sampled += 2 + SAMPLES;
}

void explore(struct explorer *explorer)
{
	struct memory *memory = explorer->world->memory;
	u64 mask;
	int i;

	if (explorer->quiet && explorer->violations)
		return; /* one is enough to have noticed */
	explorer->points++;
	memcpy(explorer->scratch->image, memory->durable, memory->size);
	if (memory->nr_pending > BOUND) {
		sample(explorer);
	} else {
		for (mask = 0; mask < 1ULL << memory->nr_pending; mask++) {
			apply_all(explorer, mask, false);
			look(explorer);
		}
		explorer->exhaustive += 1ULL << memory->nr_pending;
	}
	for (i = 0; i < PREFIXES && memory->nr_pending; i++) {
		apply_all(explorer, 0, true);
		look(explorer);
		explorer->sampled++;
	}
}
