// SPDX-License-Identifier: GPL-2.0-only
/* Pools and objects as attributes: the same for GET, DUMP and events. */
#include "attach.h"
#include "frames.h"
#include "inode.h"
#include "nl.h"
#include "store.h"

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	BUILD_BUG_ON((int)MORSEL_A_POOL_PAD != (int)MORSEL_A_OBJECT_PAD);
	return nla_put_u64_64bit(skb, attr, value, MORSEL_A_OBJECT_PAD);
}

static int put_time(struct sk_buff *skb, int attr, struct timespec64 time)
{
	return nla_put_s64(skb, attr, timespec64_to_ns(&time), MORSEL_A_OBJECT_PAD);
}

static size_t numbers_size(unsigned int count)
{
	return count * nla_total_size_64bit(sizeof(u64));
}

size_t morsel_nl_pool_size(void)
{
	return nla_total_size(MORSEL_POOL_NAME_MAX + 1) + numbers_size(MORSEL_A_POOL_MAX) +
	       nla_total_size(MORSEL_MAX_LABEL + 1) + nla_total_size(MORSEL_MAX_UUID + 1) +
	       nla_total_size(MORSEL_MAX_DEVICE + 1);
}

static u32 pool_flags(const struct morsel_pool *pool)
{
	return (READ_ONCE(pool->pin) ? MORSEL_POOL_FLAG_PINNED : 0) |
	       (pool->store ? MORSEL_POOL_FLAG_PERSISTENT : 0);
}

/* The root is gone while the superblock is being taken down. */
static int fill_root(struct sk_buff *skb, const struct dentry *root, struct user_namespace *reader)
{
	const struct inode *inode = root ? d_inode(root) : NULL;

	return inode &&
	       (nla_put_u32(skb, MORSEL_A_POOL_MODE, inode->i_mode & S_IALLUGO) ||
		nla_put_u32(skb, MORSEL_A_POOL_UID, from_kuid_munged(reader, inode->i_uid)) ||
		nla_put_u32(skb, MORSEL_A_POOL_GID, from_kgid_munged(reader, inode->i_gid)));
}

/* Which media a persistent pool is on. */
static int fill_media(struct sk_buff *skb, const struct morsel_store *store)
{
	char uuid[MORSEL_MAX_UUID + 1], device[MORSEL_MAX_DEVICE + 1];

	BUILD_BUG_ON(MORSEL_MAX_LABEL != MEDIA_LABEL || MORSEL_MAX_UUID != UUID_STRING_LEN);
	BUILD_BUG_ON(MORSEL_MAX_DEVICE + 1 != BDEVNAME_SIZE);
	if (!store)
		return 0;
	snprintf(uuid, sizeof(uuid), "%pUb", store->pp.uuid);
	snprintf(device, sizeof(device), "%pg", store->bdev.bdev);
	return (store->pp.label[0] && nla_put_string(skb, MORSEL_A_POOL_LABEL, store->pp.label)) ||
	       nla_put_string(skb, MORSEL_A_POOL_UUID, uuid) ||
	       nla_put_string(skb, MORSEL_A_POOL_DEVICE, device);
}

/* What the frames are used for, and what is left. */
static int fill_frames(struct sk_buff *skb, const struct morsel_pool *pool)
{
	const struct morsel_frames *frames = &pool->frames;

	return put_u64(skb, MORSEL_A_POOL_SIZE, frames->capacity << PAGE_SHIFT) ||
	       put_u64(skb, MORSEL_A_POOL_USED, atomic64_read(&frames->used) << PAGE_SHIFT) ||
	       put_u64(skb, MORSEL_A_POOL_USED_HUGE, atomic64_read(&frames->huge) << PMD_SHIFT) ||
	       put_u64(skb, MORSEL_A_POOL_POISONED,
		       atomic64_read(&frames->poisoned) << PAGE_SHIFT) ||
	       put_u64(skb, MORSEL_A_POOL_AVAILABLE,
		       morsel_frames_available(pool) << PAGE_SHIFT) ||
	       (pool->store && put_u64(skb, MORSEL_A_POOL_AVAILABLE_HUGE,
				       morsel_frames_available_huge(pool) << PMD_SHIFT)) ||
	       put_u64(skb, MORSEL_A_POOL_TREE_TABLES, atomic64_read(&frames->tree_tables)) ||
	       put_u64(skb, MORSEL_A_POOL_RW_TABLES,
		       atomic64_read(&frames->view_tables[MORSEL_VIEW_RW])) ||
	       put_u64(skb, MORSEL_A_POOL_RO_TABLES,
		       atomic64_read(&frames->view_tables[MORSEL_VIEW_RO]));
}

