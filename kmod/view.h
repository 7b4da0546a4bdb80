/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Views: trees of real page-table pages that the MMU walks, one whose leaves
 * are writable and one whose leaves are not, shared by all processes.
 */
#ifndef MORSEL_VIEW_H
#define MORSEL_VIEW_H

#include <linux/pgtable.h>
#include <linux/xarray.h>
#include "common.h"

struct inode;
struct page;

enum morsel_view_kind {
	MORSEL_VIEW_RW,
	MORSEL_VIEW_RO,
	MORSEL_NR_VIEWS
};

struct morsel_view {
	struct xarray pmds;	/* GiB of the object -> PMD table (struct page) */
	atomic_long_t tables;	/* page-table pages of this view */
};

void morsel_view_init(struct morsel_view *view);

/**
 * morsel_view_fill() - show in a view what the canonical tree has for a chunk
 * @index: a page of the chunk
 * @alone: the page has just been made; show its leaf and nothing else
 *
 * Else the rest of the chunk and all 2 MiB frames of the same GiB are shown
 * along with it.
 *
 * Context: invalidate_lock held shared; sleeps.
 * Return: 0 or -ENOMEM.
 */
int morsel_view_fill(struct inode *inode, enum morsel_view_kind kind, pgoff_t index, bool alone);

/* The page that the view shows as page @index, or NULL.  Context: invalidate_lock held. */
struct page *morsel_view_page(struct inode *inode, enum morsel_view_kind kind, pgoff_t index);

/**
 * morsel_view_ready() - have the PMD tables of the GiB that have data in [@first, @last]
 *
 * Context: invalidate_lock held shared; sleeps.
 * Return: how many tables are new, or -ENOMEM.
 */
int morsel_view_ready(struct inode *inode, enum morsel_view_kind kind, pgoff_t first, pgoff_t last);

/* The PMD table of the GiB of @index, or NULL.  It lives until eviction.  Context: any. */
struct page *morsel_view_find(struct inode *inode, enum morsel_view_kind kind, pgoff_t index);

enum morsel_leaf_bits {
	MORSEL_LEAF_ACCESSED = 1 << 0,
	MORSEL_LEAF_DIRTY = 1 << 1,
};

/*
 * Set bits of the leaf that shows page @index, for a copy of it that had them.
 * Context: any but hard irq.  Return: false when there is no such leaf.
 */
bool morsel_view_put_bits(struct inode *inode, enum morsel_view_kind kind, pgoff_t index,
			  unsigned int bits);

/*
 * Does a view have a leaf for page @index, so that a process may have stored there?
 * Context: invalidate_lock held exclusive.
 */
bool morsel_view_shows(struct inode *inode, pgoff_t index);

/**
 * morsel_view_clear() - take the leaves of pages [@first, @last] out of both views
 *
 * Tables stay.  A 2 MiB leaf that overlaps is cleared whole.
 *
 * Context: invalidate_lock held exclusive, all attachments unlinked from the
 * range (unmap_mapping_range()).
 */
void morsel_view_clear(struct inode *inode, pgoff_t first, pgoff_t last);

/**
 * morsel_view_destroy() - free all tables of both views
 *
 * Context: eviction; no VMA of the object exists.  Tables are freed after an
 * RCU grace period.
 */
void morsel_view_destroy(struct inode *inode);

#endif
