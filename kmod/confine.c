// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the sender of a request confined to a part of the file tree?
 *
 * Landlock, AppArmor and TOMOYO judge by paths, with mounts, and a request has none.  Most
 * of what they would have to be asked about is not exported either, nor is who is confined.
 * So they are asked whether the sender may move a file from one directory to another, on a
 * mount that nobody can reach: no rule is about it.  Who is not confined may; any domain of
 * Landlock that is about files forbids it, as do profiles, unless they allow it everywhere:
 * AppArmor's with "file," and attach_disconnected, TOMOYO's without rules on renaming.
 */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/security.h>
#include "compat.h"
#include "confine.h"

static struct {
	struct vfsmount *mnt;
	struct dentry *file;	/* in the root directory */
	struct dentry *dir;
	struct dentry *target;	/* negative, in @dir */
} probe;

/* @mode: 0: only the name.  Return: the dentry with a reference. */
static struct dentry *make(struct dentry *parent, const char *name, umode_t mode)
{
	struct inode *dir = d_inode(parent);
	struct dentry *dentry;
	int error = 0;

	inode_lock(dir);
	dentry = lookup_one_len(name, parent, strlen(name));
	if (!IS_ERR(dentry) && S_ISDIR(mode))
		error = vfs_mkdir(morsel_nop_idmap, dir, dentry, mode);
	else if (!IS_ERR(dentry) && mode)
		error = vfs_create(morsel_nop_idmap, dir, dentry, mode, true);
	inode_unlock(dir);
	if (!error)
		return dentry;
	dput(dentry);
	return ERR_PTR(error);
}

static int make_all(void)
{
	struct dentry *root = probe.mnt->mnt_root;
	int error;

	probe.file = make(root, "morsel-netlink", S_IFREG | 0600);
	if (IS_ERR(probe.file))
		return PTR_ERR(probe.file);
	probe.dir = make(root, "elsewhere", S_IFDIR | 0700);
	error = PTR_ERR_OR_ZERO(probe.dir);
	if (error)
		goto out_file;
	probe.target = make(probe.dir, "morsel-netlink", 0);
	error = PTR_ERR_OR_ZERO(probe.target);
	if (!error)
		return 0;
	dput(probe.dir);
out_file:
	dput(probe.file);
	return error;
}

bool morsel_confined(void)
{
	const struct path from = { .mnt = probe.mnt, .dentry = probe.mnt->mnt_root };
	const struct path to = { .mnt = probe.mnt, .dentry = probe.dir };

	return security_path_rename(&from, probe.file, &to, probe.target, 0);
}

int morsel_confine_init(void)
{
	struct file_system_type *type = get_fs_type("ramfs");	/* built in: there to stay */
	int error;

	if (!type)
		return -ENODEV;
	probe.mnt = kern_mount(type);
	if (IS_ERR(probe.mnt))
		return PTR_ERR(probe.mnt);
	error = make_all();
	if (error)
		kern_unmount(probe.mnt);
	return error;
}

void morsel_confine_exit(void)
{
	dput(probe.target);
	dput(probe.dir);
	dput(probe.file);
	kern_unmount(probe.mnt);
}
