// SPDX-License-Identifier: GPL-2.0-or-later
/* Taking rights away from somebody in a list, and whether he has any still. */
#include <errno.h>
#include <stdlib.h>
#include "take.h"

enum {
	NOBODY = -1, /* a user who has no entry */
};

static uint32_t mask_of(const struct morsel_rights *rights, enum morsel_acl_list list)
{
	int mask = morsel_rights_find(rights, list, MORSEL_ACL_TAG_MASK, 0);

	return mask < 0 ? ALL : (uint32_t)mask;
}

/*
 * The most of @want, by how many and then which is read first, that he can ask for at once. Groups
 * do not add up: who may read by one and write by another must not get an entry with both.
 */
static uint32_t most_at_once(const struct morsel_rights *rights, const struct person *person,
			     uint32_t want)
{
	static const uint32_t sets[] = { 7, 6, 5, 3, 4, 2, 1 };
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (!(sets[i] & ~want) && !(sets[i] & ~decide(rights, person, sets[i]).has))
			return sets[i];
	return 0;
}

/*
 * What somebody has who is not in the list and may be in any of its groups: what one of
 * these does not have he would gain.
 */
static uint32_t unlisted_has(const struct morsel_rights *rights, enum morsel_acl_list list)
{
	int others = morsel_rights_find(rights, list, MORSEL_ACL_TAG_OTHER, 0);
	uint32_t has = others < 0 ? 0 : (uint32_t)others, mask = mask_of(rights, list);
	const struct morsel_acl_entry *entry;
	size_t i;

	for (i = 0; (entry = morsel_rights_at(rights, list, i)); i++)
		if (is_group(entry->tag))
			has &= entry->perm & mask;
	return has;
}

/* What is left to a user, by whatever entry, without @perm. */
static uint32_t user_keeps(const struct morsel_rights *rights, uint32_t uid, uint32_t perm)
{
	struct person person = { .uid = uid };
	uint32_t keeps;

	person.groups = groups_of(uid, &person.nr_groups);
	if (person.groups) {
		keeps = most_at_once(rights, &person, given_by_list(rights, &person) & ~perm);
	} else if (morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_USER, uid) < 0) {
		/* nobody knows his groups */
		keeps = unlisted_has(rights, MORSEL_ACL_ACCESS) & ~perm;
	} else {
		person.nr_groups = 0;
		keeps = given_by_list(rights, &person) & ~perm;
	}
	free(person.groups);
	return keeps;
}

/* What is left to whom an entry is about, without @perm. */
static uint32_t keeps(const struct morsel_rights *rights, enum morsel_acl_list list, uint32_t tag,
		      uint32_t id, uint32_t perm)
{
	int had = morsel_rights_find(rights, list, tag, id);

	if (list == MORSEL_ACL_ACCESS && tag == MORSEL_ACL_TAG_USER)
		return user_keeps(rights, id, perm);
	if (had < 0)
		had = (int)unlisted_has(rights, list);
	else if (is_group(tag) || tag == MORSEL_ACL_TAG_USER)
		had &= (int)mask_of(rights, list);
	return (uint32_t)had & ~perm;
}

static int take_from_entry(struct morsel_rights *rights, enum morsel_acl_list list, uint32_t tag,
			   uint32_t id, uint32_t perm)
{
	return morsel_rights_put(rights, list, tag, id, keeps(rights, list, tag, id, perm));
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

	if (!morsel_rights_at(rights, list, 0))
		return -ENODATA;
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
