// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about rights.
 *
 * What is set goes through the functions of the VFS, so that LSMs and watchers of
 * the file system hear of it.  Each of them takes the lock of the object by itself:
 * all that can be refused is found out before, and what was set is put back should
 * a later step fail all the same.
 */
#include "fs.h"
#include "inode.h"
#include "nl.h"
#include "nl_object.h"
#include "nl_rights.h"
#include "revoke.h"
#include "rights.h"

enum {
	ACCESS,
	DEFAULT,
	NR_LISTS
};

static const int acl_types[NR_LISTS] = { ACL_TYPE_ACCESS, ACL_TYPE_DEFAULT };
static const int acl_attrs[NR_LISTS] = { MORSEL_A_OBJECT_ACL, MORSEL_A_OBJECT_DEFAULT_ACL };

struct change {
	struct iattr want;			/* owner, group, mode */
	struct posix_acl *acl[NR_LISTS];	/* the new lists */
	struct posix_acl *old[NR_LISTS];	/* those there were */
	bool set[NR_LISTS];			/* which lists are to be set, or removed */
	bool revoke;
};

int morsel_nl_fill_rights(struct sk_buff *skb, const struct morsel_nl_object *object,
			  struct user_namespace *reader)
{
	struct morsel_inode *mi = morsel_i(object->inode);
	u64 seq = smp_load_acquire(&mi->rights_seq);	/* before the rights */

	if (nla_put_u64_64bit(skb, MORSEL_A_OBJECT_RIGHTS_SEQ, seq, MORSEL_A_OBJECT_PAD) ||
	    morsel_nl_fill_object(skb, object, reader) ||
	    nla_put_u64_64bit(skb, MORSEL_A_OBJECT_REVOKES, atomic_long_read(&mi->revokes),
			      MORSEL_A_OBJECT_PAD) ||
	    morsel_nl_fill_acl(skb, object->inode, reader))
		return -EMSGSIZE;
	return 0;
}

int morsel_nl_rights_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return morsel_nl_get(info, morsel_nl_acl_size(), morsel_nl_fill_rights);
}

/* ---- what is wanted, and whether it may be had ---- */

static int wanted(struct genl_info *info, struct change *change)
{
	const struct nlattr *none = info->attrs[MORSEL_A_OBJECT_NO_DEFAULT_ACL];
	int i, error;

	change->revoke = info->attrs[MORSEL_A_OBJECT_REVOKE];
	error = morsel_nl_wanted(info, &change->want);
	for (i = 0; i < NR_LISTS && !error; i++) {
		error = morsel_nl_parse_acl(info, acl_attrs[i], &change->acl[i]);
		change->set[i] = change->acl[i];
	}
	if (error)
		return error;
	if (none && change->set[DEFAULT])
		return morsel_nl_refuse(info->extack, none, -EINVAL,
					"the list for new objects cannot be set and removed");
	change->set[DEFAULT] |= !!none;
	if (change->want.ia_valid || change->set[ACCESS] || change->set[DEFAULT] || change->revoke)
		return 0;
	return morsel_nl_refuse(info->extack, NULL, -EINVAL,
				"nothing to set: give uid, gid, mode, a list or revoke");
}

static int check_lists(struct genl_info *info, const struct inode *inode,
		       const struct change *change)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_OBJECT_ACL] ?:
				    info->attrs[MORSEL_A_OBJECT_DEFAULT_ACL] ?:
				    info->attrs[MORSEL_A_OBJECT_NO_DEFAULT_ACL];

	if (!change->set[ACCESS] && !change->set[DEFAULT])
		return 0;
	if (S_ISLNK(inode->i_mode))
		return morsel_nl_refuse(info->extack, attr, -EOPNOTSUPP,
					"a symbolic link has no list");
	if (change->acl[DEFAULT] && !S_ISDIR(inode->i_mode))
		return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_OBJECT_DEFAULT_ACL],
					-EINVAL, "only a directory has a list for new objects");
	return 0;
}

/* May the sender do all of it?  Nothing is changed here. */
static int check_sender(struct genl_info *info, struct dentry *dentry, const struct change *change)
{
	struct iattr want = change->want;
	int error = 0;

	if ((change->set[ACCESS] || change->set[DEFAULT] || change->revoke) &&
	    !morsel_may_own(d_inode(dentry)))
		return morsel_nl_refuse(info->extack, NULL, -EPERM,
					"only the owner of the object, or CAP_FOWNER, may change rights");
	want.ia_mode = (want.ia_mode & S_IALLUGO) | (d_inode(dentry)->i_mode & ~S_IALLUGO);
	if (want.ia_valid)
		error = setattr_prepare(morsel_nop_idmap, dentry, &want);
	return error ? morsel_nl_refuse_change(info, error) : 0;
}

