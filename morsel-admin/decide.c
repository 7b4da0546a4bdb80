// SPDX-License-Identifier: GPL-2.0-or-later
/* What an access list decides. */
#include "decide.h"

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

static bool is_group(const struct morsel_acl_entry *entry)
{
	return entry->tag == MORSEL_ACL_TAG_GROUP || entry->tag == MORSEL_ACL_TAG_GROUP_OBJ;
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
		if (!is_group(entry) || !(want & ~entry->perm))
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
		verdict.bounded = mask >= 0 && (is_named(verdict.entry) || is_group(verdict.entry));
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
