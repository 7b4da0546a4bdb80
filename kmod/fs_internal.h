/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the file system share with each other and with nobody else. */
#ifndef MORSEL_FS_INTERNAL_H
#define MORSEL_FS_INTERNAL_H

#include <linux/bits.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include "fs.h"

struct pipe_inode_info;
struct seq_file;
struct xattr_handler;

/* The last page an object can have. */
#define MORSEL_LAST_PAGE	((pgoff_t)(MORSEL_SIZE_MAX >> PAGE_SHIFT) - 1)

/* The byte behind the leaf that has page @index. */
static inline loff_t morsel_leaf_end(pgoff_t index, unsigned int order)
{
	return (loff_t)(round_down(index, 1UL << order) + (1UL << order)) << PAGE_SHIFT;
}

/* pool.c */
struct morsel_pool *morsel_pool_alloc(const struct morsel_pool_params *params);
/* Context: no superblock names it any more. */
void morsel_pool_free(struct morsel_pool *pool);
/* Choose the next name for a pool that was given none. */
void morsel_pool_autoname(struct morsel_pool *pool);
/* @name: room for MORSEL_POOL_NAME_MAX + 1.  Return: it, of the pool on the device, or NULL. */
const char *morsel_pool_on_device(dev_t dev, char *name);
bool morsel_pool_has_uuid(const u8 *uuid);
void morsel_pool_publish(struct morsel_pool *pool);
void morsel_pool_retire(struct morsel_pool *pool);

/* fs_params.c */
enum morsel_opt {
	MORSEL_OPT_SIZE,
	MORSEL_OPT_NR_INODES,
	MORSEL_OPT_MODE,
	MORSEL_OPT_UID,
	MORSEL_OPT_GID,
	MORSEL_OPT_HUGE,
	MORSEL_OPT_NAME,
};

/* A mount in the making: what was asked for. */
struct morsel_fs_context {
	struct morsel_pool_params params;
	unsigned int given;	/* bits of enum morsel_opt */
	bool exclusive;		/* refuse a pool that exists */
	bool on_device;		/* make a persistent one, or find it */
};

extern const struct fs_parameter_spec morsel_fs_parameters[];
int morsel_parse_param(struct fs_context *fc, struct fs_parameter *param);
/* Compare what was asked for with a pool that exists.  Return: 0 or @error with a message. */
int morsel_options_agree(struct fs_context *fc, struct super_block *sb, unsigned int which,
			 int error);
int morsel_reconfigure(struct fs_context *fc);
int morsel_show_options(struct seq_file *m, struct dentry *root);

/* fs_device.c */
/* For a pool on the device in fc->source: what fc->s_fs_info is to be. */
int morsel_device_prepare(struct fs_context *fc);

/* fs_super.c */
int morsel_init_fs_context(struct fs_context *fc);

/* fs_inode.c */
int morsel_inode_cache_init(void);
void morsel_inode_cache_exit(void);
struct inode *morsel_alloc_inode(struct super_block *sb);
void morsel_free_inode(struct inode *inode);
void morsel_evict_inode(struct inode *inode);
/* Context: its type is set. */
void morsel_set_ops(struct inode *inode);
int morsel_getattr(morsel_idmap_t *idmap, const struct path *path, struct kstat *stat,
		   u32 request_mask, unsigned int flags);
int morsel_setattr(morsel_idmap_t *idmap, struct dentry *dentry, struct iattr *attr);

/* fs_resize.c */
/*
 * Fill bytes [@from, @to) of frames that exist with zeros; holes stay.
 * Context: invalidate_lock held, and i_rwsem exclusive.
 * Return: 0, -EIO: all but what has a memory error; of a persistent pool also -EUCLEAN.
 */
int morsel_zero_bytes(struct inode *inode, loff_t from, loff_t to);
/*
 * Make what lies behind the end of the object read as zeros up to @to, which
 * the object is about to reach: stores through a mapping may have gone there.
 * Context: i_rwsem exclusive.  Return: as above.
 */
int morsel_zero_tail(struct inode *inode, loff_t to);

/* fs_acl.c */
extern const struct xattr_handler *morsel_xattr_handlers[];
int morsel_set_acl(morsel_idmap_t *idmap, morsel_acl_target_t *target, struct posix_acl *acl,
		   int type);
ssize_t morsel_listxattr(struct dentry *dentry, char *buffer, size_t size);
/* Give a new object its mode, ACLs and label. */
int morsel_init_rights(struct inode *inode, struct inode *dir, const struct qstr *name);

/* fs_file.c */
/* May page @index be backed by a 2 MiB frame, if the operation reaches to @end? */
bool morsel_want_huge(struct inode *inode, pgoff_t index, loff_t end);

/*
 * How many of @bytes bytes at @offset of @page, within one frame, lie in front of
 * the first page with a memory error.
 */
size_t morsel_sound_bytes(const struct page *page, size_t offset, size_t bytes);

/* store_sync.c */
int morsel_fsync(struct file *file, loff_t start, loff_t end, int datasync);

/* fs_fallocate.c */
long morsel_fallocate(struct file *file, int mode, loff_t offset, loff_t len);

/* fs_splice.c */
ssize_t morsel_splice_read(struct file *in, loff_t *ppos, struct pipe_inode_info *pipe,
			   size_t len, unsigned int flags);

#endif
