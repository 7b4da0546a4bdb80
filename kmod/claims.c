// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames in use: the allocator's and those that something on the media names
 * are the same, and each has one owner.  What is allocated is claimed at once.
 */
#include "engine.h"

int pp_claim_room(const struct pp_pool *pool, u64 frame, gfp_t gfp)
{
	int err = pp_bits_need(&pool->claims, frame, gfp);

	return err ? err : pp_bits_need(&pool->judged, frame, gfp);
}

static bool has_room(const struct pp_pool *pool, u64 frame)
{
	u64 part = frame / PP_PART_FRAMES;

	return pp_bits_part(&pool->claims, part) && pp_bits_part(&pool->judged, part);
}

/* Context of what follows: there is room. */
static bool claim(const struct pp_pool *pool, u64 frame, unsigned int order)
{
	unsigned long *word = pp_bits_word(&pool->claims, frame);
	unsigned long *end = word + (1UL << order) / BITS_PER_LONG, old = 0;

	if (!order)
		return !test_and_set_bit(frame % BITS_PER_LONG, word);
	for (; word < end; word++)
		old |= xchg(word, ~0UL);
	return !old;
}

static void unclaim(const struct pp_pool *pool, u64 frame, unsigned int order)
{
	unsigned long *word = pp_bits_word(&pool->claims, frame);
	unsigned long *end = word + (1UL << order) / BITS_PER_LONG;

	if (!order) {
		if (pp_bits_test(&pool->judged, frame))	/* it was a table */
			clear_bit(frame % BITS_PER_LONG, pp_bits_word(&pool->judged, frame));
		clear_bit(frame % BITS_PER_LONG, word);
	}
	for (; word < end; word++)
		WRITE_ONCE(*word, 0);
}

bool pp_claim_named(const struct pp_pool *pool, u64 frame, unsigned int order)
{
	bool good;

	if (!has_room(pool, frame))	/* a table has changed since room was made */
		return false;
	/* When the map is loaded it is compared with what is claimed by then. */
	if (fa_hold_unloaded(pool->frames, frame)) {
		good = claim(pool, frame, order);
		fa_let_go(pool->frames);
		return good;
	}
	if (order ? fa_any_free_huge(pool->frames, frame) : fa_is_free(pool->frames, frame))
		return false;
	return claim(pool, frame, order);
}

int pp_claim_scanned(const struct pp_pool *pool, u64 frame)
{
	int err = pp_claim_room(pool, frame, GFP_KERNEL);

	return err ? err : claim(pool, frame, 0);
}

void pp_set_judged(const struct pp_pool *pool, u64 table)
{
	smp_mb__before_atomic();	/* pairs with pp_is_judged(): all claims are made */
	set_bit(table % BITS_PER_LONG, pp_bits_word(&pool->judged, table));
}

u64 pp_frame_get(struct pp_pool *pool, unsigned int order)
{
	unsigned int cpu = raw_smp_processor_id();
	u64 frame;

	/* What a checkpoint says to be free may be named all the same: then it stays in use. */
	do {
		frame = fa_get(pool->frames, cpu, order);
		if (frame == FA_NONE)
			return 0;
	} while (!claim(pool, frame, order) ||
		 (pool->withdraw && pool->withdraw(pool, frame, order)));
	return frame;
}

void pp_frame_put(struct pp_pool *pool, u64 frame, unsigned int order)
{
	/* What names it on the media may still be there. */
	if (pm_has_failed(&pool->pm))
		return;
	fa_need(pool->frames, frame);	/* as long as it is claimed */
	unclaim(pool, frame, order);
	fa_put(pool->frames, raw_smp_processor_id(), frame, order);
}

void pp_leaf_put(struct pp_pool *pool, u64 frame, unsigned int order)
{
	if (!pool->keep || !pool->keep(pool, frame, order))
		pp_frame_put(pool, frame, order);
}

void pp_fixed(const struct pp_pool *pool, struct pp_run run[PP_FIXED])
{
	run[0] = (struct pp_run){ 0, 1 };
	run[1] = (struct pp_run){ pool->nr_frames - 1, 1 };
	run[2] = (struct pp_run){ pool->log_first, pool->log_frames };
	run[3] = (struct pp_run){ pool->checkpoint_first, pool->checkpoint_frames };
}

int pp_claim_fixed(const struct pp_pool *pool)
{
	struct pp_run run[PP_FIXED];
	unsigned int i;
	int err = 0;

	pp_fixed(pool, run);
	for (i = 0; i < PP_FIXED; i++)
		for (; run[i].count && err >= 0; run[i].count--)
			err = pp_claim_scanned(pool, run[i].first++);
	return min(err, 0);
}
