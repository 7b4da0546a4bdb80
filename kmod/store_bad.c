// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes of a device that are lost: a media error.
 *
 * The page is marked as the kernel marks all pages with a memory error.  Nobody is
 * shown it any more; who had it in a table loses it there, and gets SIGBUS with the
 * address at his next access; read(2) and write(2) are refused (EIO).  Its object goes
 * on without it: when a hole is punched there, the next store gets a frame that is good.
 * A frame with an error is given to nobody.
 */
#include <linux/badblocks.h>
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include "event.h"
#include "fs_internal.h"
#include "store.h"

enum {
	SECTORS_AT_ONCE = 1 << 30,	/* that fit an int */
};

static struct page *page_of(const struct morsel_store *store, u64 frame)
{
	return pfn_to_page(store->first_pfn + frame);
}

bool morsel_store_is_bad(const struct pp_pool *pp, u64 frame)
{
	const struct morsel_store *store = container_of(pp, struct morsel_store, pp);

	return READ_ONCE(store->has_bad) && PageHWPoison(page_of(store, frame));
}

/* A frame with an error stays in use; no checkpoint says so, as nothing names it. */
bool morsel_store_withdraw(struct pp_pool *pp, u64 frame, unsigned int order)
{
	struct morsel_store *store = container_of(pp, struct morsel_store, pp);
	u64 end = frame + (1ULL << order), bad = frame;

	while (bad < end && !morsel_store_is_bad(pp, bad))
		bad = READ_ONCE(store->has_bad) ? bad + 1 : end;
	if (bad == end)
		return false;
	WRITE_ONCE(pp->leaky, true);
	if (store->sb)
		atomic64_add(1ULL << order, &morsel_pool(store->sb)->frames.poisoned);
	pr_warn_ratelimited("pool %*pE: frame %llu with a media error withdrawn from use\n",
			    (int)strlen(pp->label), pp->label, bad);
	return true;
}

/* ---- whose they are ---- */

/* Frames of which some are lost, and how many of those objects were found to have. */
struct bad {
	struct morsel_store *store;
	u64 first, last;
	u64 found;
};

/* Is it a frame that is lost?  Context: invalidate_lock held. */
static bool is_lost(const struct bad *bad, const struct morsel_leaf *leaf)
{
	u64 frame;

	if (!leaf->page || !PageHWPoison(leaf->page))
		return false;
	frame = page_to_pfn(leaf->page) - bad->store->first_pfn;
	return frame >= bad->first && frame <= bad->last;
}

/* Step to what is behind page @index, unless that is lost. */
static bool step(struct inode *inode, const struct bad *bad, pgoff_t *index)
{
	struct morsel_leaf leaf = morsel_store_peek(inode, *index);

	if (is_lost(bad, &leaf))
		return false;
	*index = morsel_store_next_judged(inode, morsel_store_behind(*index, &leaf), ULONG_MAX);
	return true;
}

/* Return: the first page from @index on that is lost, or ULONG_MAX. */
static pgoff_t next_lost(struct inode *inode, const struct bad *bad, pgoff_t index)
{
	pgoff_t stop;

	for (;;) {
		filemap_invalidate_lock_shared(inode->i_mapping);
		index = morsel_store_next_judged(inode, index, ULONG_MAX);
		stop = index | (MORSEL_CHUNK_PAGES - 1);
		while (index <= stop && index != ULONG_MAX && step(inode, bad, &index))
			;
		filemap_invalidate_unlock_shared(inode->i_mapping);
		if (index <= stop)
			return index;
		cond_resched();
	}
}

/*
 * Take the page from everybody, and the leaf that has it.  Who maps it again is not
 * shown it.  Return: it was the object's still.
 */
static bool hide(struct inode *inode, const struct bad *bad, pgoff_t index)
{
	struct morsel_leaf leaf;
	unsigned int order;
	pgoff_t first;
	bool lost;

	filemap_invalidate_lock(inode->i_mapping);
	leaf = morsel_store_peek(inode, index);
	lost = is_lost(bad, &leaf);
	if (lost) {
		order = leaf.order;
		first = round_down(index, 1UL << order);
		WRITE_ONCE(morsel_i(inode)->poisoned, true);
		unmap_mapping_range(inode->i_mapping, (loff_t)first << PAGE_SHIFT,
				    PAGE_SIZE << order, 1);
		morsel_view_clear(inode, first, first + (1UL << order) - 1);
	}
	filemap_invalidate_unlock(inode->i_mapping);
	return lost;
}

static void look_through(struct inode *inode, struct bad *bad)
{
	pgoff_t index = 0;

	morsel_store_verify(inode);	/* if it is damaged: who sees some of it still loses it */
	while ((index = next_lost(inode, bad, index)) != ULONG_MAX) {
		if (hide(inode, bad, index)) {
			bad->found++;
			morsel_event_error(inode, (u64)index << PAGE_SHIFT, PAGE_SIZE, EIO);
		}
		index++;
	}
}

