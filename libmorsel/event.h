/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MORSEL_EVENT_INTERNAL_H
#define MORSEL_EVENT_INTERNAL_H

#include "netlink.h"

enum { MORSEL_EVENT_BUFFER = 1 << 20 }; /* of the socket, in bytes */

struct morsel_event {
	enum morsel_event_type type;
	uint64_t seq, lost, watch;
	bool resynced;
	struct morsel_pool *pool;
	struct morsel_info *info;
	uint32_t pid, uid;
	uint64_t start, length, offset;
	uint32_t view;
	bool pinned;
	uint32_t quota_what, quota_uid;
	uint64_t used, limit;
	uint64_t object_id, other_id;
	uint32_t pool_id, error;
	char *name;				  /* of what an alert is about */
	char pool_name[MORSEL_MAX_POOL_NAME + 1]; /* of an alert */
};

/* Objects by pool and number. */
struct morsel_known {
	void *tree; /* of struct known_object, see known.c */
	uint64_t round;
};

/* Where events come from: the group, or a watch. */
struct morsel_source {
	uint64_t watch;	   /* 0: the group */
	uint64_t next_seq; /* 0: none has come yet */
	bool stale;	   /* what is known may not be what there is */
	bool lost;	   /* ... because events were lost, or none had come */
	bool ended;	   /* with its pool */
	/* A watch: */
	uint32_t pool_id;
	uint64_t object_id;
	bool recursive;
	char *pool;
	struct morsel_known known;
};

struct morsel_events {
	uint64_t owner; /* serial number of the context, for error texts */
	struct nl_sock *sock;
	int fd;
	uint16_t family;
	struct morsel_source group;
	struct morsel_array watches;
	struct morsel_event *held; /* comes after the gap that was reported */
	bool overrun;		   /* noticed while a watch was added */
	struct morsel_ctx *asker;  /* of a watcher: asks through the socket */
	struct morsel_array early; /* datagrams that came before an answer */
	bool tracking;
	struct morsel_ctx *lister;    /* for lists */
	struct morsel_array pools;    /* that are known */
	struct morsel_array resynced; /* events that are still to be told */
	size_t told;		      /* how many of them have been */
	size_t pos;		      /* in the buffer */
	int left;
	char buffer[MORSEL_MSG_SIZE] __attribute__((aligned(8)));
};

/* ---- event_parse.c ---- */

struct morsel_event *morsel_event_new(enum morsel_event_type type);
/* Make an event of @nlh; NULL if it is none that we know. Return: 0 or -errno. */
int morsel_event_parse(const struct nlmsghdr *nlh, struct morsel_event **out);

/* ---- event.c ---- */

/* Take an event out of the buffer. Return: 1; 0: it is empty; -errno. */
int morsel_events_take(struct morsel_events *events, struct morsel_event **out);
/* A subscription to nothing, not tracked. Return: 0 or -errno with an error text. */
int morsel_events_new(struct morsel_ctx *ctx, struct morsel_events **out);
/* The source with this number, or NULL. */
struct morsel_source *morsel_events_source(struct morsel_events *events, uint64_t watch);

/* ---- watch.c ---- */

/* Put a datagram that came early into the buffer. Return: is there one? */
bool morsel_watch_early(struct morsel_events *events);
void morsel_watch_exit(struct morsel_events *events);

/* ---- known.c ---- */

/* The object, which belongs to @known, or NULL. */
const struct morsel_info *morsel_known_find(const struct morsel_known *known, uint32_t pool_id,
					    uint64_t id);
/* Keep a copy of @info in place of what was known of the object. Return: 0 or -ENOMEM. */
int morsel_known_put(struct morsel_known *known, const struct morsel_info *info);
void morsel_known_drop(struct morsel_known *known, uint32_t pool_id, uint64_t id);
/* Forget the objects of a pool. Return: 0 or -ENOMEM. */
int morsel_known_drop_pool(struct morsel_known *known, uint32_t pool_id);
/* Is anything known to be in this directory? */
bool morsel_known_filled(const struct morsel_known *known, uint32_t pool_id, uint64_t id);
void morsel_known_clear(struct morsel_known *known);
/* Are both at the same place in the same directory? */
bool morsel_known_same_place(const struct morsel_info *a, const struct morsel_info *b);

/* The difference between what is known and what there is. */
struct morsel_difference {
	struct morsel_known *known;
	const struct morsel_array *now; /* of struct morsel_info */
	uint64_t watch;
	bool lost; /* tell also what may have changed unseen */
	/* May an object that is not in @now be there all the same? NULL: no. */
	bool (*doubt)(void *data, const struct morsel_info *info);
	void *data;
	struct morsel_array *events; /* receives events */
};

/* Make @known what there is. Return: 0 or -ENOMEM; then it may be done again. */
int morsel_known_update(struct morsel_difference *difference);

/* ---- track.c ---- */

/* Note what the event says. Return: is it to be told? */
bool morsel_track(struct morsel_events *events, struct morsel_event *event);
/* Is there a source that is stale? */
bool morsel_track_stale(const struct morsel_events *events);
void morsel_track_exit(struct morsel_events *events);
/* The group or the watches, one after the other; NULL behind the last. */
struct morsel_source *morsel_track_source(const struct morsel_events *events, size_t index);
/* Its place among those that are known, or how many these are. */
size_t morsel_track_find_pool(const struct morsel_events *events, uint32_t id);
/* Return: 0 or -ENOMEM. */
int morsel_track_know_pool(struct morsel_events *events, const struct morsel_pool *pool);
void morsel_track_forget_pool(struct morsel_events *events, size_t index);

/* ---- resync.c ---- */

/* Find out what was missed. Return: 0 or -errno with an error text. */
int morsel_track_resync(struct morsel_events *events);

#endif
