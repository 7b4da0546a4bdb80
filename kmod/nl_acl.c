// SPDX-License-Identifier: GPL-2.0-only
/* Access control lists: from attributes, and to attributes. */
#include <linux/nospec.h>
#include <linux/sort.h>
#include "fs.h"
#include "nl_policy.h"
#include "nl_rights.h"

/* Tags of the contract and of the kernel, in the order that a list has. */
static const struct {
	short kernel;
	bool has_id;
} tags[] = {
	[MORSEL_ACL_TAG_USER_OBJ] = { ACL_USER_OBJ },
	[MORSEL_ACL_TAG_USER] = { ACL_USER, true },
	[MORSEL_ACL_TAG_GROUP_OBJ] = { ACL_GROUP_OBJ },
	[MORSEL_ACL_TAG_GROUP] = { ACL_GROUP, true },
	[MORSEL_ACL_TAG_MASK] = { ACL_MASK },
	[MORSEL_ACL_TAG_OTHER] = { ACL_OTHER },
};

static_assert((int)MORSEL_ACL_PERM_EXECUTE == ACL_EXECUTE);
static_assert((int)MORSEL_ACL_PERM_WRITE == ACL_WRITE);
static_assert((int)MORSEL_ACL_PERM_READ == ACL_READ);

/* ---- from attributes ---- */

static int refuse(struct genl_info *info, const struct nlattr *attr, const char *why)
{
	return morsel_nl_refuse(info->extack, attr, -EINVAL, why);
}

static int parse_id(struct genl_info *info, const struct nlattr *attr, const struct nlattr *id,
		    struct posix_acl_entry *entry)
{
	struct user_namespace *ns = current_user_ns();

	if (entry->e_tag == ACL_USER)
		entry->e_uid = make_kuid(ns, nla_get_u32(id));
	else
		entry->e_gid = make_kgid(ns, nla_get_u32(id));
	if (entry->e_tag == ACL_USER ? uid_valid(entry->e_uid) : gid_valid(entry->e_gid))
		return 0;
	return refuse(info, attr, "no such user or group id");
}

static int parse_entry(struct genl_info *info, const struct nlattr *attr,
		       struct posix_acl_entry *entry)
{
	struct nlattr *tb[MORSEL_A_ACL_ENTRY_MAX + 1];
	u32 tag;
	int error;

	error = nla_parse_nested(tb, MORSEL_A_ACL_ENTRY_MAX, attr, morsel_nl_acl_entry_policy,
				 info->extack);
	if (error)
		return error;
	if (!tb[MORSEL_A_ACL_ENTRY_TAG] || !tb[MORSEL_A_ACL_ENTRY_PERM])
		return refuse(info, attr, "an entry needs a tag and a perm");
	/* The policy has seen to it that there is such a tag; a CPU may go ahead of that. */
	tag = nla_get_u32(tb[MORSEL_A_ACL_ENTRY_TAG]);
	tag = array_index_nospec(tag, ARRAY_SIZE(tags));
	entry->e_tag = tags[tag].kernel;
	entry->e_perm = nla_get_u32(tb[MORSEL_A_ACL_ENTRY_PERM]);
	if (!tb[MORSEL_A_ACL_ENTRY_ID] == tags[tag].has_id)
		return refuse(info, attr, tags[tag].has_id ?
			      "an entry of a user or group needs an id" :
			      "an id is for entries of a user or group only");
	return tags[tag].has_id ? parse_id(info, attr, tb[MORSEL_A_ACL_ENTRY_ID], entry) : 0;
}

static u32 id_of(const struct posix_acl_entry *entry)
{
	if (entry->e_tag == ACL_USER)
		return __kuid_val(entry->e_uid);
	return entry->e_tag == ACL_GROUP ? __kgid_val(entry->e_gid) : 0;
}

/* The kernel's tags ascend in the order of a list. */
static int compare(const void *left, const void *right)
{
	const struct posix_acl_entry *a = left, *b = right;

	if (a->e_tag != b->e_tag)
		return a->e_tag < b->e_tag ? -1 : 1;
	return id_of(a) < id_of(b) ? -1 : id_of(a) > id_of(b);
}

