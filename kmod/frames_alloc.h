/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The allocator of frames of a persistent pool.  It is in DRAM only: what is
 * in use follows from the trees.  Design: LLFree.  A bit per frame, a counter
 * per 2 MiB (an area), a counter per 32 areas (a grove); each CPU reserves a
 * grove and takes frames from there, so that CPUs do not meet.  No locks, but
 * to load what was not looked at before: the bits are in parts of 128 MiB, each
 * loaded when a frame of it is taken or given back.  Until then of its groves
 * is known how much there is.
 */
#ifndef MORSEL_FRAMES_ALLOC_H
#define MORSEL_FRAMES_ALLOC_H

#include "bits.h"

#define FA_NONE (~0ULL)

struct fa;

/* What is free in a part, by halves, which are the groves. */
struct fa_sums {
	u32 free[2];		/* frames */
	u32 huge[2];		/* areas of 2 MiB that are free as a whole */
};

/* Where parts are loaded from. */
struct fa_source {
	/* Get what load() needs, as often as asked.  Return: 0 or -ENOMEM; with __GFP_NOFAIL: 0. */
	int (*prepare)(void *arg, u64 part, gfp_t gfp);
	/*
	 * Say of each frame of @part whether it is in use, in @map, which is all 0.  What is
	 * behind the end of the pool does not matter.  Context: once for each part, under a lock.
	 */
	void (*load)(void *arg, u64 part, u64 *map);
};

/* Return: an allocator that knows of no free frame, or NULL. */
struct fa *fa_new(u64 nr_frames, unsigned int nr_cpus, const struct fa_source *source, void *arg);
void fa_free(struct fa *fa);
/* What a map says is free of the first @nr_frames of a part. */
void fa_count(const u64 *map, u64 nr_frames, struct fa_sums *sums);
/* What is going to be found in @part.  Context: before anything else is done with it. */
void fa_expect(struct fa *fa, u64 part, const struct fa_sums *sums);
/* Load the part of @frame, which is about to be given back: that cannot fail. */
void fa_need(struct fa *fa, u64 frame);
/*
 * The map of @part as it is now.  Return: false: it is not loaded.
 * Context: nobody takes or gives back frames meanwhile.
 */
bool fa_save(const struct fa *fa, u64 part, u64 *map);
/* Return: true: the part of @frame is not loaded, and will not be before fa_let_go(). */
bool fa_hold_unloaded(struct fa *fa, u64 frame);
void fa_let_go(struct fa *fa);
/* @order: 0, or 9 for 2 MiB.  Return: the (first) frame or FA_NONE. */
u64 fa_get(struct fa *fa, unsigned int cpu, unsigned int order);
/* Context: the part is loaded, as of what fa_get() has given, or by fa_need(). */
void fa_put(struct fa *fa, unsigned int cpu, u64 frame, unsigned int order);
u64 fa_nr_free(const struct fa *fa);
/* How many of the 2 MiB areas are free as a whole. */
u64 fa_nr_free_huge(const struct fa *fa);
/* Of a frame whose part cannot be loaded for want of memory: no. */
bool fa_is_free(struct fa *fa, u64 frame);
/* Is any of the 2 MiB from @frame on free?  Context: the part is loaded. */
bool fa_any_free_huge(const struct fa *fa, u64 frame);
/* Atomic operations so far, of all CPUs: for tests that count them. */
u64 fa_atomics(const struct fa *fa);

#endif
