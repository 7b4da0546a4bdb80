// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quotas.
 *
 * Charging is one atomic of the owner's account and one of the pool, each a
 * compare and exchange, so that a limit is reached exactly and never passed.
 *
 * What of an object is charged changes with invalidate_lock held (frames) or
 * i_rwsem (names).  Who moves the charge to another owner holds both exclusive:
 * what he moves is all there is.
 */
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "inode.h"

void morsel_quotas_init(struct morsel_quotas *quotas)
{
	xa_init(&quotas->accounts);
}

void morsel_quotas_exit(struct morsel_quotas *quotas)
{
	struct morsel_account *account;
	unsigned long uid;

	xa_for_each(&quotas->accounts, uid, account)
		if (!WARN_ON_ONCE(!account->own))
			morsel_account_put(account);
	WARN_ON_ONCE(!xa_empty(&quotas->accounts));
}

/* ---- accounts ---- */

static struct morsel_account *new_account(struct morsel_pool *pool, kuid_t uid)
{
	struct morsel_account *account = kzalloc(sizeof(*account), GFP_KERNEL_ACCOUNT);

	if (!account)
		return NULL;
	account->pool = pool;
	account->uid = uid;
	refcount_set(&account->ref, 1);
	return account;
}

static struct morsel_account *find(struct morsel_quotas *quotas, unsigned long uid)
{
	struct morsel_account *account;

	rcu_read_lock();
	account = xa_load(&quotas->accounts, uid);
	if (account && !refcount_inc_not_zero(&account->ref))
		account = NULL;
	rcu_read_unlock();
	return account;
}

struct morsel_account *morsel_account_get(struct morsel_pool *pool, kuid_t uid, bool make)
{
	struct morsel_quotas *quotas = &pool->quotas;
	struct morsel_account *account, *new;
	int error;

	for (;;) {
		account = find(quotas, __kuid_val(uid));
		if (account || !make)
			return account;
		new = new_account(pool, uid);
		if (!new)
			return NULL;
		error = xa_insert(&quotas->accounts, __kuid_val(uid), new, GFP_KERNEL_ACCOUNT);
		if (!error)
			return new;
		kfree(new);
		if (error != -EBUSY)
			return NULL;
	}
}

struct morsel_account *morsel_account_next(struct morsel_pool *pool, unsigned long *uid)
{
	struct xarray *accounts = &pool->quotas.accounts;
	struct morsel_account *account;

	rcu_read_lock();
	account = xa_find(accounts, uid, ULONG_MAX, XA_PRESENT);
	while (account && !refcount_inc_not_zero(&account->ref))
		account = xa_find_after(accounts, uid, ULONG_MAX, XA_PRESENT);
	rcu_read_unlock();
	return account;
}

void morsel_account_put(struct morsel_account *account)
{
	struct xarray *accounts = &account->pool->quotas.accounts;
	bool last;

	if (refcount_dec_not_one(&account->ref))
		return;
	xa_lock(accounts);
	last = refcount_dec_and_test(&account->ref);
	if (last)
		__xa_erase(accounts, __kuid_val(account->uid));
	xa_unlock(accounts);
	if (!last)
		return;
	WARN_ON_ONCE(atomic64_read(&account->used[MORSEL_QUOTA_FRAMES]) ||
		     atomic64_read(&account->used[MORSEL_QUOTA_OBJECTS]));
	kfree_rcu(account, rcu);
}

/* ---- limits ---- */

const struct morsel_quota_limits *morsel_quotas_limits(const struct morsel_pool *pool, kuid_t uid)
{
	static const struct morsel_quota_limits none;

	return uid_eq(uid, GLOBAL_ROOT_UID) ? &none : &pool->quotas.limits;
}

const struct morsel_quota_limits *morsel_account_limits(const struct morsel_account *account)
{
	if (smp_load_acquire(&account->own))	/* pairs with morsel_account_set() */
		return &account->limits;
	return morsel_quotas_limits(account->pool, account->uid);
}

static void set_limits(struct morsel_quota_limits *to, const struct morsel_quota_limits *from)
{
	int i;

	for (i = 0; i < MORSEL_NR_QUOTAS; i++) {
		WRITE_ONCE(to->soft[i], from->soft[i]);
		WRITE_ONCE(to->hard[i], from->hard[i]);
	}
}

void morsel_account_set(struct morsel_account *account, const struct morsel_quota_limits *limits)
{
	struct xarray *accounts = &account->pool->quotas.accounts;
	bool was_own;

	xa_lock(accounts);
	was_own = account->own;
	if (limits)
		set_limits(&account->limits, limits);
	smp_store_release(&account->own, !!limits);	/* the limits first */
	if (limits && !was_own)
		refcount_inc(&account->ref);
	xa_unlock(accounts);
	if (!limits && was_own)
		morsel_account_put(account);
}

void morsel_quotas_set(struct morsel_pool *pool, const struct morsel_quota_limits *limits)
{
	xa_lock(&pool->quotas.accounts);
	set_limits(&pool->quotas.limits, limits);
	xa_unlock(&pool->quotas.accounts);
}

/* ---- charging ---- */

/* Take @n of what there is @limit of (0: no limit) if it fits; nothing always does. */
static bool take(atomic64_t *used, u64 limit, u64 n)
{
	s64 old = atomic64_read(used);

	do {
		if (n && limit && old + n > limit)
			return false;
	} while (!atomic64_try_cmpxchg(used, &old, old + n));
	return true;
}

