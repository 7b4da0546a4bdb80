// SPDX-License-Identifier: GPL-2.0-only
/* Requests about quotas. */
#include <linux/sched/signal.h>
#include "fs.h"
#include "nl.h"
#include "nl_dump.h"
#include "rights.h"
#include "store.h"

/* A quota as it is told about. */
struct quota {
	const struct morsel_pool *pool;
	kuid_t uid;			/* unless it is the default one */
	bool is_default;
	bool own;
	struct morsel_quota_limits limits;
	u64 used[MORSEL_NR_QUOTAS];
};

/* The attributes of a class, and the shift from what they count to what we count. */
static const struct {
	int soft, hard, used;
	unsigned int shift;
} attrs_of[MORSEL_NR_QUOTAS] = {
	[MORSEL_QUOTA_FRAMES] = { MORSEL_A_QUOTA_BYTES_SOFT, MORSEL_A_QUOTA_BYTES_HARD,
				  MORSEL_A_QUOTA_BYTES_USED, PAGE_SHIFT },
	[MORSEL_QUOTA_OBJECTS] = { MORSEL_A_QUOTA_OBJECTS_SOFT, MORSEL_A_QUOTA_OBJECTS_HARD,
				   MORSEL_A_QUOTA_OBJECTS_USED, 0 },
};

/* A copy, as limits may change meanwhile. */
static void copy_limits(struct morsel_quota_limits *to, const struct morsel_quota_limits *from)
{
	int i;

	for (i = 0; i < MORSEL_NR_QUOTAS; i++) {
		to->soft[i] = READ_ONCE(from->soft[i]);
		to->hard[i] = READ_ONCE(from->hard[i]);
	}
}

static void describe_account(struct quota *quota, const struct morsel_account *account)
{
	int i;

	*quota = (struct quota){ .pool = account->pool, .uid = account->uid };
	quota->own = READ_ONCE(account->own);
	copy_limits(&quota->limits, morsel_account_limits(account));
	for (i = 0; i < MORSEL_NR_QUOTAS; i++)
		quota->used[i] = atomic64_read(&account->used[i]);
}

static void describe_default(struct quota *quota, const struct morsel_pool *pool)
{
	*quota = (struct quota){ .pool = pool, .is_default = true };
	copy_limits(&quota->limits, &pool->quotas.limits);
}

static void describe_user(struct quota *quota, struct morsel_pool *pool, kuid_t uid)
{
	struct morsel_account *account = morsel_account_get(pool, uid, false);

	if (account) {
		describe_account(quota, account);
		morsel_account_put(account);
		return;
	}
	*quota = (struct quota){ .pool = pool, .uid = uid };
	copy_limits(&quota->limits, morsel_quotas_limits(pool, uid));
}

/* ---- replies ---- */

static int fill_class(struct sk_buff *skb, const struct quota *quota, enum morsel_quota_class class)
{
	unsigned int shift = attrs_of[class].shift;

	return nla_put_u64_64bit(skb, attrs_of[class].soft, quota->limits.soft[class] << shift,
				 MORSEL_A_QUOTA_PAD) ||
	       nla_put_u64_64bit(skb, attrs_of[class].hard, quota->limits.hard[class] << shift,
				 MORSEL_A_QUOTA_PAD) ||
	       (!quota->is_default &&
		nla_put_u64_64bit(skb, attrs_of[class].used, quota->used[class] << shift,
				  MORSEL_A_QUOTA_PAD));
}

static int fill_quota(struct sk_buff *skb, const struct quota *quota)
{
	u32 uid = from_kuid_munged(current_user_ns(), quota->uid);
	int i;

	if (nla_put_u32(skb, MORSEL_A_QUOTA_POOL_ID, quota->pool->id) ||
	    nla_put_string(skb, MORSEL_A_QUOTA_POOL_NAME, quota->pool->name) ||
	    (quota->is_default ? nla_put_flag(skb, MORSEL_A_QUOTA_DEFAULT) :
				 nla_put_u32(skb, MORSEL_A_QUOTA_UID, uid)) ||
	    (quota->own && nla_put_flag(skb, MORSEL_A_QUOTA_OWN)))
		return -EMSGSIZE;
	for (i = 0; i < MORSEL_NR_QUOTAS; i++)
		if (fill_class(skb, quota, i))
			return -EMSGSIZE;
	return 0;
}

static struct sk_buff *quota_reply(void)
{
	return genlmsg_new(nla_total_size(MORSEL_POOL_NAME_MAX + 1) +
			   MORSEL_A_QUOTA_MAX * nla_total_size_64bit(sizeof(u64)), GFP_KERNEL);
}

