// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that make, move and remove names: by the same VFS functions, under
 * the same locks as the system calls.
 */
#include <linux/namei.h>
#include "event.h"
#include "fs.h"
#include "nl.h"
#include "nl_object.h"

/* The last component of a path, in its directory. */
struct name {
	const struct nlattr *attr;
	struct dentry *dir;	/* with a reference */
	struct qstr last;	/* points into @attr */
};

static int walk_to(struct genl_info *info, int attr, const char *missing, struct name *name)
{
	name->attr = morsel_nl_require(info, attr, missing);
	if (!name->attr)
		return -EINVAL;
	name->dir = morsel_nl_walk_parent(morsel_nl_pool(info), name->attr, &name->last,
					  info->extack);
	return PTR_ERR_OR_ZERO(name->dir);
}

static int walk_to_path(struct genl_info *info, struct name *name)
{
	return walk_to(info, MORSEL_A_OBJECT_PATH, "an object must be given by path", name);
}

static int refuse_name(struct genl_info *info, const struct name *name, int error)
{
	if (error == -EACCES)
		return morsel_nl_refuse(info->extack, name->attr, error,
					"no write and search permission on the directory");
	return morsel_nl_refuse_errno(info->extack, name->attr, error);
}

/* Look the name up.  Context: i_rwsem of its directory held.  Return: maybe negative. */
static struct dentry *lookup(const struct name *name)
{
	return lookup_one(morsel_nop_idmap, name->last.name, name->dir, name->last.len);
}

/* As lookup(), of what must exist and be what the request says it is. */
static struct dentry *lookup_existing(struct genl_info *info, const struct name *name)
{
	struct dentry *dentry = lookup(name);
	int error = PTR_ERR_OR_ZERO(dentry);

	if (error)
		return ERR_PTR(refuse_name(info, name, error));
	if (d_is_negative(dentry))
		error = refuse_name(info, name, -ENOENT);
	else
		error = morsel_nl_check_id(info, d_inode(dentry));
	if (!error)
		return dentry;
	dput(dentry);
	return ERR_PTR(error);
}

/* What the reply will be about, as far as it is known before the operation. */
static struct morsel_nl_object object_at(struct genl_info *info, const struct name *name)
{
	return (struct morsel_nl_object){
		.pool = morsel_nl_pool(info),
		.path = nla_data(name->attr),
		.parent = d_inode(name->dir)->i_ino,
	};
}

static bool wants_directory(struct genl_info *info)
{
	const struct nlattr *type = info->attrs[MORSEL_A_OBJECT_TYPE];

	return type && nla_get_u32(type) == MORSEL_OBJECT_TYPE_DIRECTORY;
}

/*
 * Leave in @want what is not so yet.  The umask may have taken something away from
 * the mode; the set-group-id bit that a directory has inherited stays.
 */
static void leave_wanted(struct iattr *want, const struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		want->ia_mode |= inode->i_mode & S_ISGID;
	want->ia_valid = 0;
	if (want->ia_mode != (inode->i_mode & S_IALLUGO))
		want->ia_valid |= ATTR_MODE;
	if (!uid_eq(want->ia_uid, inode->i_uid))
		want->ia_valid |= ATTR_UID;
	if (!gid_eq(want->ia_gid, inode->i_gid))
		want->ia_valid |= ATTR_GID;
	if (want->ia_size)
		want->ia_valid |= ATTR_SIZE;
}

/* An object in the making. */
struct making {
	struct morsel_making step;
	struct genl_info *info;
	struct iattr *want;
	bool explained;		/* extack has been filled in */
};

/* Give it all its attributes. */
static int finish(struct morsel_making *step, struct dentry *dentry)
{
	struct making *making = container_of(step, struct making, step);
	struct inode *inode = d_inode(dentry);
	struct iattr *want = making->want;
	int error;

	if (!(want->ia_valid & ATTR_UID))
		want->ia_uid = inode->i_uid;
	if (!(want->ia_valid & ATTR_GID))
		want->ia_gid = inode->i_gid;
	leave_wanted(want, inode);
	error = want->ia_valid ? morsel_nl_change(dentry, want) : 0;
	if (error)
		return error;
	error = morsel_nl_new_place(making->info, inode);
	making->explained = error;
	return error;
}

