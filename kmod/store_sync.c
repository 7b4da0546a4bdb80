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

/* Context: invalidate_lock held.  Return: the page to go on with. */
static pgoff_t write_back_leaf(struct inode *inode, pgoff_t index)
{
	struct morsel_store *store = store_of(inode);
	struct morsel_leaf leaf = morsel_store_lookup(inode, index);

	if (leaf.page && READ_ONCE(leaf.page->mapping))
		pm_flush(&store->pp.pm,
			 pp_frame_offset(page_to_pfn(leaf.page) - store->first_pfn), PAGE_SIZE);
	return index + 1;
}

/* The lock is dropped now and then, for who waits for it. */
static void write_back(struct inode *inode, pgoff_t first, pgoff_t last)
{
	pgoff_t stop;

	while (first <= last) {
		stop = min(last, first | (MORSEL_CHUNK_PAGES - 1));
		filemap_invalidate_lock_shared(inode->i_mapping);
		first = morsel_store_next(inode, first, false);
		while (first <= stop)
			first = morsel_store_next(inode, write_back_leaf(inode, first), false);
		filemap_invalidate_unlock_shared(inode->i_mapping);
		cond_resched();
	}
}

void morsel_store_write_back(struct inode *inode, loff_t start, loff_t end)
{
	struct morsel_inode *mi = morsel_i(inode);

	if (!mi->record || !READ_ONCE(mi->stored_to))
		return;
	/* Who maps it now is counted first, and says so afterwards. */
	if (!start && end == LLONG_MAX && !mapping_writably_mapped(inode->i_mapping))
		WRITE_ONCE(mi->stored_to, false);
	write_back(inode, start >> PAGE_SHIFT, end >> PAGE_SHIFT);
	pm_fence(&store_of(inode)->pp.pm);
}

static int sync_inode(struct inode *inode, loff_t start, loff_t end)
{
	int error = 0;

	if (S_ISREG(inode->i_mode))
		morsel_store_write_back(inode, start, end);
	inode_lock(inode);
	if (!morsel_i(inode)->record->bad)
		error = morsel_store_update(inode);
	inode_unlock(inode);
	return error;
}

int morsel_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct inode *inode = file_inode(file);
	int error;

	if (!morsel_i(inode)->record || store_of(inode)->pp.read_only)
		return 0;
	error = sync_inode(inode, start, end);
	return blkdev_issue_flush(store_of(inode)->bdev.bdev) ?: error;
}

int morsel_store_sync(struct super_block *sb)
{
	struct morsel_pool *pool = morsel_pool(sb);
	struct inode *inode;
	unsigned long id;
	int error = 0;

	if (!pool->store || pool->store->pp.read_only)
		return 0;
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
