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

/* The command that an event is sent with. */
int morsel_nl_event_command(const struct morsel_nl_event *e);
/* Room for its attributes, the numbers that are added last included. */
size_t morsel_nl_event_size(const struct morsel_nl_event *e);
/* All attributes but those numbers.  Return: 0 or -EMSGSIZE. */
int morsel_nl_fill_event(struct sk_buff *skb, const struct morsel_nl_event *e,
			 const struct morsel_nl_telling *how);
/* The attribute that has the event's number in the group. */
int morsel_nl_event_seq_attr(enum morsel_nl_noun noun);

#endif
