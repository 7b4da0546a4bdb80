// SPDX-License-Identifier: GPL-2.0-only
/*
 * The canonical tree of a volatile pool.
 *
 * Filling runs with invalidate_lock held shared: tables are installed by
 * cmpxchg, leaves under the fill lock of their chunk, so that a hole is
 * filled once, whoever touches it.  Leaves and tables are taken away with
 * invalidate_lock held exclusive only, so whoever holds it shared may keep
 * using what he found.
 */
#include <linux/hash.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include "frames.h"
#include "inode.h"
#include "store.h"
#include "tree_table.h"

struct page *morsel_tree_entry_page(unsigned long entry)
{
	return entry ? pfn_to_page((entry & E_ADDR) >> PAGE_SHIFT) : NULL;
}

void morsel_tree_init(struct morsel_tree *tree)
{
	memset(tree, 0, sizeof(*tree));
}

static unsigned long new_table(struct morsel_tree *tree)
{
	unsigned long va = get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (!va)
		return 0;
	count_tables(tree, 1);
	return __pa(va);
}

/*
 * Put a table below *@entry if there is none.  The release in cmpxchg pairs
 * with the dependency of whoever reads the entry and follows it.
 */
static int fill_entry(struct morsel_tree *tree, unsigned long *entry)
{
	unsigned long table = new_table(tree);

	if (!table)
		return -ENOMEM;
	if (cmpxchg(entry, 0, table | E_TABLE))
		free_table(tree, table);
	return 0;
}

/* Make the tree at least @level high and high enough for @index. */
static int grow(struct morsel_tree *tree, pgoff_t index, unsigned int level)
{
	unsigned long root, table;

	for (;;) {
		root = READ_ONCE(tree->root);
		if (root && in_reach(root_level(root), index) && root_level(root) >= level)
			return 0;
		table = new_table(tree);
		if (!table)
			return -ENOMEM;
		if (root) {
			level = root_level(root) + 1;
			table_of(table)[0] = (root & E_ADDR) | E_TABLE;
		} else {
			while (!in_reach(level, index))
				level++;
		}
		if (cmpxchg(&tree->root, root, table | level) != root)
			free_table(tree, table);
	}
}

/*
 * Walk to the entry for @index in a table of @level.  Ends early at a 2 MiB
 * leaf or at an empty entry; *@at is the level reached.
 */
static unsigned long *walk(struct morsel_tree *tree, pgoff_t index, unsigned int level,
			   unsigned int *at)
{
	unsigned long root = READ_ONCE(tree->root);
	unsigned long *entry, val;

	*at = root_level(root);
	if (!root || !in_reach(*at, index) || *at < level)
		return NULL;
	entry = table_of(root) + slot_of(*at, index);
	while (*at > level) {
		val = READ_ONCE(*entry);
		if (!val || is_leaf(val, *at))
			break;
		--*at;
		entry = table_of(val) + slot_of(*at, index);
	}
	return entry;
}

/* As walk(), but makes the tables that are missing. */
static unsigned long *walk_fill(struct morsel_tree *tree, pgoff_t index, unsigned int level)
{
	unsigned long *entry;
	unsigned int at;
	int err;

	err = grow(tree, index, level);
	if (err)
		return ERR_PTR(err);
	for (;;) {
		entry = walk(tree, index, level, &at);
		if (at == level || READ_ONCE(*entry))
			return entry;
		err = fill_entry(tree, entry);
		if (err)
			return ERR_PTR(err);
	}
}

static struct morsel_leaf huge_leaf(unsigned long entry, pgoff_t index)
{
	return (struct morsel_leaf){
		.page = morsel_tree_entry_page(entry) + (index & (MORSEL_CHUNK_PAGES - 1)),
		.order = MORSEL_CHUNK_ORDER,
	};
}

static struct morsel_leaf leaf_of(unsigned long val, unsigned int level, pgoff_t index)
{
	if (val && level == 2)
		return huge_leaf(val, index);
	return (struct morsel_leaf){ .page = level == 1 ? morsel_tree_entry_page(val) : NULL };
}

struct morsel_leaf morsel_tree_lookup(struct inode *inode, pgoff_t index)
{
	unsigned long *entry;
	unsigned int at;

	if (morsel_i(inode)->record)
		return morsel_store_lookup(inode, index);
	entry = walk(&morsel_i(inode)->tree, index, 1, &at);
	return leaf_of(entry ? READ_ONCE(*entry) : 0, at, index);
}

struct morsel_leaf morsel_tree_lend(struct inode *inode, pgoff_t index)
{
	struct morsel_leaf leaf;
	unsigned long *entry;
	unsigned int at;