/* Consumes @reply. */
static int send_quota(struct sk_buff *reply, struct genl_info *info, const struct quota *quota)
{
	void *header = genlmsg_put_reply(reply, info, &morsel_nl_family, 0, info->genlhdr->cmd);

	if (WARN_ON_ONCE(!header || fill_quota(reply, quota))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/* ---- requests ---- */

/* Whose quota the request is about. */
static int wanted_user(struct genl_info *info, kuid_t *uid)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_QUOTA_UID];

	if (attr && info->attrs[MORSEL_A_QUOTA_DEFAULT])
		return morsel_nl_refuse(info->extack, attr, -EINVAL,
					"uid and default exclude each other");
	*uid = attr ? make_kuid(current_user_ns(), nla_get_u32(attr)) : current_fsuid();
	return uid_valid(*uid) ? 0 : morsel_nl_refuse(info->extack, attr, -EINVAL,
						      "no such user id");
}

int morsel_nl_quota_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct morsel_pool *pool = morsel_nl_pool(info);
	struct sk_buff *reply;
	struct quota quota;
	kuid_t uid;
	int error;

	error = wanted_user(info, &uid);
	if (error)
		return error;
	if (!morsel_may_see_quota(uid))
		return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_QUOTA_UID], -EPERM,
					"only CAP_SYS_ADMIN may see the quota of somebody else");
	reply = quota_reply();
	if (!reply)
		return -ENOMEM;
	if (info->attrs[MORSEL_A_QUOTA_DEFAULT])
		describe_default(&quota, pool);
	else
		describe_user(&quota, pool, uid);
	return send_quota(reply, info, &quota);
}

/* Nothing is between a limit and no limit. */
static u64 limit_of(const struct nlattr *attr, unsigned int shift)
{
	u64 limit = nla_get_u64(attr);

	return limit ? max(limit >> shift, 1ULL) : 0;
}

/* Put the limits that the request has into @limits.  Return: how many; or -EINVAL. */
static int wanted_limits(struct genl_info *info, struct morsel_quota_limits *limits)
{
	int i, given = 0;

	for (i = 0; i < MORSEL_NR_QUOTAS; i++) {
		const struct nlattr *soft = info->attrs[attrs_of[i].soft];
		const struct nlattr *hard = info->attrs[attrs_of[i].hard];

		if (soft)
			limits->soft[i] = limit_of(soft, attrs_of[i].shift);
		if (hard)
			limits->hard[i] = limit_of(hard, attrs_of[i].shift);
		if (limits->hard[i] && limits->soft[i] > limits->hard[i])
			return morsel_nl_refuse(info->extack, soft ?: hard, -EINVAL,
						"the soft limit would be above the hard one");
		given += !!soft + !!hard;
	}
	return given;
}

static int check_set(struct genl_info *info, int given)
{
	const struct nlattr *remove = info->attrs[MORSEL_A_QUOTA_REMOVE];

	if (!info->attrs[MORSEL_A_QUOTA_UID] && !info->attrs[MORSEL_A_QUOTA_DEFAULT]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, MORSEL_A_QUOTA_UID);
		return morsel_nl_refuse(info->extack, NULL, -EINVAL,
					"say whose quota: uid, or default");
	}
	if (remove && info->attrs[MORSEL_A_QUOTA_DEFAULT])
		return morsel_nl_refuse(info->extack, remove, -EINVAL,
					"default limits cannot be removed, only set to 0");
	if (remove && given)
		return morsel_nl_refuse(info->extack, remove, -EINVAL,
					"limits cannot be removed and set at once");
	if (!remove && !given)
		return morsel_nl_refuse(info->extack, NULL, -EINVAL, "no limit is given");
	return 0;
}

/* Before they are in force. */
static int set_on_media(struct genl_info *info, struct pp_object **record, kuid_t uid,
			bool is_default, const struct morsel_quota_limits *limits)
{
	int error = morsel_store_set_limits(morsel_nl_pool(info), record, uid, is_default, limits);

	switch (error) {
	case -EROFS:
		return morsel_nl_refuse(info->extack, NULL, error, "the pool is read-only");
	case -ENOSPC:
		return morsel_nl_refuse(info->extack, NULL, error,
					"the pool has no room for a record of the limits");
	default:
		return error;
	}
}

