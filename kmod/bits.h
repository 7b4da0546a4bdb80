/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bit for each frame of a pool, in parts that are there when a bit of them is
 * to be set: most of a large pool is not touched while it is mounted, and what
 * is not touched costs no memory and no time.
 *
 * A part that is there stays until pp_bits_exit().
 */
#ifndef MORSEL_BITS_H
#define MORSEL_BITS_H

#include "portable.h"

enum {
	PP_PART_FRAMES = 1 << 15,	/* 128 MiB; bits in a frame of the checkpoint's map */
	PP_PART_WORDS = PP_PART_FRAMES / 64,
};

struct pp_bits {
	u64 nr_parts;
	unsigned long **part;	/* NULL: all of its bits are 0 */
};

static inline u64 pp_nr_parts(u64 nr_frames)
{
	return DIV_ROUND_UP(nr_frames, (u64)PP_PART_FRAMES);
}

/* Frames of @part that there are. */
static inline u64 pp_part_frames(u64 nr_frames, u64 part)
{
	return min_t(u64, nr_frames - part * PP_PART_FRAMES, PP_PART_FRAMES);
}

/* Return: 0 or -ENOMEM. */
int pp_bits_init(struct pp_bits *bits, u64 nr_frames);
void pp_bits_exit(struct pp_bits *bits);
/* Make room for bit @nr, before it is set.  Return: 0 or -ENOMEM. */
int pp_bits_need(const struct pp_bits *bits, u64 nr, gfp_t gfp);

static inline unsigned long *pp_bits_part(const struct pp_bits *bits, u64 part)
{
	/* Pairs with pp_bits_need(): its bits are 0 before it is there. */
	return smp_load_acquire(&bits->part[part]);
}

/* The words of a part, to be read: zeros where it is not there. */
const u64 *pp_bits_look(const struct pp_bits *bits, u64 part);

/* Of a bit that there is room for. */
static inline unsigned long *pp_bits_word(const struct pp_bits *bits, u64 nr)
{
	return pp_bits_part(bits, nr / PP_PART_FRAMES) + nr % PP_PART_FRAMES / BITS_PER_LONG;
}

static inline bool pp_bits_test(const struct pp_bits *bits, u64 nr)
{
	const unsigned long *part = pp_bits_part(bits, nr / PP_PART_FRAMES);

	return part && test_bit(nr % PP_PART_FRAMES, part);
}

#endif
