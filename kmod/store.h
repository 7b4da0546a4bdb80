/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Persistent pools: the file system's side of the engine.
 *
 * A pool on a device has a store, its objects have a record each.  Whatever
 * changes a name or an attribute calls here before it tells anybody: when the
 * call returns 0 the change is durable.  In a volatile pool all of it does
 * nothing and returns 0.
 */
#ifndef MORSEL_STORE_H
#define MORSEL_STORE_H

#include <linux/fs.h>
#include "compat.h"
#include "engine.h"
#include "inode.h"
#include "quota.h"
#include "tree.h"

struct dax_device;
struct device;
struct dev_pagemap;
struct fs_context;
struct morsel_pool;
struct posix_acl;

/* A pool's device and what is on it. */
struct morsel_store {
	struct pp_pool pp;
	struct morsel_bdev bdev;
	dev_t dev;
	struct dax_device *dax;
	struct dev_pagemap *pagemap;	/* of its pages, or NULL */
	unsigned long first_pfn;	/* of frame 0 */
	u64 start;			/* of the pool on the DAX device, in bytes */
	struct super_block *sb;		/* from when the pool is loaded on */
	bool has_bad;			/* a frame has a media error */
	bool started;			/* pp_start() has succeeded */
	bool loaded;			/* all inodes are there, and are what counts */
	struct llist_head kept;		/* frames that nobody owns but somebody still uses */
	struct mutex kept_lock;		/* some of them are being given back */
	atomic64_t nr_kept;
	struct pp_report report;
	bool trusted;			/* the checkpoint was: no tree was walked at mount */
	struct dentry *debug;		/* in debugfs */
	unsigned long told_at;		/* [mount] of the progress, in jiffies */
};

/* Does the fence alone make stores last? */
static inline bool morsel_store_is_synchronous(const struct morsel_store *store)
{
	return !store->pp.pm.settle;
}

/* Nothing is acknowledged once the device has not made stores last.  Return: @error, or -EIO. */
static inline int morsel_store_lasting(const struct pp_pool *pp, int error)
{
	return error || !pm_has_failed(&pp->pm) ? error : -EIO;
}

/* store_open.c */

/**
 * morsel_store_open() - open the device in fc->source and look who is there
 *
 * Context: process.  Return: a store to be closed, or ERR_PTR with a message in @fc.
 */
struct morsel_store *morsel_store_open(struct fs_context *fc);
/* Context: no inode is left.  @store may be NULL. */
void morsel_store_close(struct morsel_store *store);

/* store_mode.c */

/**
 * morsel_store_refuse_mode() - say how the device of a disk becomes an fsdax namespace
 * @dev: NULL: nobody knows
 *
 * Context: process.  Return: -EOPNOTSUPP, with a message in @fc.
 */
int morsel_store_refuse_mode(struct fs_context *fc, struct device *dev);
/* The same of the character device fc->source. */
int morsel_store_refuse_dax(struct fs_context *fc);

/* store_load.c */

/*
 * Finish what was begun on the media, verify it, make inodes and dentries of
 * what there is.  Context: sb is being filled.  Return: 0, or an error with a message.
 */
int morsel_store_load(struct fs_context *fc, struct super_block *sb);

/* store_change.c: context: i_rwsem as the VFS holds it for the operation. */

/* Give a new inode a record and its id; nothing is on the media yet. */
int morsel_store_new(struct inode *inode);
/* The object gets its first name. */
int morsel_store_create(struct inode *inode, struct inode *dir, const struct qstr *name);
/* @dentry is to become one more name of @inode. */
int morsel_store_link(struct inode *inode, struct inode *dir, struct dentry *dentry);
int morsel_store_unlink(struct dentry *dentry);
/* @new: positive: it goes, or with @exchange takes the place of @old. */
int morsel_store_rename(struct dentry *old, struct inode *new_dir, struct dentry *new,
			bool exchange);
/* Write what the inode says, if the record says something else. */
int morsel_store_update(struct inode *inode);
/* The same along with a list; NULL: none.  The other one is as it is cached. */
int morsel_store_set_acl(struct inode *inode, struct posix_acl *acl, int type);
/* morsel_reserve() and morsel_unreserve(), durable. */
int morsel_store_reserve(struct inode *inode, u64 addr, u64 max);
int morsel_store_unreserve(struct inode *inode);
/* Which place has it on the media, but not here?  Return: false if that is not so. */
bool morsel_store_displaced(struct inode *inode, u64 *addr, u64 *max);
/* Context: invalidate_lock held exclusive, no view shows what goes; there is a record. */
int morsel_store_resize(struct inode *inode, loff_t size);
/*
 * Something has been stored, or frames have been filled, up to @end: the object is
 * that large at least, or with @keep_size keeps what is behind its end.
 * Context: there is a record; what was behind the old end is zeroed.
 */
int morsel_store_grow(struct inode *inode, loff_t end, bool keep_size);
/* The inode ends: what it says is written.  Context: it has its address still, but no view. */
void morsel_store_settle(struct inode *inode);
/* An object without a name is freed. */
void morsel_store_evict(struct inode *inode);

/* store_tree.c: as the functions of tree.h, for objects with a record. */

/*
 * Of an object whose tree no mount has walked, tables that lead there are judged.
 * -EUCLEAN: there is damage, or was found before.  Context: sleeps.
 */
struct morsel_leaf morsel_store_lookup(struct inode *inode, pgoff_t index);
/*
 * The same as far as tables are judged, even of an object that is damaged; behind
 * others is nothing that anybody has seen: -EAGAIN.  Context: does not sleep.
 */
