/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations for t_store_cut, of which the n-th is always the same, on a pool and on a
 * tmpfs.  What a tmpfs knows nothing of is noted there: seals and addresses in extended
 * attributes, limits in memory.  The clock goes by operations: the n-th is done at
 * n * CUT_STEP seconds, in both places.
 */
#ifndef TEST_CUT_H
#define TEST_CUT_H

#include <sys/stat.h>
#include "nltest.h"

enum {
	CUT_NAMES = 6,	/* in each place */
	CUT_PLACES = 3, /* the top, and two directories that come and go */
	CUT_BIG = CUT_NAMES * CUT_PLACES + 2, /* the last path: a file with frames of 2 MiB */
	CUT_PATHS,
	CUT_USERS = 5,	/* have limits, or none */
	CUT_EPOCH = 1000000000, /* s */
	CUT_STEP = 100,		/* s */
};

#define CUT_POOL "cut"

struct cut_limits {
	uint64_t bytes, objects; /* 0: none of his own */
};

/* Where the operations are done. */
struct cut_place {
	int dir;
	bool model;			     /* a tmpfs */
	struct nl *nl;			     /* else: who to ask; @dir is "work" of the pool */
	struct cut_limits limits[CUT_USERS]; /* of the model */
};

/* The path with number @i. */
const char *cut_path(unsigned int i);
/* Return: it is a write, which may be done in part; all others are all or nothing. */
bool cut_operate(struct cut_place *at, unsigned long n);

/*
 * Times, in operations.  Those of a write, of a change in a directory and, by a change of a
 * name, of the object are written along with the next change of the record: the power may
 * take them, back to what is known to last.
 */
struct cut_times {
	int64_t atime, mtime, ctime, btime;
};

#define CUT_LASTING "trusted.lasting" /* on the tmpfs: struct cut_lasting */

struct cut_lasting {
	int64_t mtime, ctime; /* at least these are there; else those of birth */
};

struct cut_thing {
	mode_t mode;
	uid_t uid;
	gid_t gid;
	nlink_t nlink;
	off_t size;
	unsigned char *bytes; /* contents, or a target */
	unsigned char acl[128];
	int acl_len;
	bool sealed;
	uint64_t addr;
	struct cut_times times;
	struct cut_lasting lasting; /* of the tmpfs */
};

/* What there is at a place. */
struct cut_state {
	struct cut_thing things[CUT_PATHS];
	struct cut_limits limits[CUT_USERS];
};

void cut_look(struct cut_place *at, struct cut_state *state);
void cut_forget(struct cut_state *state);
/* Has the pool what the tmpfs has? */
bool cut_same(const struct cut_state *is, const struct cut_state *model);
/* May @is be in the middle of a write that makes @after of @before?  Bytes are of one of them. */
bool cut_partly(const struct cut_state *is, const struct cut_state *before,
		const struct cut_state *after);
/* Say in what two differ. */
void cut_show(const struct cut_state *a, const struct cut_state *b);
/* No user of the pool has limits. */
void cut_no_limits(struct nl *nl);

#endif