static bool charge(struct morsel_account *account, enum morsel_quota_class class, u64 n)
{
	u64 hard = READ_ONCE(morsel_account_limits(account)->hard[class]);

	return take(&account->used[class], hard, n);
}

static void uncharge(struct morsel_account *account, enum morsel_quota_class class, u64 n)
{
	atomic64_sub(n, &account->used[class]);
}

/* The pool has a limit, even if it is 0: nothing may be left of it after a remount. */
static bool take_frames(struct morsel_frames *frames, u64 n)
{
	s64 old = atomic64_read(&frames->used);

	do {
		if (old + n > READ_ONCE(frames->capacity))
			return false;
	} while (!atomic64_try_cmpxchg(&frames->used, &old, old + n));
	return true;
}

int morsel_charge_frames(struct inode *inode, u64 n)
{
	struct morsel_account *account = morsel_i(inode)->account;

	if (!charge(account, MORSEL_QUOTA_FRAMES, n))
		return -EDQUOT;
	if (take_frames(&morsel_pool(inode->i_sb)->frames, n))
		return 0;
	uncharge(account, MORSEL_QUOTA_FRAMES, n);
	return -ENOSPC;
}

void morsel_uncharge_frames(struct inode *inode, u64 n)
{
	atomic64_sub(n, &morsel_pool(inode->i_sb)->frames.used);
	uncharge(morsel_i(inode)->account, MORSEL_QUOTA_FRAMES, n);
}

int morsel_may_charge_frames(struct inode *inode, u64 n)
{
	struct morsel_frames *frames = &morsel_pool(inode->i_sb)->frames;
	struct morsel_account *account = morsel_i(inode)->account;
	u64 hard = READ_ONCE(morsel_account_limits(account)->hard[MORSEL_QUOTA_FRAMES]);

	if (hard && atomic64_read(&account->used[MORSEL_QUOTA_FRAMES]) + n > hard)
		return -EDQUOT;
	if (atomic64_read(&frames->used) + n > READ_ONCE(frames->capacity))
		return -ENOSPC;
	return 0;
}

static int charge_object(struct morsel_account *account)
{
	if (!charge(account, MORSEL_QUOTA_OBJECTS, 1))
		return -EDQUOT;
	if (take(&account->pool->inodes, READ_ONCE(account->pool->inodes_max), 1))
		return 0;
	uncharge(account, MORSEL_QUOTA_OBJECTS, 1);
	return -ENOSPC;
}

static void uncharge_objects(struct morsel_account *account, u64 n)
{
	atomic64_sub(n, &account->pool->inodes);
	uncharge(account, MORSEL_QUOTA_OBJECTS, n);
}

/* How many objects an inode counts for: each name beyond the first is one more. */
static u64 objects_of(const struct inode *inode)
{
	return S_ISDIR(inode->i_mode) ? 1 : max(inode->i_nlink, 1U);
}

int morsel_charge_inode(struct inode *inode)
{
	struct morsel_account *account;
	int error;

	account = morsel_account_get(morsel_pool(inode->i_sb), inode->i_uid, true);
	if (!account)
		return -ENOMEM;
	error = charge_object(account);
	if (error)
		morsel_account_put(account);
	else
		morsel_i(inode)->account = account;
	return error;
}

int morsel_charge_name(struct inode *inode)
{
	lockdep_assert_held_write(&inode->i_rwsem);
	return charge_object(morsel_i(inode)->account);
}

void morsel_uncharge_name(struct inode *inode)
{
	uncharge_objects(morsel_i(inode)->account, 1);
}

void morsel_uncharge_inode(struct inode *inode)
{
	struct morsel_account *account = morsel_i(inode)->account;

	if (!account)	/* it was refused */
		return;
	uncharge_objects(account, objects_of(inode));
	morsel_account_put(account);
}

static u64 frames_of(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) ? atomic64_read(&morsel_i(inode)->tree.pages) : 0;
}

/* Charge @to for all that the inode has, or for nothing. */
static int charge_all(struct inode *inode, struct morsel_account *to)
{
	u64 frames = frames_of(inode), objects = objects_of(inode);

	if (!charge(to, MORSEL_QUOTA_FRAMES, frames))
		return -EDQUOT;
	if (charge(to, MORSEL_QUOTA_OBJECTS, objects))
		return 0;
	uncharge(to, MORSEL_QUOTA_FRAMES, frames);
	return -EDQUOT;
}

int morsel_charge_move(struct inode *inode, kuid_t uid)
{
	struct morsel_inode *mi = morsel_i(inode);
	struct morsel_account *from = mi->account, *to;
	int error;

	if (uid_eq(from->uid, uid))
		return 0;
	to = morsel_account_get(from->pool, uid, true);
	if (!to)
		return -ENOMEM;
	filemap_invalidate_lock(inode->i_mapping);
	error = charge_all(inode, to);
	if (!error) {
		uncharge(from, MORSEL_QUOTA_FRAMES, frames_of(inode));
		uncharge(from, MORSEL_QUOTA_OBJECTS, objects_of(inode));
		mi->account = to;
	}
	filemap_invalidate_unlock(inode->i_mapping);
	morsel_account_put(error ? to : from);
	return error;
}
