// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pools: their list, their life.
 *
 * A pool lives as long as its superblock.  mount(2) makes one that ends with
 * its last mount; morsel_pool_create() makes one that an internal mount keeps
 * until morsel_pool_destroy().  References that morsel_pool_get*() hands out
 * are active references on the superblock, counted apart, so that "in use"
 * does not mean somebody who is just looking.
 */
#include <linux/fs_context.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include "event.h"
#include "fs_internal.h"
#include "store.h"

LIST_HEAD(morsel_pools);
DEFINE_MUTEX(morsel_pools_mutex);	/* the list, and who holds on to its members */

static atomic_t morsel_last_pool_id = ATOMIC_INIT(0);

const char *morsel_pool_check_name(const char *name)
{
	const char *c;

	if (!*name)
		return "a pool's name cannot be empty";
	if (strlen(name) > MORSEL_POOL_NAME_MAX)
		return "a pool's name has at most 63 bytes";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "a pool cannot be called \".\" or \"..\"";
	for (c = name; *c; c++)
		if (*c == '/' || *c == ':' || (unsigned char)*c < ' ' || *c == 0x7f)
			return "a pool's name cannot have '/', ':' or control characters";
	return NULL;
}

const char *morsel_pool_check_size(u64 size)
{
	if (size < PAGE_SIZE)
		return "a pool needs at least 4 KiB";
	if (size > (u64)totalram_pages() << PAGE_SHIFT)
		return "a pool cannot be larger than the machine's memory";
	return NULL;
}

const char *morsel_pool_check(struct morsel_pool_params *params)
{
	const char *why = NULL;

	if (!params->size)
		params->size = (u64)(totalram_pages() / 2) << PAGE_SHIFT;
	if (params->name[0])
		why = morsel_pool_check_name(params->name);
	if (!why)
		why = morsel_pool_check_size(params->size);
	if (!why && params->mode & ~S_IALLUGO)
		why = "a mode has no bits beyond 07777";
	if (!why && (!uid_valid(params->uid) || !gid_valid(params->gid)))
		why = "no such user or group";
	return why;
}

struct morsel_pool *morsel_pool_alloc(const struct morsel_pool_params *params)
{
	struct morsel_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	int i;

	if (!pool)
		return NULL;
	pool->id = atomic_inc_return(&morsel_last_pool_id);
	strscpy(pool->name, params->name, sizeof(pool->name));
	pool->huge = params->huge;
	pool->frames.capacity = params->size >> PAGE_SHIFT;
	pool->inodes_max = params->inodes_max;
	atomic64_set(&pool->generation, 1);
	xa_init(&pool->objects);
	morsel_quotas_init(&pool->quotas);
	for (i = 0; i < MORSEL_FILL_LOCKS; i++)
		mutex_init(&pool->fill_lock[i]);
	INIT_LIST_HEAD(&pool->link);
	return pool;
}

static bool has_frames(const struct morsel_frames *frames)
{
	return atomic64_read(&frames->used) || atomic64_read(&frames->huge) ||
	       atomic64_read(&frames->tree_tables) ||
	       atomic64_read(&frames->view_tables[MORSEL_VIEW_RW]) ||
	       atomic64_read(&frames->view_tables[MORSEL_VIEW_RO]);
}

void morsel_pool_free(struct morsel_pool *pool)
{
	if (!pool)
		return;
	morsel_store_close(pool->store);
	morsel_quotas_exit(&pool->quotas);
	WARN_ON_ONCE(atomic64_read(&pool->inodes) || has_frames(&pool->frames));
	WARN_ON_ONCE(!xa_empty(&pool->objects) || pool->gets);
	kfree_rcu(pool, rcu);
}

void morsel_pool_autoname(struct morsel_pool *pool)
{
	if (pool->name[0])	/* it was taken: the id that goes with it is void as well */
		pool->id = atomic_inc_return(&morsel_last_pool_id);
	snprintf(pool->name, sizeof(pool->name), "pool%u", pool->id);
}

void morsel_pool_publish(struct morsel_pool *pool)
{
	mutex_lock(&morsel_pools_mutex);
	list_add_tail_rcu(&pool->link, &morsel_pools);
	mutex_unlock(&morsel_pools_mutex);
}

void morsel_pool_retire(struct morsel_pool *pool)
{
	mutex_lock(&morsel_pools_mutex);
	if (!pool->dying && !list_empty(&pool->link))
		list_del_rcu(&pool->link);
	mutex_unlock(&morsel_pools_mutex);
}

