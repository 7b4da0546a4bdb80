// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rights: look at them, change them, take them back; seal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include "netlink.h"

enum { LISTS = 2 };

struct acl {
	struct morsel_acl_entry *entries;
	size_t count;
};

struct morsel_rights {
	struct morsel_info *info;
	struct acl lists[LISTS];
	uint64_t revokes, seq;
};

static const int list_attrs[LISTS] = { MORSEL_A_OBJECT_ACL, MORSEL_A_OBJECT_DEFAULT_ACL };

MORSEL_EXPORT void morsel_rights_free(struct morsel_rights *rights)
{
	int i;

	if (!rights)
		return;
	morsel_info_free(rights->info);
	for (i = 0; i < LISTS; i++)
		free(rights->lists[i].entries);
	free(rights);
}

/* ---- what the kernel says ---- */

static int add_entry(struct acl *acl, const struct morsel_acl_entry *entry)
{
	struct morsel_acl_entry *entries;

	entries = reallocarray(acl->entries, acl->count + 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	entries[acl->count++] = *entry;
	acl->entries = entries;
	return 0;
}

static int take_entry(struct acl *acl, struct nlattr *nest)
{
	static const struct nla_policy policy[MORSEL_A_ACL_ENTRY_MAX + 1] = {
		[MORSEL_A_ACL_ENTRY_TAG] = { .type = NLA_U32 },
		[MORSEL_A_ACL_ENTRY_ID] = { .type = NLA_U32 },
		[MORSEL_A_ACL_ENTRY_PERM] = { .type = NLA_U32 },
	};
	struct nlattr *tb[MORSEL_A_ACL_ENTRY_MAX + 1];
	struct morsel_acl_entry entry = { 0 };

	if (nla_parse_nested(tb, MORSEL_A_ACL_ENTRY_MAX, nest, (struct nla_policy *)policy) < 0 ||
	    !tb[MORSEL_A_ACL_ENTRY_TAG] || !tb[MORSEL_A_ACL_ENTRY_PERM])
		return -EPROTO;
	entry.tag = nla_get_u32(tb[MORSEL_A_ACL_ENTRY_TAG]);
	entry.perm = nla_get_u32(tb[MORSEL_A_ACL_ENTRY_PERM]);
	if (tb[MORSEL_A_ACL_ENTRY_ID])
		entry.id = nla_get_u32(tb[MORSEL_A_ACL_ENTRY_ID]);
	return add_entry(acl, &entry);
}

static int take_attr(struct morsel_rights *rights, struct nlattr *nla)
{
	int i;

	for (i = 0; i < LISTS; i++)
		if (nla_type(nla) == list_attrs[i])
			return take_entry(&rights->lists[i], nla);
	if (nla_type(nla) != MORSEL_A_OBJECT_REVOKES && nla_type(nla) != MORSEL_A_OBJECT_RIGHTS_SEQ)
		return 0;
	if (nla_len(nla) != sizeof(uint64_t))
		return -EPROTO;
	if (nla_type(nla) == MORSEL_A_OBJECT_REVOKES)
		rights->revokes = nla_get_u64(nla);
	else
		rights->seq = nla_get_u64(nla);
	return 0;
}

static int take_rights(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_rights **out = data, *rights;
	struct nlattr *nla;
	int rem, err;

	morsel_rights_free(*out);
	*out = NULL;
	rights = calloc(1, sizeof(*rights));
	if (!rights)
		return -ENOMEM;
	err = morsel_parse_info(nlh, &rights->info, NULL);
	if (!err)
		nlmsg_for_each_attr(nla, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem) {
			err = take_attr(rights, nla);
			if (err)
				break;
		}
	if (err)
		morsel_rights_free(rights);
	else
		*out = rights;
	return err;
}

MORSEL_EXPORT int morsel_rights_get(struct morsel_ctx *ctx, const char *name,
				    struct morsel_rights **out)
{
	struct morsel_rights *rights = NULL;
	struct morsel_request req;
	int err;

	err = morsel_begin_object(ctx, &req, MORSEL_CMD_RIGHTS_GET, name, 0);
	if (err)
		return err;
	req.reply = take_rights;
	req.data = &rights;
	err = morsel_request_run(ctx, &req);
	if (!err && !rights)
		err = morsel_fail(ctx->serial, -EPROTO, "the kernel did not tell the rights");
	if (err)
		morsel_rights_free(rights);
	else
		*out = rights;
	return err;
}

/* ---- looking at them ---- */

MORSEL_EXPORT const struct morsel_info *morsel_rights_info(const struct morsel_rights *rights)
{
	return rights->info;
}

MORSEL_EXPORT uint64_t morsel_rights_revokes(const struct morsel_rights *rights)
{
	return rights->revokes;
}

MORSEL_EXPORT size_t morsel_rights_count(const struct morsel_rights *rights,
					 enum morsel_acl_list list)
{
	return rights->lists[list].count;
}

MORSEL_EXPORT const struct morsel_acl_entry *morsel_rights_at(const struct morsel_rights *rights,
							      enum morsel_acl_list list,
							      size_t index)
{
	const struct acl *acl = &rights->lists[list];

	return index < acl->count ? &acl->entries[index] : NULL;
}

static struct morsel_acl_entry *find(const struct acl *acl, uint32_t tag, uint32_t id)
{
	size_t i;

	for (i = 0; i < acl->count; i++)
		if (acl->entries[i].tag == tag && acl->entries[i].id == id)
			return &acl->entries[i];
	return NULL;
}

MORSEL_EXPORT int morsel_rights_find(const struct morsel_rights *rights, enum morsel_acl_list list,
				     uint32_t tag, uint32_t id)
{
	const struct morsel_acl_entry *entry = find(&rights->lists[list], tag, id);

	return entry ? (int)entry->perm : -1;
}

/* ---- changing them ---- */

static bool is_named(uint32_t tag)
{
	return tag == MORSEL_ACL_TAG_USER || tag == MORSEL_ACL_TAG_GROUP;
}

/* In the order that the kernel has them in. */
static int insert(struct acl *acl, const struct morsel_acl_entry *fresh)
{
	int err = add_entry(acl, fresh);
	size_t i = acl->count - 1;

	if (err)
		return err;
	for (; i && (acl->entries[i - 1].tag > fresh->tag ||
		     (acl->entries[i - 1].tag == fresh->tag && acl->entries[i - 1].id > fresh->id));
	     i--)
		acl->entries[i] = acl->entries[i - 1];
	acl->entries[i] = *fresh;
	return 0;
}

static int put(struct acl *acl, uint32_t tag, uint32_t id, uint32_t perm)
{
	const struct morsel_acl_entry fresh = { .tag = tag, .id = id, .perm = perm };
	struct morsel_acl_entry *entry = find(acl, tag, id);

	if (!entry)
		return insert(acl, &fresh);
	entry->perm = perm;
	return 0;
}

static void drop(struct acl *acl, const struct morsel_acl_entry *entry)
{
	size_t i = entry - acl->entries;

	memmove(&acl->entries[i], &acl->entries[i + 1],
		(acl->count - i - 1) * sizeof(*acl->entries));
	acl->count--;
}

static bool is_bounded(uint32_t tag)
{
	return is_named(tag) || tag == MORSEL_ACL_TAG_GROUP_OBJ;
}

/* The kernel does not look at a list whose mask is empty: who is named counts as if he were not. */
static bool is_unheeded(const struct acl *acl)
{
	const struct morsel_acl_entry *mask = find(acl, MORSEL_ACL_TAG_MASK, 0);
	const struct morsel_acl_entry *others = find(acl, MORSEL_ACL_TAG_OTHER, 0);

	return mask && !mask->perm && others && others->perm;
}

/*
 * What the mask does not let through goes from what it bounds, so that another mask lets
 * through no more, and the rights of all stay as they are. In a list that is not looked at,
 * who would have something by his name has what others have, and goes on so without it; who
 * is there to have nothing is so from now on.
 */
static void apply_mask(struct acl *acl)
{
	const struct morsel_acl_entry *mask = find(acl, MORSEL_ACL_TAG_MASK, 0);
	bool unheeded = is_unheeded(acl);
	uint32_t perm = mask ? mask->perm : 0;
	size_t i = mask ? acl->count : 0;

	while (i--) {
		struct morsel_acl_entry *entry = &acl->entries[i];

		if (unheeded && is_named(entry->tag) && entry->perm)
			drop(acl, entry);
		else if (is_bounded(entry->tag))
			entry->perm &= perm;
	}
}

/*
 * What the mask bounds, added up; as setfacl does. Without named entries there is none.
 * Where that is nothing, but others have rights, it is theirs: nobody has them by it, and
 * the list is looked at.
 */
static int adapt_mask(struct acl *acl)
{
	struct morsel_acl_entry *mask = find(acl, MORSEL_ACL_TAG_MASK, 0);
	const struct morsel_acl_entry *others = find(acl, MORSEL_ACL_TAG_OTHER, 0);
	bool named = false;
	uint32_t perm = 0;
	size_t i;

	for (i = 0; i < acl->count; i++) {
		named |= is_named(acl->entries[i].tag);
		if (is_bounded(acl->entries[i].tag))
			perm |= acl->entries[i].perm;
	}
	if (!perm && others)
		perm = others->perm;
	if (named)
		return put(acl, MORSEL_ACL_TAG_MASK, 0, perm);
	if (mask)
		drop(acl, mask);
	return 0;
}

/* A default list starts with what the object itself permits. */
static int complete(struct morsel_rights *rights, struct acl *acl)
{
	static const uint32_t needed[] = { MORSEL_ACL_TAG_USER_OBJ, MORSEL_ACL_TAG_GROUP_OBJ,
					   MORSEL_ACL_TAG_OTHER };
	const struct morsel_acl_entry *own;
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(needed) && !err; i++) {
		own = find(&rights->lists[MORSEL_ACL_ACCESS], needed[i], 0);
		if (own && !find(acl, needed[i], 0))
			err = put(acl, needed[i], 0, own->perm);
	}
	return err;
}

