// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of records and the root directory: without them nothing is found,
 * so they are mended before.  In user space only.
 *
 * An entry that is none of its table is made one that names nothing, and
 * cleared in the end: until then it says that something is missing, and what
 * has no name is not taken for removed.
 */
#include "repair.h"

#define NAMES_NOTHING	MEDIA_E_TABLE	/* of frame 0 */

struct records {
	struct pp_pool *pool;
	struct pp_report *report;
	struct media_slot *slots;	/* a frame */
	unsigned long *fixed;		/* superblocks and the like */
	unsigned long *once, *twice;	/* frames named, frames named again */
	unsigned long *taken;		/* by the entry that they are of */
	u64 patience;			/* frames to be looked at: tables may name each other */
};

typedef bool judge_fn(struct records *r, u64 entry, unsigned int level, u64 index);

/* Is there a record below this table that belongs where the table is? */
static bool fits(struct records *r, u64 frame, unsigned int level, u64 index)
{
	u64 id = index * MEDIA_RECORDS, entry;
	unsigned int slot;

	if (!r->patience)
		return false;
	r->patience--;
	if (!level) {
		if (pm_load(&r->pool->pm, pp_frame_offset(frame), r->slots, MEDIA_FRAME))
			return false;
		for (slot = 0; slot < 2 * MEDIA_RECORDS; slot++)
			if (pp_slot_valid(r->pool, &r->slots[slot], id + slot / 2))
				return true;
		return false;
	}
	for (slot = 0; slot < MEDIA_ENTRIES; slot++)
		if (!pm_load8(&r->pool->pm, pp_entry_offset(frame, slot), &entry) && entry &&
		    !pp_entry_check(r->pool, entry, level) &&
		    fits(r, pp_entry_frame(entry), level - 1,
			 index + ((u64)slot << pp_shift(level))))
			return true;
	return false;
}

/* A table of records, or a frame of them. */
static bool is_table(const struct pp_pool *pool, u64 entry, unsigned int level)
{
	return entry && !pp_entry_check(pool, entry, level) &&
	       (level == 1 || !pp_is_leaf(entry, level));
}

/* First: which frames are named more than once? */
static bool see(struct records *r, u64 entry, unsigned int level, u64 index)
{
	u64 frame = pp_entry_frame(entry);

	(void)index;
	(void)level;
	if (test_and_set_bit(frame, r->once))
		__set_bit(frame, r->twice);
	return true;
}

/* Then: may this entry stay?  Of several for a frame the one whose records are there. */
static bool stays(struct records *r, u64 entry, unsigned int level, u64 index)
{
	u64 frame = pp_entry_frame(entry);

	if (test_bit(frame, r->fixed) || test_bit(frame, r->taken))
		return false;
	if (test_bit(frame, r->twice) && !fits(r, frame, level - 1, index))
		return false;
	__set_bit(frame, r->taken);
	return true;
}

static void set_entry(struct pp_pool *pool, u64 offset, u64 entry)
{
	pm_store8(&pool->pm, offset, entry);
	pm_flush(&pool->pm, offset, 8);
}

static void walk(struct records *r, u64 table, unsigned int level, u64 base, judge_fn *judge)
{
	u64 entry, index, offset;
	unsigned int slot;

	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		offset = pp_entry_offset(table, slot);
		if (pm_load8(&r->pool->pm, offset, &entry) || !is_table(r->pool, entry, level))
			continue;
		index = base + ((u64)slot << pp_shift(level));
		if (!judge(r, entry, level, index)) {
			pp_found(r->report, PP_RECORDS, 0, table,
				 "it names a frame that is another table's");
			set_entry(r->pool, offset, NAMES_NOTHING);
		} else if (level > 1 &&
			   !(judge == see && test_bit(pp_entry_frame(entry), r->twice))) {
			walk(r, pp_entry_frame(entry), level - 1, index, judge);
		}
	}
}

static void clear_entries(struct pp_pool *pool, u64 table, unsigned int level)
{
	unsigned int slot;
	u64 entry, offset;

	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		offset = pp_entry_offset(table, slot);
		if (pm_load8(&pool->pm, offset, &entry) || !entry)
			continue;
		if (!is_table(pool, entry, level))
			set_entry(pool, offset, 0);
		else if (level > 1)
			clear_entries(pool, pp_entry_frame(entry), level - 1);
	}
}

void pp_repair_entries(struct pp_pool *pool)
{
	clear_entries(pool, pool->record_root, MEDIA_RECORD_LEVEL);
	pm_fence(&pool->pm);
}

/* ---- the root directory ---- */

static int mend_root(struct pp_pool *pool, struct pp_report *report, s64 now)
{
	struct pp_record rec = { .type = MEDIA_DIR, .mode = 0755, .parent = MEDIA_ROOT_ID };
	struct pp_object obj;
	int err = pp_record_load(pool, MEDIA_ROOT_ID, &obj);

	if (err == -EIO || err == -ENOMEM)
		return err;
	if (!err && obj.rec.type == MEDIA_DIR &&
	    !pp_record_check(pool, MEDIA_ROOT_ID, &obj.rec))
		return 0;
	pp_found(report, PP_ROOT, MEDIA_ROOT_ID, 0, "the root directory is made anew");
	rec.atime = now;
	rec.mtime = now;
	rec.ctime = now;
	rec.btime = now;
	err = pp_record_write(pool, &obj, &rec);
	pm_fence(&pool->pm);
	return err;
}

void pp_repair_fixed(const struct pp_pool *pool, unsigned long *map)
{
	struct pp_run run[PP_FIXED];
	unsigned int i;

	pp_fixed(pool, run);
	for (i = 0; i < PP_FIXED; i++)
		for (; run[i].count; run[i].count--)
			__set_bit(run[i].first++, map);
}

int pp_repair_records(struct pp_pool *pool, struct pp_report *report, s64 now)
{
	size_t longs = BITS_TO_LONGS(pool->nr_frames);
	unsigned long *maps = kvcalloc(4 * longs, sizeof(long), GFP_KERNEL);
	struct records r = {
		.pool = pool, .report = report,
		.slots = kvzalloc(MEDIA_FRAME, GFP_KERNEL),
		.patience = 64 * pool->nr_frames,
	};
	int err = maps && r.slots ? 0 : -ENOMEM;

	pool->mends = true;
	if (!err) {
		r.fixed = maps;
		r.once = maps + longs;
		r.twice = maps + 2 * longs;
		r.taken = maps + 3 * longs;
		pp_repair_fixed(pool, r.fixed);
		__set_bit(pool->record_root, r.fixed);
		walk(&r, pool->record_root, MEDIA_RECORD_LEVEL, 0, see);
		walk(&r, pool->record_root, MEDIA_RECORD_LEVEL, 0, stays);
		pm_fence(&pool->pm);
		err = mend_root(pool, report, now);
	}
	kvfree(maps);
	kvfree(r.slots);
	return err;
}
