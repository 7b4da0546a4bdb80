/* SPDX-License-Identifier: GPL-2.0-only */
/* An event on its way to who listens: what event.c, nl_fill_event.c and nl_watch.c share. */
#ifndef MORSEL_NL_EVENT_H
#define MORSEL_NL_EVENT_H

#include "event.h"
#include "nl.h"

/* What an event is about: which attributes it has. */
enum morsel_nl_noun {
	MORSEL_NL_POOL_NOUN,
	MORSEL_NL_OBJECT_NOUN,
	MORSEL_NL_ALERT_NOUN,
};

struct morsel_nl_event {
	enum morsel_event event;
	enum morsel_nl_noun noun;
	struct morsel_nl_object object;	/* .pool is always there, .inode not of a pool or quota */
	struct dentry *dentry;		/* where the object is, or was; NULL: it has no name */
	struct dentry *old_dir;		/* RENAME: the directory it was in */
	u32 pid;			/* who did it, in the initial pid namespace */
	kuid_t uid;

	u64 start, length;		/* MAP, UNMAP, COLLISION, ERROR */
	u64 offset;			/* MAP, UNMAP: in the object */
	enum morsel_map_view view;	/* MAP, UNMAP */
	bool pinned;			/* REVOKE: frames were */
	enum morsel_quota_what what;	/* QUOTA */
	kuid_t whose;			/* QUOTA */
	u64 used, limit;		/* QUOTA */
	u64 other;			/* COLLISION */
	int error;			/* COLLISION, ERROR */
};

/* How it is told to one listener. */
struct morsel_nl_telling {
	struct user_namespace *user_ns;	/* that ids are of */
	u32 pid;			/* who did it, or 0: not to be told */
};

/*
 * The message without its numbers; genlmsg_end(skb, *@header) is due.
 * Return: NULL for want of memory.
 */
struct sk_buff *morsel_nl_event_message(const struct morsel_nl_event *e,
					const struct morsel_nl_telling *how, void **header);

/* The attributes that number events. */
struct morsel_nl_numbers {
	int pad;
	int seq;		/* in the group */
	int watch, watch_seq;	/* for a watcher */
};

const struct morsel_nl_numbers *morsel_nl_event_numbers(enum morsel_nl_noun noun);

#endif
