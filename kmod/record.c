// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records.  One has two slots; the valid one with the higher sequence number
 * counts, the other one is idle and written next.  A slot that is written in
 * part has a wrong checksum, and the other one still counts.
 */
#include "engine.h"

enum {
	GROW_FRAMES = 8,	/* of records at a time: their entries are one line */
};

/* The entry for record frame @index.  Return: its offset, 0: a table is missing. */
static u64 frame_entry(const struct pp_pool *pool, u64 index, unsigned int *at)
{
	u64 table = pool->record_root, entry;
	unsigned int level = MEDIA_RECORD_LEVEL;

	for (;; level--) {
		*at = level;
		if (level == 1)
			return pp_entry_offset(table, pp_slot_of(1, index));
		if (pm_load8(&pool->pm, pp_entry_offset(table, pp_slot_of(level, index)), &entry))
			return 0;
		if (!entry || pp_entry_check(pool, entry, level) || pp_is_leaf(entry, level))
			return pp_entry_offset(table, pp_slot_of(level, index));
		table = pp_entry_frame(entry);
	}
}

u64 pp_record_offset(const struct pp_pool *pool, u64 id)
{
	u64 index = id / MEDIA_RECORDS, offset, entry;
	unsigned int at;

	if (!pp_in_reach(MEDIA_RECORD_LEVEL, index))
		return 0;
	offset = frame_entry(pool, index, &at);
	if (!offset || at > 1 || pm_load8(&pool->pm, offset, &entry) || !entry ||
	    pp_entry_check(pool, entry, 1))
		return 0;
	return pp_frame_offset(pp_entry_frame(entry)) + id % MEDIA_RECORDS * MEDIA_RECORD;
}

/* Nothing was ever there, or what was cut short was made void. */
static bool is_void(const struct media_slot *slot)
{
	return !memchr_inv(slot, 0, offsetof(struct media_slot, id));
}

/*
 * Neither slot is valid.  That can be so before the first write was durable:
 * then the second slot is as it was made, and the first is what has come of it.
 */
static bool never_written(const struct media_slot *slot)
{
	return !memchr_inv(&slot[1], 0, sizeof(slot[1]));
}

int pp_record_choose(const struct pp_pool *pool, const struct media_slot *slot, u64 id,
		     struct pp_object *obj)
{
	bool valid[2] = { pp_slot_valid(pool, &slot[0], id), pp_slot_valid(pool, &slot[1], id) };

	obj->id = id;
	obj->seq = 0;
	obj->slot = 1;		/* so that the first is written first */
	memset(&obj->rec, 0, sizeof(obj->rec));
	memset(&obj->stored, 0, sizeof(obj->stored));
	if (valid[0] || valid[1])
		obj->slot = valid[1] &&
			    (!valid[0] || le64_to_cpu(slot[1].seq) > le64_to_cpu(slot[0].seq));
	obj->torn = !valid[obj->slot ^ 1] && !is_void(&slot[obj->slot ^ 1]);
	if (!valid[obj->slot])
		return never_written(slot) ? -ENOENT : -EUCLEAN;
	pp_slot_decode(&slot[obj->slot], obj);
	return obj->rec.type == MEDIA_FREE ? -ENOENT : 0;
}

/* If it says so itself, and would not be whole as the next one. */
bool pp_record_is_past(const struct pp_pool *pool, const struct media_slot *slot,
		       const struct pp_object *obj)
{
	struct media_slot idle = slot[obj->slot ^ 1];

	if (le64_to_cpu(idle.seq) + 1 != obj->seq)
		return false;
	idle.seq = cpu_to_le64(obj->seq + 1);
	return !pp_slot_valid(pool, &idle, obj->id);
}

int pp_record_load(const struct pp_pool *pool, u64 id, struct pp_object *obj)
{
	u64 offset = pp_record_offset(pool, id);
	struct media_slot *slot;
	int err;

	memset(obj, 0, sizeof(*obj));
	obj->id = id;
	if (!offset)
		return -ENOENT;
	slot = kvzalloc(MEDIA_RECORD, GFP_KERNEL);
	if (!slot)
		return -ENOMEM;
	err = pm_load(&pool->pm, offset, slot, MEDIA_RECORD);
	if (!err)
		err = pp_record_choose(pool, slot, id, obj);
	kvfree(slot);
	return err;
}

int pp_record_write(struct pp_pool *pool, const struct pp_object *obj,
		    const struct pp_record *rec)
{
	u64 offset = pp_record_offset(pool, obj->id);
	struct media_slot slot;
	size_t length;

	if (!offset)
		return -EUCLEAN;
	length = pp_slot_encode(pool, &slot, obj, rec);
	offset += (obj->slot ^ 1) * MEDIA_SLOT;
	pm_write(&pool->pm, offset, &slot, length);
	pm_flush(&pool->pm, offset, length);
	return 0;
}

void pp_record_written(struct pp_object *obj, const struct pp_record *rec)
{
	obj->seq++;
	obj->slot ^= 1;
	obj->stored = obj->count;
	if (rec != &obj->rec)
		obj->rec = *rec;
}

