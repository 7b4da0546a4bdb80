// SPDX-License-Identifier: LGPL-2.1-or-later
/* What netlink/morsel.yaml calls things, for error texts. */
#include "netlink.h"

static const char *const pool_names[] = {
	[MORSEL_A_POOL_ID] = "id",
	[MORSEL_A_POOL_NAME] = "name",
	[MORSEL_A_POOL_PAD] = "pad",
	[MORSEL_A_POOL_SIZE] = "size",
	[MORSEL_A_POOL_USED] = "used",
	[MORSEL_A_POOL_OBJECTS] = "objects",
	[MORSEL_A_POOL_OBJECTS_MAX] = "objects-max",
	[MORSEL_A_POOL_HUGE] = "huge",
	[MORSEL_A_POOL_MODE] = "mode",
	[MORSEL_A_POOL_UID] = "uid",
	[MORSEL_A_POOL_GID] = "gid",
	[MORSEL_A_POOL_FLAGS] = "flags",
	[MORSEL_A_POOL_POISONED] = "poisoned",
	[MORSEL_A_POOL_GENERATION] = "generation",
	[MORSEL_A_POOL_EVENT_SEQ] = "event-seq",
	[MORSEL_A_POOL_ACTOR_PID] = "actor-pid",
	[MORSEL_A_POOL_ACTOR_UID] = "actor-uid",
	[MORSEL_A_POOL_WATCH] = "watch",
	[MORSEL_A_POOL_WATCH_SEQ] = "watch-seq",
	[MORSEL_A_POOL_USED_HUGE] = "used-huge",
	[MORSEL_A_POOL_AVAILABLE] = "available",
	[MORSEL_A_POOL_AVAILABLE_HUGE] = "available-huge",
	[MORSEL_A_POOL_TREE_TABLES] = "tree-tables",
	[MORSEL_A_POOL_RW_TABLES] = "rw-tables",
	[MORSEL_A_POOL_RO_TABLES] = "ro-tables",
	[MORSEL_A_POOL_LABEL] = "label",
	[MORSEL_A_POOL_UUID] = "uuid",
	[MORSEL_A_POOL_DEVICE] = "device",
};

static const char *const object_names[] = {
	[MORSEL_A_OBJECT_POOL_ID] = "pool-id",
	[MORSEL_A_OBJECT_POOL_NAME] = "pool-name",
	[MORSEL_A_OBJECT_PAD] = "pad",
	[MORSEL_A_OBJECT_ID] = "id",
	[MORSEL_A_OBJECT_PATH] = "path",
	[MORSEL_A_OBJECT_NEW_PATH] = "new-path",
	[MORSEL_A_OBJECT_TYPE] = "type",
	[MORSEL_A_OBJECT_SIZE] = "size",
	[MORSEL_A_OBJECT_MODE] = "mode",
	[MORSEL_A_OBJECT_UID] = "uid",
	[MORSEL_A_OBJECT_GID] = "gid",
	[MORSEL_A_OBJECT_EXCLUSIVE] = "exclusive",
	[MORSEL_A_OBJECT_RENAME_FLAGS] = "rename-flags",
	[MORSEL_A_OBJECT_RECURSIVE] = "recursive",
	[MORSEL_A_OBJECT_PARENT] = "parent",
	[MORSEL_A_OBJECT_ALLOCATED] = "allocated",
	[MORSEL_A_OBJECT_HUGE] = "huge",
	[MORSEL_A_OBJECT_NLINK] = "nlink",
	[MORSEL_A_OBJECT_ATIME] = "atime",
	[MORSEL_A_OBJECT_MTIME] = "mtime",
	[MORSEL_A_OBJECT_CTIME] = "ctime",
	[MORSEL_A_OBJECT_BTIME] = "btime",
	[MORSEL_A_OBJECT_ATTACHMENTS] = "attachments",
	[MORSEL_A_OBJECT_LINKS] = "links",
	[MORSEL_A_OBJECT_RW_TABLES] = "rw-tables",
	[MORSEL_A_OBJECT_RO_TABLES] = "ro-tables",
	[MORSEL_A_OBJECT_TREE_TABLES] = "tree-tables",
	[MORSEL_A_OBJECT_CREATED] = "created",
	[MORSEL_A_OBJECT_OLD_PATH] = "old-path",
	[MORSEL_A_OBJECT_EVENT_SEQ] = "event-seq",
	[MORSEL_A_OBJECT_ACTOR_PID] = "actor-pid",
	[MORSEL_A_OBJECT_ACTOR_UID] = "actor-uid",
	[MORSEL_A_OBJECT_MAP_START] = "map-start",
	[MORSEL_A_OBJECT_MAP_LENGTH] = "map-length",
	[MORSEL_A_OBJECT_MAP_OFFSET] = "map-offset",
	[MORSEL_A_OBJECT_MAP_VIEW] = "map-view",
	[MORSEL_A_OBJECT_SEALED] = "sealed",
	[MORSEL_A_OBJECT_POISONED] = "poisoned",
	[MORSEL_A_OBJECT_PINNED] = "pinned",
	[MORSEL_A_OBJECT_REVOKES] = "revokes",
	[MORSEL_A_OBJECT_ACL] = "acl",
	[MORSEL_A_OBJECT_DEFAULT_ACL] = "default-acl",
	[MORSEL_A_OBJECT_NO_DEFAULT_ACL] = "no-default-acl",
	[MORSEL_A_OBJECT_REVOKE] = "revoke",
	[MORSEL_A_OBJECT_ADDR] = "addr",
	[MORSEL_A_OBJECT_MAX_SIZE] = "max-size",
	[MORSEL_A_OBJECT_NO_ADDR] = "no-addr",
	[MORSEL_A_OBJECT_PROCESSES] = "processes",
	[MORSEL_A_OBJECT_MAPS] = "maps",
	[MORSEL_A_OBJECT_UNMAPS] = "unmaps",
	[MORSEL_A_OBJECT_FAULTS] = "faults",
	[MORSEL_A_OBJECT_LAST_MAPPED] = "last-mapped",
	[MORSEL_A_OBJECT_ACTIVE] = "active",
	[MORSEL_A_OBJECT_DIRTY] = "dirty",
	[MORSEL_A_OBJECT_INTERVAL] = "interval",
	[MORSEL_A_OBJECT_SCAN_AGE] = "scan-age",
	[MORSEL_A_OBJECT_MAX_AGE] = "max-age",
	[MORSEL_A_OBJECT_MAP_PID] = "map-pid",
	[MORSEL_A_OBJECT_MAP_UID] = "map-uid",
	[MORSEL_A_OBJECT_MAP_COMMAND] = "map-command",
	[MORSEL_A_OBJECT_MAP_LINKS] = "map-links",
	[MORSEL_A_OBJECT_MAP_AGE] = "map-age",
	[MORSEL_A_OBJECT_WATCH] = "watch",
	[MORSEL_A_OBJECT_WATCH_SEQ] = "watch-seq",
	[MORSEL_A_OBJECT_RIGHTS_SEQ] = "rights-seq",
};