MORSEL_EXPORT int morsel_rights_put(struct morsel_rights *rights, enum morsel_acl_list list,
				    uint32_t tag, uint32_t id, uint32_t perm)
{
	struct acl *acl = &rights->lists[list];
	int err = complete(rights, acl);

	if (err)
		return err;
	if (tag == MORSEL_ACL_TAG_MASK)
		return put(acl, tag, id, perm);
	apply_mask(acl);
	err = put(acl, tag, id, perm);
	return err ? err : adapt_mask(acl);
}

MORSEL_EXPORT int morsel_rights_drop(struct morsel_rights *rights, enum morsel_acl_list list,
				     uint32_t tag, uint32_t id)
{
	struct acl *acl = &rights->lists[list];
	const struct morsel_acl_entry *entry;

	if (!is_named(tag))
		return -EINVAL;
	if (!find(acl, tag, id))
		return 0;
	apply_mask(acl);
	entry = find(acl, tag, id);
	if (entry)
		drop(acl, entry);
	return adapt_mask(acl);
}

MORSEL_EXPORT void morsel_rights_clear(struct morsel_rights *rights, enum morsel_acl_list list)
{
	struct acl *acl = &rights->lists[list];
	size_t i = acl->count;

	while (i--)
		if (list == MORSEL_ACL_DEFAULT || is_named(acl->entries[i].tag) ||
		    acl->entries[i].tag == MORSEL_ACL_TAG_MASK)
			drop(acl, &acl->entries[i]);
}

