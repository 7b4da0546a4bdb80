/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quotas: what the objects of one owner in one pool may have together.
 *
 * An inode points to the account of its owner.  What it has is on that account:
 * its frames, and one object, or one for each name if it has several.  So the
 * accounts of a pool add up to what the pool has in use.
 */
#ifndef MORSEL_QUOTA_H
#define MORSEL_QUOTA_H

#include <linux/refcount.h>
#include <linux/uidgid.h>
#include <linux/xarray.h>

struct inode;
struct morsel_pool;
struct pp_object;

enum morsel_quota_class {
	MORSEL_QUOTA_FRAMES,	/* of 4 KiB */
	MORSEL_QUOTA_OBJECTS,
	MORSEL_NR_QUOTAS
};

/* Limits; 0: none. */
struct morsel_quota_limits {
	u64 soft[MORSEL_NR_QUOTAS];	/* may be passed; an event tells */
	u64 hard[MORSEL_NR_QUOTAS];	/* never passed */
};

/* What one user has in a pool. */
struct morsel_account {
	struct rcu_head rcu;
	struct morsel_pool *pool;
	kuid_t uid;
	refcount_t ref;		/* of inodes and if @own; gets 0 and off under the xarray's lock */
	bool own;		/* @limits hold, not the default; written under that lock */
	struct pp_object *record;	/* of @limits on the media, or NULL; nl_quota.c's mutex */
	struct morsel_quota_limits limits;
	atomic64_t used[MORSEL_NR_QUOTAS];
	u64 reserved;		/* bytes of the morsel window; reserve_lock */
	unsigned long told[MORSEL_NR_QUOTAS]; /* of the last refusal, in jiffies; 0: never */
};

/* Those of a pool. */
struct morsel_quotas {
	struct xarray accounts;		/* uid -> account */
	struct morsel_quota_limits limits;	/* of who has none of his own; root has none */
	struct pp_object *record;	/* of @limits on the media, or NULL; nl_quota.c's mutex */
};

void morsel_quotas_init(struct morsel_quotas *quotas);
/* Context: no inode of the pool is left. */
void morsel_quotas_exit(struct morsel_quotas *quotas);

/**
 * morsel_account_get() - the account of @uid
 * @make: make it if there is none
 *
 * Context: process; sleeps if @make.
 * Return: with a reference; NULL if there is none, or no memory.
 */
struct morsel_account *morsel_account_get(struct morsel_pool *pool, kuid_t uid, bool make);
/* The account with the least uid from *@uid on, with a reference; *@uid becomes that. */
struct morsel_account *morsel_account_next(struct morsel_pool *pool, unsigned long *uid);
void morsel_account_put(struct morsel_account *account);

/* The limits of a user who has none of his own. */
const struct morsel_quota_limits *morsel_quotas_limits(const struct morsel_pool *pool, kuid_t uid);
/* The limits that hold for an account.  They may change at any time. */
const struct morsel_quota_limits *morsel_account_limits(const struct morsel_account *account);
/*
 * Give an account limits of its own, or with NULL those of the pool again.
 * What is in use stays, even above a limit.
 */
void morsel_account_set(struct morsel_account *account, const struct morsel_quota_limits *limits);
void morsel_quotas_set(struct morsel_pool *pool, const struct morsel_quota_limits *limits);

/*
 * Charge @n frames of @inode to its owner and to the pool, all or nothing.
 * Context: invalidate_lock held.  Return: 0, -EDQUOT, -ENOSPC.
 */
int morsel_charge_frames(struct inode *inode, u64 n);
void morsel_uncharge_frames(struct inode *inode, u64 n);
/* Would it work now?  Context and return: as above. */
int morsel_may_charge_frames(struct inode *inode, u64 n);

/*
 * A new object; one more name of an object that has one.  Context: the inode is
 * not known to anybody yet; i_rwsem held exclusive.
 * Return: 0, -EDQUOT, -ENOSPC (nr_inodes), -ENOMEM.
 */
int morsel_charge_inode(struct inode *inode);
int morsel_charge_name(struct inode *inode);
/*
 * What a persistent pool has brought along, with @frames: above any limit.
 * Context: as for a new object; its names are counted.  Return: 0 or -ENOMEM.
 */
int morsel_charge_loaded(struct inode *inode, u64 frames);
/*
 * The tree has @more frames than it was charged for (or, negative, less): above any
 * limit.  Context: invalidate_lock held; the caller lets the tree say so.
 */
void morsel_charge_found(struct inode *inode, s64 more);
void morsel_uncharge_name(struct inode *inode);
/* The object ends. */
void morsel_uncharge_inode(struct inode *inode);

/**
 * morsel_charge_move() - let @uid have what @inode has
 *
 * The owner in the inode is for the caller to change.
 *
 * Context: i_rwsem held exclusive; invalidate_lock is taken.
 * Return: 0, -EDQUOT (it would be too much for him), -ENOMEM.
 */
int morsel_charge_move(struct inode *inode, kuid_t uid);

#endif
