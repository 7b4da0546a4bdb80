/* SPDX-License-Identifier: GPL-2.0-only */
/* Generated from netlink/morsel.yaml by netlink/gen.py: edit that, not this. */
#ifndef MORSEL_NL_POLICY_H
#define MORSEL_NL_POLICY_H

#include <net/netlink.h>
#include <uapi/linux/morsel.h>

/* One policy per nest and per command: the union of what do and dump accept. */
extern const struct nla_policy morsel_nl_acl_entry_policy[MORSEL_A_ACL_ENTRY_MAX + 1];
extern const struct nla_policy morsel_nl_pool_get_policy[MORSEL_A_POOL_MAX + 1];
extern const struct nla_policy morsel_nl_pool_new_policy[MORSEL_A_POOL_MAX + 1];
extern const struct nla_policy morsel_nl_pool_del_policy[MORSEL_A_POOL_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_get_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_new_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_set_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_rename_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_del_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_rights_get_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_rights_set_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_seal_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_quota_get_policy[MORSEL_A_QUOTA_MAX + 1];
extern const struct nla_policy morsel_nl_quota_set_policy[MORSEL_A_QUOTA_MAX + 1];
extern const struct nla_policy morsel_nl_window_get_policy[MORSEL_A_WINDOW_MAX + 1];
extern const struct nla_policy morsel_nl_window_set_policy[MORSEL_A_WINDOW_MAX + 1];
extern const struct nla_policy morsel_nl_vas_get_policy[MORSEL_A_VAS_MAX + 1];
extern const struct nla_policy morsel_nl_usage_get_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_attachment_get_policy[MORSEL_A_OBJECT_MAX + 1];
extern const struct nla_policy morsel_nl_morsel_watch_policy[MORSEL_A_OBJECT_MAX + 1];

#endif
