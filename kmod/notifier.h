/* SPDX-License-Identifier: GPL-2.0-only */
/* The notifier of an address space. */
#ifndef MORSEL_NOTIFIER_H
#define MORSEL_NOTIFIER_H

#include "link.h"

/**
 * morsel_mm_get() - find or register the notifier of @mm
 *
 * Context: mmap_lock held for write; sleeps.
 * Return: with a reference, or ERR_PTR: -ENOMEM; -ERESTARTNOINTR when a signal came.
 */
struct morsel_mm *morsel_mm_get(struct mm_struct *mm);

/* Another reference on top of one that is held.  Context: mmap_lock held for write. */
void morsel_mm_ref(struct morsel_mm *mmm);
/* Context: any that may not free at once: the memory goes after an SRCU grace period. */
void morsel_mm_put(struct morsel_mm *mmm);

/**
 * morsel_mm_wait() - wait until nobody walks [@start, @end) without mmap_lock
 *
 * Before an entry becomes empty: unmap_mapping_range() comes by the object's
 * rmap and finds a VMA until its tables are freed, the OOM reaper comes beside
 * exit.  Either is between start and end of an invalidation, in which it holds
 * no lock that the caller may have.
 *
 * Context: mmm->lock held, dropped while waiting; sleeps.  The caller holds
 * mmap_lock for write, or the VMAs are out of the tree, or the address space is
 * dying; he is not within an invalidation himself.
 */
void morsel_mm_wait(struct morsel_mm *mmm, unsigned long start, unsigned long end)
	__must_hold(&mmm->lock);

/**
 * morsel_mm_unlinked() - end an unlink: drop mmm->lock, and flush
 * @changed: something was taken out
 *
 * Flushes also where somebody else has taken something out and has not flushed
 * yet: who comes second finds nothing to unlink, but frees frames all the same.
 *
 * Context: mmm->lock held, interrupts on.
 */
void morsel_mm_unlinked(struct morsel_mm *mmm, bool changed) __releases(&mmm->lock);

int morsel_mm_init(void);
/* Unregister from all address spaces.  Context: no VMA of ours is left anywhere. */
void morsel_mm_exit(void);

#endif
