// SPDX-License-Identifier: GPL-2.0-only
/* Mount, statfs, the end of a superblock. */
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/uuid.h>
#include "event.h"
#include "frames.h"
#include "fs_internal.h"
#include "store.h"

static int morsel_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct morsel_pool *pool = morsel_pool(dentry->d_sb);
	u64 gone = atomic64_read(&pool->frames.used) + atomic64_read(&pool->frames.poisoned);
	u64 max = READ_ONCE(pool->inodes_max);
	u64 inodes = atomic64_read(&pool->inodes);

	buf->f_type = MORSEL_FS_MAGIC;
	buf->f_bsize = PAGE_SIZE;
	buf->f_blocks = READ_ONCE(pool->frames.capacity);
	buf->f_bfree = morsel_frames_available(pool);
	if (pool->store)	/* what records and tables take is not for objects */
		buf->f_blocks = buf->f_bfree + gone;
	buf->f_bavail = buf->f_bfree;
	buf->f_files = max;
	buf->f_ffree = max - min(max, inodes);
	buf->f_namelen = NAME_MAX;
	buf->f_fsid = u64_to_fsid((u64)MORSEL_FS_MAGIC << 32 | pool->id);
	return 0;
}

static int morsel_sync_fs(struct super_block *sb, int wait)
{
	return wait ? morsel_store_sync(sb) : 0;
}

static const struct super_operations morsel_super_ops = {
	.alloc_inode	= morsel_alloc_inode,
	.free_inode	= morsel_free_inode,
	.evict_inode	= morsel_evict_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= morsel_statfs,
	.sync_fs	= morsel_sync_fs,
	.show_options	= morsel_show_options,
};

static void morsel_set_super(struct super_block *sb)
{
	sb->s_maxbytes = MORSEL_SIZE_MAX;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = MORSEL_FS_MAGIC;
	sb->s_op = &morsel_super_ops;
	sb->s_d_op = &morsel_dentry_ops;
	sb->s_xattr = morsel_xattr_handlers;
	sb->s_time_gran = 1;
	sb->s_flags |= SB_POSIXACL | SB_NOSEC;
	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	morsel_pool(sb)->sb = sb;
}

