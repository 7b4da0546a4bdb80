// SPDX-License-Identifier: LGPL-2.1-or-later
/* What there is to know of pools and objects. */
#include <stdlib.h>
#include <string.h>
#include "internal.h"

#define GETTER(type, object, member)                                                   \
	MORSEL_EXPORT type morsel_##object##_##member(const struct morsel_##object *o) \
	{                                                                              \
		return o->member;                                                      \
	}

GETTER(uint32_t, pool, id)
GETTER(const char *, pool, name)
GETTER(uint64_t, pool, size)
GETTER(uint64_t, pool, used)
GETTER(uint64_t, pool, objects)
GETTER(uint64_t, pool, objects_max)
GETTER(uint32_t, pool, huge)
GETTER(uint32_t, pool, mode)
GETTER(uint32_t, pool, uid)
GETTER(uint32_t, pool, gid)
GETTER(uint32_t, pool, flags)
GETTER(uint64_t, pool, poisoned)
GETTER(uint64_t, pool, generation)
GETTER(uint64_t, pool, used_huge)
GETTER(uint64_t, pool, available)
GETTER(uint64_t, pool, available_huge)
GETTER(uint64_t, pool, tree_tables)
GETTER(uint64_t, pool, rw_tables)
GETTER(uint64_t, pool, ro_tables)

/* Of a string that is not there NULL. */
#define TEXT_GETTER(object, member)                                                            \
	MORSEL_EXPORT const char *morsel_##object##_##member(const struct morsel_##object *o) \
	{                                                                                      \
		return o->member[0] ? o->member : NULL;                                        \
	}

TEXT_GETTER(pool, label)
TEXT_GETTER(pool, uuid)
TEXT_GETTER(pool, device)

GETTER(const char *, info, name)
GETTER(uint32_t, info, pool_id)
GETTER(const char *, info, pool)
GETTER(uint64_t, info, id)
GETTER(uint64_t, info, parent)
GETTER(uint32_t, info, type)
GETTER(uint64_t, info, size)
GETTER(uint32_t, info, mode)
GETTER(uint32_t, info, uid)
GETTER(uint32_t, info, gid)
GETTER(uint64_t, info, allocated)
GETTER(uint64_t, info, huge)
GETTER(uint32_t, info, nlink)
GETTER(int64_t, info, atime)
GETTER(int64_t, info, mtime)
GETTER(int64_t, info, ctime)
GETTER(int64_t, info, btime)
GETTER(uint64_t, info, attachments)
GETTER(uint64_t, info, links)
GETTER(uint64_t, info, rw_tables)
GETTER(uint64_t, info, ro_tables)
GETTER(uint64_t, info, tree_tables)
GETTER(uint64_t, info, addr)
GETTER(uint64_t, info, max_size)
GETTER(bool, info, created)
GETTER(uint64_t, info, processes)
GETTER(uint64_t, info, maps)
GETTER(uint64_t, info, unmaps)
GETTER(uint64_t, info, faults)
GETTER(int64_t, info, last_mapped)
GETTER(uint64_t, info, active)
GETTER(uint64_t, info, dirty)
GETTER(uint64_t, info, interval)
GETTER(uint64_t, info, scan_age)

MORSEL_EXPORT const char *morsel_info_path(const struct morsel_info *info)
{
	return info->name ? info->name + strlen(info->pool) + 1 : NULL;
}

MORSEL_EXPORT void morsel_info_free(struct morsel_info *info)
{
	if (!info)
		return;
	free(info->name);
	free(info->old_name);
	free(info);
}
