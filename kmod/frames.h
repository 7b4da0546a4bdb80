/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames: the memory that leaves name. */
#ifndef MORSEL_FRAMES_H
#define MORSEL_FRAMES_H

#include <linux/mm_types.h>

struct inode;
struct morsel_pool;

/**
 * morsel_frame_alloc() - allocate and charge a zeroed frame
 * @inode: the object it is for
 * @index: page index in the object; a multiple of 1 << @order
 * @order: 0 (4 KiB) or MORSEL_CHUNK_ORDER (2 MiB)
 *
 * The frame has one reference, is off the LRU, has mapcount 0 and points to
 * the object by mapping and index (shared futexes need that).
 *
 * Context: Process; sleeps; invalidate_lock of the object held.
 * Return: the (head) page, or ERR_PTR(-ENOSPC) when the pool is full, ERR_PTR(-EDQUOT)
 * when the owner's quota is, ERR_PTR(-ENOMEM) when the machine is.
 */
struct page *morsel_frame_alloc(struct inode *inode, pgoff_t index, unsigned int order);

/**
 * morsel_frame_free() - give a frame back
 *
 * Drops the pool's reference.  Who has pinned the page keeps it until he lets
 * go; the page cannot be given to anybody else before.
 *
 * Context: Process; invalidate_lock of the object held exclusive.  No leaf of a
 * view and no TLB may name the frame any more.
 */
void morsel_frame_free(struct inode *inode, struct page *page, unsigned int order);

/*
 * Frames that a pool can still give, and how many 2 MiB of it are in one piece; the latter
 * of a persistent pool only.  What records and tables take there is not to be had.
 * Context: process; reads what others are changing, and holds nobody up.
 */
u64 morsel_frames_available(const struct morsel_pool *pool);
u64 morsel_frames_available_huge(const struct morsel_pool *pool);

#endif
