// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holes: entries are cleared and fenced, then their frames are free.  Not
 * before: somebody would write there, and after a crash the entry would show
 * what he wrote.
 */
#include "engine.h"

enum {
	BATCH = 64,		/* entries with one fence */
};

struct cut {
	struct pp_pool *pool;
	struct pp_count *count;
	u64 first, last;	/* pages */
	unsigned int nr;
	int err;
	u64 entry[BATCH];
	u8 level[BATCH];
};

/* The record of a tree that nobody has counted may say less than there is. */
static void take_off(u64 *count, u64 n)
{
	*count -= min(*count, n);
}

static void free_leaf(struct pp_pool *pool, u64 frame, unsigned int order, struct pp_count *count)
{
	pp_leaf_put(pool, frame, order);
	if (!count)
		return;
	take_off(&count->pages, 1ULL << order);
	take_off(&count->huge, order > 0);
}

void pp_tree_free(struct pp_pool *pool, u64 entry, unsigned int level, struct pp_count *count)
{
	u64 frame = pp_entry_frame(entry), below;
	unsigned int slot;

	if (level > 1 && level <= MEDIA_TOP_LEVEL + 1 && !(level == 2 && entry & MEDIA_E_HUGE)) {
		for (slot = 0; slot < MEDIA_ENTRIES; slot++)
			if (!pm_load8(&pool->pm, pp_entry_offset(frame, slot), &below) && below &&
			    !pp_entry_check(pool, below, level - 1))
				pp_tree_free(pool, below, level - 1, count);
		cond_resched();
		pp_frame_put(pool, frame, 0);
		if (count)
			take_off(&count->tables, 1);
	} else {
		free_leaf(pool, frame, level == 2 ? MEDIA_HUGE_ORDER : 0, count);
	}
}

static void settle(struct cut *cut)
{
	if (!cut->nr)
		return;
	pm_fence(&cut->pool->pm);
	while (cut->nr) {
		cut->nr--;
		pp_tree_free(cut->pool, cut->entry[cut->nr], cut->level[cut->nr], cut->count);
	}
}

static void detach(struct cut *cut, u64 offset, u64 entry, unsigned int level)
{
	pm_store8(&cut->pool->pm, offset, 0);
	pm_flush(&cut->pool->pm, offset, 8);
	cut->entry[cut->nr] = entry;
	cut->level[cut->nr++] = level;
	if (cut->nr == BATCH)
		settle(cut);
}

/* As deep as the tree is high: MEDIA_TOP_LEVEL at most. */
static void cut_in(struct cut *cut, u64 table, unsigned int level, u64 base)
{
	u64 end = base + (1ULL << pp_shift(level + 1)) - 1, start, entry, offset;
	unsigned int slot = pp_slot_of(level, max(cut->first, base));
	unsigned int last = pp_slot_of(level, min(cut->last, end));

	for (; slot <= last && !cut->err; slot++) {
		offset = pp_entry_offset(table, slot);
		cut->err = pm_load8(&cut->pool->pm, offset, &entry);
		if (cut->err || !entry)
			continue;
		if (pp_entry_check(cut->pool, entry, level)) {
			cut->err = -EUCLEAN;
			break;
		}
		start = base + ((u64)slot << pp_shift(level));
		if (cut->first <= start && start + (1ULL << pp_shift(level)) - 1 <= cut->last)
			detach(cut, offset, entry, level);
		else if (!pp_is_leaf(entry, level))
			cut_in(cut, pp_entry_frame(entry), level - 1, start);
		cond_resched();
	}
}

/* Nothing is allocated: the object may be smaller already. */
int pp_tree_cut(struct pp_pool *pool, struct pp_object *obj, u64 first, u64 last)
{
	u64 root = obj->rec.root;
	struct cut cut;
	int err;

	if (!root || first > last || !pp_in_reach(pp_height(root), first))
		return 0;
	err = pp_tree_judge(pool, obj, first, last);
	if (err)
		return err;
	cut.pool = pool;
	cut.count = &obj->count;
	cut.first = first;
	cut.last = last;
	cut.nr = 0;
	cut.err = 0;
	cut_in(&cut, pp_entry_frame(root), pp_height(root), 0);
	settle(&cut);
	return cut.err;
}
