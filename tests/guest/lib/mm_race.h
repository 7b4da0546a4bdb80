/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: processes that map the same object, each with the same set of threads,
 * each thread doing one thing over and over until time is up.
 */
#ifndef TEST_MM_RACE_H
#define TEST_MM_RACE_H

#include "mm.h"

enum { RACERS = 6 };

struct racer {
	const char *name;
	/* One round; @n counts them.  A failure ends the race: see want(). */
	int (*round)(struct actor *a, unsigned int n);
	int threads;
};

struct race {
	const char *name;
	int processes;
	/* The contents may come and go: the survivor looks at the end only. */
	bool mutates;
	struct racer racers[RACERS];
};

/*
 * Runs the race with this object.  Points: nobody failed, everybody made progress, the
 * survivor has seen nothing.
 */
void mm_race(const struct race *race, const struct geometry *geo, double seconds);

const struct geometry *mm_geometry(const char *name);

/* The offset of a random page of data within the mapping. */
off_t mm_random_page(const struct object *obj, unsigned int *seed);
/* Load, store: 0, or the signal that it raised.  Any number of threads. */
int mm_try_load(const void *addr, uint64_t *word);
int mm_try_store(void *addr, uint64_t word);

/* Racers that many races need. */
int race_touch(struct actor *a, unsigned int n);	/* nothing but the right words */
int race_touch_segv(struct actor *a, unsigned int n);	/* or SIGSEGV */
int race_touch_zero(struct actor *a, unsigned int n);	/* or zeros, or SIGBUS */
int race_walk(struct actor *a, unsigned int n);		/* reads what walks page tables in procfs */
/* Maps another part of the object, elsewhere; expects right words, or as race_touch_zero(). */
int race_window(struct actor *a, unsigned int n);
int race_window_zero(struct actor *a, unsigned int n);
int race_fork(struct actor *a, unsigned int n);		/* a child touches it and exits */
int race_fork_idle(struct actor *a, unsigned int n);	/* a child exits */

#endif
