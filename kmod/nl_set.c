// SPDX-License-Identifier: GPL-2.0-only
/* Change attributes of an object, by the same steps as truncate(2), chmod(2) and chown(2). */
#include "nl.h"
#include "nl_object.h"

int morsel_nl_start_write(struct genl_info *info)
{
	struct super_block *sb = morsel_nl_pool(info)->sb;

	if (!sb_start_write_trylock(sb))
		return morsel_nl_refuse(info->extack, NULL, -EBUSY, "the pool is frozen");
	if (!sb_rdonly(sb))
		return 0;
	sb_end_write(sb);
	return morsel_nl_refuse_errno(info->extack, NULL, -EROFS);
}

void morsel_nl_end_write(struct genl_info *info)
{
	sb_end_write(morsel_nl_pool(info)->sb);
}

int morsel_nl_do_change(struct genl_info *info, struct morsel_nl_found *found,
			int (*change)(struct genl_info *info, struct dentry *dentry, void *data),
			void *data)
{
	struct sk_buff *reply = morsel_nl_object_reply(&found->object);
	int error;

	if (!reply)
		return -ENOMEM;
	error = morsel_nl_start_write(info);
	if (!error) {
		error = change(info, found->dentry, data);
		morsel_nl_end_write(info);
	}
	if (error) {
		nlmsg_free(reply);
		return error;
	}
	/* The change is in force, whether or not the sender has room for the reply. */
	morsel_nl_send_object(reply, info, &found->object);
	return 0;
}

static int wanted_owner(struct genl_info *info, struct iattr *want)
{
	const struct nlattr *uid = info->attrs[MORSEL_A_OBJECT_UID];
	const struct nlattr *gid = info->attrs[MORSEL_A_OBJECT_GID];

	if (uid) {
		want->ia_uid = make_kuid(current_user_ns(), nla_get_u32(uid));
		if (!uid_valid(want->ia_uid))
			return morsel_nl_refuse(info->extack, uid, -EINVAL, "no such user id");
		want->ia_valid |= ATTR_UID;
	}
	if (gid) {
		want->ia_gid = make_kgid(current_user_ns(), nla_get_u32(gid));
		if (!gid_valid(want->ia_gid))
			return morsel_nl_refuse(info->extack, gid, -EINVAL, "no such group id");
		want->ia_valid |= ATTR_GID;
	}
	return 0;
}

int morsel_nl_wanted(struct genl_info *info, struct iattr *want)
{
	const struct nlattr *size = info->attrs[MORSEL_A_OBJECT_SIZE];
	const struct nlattr *mode = info->attrs[MORSEL_A_OBJECT_MODE];

	*want = (struct iattr){};
	if (size) {
		want->ia_size = nla_get_u64(size);
		want->ia_valid |= ATTR_SIZE;
	}
	if (mode) {
		want->ia_mode = nla_get_u32(mode);
		want->ia_valid |= ATTR_MODE;
	}
	return wanted_owner(info, want);
}

/* Set-id bits and file capabilities that do not outlive the change. */
static unsigned int privileges_to_drop(struct inode *inode, unsigned int valid)
{
	if (S_ISDIR(inode->i_mode) || valid & ATTR_MODE)
		return 0;
	if (valid & (ATTR_UID | ATTR_GID))
		return ATTR_KILL_SUID | ATTR_KILL_PRIV |
		       setattr_should_drop_sgid(morsel_nop_idmap, inode);
	/* Size alone: that the bits go is not asked for and needs no right (do_truncate()). */
	return ATTR_KILL_PRIV | ATTR_FORCE | setattr_should_drop_suidgid(morsel_nop_idmap, inode);
}

/*
 * Who allocates or frees much may take his time, and requests run under a lock of
 * all of generic netlink.
 */
int morsel_nl_lock(struct inode *inode)
{
	unsigned long end = jiffies + 5 * HZ;

	while (!inode_trylock(inode)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (time_after(jiffies, end))
			return -EBUSY;
		schedule_timeout_killable(1);
	}
	return 0;
}

