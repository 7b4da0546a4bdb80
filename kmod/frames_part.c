// SPDX-License-Identifier: GPL-2.0-only
/* Parts of the allocator's map, and what is known of those that are not loaded. */
#include "frames_internal.h"

/* What is behind the last frame is in use. */
static void end_map(u64 *map, u64 nr_frames)
{
	u64 word = nr_frames / 64;

	if (nr_frames % 64)
		map[word++] |= ~0ULL << nr_frames % 64;
	for (; word < PP_PART_WORDS; word++)
		map[word] = ~0ULL;
}

/* Frames of an area that are free; what is behind the @nr_frames of its part is not. */
static u32 count_area(const u64 *map, u32 area, u64 nr_frames)
{
	u32 word = area * AREA_WORDS, end = word + AREA_WORDS, free = 0;
	u64 used;

	for (; word < end && word * 64ULL < nr_frames; word++) {
		used = map[word];
		if (word == nr_frames / 64)
			used |= ~0ULL << nr_frames % 64;
		free += used ? 64 - hweight64(used) : 64;
	}
	return free;
}

static void build(struct fa *fa, u64 part, u64 *map)
{
	u32 area = part * PART_AREAS, end = min(area + PART_AREAS, fa->nr_areas), grove, free;
	u64 nr_frames = pp_part_frames(fa->nr_frames, part);

	end_map(map, nr_frames);
	for (grove = area / GROVE_AREAS; area < end; grove++) {
		for (free = 0; area < end && area / GROVE_AREAS == grove; area++) {
			fa->areas[area] = count_area(map, area % PART_AREAS, nr_frames);
			free += fa->areas[area];
		}
		WRITE_ONCE(fa->groves[grove], free);
	}
	/* Counters first: pairs with fa_is_loaded(). */
	smp_store_release(&fa->bits[part], map);
}

/* All memory comes before the lock: who gives some back may wait for it. */
bool fa_load_part(struct fa *fa, u64 part, gfp_t gfp)
{
	u64 *map;

	if (fa_is_loaded(fa, part))
		return true;
	if (fa->source->prepare(fa->source_arg, part, gfp))
		return false;
	map = kvcalloc(PP_PART_WORDS, sizeof(*map), gfp);
	if (!map)
		return false;
	mutex_lock(&fa->lock);
	if (!fa_is_loaded(fa, part)) {
		fa->source->load(fa->source_arg, part, map);
		build(fa, part, map);
		map = NULL;
	}
	mutex_unlock(&fa->lock);
	kvfree(map);	/* somebody else was faster */
	return true;
}

void fa_need(struct fa *fa, u64 frame)
{
	fa_load_part(fa, frame / PP_PART_FRAMES, GFP_KERNEL | __GFP_NOFAIL);
}

bool fa_hold_unloaded(struct fa *fa, u64 frame)
{
	u64 part = frame / PP_PART_FRAMES;

	if (fa_is_loaded(fa, part))
		return false;
	mutex_lock(&fa->lock);
	if (!fa_is_loaded(fa, part))
		return true;
	mutex_unlock(&fa->lock);
	return false;
}

void fa_let_go(struct fa *fa)
{
	mutex_unlock(&fa->lock);
}

void fa_count(const u64 *map, u64 nr_frames, struct fa_sums *sums)
{
	u32 area, free;

	memset(sums, 0, sizeof(*sums));
	for (area = 0; area < DIV_ROUND_UP(nr_frames, AREA_FRAMES); area++) {
		free = count_area(map, area, nr_frames);
		sums->free[area / GROVE_AREAS] += free;
		sums->huge[area / GROVE_AREAS] += free == AREA_FRAMES;
	}
}

void fa_expect(struct fa *fa, u64 part, const struct fa_sums *sums)
{
	u32 i, grove = part * PART_GROVES;

	for (i = 0; i < PART_GROVES && grove + i < fa->nr_groves; i++) {
		fa->groves[grove + i] = sums->free[i];
		fa->huge[grove + i] = sums->huge[i];
	}
}

bool fa_save(const struct fa *fa, u64 part, u64 *map)
{
	u64 nr = pp_part_frames(fa->nr_frames, part), i;
	u32 area = part * PART_AREAS;

	if (!fa_is_loaded(fa, part))
		return false;
	memcpy(map, fa->bits[part], PP_PART_WORDS * sizeof(*map));
	for (i = 0; i * AREA_FRAMES < nr; i++)
		if (fa->areas[area + i] & AREA_HUGE)
			memset(map + i * AREA_WORDS, 0xff, AREA_WORDS * sizeof(*map));
	/* There is nothing behind the last frame. */
	if (nr % 64)
		map[nr / 64] &= ~(~0ULL << nr % 64);
	return true;
}
