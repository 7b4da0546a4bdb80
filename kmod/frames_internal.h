/* SPDX-License-Identifier: GPL-2.0-only */
/* The allocator of frames from within. */
#ifndef MORSEL_FRAMES_INTERNAL_H
#define MORSEL_FRAMES_INTERNAL_H

#include "frames_alloc.h"

enum {
	AREA_FRAMES = 512,		/* 2 MiB */
	AREA_WORDS = AREA_FRAMES / 64,
	AREA_HUGE = 1 << 16,		/* in use as one frame; its bits are clear */
	AREA_COUNT = AREA_HUGE - 1,
	GROVE_AREAS = 32,
	GROVE_FRAMES = GROVE_AREAS * AREA_FRAMES,
	PART_AREAS = PP_PART_FRAMES / AREA_FRAMES,
	PART_GROVES = PP_PART_FRAMES / GROVE_FRAMES,
	HUGE_ORDER = 9,
};

#define GROVE_RESERVED	BIT(31)
#define GROVE_COUNT	(GROVE_RESERVED - 1)

/* What a CPU has reserved: a grove, and how many frames of it are promised to the CPU. */
#define LOCAL_VALID	BIT_ULL(63)
#define LOCAL_GROVE	0xffffffffULL
#define LOCAL_ONE	BIT_ULL(32)

struct fa_local {
	u64 state;
	u64 atomics;		/* a statistic; may miss some */
	u64 pad[6];
};

struct fa {
	u64 nr_frames;
	u32 nr_areas, nr_groves;
	unsigned int nr_cpus;
	struct mutex lock;	/* [innermost; nothing is allocated] a part is being loaded */
	const struct fa_source *source;
	void *source_arg;
	u64 **bits;		/* [lock to store] of a part, 1: in use; NULL: not loaded */
	/* Of a part that is not loaded: 0; what is expected; what is expected. */
	u32 *areas;		/* free frames, AREA_HUGE */
	u32 *groves;		/* free frames that no CPU has, GROVE_RESERVED */
	u16 *huge;		/* of groves that are not loaded: areas that are free as a whole */
	struct fa_local *local;
};

static inline bool fa_is_loaded(const struct fa *fa, u64 part)
{
	/* Pairs with its being published, when the counters are there. */
	return smp_load_acquire(&fa->bits[part]);
}

/* Context: the part is loaded. */
static inline u64 *fa_area_bits(const struct fa *fa, u64 area)
{
	return fa->bits[area / PART_AREAS] + area % PART_AREAS * AREA_WORDS;
}

/* Return: false: there is no memory. */
bool fa_load_part(struct fa *fa, u64 part, gfp_t gfp);

#endif
