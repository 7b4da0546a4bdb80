// SPDX-License-Identifier: GPL-2.0-only
/* Access control lists as they are on the media. */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include "common.h"
#include "store.h"

static u32 id_of(const struct posix_acl_entry *entry)
{
	switch (entry->e_tag) {
	case ACL_USER:
		return from_kuid(&init_user_ns, entry->e_uid);
	case ACL_GROUP:
		return from_kgid(&init_user_ns, entry->e_gid);
	default:
		return ACL_UNDEFINED_ID;
	}
}

static unsigned int pack(const struct posix_acl *acl, bool is_default, struct media_acl_entry *to)
{
	unsigned int i;

	for (i = 0; acl && i < acl->a_count; i++)
		to[i] = (struct media_acl_entry){
			.tag = cpu_to_le16(acl->a_entries[i].e_tag),
			.perm = cpu_to_le16(acl->a_entries[i].e_perm),
			.id = cpu_to_le32(id_of(&acl->a_entries[i])),
			.is_default = cpu_to_le32(is_default),
		};
	return i;
}

int morsel_store_pack_acls(const struct posix_acl *access, const struct posix_acl *def,
			   struct media_acl_entry **to)
{
	unsigned int nr = (access ? access->a_count : 0) + (def ? def->a_count : 0);

	*to = NULL;
	if (nr * sizeof(**to) > sizeof_field(struct media_blob, data))
		return -E2BIG;
	if (!nr)
		return 0;
	*to = kvcalloc(nr, sizeof(**to), GFP_KERNEL);
	if (!*to)
		return -ENOMEM;
	nr = pack(access, false, *to);
	return nr + pack(def, true, *to + nr);
}

static bool unpack(const struct media_acl_entry *from, struct posix_acl_entry *to)
{
	u32 id = le32_to_cpu(from->id);

	to->e_tag = le16_to_cpu(from->tag);
	to->e_perm = le16_to_cpu(from->perm);
	if (to->e_tag == ACL_USER) {
		to->e_uid = make_kuid(&init_user_ns, id);
		return uid_valid(to->e_uid);
	}
	if (to->e_tag == ACL_GROUP) {
		to->e_gid = make_kgid(&init_user_ns, id);
		return gid_valid(to->e_gid);
	}
	return true;
}

static unsigned int count(const struct media_acl_entry *from, unsigned int nr, bool is_default)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr; i++)
		n += !!from[i].is_default == is_default;
	return n;
}

static int take(struct inode *inode, const struct media_acl_entry *from, unsigned int nr, int type)
{
	bool is_default = type == ACL_TYPE_DEFAULT;
	unsigned int n = count(from, nr, is_default), i, at = 0;
	struct posix_acl *acl;
	bool good = true;

	if (!n) {
		set_cached_acl(inode, type, NULL);
		return 0;
	}
	acl = posix_acl_alloc(n, GFP_KERNEL);
	if (!acl)
		return -ENOMEM;
	for (i = 0; i < nr && good; i++)
		if (!!from[i].is_default == is_default)
			good = unpack(&from[i], &acl->a_entries[at++]);
	good = good && !posix_acl_valid(&init_user_ns, acl);
	if (good)
		set_cached_acl(inode, type, acl);
	posix_acl_release(acl);
	return good ? 0 : -EUCLEAN;
}

int morsel_store_take_acls(struct inode *inode, const struct media_acl_entry *from,
			   unsigned int nr)
{
	return take(inode, from, nr, ACL_TYPE_ACCESS) ?: take(inode, from, nr, ACL_TYPE_DEFAULT);
}
