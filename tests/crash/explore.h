/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crash states: which there are at a point, and whether each is recovered. */
#ifndef CRASH_EXPLORE_H
#define CRASH_EXPLORE_H

#include "world.h"

enum {
	TEAR_ANY = -1,	       /* drawn by lot */
};

struct explorer {
	struct world *world;
	struct scratch *scratch;
	struct memory *second; /* for crashes of recovery */
	struct scratch *third;
	struct state found, again, whole; /* of a state; of a crashed recovery; of it uncrashed */
	struct content room[MAX_NAMES], room_again[MAX_NAMES], room_whole[MAX_NAMES];
	bool on;	       /* look at the points */
	bool may_be_none;      /* no pool is legal: it is being made */
	bool quiet;
	u64 seed;
	unsigned long points, states, exhaustive, sampled, crashes_of_recovery, violations;
	u64 in_use;	       /* by the state looked at last */
	char what[160];	       /* the operations */
	int capture;	       /* at so many fences from now, keep what is durable */
	u8 *captured;
	int tear;	       /* with so many of the lines in flight, or TEAR_ANY */
};

struct explorer *explorer_new(u64 size);
void explorer_free(struct explorer *explorer);
/* Look at all crash states of this moment. */
void explore(struct explorer *explorer);
u64 random_below(struct explorer *explorer, u64 n);
void violation(struct explorer *explorer, const char *why);

#endif
