// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: its commands, and what is common to them.
 * netlink/morsel.yaml says what each of them does.
 */
#include <linux/module.h>
#include "event.h"
#include "fs.h"
#include "netlink.h"
#include "nl.h"
#include "nl_policy.h"
#include "nl_watch.h"
#include "rights.h"

static int pre_doit(const morsel_genl_op_t *op, struct sk_buff *skb, struct genl_info *info)
{
	const char *why = morsel_caller_check(skb, op->internal_flags & MORSEL_NL_ADMIN);
	struct morsel_pool *pool;

	if (why)
		return morsel_nl_refuse(info->extack, NULL, -EPERM, why);
	if (!(op->internal_flags & MORSEL_NL_POOL))
		return 0;
	pool = morsel_nl_find_pool(info->attrs, info->extack);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	info->user_ptr[0] = pool;
	return 0;
}

static void post_doit(const morsel_genl_op_t *op, struct sk_buff *skb, struct genl_info *info)
{
	if (op->internal_flags & MORSEL_NL_POOL)
		morsel_pool_put(morsel_nl_pool(info));
}

/*
 * A command that is refused without words of its own, as when there is no memory,
 * has those of its errno.
 */
static int say_why(struct genl_info *info, int error)
{
	if (!error || !info->extack || info->extack->_msg)
		return error;
	return morsel_nl_refuse_errno(info->extack, info->extack->bad_attr, error);
}

#define SAYS_WHY(command)                                                      \
	static int command(struct sk_buff *skb, struct genl_info *info)        \
	{                                                                      \
		return say_why(info, morsel_nl_##command##_doit(skb, info));   \
	}

SAYS_WHY(pool_get)
SAYS_WHY(pool_new)
SAYS_WHY(pool_del)
SAYS_WHY(morsel_get)
SAYS_WHY(morsel_new)
SAYS_WHY(morsel_set)
SAYS_WHY(morsel_rename)
SAYS_WHY(morsel_del)
SAYS_WHY(rights_get)
SAYS_WHY(rights_set)
SAYS_WHY(morsel_seal)
SAYS_WHY(quota_get)
SAYS_WHY(quota_set)
SAYS_WHY(window_get)
SAYS_WHY(window_set)
SAYS_WHY(usage_get)
SAYS_WHY(morsel_watch)

#define POLICY(name) .policy = name, .maxattr = ARRAY_SIZE(name) - 1

static const struct genl_ops ops[] = {
	{
		.cmd = MORSEL_CMD_POOL_GET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_pool_get_policy),
		.doit = pool_get,
		.start = morsel_nl_pool_get_start,
		.dumpit = morsel_nl_pool_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_POOL_NEW,
		.internal_flags = MORSEL_NL_ADMIN,
		POLICY(morsel_nl_pool_new_policy),
		.doit = pool_new,
	}, {
		.cmd = MORSEL_CMD_POOL_DEL,
		.internal_flags = MORSEL_NL_ADMIN | MORSEL_NL_POOL,
		POLICY(morsel_nl_pool_del_policy),
		.doit = pool_del,
	}, {
		.cmd = MORSEL_CMD_MORSEL_GET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_get_policy),
		.doit = morsel_get,
		.start = morsel_nl_morsel_get_start,
		.dumpit = morsel_nl_morsel_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_MORSEL_NEW,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_new_policy),
		.doit = morsel_new,
	}, {
		.cmd = MORSEL_CMD_MORSEL_SET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_set_policy),
		.doit = morsel_set,
	}, {
		.cmd = MORSEL_CMD_MORSEL_RENAME,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_rename_policy),
		.doit = morsel_rename,
	}, {
		.cmd = MORSEL_CMD_MORSEL_DEL,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_del_policy),
		.doit = morsel_del,
	}, {
		.cmd = MORSEL_CMD_RIGHTS_GET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_rights_get_policy),
		.doit = rights_get,
		.start = morsel_nl_rights_get_start,
		.dumpit = morsel_nl_morsel_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_RIGHTS_SET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_rights_set_policy),
		.doit = rights_set,
	}, {
		.cmd = MORSEL_CMD_MORSEL_SEAL,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_seal_policy),
		.doit = morsel_seal,
	}, {
		.cmd = MORSEL_CMD_QUOTA_GET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_quota_get_policy),
		.doit = quota_get,
		.start = morsel_nl_quota_get_start,
		.dumpit = morsel_nl_quota_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_QUOTA_SET,
		.internal_flags = MORSEL_NL_ADMIN | MORSEL_NL_POOL,
		POLICY(morsel_nl_quota_set_policy),
		.doit = quota_set,
	}, {
		.cmd = MORSEL_CMD_WINDOW_GET,
		POLICY(morsel_nl_window_get_policy),
		.doit = window_get,
	}, {
		.cmd = MORSEL_CMD_WINDOW_SET,
		.internal_flags = MORSEL_NL_ADMIN,
		POLICY(morsel_nl_window_set_policy),
		.doit = window_set,
	}, {
		.cmd = MORSEL_CMD_USAGE_GET,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_usage_get_policy),
		.doit = usage_get,
		.start = morsel_nl_morsel_get_start,
		.dumpit = morsel_nl_morsel_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_ATTACHMENT_GET,
		POLICY(morsel_nl_attachment_get_policy),
		.start = morsel_nl_attachment_get_start,
		.dumpit = morsel_nl_attachment_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_VAS_GET,
		POLICY(morsel_nl_vas_get_policy),
		.start = morsel_nl_vas_get_start,
		.dumpit = morsel_nl_vas_get_dumpit,
		.done = morsel_nl_dump_done,
	}, {
		.cmd = MORSEL_CMD_MORSEL_WATCH,
		.internal_flags = MORSEL_NL_POOL,
		POLICY(morsel_nl_morsel_watch_policy),
		.doit = morsel_watch,
	},
};

static const struct genl_multicast_group groups[] = {
	[MORSEL_EVENT_GROUP] = {
		.name = MORSEL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

struct genl_family morsel_nl_family __ro_after_init = {
	.name = MORSEL_FAMILY_NAME,
	.version = MORSEL_FAMILY_VERSION,
	.netnsok = true,	/* so that a refusal can say why */
	.parallel_ops = true,
	.module = THIS_MODULE,
	.pre_doit = pre_doit,
	.post_doit = post_doit,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int __init morsel_netlink_init(void)
{
	int error = morsel_watch_init();

	if (error)
		return error;
	error = genl_register_family(&morsel_nl_family);
	if (error)
		morsel_watch_exit();
	return error;
}

void morsel_netlink_exit(void)
{
	genl_unregister_family(&morsel_nl_family);
	morsel_watch_exit();
}

MODULE_ALIAS_GENL_FAMILY(MORSEL_FAMILY_NAME);
