// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is damaged is mended, or cut out of what is whole.  In user space only.
 *
 * Nothing intact is given up: an object that no way leads to gets a name in
 * lost+found, a frame with two owners is copied, and only what makes no sense
 * at all is cleared.  Each step is one that the kernel makes, too, and durable
 * before the next: who is interrupted begins again.
 */
#include "repair.h"

struct mender {
	struct pp_pool *pool;
	struct pp_scan *scan;
	unsigned long *fixed;	/* frames that are no object's contents */
	unsigned long *owned;	/* frames that have their owner */
	u8 *buffer;		/* a frame */
	bool stored;		/* there are stores to be fenced */
	int err;
};

static void set_entry(struct mender *m, u64 offset, u64 entry)
{
	pm_store8(&m->pool->pm, offset, entry);
	pm_flush(&m->pool->pm, offset, 8);
	m->stored = true;
}

static void settle(struct mender *m)
{
	if (m->stored)
		pm_fence(&m->pool->pm);
	m->stored = false;
}

static void write_record(struct mender *m, struct pp_object *obj, const struct pp_record *rec)
{
	if (!m->err)
		m->err = pp_record_write(m->pool, obj, rec);
	m->stored = true;
}

/* ---- records ---- */

static void free_record(struct mender *m, u64 id)
{
	struct pp_record rec = { .type = MEDIA_FREE };
	struct pp_object obj;

	pp_record_load(m->pool, id, &obj);
	write_record(m, &obj, &rec);
}

/* What has no version that is whole is free, and so is what says nonsense. */
static void mend_records(struct mender *m)
{
	struct pp_object obj;
	int err;
	u64 id;

	for (id = MEDIA_ROOT_ID + 1; id < m->pool->nr_ids && !m->err; id++) {
		err = pp_record_load(m->pool, id, &obj);
		if (err == -EUCLEAN || (!err && pp_record_check(m->pool, id, &obj.rec)))
			free_record(m, id);
	}
	settle(m);
}

/* An entry is without effect by now; a record that begins anew must not meet an old one. */
static void empty_log(struct mender *m)
{
	u64 offset = pp_frame_offset(m->pool->log_first);
	u64 end = offset + pp_frame_offset(m->pool->log_frames);

	for (; offset < end; offset += MEDIA_LOG)
		set_entry(m, offset, 0);
	settle(m);
}

/* ---- trees ---- */

static bool any_of(const unsigned long *map, u64 frame, unsigned int order)
{
	u64 end = frame + (1ULL << order);

	for (; frame < end; frame++)
		if (test_bit(frame, map))
			return true;
	return false;
}

static void own(struct mender *m, u64 frame, unsigned int order)
{
	u64 end = frame + (1ULL << order);

	for (; frame < end; frame++)
		__set_bit(frame, m->owned);
}

/* Return: a copy of its own, 0: there is no space. */
static u64 copy_frames(struct mender *m, u64 frame, unsigned int order)
{
	u64 copy = pp_frame_get(m->pool, order), i;

	if (!copy) {
		m->err = -ENOSPC;
		return 0;
	}
	for (i = 0; i < 1ULL << order; i++) {
		if (pm_load(&m->pool->pm, pp_frame_offset(frame + i), m->buffer, MEDIA_FRAME))
			memset(m->buffer, 0, MEDIA_FRAME);
		pm_stream(&m->pool->pm, pp_frame_offset(copy + i), m->buffer, MEDIA_FRAME);
	}
	pm_fence(&m->pool->pm);
	return copy;
}

/* What an entry of height @level should be; 0: it makes no sense, or with m->err, nothing can. */
static u64 mend_entry(struct mender *m, u64 entry, unsigned int level)
{
	unsigned int order = level == 2 && pp_is_leaf(entry, level) ? MEDIA_HUGE_ORDER : 0;
	u64 frame = pp_entry_frame(entry);

	if (any_of(m->fixed, frame, order))
		return 0;
	if (any_of(m->owned, frame, order)) {
		frame = copy_frames(m, frame, order);
		if (!frame)
			return 0;
		entry = (entry & ~MEDIA_E_ADDR) | frame << MEDIA_FRAME_SHIFT;
	}
	own(m, frame, order);
	return entry;
}

/* As deep as the tree is high: MEDIA_TOP_LEVEL at most. */
static void mend_table(struct mender *m, u64 table, unsigned int level)
{
	unsigned int slot;
	u64 entry, mended;

	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		if (pm_load8(&m->pool->pm, pp_entry_offset(table, slot), &entry) || !entry)
			continue;
		mended = pp_entry_check(m->pool, entry, level) ? 0 : mend_entry(m, entry, level);
		if (m->err)
			return;
		if (mended != entry)
			set_entry(m, pp_entry_offset(table, slot), mended);
		if (mended && !pp_is_leaf(mended, level))
			mend_table(m, pp_entry_frame(mended), level - 1);
	}
}