int pp_ids_extend(struct pp_pool *pool, u64 nr)
{
	u64 room = max_t(u64, pool->ids_room, BITS_PER_LONG);
	unsigned long *ids;

	while (room < nr)
		room *= 2;
	if (room != pool->ids_room) {
		ids = kvcalloc(BITS_TO_LONGS(room), sizeof(*ids), GFP_KERNEL);
		if (!ids)
			return -ENOMEM;
		if (pool->ids)
			memcpy(ids, pool->ids, BITS_TO_LONGS(pool->nr_ids) * sizeof(*ids));
		kvfree(pool->ids);
		pool->ids = ids;
		pool->ids_room = room;
	}
	pool->nr_ids = nr;
	return 0;
}

/* A frame of zeros, flushed; the caller fences before he names it. */
static u64 zero_frame(struct pp_pool *pool)
{
	u64 frame = pp_frame_get(pool, 0);

	if (frame)
		pm_stream_zeros(&pool->pm, pp_frame_offset(frame), MEDIA_FRAME);
	return frame;
}

/*
 * Make the tables down to the one that has the entry of frame @index.  It is
 * rare, so each level has its fences.  Return: offset of the entry, or 0.
 */
static u64 make_tables(struct pp_pool *pool, u64 index)
{
	u64 offset, table;
	unsigned int at;

	for (;;) {
		offset = frame_entry(pool, index, &at);
		if (!offset || at == 1)
			return offset;
		table = zero_frame(pool);
		if (!table)
			return 0;
		pm_fence(&pool->pm);
		pm_store8(&pool->pm, offset, table << MEDIA_FRAME_SHIFT | MEDIA_E_TABLE);
		pm_flush(&pool->pm, offset, 8);
		pm_fence(&pool->pm);
	}
}

/*
 * Add frames of records.  They are zeros before an entry names them, and named
 * before another CPU can write a record there: its fence is none of ours.
 */
static int add_records(struct pp_pool *pool)
{
	u64 frames[GROW_FRAMES], index = pool->nr_ids / MEDIA_RECORDS, offset;
	unsigned int n, i;

	if (!pp_in_reach(MEDIA_RECORD_LEVEL, index))
		return -ENOSPC;
	offset = make_tables(pool, index);
	if (!offset)
		return -ENOSPC;
	for (n = 0; n < GROW_FRAMES - index % GROW_FRAMES; n++) {
		/* The last ones are for what the new record needs itself. */
		if (n && fa_nr_free(pool->frames) < GROW_FRAMES)
			break;
		frames[n] = zero_frame(pool);
		if (!frames[n])
			break;
	}
	if (!n)
		return -ENOSPC;
	if (pp_ids_extend(pool, pool->nr_ids + n * MEDIA_RECORDS)) {
		while (n--)
			pp_frame_put(pool, frames[n], 0);
		return -ENOMEM;
	}
	pm_fence(&pool->pm);
	for (i = 0; i < n; i++)
		pm_store8(&pool->pm, offset + i * 8,
			  frames[i] << MEDIA_FRAME_SHIFT | MEDIA_E_LEAF);
	pm_flush(&pool->pm, offset, n * 8);
	pm_fence(&pool->pm);
	return 0;
}

/* Context: id_lock held.  Return: an id, 0: none is free. */
static u64 take_id(struct pp_pool *pool)
{
	u64 id = find_next_zero_bit(pool->ids, pool->nr_ids, pool->next_id);

	if (id >= pool->nr_ids)
		id = find_next_zero_bit(pool->ids, pool->nr_ids, MEDIA_ROOT_ID);
	if (id >= pool->nr_ids)
		return 0;
	__set_bit(id, pool->ids);
	pool->next_id = id + 1;
	return id;
}

int pp_id_get(struct pp_pool *pool, struct pp_object *obj)
{
	struct pp_object *old = kvzalloc(sizeof(*old), GFP_KERNEL);
	int err = 0;
	u64 id;

	if (!old)
		return -ENOMEM;
	mutex_lock(&pool->id_lock);
	id = take_id(pool);
	if (!id) {
		err = add_records(pool);
		if (!err)
			id = take_id(pool);
	}
	mutex_unlock(&pool->id_lock);
	if (!err)
		err = pp_record_load(pool, id, old);
	if (err == -ENOENT)
		err = 0;	/* which it should be */
	else if (!err)
		err = -EUCLEAN;
	if (err == -ENOMEM && id)
		pp_id_put(pool, id);
	obj->id = err ? 0 : id;
	obj->seq = old->seq;
	obj->slot = old->slot;
	obj->verdict = PP_VERIFIED;	/* it has nothing yet */
	obj->detached = true;
	kvfree(old);
	return err;
}

void pp_id_put(struct pp_pool *pool, u64 id)
{
	mutex_lock(&pool->id_lock);
	__clear_bit(id, pool->ids);
	pool->next_id = min(pool->next_id, id);
	mutex_unlock(&pool->id_lock);
}