struct morsel_leaf morsel_store_peek(struct inode *inode, pgoff_t index);
/*
 * Judge what leads to pages [@first, @last]: before any of them goes, so that who is refused has
 * lost nothing.  Return: 0, as for objects without a record, -EUCLEAN, -ENOMEM.  Context: sleeps.
 */
int morsel_store_judge(struct inode *inode, pgoff_t first, pgoff_t last);
/* The next page of data to which judged tables lead, or ULONG_MAX; none behind @last is needed. */
pgoff_t morsel_store_next_judged(struct inode *inode, pgoff_t index, pgoff_t last);
/* The frame of 2 MiB that page @index is seen to be in, or NULL.  Context: does not sleep. */
struct page *morsel_store_huge(struct inode *inode, pgoff_t index);
struct morsel_chunk morsel_store_chunk(struct inode *inode, pgoff_t index);
pgoff_t morsel_store_next(struct inode *inode, pgoff_t index, bool hole);
/* Where to go on from page @index, for which @leaf was found: behind all that cannot be read. */
static inline pgoff_t morsel_store_behind(pgoff_t index, const struct morsel_leaf *leaf)
{
	return leaf->error ? (index | ((1UL << leaf->order) - 1)) + 1 : index + 1;
}

int morsel_store_populate(struct inode *inode, pgoff_t index, bool want_huge,
			  struct morsel_leaf *leaf);
int morsel_store_remove(struct inode *inode, pgoff_t first, pgoff_t last);
/* Zero bytes [@from, @to) of frames that exist.  Context: invalidate_lock held. */
int morsel_store_zero(struct inode *inode, loff_t from, loff_t to);
/* Let others see the tree as the record has it.  Context: the record's lock. */
void morsel_store_publish(struct inode *inode);
/* The object goes: its pool does not count its 2 MiB frames and tables any more. */
void morsel_store_uncount(struct inode *inode);
/*
 * Before an object is used: is what its record names its own, and its top table in order?
 * Return: 0, -EUCLEAN: it is damaged.
 */
int morsel_store_claim(struct inode *inode);
/* Judge all of its tree.  Context: invalidate_lock not held.  Return: the same. */
int morsel_store_verify(struct inode *inode);
/* Has damage been found, by now? */
static inline bool morsel_store_is_damaged(const struct inode *inode)
{
	const struct pp_object *record = morsel_i(inode)->record;

	return record && READ_ONCE(record->bad);
}

/* store_frames.c */

void morsel_store_frames_init(struct morsel_store *store);
void morsel_store_frames_exit(struct morsel_store *store);
/* A process is about to see the pages of a leaf.  Context: invalidate_lock held. */
void morsel_store_show(struct inode *inode, struct page *page, pgoff_t index, unsigned int order);
/* Nobody sees pages of the object any more.  Context: it is being evicted. */
void morsel_store_forget(struct inode *inode);
/* Give back the kept frames that nobody uses any more.  Return: how many. */
u64 morsel_store_put_kept(struct morsel_store *store);

/* store_bad.c: frames with media errors */

/*
 * Bytes of the DAX device are lost: their objects go on without them.
 * Context: process; morsel_store_close() waits.
 * Return: 0; -EIO: not only objects have lost something, the pool itself may have.
 */
int morsel_store_failed(struct morsel_store *store, u64 offset, u64 length);
/* The errors that the driver knows already: before the first frame is used, ... */
void morsel_store_mark_known(struct morsel_store *store);
/* ... and when all objects are there.  Context: the pool is being mounted. */
void morsel_store_tell_known(struct morsel_store *store);
/* The pages are the next user's.  Context: nobody uses the store any more. */
void morsel_store_forget_bad(struct morsel_store *store);
/* Keep frames with an error from whoever would get them next.  Return: there is one. */
bool morsel_store_withdraw(struct pp_pool *pp, u64 frame, unsigned int order);
bool morsel_store_is_bad(const struct pp_pool *pp, u64 frame);

/* store_sync.c */

/* Write back what processes may have stored to bytes [@start, @end]. */
void morsel_store_write_back(struct inode *inode, loff_t start, loff_t end);
/* All objects of a pool. */
int morsel_store_sync(struct super_block *sb);

/* store_quota.c: limits.  Context: pool being mounted, or limits change one after the other. */

/*
 * Let the record *@record, which is made if need be, say @limits of @uid, or with
 * @is_default of all who have none of their own; NULL: the record goes.
 * Return: 0, also in a volatile pool; else nothing is changed.
 */
int morsel_store_set_limits(struct morsel_pool *pool, struct pp_object **record, kuid_t uid,
			    bool is_default, const struct morsel_quota_limits *limits);
/* Limits from the media are in force. */
int morsel_store_take_limits(struct morsel_pool *pool, u64 id);

/* store_debug.c: what tests count, in /sys/kernel/debug/morsel/DEVICE. */

void morsel_store_debug_init(void);
void morsel_store_debug_exit(void);
void morsel_store_debug_add(struct morsel_store *store);
void morsel_store_debug_remove(struct morsel_store *store);

/* store_acl.c */

/* Return: entries in a new buffer *@to, to be freed by kvfree(), or -errno. */
int morsel_store_pack_acls(const struct posix_acl *access, const struct posix_acl *def,
			   struct media_acl_entry **to);
/* Give the inode the lists of @nr entries from the media.  Return: 0, -EUCLEAN, -ENOMEM. */
int morsel_store_take_acls(struct inode *inode, const struct media_acl_entry *from,
			   unsigned int nr);

#endif
