// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directories.  The name space is the dcache: every dentry that has an inode
 * is pinned by one reference.
 */
#include <linux/slab.h>
#include "event.h"
#include "fs_internal.h"
#include "store.h"

/* Names appear in listings, events and logs, line by line. */
static int morsel_check_name(const struct qstr *name)
{
	unsigned int i;

	if (name->len > NAME_MAX)
		return -ENAMETOOLONG;
	for (i = 0; i < name->len; i++)
		if (name->name[i] < ' ' || name->name[i] == 0x7f)
			return -EINVAL;
	return 0;
}

static void morsel_dir_changed(struct inode *dir)
{
	inode_set_mtime_to_ts(dir, inode_set_ctime_current(dir));
	morsel_pool_changed(morsel_pool(dir->i_sb));
}

/* A new object with its rights, ready to be named.  Return: it, or ERR_PTR. */
static struct inode *morsel_make(morsel_idmap_t *idmap, struct inode *dir,
				 const struct qstr *name, umode_t mode)
{
	struct inode *inode = morsel_new_inode(idmap, dir->i_sb, dir, mode);
	int error;

	if (IS_ERR(inode))
		return inode;
	error = morsel_init_rights(inode, dir, name);
	if (!error)
		error = morsel_publish_inode(inode);
	if (error) {
		iput(inode);
		return ERR_PTR(error);
	}
	return inode;
}

static int morsel_finish(struct dentry *dentry, struct inode *inode)
{
	struct morsel_making *making = dentry->d_fsdata;
	struct dentry *nameless;
	int error;

	if (!making)
		return 0;
	nameless = d_alloc(dentry->d_parent, &dentry->d_name);
	if (!nameless)
		return -ENOMEM;
	ihold(inode);
	d_instantiate(nameless, inode);
	morsel_event_hold(nameless);
	error = making->finish(making, nameless);
	morsel_event_unhold(nameless);
	dput(nameless);
	return error;
}

static int morsel_make_named(morsel_idmap_t *idmap, struct inode *dir, struct dentry *dentry,
			     umode_t mode)
{
	struct inode *inode;
	int error = morsel_check_name(&dentry->d_name);

	if (error)
		return error;
	inode = morsel_make(idmap, dir, &dentry->d_name, mode);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	error = morsel_finish(dentry, inode);
	if (!error)
		error = morsel_store_create(inode, dir, &dentry->d_name);
	if (error) {
		iput(inode);
		return error;
	}
	d_instantiate(dentry, inode);
	dget(dentry);
	if (S_ISDIR(mode))
		inc_nlink(dir);
	morsel_dir_changed(dir);
	morsel_event_object(MORSEL_EVENT_NEW, dentry);
	return 0;
}

static int morsel_create(morsel_idmap_t *idmap, struct inode *dir, struct dentry *dentry,
			 umode_t mode, bool excl)
{
	return morsel_make_named(idmap, dir, dentry, mode | S_IFREG);
}

static int morsel_mkdir(morsel_idmap_t *idmap, struct inode *dir, struct dentry *dentry,
			umode_t mode)
{
	return morsel_make_named(idmap, dir, dentry, mode | S_IFDIR);
}

static int morsel_tmpfile(morsel_idmap_t *idmap, struct inode *dir, struct file *file,
			  umode_t mode)
{
	struct inode *inode = morsel_make(idmap, dir, NULL, mode | S_IFREG);

	if (IS_ERR(inode))
		return finish_open_simple(file, PTR_ERR(inode));
	d_tmpfile(file, inode);
	return finish_open_simple(file, 0);
}

static int morsel_symlink(morsel_idmap_t *idmap, struct inode *dir, struct dentry *dentry,
			  const char *target)
{
	struct inode *inode;
	char *link;
	int error = morsel_check_name(&dentry->d_name);

	if (error)
		return error;
	link = kstrdup(target, GFP_KERNEL_ACCOUNT);
	if (!link)
		return -ENOMEM;
	inode = morsel_make(idmap, dir, &dentry->d_name, S_IFLNK | 0777);
	if (IS_ERR(inode)) {
		kfree(link);
		return PTR_ERR(inode);
	}
	inode->i_link = link;
	i_size_write(inode, strlen(link));
	error = morsel_store_create(inode, dir, &dentry->d_name);
	if (error) {
		iput(inode);
		return error;
	}
	d_instantiate(dentry, inode);
	dget(dentry);
	morsel_dir_changed(dir);
	morsel_event_object(MORSEL_EVENT_NEW, dentry);
	return 0;
}

