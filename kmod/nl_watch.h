/* SPDX-License-Identifier: GPL-2.0-only */
/* Watches: events for who has no privilege, as far as his rights go. */
#ifndef MORSEL_NL_WATCH_H
#define MORSEL_NL_WATCH_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include "nl_event.h"

struct cred;
struct pid_namespace;
struct sock;

enum {
	MORSEL_WATCH_BITS = 10,
};

struct morsel_watch {
	struct hlist_node node;		/* [morsel_watch_mutex] */
	u64 id;
	u32 pool_id;			/* what is watched; it is not held */
	u64 ino;
	bool directory;
	bool recursive;			/* what is below the directory, too */

	struct sock *sk;		/* who is told; it outlives the watch */
	struct net *net;
	u32 portid;
	const struct cred *cred;	/* whose rights count, with a reference */
	struct pid_namespace *pid_ns;	/* that pids are told in, with a reference */

	u64 seq;			/* [morsel_watch_mutex] last number given to an event */
	u64 passed;			/* [morsel_watch_mutex] last event that came by */
	bool blind;			/* [morsel_watch_mutex] had no right to an event */
};

/*
 * Guards all watches, and the order of what they are told.  Taken in the event's
 * mutex and in the release of sockets; no other lock is taken in it.
 */
extern struct mutex morsel_watch_mutex;
extern DECLARE_HASHTABLE(morsel_watches, MORSEL_WATCH_BITS);
extern atomic_t morsel_nr_watches;

int morsel_watch_init(void);
/* Context: no request can come any more. */
void morsel_watch_exit(void);

/* Is there a watch at all? */
static inline bool morsel_watched(void)
{
	return atomic_read(&morsel_nr_watches);
}

static inline u64 morsel_watch_key(u32 pool_id, u64 ino)
{
	return ((u64)pool_id << 40) ^ ino;
}

/* Context: morsel_watch_mutex held. */
void morsel_watch_remove(struct morsel_watch *watch);

/*
 * nl_watch_tell.c
 *
 * May the current credentials watch what is at @dentry (NULL: it has no name)?
 */
bool morsel_may_watch(struct inode *inode, struct dentry *dentry);
/*
 * Tell every watcher who may know.  Never waits for a watcher.
 * Context: as the functions of event.h.
 */
void morsel_watch_tell(const struct morsel_nl_event *e);

#endif