/* ---- the change ---- */

/* Remember the lists that are about to be replaced. */
static int remember(struct inode *inode, struct change *change)
{
	struct posix_acl *acl;
	int i;

	for (i = 0; i < NR_LISTS; i++) {
		acl = change->set[i] ? get_cached_acl(inode, acl_types[i]) : NULL;
		if (!IS_ERR_OR_NULL(acl)) {
			change->old[i] = acl;
			continue;
		}
		if (i != ACCESS || !change->set[i])
			continue;
		change->old[i] = posix_acl_from_mode(inode->i_mode, GFP_KERNEL);
		if (IS_ERR(change->old[i])) {
			change->old[i] = NULL;
			return -ENOMEM;
		}
	}
	return 0;
}

/* By no rights but those that the sender had when he set them. */
static void put_back(struct dentry *dentry, struct change *change, int lists)
{
	int i;

	inode_lock(d_inode(dentry));
	for (i = 0; i < lists; i++)
		if (change->set[i])
			WARN_ON_ONCE(morsel_put_acl(dentry, change->old[i], acl_types[i]));
	inode_unlock(d_inode(dentry));
}

static int apply(struct genl_info *info, struct dentry *dentry, struct change *change)
{
	int i, error;

	error = remember(d_inode(dentry), change);
	if (error)
		return error;
	for (i = 0; i < NR_LISTS; i++) {
		error = change->set[i] ?
			morsel_vfs_set_acl(dentry, acl_types[i], change->acl[i]) : 0;
		if (error) {
			put_back(dentry, change, i);
			return morsel_nl_refuse_errno(info->extack, info->attrs[acl_attrs[i]],
						      error);
		}
	}
	error = change->want.ia_valid ? morsel_nl_change(dentry, &change->want) : 0;
	if (error) {
		put_back(dentry, change, NR_LISTS);
		return morsel_nl_refuse_change(info, error);
	}
	return 0;
}

/* Are the rights what the sender has been told? */
static int check_seq(struct genl_info *info, const struct inode *inode)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_OBJECT_RIGHTS_SEQ];

	if (!attr || nla_get_u64(attr) == READ_ONCE(morsel_i(inode)->rights_seq))
		return 0;
	return morsel_nl_refuse(info->extack, attr, -EAGAIN,
				"the rights have been changed meanwhile");
}

static int apply_alone(struct genl_info *info, struct dentry *dentry, struct change *change)
{
	struct morsel_inode *mi = morsel_i(d_inode(dentry));
	int error;

	if (mutex_lock_killable(&mi->rights_lock))
		return -EINTR;
	error = check_seq(info, d_inode(dentry)) ?: apply(info, dentry, change);
	mutex_unlock(&mi->rights_lock);
	return error;
}

static int set_found(struct genl_info *info, struct morsel_nl_found *found, struct change *change)
{
	struct sk_buff *reply;
	int error;

	error = check_lists(info, found->object.inode, change);
	if (!error)
		error = check_sender(info, found->dentry, change);
	if (error)
		return error;
	reply = genlmsg_new(morsel_nl_object_size(&found->object) + morsel_nl_acl_size(),
			    GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	error = morsel_nl_start_write(info);
	if (error)
		goto out_reply;
	error = apply_alone(info, found->dentry, change);
	if (!error && change->revoke)
		morsel_revoke(found->dentry);
	morsel_nl_end_write(info);
	if (error)
		goto out_reply;
	/* The change is in force, whether or not the sender has room for the reply. */
	morsel_nl_send(reply, info, &found->object, morsel_nl_fill_rights);
	return 0;

out_reply:
	nlmsg_free(reply);
	return error;
}

int morsel_nl_rights_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change change = {};
	struct morsel_nl_found found;
	int i, error;

	error = wanted(info, &change);
	if (!error)
		error = morsel_nl_find(&found, info);
	if (!error) {
		error = set_found(info, &found, &change);
		morsel_nl_found_put(&found);
	}
	for (i = 0; i < NR_LISTS; i++) {
		posix_acl_release(change.acl[i]);
		posix_acl_release(change.old[i]);
	}
	return error;
}