static int put_entry(struct morsel_request *req, int attr, const struct morsel_acl_entry *entry)
{
	struct nlattr *nest = nla_nest_start(req->msg, attr | NLA_F_NESTED);

	if (!nest || nla_put_u32(req->msg, MORSEL_A_ACL_ENTRY_TAG, entry->tag) ||
	    (is_named(entry->tag) && nla_put_u32(req->msg, MORSEL_A_ACL_ENTRY_ID, entry->id)) ||
	    nla_put_u32(req->msg, MORSEL_A_ACL_ENTRY_PERM, entry->perm))
		return -1;
	return nla_nest_end(req->msg, nest);
}

static void put_lists(struct morsel_request *req, const struct morsel_rights *rights)
{
	size_t i;
	int list;

	for (list = 0; list < LISTS; list++)
		for (i = 0; i < rights->lists[list].count && !req->too_long; i++)
			req->too_long = put_entry(req, list_attrs[list],
						  &rights->lists[list].entries[i]);
	if (!rights->lists[MORSEL_ACL_DEFAULT].count &&
	    morsel_info_type(rights->info) == MORSEL_OBJECT_TYPE_DIRECTORY)
		morsel_put_flag(req, MORSEL_A_OBJECT_NO_DEFAULT_ACL);
}

static int ignore_reply(void *data, const struct nlmsghdr *nlh)
{
	(void)data;
	(void)nlh;
	return 0;
}

MORSEL_EXPORT int morsel_rights_set(struct morsel_ctx *ctx, const char *name, uint64_t id,
				    const struct morsel_rights *rights, unsigned int flags)
{
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	if (flags & ~(MORSEL_RIGHTS_REVOKE | MORSEL_RIGHTS_UNCHANGED))
		return morsel_fail(ctx->serial, -EINVAL, "morsel_rights_set: unknown flags");
	err = morsel_begin_object(ctx, &req, MORSEL_CMD_RIGHTS_SET, name, id);
	if (err)
		return err;
	put_lists(&req, rights);
	if (flags & MORSEL_RIGHTS_REVOKE)
		morsel_put_flag(&req, MORSEL_A_OBJECT_REVOKE);
	if (flags & MORSEL_RIGHTS_UNCHANGED)
		morsel_put_u64(&req, MORSEL_A_OBJECT_RIGHTS_SEQ, rights->seq);
	req.reply = ignore_reply;
	return morsel_request_run(ctx, &req);
}

MORSEL_EXPORT int morsel_seal(struct morsel_ctx *ctx, const char *name, uint64_t id)
{
	struct morsel_request req;
	int err = morsel_begin_object(ctx, &req, MORSEL_CMD_MORSEL_SEAL, name, id);

	if (err)
		return err;
	req.reply = ignore_reply;
	return morsel_request_run(ctx, &req);
}

MORSEL_EXPORT bool morsel_info_sealed(const struct morsel_info *info)
{
	return info->sealed;
}

MORSEL_EXPORT bool morsel_info_poisoned(const struct morsel_info *info)
{
	return info->poisoned;
}
