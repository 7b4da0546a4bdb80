// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocate, punch holes, zero ranges.
 *
 * An allocation that is refused half-way takes back what it has made: it keeps
 * account of the holes it filled.  Faults go on meanwhile; a page that somebody
 * has mapped by then may hold data and stays.  Writes cannot come in between, they
 * need i_rwsem.
 */
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "fs_internal.h"
#include "revoke.h"
#include "store.h"

/* Pages that an allocation has put where holes were; in ascending order. */
struct morsel_filled {
	struct list_head list;
	pgoff_t first;
	pgoff_t end;	/* behind the last */
};

static void morsel_filled_forget(struct list_head *filled)
{
	struct morsel_filled *extent, *next;

	list_for_each_entry_safe(extent, next, filled, list)
		kfree(extent);
	INIT_LIST_HEAD(filled);
}

/* The extent that has page @index: the last one, longer now, or a new one. */
static struct morsel_filled *morsel_filled_extend(struct list_head *filled, pgoff_t index)
{
	struct morsel_filled *extent;

	if (!list_empty(filled)) {
		extent = list_last_entry(filled, struct morsel_filled, list);
		if (extent->end == index) {
			extent->end++;
			return extent;
		}
	}
	extent = kmalloc(sizeof(*extent), GFP_KERNEL_ACCOUNT);
	if (extent) {
		extent->first = index;
		extent->end = index + 1;
		list_add_tail(&extent->list, filled);
	}
	return extent;
}

/* May a process have stored there, through a view or through a table of its own? */
static bool morsel_in_use(struct inode *inode, pgoff_t index)
{
	return morsel_view_shows(inode, index) || morsel_tree_lent(inode, index);
}

/* Context: invalidate_lock held exclusive. */
static void morsel_unfill(struct inode *inode, const struct morsel_filled *extent)
{
	pgoff_t index, next;
	bool used;

	for (index = extent->first; index < extent->end; index = next) {
		used = morsel_in_use(inode, index);
		for (next = index + 1; next < extent->end; next++) {
			if (morsel_in_use(inode, next) != used)
				break;
			if (next % MORSEL_CHUNK_PAGES == 0)
				cond_resched();
		}
		if (!used)
			morsel_tree_remove(inode, index, next - 1);
	}
}

static void morsel_filled_undo(struct inode *inode, struct list_head *filled)
{
	struct morsel_filled *extent;

	filemap_invalidate_lock(inode->i_mapping);
	list_for_each_entry(extent, filled, list)
		morsel_unfill(inode, extent);
	filemap_invalidate_unlock(inode->i_mapping);
	morsel_filled_forget(filled);
}

/*
 * A page that cannot be had is put on the account as well: undoing it gives
 * back the tables that were made for it.
 */
static int morsel_fill_hole(struct inode *inode, pgoff_t index, loff_t end,
			    struct list_head *filled)
{
	struct morsel_filled *extent = morsel_filled_extend(filled, index);
	struct morsel_leaf leaf;
	pgoff_t first;
	int error;

	if (!extent)
		return -ENOMEM;
	error = morsel_tree_populate(inode, index, morsel_want_huge(inode, index, end), &leaf);
	if (!error && leaf.order) {
		first = round_down(index, MORSEL_CHUNK_PAGES);
		extent->first = min(extent->first, first);
		extent->end = first + MORSEL_CHUNK_PAGES;
	}
	return error;
}

/* Fill the holes from page *@index to the end of a chunk; move *@index on. */
static int morsel_fill_chunk(struct inode *inode, pgoff_t *index, pgoff_t last, loff_t end,
			     struct list_head *filled)
{
	pgoff_t hole = morsel_tree_next(inode, *index, true);
	pgoff_t stop = min(last, hole | (MORSEL_CHUNK_PAGES - 1));
	int error;

	for (; hole <= stop; hole = morsel_tree_next(inode, hole, true)) {
		error = morsel_fill_hole(inode, hole, end, filled);
		if (error)
			return error;
	}
	*index = stop + 1;
	return 0;
}

/* Do pool and quota have what the holes in the range need?  It may be gone a moment later. */
static int morsel_has_room(struct inode *inode, pgoff_t first, pgoff_t last)
{
	pgoff_t hole, data;
	int error = 0;
	u64 need = 0;

	filemap_invalidate_lock_shared(inode->i_mapping);
	while (!error && first <= last) {
		hole = morsel_tree_next(inode, first, true);
		if (hole > last)
			break;
		data = min(morsel_tree_next(inode, hole, false), last + 1);
		need += data - hole;
		error = morsel_may_charge_frames(inode, need);
		first = data;
		cond_resched();
	}
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return error;
}

