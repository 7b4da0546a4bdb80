// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of a volatile pool: ordinary kernel pages, off the LRU, mapcount 0.
 *
 * A frame is charged to the owner of the object and to the pool before the
 * memory is asked for, and given back if there is none (see quota.c).  It is
 * freed by dropping the pool's reference, so whoever pinned it (O_DIRECT,
 * vmsplice) keeps the page, and nobody else gets it, until he lets go.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include "frames.h"
#include "pool.h"
#include "store.h"

/*
 * Frames are never moved and never reclaimed, so they are charged to the
 * memory cgroup of who fills them.  A 2 MiB frame has a fallback: do not
 * disturb the machine for it.
 */
static gfp_t frame_gfp(unsigned int order)
{
	gfp_t gfp = GFP_HIGHUSER | __GFP_ACCOUNT | __GFP_ZERO;

	return order ? gfp | __GFP_COMP | __GFP_NORETRY | __GFP_NOWARN : gfp;
}

u64 morsel_frames_available(const struct morsel_pool *pool)
{
	u64 capacity = READ_ONCE(pool->frames.capacity);
	u64 gone = atomic64_read(&pool->frames.used) + atomic64_read(&pool->frames.poisoned);

	if (pool->store)
		return fa_nr_free(pool->store->pp.frames);
	return capacity - min(capacity, gone);
}

u64 morsel_frames_available_huge(const struct morsel_pool *pool)
{
	return fa_nr_free_huge(pool->store->pp.frames);
}

struct page *morsel_frame_alloc(struct inode *inode, pgoff_t index, unsigned int order)
{
	struct page *page;
	int error;

	error = morsel_charge_frames(inode, 1UL << order);
	if (error)
		return ERR_PTR(error);
	page = alloc_pages(frame_gfp(order), order);
	if (!page) {
		morsel_uncharge_frames(inode, 1UL << order);
		return ERR_PTR(-ENOMEM);
	}
	page->mapping = inode->i_mapping;
	page->index = index;
	return page;
}

/* The buddy allocator does not look into a block for poisoned pages. */
static bool has_poison(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		if (PageHWPoison(page + i))
			return true;
	return false;
}

void morsel_frame_free(struct inode *inode, struct page *page, unsigned int order)
{
	struct morsel_frames *frames = &morsel_pool(inode->i_sb)->frames;

	/* Who holds a reference and the lock (dirtying, MADV_COLD) takes the mapping for stable. */
	lock_page(page);
	page->mapping = NULL;
	unlock_page(page);
	morsel_uncharge_frames(inode, 1UL << order);
	if (unlikely(has_poison(page, order))) {
		atomic64_add(1UL << order, &frames->poisoned);
		pr_warn_ratelimited("frame with a memory error withdrawn from use\n");
		return;
	}
	put_page(page);
}
