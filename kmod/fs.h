/* SPDX-License-Identifier: GPL-2.0-only */
/* The file system type "morsel". */
#ifndef MORSEL_FS_H
#define MORSEL_FS_H

#include <linux/fs.h>
#include "compat.h"
#include "inode.h"

extern struct file_system_type morsel_fs_type;

/* fs_super.c */
int morsel_fs_init(void);
void morsel_fs_exit(void);

/* pool.c: the pools alive; walk under RCU or with the mutex held. */
extern struct list_head morsel_pools;
extern struct mutex morsel_pools_mutex;

/*
 * Take and drop an active reference on a pool's superblock, so that it cannot
 * go away.  Context: process; sleeps (put may be the last).
 * Return of get: the pool, or NULL when there is none of that name or id.
 */
struct morsel_pool *morsel_pool_get_by_name(const char *name);
struct morsel_pool *morsel_pool_get_by_id(u32 id);
/* The next pool with an id greater than @id, for dumps. */
struct morsel_pool *morsel_pool_get_next(u32 id);
void morsel_pool_put(struct morsel_pool *pool);

/* What pool-new and mount(2) say about a new pool. */
struct morsel_pool_params {
	char name[MORSEL_POOL_NAME_MAX + 1];	/* "": choose one */
	u64 size;		/* bytes; 0: half of the machine's memory */
	u64 inodes_max;		/* 0: no limit */
	umode_t mode;		/* of the root directory */
	kuid_t uid;
	kgid_t gid;
	bool huge;
};

/**
 * morsel_pool_check() - judge the parameters of a new pool and fill in defaults
 *
 * mount(2) and pool-new have the same rules.
 *
 * Context: any.
 * Return: NULL, or what is wrong: a constant text that fits an error message.
 */
const char *morsel_pool_check(struct morsel_pool_params *params);
const char *morsel_pool_check_name(const char *name);
const char *morsel_pool_check_size(u64 size);

/**
 * morsel_pool_create() - make a volatile pool that lives until morsel_pool_destroy()
 *
 * Context: process.  The caller has checked rights.
 * Return: the pool with an active reference (drop it with morsel_pool_put()), or ERR_PTR:
 * -EEXIST (name taken), -EINVAL (name or size), -ENOMEM.
 */
struct morsel_pool *morsel_pool_create(const struct morsel_pool_params *params);

/**
 * morsel_pool_destroy() - drop a pool made by morsel_pool_create()
 *
 * Context: process; the caller holds a reference from morsel_pool_get*().
 * Return: 0; -EBUSY while it is mounted or in use; -EPERM when mount(2) made it
 * (umount ends those).
 */
int morsel_pool_destroy(struct morsel_pool *pool);

/* fs_inode.c */
extern const struct inode_operations morsel_file_iops;
/*
 * A new object of the type in @mode, as yet without name and without rights
 * but its owner's.  Return: the inode, or ERR_PTR: -ENOSPC (nr_inodes), -EDQUOT, -ENOMEM.
 */
struct inode *morsel_new_inode(morsel_idmap_t *idmap, struct super_block *sb,
			       struct inode *dir, umode_t mode);
/* Let @inode be found by its id.  Context: its rights are set. */
int morsel_publish_inode(struct inode *inode);
/* The object of that id with a reference (iput()), or NULL.  It may have no name. */
struct inode *morsel_inode_get(struct morsel_pool *pool, u64 id);
/* That with the least id from @id on that was displaced when the pool was mounted; as above. */
struct inode *morsel_inode_displaced(struct morsel_pool *pool, u64 id);

/* fs_acl.c */
/*
 * Set a list that the object has had, asking nobody; NULL: none.
 * Context: i_rwsem held exclusive.
 */
int morsel_put_acl(struct dentry *dentry, struct posix_acl *acl, int type);

/* fs_resize.c */
/*
 * Change the size of a morsel.  Context: i_rwsem held exclusive, and inode_newsize_ok()
 * has agreed.
 * Return: 0; of a persistent pool also -ENOMEM, -ENOSPC, -EIO, -EUCLEAN: nothing has changed.
 */
int morsel_resize(struct inode *inode, loff_t size);

/* fs_namei.c */

/*
 * What is done to a new object before it has its name, on the media and in memory: in
 * d_fsdata of the dentry that vfs_create() or vfs_mkdir() is given, while it runs.
 */
struct morsel_making {
	/* @nameless: of the object; nobody else can find it.  Return: 0, or there is no object. */
	int (*finish)(struct morsel_making *making, struct dentry *nameless);
};

extern const struct inode_operations morsel_dir_iops;
extern const struct inode_operations morsel_symlink_iops;
extern const struct dentry_operations morsel_dentry_ops;

/* fs_file.c */
extern const struct file_operations morsel_fops;
extern const struct file_operations morsel_dir_fops;
extern const struct address_space_operations morsel_aops;

#endif