static const char *const quota_names[] = {
	[MORSEL_A_QUOTA_POOL_ID] = "pool-id",
	[MORSEL_A_QUOTA_POOL_NAME] = "pool-name",
	[MORSEL_A_QUOTA_PAD] = "pad",
	[MORSEL_A_QUOTA_UID] = "uid",
	[MORSEL_A_QUOTA_DEFAULT] = "default",
	[MORSEL_A_QUOTA_OWN] = "own",
	[MORSEL_A_QUOTA_REMOVE] = "remove",
	[MORSEL_A_QUOTA_BYTES_SOFT] = "bytes-soft",
	[MORSEL_A_QUOTA_BYTES_HARD] = "bytes-hard",
	[MORSEL_A_QUOTA_BYTES_USED] = "bytes-used",
	[MORSEL_A_QUOTA_OBJECTS_SOFT] = "objects-soft",
	[MORSEL_A_QUOTA_OBJECTS_HARD] = "objects-hard",
	[MORSEL_A_QUOTA_OBJECTS_USED] = "objects-used",
};

static const char *const window_names[] = {
	[MORSEL_A_WINDOW_START] = "start",
	[MORSEL_A_WINDOW_END] = "end",
	[MORSEL_A_WINDOW_PAD] = "pad",
	[MORSEL_A_WINDOW_RESERVATIONS] = "reservations",
	[MORSEL_A_WINDOW_RESERVED] = "reserved",
	[MORSEL_A_WINDOW_LARGEST_GAP] = "largest-gap",
	[MORSEL_A_WINDOW_MAX_SIZE] = "max-size",
	[MORSEL_A_WINDOW_ADDR] = "addr",
};

static const char *const vas_names[] = {
	[MORSEL_A_VAS_POOL_ID] = "pool-id",
	[MORSEL_A_VAS_POOL_NAME] = "pool-name",
	[MORSEL_A_VAS_PAD] = "pad",
	[MORSEL_A_VAS_ID] = "id",
	[MORSEL_A_VAS_PATH] = "path",
	[MORSEL_A_VAS_KIND] = "kind",
	[MORSEL_A_VAS_START] = "start",
	[MORSEL_A_VAS_LENGTH] = "length",
	[MORSEL_A_VAS_MAX_SIZE] = "max-size",
	[MORSEL_A_VAS_GAPS] = "gaps",
	[MORSEL_A_VAS_PID] = "pid",
	[MORSEL_A_VAS_OFFSET] = "offset",
	[MORSEL_A_VAS_VIEW] = "view",
};