/* Create what is asked for.  The name comes last: it is there with all attributes, or not. */
static int create(struct inode *dir, struct dentry *dentry, struct making *making)
{
	bool directory = wants_directory(making->info);
	struct iattr *want = making->want;
	umode_t first;
	int error;

	if (!(want->ia_valid & ATTR_MODE))
		want->ia_mode = directory ? 0700 : 0600;
	/* chown takes set-id bits away, the mode follows. */
	first = want->ia_valid & (ATTR_UID | ATTR_GID) ? want->ia_mode & S_IRWXU : want->ia_mode;
	dentry->d_fsdata = &making->step;
	error = directory ? vfs_mkdir(morsel_nop_idmap, dir, dentry, first) :
			    vfs_create(morsel_nop_idmap, dir, dentry, first, true);
	dentry->d_fsdata = NULL;
	return error;
}

static int accept_existing(struct genl_info *info, const struct name *name,
			   const struct dentry *dentry)
{
	if (info->attrs[MORSEL_A_OBJECT_EXCLUSIVE] || d_is_symlink(dentry))
		return refuse_name(info, name, -EEXIST);
	if (wants_directory(info) == d_is_dir(dentry))
		return 0;
	return refuse_name(info, name, d_is_dir(dentry) ? -EISDIR : -ENOTDIR);
}

/* Context: i_rwsem of the directory held.  Return: the object with a reference. */
static struct inode *create_or_find(struct genl_info *info, const struct name *name,
				    struct iattr *want, bool *created)
{
	struct making making = { { finish }, info, want };
	struct dentry *dentry = lookup(name);
	struct inode *inode = NULL;
	int error;

	if (IS_ERR(dentry))
		return ERR_PTR(refuse_name(info, name, PTR_ERR(dentry)));
	*created = d_is_negative(dentry);
	if (!*created)
		error = accept_existing(info, name, dentry);
	else
		error = create(d_inode(name->dir), dentry, &making);
	if (!error)
		inode = igrab(d_inode(dentry));
	else if (making.explained)
		;
	else if (*created && (error == -EPERM || error == -EFBIG))
		morsel_nl_refuse_change(info, error);
	else if (*created)
		refuse_name(info, name, error);
	dput(dentry);
	return inode ?: ERR_PTR(error ?: -ENOENT);
}

static int new_object(struct genl_info *info, const struct name *name, struct iattr *want)
{
	struct morsel_nl_object object = object_at(info, name);
	struct sk_buff *reply = morsel_nl_object_reply(&object);
	int error;

	if (!reply)
		return -ENOMEM;
	error = morsel_nl_start_write(info);
	if (error)
		goto out_reply;
	inode_lock_nested(d_inode(name->dir), I_MUTEX_PARENT);
	object.inode = create_or_find(info, name, want, &object.created);
	inode_unlock(d_inode(name->dir));
	morsel_nl_end_write(info);
	error = PTR_ERR_OR_ZERO(object.inode);
	if (error)
		goto out_reply;
	morsel_nl_send_object(reply, info, &object);
	iput(object.inode);
	return 0;

out_reply:
	nlmsg_free(reply);
	return error;
}

static int check_new(struct genl_info *info)
{
	const struct nlattr *type = info->attrs[MORSEL_A_OBJECT_TYPE];
	const struct nlattr *size = info->attrs[MORSEL_A_OBJECT_SIZE];

	if (type && nla_get_u32(type) == MORSEL_OBJECT_TYPE_SYMLINK)
		return morsel_nl_refuse(info->extack, type, -EINVAL,
					"only files and directories can be made");
	if (size && wants_directory(info))
		return morsel_nl_refuse(info->extack, size, -EINVAL, "a directory has no size");
	return morsel_nl_check_place(info, wants_directory(info));
}

int morsel_nl_morsel_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct iattr want;
	struct name name;
	int error;

	error = check_new(info) ?: morsel_nl_wanted(info, &want) ?: walk_to_path(info, &name);
	if (error)
		return error;
	error = new_object(info, &name, &want);
	dput(name.dir);
	return error;
}

/* Context: i_rwsem of the directory held. */
static int remove_name(struct genl_info *info, const struct name *name, struct inode **removed)
{
	struct inode *dir = d_inode(name->dir);
	struct dentry *dentry = lookup_existing(info, name);
	int error;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	*removed = igrab(d_inode(dentry));
	error = d_is_dir(dentry) ? vfs_rmdir(morsel_nop_idmap, dir, dentry) :
				   vfs_unlink(morsel_nop_idmap, dir, dentry, NULL);
	dput(dentry);
	return error ? refuse_name(info, name, error) : 0;
}