const char *morsel_pool_on_device(dev_t dev, char *name)
{
	const struct morsel_pool *pool;
	const char *found = NULL;

	mutex_lock(&morsel_pools_mutex);
	list_for_each_entry(pool, &morsel_pools, link)
		if (pool->store && pool->store->dev == dev)
			found = strcpy(name, pool->name);
	mutex_unlock(&morsel_pools_mutex);
	return found;
}

bool morsel_pool_has_uuid(const u8 *uuid)
{
	const struct morsel_pool *pool;
	bool found = false;

	mutex_lock(&morsel_pools_mutex);
	list_for_each_entry(pool, &morsel_pools, link)
		found |= pool->store && !memcmp(pool->store->pp.uuid, uuid, 16);
	mutex_unlock(&morsel_pools_mutex);
	return found;
}

/* A pool on the list has a superblock, but perhaps one that is on its way out. */
static struct morsel_pool *morsel_pool_get_locked(struct morsel_pool *pool)
{
	lockdep_assert_held(&morsel_pools_mutex);
	if (!pool || !atomic_inc_not_zero(&pool->sb->s_active))
		return NULL;
	pool->gets++;
	return pool;
}

struct morsel_pool *morsel_pool_get_by_name(const char *name)
{
	struct morsel_pool *pool, *found = NULL;

	mutex_lock(&morsel_pools_mutex);
	list_for_each_entry(pool, &morsel_pools, link)
		if (!strcmp(pool->name, name))
			found = pool;
	found = morsel_pool_get_locked(found);
	mutex_unlock(&morsel_pools_mutex);
	return found;
}

struct morsel_pool *morsel_pool_get_by_id(u32 id)
{
	struct morsel_pool *pool, *found = NULL;

	mutex_lock(&morsel_pools_mutex);
	list_for_each_entry(pool, &morsel_pools, link)
		if (pool->id == id)
			found = pool;
	found = morsel_pool_get_locked(found);
	mutex_unlock(&morsel_pools_mutex);
	return found;
}

struct morsel_pool *morsel_pool_get_next(u32 id)
{
	struct morsel_pool *pool, *found;

	mutex_lock(&morsel_pools_mutex);
	do {
		found = NULL;
		list_for_each_entry(pool, &morsel_pools, link)
			if (pool->id > id && (!found || pool->id < found->id))
				found = pool;
		if (found)
			id = found->id;
	} while (found && !morsel_pool_get_locked(found));
	mutex_unlock(&morsel_pools_mutex);
	return found;
}

void morsel_pool_put(struct morsel_pool *pool)
{
	struct super_block *sb = pool->sb;
	bool last;

	mutex_lock(&morsel_pools_mutex);
	pool->gets--;
	last = !atomic_add_unless(&sb->s_active, -1, 1);
	mutex_unlock(&morsel_pools_mutex);
	if (last)
		deactivate_super(sb);
}

struct morsel_pool *morsel_pool_create(const struct morsel_pool_params *params)
{
	struct morsel_fs_context *ctx;
	struct morsel_pool *pool;
	struct fs_context *fc;
	struct vfsmount *pin;

	fc = fs_context_for_mount(&morsel_fs_type, SB_KERNMOUNT);
	if (IS_ERR(fc))
		return ERR_CAST(fc);
	ctx = fc->fs_private;
	ctx->params = *params;
	ctx->exclusive = true;
	pin = fc_mount(fc);
	put_fs_context(fc);
	if (IS_ERR(pin))
		return ERR_CAST(pin);

	pool = morsel_pool(pin->mnt_sb);
	mutex_lock(&morsel_pools_mutex);
	pool->pin = pin;
	pool = morsel_pool_get_locked(pool);
	mutex_unlock(&morsel_pools_mutex);
	morsel_event_pool(MORSEL_EVENT_NEW, pool);
	return pool;
}

int morsel_pool_destroy(struct morsel_pool *pool)
{
	struct super_block *sb = pool->sb;
	struct vfsmount *pin;
	int error = 0;

	/* A mount that has found the pool waits for s_umount, then sees that it is dying. */
	down_write(&sb->s_umount);
	mutex_lock(&morsel_pools_mutex);
	pin = pool->pin;
	if (!pin) {
		error = pool->dying ? -ENOENT : -EPERM;
	} else if (atomic_read(&sb->s_active) > pool->gets + 1) {
		error = -EBUSY;
	} else {
		WRITE_ONCE(pool->dying, true);
		pool->pin = NULL;
		list_del_rcu(&pool->link);
	}
	mutex_unlock(&morsel_pools_mutex);
	up_write(&sb->s_umount);
	if (!error)
		kern_unmount(pin);
	return error;
}
