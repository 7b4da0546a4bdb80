// SPDX-License-Identifier: GPL-2.0-only
/*
 * fsync, sync: what processes have stored through mappings is written back from
 * the caches of the CPUs, and what records do not say yet is written.
 *
 * What write(2) stores goes past the caches, and is durable when it returns.
 * Nothing tells which lines of a page that is mapped are dirty, so all pages are
 * written back that a process may have in a table.
 */
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include "fs_internal.h"
#include "store.h"

static struct morsel_store *store_of(const struct inode *inode)
{
	return morsel_pool(inode->i_sb)->store;
}

/*
 * Direct I/O goes on when its mapping has gone, and stores until it lets go of its
 * reference: then there will be more to write back.  The count is looked at before the
 * page is flushed, so who has let go by then has stored all of it.  Pages of a device
 * are counted one by one, whatever the leaf, from 1 on.  Who only reads (a pipe) looks
 * the same, and costs a flush in vain.
 *
 * Context: invalidate_lock held.  Return: the page to go on with.
 */
static pgoff_t write_back_leaf(struct inode *inode, pgoff_t index)
{
	struct morsel_store *store = store_of(inode);
	struct morsel_leaf leaf = morsel_store_peek(inode, index);
	struct page *page = leaf.page;

	if (!page || !READ_ONCE(page->mapping) || PageHWPoison(page))
		return morsel_store_behind(index, &leaf);
	if (page_ref_count(page) > 1)
		WRITE_ONCE(morsel_i(inode)->stored_to, true);
	smp_rmb();	/* the count, then what is flushed */
	pm_flush(&store->pp.pm, pp_frame_offset(page_to_pfn(page) - store->first_pfn), PAGE_SIZE);
	return index + 1;
}

/* The lock is dropped now and then, for who waits for it. */
static void write_back(struct inode *inode, pgoff_t first, pgoff_t last)
{
	pgoff_t stop;

	while (first <= last) {
		stop = min(last, first | (MORSEL_CHUNK_PAGES - 1));
		filemap_invalidate_lock_shared(inode->i_mapping);
		first = morsel_store_next_judged(inode, first, last);
		while (first <= stop)
			first = morsel_store_next_judged(inode, write_back_leaf(inode, first),
							 last);
		filemap_invalidate_unlock_shared(inode->i_mapping);
		cond_resched();
	}
}

/* Is there something to write back, or is somebody about it, who has not finished? */
static bool has_stores(const struct morsel_inode *mi)
{
	if (READ_ONCE(mi->stored_to))
		return true;
	smp_rmb();	/* pairs with morsel_store_write_back(): who has cleared it is counted */
	return atomic_read(&mi->writing_back);
}

/*
 * All of it is about to be written back.  Who maps it is counted first, and says so
 * afterwards: either he or this function sets the flag again.  Who has had it mapped,
 * and still stores, is found on the way.
 */
static void expect_no_more(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);

	WRITE_ONCE(mi->stored_to, false);
	smp_mb();	/* the flag, then the count */
	if (mapping_writably_mapped(inode->i_mapping))
		WRITE_ONCE(mi->stored_to, true);
}

void morsel_store_write_back(struct inode *inode, loff_t start, loff_t end)
{
	struct morsel_inode *mi = morsel_i(inode);

	if (!mi->record || !has_stores(mi))
		return;
	atomic_inc(&mi->writing_back);
	smp_mb__after_atomic();	/* before the flag is cleared */
	if (!start && end == LLONG_MAX)
		expect_no_more(inode);
	write_back(inode, start >> PAGE_SHIFT, end >> PAGE_SHIFT);
	pm_fence(&store_of(inode)->pp.pm);
	smp_mb__before_atomic();	/* who does not see it counted finds it durable */
	atomic_dec(&mi->writing_back);
}

static int sync_inode(struct inode *inode, loff_t start, loff_t end)
{
	int error = 0;

	if (S_ISREG(inode->i_mode))
		morsel_store_write_back(inode, start, end);
	inode_lock(inode);
	if (!morsel_store_is_damaged(inode))
		error = morsel_store_update(inode);
	inode_unlock(inode);
	return morsel_store_lasting(&store_of(inode)->pp, error);
}

int morsel_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct inode *inode = file_inode(file);
	int error;

	if (!morsel_i(inode)->record)
		return 0;
	if (store_of(inode)->pp.read_only)
		return morsel_store_lasting(&store_of(inode)->pp, 0);
	error = sync_inode(inode, start, end);
	return blkdev_issue_flush(store_of(inode)->bdev.bdev) ?: error;
}

int morsel_store_sync(struct super_block *sb)
{
	struct morsel_pool *pool = morsel_pool(sb);
	struct inode *inode;
	unsigned long id;
	int error = 0;

	if (!pool->store)
		return 0;
	if (pool->store->pp.read_only)
		return morsel_store_lasting(&pool->store->pp, 0);
	xa_for_each(&pool->objects, id, inode) {
		inode = morsel_inode_get(pool, id);
		if (!inode)
			continue;
		error = sync_inode(inode, 0, LLONG_MAX) ?: error;
		iput(inode);
		cond_resched();
	}
	morsel_store_put_kept(pool->store);
	return blkdev_issue_flush(pool->store->bdev.bdev) ?: error;
}
