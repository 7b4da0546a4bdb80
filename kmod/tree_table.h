/* SPDX-License-Identifier: GPL-2.0-only */
/* The format of canonical tables; for tree.c and tree_range.c only. */
#ifndef MORSEL_TREE_TABLE_H
#define MORSEL_TREE_TABLE_H

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/pgtable.h>
#include "inode.h"

/* Flags of entries: those of x86 page tables, so that a reader needs no other knowledge. */
#define E_TABLE		(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED)
#define E_LEAF		(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER)
#define E_ADDR		PHYSICAL_PAGE_MASK
/* A process has had the page in a table of its own, so that no view need show it. */
#define E_LENT_BIT	_PAGE_BIT_SOFTW1
#define ROOT_LEVEL	7UL
#define TOP_LEVEL	4U	/* 256 TiB */
#define ENTRIES		512U
#define LEVEL_SHIFT	9U

static inline unsigned int root_level(unsigned long root)
{
	return root & ROOT_LEVEL;
}

static inline unsigned long *table_of(unsigned long entry)
{
	return phys_to_virt(entry & E_ADDR);
}

/* Pages covered by one entry of a table of @level: log2. */
static inline unsigned int entry_shift(unsigned int level)
{
	return (level - 1) * LEVEL_SHIFT;
}

static inline bool in_reach(unsigned int level, pgoff_t index)
{
	return !(index >> (level * LEVEL_SHIFT));
}

static inline unsigned int slot_of(unsigned int level, pgoff_t index)
{
	return (index >> entry_shift(level)) & (ENTRIES - 1);
}

static inline bool is_leaf(unsigned long entry, unsigned int level)
{
	return level == 1 || entry & _PAGE_PSE;
}

static inline struct morsel_frames *frames_of(const struct morsel_tree *tree)
{
	return morsel_frames(&container_of(tree, struct morsel_inode, tree)->vfs_inode);
}

/* There are @more 2 MiB frames in the tree; tables. */
static inline void count_huge(struct morsel_tree *tree, int more)
{
	atomic64_add(more, &tree->huge);
	atomic64_add(more, &frames_of(tree)->huge);
}

static inline void count_tables(struct morsel_tree *tree, int more)
{
	atomic64_add(more, &tree->tables);
	atomic64_add(more, &frames_of(tree)->tree_tables);
}

static inline void free_table(struct morsel_tree *tree, unsigned long entry)
{
	count_tables(tree, -1);
	free_page((unsigned long)table_of(entry));
}

#endif
