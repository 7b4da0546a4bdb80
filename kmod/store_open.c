// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device of a persistent pool: an fsdax namespace, opened exclusively, all of
 * it in the kernel's linear map with struct pages.
 */
#include <linux/blkdev.h>
#include <linux/dax.h>
#include <linux/errseq.h>
#include <linux/fs_context.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pfn_t.h>
#include <linux/slab.h>
#include "common.h"
#include "store.h"

static int refuse_open(struct fs_context *fc, int error)
{
	switch (error) {
	case -EBUSY:
		errorfc(fc, "%s: the device is in use: mounted, or part of another device",
			fc->source);
		break;
	case -EACCES:
	case -EROFS:
		errorfc(fc, "%s: the device is read-only: mount it with -o ro", fc->source);
		break;
	case -ENOTBLK:
		if (strstarts(fc->source, "/dev/dax"))
			return morsel_store_refuse_dax(fc);
		errorfc(fc, "%s: not a block device; a volatile pool has the source \"none\"",
			fc->source);
		break;
	default:
		errorfc(fc, "%s: the device cannot be opened: error %d", fc->source, -error);
	}
	return error;
}

static DEFINE_MUTEX(holder_mutex);	/* a store is told of something, or ends */

static int fail(struct morsel_store *store, u64 offset, u64 length)
{
	if (length != U64_MAX)
		return morsel_store_failed(store, offset, length);
	pr_err("pool %*pE: its device is to go, which waits until the pool is unmounted\n",
	       (int)strlen(store->pp.label), store->pp.label);
	return 0;
}

/*
 * The core kernel's own way is for who has a page cache.  Told that all is done, it may
 * take the page from its linear map.
 */
static int notify_failure(struct dax_device *dax, u64 offset, u64 length, int flags)
{
	struct morsel_store *store;
	int error = -EIO;

	mutex_lock(&holder_mutex);
	store = dax_holder(dax);
	if (store)
		error = fail(store, offset, length);
	mutex_unlock(&holder_mutex);
	return error;
}

static const struct dax_holder_operations holder_ops = {
	.notify_failure = notify_failure,
};

static int refuse_mode(struct fs_context *fc, const struct morsel_store *store)
{
	return morsel_store_refuse_mode(fc, disk_to_dev(store->bdev.bdev->bd_disk));
}

/*
 * virtio-pmem.  The flag of the DAX device alone does not tell: its memory may have been
 * another device's, and Linux (6.1 to 6.12) does not clear the flags when it is used again.
 */
static bool is_virtual(const struct block_device *bdev)
{
	const struct device *dev = disk_to_dev(bdev->bd_disk);

	for (; dev; dev = dev->parent)
		if (dev->bus && !strcmp(dev->bus->name, "virtio"))
			return true;
	return false;
}

/* From now on nothing is changed, as after an error of any other file system's device. */
static void give_up(struct morsel_store *store, int error)
{
	pr_err("pool on %pg: the device does not make stores last (error %d): nothing is changed any more\n",
	       store->bdev.bdev, -error);
	WRITE_ONCE(store->pp.pm.failed, true);
	WRITE_ONCE(store->pp.read_only, true);	/* no checkpoint, either */
	if (!store->sb)
		return;
	store->sb->s_flags |= SB_RDONLY;
	errseq_set(&store->sb->s_wb_err, -EIO);	/* for syncfs */
}

/*
 * The driver says -EIO whatever has gone wrong, also if it was memory that it wanted at once:
 * what it was cannot be told, and is not tried again.
 */
static void settle(struct pm *pm)
{
	struct morsel_store *store = container_of(pm, struct morsel_store, pp.pm);
	int error;

	might_sleep();
	error = blkdev_issue_flush(store->bdev.bdev);
	if (error && !pm_has_failed(pm))
		give_up(store, error);
}

static int get_dax(struct fs_context *fc, struct morsel_store *store)
{
	store->dax = fs_dax_get_by_bdev(store->bdev.bdev, &store->start, store,
					&holder_ops);
	if (!store->dax)
		return refuse_mode(fc, store);
	if (!dax_synchronous(store->dax) || is_virtual(store->bdev.bdev))
		store->pp.pm.settle = settle;
	return 0;
}

/*
 * The driver gives pages up to the next one with an error, then that one: loads look
 * after themselves.  Return: how many there are, in one piece from @base on.
 */