int morsel_nl_change(struct dentry *dentry, struct iattr *want)
{
	struct inode *inode = d_inode(dentry);
	int error;

	error = morsel_nl_lock(inode);
	if (error)
		return error;
	want->ia_valid |= ATTR_CTIME | privileges_to_drop(inode, want->ia_valid);
	want->ia_mode = (want->ia_mode & S_IALLUGO) | (inode->i_mode & ~S_IALLUGO);
	error = notify_change(morsel_nop_idmap, dentry, want, NULL);
	inode_unlock(inode);
	return error;
}

int morsel_nl_refuse_change(struct genl_info *info, int error)
{
	const struct nlattr *uid = info->attrs[MORSEL_A_OBJECT_UID];
	const struct nlattr *gid = info->attrs[MORSEL_A_OBJECT_GID];
	const struct nlattr *mode = info->attrs[MORSEL_A_OBJECT_MODE];
	const struct nlattr *size = info->attrs[MORSEL_A_OBJECT_SIZE];

	if (error == -EPERM && uid)
		return morsel_nl_refuse(info->extack, uid, error,
					"only CAP_CHOWN may give an object to somebody");
	if (error == -EPERM && gid)
		return morsel_nl_refuse(info->extack, gid, error,
					"only the owner, to a group of his, or CAP_CHOWN may do this");
	if (error == -EFBIG)
		return morsel_nl_refuse_errno(info->extack, size, error);
	return morsel_nl_refuse_errno(info->extack, uid ?: gid ?: mode ?: size, error);
}

static int refuse_size(struct genl_info *info, int error, const char *why)
{
	return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_OBJECT_SIZE], error, why);
}

/* May the size be changed, and does nobody stand in the way?  put_write_access() is due. */
static int start_resize(struct genl_info *info, struct inode *inode)
{
	int error = inode_permission(morsel_nop_idmap, inode, MAY_WRITE);

	if (error == -EACCES)
		return refuse_size(info, error, "no write permission on the object");
	if (error)
		return morsel_nl_refuse_change(info, error);
	if (IS_APPEND(inode))
		return refuse_size(info, -EPERM, "the object is append-only");
	error = get_write_access(inode);
	if (error)
		return refuse_size(info, error, "the object is being executed");
	error = break_lease(inode, O_WRONLY | O_NONBLOCK);
	if (error) {
		put_write_access(inode);
		return refuse_size(info, error, "somebody holds a lease on the object");
	}
	return 0;
}

static int resize_and_change(struct genl_info *info, struct dentry *dentry, void *data)
{
	struct iattr *want = data;
	bool resize = want->ia_valid & ATTR_SIZE;
	int error;

	error = resize ? start_resize(info, d_inode(dentry)) : 0;
	if (error)
		return error;
	error = morsel_nl_change(dentry, want);
	if (resize)
		put_write_access(d_inode(dentry));
	return error ? morsel_nl_refuse_change(info, error) : 0;
}

static int check_wanted(struct genl_info *info, const struct inode *inode,
			const struct iattr *want)
{
	if (!want->ia_valid)
		return morsel_nl_refuse(info->extack, NULL, -EINVAL,
					"nothing to set: give size, mode, uid or gid");
	if (!(want->ia_valid & ATTR_SIZE) || S_ISREG(inode->i_mode))
		return 0;
	return S_ISDIR(inode->i_mode) ? refuse_size(info, -EISDIR, "a directory has no size") :
					refuse_size(info, -EINVAL, "a symbolic link has no size");
}

static int set_found(struct genl_info *info, struct morsel_nl_found *found)
{
	struct iattr want;
	int error;

	error = morsel_nl_wanted(info, &want);
	if (!error)
		error = check_wanted(info, found->object.inode, &want);
	return error ? error : morsel_nl_do_change(info, found, resize_and_change, &want);
}

int morsel_nl_morsel_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct morsel_nl_found found;
	int error;

	error = morsel_nl_find(&found, info);
	if (error)
		return error;
	if (morsel_nl_wants_place(info))
		error = morsel_nl_set_place(info, &found);
	else
		error = set_found(info, &found);
	morsel_nl_found_put(&found);
	return error;
}
