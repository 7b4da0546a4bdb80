/* SPDX-License-Identifier: GPL-2.0-only */
/* Events: a GET reply sent to the multicast group once a change is in force. */
#ifndef MORSEL_EVENT_H
#define MORSEL_EVENT_H

#include <linux/types.h>

struct dentry;
struct inode;
struct morsel_pool;

enum morsel_event {
	MORSEL_EVENT_NEW,
	MORSEL_EVENT_SET,
	MORSEL_EVENT_RENAME,
	MORSEL_EVENT_DEL,
};

/*
 * Context: process; may sleep; i_rwsem of the directory may be held.  Never
 * fails: an event that cannot be sent leaves a gap in the numbering.
 */
void morsel_event_pool(enum morsel_event event, const struct morsel_pool *pool);

/* @dentry: where the object is (for DEL: where it was); its parent is stable. */
void morsel_event_object(enum morsel_event event, struct dentry *dentry);

/* A rename: where things were. */
struct morsel_move {
	char *from;
	char *to;
};

/*
 * Before and after one.  @dentry moves; @other changes places with it, or is NULL.
 * The dentries have moved by the time of the end, if @done.
 */
void morsel_event_move_begin(struct morsel_move *move, struct dentry *dentry,
			     struct dentry *other);
void morsel_event_move_end(struct morsel_move *move, struct dentry *dentry,
			   struct dentry *other, bool done);

/* Is one going on, so that names may be seen half moved? */
bool morsel_event_moving(void);

/* How many events there were, sent or not.  Nothing has changed unless it has. */
u64 morsel_event_count(void);

#endif