int morsel_nl_fill_pool(struct sk_buff *skb, const struct morsel_pool *pool,
			struct user_namespace *reader)
{
	if (nla_put_u32(skb, MORSEL_A_POOL_ID, pool->id) ||
	    nla_put_string(skb, MORSEL_A_POOL_NAME, pool->name) ||
	    fill_frames(skb, pool) ||
	    put_u64(skb, MORSEL_A_POOL_OBJECTS, atomic64_read(&pool->inodes)) ||
	    put_u64(skb, MORSEL_A_POOL_OBJECTS_MAX, pool->inodes_max) ||
	    nla_put_u32(skb, MORSEL_A_POOL_HUGE,
			pool->huge ? MORSEL_HUGE_ALWAYS : MORSEL_HUGE_NEVER) ||
	    fill_root(skb, pool->sb->s_root, reader) ||
	    nla_put_u32(skb, MORSEL_A_POOL_FLAGS, pool_flags(pool)) ||
	    put_u64(skb, MORSEL_A_POOL_GENERATION, atomic64_read(&pool->generation)) ||
	    fill_media(skb, pool->store))
		return -EMSGSIZE;
	return 0;
}

static size_t path_size(const char *path)
{
	return path ? nla_total_size(strlen(path) + 1) : 0;
}

size_t morsel_nl_object_size(const struct morsel_nl_object *object)
{
	return nla_total_size(MORSEL_POOL_NAME_MAX + 1) + path_size(object->path) +
	       path_size(object->old_path) + numbers_size(MORSEL_A_OBJECT_MAX);
}

static enum morsel_object_type object_type(const struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		return MORSEL_OBJECT_TYPE_DIRECTORY;
	return S_ISLNK(inode->i_mode) ? MORSEL_OBJECT_TYPE_SYMLINK : MORSEL_OBJECT_TYPE_FILE;
}

/* Which object it is, and where. */
int morsel_nl_fill_identity(struct sk_buff *skb, const struct morsel_nl_object *object)
{
	return nla_put_u32(skb, MORSEL_A_OBJECT_POOL_ID, object->pool->id) ||
	       nla_put_string(skb, MORSEL_A_OBJECT_POOL_NAME, object->pool->name) ||
	       put_u64(skb, MORSEL_A_OBJECT_ID, object->inode->i_ino) ||
	       (object->path && nla_put_string(skb, MORSEL_A_OBJECT_PATH, object->path)) ?
	       -EMSGSIZE : 0;
}

/* Where it is or was. */
static int fill_origin(struct sk_buff *skb, const struct morsel_nl_object *object)
{
	return (object->old_path &&
		nla_put_string(skb, MORSEL_A_OBJECT_OLD_PATH, object->old_path)) ||
	       (object->parent && put_u64(skb, MORSEL_A_OBJECT_PARENT, object->parent)) ||
	       (object->created && nla_put_flag(skb, MORSEL_A_OBJECT_CREATED)) ||
	       (object->watch && put_u64(skb, MORSEL_A_OBJECT_WATCH, object->watch));
}

