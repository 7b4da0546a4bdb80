/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The morsel window: addresses that belong to one object in every process.
 *
 * A reservation is part of an object and lasts until it is taken away or the
 * object is evicted.  Where it is and how large the object may be does not
 * change while the object is mapped anywhere.
 */
#ifndef MORSEL_RESERVE_H
#define MORSEL_RESERVE_H

#include <linux/rbtree.h>
#include <linux/types.h>

struct inode;
struct morsel_account;

/* The largest gap of a subtree, by the alignment of what is to fit. */
struct morsel_gaps {
	u64 pmd, pud;
};

/* Addresses [@start, @end).  All but @max: reserve_lock. */
struct morsel_reservation {
	struct rb_node rb;
	u64 start;		/* 0: none; also read without the lock */
	u64 end;
	u64 max;		/* bytes the object may have [i_rwsem] */
	u64 gap_start;		/* end of the one before it */
	struct morsel_gaps gaps;
};

/* What is in the window. */
struct morsel_window {
	u64 start, end;
	u64 reservations;	/* number */
	u64 reserved;		/* bytes */
	u64 largest_gap;
};

void morsel_reserve_init(void);

void morsel_window_get(struct morsel_window *window);
/* Return: NULL, or why it cannot be, with *@error. */
const char *morsel_window_set(u64 start, u64 end, int *error);

/* May this process choose an address? */
bool morsel_may_choose_address(void);

/* How much of the window the objects of a user other than root may have in a pool; 0: no limit. */
u64 morsel_user_addresses(void);

/* What an object of at most @max bytes takes: whole 2 MiB, from 1 GiB on whole 1 GiB. */
u64 morsel_reserve_length(u64 max);

/**
 * morsel_reserve() - give an object a place in the window
 * @addr: where, or 0: the lowest place that fits
 * @max: how large the object may become; not less than it is
 *
 * Context: i_rwsem held exclusive.
 * Return: 0; -EBUSY (mapped, or it has a place); -EFBIG (larger than the window, or the
 * object than @max); -EINVAL (@addr not aligned); -ERANGE (not in the window);
 * -EADDRINUSE (overlaps another); -ENOSPC (no gap is large enough); -EDQUOT (too much for
 * its owner).
 */
int morsel_reserve(struct inode *inode, u64 addr, u64 max);
/* Context: as above.  Return: 0; -EBUSY (mapped); -ENOENT (it has none). */
int morsel_unreserve(struct inode *inode);
/* The owner is going to be that of account @to.  Context: i_rwsem held exclusive. */
void morsel_reserve_move(struct inode *inode, struct morsel_account *to);
/* Where such an object would get a place now; 0: nowhere. */
u64 morsel_reserve_look(u64 max);
/* The object ends. */
void morsel_reserve_end(struct inode *inode);

/* May the object be so large?  Context: i_rwsem held.  Return: 0 or -EFBIG. */
int morsel_reserve_allows(const struct inode *inode, u64 size);

/* A reservation, or the gap in front of it, as it is told about. */
struct morsel_place {
	u64 start, end;
	u64 max;
	u32 pool;		/* ids; 0: a gap */
	u64 object;
};

/**
 * morsel_reserve_next() - the first reservation that ends behind @addr
 * @gaps: gaps count, too
 *
 * Return: false at the end of the window.
 */
bool morsel_reserve_next(u64 addr, bool gaps, struct morsel_place *place);

#endif