static u64 map_pieces(struct morsel_store *store, u64 frames, void **base, pfn_t *pfn)
{
	pgoff_t first = store->start >> PAGE_SHIFT;
	void *at = NULL;
	pfn_t other;
	u64 have;
	long got;
	int id;

	id = dax_read_lock();
	for (have = 0; have < frames; have += got) {
		got = dax_direct_access(store->dax, first + have, frames - have,
					DAX_RECOVERY_WRITE, have ? &at : base,
					have ? &other : pfn);
		if (got <= 0 || (have && at != *base + (have << PAGE_SHIFT)))
			break;
	}
	dax_read_unlock(id);
	return have;
}

/* Have all of the device, as one piece of memory with struct pages. */
static int map_device(struct fs_context *fc, struct morsel_store *store)
{
	u64 frames = bdev_nr_bytes(store->bdev.bdev) >> PAGE_SHIFT;
	void *base = NULL;
	pfn_t pfn = {};

	if (map_pieces(store, frames, &base, &pfn) < frames) {
		errorfc(fc, "%s: the device is not one piece of memory", fc->source);
		return -EOPNOTSUPP;
	}
	if (!pfn_t_devmap(pfn) || !pfn_t_has_page(pfn) ||
	    page_address(pfn_t_to_page(pfn)) != base)
		return refuse_mode(fc, store);
	/* Who takes the device away waits for it. */
	store->pagemap = get_dev_pagemap(pfn_t_to_pfn(pfn), NULL);
	if (!store->pagemap)
		return refuse_open(fc, -ENODEV);
	store->first_pfn = pfn_t_to_pfn(pfn);
	store->pp.pm.base = base;
	store->pp.pm.size = frames << PAGE_SHIFT;
	return 0;
}

static void found(struct pp_report *report, enum pp_problem problem, u64 id, u64 frame,
		  const char *text)
{
	const struct morsel_store *store = container_of(report, struct morsel_store, report);

	if (problem == PP_ORPHAN)
		return;
	if (problem == PP_CUT) {
		pr_info_ratelimited("pool %*pE on %pg: object %llu, frame %llu: %s\n",
				    (int)strlen(store->pp.label), store->pp.label,
				    store->bdev.bdev, id, frame, text);
		return;
	}
	pr_warn_ratelimited("pool %*pE on %pg: object %llu, frame %llu: %s\n",
			    (int)strlen(store->pp.label), store->pp.label, store->bdev.bdev, id,
			    frame, text);
}

static int identify(struct fs_context *fc, struct morsel_store *store)
{
	const char *why = NULL;

	store->report.found = found;
	if (pp_identify(&store->pp, &why, &store->report)) {
		errorfc(fc, "%s: %s", fc->source, why);
		return -EINVAL;
	}
	if (!store->pp.read_only || fc->sb_flags & SB_RDONLY)
		return 0;
	errorfc(fc, "%s: the pool uses a feature that only readers can do without: use -o ro",
		fc->source);
	return -EROFS;
}

static int open_parts(struct fs_context *fc, struct morsel_store *store)
{
	int error = get_dax(fc, store);

	if (!error)
		error = map_device(fc, store);
	if (!error)
		error = identify(fc, store);
	return error;
}

struct morsel_store *morsel_store_open(struct fs_context *fc)
{
	struct morsel_store *store = kvzalloc(sizeof(*store), GFP_KERNEL);
	int error;

	if (!store)
		return ERR_PTR(-ENOMEM);
	error = morsel_bdev_open(&store->bdev, fc->source, !(fc->sb_flags & SB_RDONLY), store);
	if (error) {
		kvfree(store);
		return ERR_PTR(refuse_open(fc, error));
	}
	store->dev = store->bdev.bdev->bd_dev;
	error = open_parts(fc, store);
	if (!error) {
		morsel_store_debug_add(store);
		return store;
	}
	morsel_store_close(store);
	return ERR_PTR(error);
}

void morsel_store_close(struct morsel_store *store)
{
	if (!store)
		return;
	morsel_store_debug_remove(store);
	morsel_store_frames_exit(store);
	if (store->started && pp_stop(&store->pp))
		pr_warn("pool on %pg: no checkpoint for want of memory: the next mount takes longer\n",
			store->bdev.bdev);
	pp_close(&store->pp);
	morsel_store_forget_bad(store);
	put_dev_pagemap(store->pagemap);
	mutex_lock(&holder_mutex);
	if (store->dax)
		fs_put_dax(store->dax, store);
	mutex_unlock(&holder_mutex);
	morsel_bdev_close(&store->bdev);
	kvfree(store);
}
