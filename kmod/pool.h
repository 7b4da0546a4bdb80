/* SPDX-License-Identifier: GPL-2.0-only */
/* A pool: where frames and names come from; one superblock of the type "morsel". */
#ifndef MORSEL_POOL_H
#define MORSEL_POOL_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/xarray.h>
#include "common.h"
#include "quota.h"
#include "view.h"

/* Capacity of a pool and what is used of it. */
struct morsel_frames {
	u64 capacity;		/* frames of 4 KiB; mount and remount write it */
	atomic64_t used;	/* frames charged to objects */
	atomic64_t huge;	/* 2 MiB frames that objects have; each is 512 of @used */
	atomic64_t poisoned;	/* frames withdrawn because of a memory error */
	/* Pages of tables, which are not charged.  What each object counts, summed up. */
	atomic64_t tree_tables;
	atomic64_t view_tables[MORSEL_NR_VIEWS];
};

struct morsel_store;

struct morsel_pool {
	/* First, because kfree_rcu() takes small offsets only and locks are large under lockdep. */
	struct rcu_head rcu;
	struct super_block *sb;
	u32 id;			/* unique until the module is unloaded */
	char name[MORSEL_POOL_NAME_MAX + 1]; /* unique among live pools */
	struct morsel_store *store;	/* of a persistent pool, or NULL; constant */
	bool huge;		/* 2 MiB frames where they fit */
	struct morsel_frames frames;
	u64 inodes_max;		/* limit of @inodes; 0: none */
	atomic64_t inodes;	/* inodes with the root, and each name beyond an inode's first */
	struct morsel_quotas quotas;
	atomic64_t next_ino;	/* last object id given out */
	atomic64_t generation;	/* counts changes of the name space; never 0 */
	struct xarray objects;	/* object id -> inode; entries go at eviction */
	struct mutex fill_lock[MORSEL_FILL_LOCKS];

	struct list_head link;	/* [morsel_pools_mutex], read under RCU */
	struct vfsmount *pin;	/* [morsel_pools_mutex] made by pool-new: keeps it until pool-del */
	unsigned int gets;	/* [morsel_pools_mutex] references of morsel_pool_get*() */
	bool dying;		/* destroyed: its name is free, no mount finds it; s_umount held */
};

static inline struct morsel_pool *morsel_pool(const struct super_block *sb)
{
	return sb->s_fs_info;
}

/* Context: after every change of the name space or of an object's attributes. */
static inline void morsel_pool_changed(struct morsel_pool *pool)
{
	atomic64_inc(&pool->generation);
}

#endif
