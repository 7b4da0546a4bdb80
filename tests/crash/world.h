/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool in use, the objects in it, and the model beside it. */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include "model.h"

enum {
	MAX_THINGS = 96,
	MAX_CONTENTS = 512,
};

/* A name as the file system would have it. */
struct holder {
	char path[MAX_PATH];
	struct pp_object *obj, *link;
};

struct world {
	struct memory *memory;
	struct pp_pool pool;
	struct state before, after; /* the operation in progress; else the same */
	bool mixed;		    /* contents may be of either */
	bool busy;		    /* an operation is in progress */
	struct holder holders[MAX_NAMES];
	int nr_holders;
	struct pp_object *things[MAX_THINGS]; /* to be freed at the end */
	int nr_things;
	struct content contents[MAX_CONTENTS];
	int nr_contents;
	u32 next_key;
	bool huge;   /* the pool has room for frames of 2 MiB, and is to use them */
	int nr_huge; /* that were filled */
	int error;   /* of the engine; NULL tests expect 0 */
};

/* Take what is in w->memory into use and read it. */
void world_open(struct world *w);
void world_close(struct world *w);

struct operation {
	const char *name;
	/* Change w->after, then the pool.  Return: false: it does not apply here. */
	bool (*run)(struct world *w);
	int fences;  /* that it costs when nothing has to be made room for */
	bool mounts; /* takes the pool out of use and into it again */
};

extern const struct operation operations[];
extern const int nr_operations;
/* What there is in the beginning, built with operations. */
void set_up(struct world *w);

#endif
