// SPDX-License-Identifier: GPL-2.0-only
/* Change the size of an object, and zero what must read as zeros. */
#include <linux/mm.h>
#include "fs_internal.h"
#include "store.h"

/* Zero what is sound of [@from, @to) in a leaf.  Return: 0, or -EIO for what has a memory error. */
static int zero_leaf(const struct morsel_leaf *leaf, loff_t from, loff_t to)
{
	const struct page *page = leaf->page;
	int error = 0;

	while (from < to) {
		size_t offset = offset_in_page(from);
		size_t bytes = morsel_sound_bytes(page, offset, to - from);

		memset(page_address(page) + offset, 0, bytes);
		if (bytes == to - from)
			break;
		error = -EIO;
		page += (offset + bytes) / PAGE_SIZE + 1;
		from = round_down(from + bytes, PAGE_SIZE) + PAGE_SIZE;
	}
	return error;
}

int morsel_zero_bytes(struct inode *inode, loff_t from, loff_t to)
{
	int error = 0;

	if (morsel_i(inode)->record)
		return from < to ? morsel_store_zero(inode, from, to) : 0;
	while (from < to) {
		pgoff_t index = morsel_tree_next(inode, from >> PAGE_SHIFT, false);
		struct morsel_leaf leaf;
		loff_t end;

		if (index > (to - 1) >> PAGE_SHIFT)
			break;
		from = max(from, (loff_t)index << PAGE_SHIFT);
		leaf = morsel_tree_lookup(inode, index);
		if (WARN_ON_ONCE(!leaf.page))
			break;
		end = min(to, morsel_leaf_end(index, leaf.order));
		error = zero_leaf(&leaf, from, end) ?: error;
		from = end;
		cond_resched();
	}
	return error;
}

/*
 * Stores may have gone to the rest of the last page; through a pin that is
 * older than the size, to all of its 2 MiB frame.  What has a memory error there
 * stays as it is: nobody can read it.
 */
int morsel_zero_tail(struct inode *inode, loff_t to)
{
	loff_t size = i_size_read(inode);
	int error;

	if (to <= size)
		return 0;
	filemap_invalidate_lock_shared(inode->i_mapping);
	error = morsel_zero_bytes(inode, size, min_t(loff_t, to, round_up(size, PMD_SIZE)));
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return morsel_i(inode)->record ? error : 0;
}

/*
 * Faults wait for invalidate_lock and then see the new size, so nothing comes
 * back behind unmap_mapping_range().  What is left of the last page, or of the
 * last 2 MiB frame, is kept and zeroed.
 */
static void morsel_shrink(struct inode *inode, loff_t size)
{
	struct address_space *mapping = inode->i_mapping;
	pgoff_t first = DIV_ROUND_UP_ULL(size, PAGE_SIZE);

	filemap_invalidate_lock(mapping);
	i_size_write(inode, size);
	unmap_mapping_range(mapping, (loff_t)first << PAGE_SHIFT, 0, 1);
	if (first <= MORSEL_LAST_PAGE) {
		morsel_view_clear(inode, first, MORSEL_LAST_PAGE);
		morsel_tree_remove(inode, first, MORSEL_LAST_PAGE);
	}
	morsel_zero_bytes(inode, size, (loff_t)first << PAGE_SHIFT);
	filemap_invalidate_unlock(mapping);
}

/*
 * On the media a shrinking object is smaller first, then loses its frames; a growing
 * one is zeroed behind its end first.  The size that others see follows.
 */
static int morsel_resize_stored(struct inode *inode, loff_t size)
{
	struct address_space *mapping = inode->i_mapping;
	pgoff_t first = DIV_ROUND_UP_ULL(size, PAGE_SIZE);
	bool grows = size > i_size_read(inode);
	pgoff_t last = grows ? size >> PAGE_SHIFT : ULONG_MAX;
	int error;

	filemap_invalidate_lock(mapping);
	error = morsel_store_judge(inode, size >> PAGE_SHIFT, last);
	if (error)
		goto out;
	if (!grows) {
		unmap_mapping_range(mapping, (loff_t)first << PAGE_SHIFT, 0, 1);
		morsel_view_clear(inode, first, MORSEL_LAST_PAGE);
	}
	error = morsel_store_resize(inode, size);
out:
	filemap_invalidate_unlock(mapping);
	return error;
}

int morsel_resize(struct inode *inode, loff_t size)
{
	lockdep_assert_held_write(&inode->i_rwsem);
	if (morsel_i(inode)->record)
		return morsel_resize_stored(inode, size);
	if (size <= i_size_read(inode)) {
		morsel_shrink(inode, size);
	} else {
		morsel_zero_tail(inode, size);
		i_size_write(inode, size);
	}
	return 0;
}
