// SPDX-License-Identifier: GPL-2.0-or-later
/* What the viewer may do, and what everybody may. */
#include <stdlib.h>
#include "live.h"

static bool in_group(const struct viewer *viewer, gid_t gid)
{
	int i;

	for (i = 0; i < viewer->nr_groups; i++)
		if (viewer->groups[i] == gid)
			return true;
	return gid == viewer->gid;
}

uint64_t rights_by_mode(const struct viewer *viewer, const struct morsel_info *info)
{
	uint32_t mode = morsel_info_mode(info);
	uint64_t rights;

	if (!viewer->uid)
		rights = RIGHT_R | RIGHT_W | (mode & 0111 ? RIGHT_X : 0);
	else if (morsel_info_uid(info) == viewer->uid)
		rights = mode >> 6 & 7;
	else
		rights = in_group(viewer, morsel_info_gid(info)) ? mode >> 3 & 7 : mode & 7;
	return morsel_info_sealed(info) ? rights & ~(uint64_t)RIGHT_W : rights;
}

/* As posix_acl(5) has it: the first kind of entry that fits decides. */
static uint64_t rights_by_list(const struct viewer *viewer, const struct morsel_rights *rights)
{
	const struct morsel_info *info = morsel_rights_info(rights);
	const struct morsel_acl_entry *entry;
	uint32_t mask = 7, other = 0, groups = 0;
	bool group = false;
	int found;
	size_t i;

	if (morsel_info_uid(info) == viewer->uid)
		return rights_by_mode(viewer, info);
	found = morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_MASK, 0);
	if (found >= 0)
		mask = (uint32_t)found;
	found = morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_USER, viewer->uid);
	if (found >= 0)
		return (uint32_t)found & mask;
	for (i = 0; (entry = morsel_rights_at(rights, MORSEL_ACL_ACCESS, i)); i++) {
		if (entry->tag == MORSEL_ACL_TAG_OTHER)
			other = entry->perm;
		if (!(entry->tag == MORSEL_ACL_TAG_GROUP && in_group(viewer, entry->id)) &&
		    !(entry->tag == MORSEL_ACL_TAG_GROUP_OBJ &&
		      in_group(viewer, morsel_info_gid(info))))
			continue;
		group = true;
		groups |= entry->perm;
	}
	return group ? groups & mask : other;
}

void live_rights_of(struct live *live, struct object *object)
{
	struct morsel_rights *rights;

	/* Whoever may do everything needs no list. */
	if (!live->viewer.uid || object->rights_at == object->changed || !object->name)
		return;
	object->rights_at = object->changed;
	if (morsel_rights_get(live->ctx, object->name, &rights))
		return;
	if (morsel_info_id(morsel_rights_info(rights)) == object->m.id) {
		object->m.rights = rights_by_list(&live->viewer, rights);
		if (object->m.sealed)
			object->m.rights &= ~(uint64_t)RIGHT_W;
	}
	morsel_rights_free(rights);
}

static void put_list(struct snapshot *snapshot, const struct morsel_rights *rights,
		     enum morsel_acl_list list)
{
	const struct morsel_acl_entry *entry;
	struct top_right *right;
	size_t i;

	for (i = 0; (entry = morsel_rights_at(rights, list, i)); i++) {
		right = ADD(snapshot, rights);
		if (!right)
			return;
		*right = (struct top_right){
			.is_default = list == MORSEL_ACL_DEFAULT,
			.tag = entry->tag,
			.id = entry->id,
			.perm = entry->perm,
		};
	}
}

void live_take_rights(struct live *live, struct top_key key)
{
	struct object *object = live_find(live, key.pool_id, key.id);
	struct morsel_rights *rights;

	if (!object || !object->name || morsel_rights_get(live->ctx, object->name, &rights))
		return;
	if (morsel_info_id(morsel_rights_info(rights)) == key.id) {
		live->snapshot->rights_pool = key.pool_id;
		live->snapshot->rights_id = key.id;
		put_list(live->snapshot, rights, MORSEL_ACL_ACCESS);
		put_list(live->snapshot, rights, MORSEL_ACL_DEFAULT);
	}
	morsel_rights_free(rights);
}
