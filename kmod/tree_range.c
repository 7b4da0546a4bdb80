// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of the canonical tree: removal, and the search for data and holes.
 *
 * Removal holds invalidate_lock exclusive: nobody else is in the tree.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include "frames.h"
#include "inode.h"
#include "store.h"
#include "tree_table.h"

struct span {
	struct inode *inode;
	pgoff_t first;
	pgoff_t last;
};

static bool covers(const struct span *r, pgoff_t start, pgoff_t end)
{
	return r->first <= start && end <= r->last;
}

/*
 * A 2 MiB frame that is covered in part stays; what is covered reads as zeros, but for
 * pages with a memory error, which nobody can read.
 */
static void zero_part(const struct span *r, struct page *head, pgoff_t start, pgoff_t end)
{
	pgoff_t i, to = min(r->last, end);

	for (i = max(r->first, start); i <= to; i++)
		if (!PageHWPoison(head + (i - start)))
			clear_highpage(head + (i - start));
}

static void remove_leaf(const struct span *r, unsigned long *entry, unsigned int level,
			pgoff_t start, pgoff_t end)
{
	struct morsel_tree *tree = &morsel_i(r->inode)->tree;
	struct page *page = morsel_tree_entry_page(*entry);

	if (!covers(r, start, end)) {
		zero_part(r, page, start, end);
		return;
	}
	*entry = 0;
	atomic64_sub(1L << entry_shift(level), &tree->pages);
	if (level == 2)
		count_huge(tree, -1);
	morsel_frame_free(r->inode, page, entry_shift(level));
}

static bool is_empty(const unsigned long *table)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (table[i])
			return false;
	return true;
}

/*
 * Remove what lies in the range from a table whose first page is @base.
 * Recursion is as deep as the tree is high: TOP_LEVEL at most.
 * Return: true when the table is empty now.
 */
static bool remove_in(const struct span *r, unsigned long *table, unsigned int level, pgoff_t base)
{
	struct morsel_tree *tree = &morsel_i(r->inode)->tree;
	unsigned int shift = entry_shift(level);
	pgoff_t end = base + ((pgoff_t)ENTRIES << shift) - 1;
	unsigned int slot = slot_of(level, max(r->first, base));
	unsigned int last = slot_of(level, min(r->last, end));
	pgoff_t start;

	for (; slot <= last; slot++) {
		if (!table[slot])
			continue;
		start = base + ((pgoff_t)slot << shift);
		if (is_leaf(table[slot], level)) {
			remove_leaf(r, &table[slot], level, start, start + (1UL << shift) - 1);
		} else if (remove_in(r, table_of(table[slot]), level - 1, start)) {
			free_table(tree, table[slot]);
			table[slot] = 0;
		}
		if (level > 1)
			cond_resched();
	}
	return covers(r, base, end) || is_empty(table);
}

int morsel_tree_remove(struct inode *inode, pgoff_t first, pgoff_t last)
{
	struct morsel_tree *tree = &morsel_i(inode)->tree;
	const struct span r = { inode, first, last };
	unsigned long root = tree->root;

	if (morsel_i(inode)->record)
		return morsel_store_remove(inode, first, last);
	if (!root || first > last || !in_reach(root_level(root), first))
		return 0;
	if (remove_in(&r, table_of(root), root_level(root), 0)) {
		tree->root = 0;
		free_table(tree, root);
	}
	return 0;
}

/* Return: the index looked for in this table, or the first index after it. */
static pgoff_t next_in(const unsigned long *table, unsigned int level, pgoff_t base, pgoff_t index,
		       bool hole)
{
	unsigned int shift = entry_shift(level);
	pgoff_t start, end, found;
	unsigned long val;
	unsigned int slot;

	for (slot = slot_of(level, max(index, base)); slot < ENTRIES; slot++) {
		val = READ_ONCE(table[slot]);
		start = base + ((pgoff_t)slot << shift);
		end = start + (1UL << shift);
		if (!val || is_leaf(val, level)) {
			if (!val == hole)
				return max(index, start);
			continue;
		}
		found = next_in(table_of(val), level - 1, start, index, hole);
		if (found < end)
			return found;
	}
	return base + ((pgoff_t)ENTRIES << shift);
}

pgoff_t morsel_tree_next(struct inode *inode, pgoff_t index, bool hole)
{
	unsigned long root = READ_ONCE(morsel_i(inode)->tree.root);
	pgoff_t end, found;

	if (morsel_i(inode)->record)
		return morsel_store_next(inode, index, hole);
	if (!root || !in_reach(root_level(root), index))
		return hole ? index : ULONG_MAX;
	end = 1UL << (root_level(root) * LEVEL_SHIFT);
	found = next_in(table_of(root), root_level(root), 0, index, hole);
	return found < end || hole ? found : ULONG_MAX;
}

pgoff_t morsel_tree_next_shown(struct inode *inode, pgoff_t index, pgoff_t last)
{
	if (morsel_i(inode)->record)
		return morsel_store_next_judged(inode, index, last);
	return morsel_tree_next(inode, index, false);
}
