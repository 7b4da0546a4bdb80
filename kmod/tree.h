/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The canonical tree: which frame backs which page of an object.
 *
 * Tables of 512 entries in x86 page-table format, as high as the object needs:
 * level 1 names 4 KiB frames, level 2 names 2 MiB frames (PSE) or level-1
 * tables, and so on.  No MMU walks it; views are built from it.
 */
#ifndef MORSEL_TREE_H
#define MORSEL_TREE_H

#include <linux/atomic.h>
#include <linux/types.h>

struct inode;
struct page;

struct morsel_tree {
	unsigned long root;	/* physical address of the top table | its level; 0: empty */
	atomic64_t pages;	/* 4 KiB frames allocated to the object (2 MiB counts 512) */
	atomic64_t huge;	/* of these, 2 MiB leaves (each is 512 of @pages) */
	atomic64_t tables;	/* tables of the canonical tree */
};

/* What backs one page of an object. */
struct morsel_leaf {
	struct page *page;	/* the 4 KiB page itself, within a 2 MiB frame too; NULL: hole */
	unsigned int order;	/* of the leaf: 0 or MORSEL_CHUNK_ORDER */
	int error;		/* of a tree on a device that cannot be read: -EIO, -EUCLEAN */
};

void morsel_tree_init(struct morsel_tree *tree);

/**
 * morsel_tree_lookup() - find the frame of page @index
 *
 * Context: invalidate_lock held, shared or exclusive.
 * Return: the leaf; .page is NULL for a hole.  No reference is taken.
 */
struct morsel_leaf morsel_tree_lookup(struct inode *inode, pgoff_t index);

/**
 * morsel_tree_lend() - find the frame of page @index for a process's own table
 *
 * As morsel_tree_lookup(), and makes morsel_tree_lent() true for what the leaf
 * has.  Context: invalidate_lock held, shared or exclusive.
 */
struct morsel_leaf morsel_tree_lend(struct inode *inode, pgoff_t index);

/*
 * May a process have page @index in a table of its own?
 * Context: invalidate_lock held exclusive.
 */
bool morsel_tree_lent(struct inode *inode, pgoff_t index);

/**
 * morsel_tree_populate() - find or allocate the frame of page @index
 * @want_huge: use a 2 MiB frame if the chunk is empty and the pool allows
 *
 * A frame made here is zeroed before it becomes visible.  Falls back to 4 KiB.
 *
 * Context: invalidate_lock held shared (or exclusive); sleeps.
 * Return: 0, -ENOSPC (pool full), -ENOMEM, -EFBIG (@index beyond MORSEL_SIZE_MAX); of a
 * persistent pool also -EIO, -EUCLEAN, -EROFS.
 */
int morsel_tree_populate(struct inode *inode, pgoff_t index, bool want_huge,
			 struct morsel_leaf *leaf);

/**
 * morsel_tree_remove() - take pages [@first, @last] out and free their frames
 *
 * A 2 MiB leaf that is covered in part is kept, and the part is zeroed.
 *
 * Context: invalidate_lock held exclusive; no view or TLB names the range.
 * Return: 0; of a persistent pool also -EIO, -EUCLEAN.
 */
int morsel_tree_remove(struct inode *inode, pgoff_t first, pgoff_t last);

/**
 * morsel_tree_next() - find the next page at or after @index that is data (or a hole)
 *
 * Context: invalidate_lock held.
 * Return: its index; for data, ULONG_MAX when there is none.
 */
pgoff_t morsel_tree_next(struct inode *inode, pgoff_t index, bool hole);

/*
 * The next page of data that a process may have been shown: of a tree on a device
 * what nobody has come to yet is left out.  Context: invalidate_lock held.
 * Return: its index, or ULONG_MAX; or anything behind @last.
 */
pgoff_t morsel_tree_next_shown(struct inode *inode, pgoff_t index, pgoff_t last);

/* The level-2 entry's state for the chunk of @index: used to build views. */
enum morsel_chunk_state {
	MORSEL_CHUNK_EMPTY,
	MORSEL_CHUNK_HUGE,	/* one 2 MiB frame */
	MORSEL_CHUNK_SMALL,	/* a level-1 table of 4 KiB frames */
};

/**
 * struct morsel_chunk - one 2 MiB chunk of an object as the tree has it
 * @state: what is there
 * @page: MORSEL_CHUNK_HUGE: head page of the frame
 * @table: MORSEL_CHUNK_SMALL: 512 entries; read each with READ_ONCE; NULL: look each up
 */
struct morsel_chunk {
	enum morsel_chunk_state state;
	struct page *page;
	const unsigned long *table;
};

/* Context: invalidate_lock held. */
struct morsel_chunk morsel_tree_chunk(struct inode *inode, pgoff_t index);

/* The 2 MiB frame that page @index is in, or NULL.  Context: invalidate_lock held. */
struct page *morsel_tree_huge(struct inode *inode, pgoff_t index);

/* The page an entry of morsel_chunk.table names, or NULL. */
struct page *morsel_tree_entry_page(unsigned long entry);

#endif
