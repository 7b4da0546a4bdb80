// SPDX-License-Identifier: GPL-2.0-only
/* Life and attributes of an object. */
#include <linux/slab.h>
#include "event.h"
#include "fs_internal.h"
#include "revoke.h"
#include "store.h"

static struct kmem_cache *morsel_inode_cache;

/* What is sealed is written by nobody, whatever his rights. */
static int morsel_permission(morsel_idmap_t *idmap, struct inode *inode, int mask)
{
	if (mask & MAY_WRITE && READ_ONCE(morsel_i(inode)->sealed))
		return -EPERM;
	return generic_permission(idmap, inode, mask);
}

const struct inode_operations morsel_file_iops = {
	.permission	= morsel_permission,
	.getattr	= morsel_getattr,
	.setattr	= morsel_setattr,
	.listxattr	= morsel_listxattr,
	.set_acl	= morsel_set_acl,
};

static void morsel_init_once(void *object)
{
	struct morsel_inode *mi = object;

	inode_init_once(&mi->vfs_inode);
}

struct inode *morsel_alloc_inode(struct super_block *sb)
{
	struct morsel_inode *mi = alloc_inode_sb(sb, morsel_inode_cache, GFP_KERNEL);
	int i;

	if (!mi)
		return NULL;
	mi->account = NULL;
	atomic_long_set(&mi->revokes, 0);
	mi->sealed = false;
	mi->reservation.start = 0;
	mi->displaced = false;
	mi->rights_seq = 0;
	mutex_init(&mi->rights_lock);
	mi->record = NULL;
	mi->stored_root = 0;
	mi->claimed = false;
	mi->poisoned = false;
	mi->stored_to = false;
	atomic_set(&mi->writing_back, 0);
	mutex_init(&mi->record_lock);
	morsel_tree_init(&mi->tree);
	for (i = 0; i < MORSEL_NR_VIEWS; i++)
		morsel_view_init(&mi->view[i]);
	spin_lock_init(&mi->attach_lock);
	INIT_LIST_HEAD(&mi->attachments);
	mi->nr_attachments = 0;
	morsel_usage_init(&mi->usage);
	mi->writer = NULL;
	init_waitqueue_head(&mi->writers);
	return &mi->vfs_inode;
}

/* Runs after a grace period: who walks a path under RCU may still read a link. */
void morsel_free_inode(struct inode *inode)
{
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_link);
	kfree(morsel_i(inode)->record);
	morsel_usage_exit(&morsel_i(inode)->usage);
	kmem_cache_free(morsel_inode_cache, morsel_i(inode));
}

void morsel_evict_inode(struct inode *inode)
{
	struct morsel_pool *pool = morsel_pool(inode->i_sb);
	struct morsel_inode *mi = morsel_i(inode);

	if (S_ISREG(inode->i_mode)) {
		filemap_invalidate_lock(inode->i_mapping);
		morsel_view_destroy(inode);
		if (!mi->record)
			morsel_tree_remove(inode, 0, MORSEL_LAST_PAGE);
		filemap_invalidate_unlock(inode->i_mapping);
	}
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	morsel_store_settle(inode);
	morsel_reserve_end(inode);
	xa_erase(&pool->objects, inode->i_ino);
	if (mi->record && mi->account)
		morsel_uncharge_frames(inode, atomic64_read(&mi->tree.pages));
	if (mi->record)
		morsel_store_uncount(inode);
	morsel_uncharge_inode(inode);
	morsel_store_evict(inode);	/* from here on another object may have the id */
}

void morsel_set_ops(struct inode *inode)
{
	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &morsel_file_iops;
		inode->i_fop = &morsel_fops;
		inode->i_mapping->a_ops = &morsel_aops;
		morsel_never_split(inode->i_mapping);
		inode->i_flags |= S_DAX;
		break;
	case S_IFDIR:
		inode->i_op = &morsel_dir_iops;
		inode->i_fop = &morsel_dir_fops;
		inc_nlink(inode);	/* for "." */
		break;
	case S_IFLNK:
		inode->i_op = &morsel_symlink_iops;
		break;
	}
	/* A directory's i_rwsem nests outside of everything that a file's i_rwsem nests in. */
	lockdep_annotate_inode_mutex_key(inode);
}

