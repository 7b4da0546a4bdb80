// SPDX-License-Identifier: GPL-2.0-only
/*
 * The canonical tree of an object on media: look up and fill.
 *
 * A hole is filled in two steps.  The frame, zeroed, and the tables above it
 * that are missing are made where nothing names them, and fenced.  Then one
 * store of eight bytes, or the record if the tree gets a new top, names the
 * highest of them.
 */
#include "engine.h"

/* Where a walk has ended: at an entry of a table of height @level. */
struct place {
	unsigned int level;	/* 0: there is no tree, or it is not high enough */
	u64 offset;		/* of the entry */
	u64 entry;
};

/* Down to a table of height @lowest at most.  No table is followed that is not judged. */
static int walk(const struct pp_pool *pool, u64 root, u64 index, unsigned int lowest,
		struct place *at)
{
	unsigned int level = pp_height(root);
	u64 table = pp_entry_frame(root);
	int err;

	memset(at, 0, sizeof(*at));
	if (!root || !pp_in_reach(level, index))
		return 0;
	for (;; level--) {
		if (!pp_is_judged(pool, table)) {
			at->level = level + 1;
			return -EAGAIN;
		}
		at->level = level;
		at->offset = pp_entry_offset(table, pp_slot_of(level, index));
		err = pm_load8(&pool->pm, at->offset, &at->entry);
		if (err)
			return err;
		if (!at->entry)
			return 0;
		if (pp_entry_check(pool, at->entry, level))
			return -EUCLEAN;
		if (level == lowest || pp_is_leaf(at->entry, level))
			return 0;
		table = pp_entry_frame(at->entry);
	}
}

static void set_leaf(const struct place *at, u64 index, struct pp_leaf *leaf)
{
	leaf->order = at->level == 2 ? MEDIA_HUGE_ORDER : 0;
	leaf->frame = pp_entry_frame(at->entry) + (index & ((1ULL << leaf->order) - 1));
}

int pp_tree_lookup(const struct pp_pool *pool, u64 root, u64 index, struct pp_leaf *leaf)
{
	struct place at;
	int err = walk(pool, root, index, 1, &at);

	memset(leaf, 0, sizeof(*leaf));
	if (err) {
		leaf->order = pp_shift(at.level);
		return err;
	}
	if (at.entry)
		set_leaf(&at, index, leaf);
	else if (at.level)
		leaf->order = pp_shift(at.level);
	else	/* behind all that the tree could have, as all from its highest bit on */
		leaf->order = root ? (unsigned int)fls64(index) - 1 : pp_shift(MEDIA_TOP_LEVEL + 1);
	return 0;
}

int pp_tree_find(struct pp_pool *pool, struct pp_object *obj, u64 index, struct pp_leaf *leaf)
{
	int err = pp_tree_judge(pool, obj, index, index);

	memset(leaf, 0, sizeof(*leaf));
	return err ? err : pp_tree_lookup(pool, obj->rec.root, index, leaf);
}

u64 pp_tree_huge(const struct pp_pool *pool, u64 root, u64 index)
{
	struct place at;

	if (walk(pool, root, index, 2, &at) || at.level != 2 || !pp_is_leaf(at.entry, 2))
		return 0;
	return pp_entry_frame(at.entry);
}

/* Frames made for one fill: taken back if it fails. */
struct made {
	u64 frame[2 * MEDIA_TOP_LEVEL + 1];
	unsigned int order[2 * MEDIA_TOP_LEVEL + 1];
	unsigned int nr;
};

static u64 make(struct pp_pool *pool, struct made *made, unsigned int order)
{
	u64 frame = pp_frame_get(pool, order);

	if (frame) {
		made->frame[made->nr] = frame;
		made->order[made->nr++] = order;
	}
	return frame;
}

/* All of them are named now.  @order: of the leaf. */
static void count_made(const struct made *made, unsigned int order, struct pp_count *count)
{
	count->pages += 1ULL << order;
	count->huge += order > 0;
	count->tables += made->nr - 1;
}

static void unmake(struct pp_pool *pool, struct made *made)
{
	while (made->nr--)
		pp_frame_put(pool, made->frame[made->nr], made->order[made->nr]);
}

/* A table with one entry, flushed.  Return: its frame or 0. */
static u64 make_table(struct pp_pool *pool, struct made *made, unsigned int slot, u64 entry)
{
	u64 table = make(pool, made, 0);

	if (table) {
		pm_zero(&pool->pm, pp_frame_offset(table), MEDIA_FRAME);
		pm_store8(&pool->pm, pp_entry_offset(table, slot), entry);
		pm_flush(&pool->pm, pp_frame_offset(table), MEDIA_FRAME);
		pp_set_judged(pool, table);
	}
	return table;
}

