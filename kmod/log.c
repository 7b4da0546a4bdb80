// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log: two records change together or not at all.
 *
 * An entry has the slots as they are to be.  When it is durable the change is
 * done, whatever has become of the records: recovery writes those that are
 * older.  An entry is never cleared.  It is without effect as soon as both
 * records have its sequence numbers or higher ones, and those never fall.
 */
#include "engine.h"

static u64 entry_offset(const struct pp_pool *pool, unsigned int entry)
{
	return pp_frame_offset(pool->log_first) + entry * MEDIA_LOG;
}

static unsigned int nr_entries(const struct pp_pool *pool)
{
	return pool->log_frames * (MEDIA_FRAME / MEDIA_LOG);
}

static u32 entry_crc(const struct pp_pool *pool, const struct media_log *entry)
{
	return crc32c(pool->seed, (const u8 *)entry + sizeof(entry->crc),
		      sizeof(*entry) - sizeof(entry->crc));
}

/* What is not used of a slot is not written: it is as it was, so the checksum takes it for 0. */
static void cut_slot(struct media_slot *slot)
{
	size_t length = min_t(size_t, le16_to_cpu(slot->length), sizeof(*slot));

	memset((u8 *)slot + length, 0, sizeof(*slot) - length);
}

static void write_entry(struct pp_pool *pool, unsigned int nr, const struct media_log *entry)
{
	u64 offset = entry_offset(pool, nr);
	size_t length, at;
	int i;

	pm_write(&pool->pm, offset, entry, offsetof(struct media_log, slot));
	pm_flush(&pool->pm, offset, offsetof(struct media_log, slot));
	for (i = 0; i < 2; i++) {
		length = le16_to_cpu(entry->slot[i].length);
		at = offsetof(struct media_log, slot[i]);
		pm_write(&pool->pm, offset + at, &entry->slot[i], length);
		pm_flush(&pool->pm, offset + at, length);
	}
}

/*
 * Context: the entry is this CPU's or shared with few; its lock is held until
 * the records are durable, and only then it may be overwritten.
 */
static int log_and_write(struct pp_pool *pool, unsigned int nr, struct media_log *entry,
			 struct pp_object *const obj[2], const struct pp_record *const rec[2])
{
	int i, err = 0;

	for (i = 0; i < 2; i++) {
		if (!pp_record_offset(pool, obj[i]->id))
			return -EUCLEAN;
		pp_slot_encode(pool, &entry->slot[i], obj[i], rec[i]);
	}
	entry->magic = cpu_to_le32(MEDIA_LOG_MAGIC);
	entry->crc = cpu_to_le32(entry_crc(pool, entry));
	write_entry(pool, nr, entry);
	pm_fence(&pool->pm);	/* the point of no return */
	if (pm_has_failed(&pool->pm))
		return -EIO;
	for (i = 0; i < 2 && !err; i++)
		err = pp_record_write(pool, obj[i], rec[i]);
	pm_fence(&pool->pm);
	return err;
}

int pp_log_two(struct pp_pool *pool, struct pp_object *const obj[2],
	       const struct pp_record *const rec[2])
{
	unsigned int nr = raw_smp_processor_id() % nr_entries(pool);
	struct media_log *entry = kvzalloc(sizeof(*entry), GFP_KERNEL);
	int i, err;

	if (!entry)
		return -ENOMEM;
	mutex_lock(&pool->log_lock[nr]);
	err = log_and_write(pool, nr, entry, obj, rec);
	mutex_unlock(&pool->log_lock[nr]);
	kvfree(entry);
	for (i = 0; i < 2 && !err; i++)
		pp_record_written(obj[i], rec[i]);
	return err;
}

/* Write the slots of a valid entry where the records are older.  Return: how many, or -errno. */
static int replay(struct pp_pool *pool, const struct media_log *entry, struct pp_report *report)
{
	struct pp_object obj, logged;
	int i, err, done = 0;
	u64 id;

	for (i = 0; i < 2; i++) {
		id = le64_to_cpu(entry->slot[i].id);
		if (!pp_slot_valid(pool, &entry->slot[i], id)) {
			pp_found(report, PP_LOG, id, 0, "an entry of the log has a bad slot");
			return 0;
		}
		pp_slot_decode(&entry->slot[i], &logged);
		err = pp_record_load(pool, id, &obj);
		if (err == -EIO || err == -ENOMEM)
			return err;
		/* A record with no valid slot cannot be older: one was valid when we began. */
		if (!pp_record_offset(pool, id) || err == -EUCLEAN || !obj.seq ||
		    obj.seq + 1 != le64_to_cpu(entry->slot[i].seq))
			continue;
		obj.count = logged.stored;
		err = pool->read_only ? 0 : pp_record_write(pool, &obj, &logged.rec);
		if (err)
			return err;
		done++;
	}
	return done;
}

/*
 * It was not written to its end: the next one in its place must not make it whole.  In a clean
 * pool it is damaged, and has long been without effect.
 */
static void make_void(struct pp_pool *pool, unsigned int nr, struct pp_report *report)
{
	if (!pool->clean)
		pp_found(report, PP_CUT, 0, entry_offset(pool, nr) >> MEDIA_FRAME_SHIFT,
			 "an entry of the log was cut short: it is without effect");
	if (pool->read_only)
		return;
	pm_store8(&pool->pm, entry_offset(pool, nr), 0);
	pm_flush(&pool->pm, entry_offset(pool, nr), 8);
}

static bool is_whole(const struct pp_pool *pool, const struct media_log *entry)
{
	return le32_to_cpu(entry->magic) == MEDIA_LOG_MAGIC &&
	       le32_to_cpu(entry->crc) == entry_crc(pool, entry);
}

int pp_log_replay(struct pp_pool *pool, struct pp_report *report)
{
	struct media_log *entry = kvzalloc(sizeof(*entry), GFP_KERNEL);
	unsigned int nr;
	int done = 0, total = 0;
	bool stored = false;

	if (!entry)
		return -ENOMEM;
	for (nr = 0; nr < nr_entries(pool); nr++) {
		done = pm_load(&pool->pm, entry_offset(pool, nr), entry, sizeof(*entry));
		if (done)
			break;
		cut_slot(&entry->slot[0]);
		cut_slot(&entry->slot[1]);
		if (!entry->magic)
			continue;
		if (!is_whole(pool, entry)) {
			make_void(pool, nr, report);
			stored = true;
			continue;
		}
		done = replay(pool, entry, report);
		if (done < 0)
			break;
		total += done;
		done = 0;
	}
	kvfree(entry);
	if ((total || stored) && !pool->read_only)
		pm_fence(&pool->pm);
	return done < 0 ? done : total;
}