struct inode *morsel_new_inode(morsel_idmap_t *idmap, struct super_block *sb,
			       struct inode *dir, umode_t mode)
{
	struct inode *inode = new_inode(sb);
	int error;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = atomic64_inc_return(&morsel_pool(sb)->next_ino);
	inode->i_generation = get_random_u32();
	inode_init_owner(idmap, inode, dir, mode);
	error = morsel_store_new(inode) ?: morsel_charge_inode(inode);
	if (error) {
		iput(inode);
		return ERR_PTR(error);
	}
	morsel_i(inode)->btime = simple_inode_init_ts(inode);
	morsel_set_ops(inode);
	return inode;
}

/* In the list of objects: those that were displaced, and may be still. */
#define MORSEL_MARK_DISPLACED XA_MARK_0

int morsel_publish_inode(struct inode *inode)
{
	struct xarray *objects = &morsel_pool(inode->i_sb)->objects;
	int error = xa_insert(objects, inode->i_ino, inode, GFP_KERNEL_ACCOUNT);

	if (!error && morsel_i(inode)->displaced)
		xa_set_mark(objects, inode->i_ino, MORSEL_MARK_DISPLACED);
	return error;
}

struct inode *morsel_inode_displaced(struct morsel_pool *pool, u64 id)
{
	unsigned long index = id;
	struct inode *inode;

	rcu_read_lock();
	inode = xa_find(&pool->objects, &index, ULONG_MAX, MORSEL_MARK_DISPLACED);
	while (inode && !igrab(inode))	/* on its way out */
		inode = xa_find_after(&pool->objects, &index, ULONG_MAX, MORSEL_MARK_DISPLACED);
	rcu_read_unlock();
	return inode;
}

struct inode *morsel_inode_get(struct morsel_pool *pool, u64 id)
{
	struct inode *inode;

	rcu_read_lock();
	inode = xa_load(&pool->objects, id);
	if (inode)
		inode = igrab(inode);
	rcu_read_unlock();
	return inode;
}

int morsel_getattr(morsel_idmap_t *idmap, const struct path *path, struct kstat *stat,
		   u32 request_mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);
	struct morsel_inode *mi = morsel_i(inode);

	morsel_fillattr(idmap, request_mask, inode, stat);
	stat->btime = mi->btime;
	stat->result_mask |= STATX_BTIME;
	stat->attributes_mask |= STATX_ATTR_IMMUTABLE;
	if (READ_ONCE(mi->sealed))
		stat->attributes |= STATX_ATTR_IMMUTABLE;
	if (S_ISREG(inode->i_mode)) {
		stat->blocks = atomic64_read(&mi->tree.pages) << (PAGE_SHIFT - 9);
		stat->blksize = READ_ONCE(morsel_pool(inode->i_sb)->huge) ? PMD_SIZE : PAGE_SIZE;
	}
	return 0;
}

/* The VFS has looked at a descriptor when it was opened, at a path before it had the lock. */
static int morsel_may_resize(morsel_idmap_t *idmap, struct inode *inode, const struct iattr *attr)
{
	if (READ_ONCE(morsel_i(inode)->sealed))
		return -EPERM;
	if (attr->ia_valid & ATTR_FILE)
		return morsel_file_may(attr->ia_file, MAY_WRITE);
	if (!atomic_long_read(&morsel_i(inode)->revokes))
		return 0;
	return inode_permission(idmap, inode, MAY_WRITE);
}