static int morsel_fill(struct inode *inode, loff_t offset, loff_t end, struct list_head *filled)
{
	struct address_space *mapping = inode->i_mapping;
	pgoff_t index = offset >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;
	int error;

	/* Else, without memory to look at what leads there, nothing would be a hole. */
	filemap_invalidate_lock_shared(mapping);
	error = morsel_store_judge(inode, index, last);
	filemap_invalidate_unlock_shared(mapping);
	if (!error)
		error = morsel_has_room(inode, index, last);
	while (!error && index <= last) {
		if (fatal_signal_pending(current))
			return -EINTR;
		filemap_invalidate_lock_shared(mapping);
		error = morsel_fill_chunk(inode, &index, last, end, filled);
		filemap_invalidate_unlock_shared(mapping);
		cond_resched();
	}
	/* Where damage has shown, nothing was a hole. */
	return !error && morsel_store_is_damaged(inode) ? -EUCLEAN : error;
}

/*
 * Zero what is there, but for what has a memory error (-EIO).  The lock is dropped now
 * and then, for who waits for it or wants to die.
 */
static int morsel_zero_old(struct inode *inode, loff_t from, loff_t to)
{
	int error = 0, now;
	loff_t stop;

	for (; from < to; from = stop) {
		if (fatal_signal_pending(current))
			return -EINTR;
		stop = min_t(loff_t, to, round_down(from, PUD_SIZE) + PUD_SIZE);
		filemap_invalidate_lock_shared(inode->i_mapping);
		now = morsel_zero_bytes(inode, from, stop);
		filemap_invalidate_unlock_shared(inode->i_mapping);
		if (now && now != -EIO)
			return now;
		error = error ?: now;
		cond_resched();
	}
	return error;
}

/* Zero a range whose holes have just been filled: what is between the new pages. */
static int morsel_zero_around(struct inode *inode, loff_t offset, loff_t end,
			      const struct list_head *filled)
{
	const struct morsel_filled *extent;
	int error = 0, now;

	list_for_each_entry(extent, filled, list) {
		now = morsel_zero_old(inode, offset,
				      min_t(loff_t, end, (loff_t)extent->first << PAGE_SHIFT));
		if (now && now != -EIO)
			return now;
		error = error ?: now;
		offset = (loff_t)extent->end << PAGE_SHIFT;
	}
	now = morsel_zero_old(inode, offset, end);
	return now && now != -EIO ? now : error ?: now;
}

/* Let the object reach to @end, or keep what is behind its own. */
static int morsel_allocated(struct inode *inode, bool keep_size, loff_t end)
{
	int error = 0;

	if (end <= i_size_read(inode))
		return 0;
	if (!keep_size)
		error = morsel_zero_tail(inode, end);
	if (!error && morsel_i(inode)->record)
		error = morsel_store_grow(inode, end, keep_size);
	else if (!error && !keep_size)
		i_size_write(inode, end);
	return error;
}

static int morsel_allocate(struct inode *inode, int mode, loff_t offset, loff_t end)
{
	LIST_HEAD(filled);
	int error;

	error = morsel_reserve_allows(inode, end) ?: inode_newsize_ok(inode, end);
	if (error)
		return error;
	error = morsel_fill(inode, offset, end, &filled);
	if (!error && mode & FALLOC_FL_ZERO_RANGE)
		error = morsel_zero_around(inode, offset, end, &filled);
	if (!error)
		error = morsel_allocated(inode, mode & FALLOC_FL_KEEP_SIZE, end);
	if (error)
		morsel_filled_undo(inode, &filled);
	else
		morsel_filled_forget(&filled);
	return error;
}

/* Take the whole pages out, zero what is left at both ends. */
static int morsel_punch(struct inode *inode, loff_t offset, loff_t end)
{
	struct address_space *mapping = inode->i_mapping;
	loff_t from = round_up(offset, PAGE_SIZE), to = round_down(end, PAGE_SIZE);
	int error;

	filemap_invalidate_lock(mapping);
	error = morsel_store_judge(inode, offset >> PAGE_SHIFT, (end - 1) >> PAGE_SHIFT);
	if (!error && from < to) {
		unmap_mapping_range(mapping, from, to - from, 1);
		morsel_view_clear(inode, from >> PAGE_SHIFT, (to >> PAGE_SHIFT) - 1);
		error = morsel_tree_remove(inode, from >> PAGE_SHIFT, (to >> PAGE_SHIFT) - 1);
	}
	if (!error)
		error = morsel_zero_bytes(inode, offset, min(from, end));
	if (!error && to >= from)
		error = morsel_zero_bytes(inode, to, end);
	filemap_invalidate_unlock(mapping);
	return error;
}

long morsel_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file_inode(file);
	int error;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		return -EOPNOTSUPP;
	inode_lock(inode);
	error = morsel_file_may(file, MAY_WRITE);
	if (error)
		goto out;
	if (mode & FALLOC_FL_PUNCH_HOLE)
		error = morsel_punch(inode, offset, offset + len);
	else
		error = morsel_allocate(inode, mode, offset, offset + len);
	if (!error)
		error = file_modified(file);
out:
	inode_unlock(inode);
	return error;
}