	if (morsel_i(inode)->record) {
		leaf = morsel_store_peek(inode, index);
		if (leaf.page)
			morsel_store_show(inode, leaf.page, index, 0);
		return leaf;
	}
	entry = walk(&morsel_i(inode)->tree, index, 1, &at);
	leaf = leaf_of(entry ? READ_ONCE(*entry) : 0, at, index);
	if (leaf.page && !test_bit(E_LENT_BIT, entry))
		set_bit(E_LENT_BIT, entry);
	return leaf;
}

bool morsel_tree_lent(struct inode *inode, pgoff_t index)
{
	unsigned long *entry;
	struct page *page;
	unsigned int at;

	if (morsel_i(inode)->record) {
		page = morsel_store_peek(inode, index).page;
		return page && READ_ONCE(page->mapping);
	}
	entry = walk(&morsel_i(inode)->tree, index, 1, &at);
	return entry && leaf_of(*entry, at, index).page && test_bit(E_LENT_BIT, entry);
}

/* Returns -EAGAIN where a 2 MiB frame cannot be had or does not fit. */
static int populate_huge(struct inode *inode, pgoff_t index)
{
	struct morsel_tree *tree = &morsel_i(inode)->tree;
	unsigned long *entry = walk_fill(tree, index, 2);
	struct page *page;

	if (IS_ERR(entry))
		return PTR_ERR(entry);
	if (*entry)
		return is_leaf(*entry, 2) ? 0 : -EAGAIN;
	page = morsel_frame_alloc(inode, round_down(index, MORSEL_CHUNK_PAGES), MORSEL_CHUNK_ORDER);
	if (IS_ERR(page))
		return -EAGAIN;
	atomic64_add(MORSEL_CHUNK_PAGES, &tree->pages);
	count_huge(tree, 1);
	/* Who finds the entry, without the lock of the chunk, finds the frame zeroed. */
	smp_store_release(entry, page_to_phys(page) | E_LEAF | _PAGE_PSE);
	return 0;
}

static int populate_small(struct inode *inode, pgoff_t index)
{
	struct morsel_tree *tree = &morsel_i(inode)->tree;
	unsigned long *entry = walk_fill(tree, index, 1);
	struct page *page;

	if (IS_ERR(entry))
		return PTR_ERR(entry);
	if (*entry)
		return 0;
	page = morsel_frame_alloc(inode, index, 0);
	if (IS_ERR(page))
		return PTR_ERR(page);
	atomic64_inc(&tree->pages);
	/* Who finds the entry, without the lock of the chunk, finds the frame zeroed. */
	smp_store_release(entry, page_to_phys(page) | E_LEAF);
	return 0;
}

static struct mutex *fill_lock(struct inode *inode, pgoff_t index)
{
	u64 key = ((u64)inode->i_ino << 32) ^ (index >> MORSEL_CHUNK_ORDER);

	return &morsel_pool(inode->i_sb)->fill_lock[hash_64(key, ilog2(MORSEL_FILL_LOCKS))];
}

int morsel_tree_populate(struct inode *inode, pgoff_t index, bool want_huge,
			 struct morsel_leaf *leaf)
{
	struct mutex *lock = fill_lock(inode, index);
	int err = -EAGAIN;

	if (index >= MORSEL_SIZE_MAX >> PAGE_SHIFT)
		return -EFBIG;
	if (morsel_i(inode)->record)
		return morsel_store_populate(inode, index, want_huge, leaf);
	*leaf = morsel_tree_lookup(inode, index);
	if (leaf->page)
		return 0;
	mutex_lock(lock);
	if (want_huge)
		err = populate_huge(inode, index);
	if (err == -EAGAIN)
		err = populate_small(inode, index);
	if (!err)
		*leaf = morsel_tree_lookup(inode, index);
	mutex_unlock(lock);
	return err;
}

struct morsel_chunk morsel_tree_chunk(struct inode *inode, pgoff_t index)
{
	struct morsel_tree *tree = &morsel_i(inode)->tree;
	unsigned long root = READ_ONCE(tree->root);
	unsigned long *entry, val;
	unsigned int at;

	if (morsel_i(inode)->record)
		return morsel_store_chunk(inode, index);
	if (root_level(root) == 1) {
		val = in_reach(1, index) ? root : 0;
	} else {
		entry = walk(tree, index, 2, &at);
		val = entry && at == 2 ? READ_ONCE(*entry) : 0;
		if (val && is_leaf(val, 2))
			return (struct morsel_chunk){ MORSEL_CHUNK_HUGE,
						      .page = morsel_tree_entry_page(val) };
	}
	if (!val)
		return (struct morsel_chunk){ MORSEL_CHUNK_EMPTY };
	return (struct morsel_chunk){ MORSEL_CHUNK_SMALL, .table = table_of(val) };
}

struct page *morsel_tree_huge(struct inode *inode, pgoff_t index)
{
	if (morsel_i(inode)->record)
		return morsel_store_huge(inode, index);
	return morsel_tree_chunk(inode, index).page;
}