int morsel_nl_morsel_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct inode *removed = NULL;
	struct name name;
	int error;

	error = walk_to_path(info, &name);
	if (error)
		return error;
	error = morsel_nl_start_write(info);
	if (error)
		goto out;
	inode_lock_nested(d_inode(name.dir), I_MUTEX_PARENT);
	error = remove_name(info, &name, &removed);
	inode_unlock(d_inode(name.dir));
	iput(removed);	/* it may take long to free: without the lock */
	morsel_nl_end_write(info);
out:
	dput(name.dir);
	return error;
}

static u32 rename_flags(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_OBJECT_RENAME_FLAGS];
	u32 flags = attr ? nla_get_u32(attr) : 0;

	return (flags & MORSEL_RENAME_FLAG_NOREPLACE ? RENAME_NOREPLACE : 0) |
	       (flags & MORSEL_RENAME_FLAG_EXCHANGE ? RENAME_EXCHANGE : 0);
}

/* What vfs_rename() leaves to its callers.  @trap: see lock_rename(). */
static int check_target(struct genl_info *info, const struct name *from, const struct name *to,
			struct dentry *old, struct dentry *new, struct dentry *trap)
{
	u32 flags = rename_flags(info);

	if (flags & RENAME_NOREPLACE && d_is_positive(new))
		return refuse_name(info, to, -EEXIST);
	if (flags & RENAME_EXCHANGE && d_is_negative(new))
		return morsel_nl_refuse(info->extack, to->attr, -ENOENT,
					"there is nothing to exchange with");
	if (old == trap)
		return morsel_nl_refuse(info->extack, to->attr, -EINVAL,
					"a directory cannot be moved into itself");
	if (new == trap && flags & RENAME_EXCHANGE)
		return morsel_nl_refuse(info->extack, from->attr, -EINVAL,
					"a directory cannot be moved into itself");
	return new == trap ? refuse_name(info, to, -ENOTEMPTY) : 0;
}

/* Context: lock_rename() held.  Return: the object with a reference. */
static struct inode *move_name(struct genl_info *info, const struct name *from,
			       const struct name *to, struct dentry *trap)
{
	struct dentry *old, *new;
	struct inode *inode;
	int error;

	old = lookup_existing(info, from);
	if (IS_ERR(old))
		return ERR_CAST(old);
	new = lookup(to);
	if (IS_ERR(new)) {
		error = refuse_name(info, to, PTR_ERR(new));
		goto out_old;
	}
	inode = igrab(d_inode(old));
	error = check_target(info, from, to, old, new, trap);
	if (!error) {
		error = morsel_vfs_rename(from->dir, old, to->dir, new, rename_flags(info));
		if (error)
			refuse_name(info, to, error);
	}
	if (error)
		iput(inode);
	dput(new);
out_old:
	dput(old);
	return error ? ERR_PTR(error) : inode;
}

static int rename_object(struct genl_info *info, const struct name *from, const struct name *to)
{
	struct morsel_nl_object object = object_at(info, to);
	struct sk_buff *reply = morsel_nl_object_reply(&object);
	struct dentry *trap;
	int error;

	if (!reply)
		return -ENOMEM;
	error = morsel_nl_start_write(info);
	if (error)
		goto out_reply;
	trap = lock_rename(from->dir, to->dir);
	object.inode = IS_ERR(trap) ? ERR_PTR(refuse_name(info, to, PTR_ERR(trap))) :
				      move_name(info, from, to, trap);
	if (!IS_ERR(trap))
		unlock_rename(from->dir, to->dir);
	morsel_nl_end_write(info);
	error = PTR_ERR_OR_ZERO(object.inode);
	if (error)
		goto out_reply;
	morsel_nl_send_object(reply, info, &object);
	iput(object.inode);
	return 0;

out_reply:
	nlmsg_free(reply);
	return error;
}

int morsel_nl_morsel_rename_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct name from, to;
	int error;

	if (rename_flags(info) == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_OBJECT_RENAME_FLAGS],
					-EINVAL, "noreplace and exchange exclude each other");
	error = walk_to_path(info, &from);
	if (error)
		return error;
	error = walk_to(info, MORSEL_A_OBJECT_NEW_PATH, "a new path must be given", &to);
	if (!error) {
		error = rename_object(info, &from, &to);
		dput(to.dir);
	}
	dput(from.dir);
	return error;
}
