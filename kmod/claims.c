// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames in use: the allocator's and those that something on the media names
 * are the same, and each has one owner.  What is allocated is claimed at once.
 */
#include "engine.h"

static bool claim(const struct pp_pool *pool, u64 frame, unsigned int order)
{
	unsigned long *word = &pool->claims[frame / BITS_PER_LONG];
	unsigned long *end = word + (1UL << order) / BITS_PER_LONG, old = 0;

	if (!order)
		return !test_and_set_bit(frame, pool->claims);
	for (; word < end; word++)
		old |= xchg(word, ~0UL);
	return !old;
}

static void unclaim(const struct pp_pool *pool, u64 frame, unsigned int order)
{
	unsigned long *word = &pool->claims[frame / BITS_PER_LONG];
	unsigned long *end = word + (1UL << order) / BITS_PER_LONG;

	if (!order) {
		if (test_bit(frame, pool->judged))	/* it was a table */
			clear_bit(frame, pool->judged);
		clear_bit(frame, pool->claims);
	}
	for (; word < end; word++)
		WRITE_ONCE(*word, 0);
}

bool pp_claim_named(const struct pp_pool *pool, u64 frame, unsigned int order)
{
	if (order ? fa_any_free_huge(pool->frames, frame) : fa_is_free(pool->frames, frame))
		return false;
	return claim(pool, frame, order);
}

void pp_set_judged(const struct pp_pool *pool, u64 table)
{
	smp_mb__before_atomic();	/* pairs with pp_is_judged(): all claims are made */
	set_bit(table, pool->judged);
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
	unclaim(pool, frame, order);
	fa_put(pool->frames, raw_smp_processor_id(), frame, order);
}

void pp_leaf_put(struct pp_pool *pool, u64 frame, unsigned int order)
{
	if (!pool->keep || !pool->keep(pool, frame, order))
		pp_frame_put(pool, frame, order);
}

static void claim_run(unsigned long *claims, u64 first, u64 count)
{
	while (count--)
		__set_bit(first++, claims);
}

void pp_claim_fixed(const struct pp_pool *pool, unsigned long *claims)
{
	claim_run(claims, 0, 1);
	claim_run(claims, pool->nr_frames - 1, 1);
	claim_run(claims, pool->log_first, pool->log_frames);
	claim_run(claims, pool->checkpoint_first, pool->checkpoint_frames);
}