/* All that can be refused, before anything changes. */
static int morsel_prepare_change(morsel_idmap_t *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int error = setattr_prepare(idmap, dentry, attr);

	if (!error && attr->ia_valid & ATTR_SIZE)
		error = morsel_may_resize(idmap, inode, attr);
	if (!error && attr->ia_valid & ATTR_SIZE)
		error = morsel_reserve_allows(inode, attr->ia_size) ?:
			inode_newsize_ok(inode, attr->ia_size);
	if (!error && attr->ia_valid & ATTR_UID)
		error = morsel_charge_move(inode, from_vfsuid(idmap, i_user_ns(inode),
							      attr->ia_vfsuid));
	return error;
}

/* The times go with the size: of a persistent pool they are in the same record. */
static int morsel_change_size(struct inode *inode, const struct iattr *attr)
{
	struct timespec64 mtime = inode_get_mtime(inode), ctime = inode_get_ctime(inode), now;
	int error;

	if (attr->ia_size != i_size_read(inode)) {
		now = inode_set_ctime_current(inode);
		if (attr->ia_valid & ATTR_CTIME)
			inode_set_ctime_to_ts(inode, attr->ia_ctime);
		inode_set_mtime_to_ts(inode, attr->ia_valid & ATTR_MTIME ? attr->ia_mtime : now);
	}
	error = morsel_resize(inode, attr->ia_size);
	if (error) {
		inode_set_mtime_to_ts(inode, mtime);
		inode_set_ctime_to_ts(inode, ctime);
	}
	return error;
}

static bool morsel_has_acl(struct inode *inode)
{
	struct posix_acl *acl = get_cached_acl(inode, ACL_TYPE_ACCESS);

	if (IS_ERR_OR_NULL(acl))
		return false;
	posix_acl_release(acl);
	return true;
}

/* A list follows the mode; it is written along with all attributes. */
static int morsel_write_attributes(morsel_idmap_t *idmap, struct dentry *dentry,
				   const struct iattr *attr)
{
	if (attr->ia_valid & ATTR_MODE && morsel_has_acl(d_inode(dentry)))
		return morsel_acl_chmod(idmap, dentry);
	return morsel_store_update(d_inode(dentry));
}

/* What the media does not have is not so. */
static int morsel_copy_attributes(morsel_idmap_t *idmap, struct dentry *dentry,
				  const struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	struct timespec64 atime = inode_get_atime(inode), mtime = inode_get_mtime(inode);
	struct timespec64 ctime = inode_get_ctime(inode);
	umode_t mode = inode->i_mode;
	kuid_t uid = inode->i_uid;
	kgid_t gid = inode->i_gid;
	int error;

	setattr_copy(idmap, inode, attr);
	error = morsel_write_attributes(idmap, dentry, attr);
	if (!error)
		return 0;
	inode->i_mode = mode;
	inode->i_uid = uid;
	inode->i_gid = gid;
	inode_set_atime_to_ts(inode, atime);
	inode_set_mtime_to_ts(inode, mtime);
	inode_set_ctime_to_ts(inode, ctime);
	return error;
}

int morsel_setattr(morsel_idmap_t *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int error;

	error = morsel_prepare_change(idmap, dentry, attr);
	if (!error && attr->ia_valid & ATTR_SIZE)
		error = morsel_change_size(inode, attr);
	if (!error)
		error = morsel_copy_attributes(idmap, dentry, attr);
	if (error) {
		if (attr->ia_valid & ATTR_UID)
			morsel_charge_move(inode, inode->i_uid);
		return error;
	}
	morsel_pool_changed(morsel_pool(inode->i_sb));
	if (attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		morsel_rights_changed(inode);
	if (attr->ia_valid & (ATTR_SIZE | ATTR_MODE | ATTR_UID | ATTR_GID))
		morsel_event_object(MORSEL_EVENT_SET, dentry);
	return 0;
}

int morsel_inode_cache_init(void)
{
	morsel_inode_cache = kmem_cache_create("morsel_inode", sizeof(struct morsel_inode), 0,
					       SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT,
					       morsel_init_once);
	return morsel_inode_cache ? 0 : -ENOMEM;
}

void morsel_inode_cache_exit(void)
{
	rcu_barrier();	/* inodes and pools are freed after a grace period */
	kmem_cache_destroy(morsel_inode_cache);
}