/* What stat(2) says about it. */
static int fill_attributes(struct sk_buff *skb, struct inode *inode, struct user_namespace *reader)
{
	return nla_put_u32(skb, MORSEL_A_OBJECT_TYPE, object_type(inode)) ||
	       put_u64(skb, MORSEL_A_OBJECT_SIZE, i_size_read(inode)) ||
	       nla_put_u32(skb, MORSEL_A_OBJECT_MODE, inode->i_mode & S_IALLUGO) ||
	       nla_put_u32(skb, MORSEL_A_OBJECT_UID, from_kuid_munged(reader, inode->i_uid)) ||
	       nla_put_u32(skb, MORSEL_A_OBJECT_GID, from_kgid_munged(reader, inode->i_gid)) ||
	       nla_put_u32(skb, MORSEL_A_OBJECT_NLINK, inode->i_nlink) ||
	       put_time(skb, MORSEL_A_OBJECT_ATIME, inode_get_atime(inode)) ||
	       put_time(skb, MORSEL_A_OBJECT_MTIME, inode_get_mtime(inode)) ||
	       put_time(skb, MORSEL_A_OBJECT_CTIME, inode_get_ctime(inode)) ||
	       put_time(skb, MORSEL_A_OBJECT_BTIME, morsel_i(inode)->btime) ||
	       (READ_ONCE(morsel_i(inode)->sealed) &&
		nla_put_flag(skb, MORSEL_A_OBJECT_SEALED)) ||
	       (READ_ONCE(morsel_i(inode)->poisoned) &&
		nla_put_flag(skb, MORSEL_A_OBJECT_POISONED));
}

/* Frames, tables and who maps it. */
static int fill_memory(struct sk_buff *skb, struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);
	struct morsel_attach_stat stat = {};

	if (S_ISREG(inode->i_mode))
		morsel_attach_stat(inode, &stat);
	return put_u64(skb, MORSEL_A_OBJECT_ALLOCATED,
		       atomic64_read(&mi->tree.pages) << PAGE_SHIFT) ||
	       put_u64(skb, MORSEL_A_OBJECT_HUGE, atomic64_read(&mi->tree.huge) << PMD_SHIFT) ||
	       put_u64(skb, MORSEL_A_OBJECT_TREE_TABLES, atomic64_read(&mi->tree.tables)) ||
	       put_u64(skb, MORSEL_A_OBJECT_RW_TABLES,
		       atomic_long_read(&mi->view[MORSEL_VIEW_RW].tables)) ||
	       put_u64(skb, MORSEL_A_OBJECT_RO_TABLES,
		       atomic_long_read(&mi->view[MORSEL_VIEW_RO].tables)) ||
	       put_u64(skb, MORSEL_A_OBJECT_ATTACHMENTS, stat.attachments) ||
	       put_u64(skb, MORSEL_A_OBJECT_LINKS, stat.links);
}

static int fill_place(struct sk_buff *skb, const struct morsel_inode *mi)
{
	u64 start = READ_ONCE(mi->reservation.start);

	return start && (put_u64(skb, MORSEL_A_OBJECT_ADDR, start) ||
			 put_u64(skb, MORSEL_A_OBJECT_MAX_SIZE, mi->reservation.max));
}

int morsel_nl_fill_object(struct sk_buff *skb, const struct morsel_nl_object *object,
			  struct user_namespace *reader)
{
	if (morsel_nl_fill_identity(skb, object) || fill_origin(skb, object) ||
	    fill_attributes(skb, object->inode, reader) ||
	    fill_memory(skb, object->inode) || fill_place(skb, morsel_i(object->inode)))
		return -EMSGSIZE;
	return 0;
}

struct sk_buff *morsel_nl_object_reply(const struct morsel_nl_object *object)
{
	return genlmsg_new(morsel_nl_object_size(object), GFP_KERNEL);
}

int morsel_nl_send(struct sk_buff *reply, struct genl_info *info,
		   const struct morsel_nl_object *object, morsel_nl_fill_t fill)
{
	void *header = genlmsg_put_reply(reply, info, &morsel_nl_family, 0, info->genlhdr->cmd);
	int error = header ? fill(reply, object, current_user_ns()) : -EMSGSIZE;

	if (error) {
		WARN_ON_ONCE(error == -EMSGSIZE);
		nlmsg_free(reply);
		return error;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int morsel_nl_send_object(struct sk_buff *reply, struct genl_info *info,
			  const struct morsel_nl_object *object)
{
	return morsel_nl_send(reply, info, object, morsel_nl_fill_object);
}
