// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits on the media: a record for each user who has some of his own, one for the
 * others.  What is in use follows from what there is.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include "pool.h"
#include "store.h"

static void describe(struct pp_record *rec, kuid_t uid, bool is_default,
		     const struct morsel_quota_limits *limits)
{
	memset(rec, 0, sizeof(*rec));
	rec->type = MEDIA_QUOTA;
	rec->uid = is_default ? 0 : from_kuid(&init_user_ns, uid);
	rec->flags = is_default ? MEDIA_F_DEFAULT : 0;
	rec->size = limits->hard[MORSEL_QUOTA_FRAMES] << PAGE_SHIFT;
	rec->addr = limits->soft[MORSEL_QUOTA_FRAMES] << PAGE_SHIFT;
	rec->max = limits->hard[MORSEL_QUOTA_OBJECTS];
	rec->target = limits->soft[MORSEL_QUOTA_OBJECTS];
}

static int remove_record(struct pp_pool *pp, struct pp_object **record)
{
	int error = *record ? morsel_store_lasting(pp, pp_remove(pp, *record)) : 0;

	if (error || !*record)
		return error;
	pp_release(pp, *record);
	kfree(*record);
	*record = NULL;
	return 0;
}

static int make_record(struct pp_pool *pp, struct pp_object **record, const struct pp_record *rec)
{
	struct pp_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL_ACCOUNT);
	int error;

	if (!obj)
		return -ENOMEM;
	obj->rec = *rec;
	error = morsel_store_lasting(pp, pp_create(pp, obj));
	if (error)
		kfree(obj);
	else
		*record = obj;
	return error;
}

int morsel_store_set_limits(struct morsel_pool *pool, struct pp_object **record, kuid_t uid,
			    bool is_default, const struct morsel_quota_limits *limits)
{
	struct pp_record *rec;
	struct pp_pool *pp;
	int error;

	if (!pool->store)
		return 0;
	pp = &pool->store->pp;
	if (pp->read_only)
		return -EROFS;
	if (!limits)
		return remove_record(pp, record);
	rec = kmalloc(sizeof(*rec), GFP_KERNEL);
	if (!rec)
		return -ENOMEM;
	describe(rec, uid, is_default, limits);
	error = *record ? pp_update(pp, *record, rec) : make_record(pp, record, rec);
	kfree(rec);
	return morsel_store_lasting(pp, error);
}

/* Nothing is between a limit and no limit. */
static u64 frames_of(u64 bytes)
{
	return bytes ? max(bytes >> PAGE_SHIFT, 1ULL) : 0;
}

static void take(struct morsel_quota_limits *limits, const struct pp_record *rec)
{
	limits->hard[MORSEL_QUOTA_FRAMES] = frames_of(rec->size);
	limits->soft[MORSEL_QUOTA_FRAMES] = frames_of(rec->addr);
	limits->hard[MORSEL_QUOTA_OBJECTS] = rec->max;
	limits->soft[MORSEL_QUOTA_OBJECTS] = rec->target;
}

/* Return: 1: @obj is kept. */
static int take_default(struct morsel_pool *pool, struct pp_object *obj,
			const struct morsel_quota_limits *limits)
{
	if (pool->quotas.record)
		return 0;
	morsel_quotas_set(pool, limits);
	pool->quotas.record = obj;
	return 1;
}

static int take_own(struct morsel_pool *pool, struct pp_object *obj,
		    const struct morsel_quota_limits *limits)
{
	kuid_t uid = make_kuid(&init_user_ns, obj->rec.uid);
	struct morsel_account *account;
	int taken = 0;

	if (!uid_valid(uid))
		return 0;
	account = morsel_account_get(pool, uid, true);
	if (!account)
		return -ENOMEM;
	if (!account->record) {
		account->record = obj;
		morsel_account_set(account, limits);
		taken = 1;
	}
	morsel_account_put(account);
	return taken;
}

int morsel_store_take_limits(struct morsel_pool *pool, u64 id)
{
	struct pp_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL_ACCOUNT);
	struct morsel_quota_limits limits;
	int taken;

	taken = obj ? pp_record_load(&pool->store->pp, id, obj) : -ENOMEM;
	if (!taken) {
		obj->verdict = PP_VERIFIED;
		take(&limits, &obj->rec);
		taken = obj->rec.flags & MEDIA_F_DEFAULT ? take_default(pool, obj, &limits) :
							   take_own(pool, obj, &limits);
		if (!taken)
			pr_warn("pool %s: limits in record %llu are not used: the user has others, or is none\n",
				pool->name, id);
	}
	if (taken <= 0)
		kfree(obj);
	return min(taken, 0);
}
