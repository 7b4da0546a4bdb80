/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Usage: how an object is used, and by whom.
 *
 * Who reads it holds up nobody who maps, faults or unmaps: numbers are read as they
 * are, lists under RCU, and accessed and dirty bits are taken entry by entry.
 */
#ifndef MORSEL_USAGE_H
#define MORSEL_USAGE_H

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct inode;
struct morsel_attachment;

/* What the last scan of the views has found. */
struct morsel_activity {
	u64 active;	/* bytes that were accessed in the interval before the scan */
	u64 dirty;	/* bytes that were written in it; of a persistent pool, ever */
	u64 interval;	/* how long that was, in ns */
	u64 at;		/* when the scan ended, boot time in ns; with interval 0: none yet */
};

struct morsel_usage {
	u64 maps;			/* [attach_lock] mappings ever made, by fork too */
	u64 unmaps;			/* [attach_lock] of these, how many have ended */
	s64 last_mapped;		/* [attach_lock] ns since 1970; 0: never */
	u64 __percpu *faults;		/* NULL: never mapped */
	struct mutex scan;		/* one scan at a time; outermost */
	struct morsel_activity activity; /* [scan] */
};

/* What counting finds. */
struct morsel_usage_stat {
	u64 maps, unmaps, faults;
	s64 last_mapped;
	unsigned long processes;	/* address spaces that map it */
	struct morsel_activity activity;
};

enum {
	MORSEL_SCAN_NEVER = -1,
};

void morsel_usage_init(struct morsel_usage *usage);
/* Context: nobody has the object any more. */
void morsel_usage_exit(struct morsel_usage *usage);

/* Have the counter of faults.  Context: process.  Return: 0 or -ENOMEM. */
int morsel_usage_ready(struct morsel_usage *usage);
/* Count a new attachment.  Context: attach_lock. */
void morsel_usage_mapped(struct morsel_usage *usage, struct morsel_attachment *att);

/* Context: a fault of a VMA with an attachment, so morsel_usage_ready() has been called. */
static inline void morsel_usage_fault(struct morsel_usage *usage)
{
	this_cpu_inc(*usage->faults);
}

/**
 * morsel_usage_get() - count, and find out what is active
 * @max_age: scan the views unless that was done in the last so many ns;
 *	MORSEL_SCAN_NEVER: tell what the last scan has found
 *
 * Context: process, no lock; sleeps.
 * Return: 0, -EINTR.
 */
int morsel_usage_get(struct inode *inode, s64 max_age, struct morsel_usage_stat *stat);

#endif
