/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an access list decides, as the kernel does it and acl(5) says it. */
#ifndef DECIDE_H
#define DECIDE_H

#include <morsel.h>
#include <stdbool.h>
#include <sys/types.h>

enum { ALL = MORSEL_ACL_PERM_READ | MORSEL_ACL_PERM_WRITE | MORSEL_ACL_PERM_EXECUTE };

static inline bool is_group(uint32_t tag)
{
	return tag == MORSEL_ACL_TAG_GROUP || tag == MORSEL_ACL_TAG_GROUP_OBJ;
}

/* Whose rights are asked for. User 0 is taken to have CAP_DAC_OVERRIDE, others not to. */
struct person {
	uint32_t uid;
	gid_t *groups;
	int nr_groups;
};

/* The groups of a user, from malloc(); NULL: there is no such user. */
gid_t *groups_of(uint32_t uid, int *count);

enum decider {
	BY_ENTRY,
	BY_CAPABILITY, /* whatever the entry says */
	BY_SEAL,
};

struct verdict {
	bool allowed;
	enum decider by;
	const struct morsel_acl_entry *entry; /* the one that counts for him */
	bool bounded;			      /* by @mask */
	uint32_t mask;
	uint32_t has; /* what the entry and its mask leave him */
};

/* May he do all of @want, enum morsel_acl_perm, with the object that these rights are on? */
struct verdict decide(const struct morsel_rights *rights, const struct person *person,
		      uint32_t want);
/* All that the list gives him, each right by itself; no matter capabilities and seals. */
uint32_t given_by_list(const struct morsel_rights *rights, const struct person *person);

#endif