static int set_default(struct genl_info *info, struct quota *quota)
{
	struct morsel_pool *pool = morsel_nl_pool(info);
	int given;

	describe_default(quota, pool);
	given = wanted_limits(info, &quota->limits);
	given = given < 0 ? given : check_set(info, given);
	if (!given)
		given = set_on_media(info, &pool->quotas.record, GLOBAL_ROOT_UID, true,
				     &quota->limits);
	if (!given)
		morsel_quotas_set(pool, &quota->limits);
	return given;
}

static int set_user(struct genl_info *info, kuid_t uid, struct quota *quota)
{
	bool remove = info->attrs[MORSEL_A_QUOTA_REMOVE];
	struct morsel_account *account;
	int given;

	account = morsel_account_get(morsel_nl_pool(info), uid, true);
	if (!account)
		return -ENOMEM;
	describe_account(quota, account);
	given = wanted_limits(info, &quota->limits);
	given = given < 0 ? given : check_set(info, given);
	if (!given)
		given = set_on_media(info, &account->record, uid, false,
				     remove ? NULL : &quota->limits);
	if (!given) {
		morsel_account_set(account, remove ? NULL : &quota->limits);
		describe_account(quota, account);
	}
	morsel_account_put(account);
	return given;
}

/* Requests that change limits take turns: each starts from what it finds. */
static DEFINE_MUTEX(set_mutex);

int morsel_nl_quota_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	struct quota quota;
	kuid_t uid;
	int error;

	error = wanted_user(info, &uid);
	if (error)
		return error;
	reply = quota_reply();
	if (!reply)
		return -ENOMEM;
	mutex_lock(&set_mutex);
	if (info->attrs[MORSEL_A_QUOTA_UID])
		error = set_user(info, uid, &quota);
	else
		error = set_default(info, &quota);
	mutex_unlock(&set_mutex);
	if (error) {
		nlmsg_free(reply);
		return error;
	}
	/* The limits are in force, whether or not the sender has room for the reply. */
	send_quota(reply, info, &quota);
	return 0;
}

/* ---- dumps ---- */

int morsel_nl_quota_get_start(struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct nlattr **attrs = morsel_genl_dump_attrs(cb);
	struct netlink_ext_ack extack = {};
	struct morsel_pool *pool;

	morsel_nl_dump_start(cb);
	dump->pool_done = true;
	if (attrs[MORSEL_A_QUOTA_UID] || attrs[MORSEL_A_QUOTA_DEFAULT])
		morsel_nl_dump_refuse(dump, -EINVAL, "a dump of quotas takes a pool only");
	if (dump->error || (!attrs[MORSEL_A_QUOTA_POOL_ID] && !attrs[MORSEL_A_QUOTA_POOL_NAME]))
		return 0;
	pool = morsel_nl_find_pool(attrs, &extack);
	if (IS_ERR(pool)) {
		morsel_nl_dump_refuse(dump, PTR_ERR(pool), extack._msg);
		return 0;
	}
	dump->pool = pool->id;
	dump->one_pool = true;
	dump->pool_done = false;
	morsel_pool_put(pool);
	return 0;
}

static int dump_quota(struct sk_buff *skb, struct netlink_callback *cb, const struct quota *quota)
{
	void *header = morsel_nl_dump_header(skb, cb, MORSEL_CMD_QUOTA_GET);

	return header ? morsel_nl_dump_end(skb, header, fill_quota(skb, quota)) : -EMSGSIZE;
}

/* dump->next: 0 for the default quota, then uid + 1. */
static int dump_quotas_of(struct sk_buff *skb, struct netlink_callback *cb,
			  struct morsel_pool *pool)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_account *account;
	unsigned long uid = dump->next - 1;
	struct quota quota;
	int error = 0;

	if (!morsel_may_see_pool(pool))
		return 0;
	if (!dump->next) {
		describe_default(&quota, pool);
		error = dump_quota(skb, cb, &quota);
		if (error)
			return error;
		uid = 0;
	}
	for (; (account = morsel_account_next(pool, &uid)); uid++) {
		describe_account(&quota, account);
		if (morsel_may_see_quota(account->uid))
			error = dump_quota(skb, cb, &quota);
		morsel_account_put(account);
		cond_resched();
		if (fatal_signal_pending(current))
			error = -EINTR;
		if (error)
			break;
	}
	dump->next = uid + 1;
	return error;
}

static int dump_quotas(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_pool *pool;
	int error = 0;

	while (!error && (pool = morsel_nl_dump_pool(dump))) {
		error = dump_quotas_of(skb, cb, pool);
		if (!error)
			dump->pool_done = true;
		morsel_pool_put(pool);
	}
	return morsel_nl_dump_verdict(skb, error);
}

int morsel_nl_quota_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_as_asked(skb, cb, dump_quotas);
}