/* Every name beyond the first costs a pinned dentry and counts as an inode. */
static int morsel_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(old);
	int error = morsel_check_name(&dentry->d_name);

	if (!error && inode->i_nlink)
		error = morsel_charge_name(inode);
	if (error)
		return error;
	error = morsel_store_link(inode, dir, dentry);
	if (error) {
		if (inode->i_nlink)
			morsel_uncharge_name(inode);
		return error;
	}
	error = simple_link(old, dir, dentry);
	morsel_pool_changed(morsel_pool(dir->i_sb));
	morsel_event_object(MORSEL_EVENT_NEW, dentry);
	return error;
}

/*
 * The name has gone.  The VFS takes the dentry off the hash only when we are
 * back; who hears of it now must not find it any more.
 */
static void morsel_unlinked(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	if (!S_ISDIR(inode->i_mode) && inode->i_nlink)
		morsel_uncharge_name(inode);
	d_drop(dentry);
	morsel_pool_changed(morsel_pool(inode->i_sb));
	morsel_event_object(MORSEL_EVENT_DEL, dentry);
}

static int morsel_unlink(struct inode *dir, struct dentry *dentry)
{
	int error = morsel_store_unlink(dentry) ?: simple_unlink(dir, dentry);

	if (!error)
		morsel_unlinked(dentry);
	return error;
}

static int morsel_rmdir(struct inode *dir, struct dentry *dentry)
{
	int error = morsel_store_unlink(dentry) ?: simple_rmdir(dir, dentry);

	if (!error)
		morsel_unlinked(dentry);
	return error;
}

/*
 * Let @old take the place of @new.  @spare has the place of @old, for an exchange;
 * d_exchange() is not exported.  Between the two steps that place is not on the
 * hash: who looks for it waits for the lock of the directory.
 */
static void morsel_move_dentries(struct dentry *old, struct dentry *new, struct dentry *spare)
{
	d_move(old, new);
	if (spare)
		d_move(new, spare);
	morsel_pool_changed(morsel_pool(old->d_sb));
}

static int morsel_do_rename(morsel_idmap_t *idmap, struct inode *old_dir, struct dentry *old,
			    struct inode *new_dir, struct dentry *new, struct dentry *spare)
{
	struct dentry *other = spare ? new : NULL;
	struct morsel_move move;
	int error;

	morsel_event_move_begin(&move, old, other);
	error = morsel_store_rename(old, new_dir, new, spare);
	if (!error)
		error = simple_rename(idmap, old_dir, old, new_dir, new,
				      spare ? RENAME_EXCHANGE : 0);
	if (!error) {
		morsel_move_dentries(old, new, spare);
		if (!spare && d_really_is_positive(new))
			morsel_unlinked(new);
	}
	morsel_event_move_end(&move, old, other, !error);
	return error;
}

static int morsel_rename(morsel_idmap_t *idmap, struct inode *old_dir, struct dentry *old,
			 struct inode *new_dir, struct dentry *new, unsigned int flags)
{
	struct dentry *spare = NULL;
	int error = morsel_check_name(&new->d_name);

	if (error)
		return error;
	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE) {
		spare = d_alloc(old->d_parent, &old->d_name);
		if (!spare)
			return -ENOMEM;
	}
	error = morsel_do_rename(idmap, old_dir, old, new_dir, new, spare);
	dput(spare);
	return error;
}

/* A further name's record; see morsel_store_link(). */
static void morsel_d_release(struct dentry *dentry)
{
	kfree(dentry->d_fsdata);
}

const struct dentry_operations morsel_dentry_ops = {
	.d_delete	= always_delete_dentry,
	.d_release	= morsel_d_release,
};

const struct inode_operations morsel_dir_iops = {
	.lookup		= simple_lookup,
	.create		= morsel_create,
	.mkdir		= morsel_mkdir,
	.symlink	= morsel_symlink,
	.link		= morsel_link,
	.unlink		= morsel_unlink,
	.rmdir		= morsel_rmdir,
	.rename		= morsel_rename,
	.tmpfile	= morsel_tmpfile,
	.getattr	= morsel_getattr,
	.setattr	= morsel_setattr,
	.listxattr	= morsel_listxattr,
	.set_acl	= morsel_set_acl,
};

const struct inode_operations morsel_symlink_iops = {
	.get_link	= simple_get_link,
	.getattr	= morsel_getattr,
	.setattr	= morsel_setattr,
};
