/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a pool has in it, said in the simplest way: a list of names with all
 * that is to be seen through them.  The model of an operation changes such a
 * list; recovery is read back into one; then the two are compared.
 */
#ifndef CRASH_MODEL_H
#define CRASH_MODEL_H

#include "trace.h"

enum {
	MAX_NAMES = 48,
	MAX_PATH = 300,
	MAX_EXTRA = 96, /* bytes of an ACL or a target */
	MAX_LIMITS = 4,
	NR_PAGES = 5,   /* that are looked at */
};

/* Pages of an object that are looked at; the last one needs a higher tree. */
extern const u64 page_at[NR_PAGES];

struct content {
	u8 page[NR_PAGES][MEDIA_FRAME];
};

struct name {
	char path[MAX_PATH];
	u64 key;	/* which object: the same for all its names */
	u8 type;
	u32 mode, uid, gid, nlink;
	u64 size, flags, addr, max;
	s64 atime, mtime, ctime, btime;
	u32 acl_len, target_len;
	u8 acl[MAX_EXTRA];
	char target[MAX_EXTRA];
	const struct content *content; /* NULL: zeros */
};

/* Limits of a user, or of all who have none of their own. */
struct limits {
	bool is_default;
	u32 uid;
	u64 bytes, soft_bytes, objects, soft_objects;
};

struct state {
	struct name names[MAX_NAMES]; /* by path */
	int nr;
	struct limits limits[MAX_LIMITS]; /* by user, those of all others last */
	int nr_limits;
};

struct name *state_find(struct state *state, const char *path);
struct name *state_add(struct state *state, const char *path);
/* What every new object has, as its record says. */
void name_describe(struct name *name, const struct pp_record *rec);
/* Return: those of @uid, or of all others; or NULL. */
struct limits *state_limits(struct state *state, bool is_default, u32 uid);
void state_sort(struct state *state);
/*
 * Return: NULL, or in what @found is neither @before nor @after (may be the
 * same).  @mixed: in contents, any eight bytes may be of either.
 */
const char *state_compare(const struct state *found, const struct state *before,
			  const struct state *after, bool mixed);

/* ---- check.c ---- */

/* Recover @pm and read all of it.  Return: NULL, or what is wrong. */
const char *recover_and_read(struct pm pm, struct state *state, struct content *room,
			     u64 *in_use);
/* The same for what is recovered already. */
const char *read_pool(const struct pp_pool *pool, const struct pp_scan *scan,
		      struct state *state, struct content *room);

#endif
