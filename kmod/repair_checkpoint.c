// SPDX-License-Identifier: GPL-2.0-only
/*
 * A checkpoint compared with the trees.  An entry of a table has no checksum, but if it has come
 * to name another frame the checkpoint does not know of that.  In user space only.
 */
#include "repair.h"

static void invalid(const struct pp_pool *pool, const char *why)
{
	pp_found(pool->report, PP_CHECKPOINT, 0, pool->checkpoint_first, why);
}

/* The first frame of a part that @a has and @b has not; 0: none, as frame 0 is in both. */
static u64 first_of(const struct pp_pool *pool, u64 part, const u64 *a, const u64 *b)
{
	u64 n = pp_part_frames(pool->nr_frames, part), i;

	for (i = 0; i < n; i++)
		if ((a[i / 64] & ~b[i / 64]) >> i % 64 & 1)
			return part * PP_PART_FRAMES + i;
	return 0;
}

static void compare_part(const struct pp_pool *pool, u64 part, const u64 *map)
{
	const u64 *claims = pp_bits_look(&pool->claims, part);
	u64 frame = first_of(pool, part, claims, map);

	if (frame)
		pp_found(pool->report, PP_TREE, 0, frame,
			 "it is named, and the checkpoint has it free");
	frame = first_of(pool, part, map, claims);
	if (frame)
		pp_found(pool->report, PP_CHECKPOINT, 0, frame,
			 "the checkpoint has it in use, and nothing names it");
}

int pp_compare_checkpoint(struct pp_pool *pool)
{
	u64 nr = pp_nr_parts(pool->nr_frames), part;
	u64 *map = kvzalloc(MEDIA_FRAME, GFP_KERNEL);

	if (!map)
		return -ENOMEM;
	if (!pp_read_index(pool)) {
		invalid(pool, "the checkpoint is not valid");
		nr = 0;
	}
	for (part = 0; part < nr; part++) {
		if (pp_read_map(pool, part, map))
			compare_part(pool, part, map);
		else
			invalid(pool, "a part of the checkpoint is not valid");
	}
	kvfree(map);
	return 0;
}
