// SPDX-License-Identifier: GPL-2.0-or-later
/* Taking rights away from somebody in a list, and whether he has any still. */
#include <stdlib.h>
#include "take.h"

enum {
	ALL = MORSEL_ACL_PERM_READ | MORSEL_ACL_PERM_WRITE | MORSEL_ACL_PERM_EXECUTE,
	NOBODY = -1, /* a user who has no entry */
};

static bool is_group(uint32_t tag)
{
	return tag == MORSEL_ACL_TAG_GROUP || tag == MORSEL_ACL_TAG_GROUP_OBJ;
}

static uint32_t mask_of(const struct morsel_rights *rights, enum morsel_acl_list list)
{
	int mask = morsel_rights_find(rights, list, MORSEL_ACL_TAG_MASK, 0);

	return mask < 0 ? ALL : (uint32_t)mask;
}

/* What a user has, by whatever entry. */
static uint32_t user_has(const struct morsel_rights *rights, uint32_t uid)
{
	struct person person = { .uid = uid };
	uint32_t has;

	person.groups = groups_of(uid, &person.nr_groups);
	if (!person.groups)
		person.nr_groups = 0; /* nobody knows him */
	has = given_by_list(rights, &person);
	free(person.groups);
	return has;
}

/*
 * What a group has that is not in the list. Who is in it may be in others as well: what one
 * of these does not have he would gain.
 */
static uint32_t group_has(const struct morsel_rights *rights)
{
	int others = morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_OTHER, 0);
	uint32_t has = others < 0 ? 0 : (uint32_t)others, mask = mask_of(rights, MORSEL_ACL_ACCESS);
	const struct morsel_acl_entry *entry;
	size_t i;

	for (i = 0; (entry = morsel_rights_at(rights, MORSEL_ACL_ACCESS, i)); i++)
		if (is_group(entry->tag))
			has &= entry->perm & mask;
	return has;
}

static uint32_t has_now(const struct morsel_rights *rights, enum morsel_acl_list list,
			const struct morsel_acl_entry *whom)
{
	int had = morsel_rights_find(rights, list, whom->tag, whom->id);
	bool access = list == MORSEL_ACL_ACCESS;

	if (access && whom->tag == MORSEL_ACL_TAG_USER)
		return user_has(rights, whom->id);
	if (had < 0)
		return access && whom->tag == MORSEL_ACL_TAG_GROUP ? group_has(rights) : 0;
	if (is_group(whom->tag) || whom->tag == MORSEL_ACL_TAG_USER)
		had &= (int)mask_of(rights, list);
	return (uint32_t)had;
}

static int take_from_entry(struct morsel_rights *rights, enum morsel_acl_list list, uint32_t tag,
			   uint32_t id, uint32_t perm)
{
	const struct morsel_acl_entry whom = { .tag = tag, .id = id };

	return morsel_rights_put(rights, list, tag, id, has_now(rights, list, &whom) & ~perm);
}

/* From all that it bounds: were it empty, the list would not be looked at. */
static int take_from_mask(struct morsel_rights *rights, enum morsel_acl_list list, uint32_t perm)
{
	const struct morsel_acl_entry *entry;
	size_t i;
	int err = take_from_entry(rights, list, MORSEL_ACL_TAG_GROUP_OBJ, 0, perm);

	/* What the mask did not let through is gone from the entries by now. */
	for (i = 0; !err && (entry = morsel_rights_at(rights, list, i)); i++)
		if (entry->tag == MORSEL_ACL_TAG_USER || entry->tag == MORSEL_ACL_TAG_GROUP)
			err = morsel_rights_put(rights, list, entry->tag, entry->id,
						entry->perm & ~perm);
	return err;
}

static int take_from_owning_group(struct morsel_rights *rights, uint32_t perm)
{
	uint32_t gid = morsel_info_gid(morsel_rights_info(rights));
	int err = take_from_entry(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_GROUP_OBJ, 0, perm);

	if (err || morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_GROUP, gid) < 0)
		return err;
	return take_from_entry(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_GROUP, gid, perm);
}

int take_from(struct morsel_rights *rights, enum morsel_acl_list list,
	      const struct morsel_acl_entry *what)
{
	const struct morsel_info *info = morsel_rights_info(rights);

	if (what->tag == MORSEL_ACL_TAG_MASK)
		return take_from_mask(rights, list, what->perm);
	if (list == MORSEL_ACL_ACCESS) {
		if (what->tag == MORSEL_ACL_TAG_GROUP_OBJ ||
		    (what->tag == MORSEL_ACL_TAG_GROUP && what->id == morsel_info_gid(info)))
			return take_from_owning_group(rights, what->perm);
		if (what->tag == MORSEL_ACL_TAG_USER && what->id == morsel_info_uid(info))
			return take_from_entry(rights, list, MORSEL_ACL_TAG_USER_OBJ, 0,
					       what->perm);
	}
	/* Left with nothing it stays: else what his groups have, or others, would count. */
	return take_from_entry(rights, list, what->tag, what->id, what->perm);
}

bool still_has(const struct morsel_rights *rights, const struct morsel_acl_entry *what,
	       struct verdict *verdict)
{
	struct person person = { .uid = what->id };
	gid_t group = what->id;
	uint32_t bit;
	bool has = false;

	if (what->tag != MORSEL_ACL_TAG_USER && !is_group(what->tag))
		return false;
	if (what->tag == MORSEL_ACL_TAG_GROUP_OBJ)
		group = morsel_info_gid(morsel_rights_info(rights));
	if (is_group(what->tag)) {
		person.uid = (uint32_t)NOBODY;
		person.groups = &group;
		person.nr_groups = 1;
	} else {
		person.groups = groups_of(what->id, &person.nr_groups);
	}
	if (!person.groups)
		person.nr_groups = 0;
	for (bit = MORSEL_ACL_PERM_EXECUTE; bit <= MORSEL_ACL_PERM_READ && !has; bit <<= 1) {
		*verdict = decide(rights, &person, bit & what->perm);
		has = bit & what->perm && verdict->allowed;
	}
	if (person.groups != &group)
		free(person.groups);
	return has;
}
