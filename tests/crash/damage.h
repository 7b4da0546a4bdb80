/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damage of every kind that verification knows, planted in a pool. */
#ifndef CRASH_DAMAGE_H
#define CRASH_DAMAGE_H

#include "world.h"

struct damage {
	const char *name;
	void (*plant)(struct pp_pool *pool);
	enum pp_problem problem; /* that it is reported as */
	const char *hurt;	 /* names that need not be as they were, each in front of a comma */
};

extern const struct damage damages[];
extern const int nr_damages;
/* On top of set_up(): what the damages are done to. */
void set_up_more(struct world *w);

#endif
