// SPDX-License-Identifier: GPL-2.0-or-later
/* What an access list decides. */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include "decide.h"

/* ---- persons ---- */

gid_t *groups_of(uint32_t uid, int *count)
{
	const struct passwd *pw = getpwuid(uid);
	gid_t *groups = NULL, *more;
	int room = 16;

	while (pw) {
		more = reallocarray(groups, room, sizeof(*groups));
		if (!more)
			break;
		groups = more;
		*count = room;
		if (getgrouplist(pw->pw_name, pw->pw_gid, groups, count) >= 0)
			return groups;
		room = *count > room ? *count : 2 * room;
	}
	free(groups);
	return NULL;
}

static bool is_in(gid_t gid, const gid_t *groups, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* ---- lists ---- */

static bool is_about(const struct morsel_acl_entry *entry, const struct morsel_info *info,
		     const struct person *person)
{
	switch (entry->tag) {
	case MORSEL_ACL_TAG_USER_OBJ:
		return person->uid == morsel_info_uid(info);
	case MORSEL_ACL_TAG_USER:
		return person->uid == entry->id;
	case MORSEL_ACL_TAG_GROUP_OBJ:
		return is_in(morsel_info_gid(info), person->groups, person->nr_groups);
	case MORSEL_ACL_TAG_GROUP:
		return is_in(entry->id, person->groups, person->nr_groups);
	default:
		return entry->tag == MORSEL_ACL_TAG_OTHER;
	}
}

static bool is_named(const struct morsel_acl_entry *entry)
{
	return entry->tag == MORSEL_ACL_TAG_USER || entry->tag == MORSEL_ACL_TAG_GROUP;
}

/*
 * The first that is about him, in the order of a list: owner, users, groups, others; of groups
 * one that has all of @want, if there is one. Where the mask is empty the kernel does not
 * look at the list, only at the mode: who is named counts as if he were not.
 */
static const struct morsel_acl_entry *find_entry(const struct morsel_rights *rights,
						 const struct person *person, uint32_t want,
						 bool mask_is_empty)
{
	const struct morsel_info *info = morsel_rights_info(rights);
	const struct morsel_acl_entry *found = NULL, *entry;
	size_t i;

	for (i = 0; (entry = morsel_rights_at(rights, MORSEL_ACL_ACCESS, i)); i++) {
		if (!is_about(entry, info, person) || (mask_is_empty && is_named(entry)))
			continue;
		if (found && (entry->tag == MORSEL_ACL_TAG_OTHER || (want & ~entry->perm)))
			continue;
		found = entry;
		if (!is_group(entry->tag) || !(want & ~entry->perm))
			break;
	}
	return found;
}

/* CAP_DAC_OVERRIDE gives all but what nobody may execute. */
static bool overrides(const struct morsel_info *info, uint32_t want)
{
	return morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY ||
	       !(want & MORSEL_ACL_PERM_EXECUTE) || morsel_info_mode(info) & 0111;
}

struct verdict decide(const struct morsel_rights *rights, const struct person *person,
		      uint32_t want)
{
	const struct morsel_info *info = morsel_rights_info(rights);
	int mask = morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_MASK, 0);
	struct verdict verdict = { .by = BY_ENTRY };

	verdict.entry = find_entry(rights, person, want, mask == 0);
	if (verdict.entry) {
		verdict.has = verdict.entry->perm;
		verdict.bounded = mask >= 0 &&
				  (is_named(verdict.entry) || is_group(verdict.entry->tag));
	}
	if (verdict.bounded) {
		verdict.mask = (uint32_t)mask;
		verdict.has &= verdict.mask;
	}
	verdict.allowed = !(want & ~verdict.has);
	if (morsel_info_sealed(info) && want & MORSEL_ACL_PERM_WRITE) {
		verdict.by = BY_SEAL;
		verdict.allowed = false;
	} else if (!verdict.allowed && !person->uid && overrides(info, want)) {
		verdict.by = BY_CAPABILITY;
		verdict.allowed = true;
	}
	return verdict;
}

uint32_t given_by_list(const struct morsel_rights *rights, const struct person *person)
{
	uint32_t bit, has = 0;

	for (bit = MORSEL_ACL_PERM_EXECUTE; bit <= MORSEL_ACL_PERM_READ; bit <<= 1)
		has |= decide(rights, person, bit).has & bit;
	return has;
}