static const char *const cmd_names[] = {
	[MORSEL_CMD_POOL_GET] = "pool-get",
	[MORSEL_CMD_POOL_NEW] = "pool-new",
	[MORSEL_CMD_POOL_DEL] = "pool-del",
	[MORSEL_CMD_POOL_NEW_NTF] = "pool-new-ntf",
	[MORSEL_CMD_POOL_DEL_NTF] = "pool-del-ntf",
	[MORSEL_CMD_MORSEL_GET] = "morsel-get",
	[MORSEL_CMD_MORSEL_NEW] = "morsel-new",
	[MORSEL_CMD_MORSEL_SET] = "morsel-set",
	[MORSEL_CMD_MORSEL_RENAME] = "morsel-rename",
	[MORSEL_CMD_MORSEL_DEL] = "morsel-del",
	[MORSEL_CMD_MORSEL_NEW_NTF] = "morsel-new-ntf",
	[MORSEL_CMD_MORSEL_SET_NTF] = "morsel-set-ntf",
	[MORSEL_CMD_MORSEL_RENAME_NTF] = "morsel-rename-ntf",
	[MORSEL_CMD_MORSEL_DEL_NTF] = "morsel-del-ntf",
	[MORSEL_CMD_MORSEL_RIGHTS_NTF] = "morsel-rights-ntf",
	[MORSEL_CMD_MORSEL_REVOKE_NTF] = "morsel-revoke-ntf",
	[MORSEL_CMD_MORSEL_SEAL_NTF] = "morsel-seal-ntf",
	[MORSEL_CMD_MORSEL_MAP_NTF] = "morsel-map-ntf",
	[MORSEL_CMD_MORSEL_UNMAP_NTF] = "morsel-unmap-ntf",
	[MORSEL_CMD_QUOTA_SOFT_NTF] = "quota-soft-ntf",
	[MORSEL_CMD_QUOTA_REFUSED_NTF] = "quota-refused-ntf",
	[MORSEL_CMD_COLLISION_NTF] = "collision-ntf",
	[MORSEL_CMD_ERROR_NTF] = "error-ntf",
	[MORSEL_CMD_RIGHTS_GET] = "rights-get",
	[MORSEL_CMD_RIGHTS_SET] = "rights-set",
	[MORSEL_CMD_MORSEL_SEAL] = "morsel-seal",
	[MORSEL_CMD_QUOTA_GET] = "quota-get",
	[MORSEL_CMD_QUOTA_SET] = "quota-set",
	[MORSEL_CMD_WINDOW_GET] = "window-get",
	[MORSEL_CMD_WINDOW_SET] = "window-set",
	[MORSEL_CMD_VAS_GET] = "vas-get",
	[MORSEL_CMD_USAGE_GET] = "usage-get",
	[MORSEL_CMD_ATTACHMENT_GET] = "attachment-get",
	[MORSEL_CMD_MORSEL_WATCH] = "morsel-watch",
	[MORSEL_CMD_POOL_SET_NTF] = "pool-set-ntf",
};

_Static_assert(ARRAY_SIZE(pool_names) == MORSEL_A_POOL_MAX + 1, "the contract has grown");
_Static_assert(ARRAY_SIZE(object_names) == MORSEL_A_OBJECT_MAX + 1, "the contract has grown");
_Static_assert(ARRAY_SIZE(quota_names) == MORSEL_A_QUOTA_MAX + 1, "the contract has grown");
_Static_assert(ARRAY_SIZE(window_names) == MORSEL_A_WINDOW_MAX + 1, "the contract has grown");
_Static_assert(ARRAY_SIZE(vas_names) == MORSEL_A_VAS_MAX + 1, "the contract has grown");
_Static_assert(ARRAY_SIZE(cmd_names) == MORSEL_CMD_MAX + 1, "the contract has grown");

#define SPACE(names)                   \
	{                              \
		names, ARRAY_SIZE(names) \
	}

static const struct {
	const char *const *names;
	size_t count;
} spaces[] = {
	[MORSEL_SPACE_POOL] = SPACE(pool_names),
	[MORSEL_SPACE_OBJECT] = SPACE(object_names),
	[MORSEL_SPACE_QUOTA] = SPACE(quota_names),
	[MORSEL_SPACE_WINDOW] = SPACE(window_names),
	[MORSEL_SPACE_VAS] = SPACE(vas_names),
};

const char *morsel_attr_name(enum morsel_attr_space space, unsigned int type)
{
	return type < spaces[space].count ? spaces[space].names[type] : NULL;
}

const char *morsel_cmd_name(unsigned int cmd)
{
	return cmd < ARRAY_SIZE(cmd_names) ? cmd_names[cmd] : NULL;
}
