/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The allocator of frames of a persistent pool.  It is in DRAM only: what is
 * in use follows from the trees.  Design: LLFree.  A bit per frame, a counter
 * per 2 MiB (an area), a counter per 32 areas (a grove); each CPU reserves a
 * grove and takes frames from there, so that CPUs do not meet.  No locks.
 */
#ifndef MORSEL_FRAMES_ALLOC_H
#define MORSEL_FRAMES_ALLOC_H

#include "portable.h"

#define FA_NONE (~0ULL)

struct fa;

/* Return: an allocator whose frames are all in use, or NULL. */
struct fa *fa_new(u64 nr_frames, unsigned int nr_cpus);
void fa_free(struct fa *fa);
/*
 * The map, a bit for each frame in use.  The caller fills it before fa_build(), and leaves it
 * alone afterwards.
 */
unsigned long *fa_map(struct fa *fa);
/* Make free what the map does not have. */
void fa_build(struct fa *fa);
/*
 * The map of @nr areas of 2 MiB from @area on, as they are now.
 * Context: nobody takes or gives back frames meanwhile.
 */
void fa_save(const struct fa *fa, u64 area, u64 nr, u64 *map);
/* @order: 0, or 9 for 2 MiB.  Return: the (first) frame or FA_NONE. */
u64 fa_get(struct fa *fa, unsigned int cpu, unsigned int order);
void fa_put(struct fa *fa, unsigned int cpu, u64 frame, unsigned int order);
u64 fa_nr_free(const struct fa *fa);
/* How many of the 2 MiB areas are free as a whole. */
u64 fa_nr_free_huge(const struct fa *fa);
bool fa_is_free(const struct fa *fa, u64 frame);
/* Is any of the 2 MiB from @frame on free? */
bool fa_any_free_huge(const struct fa *fa, u64 frame);
/* Atomic operations so far, of all CPUs: for tests that count them. */
u64 fa_atomics(const struct fa *fa);

#endif
