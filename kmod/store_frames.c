// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frames of a device as the core kernel sees them: pages that have a struct
 * page but no memory allocator, whose count of references is 1 when nobody
 * uses them.
 *
 * page->mapping is set while a process may have the page in a table: shared
 * futexes and dirtying need it.  A frame that has gone from its object while
 * somebody holds a reference (direct I/O, a pipe) is kept until he lets go.
 */
#include <linux/delay.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include "fs_internal.h"
#include "store.h"

enum {
	KEPT_TRIES = 100,
	KEPT_WAIT = 100,	/* ms between two */
};

static struct page *page_of(const struct morsel_store *store, u64 frame)
{
	return pfn_to_page(store->first_pfn + frame);
}

/* Of a frame that is kept. */
static struct llist_node *node_of(struct page *page)
{
	BUILD_BUG_ON(sizeof(struct llist_node) > sizeof(page->private));
	return (struct llist_node *)&page->private;
}

static struct page *page_at(struct llist_node *node)
{
	return container_of((unsigned long *)node, struct page, private);
}

void morsel_store_show(struct inode *inode, struct page *page, pgoff_t index, unsigned int order)
{
	struct page *end = page + (1UL << order);

	for (; page < end; page++, index++) {
		if (READ_ONCE(page->mapping) == inode->i_mapping)
			continue;
		page->index = index;
		/* The index before the mapping: a futex reads them in that order. */
		smp_store_release(&page->mapping, inode->i_mapping);
	}
}

/* Who holds a reference and the lock takes the mapping for stable. */
static void forget_page(struct page *page)
{
	if (!READ_ONCE(page->mapping))
		return;
	lock_page(page);
	page->mapping = NULL;
	unlock_page(page);
}

void morsel_store_forget(struct inode *inode)
{
	pgoff_t index = morsel_store_next_judged(inode, 0, ULONG_MAX);
	struct morsel_leaf leaf;

	while (index != ULONG_MAX) {
		leaf = morsel_store_peek(inode, index);
		if (leaf.page)
			forget_page(leaf.page);
		index = morsel_store_next_judged(inode, morsel_store_behind(index, &leaf),
						 ULONG_MAX);
		cond_resched();
	}
}

static bool is_used(const struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		if (page_ref_count(page + i) > 1)
			return true;
	return false;
}

/* A frame goes from its object.  Context: no table and no TLB names it any more. */
static bool keep(struct pp_pool *pp, u64 frame, unsigned int order)
{
	struct morsel_store *store = container_of(pp, struct morsel_store, pp);
	struct page *page = page_of(store, frame);
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		forget_page(page + i);
	if (morsel_store_withdraw(pp, frame, order))
		return true;
	if (!is_used(page, order))
		return false;
	/* Nothing else uses these words of a page without a mapping. */
	page->index = order;
	atomic64_inc(&store->nr_kept);
	llist_add(node_of(page), &store->kept);
	return true;
}

u64 morsel_store_put_kept(struct morsel_store *store)
{
	struct llist_node *node, *next;
	struct page *page;
	u64 put = 0;

	mutex_lock(&store->kept_lock);	/* or others would see none for a moment */
	for (node = llist_del_all(&store->kept); node; node = next) {
		next = node->next;
		page = page_at(node);
		if (is_used(page, page->index)) {
			llist_add(node, &store->kept);
			continue;
		}
		pp_frame_put(&store->pp, page_to_pfn(page) - store->first_pfn, page->index);
		atomic64_dec(&store->nr_kept);
		put++;
	}
	mutex_unlock(&store->kept_lock);
	return put;
}

void morsel_store_frames_init(struct morsel_store *store)
{
	init_llist_head(&store->kept);
	mutex_init(&store->kept_lock);
	store->pp.keep = keep;
	store->pp.withdraw = morsel_store_withdraw;
	store->pp.is_bad = morsel_store_is_bad;
}

/* The device is not to be given to anybody else while somebody writes to it. */
void morsel_store_frames_exit(struct morsel_store *store)
{
	int i;

	for (i = 0; i < KEPT_TRIES && atomic64_read(&store->nr_kept); i++) {
		if (!morsel_store_put_kept(store))
			msleep(KEPT_WAIT);
	}
	if (atomic64_read(&store->nr_kept)) {
		pr_warn("pool on %pg: %lld frames are still in use by somebody\n",
			store->bdev.bdev, atomic64_read(&store->nr_kept));
		store->pp.leaky = true;	/* no checkpoint: the next mount finds them free */
	}
}
