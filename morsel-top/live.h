/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel, through libmorsel: live*.c are the only files that know the library.
 *
 * What is known of objects is kept from look to look. A look asks for those in sight; all
 * of them are asked for when events, or the generation of a pool, say that there are others,
 * and now and then, as seldom as it is expensive.
 */
#ifndef LIVE_H
#define LIVE_H

#include <morsel.h>
#include <sys/types.h>
#include "source.h"

enum { MAX_GROUPS = 256 };

/* Who looks. */
struct viewer {
	uid_t uid;
	gid_t gid, groups[MAX_GROUPS];
	int nr_groups;
};

/* What is known of an object. */
struct object {
	struct top_morsel m; /* name and pool: NULL here */
	char *name, *shown;  /* as the kernel has it, as it can be printed; NULL: none */
	char pool[64];
	int64_t changed;     /* ctime */
	int64_t rights_at;   /* ctime when the rights were asked for; -1: never */
	unsigned int dump;   /* the last one that had it */
	uint64_t collided;   /* when it could not have its addresses (monotonic ns); 0: never */
};

struct objects {
	struct object **at; /* by pool id and id */
	size_t count, room;
	unsigned int dumps; /* so far */
	uint64_t dumped, cost; /* when the last one began (monotonic), its processor time; ns */
	bool stale;	    /* there are others, or other names, than it had */
	bool inexact;	    /* names changed all the time */
	size_t turn;	    /* whose activity is looked at next */
};

/* Names that snapshots may still have. */
struct grave {
	char **at;
	size_t count;
};

/* How often a quota has held in a pool. */
struct refusals {
	char pool[MORSEL_MAX_POOL_NAME + 1];
	uint64_t count;
};

struct live {
	struct source source;
	struct morsel_ctx *ctx;
	struct viewer viewer;
	struct objects objects;
	struct grave graves[2]; /* since the last look; before that */
	struct snapshot *snapshot; /* that is being made; hears of events before the look */
	struct morsel_events *events; /* NULL: there are none */
	bool events_tried;
	bool watches;	    /* they are of what this user may read */
	uint32_t *watched;  /* ids of pools that are watched, or may not be */
	size_t nr_watched;
	uint64_t lost;
	struct refusals *refusals;
	size_t nr_refusals;
	char module[64];    /* its version; "": not known */
	uint64_t generations; /* of all pools, added up */
	char error[256];
};

uint64_t clock_ns(clockid_t clock);
/* A name fit to be shown and to be JSON. */
const char *shown_name(struct snapshot *snapshot, const char *name);

/* Keep why it failed, for error(). Return: @err. */
int live_fail(struct live *live, int err);

/* ---- live_objects.c ---- */
/* Bring the objects up to date and put them into the snapshot. Return: 0 or -errno. */
int live_take_objects(struct live *live, const struct wanted *wanted);
/* Free the names that no snapshot has any more: a look has succeeded. */
void live_free_names(struct live *live);
/* What an event has told; not how it is used. */
void live_tell(struct live *live, const struct morsel_info *info);
/* A directory was called @old. */
void live_tell_renamed(struct live *live, const struct morsel_info *info, const char *old);
/* A name has gone. */
void live_tell_gone(struct live *live, const struct morsel_info *info);
/* An object of the pool called @pool could not have its addresses. */
void live_tell_collision(struct live *live, const char *pool, uint64_t id);
/* The object, or NULL. */
struct object *live_find(const struct live *live, uint64_t pool_id, uint64_t id);
void live_free_objects(struct live *live);

/* ---- live_rights.c ---- */
/* What the viewer may do, by the permission bits. */
uint64_t rights_by_mode(const struct viewer *viewer, const struct morsel_info *info);
/* By the access list, if it is not known yet. */
void live_rights_of(struct live *live, struct object *object);
/* The access lists of an object. */
void live_take_rights(struct live *live, struct top_key key);

/* ---- live_events.c ---- */
void live_listen(struct live *live);
/* How often a quota has held in the pool since this began. UNKNOWN: nobody tells. */
uint64_t live_refused(const struct live *live, const char *pool);
/* There is this pool: who hears of no others hears of what he may read in it. */
void live_watch(struct live *live, const struct morsel_pool *pool);

/* ---- live_deeds.c: source->act, source->kill ---- */
int live_act(struct source *source, enum deed deed, const char *pool, uint64_t id,
	     const char *text);
int live_kill(struct source *source, uint64_t pid, int signal);

/* ---- live_space.c ---- */
void live_take_attachments(struct live *live, const struct wanted *wanted);
void live_take_space(struct live *live);
void live_take_process(struct live *live, uint64_t pid);
void live_take_users(struct live *live);

#endif