static void find_owners(struct bad *bad)
{
	struct morsel_pool *pool = morsel_pool(bad->store->sb);
	struct inode *inode;
	unsigned long id;

	xa_for_each(&pool->objects, id, inode) {
		inode = morsel_inode_get(pool, id);
		if (!inode)
			continue;
		if (S_ISREG(inode->i_mode))
			look_through(inode, bad);
		iput(inode);
		cond_resched();
	}
}

static void mark(const struct bad *bad)
{
	u64 frame;

	WRITE_ONCE(bad->store->has_bad, true);
	/* What a table named that is lost may stay in use: the next mount counts. */
	WRITE_ONCE(bad->store->pp.leaky, true);
	for (frame = bad->first; frame <= bad->last; frame++)
		SetPageHWPoison(page_of(bad->store, frame));
}

/* ---- told of by the driver, or known to it ---- */

/* Bytes of the device.  Return: false: the pool has none of them. */
static bool frames_of(struct morsel_store *store, u64 offset, u64 length, struct bad *bad)
{
	u64 end = offset + length;

	if (end <= store->start || offset >= store->start + store->pp.pm.size)
		return false;
	offset = max(offset, store->start) - store->start;
	end = min(end - store->start, store->pp.pm.size);
	*bad = (struct bad){
		.store = store, .first = offset >> PAGE_SHIFT, .last = (end - 1) >> PAGE_SHIFT,
	};
	return true;
}

/* Frames that nobody has, or that are behind the end of the pool. */
static u64 count_free(const struct bad *bad)
{
	struct pp_pool *pp = &bad->store->pp;
	u64 frame, nr = 0;

	for (frame = bad->first; frame <= bad->last; frame++)
		nr += frame >= pp->nr_frames || fa_is_free(pp->frames, frame);
	return nr;
}

/* Context: the pool is mounted, and not being unmounted. */
static int lose(struct bad *bad)
{
	u64 nr = bad->last - bad->first + 1, nobodys = count_free(bad);

	mark(bad);
	find_owners(bad);
	if (bad->found + nobodys >= nr)
		return 0;
	pr_err("pool %*pE: perhaps some of it is not contents: unmount it, and see morsel-admin check\n",
	       (int)strlen(bad->store->pp.label), bad->store->pp.label);
	return -EIO;
}

int morsel_store_failed(struct morsel_store *store, u64 offset, u64 length)
{
	struct super_block *sb = store->sb;
	struct bad bad;
	int error = -EIO;

	if (!sb || !store->pp.pm.size)
		return -EIO;
	if (!frames_of(store, offset, length, &bad))
		return 0;
	pr_err("pool %*pE: frames %llu to %llu of the device have an error\n",
	       (int)strlen(store->pp.label), store->pp.label, bad.first, bad.last);
	/* The mount, which may take long, tells whose it is. */
	if (!READ_ONCE(store->loaded)) {
		mark(&bad);
		smp_mb();	/* pairs with morsel_store_tell_known() */
		if (!READ_ONCE(store->loaded))
			return -EIO;
	}
	down_read(&sb->s_umount);
	if (sb->s_root)	/* else it is being unmounted, or was not mounted in the end */
		error = lose(&bad);
	up_read(&sb->s_umount);
	return error;
}

void morsel_store_mark_known(struct morsel_store *store)
{
	struct badblocks *known = store->bdev.bdev->bd_disk->bb;
	sector_t at = store->start >> SECTOR_SHIFT, found;
	sector_t end = at + (store->pp.pm.size >> SECTOR_SHIFT);
	struct bad bad;
	int nr, part;

	for (; known && known->count && at < end; at = found + nr) {
		part = min_t(sector_t, end - at, SECTORS_AT_ONCE);
		if (!badblocks_check(known, at, part, &found, &nr)) {
			found = at;
			nr = part;
			continue;
		}
		if (frames_of(store, found << SECTOR_SHIFT, (u64)nr << SECTOR_SHIFT, &bad))
			mark(&bad);
	}
}

void morsel_store_tell_known(struct morsel_store *store)
{
	struct bad bad = { .store = store, .last = store->pp.nr_frames - 1 };

	smp_mb();	/* the pool is loaded, then what was told until then */
	if (READ_ONCE(store->has_bad))
		find_owners(&bad);
}

void morsel_store_forget_bad(struct morsel_store *store)
{
	u64 frame;

	for (frame = 0; store->has_bad && frame < store->pp.pm.size >> PAGE_SHIFT; frame++)
		ClearPageHWPoison(page_of(store, frame));
}