static int check_list(struct genl_info *info, const struct nlattr *attr,
		      const struct posix_acl *acl)
{
	const short needed = ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER;
	short seen = 0;
	unsigned int i;

	for (i = 0; i < acl->a_count; i++) {
		if (i && !compare(&acl->a_entries[i - 1], &acl->a_entries[i]))
			return refuse(info, attr, "two entries are about the same");
		seen |= acl->a_entries[i].e_tag;
	}
	if ((seen & needed) != needed)
		return refuse(info, attr, "owner, group and others must be in the list");
	if (seen & (ACL_USER | ACL_GROUP) && !(seen & ACL_MASK))
		return refuse(info, attr, "a list with users or groups needs a mask");
	return 0;
}

int morsel_nl_parse_acl(struct genl_info *info, int type, struct posix_acl **acl)
{
	unsigned int count = 0, i = 0;
	struct nlattr *attr;
	int rem, error = 0;

	*acl = NULL;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		count += nla_type(attr) == type;
	if (!count)
		return 0;
	if (count > MORSEL_ACL_ENTRIES_MAX)
		return morsel_nl_refuse(info->extack, info->attrs[type], -E2BIG,
					"a list has at most 256 entries");
	*acl = posix_acl_alloc(count, GFP_KERNEL);
	if (!*acl)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == type)
			error = parse_entry(info, attr, &(*acl)->a_entries[i++]);
		if (error)
			break;
	}
	if (!error) {
		sort((*acl)->a_entries, count, sizeof((*acl)->a_entries[0]), compare, NULL);
		error = check_list(info, info->attrs[type], *acl);
	}
	if (error) {
		posix_acl_release(*acl);
		*acl = NULL;
	}
	return error;
}

/* ---- to attributes ---- */

size_t morsel_nl_acl_size(void)
{
	return 2 * MORSEL_ACL_ENTRIES_MAX * nla_total_size(3 * nla_total_size(sizeof(u32)));
}

static enum morsel_acl_tag tag_of(const struct posix_acl_entry *entry)
{
	enum morsel_acl_tag tag = MORSEL_ACL_TAG_OTHER;

	while (tag > MORSEL_ACL_TAG_USER_OBJ && tags[tag].kernel != entry->e_tag)
		tag--;
	return tag;
}

static int fill_entry(struct sk_buff *skb, int attr, const struct posix_acl_entry *entry,
		      struct user_namespace *reader)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || nla_put_u32(skb, MORSEL_A_ACL_ENTRY_TAG, tag_of(entry)) ||
	    (entry->e_tag == ACL_USER &&
	     nla_put_u32(skb, MORSEL_A_ACL_ENTRY_ID, from_kuid_munged(reader, entry->e_uid))) ||
	    (entry->e_tag == ACL_GROUP &&
	     nla_put_u32(skb, MORSEL_A_ACL_ENTRY_ID, from_kgid_munged(reader, entry->e_gid))) ||
	    nla_put_u32(skb, MORSEL_A_ACL_ENTRY_PERM, entry->e_perm))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_list(struct sk_buff *skb, int attr, const struct posix_acl *acl,
		     struct user_namespace *reader)
{
	unsigned int i;

	for (i = 0; i < acl->a_count; i++)
		if (fill_entry(skb, attr, &acl->a_entries[i], reader))
			return -EMSGSIZE;
	return 0;
}

static int fill_mode(struct sk_buff *skb, int attr, umode_t mode, struct user_namespace *reader)
{
	const struct posix_acl_entry entries[] = {
		{ .e_tag = ACL_USER_OBJ, .e_perm = mode >> 6 & S_IRWXO },
		{ .e_tag = ACL_GROUP_OBJ, .e_perm = mode >> 3 & S_IRWXO },
		{ .e_tag = ACL_OTHER, .e_perm = mode & S_IRWXO },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entries); i++)
		if (fill_entry(skb, attr, &entries[i], reader))
			return -EMSGSIZE;
	return 0;
}

int morsel_nl_fill_acl(struct sk_buff *skb, struct inode *inode, struct user_namespace *reader)
{
	struct posix_acl *acl = get_cached_acl(inode, ACL_TYPE_ACCESS);
	int error;

	if (IS_ERR_OR_NULL(acl)) {
		error = fill_mode(skb, MORSEL_A_OBJECT_ACL, inode->i_mode, reader);
	} else {
		error = fill_list(skb, MORSEL_A_OBJECT_ACL, acl, reader);
		posix_acl_release(acl);
	}
	acl = error ? NULL : get_cached_acl(inode, ACL_TYPE_DEFAULT);
	if (!IS_ERR_OR_NULL(acl)) {
		error = fill_list(skb, MORSEL_A_OBJECT_DEFAULT_ACL, acl, reader);
		posix_acl_release(acl);
	}
	return error;
}