/* Return: does the record say something else now? */
static bool mend_tree(struct mender *m, struct pp_record *rec)
{
	u64 root = rec->root, top;

	if (!root)
		return false;
	top = mend_entry(m, (root & MEDIA_E_ADDR) | MEDIA_E_TABLE, MEDIA_TOP_LEVEL + 1);
	if (m->err)
		return false;
	rec->root = top ? (top & MEDIA_E_ADDR) | pp_height(root) : 0;
	if (top)
		mend_table(m, pp_entry_frame(top), pp_height(root));
	return rec->root != root;
}

/* ---- blobs ---- */

static bool has_blob(struct mender *m, const struct pp_item *item, u64 frame,
		     enum media_blob_kind kind)
{
	int length = pp_blob_read(m->pool, frame, item->id, kind, m->buffer, MEDIA_FRAME);

	return pp_blob_fits(item, kind, m->buffer, length) && !test_bit(frame, m->fixed);
}

/* Blobs that are whole say themselves whose they are; their frames are nothing else. */
static void find_blobs(struct mender *m)
{
	struct pp_item *item;
	u64 i;

	for (i = 0; i < m->scan->nr; i++) {
		item = &m->scan->items[i];
		if (item->acl && !has_blob(m, item, item->acl, MEDIA_BLOB_ACL))
			item->acl = 0;
		if (item->acl)
			__set_bit(item->acl, m->fixed);
		if (item->type != MEDIA_SYMLINK)
			continue;
		if (!has_blob(m, item, item->target, MEDIA_BLOB_TARGET))
			item->target = 0;
		else
			__set_bit(item->target, m->fixed);
	}
}

/* ---- an object ---- */

static void mend_object(struct mender *m, const struct pp_item *item)
{
	struct pp_object obj;
	struct pp_record rec;
	bool differs;

	if (pp_record_load(m->pool, item->id, &obj))
		return;
	if (item->type == MEDIA_SYMLINK && !item->target) {
		free_record(m, item->id);
		return;
	}
	rec = obj.rec;
	differs = mend_tree(m, &rec);
	if (rec.acl && !item->acl) {
		rec.acl = 0;
		rec.mode &= 0700;	/* nobody may do more than with the list */
		differs = true;
	}
	settle(m);
	if (differs)
		write_record(m, &obj, &rec);
}

static void mend_objects(struct mender *m)
{
	u64 i;

	find_blobs(m);
	for (i = 0; i < m->scan->nr && !m->err; i++)
		if (m->scan->items[i].state != PP_ITEM_ORPHAN)
			mend_object(m, &m->scan->items[i]);
	settle(m);
}

/* ---- the whole ---- */

static void claim_records(struct mender *m, u64 table, unsigned int level)
{
	unsigned int slot;
	u64 entry;

	__set_bit(table, m->fixed);
	for (slot = 0; level && slot < MEDIA_ENTRIES; slot++)
		if (!pm_load8(&m->pool->pm, pp_entry_offset(table, slot), &entry) && entry &&
		    !pp_entry_check(m->pool, entry, level))
			claim_records(m, pp_entry_frame(entry), level - 1);
}

static int prepare(struct mender *m)
{
	size_t longs = BITS_TO_LONGS(m->pool->nr_frames);

	m->fixed = kvcalloc(longs, sizeof(long), GFP_KERNEL);
	m->owned = kvcalloc(longs, sizeof(long), GFP_KERNEL);
	m->buffer = kvzalloc(MEDIA_FRAME, GFP_KERNEL);
	if (!m->fixed || !m->owned || !m->buffer)
		return -ENOMEM;
	pp_repair_fixed(m->pool, m->fixed);
	claim_records(m, m->pool->record_root, MEDIA_RECORD_LEVEL);
	return 0;
}

int pp_repair(struct pp_pool *pool, struct pp_scan *scan, s64 now)
{
	struct mender m = { .pool = pool, .scan = scan };

	if (pool->read_only)
		return -EROFS;
	m.err = prepare(&m);
	if (!m.err) {
		empty_log(&m);
		mend_objects(&m);
	}
	if (!m.err)
		m.err = pp_repair_places(pool, scan, now);
	/* As long as there is a damaged record, what has no name is not taken for removed. */
	if (!m.err) {
		mend_records(&m);
		pp_repair_entries(pool);
	}
	kvfree(m.fixed);
	kvfree(m.owned);
	kvfree(m.buffer);
	return m.err;
}