static int morsel_make_root(struct super_block *sb, const struct morsel_pool_params *params)
{
	struct inode *root;
	int error;

	root = morsel_new_inode(morsel_nop_idmap, sb, NULL, S_IFDIR | params->mode);
	if (IS_ERR(root))
		return PTR_ERR(root);
	error = morsel_charge_move(root, params->uid);
	if (error) {
		iput(root);
		return error;
	}
	root->i_uid = params->uid;
	root->i_gid = params->gid;
	cache_no_acl(root);
	error = morsel_publish_inode(root);
	if (error) {
		iput(root);
		return error;
	}
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

/* Runs under a spinlock; of two pools of a name at most one is not dying. */
static int morsel_test_super(struct super_block *sb, struct fs_context *fc)
{
	const struct morsel_pool *pool = morsel_pool(sb), *wanted = fc->s_fs_info;

	return !READ_ONCE(pool->dying) && !strcmp(pool->name, wanted->name);
}

/* @pool: one that was to be made, or NULL. */
static bool has_store(const struct morsel_pool *pool)
{
	return pool && pool->store;
}

/*
 * Find or make the superblock of the name in fc->s_fs_info.
 * Return: it, with s_umount held; -EAGAIN when it ended meanwhile.
 */
static struct super_block *morsel_get_super(struct fs_context *fc)
{
	struct morsel_fs_context *ctx = fc->fs_private;
	struct super_block *sb = sget_fc(fc, morsel_test_super, set_anon_super_fc);
	int error = 0;

	if (IS_ERR(sb))
		return sb;
	if (!sb->s_root && ctx->on_device && !morsel_pool(sb)->store) {
		error = -EAGAIN;	/* it was there when we looked */
	} else if (!sb->s_root) {
		morsel_set_super(sb);
		error = morsel_pool(sb)->store ? morsel_store_load(fc, sb) :
						 morsel_make_root(sb, &ctx->params);
		if (!error) {
			sb->s_flags |= SB_ACTIVE;
			morsel_pool_publish(morsel_pool(sb));
			if (!ctx->exclusive)	/* else it is not complete yet */
				morsel_event_pool(MORSEL_EVENT_NEW, morsel_pool(sb));
		}
	} else if (morsel_pool(sb)->dying) {
		error = -EAGAIN;
	} else if (has_store(fc->s_fs_info)) {
		errorfc(fc, "%s: there is a pool %s already: choose another name with -o name=",
			fc->source, morsel_pool(sb)->name);
		error = -EBUSY;
	} else if (ctx->exclusive || !(ctx->given & BIT(MORSEL_OPT_NAME))) {
		error = -EEXIST;
	} else if (sb_rdonly(sb) && !(fc->sb_flags & SB_RDONLY)) {
		errorfc(fc, "pool %s is read-only: remount it first", morsel_pool(sb)->name);
		error = -EBUSY;
	} else {
		error = morsel_options_agree(fc, sb, ~0U, -EBUSY);
	}
	if (!error)
		return sb;
	deactivate_locked_super(sb);
	return ERR_PTR(error);
}

static int morsel_get_volatile(struct fs_context *fc)
{
	struct morsel_fs_context *ctx = fc->fs_private;
	const char *why = morsel_pool_check(&ctx->params);
	bool named = ctx->params.name[0];
	struct super_block *sb;

	if (why)
		return invalfc(fc, "%s", why);
	fc->s_fs_info = morsel_pool_alloc(&ctx->params);
	if (!fc->s_fs_info)
		return -ENOMEM;
	do {
		if (!named)
			morsel_pool_autoname(fc->s_fs_info);
		sb = morsel_get_super(fc);
	} while (sb == ERR_PTR(-EAGAIN) || (!named && sb == ERR_PTR(-EEXIST)));
	if (IS_ERR(sb))
		return PTR_ERR(sb);
	fc->root = dget(sb->s_root);
	return 0;
}

static int morsel_get_on_device(struct fs_context *fc)
{
	struct super_block *sb;
	int error;

	do {
		error = morsel_device_prepare(fc);
		if (error)
			return error;
		sb = morsel_get_super(fc);
	} while (sb == ERR_PTR(-EAGAIN));
	if (IS_ERR(sb))
		return PTR_ERR(sb);
	fc->root = dget(sb->s_root);
	return 0;
}

static int morsel_get_tree(struct fs_context *fc)
{
	bool on_device = fc->source && fc->source[0] == '/';

	return on_device ? morsel_get_on_device(fc) : morsel_get_volatile(fc);
}

static void morsel_free_fc(struct fs_context *fc)
{
	morsel_pool_free(fc->s_fs_info);	/* one that no superblock has taken over */
	kfree(fc->fs_private);
}

static const struct fs_context_operations morsel_context_ops = {
	.parse_param	= morsel_parse_param,
	.get_tree	= morsel_get_tree,
	.reconfigure	= morsel_reconfigure,
	.free		= morsel_free_fc,
};

int morsel_init_fs_context(struct fs_context *fc)
{
	struct morsel_fs_context *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	ctx->params.mode = 0755;
	ctx->params.uid = current_fsuid();
	ctx->params.gid = current_fsgid();
	ctx->params.huge = true;
	fc->fs_private = ctx;
	fc->ops = &morsel_context_ops;
	return 0;
}

/* The name is free for a new pool only when the old one is off the list. */
static void morsel_kill_sb(struct super_block *sb)
{
	struct morsel_pool *pool = morsel_pool(sb);

	morsel_pool_retire(pool);
	if (sb->s_flags & SB_ACTIVE)
		morsel_event_pool(MORSEL_EVENT_DEL, pool);
	kill_litter_super(sb);
	morsel_pool_free(pool);
}

struct file_system_type morsel_fs_type = {
	.owner			= THIS_MODULE,
	.name			= "morsel",
	.init_fs_context	= morsel_init_fs_context,
	.parameters		= morsel_fs_parameters,
	.kill_sb		= morsel_kill_sb,
	/* Events tell of what is done, so names move when it is. */
	.fs_flags		= FS_RENAME_DOES_D_MOVE | FS_ALLOW_IDMAP,
};

int morsel_fs_init(void)
{
	int error = morsel_inode_cache_init();

	if (error)
		return error;
	morsel_store_debug_init();
	error = register_filesystem(&morsel_fs_type);
	if (error) {
		morsel_store_debug_exit();
		morsel_inode_cache_exit();
	}
	return error;
}

void morsel_fs_exit(void)
{
	unregister_filesystem(&morsel_fs_type);
	morsel_store_debug_exit();
	morsel_inode_cache_exit();
}
