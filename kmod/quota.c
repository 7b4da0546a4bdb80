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
#include "event.h"
#include "inode.h"
#include "reserve.h"

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
	kfree(quotas->record);
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
	kfree(account->record);
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

static void tell(enum morsel_event event, const struct morsel_account *account,
		 enum morsel_quota_class class, u64 used, u64 limit)
{
	unsigned int shift = class == MORSEL_QUOTA_FRAMES ? PAGE_SHIFT : 0;

	morsel_event_quota(event, account->pool, account->uid,
			   shift ? MORSEL_QUOTA_WHAT_BYTES : MORSEL_QUOTA_WHAT_OBJECTS,
			   used << shift, limit << shift);
}

/* Who is refused may try again at once, and often: that is not worth telling. */
static void tell_refused(struct morsel_account *account, enum morsel_quota_class class)
{
	unsigned long last = READ_ONCE(account->told[class]), now = jiffies ?: 1;

	if (last && time_before(now, last + HZ))
		return;
	if (cmpxchg(&account->told[class], last, now) != last)
		return;
	tell(MORSEL_EVENT_QUOTA_REFUSED, account, class, atomic64_read(&account->used[class]),
	     READ_ONCE(morsel_account_limits(account)->hard[class]));
}

/* Some @n have been charged, for good. */
static void tell_passed(const struct morsel_account *account, enum morsel_quota_class class,
			u64 used, u64 n)
{
	u64 soft = READ_ONCE(morsel_account_limits(account)->soft[class]);

	if (soft && used > soft && used - n <= soft)
		tell(MORSEL_EVENT_QUOTA_SOFT, account, class, used, soft);
}

/*
 * Take @n of what there is @limit of (0: no limit) if it fits; nothing always does.
 * Return: how much is used now, or -1.
 */
static s64 take(atomic64_t *used, u64 limit, u64 n)
{
	s64 old = atomic64_read(used);

	do {
		if (n && limit && old + n > limit)
			return -1;
	} while (!atomic64_try_cmpxchg(used, &old, old + n));
	return old + n;
}

static s64 charge(struct morsel_account *account, enum morsel_quota_class class, u64 n)
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
	s64 used = charge(account, MORSEL_QUOTA_FRAMES, n);

	if (used < 0) {
		if (n == 1)	/* instead of 2 MiB, 4 KiB will be tried */
			tell_refused(account, MORSEL_QUOTA_FRAMES);
		return -EDQUOT;
	}
	if (!take_frames(&morsel_pool(inode->i_sb)->frames, n)) {
		uncharge(account, MORSEL_QUOTA_FRAMES, n);
		return -ENOSPC;
	}
	tell_passed(account, MORSEL_QUOTA_FRAMES, used, n);
	return 0;
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

	if (hard && atomic64_read(&account->used[MORSEL_QUOTA_FRAMES]) + n > hard) {
		tell_refused(account, MORSEL_QUOTA_FRAMES);
		return -EDQUOT;
	}
	if (atomic64_read(&frames->used) + n > READ_ONCE(frames->capacity))
		return -ENOSPC;
	return 0;
}

static int charge_object(struct morsel_account *account)
{
	s64 used = charge(account, MORSEL_QUOTA_OBJECTS, 1);

	if (used < 0) {
		tell_refused(account, MORSEL_QUOTA_OBJECTS);
		return -EDQUOT;
	}
	if (take(&account->pool->inodes, READ_ONCE(account->pool->inodes_max), 1) < 0) {
		uncharge(account, MORSEL_QUOTA_OBJECTS, 1);
		return -ENOSPC;
	}
	tell_passed(account, MORSEL_QUOTA_OBJECTS, used, 1);
	return 0;
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

int morsel_charge_loaded(struct inode *inode, u64 frames)
{
	struct morsel_pool *pool = morsel_pool(inode->i_sb);
	struct morsel_account *account = morsel_account_get(pool, inode->i_uid, true);

	if (!account)
		return -ENOMEM;
	atomic64_add(objects_of(inode), &account->used[MORSEL_QUOTA_OBJECTS]);
	atomic64_add(objects_of(inode), &pool->inodes);
	atomic64_add(frames, &account->used[MORSEL_QUOTA_FRAMES]);
	atomic64_add(frames, &pool->frames.used);
	atomic64_set(&morsel_i(inode)->tree.pages, frames);
	morsel_i(inode)->account = account;
	return 0;
}

void morsel_charge_found(struct inode *inode, s64 more)
{
	atomic64_add(more, &morsel_i(inode)->account->used[MORSEL_QUOTA_FRAMES]);
	atomic64_add(more, &morsel_pool(inode->i_sb)->frames.used);
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
	const u64 n[MORSEL_NR_QUOTAS] = {
		[MORSEL_QUOTA_FRAMES] = frames_of(inode),
		[MORSEL_QUOTA_OBJECTS] = objects_of(inode),
	};
	s64 used[MORSEL_NR_QUOTAS];
	int i;

	for (i = 0; i < MORSEL_NR_QUOTAS; i++) {
		used[i] = charge(to, i, n[i]);
		if (used[i] < 0)
			goto out_refused;
	}
	for (i = 0; i < MORSEL_NR_QUOTAS; i++)
		tell_passed(to, i, used[i], n[i]);
	return 0;

out_refused:
	tell_refused(to, i);
	while (i--)
		uncharge(to, i, n[i]);
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
		morsel_reserve_move(inode, to);
		mi->account = to;
	}
	filemap_invalidate_unlock(inode->i_mapping);
	morsel_account_put(error ? to : from);
	return error;
}
