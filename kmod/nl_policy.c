// SPDX-License-Identifier: GPL-2.0-only
/* Generated from netlink/morsel.yaml by netlink/gen.py: edit that, not this. */
#include "nl_policy.h"

static struct netlink_range_validation morsel_a_object_size_range = {
	.max = 70368744177664ULL,
};

static struct netlink_range_validation morsel_a_object_max_size_range = {
	.min = 1,
	.max = 70368744177664ULL,
};

static struct netlink_range_validation morsel_a_window_max_size_range = {
	.min = 1,
	.max = 70368744177664ULL,
};

const struct nla_policy morsel_nl_acl_entry_policy[MORSEL_A_ACL_ENTRY_MAX + 1] = {
	[MORSEL_A_ACL_ENTRY_TAG] = NLA_POLICY_RANGE(NLA_U32, 1, 6),
	[MORSEL_A_ACL_ENTRY_ID] = { .type = NLA_U32 },
	[MORSEL_A_ACL_ENTRY_PERM] = NLA_POLICY_MASK(NLA_U32, 0x7),
};

const struct nla_policy morsel_nl_pool_get_policy[MORSEL_A_POOL_MAX + 1] = {
	[MORSEL_A_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
};

const struct nla_policy morsel_nl_pool_new_policy[MORSEL_A_POOL_MAX + 1] = {
	[MORSEL_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_POOL_SIZE] = { .type = NLA_U64 },
	[MORSEL_A_POOL_OBJECTS_MAX] = { .type = NLA_U64 },
	[MORSEL_A_POOL_HUGE] = NLA_POLICY_MAX(NLA_U32, 1),
	[MORSEL_A_POOL_MODE] = NLA_POLICY_MAX(NLA_U32, 4095),
	[MORSEL_A_POOL_UID] = { .type = NLA_U32 },
	[MORSEL_A_POOL_GID] = { .type = NLA_U32 },
};

const struct nla_policy morsel_nl_pool_del_policy[MORSEL_A_POOL_MAX + 1] = {
	[MORSEL_A_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
};

const struct nla_policy morsel_nl_morsel_get_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_RECURSIVE] = { .type = NLA_FLAG },
};

const struct nla_policy morsel_nl_morsel_new_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_TYPE] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[MORSEL_A_OBJECT_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U64, &morsel_a_object_size_range),
	[MORSEL_A_OBJECT_MODE] = NLA_POLICY_MAX(NLA_U32, 4095),
	[MORSEL_A_OBJECT_UID] = { .type = NLA_U32 },
	[MORSEL_A_OBJECT_GID] = { .type = NLA_U32 },
	[MORSEL_A_OBJECT_EXCLUSIVE] = { .type = NLA_FLAG },
	[MORSEL_A_OBJECT_ADDR] = { .type = NLA_U64 },
	[MORSEL_A_OBJECT_MAX_SIZE] =
		NLA_POLICY_FULL_RANGE(NLA_U64, &morsel_a_object_max_size_range),
};

const struct nla_policy morsel_nl_morsel_set_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U64, &morsel_a_object_size_range),
	[MORSEL_A_OBJECT_MODE] = NLA_POLICY_MAX(NLA_U32, 4095),
	[MORSEL_A_OBJECT_UID] = { .type = NLA_U32 },
	[MORSEL_A_OBJECT_GID] = { .type = NLA_U32 },
	[MORSEL_A_OBJECT_ADDR] = { .type = NLA_U64 },
	[MORSEL_A_OBJECT_MAX_SIZE] =
		NLA_POLICY_FULL_RANGE(NLA_U64, &morsel_a_object_max_size_range),
	[MORSEL_A_OBJECT_NO_ADDR] = { .type = NLA_FLAG },
};

const struct nla_policy morsel_nl_morsel_rename_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_NEW_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_RENAME_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
};

const struct nla_policy morsel_nl_morsel_del_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
};