/* A zeroed frame for @index, as an entry; @level becomes the height it belongs to. */
static u64 make_leaf(struct pp_pool *pool, struct made *made, bool huge, unsigned int *level)
{
	unsigned int order = huge ? MEDIA_HUGE_ORDER : 0;
	u64 frame = make(pool, made, order);

	if (!frame && huge) {
		order = 0;
		frame = make(pool, made, 0);
	}
	if (!frame)
		return 0;
	pm_stream_zeros(&pool->pm, pp_frame_offset(frame), (size_t)MEDIA_FRAME << order);
	*level = order ? 2 : 1;
	return frame << MEDIA_FRAME_SHIFT | MEDIA_E_LEAF | (order ? MEDIA_E_HUGE : 0);
}

/* Put tables above @entry of height @level until it belongs into one of height @top. */
static u64 raise(struct pp_pool *pool, struct made *made, u64 index, u64 entry,
		 unsigned int level, unsigned int top)
{
	u64 table;

	for (; level < top && entry; level++) {
		table = make_table(pool, made, pp_slot_of(level, index), entry);
		entry = table ? table << MEDIA_FRAME_SHIFT | MEDIA_E_TABLE : 0;
	}
	return entry;
}

/* A new top: what there was before hangs in its first entry.  Return: the new root or 0. */
static u64 new_root(struct pp_pool *pool, struct made *made, u64 old, u64 index, u64 entry,
		    unsigned int level)
{
	unsigned int height = max(level, pp_height(old) + 1);
	u64 below = 0, table;

	while (!pp_in_reach(height, index))
		height++;
	entry = raise(pool, made, index, entry, level, height);
	if (entry && old) {
		below = (old & MEDIA_E_ADDR) | MEDIA_E_TABLE;
		below = raise(pool, made, 0, below, pp_height(old) + 1, height);
	}
	if (!entry || (old && !below))
		return 0;
	table = make_table(pool, made, pp_slot_of(height, index), entry);
	if (table && below) {
		pm_store8(&pool->pm, pp_entry_offset(table, 0), below);
		pm_flush(&pool->pm, pp_entry_offset(table, 0), 8);
	}
	return table ? table << MEDIA_FRAME_SHIFT | height : 0;
}

static int publish_root(struct pp_pool *pool, struct pp_object *obj, u64 root)
{
	struct pp_record *rec = kvzalloc(sizeof(*rec), GFP_KERNEL);
	int err;

	if (!rec)
		return -ENOMEM;
	*rec = obj->rec;
	rec->root = root;
	err = pp_update(pool, obj, rec);
	kvfree(rec);
	return err;
}

static int publish(struct pp_pool *pool, struct pp_object *obj, const struct place *at,
		   struct made *made, u64 index, u64 entry, unsigned int level)
{
	u64 top;

	if (!at->level) {
		top = new_root(pool, made, obj->rec.root, index, entry, level);
		if (!top)
			return -ENOSPC;
		pm_fence(&pool->pm);	/* before the record names it */
		return publish_root(pool, obj, top);
	}
	top = raise(pool, made, index, entry, level, at->level);
	if (!top)
		return -ENOSPC;
	pm_fence(&pool->pm);	/* before the entry names it */
	pm_store8(&pool->pm, at->offset, top);
	pm_flush(&pool->pm, at->offset, 8);
	pm_fence(&pool->pm);
	return 0;
}

int pp_tree_fill(struct pp_pool *pool, struct pp_object *obj, u64 index, bool huge,
		 struct pp_leaf *leaf)
{
	struct made made = { .nr = 0 };
	unsigned int level;
	struct place at;
	u64 entry;
	int err;

	err = pp_tree_judge(pool, obj, index, index);
	if (!err)
		err = walk(pool, obj->rec.root, index, 1, &at);
	if (err)
		return err;
	if (at.entry) {
		set_leaf(&at, index, leaf);
		return 0;
	}
	/* Where the first 2 MiB have a table of small leaves, a new top does not change that. */
	huge = huge && READ_ONCE(pool->huge) && at.level != 1;
	entry = make_leaf(pool, &made, huge, &level);
	if (!entry)
		return -ENOSPC;
	err = publish(pool, obj, &at, &made, index, entry, level);
	if (err) {
		unmake(pool, &made);
		return err;
	}
	leaf->order = level == 2 ? MEDIA_HUGE_ORDER : 0;
	count_made(&made, leaf->order, &obj->count);
	leaf->frame = pp_entry_frame(entry) + (index & ((1ULL << leaf->order) - 1));
	return 0;
}
