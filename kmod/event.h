/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: what has changed, once the change is in force.
 *
 * Who changes something calls the function of the noun, after the change and
 * before he lets go of the lock that orders it.  None of them fails: an event
 * that cannot be sent leaves a gap in the numbering.
 *
 * Context of all: process; may sleep for memory.  Any sleeping lock of ours and
 * mmap_lock may be held; no spinlock.  Nothing that can be held by a caller is
 * taken inside.
 */
#ifndef MORSEL_EVENT_H
#define MORSEL_EVENT_H

#include <linux/types.h>
#include <linux/uidgid.h>
#include <uapi/linux/morsel.h>

struct dentry;
struct inode;
struct morsel_pool;
struct vm_area_struct;

enum morsel_event {
	MORSEL_EVENT_NEW,
	MORSEL_EVENT_SET,
	MORSEL_EVENT_RENAME,
	MORSEL_EVENT_DEL,
	MORSEL_EVENT_RIGHTS,	/* an access list was set */
	MORSEL_EVENT_REVOKE,	/* mappings and descriptors were taken away or made read-only */
	MORSEL_EVENT_SEAL,
	MORSEL_EVENT_MAP,
	MORSEL_EVENT_UNMAP,
	MORSEL_EVENT_QUOTA_SOFT,
	MORSEL_EVENT_QUOTA_REFUSED,
	MORSEL_EVENT_COLLISION,
	MORSEL_EVENT_ERROR,
	MORSEL_NR_EVENTS
};

/* NEW, SET and DEL. */
void morsel_event_pool(enum morsel_event event, struct morsel_pool *pool);

/*
 * NEW, SET, DEL, RIGHTS, SEAL.  @dentry: where the object is (for DEL: where
 * it was); its parent is stable.
 */
void morsel_event_object(enum morsel_event event, struct dentry *dentry);
/* REVOKE.  @pinned: there were references on its frames when the mappings had gone. */
void morsel_event_revoke(struct dentry *dentry, bool pinned);
/* Does anybody listen?  What only events tell need not be found out if not. */
bool morsel_event_heard(void);
/*
 * @dentry is of an object in the making: nothing is said of what is set until it is
 * what was asked for.  What else there is to tell of the object has this dentry's path.
 */
void morsel_event_hold(struct dentry *dentry);
void morsel_event_unhold(struct dentry *dentry);
/* The same of an object by any of its names. */
void morsel_event_inode(enum morsel_event event, struct inode *inode);

/*
 * MAP and UNMAP.  Cost next to nothing while nobody listens: they are not even
 * counted then, but whoever listens later sees a gap.
 * Context: mmap_lock held for write, or the address space is dying.
 */
void morsel_event_mapping(enum morsel_event event, const struct vm_area_struct *vma);

/**
 * morsel_event_quota() - QUOTA_SOFT and QUOTA_REFUSED
 * @uid: whose quota
 * @used: of it, in bytes or objects; @limit: that was passed or held
 */
void morsel_event_quota(enum morsel_event event, struct morsel_pool *pool, kuid_t uid,
			enum morsel_quota_what what, u64 used, u64 limit);

/**
 * morsel_event_collision() - an object cannot have the addresses it wants
 * @other: id of the object of this pool that has them; 0: somebody else has
 * @error: a positive errno, as the one who asked gets it
 */
void morsel_event_collision(struct inode *inode, u64 start, u64 length, u64 other, int error);

/* Bytes [@start, @start + @length) of an object are not usable.  @error: a positive errno. */
void morsel_event_error(struct inode *inode, u64 start, u64 length, int error);

/*
 * An access at byte @pos ended with @error, 0 or negative: tell if the memory, the medium
 * or a record is to blame.
 */
void morsel_event_access(struct inode *inode, u64 pos, int error);

/* A rename: where things were. */
struct morsel_move {
	char *from;
	char *to;
	struct dentry *from_dir;
	struct dentry *to_dir;
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

/*
 * How many changes of names, attributes and pools there were, sent or not.
 * Nothing of that has changed unless it has.
 */
u64 morsel_event_count(void);

#endif