const struct nla_policy morsel_nl_rights_get_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_RECURSIVE] = { .type = NLA_FLAG },
};

const struct nla_policy morsel_nl_rights_set_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_MODE] = NLA_POLICY_MAX(NLA_U32, 4095),
	[MORSEL_A_OBJECT_UID] = { .type = NLA_U32 },
	[MORSEL_A_OBJECT_GID] = { .type = NLA_U32 },
	[MORSEL_A_OBJECT_ACL] = NLA_POLICY_NESTED(morsel_nl_acl_entry_policy),
	[MORSEL_A_OBJECT_DEFAULT_ACL] = NLA_POLICY_NESTED(morsel_nl_acl_entry_policy),
	[MORSEL_A_OBJECT_NO_DEFAULT_ACL] = { .type = NLA_FLAG },
	[MORSEL_A_OBJECT_REVOKE] = { .type = NLA_FLAG },
	[MORSEL_A_OBJECT_RIGHTS_SEQ] = { .type = NLA_U64 },
};

const struct nla_policy morsel_nl_morsel_seal_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
};

const struct nla_policy morsel_nl_quota_get_policy[MORSEL_A_QUOTA_MAX + 1] = {
	[MORSEL_A_QUOTA_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_QUOTA_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_QUOTA_UID] = { .type = NLA_U32 },
	[MORSEL_A_QUOTA_DEFAULT] = { .type = NLA_FLAG },
};

const struct nla_policy morsel_nl_quota_set_policy[MORSEL_A_QUOTA_MAX + 1] = {
	[MORSEL_A_QUOTA_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_QUOTA_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_QUOTA_UID] = { .type = NLA_U32 },
	[MORSEL_A_QUOTA_DEFAULT] = { .type = NLA_FLAG },
	[MORSEL_A_QUOTA_REMOVE] = { .type = NLA_FLAG },
	[MORSEL_A_QUOTA_BYTES_SOFT] = { .type = NLA_U64 },
	[MORSEL_A_QUOTA_BYTES_HARD] = { .type = NLA_U64 },
	[MORSEL_A_QUOTA_OBJECTS_SOFT] = { .type = NLA_U64 },
	[MORSEL_A_QUOTA_OBJECTS_HARD] = { .type = NLA_U64 },
};

const struct nla_policy morsel_nl_window_get_policy[MORSEL_A_WINDOW_MAX + 1] = {
	[MORSEL_A_WINDOW_MAX_SIZE] =
		NLA_POLICY_FULL_RANGE(NLA_U64, &morsel_a_window_max_size_range),
};

const struct nla_policy morsel_nl_window_set_policy[MORSEL_A_WINDOW_MAX + 1] = {
	[MORSEL_A_WINDOW_START] = { .type = NLA_U64 },
	[MORSEL_A_WINDOW_END] = { .type = NLA_U64 },
};

const struct nla_policy morsel_nl_vas_get_policy[MORSEL_A_VAS_MAX + 1] = {
	[MORSEL_A_VAS_GAPS] = { .type = NLA_FLAG },
	[MORSEL_A_VAS_PID] = NLA_POLICY_MIN(NLA_U32, 1),
};

const struct nla_policy morsel_nl_usage_get_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_RECURSIVE] = { .type = NLA_FLAG },
	[MORSEL_A_OBJECT_MAX_AGE] = { .type = NLA_U64 },
};

const struct nla_policy morsel_nl_attachment_get_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_RECURSIVE] = { .type = NLA_FLAG },
};

const struct nla_policy morsel_nl_morsel_watch_policy[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MORSEL_A_OBJECT_POOL_NAME] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_POOL_NAME },
	[MORSEL_A_OBJECT_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[MORSEL_A_OBJECT_PATH] = { .type = NLA_NUL_STRING, .len = MORSEL_MAX_PATH },
	[MORSEL_A_OBJECT_RECURSIVE] = { .type = NLA_FLAG },
};
