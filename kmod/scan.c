// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is on the media: all records, and whether names and places can
 * be.  Nothing that is read is believed.  Nothing is changed but the map of ids
 * in memory, and what a power cut has left of a change.
 */
#include "engine.h"

void pp_found(struct pp_report *report, enum pp_problem problem, u64 id, u64 frame,
	      const char *text)
{
	if (!report)
		return;
	report->count[problem]++;
	if (report->found)
		report->found(report, problem, id, frame, text);
}

void pp_scan_free(struct pp_scan *scan)
{
	kvfree(scan->items);
	pp_bits_exit(&scan->twice);
	scan->items = NULL;
	scan->nr = 0;
	scan->room = 0;
}

static struct pp_item *add_item(struct pp_scan *scan)
{
	struct pp_item *items;
	u64 room;

	if (scan->nr == scan->room) {
		room = max_t(u64, 64, scan->room * 2);
		items = kvcalloc(room, sizeof(*items), GFP_KERNEL);
		if (!items)
			return NULL;
		if (scan->nr)
			memcpy(items, scan->items, scan->nr * sizeof(*items));
		kvfree(scan->items);
		scan->items = items;
		scan->room = room;
	}
	return &scan->items[scan->nr++];
}

struct pp_item *pp_scan_find(const struct pp_scan *scan, u64 id)
{
	u64 low = 0, high = scan->nr, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (scan->items[middle].id == id)
			return &scan->items[middle];
		if (scan->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- records ---- */

/* There may have been names of objects here: who has none now may have lost it. */
static void damaged(struct pp_scan *scan, enum pp_problem problem, u64 id, u64 frame,
		    const char *why)
{
	scan->damaged = true;
	pp_found(scan->report, problem, id, frame, why);
}

static int add_record(struct pp_pool *pool, struct pp_scan *scan, const struct pp_object *obj,
		      u64 offset)
{
	const struct pp_record *rec = &obj->rec;
	const char *why = pp_record_check(pool, obj->id, rec);
	struct pp_item *item;

	if (why) {
		damaged(scan, PP_RECORD, obj->id, 0, why);
		return 0;
	}
	item = add_item(scan);
	if (!item)
		return -ENOMEM;
	item->id = obj->id;
	item->parent = rec->parent;
	item->root = rec->root;
	item->size = rec->size;
	item->acl = rec->acl;
	item->target = rec->target;
	item->name_at = offset + obj->slot * MEDIA_SLOT + offsetof(struct media_slot, name);
	item->name_len = rec->name_len;
	item->name_hash = crc32c(0, rec->name, rec->name_len);
	item->type = rec->type;
	item->prealloc = rec->flags & MEDIA_F_PREALLOC;
	item->count.pages = min(obj->stored.pages, pool->nr_frames);
	item->count.huge = min(obj->stored.huge, pool->nr_frames);
	item->count.tables = min(obj->stored.tables, pool->nr_frames);
	return 0;
}

/* Ids of frames that are not there are none to be given out. */
static int skip_ids(struct pp_pool *pool, u64 id)
{
	u64 at = pool->nr_ids;

	if (at >= id)
		return 0;
	if (pp_ids_extend(pool, id))
		return -ENOMEM;
	while (at < id) {
		if (at % BITS_PER_LONG || id - at < BITS_PER_LONG) {
			__set_bit(at++, pool->ids);
		} else {
			pool->ids[at / BITS_PER_LONG] = ~0UL;
			at += BITS_PER_LONG;
		}
	}
	return 0;
}

/*
 * What a power cut has left of a slot must not stay: the next change may bring
 * the lines that are missing, and then be cut short itself.
 */
static void make_void(struct pp_pool *pool, struct pp_scan *scan, const struct pp_object *obj,
		      u64 offset)
{
	if (pool->read_only)
		return;
	offset += (obj->slot ^ 1) * MEDIA_SLOT;
	pm_zero(&pool->pm, offset, offsetof(struct media_slot, id));
	pm_flush(&pool->pm, offset, offsetof(struct media_slot, id));
	scan->stored = true;
}

/*
 * One slot is not whole.  After a power cut that is a change which has not happened, and is
 * not going to; else it is damaged, and if it has been the one that counts the other one says
 * what is no more.  Return: may the other one count?
 */
static bool judge_torn(struct pp_pool *pool, struct pp_scan *scan, const struct pp_object *obj,
		       u64 offset, const struct media_slot *slot)
{
	if (!pool->clean) {
		pp_found(scan->report, PP_CUT, obj->id, offset >> MEDIA_FRAME_SHIFT,
			 "a change was cut short: the version before counts");
	} else if (!pp_record_is_past(pool, slot, obj)) {
		damaged(scan, PP_RECORD, obj->id, offset >> MEDIA_FRAME_SHIFT,
			"the newer one of its two versions is damaged");
		if (!pool->mends)
			return false;
	} else {
		return true;
	}
	make_void(pool, scan, obj, offset);
	return true;
}

/* Take or skip a record.  Return: may its id be given out? -ENOMEM. */
static int scan_record(struct pp_pool *pool, struct pp_scan *scan, u64 id, u64 offset,
		       const struct media_slot *slot)
{
	struct pp_object obj;
	int err = pp_record_choose(pool, slot, id, &obj);

	if (err == -EUCLEAN) {
		damaged(scan, PP_RECORD, id, offset >> MEDIA_FRAME_SHIFT,
			"neither of its two versions is whole");
		return 0;
	}
	if (obj.torn && !judge_torn(pool, scan, &obj, offset, slot))
		return 0;
	if (err)
		return 1;
	return add_record(pool, scan, &obj, offset);
}

/* The records of a frame; what is not free is not to be given out. */
static int scan_frame(struct pp_pool *pool, struct pp_scan *scan, u64 index, u64 frame,
		      struct media_slot *slots)
{
	u64 id = index * MEDIA_RECORDS, offset = pp_frame_offset(frame);
	int i, err, is_free;

	if (skip_ids(pool, id))
		return -ENOMEM;
	if (pp_ids_extend(pool, id + MEDIA_RECORDS))
		return -ENOMEM;
	err = pm_load(&pool->pm, offset, slots, MEDIA_FRAME);
	if (scan->report)
		scan->report->records++;
	if (err)
		damaged(scan, PP_RECORDS, 0, frame, "records cannot be read");
	for (i = 0; i < MEDIA_RECORDS; i++, id++, offset += MEDIA_RECORD) {
		is_free = err || !id ? 0 : scan_record(pool, scan, id, offset, &slots[2 * i]);
		if (is_free < 0)
			return is_free;
		if (!is_free)
			__set_bit(id, pool->ids);
	}
	return 0;
}

/* Return: 1: it has no other owner, 0, or -ENOMEM. */
static int claim_once(const struct pp_pool *pool, struct pp_scan *scan, u64 frame)
{
	int good = pp_claim_scanned(pool, frame);

	if (!good)
		damaged(scan, PP_RECORDS, 0, frame, "a table of records has another owner");
	return good;
}

/* As deep as the tree of records is high. */
static int scan_table(struct pp_pool *pool, struct pp_scan *scan, u64 table, unsigned int level,
		      u64 base, struct media_slot *slots)
{
	unsigned int slot;
	const char *why;
	u64 entry, index;
	int err = 0, good;

	for (slot = 0; slot < MEDIA_ENTRIES && !err; slot++) {
		if (pm_load8(&pool->pm, pp_entry_offset(table, slot), &entry)) {
			damaged(scan, PP_RECORDS, 0, table, "a table cannot be read");
			continue;
		}
		if (!entry)
			continue;
		why = pp_entry_check(pool, entry, level);
		if (!why && level > 1 && pp_is_leaf(entry, level))
			why = "records are not in leaves of 2 MiB";
		if (why) {
			damaged(scan, PP_RECORDS, 0, table, why);
			continue;
		}
		good = claim_once(pool, scan, pp_entry_frame(entry));
		if (good < 0)
			return good;
		if (!good)
			continue;
		index = base + ((u64)slot << pp_shift(level));
		if (level == 1)
			err = scan_frame(pool, scan, index, pp_entry_frame(entry), slots);
		else
			err = scan_table(pool, scan, pp_entry_frame(entry), level - 1, index,
					 slots);
		cond_resched();
	}
	return err;
}

int pp_scan_records(struct pp_pool *pool, struct pp_scan *scan)
{
	struct media_slot *slots = kvzalloc(MEDIA_FRAME, GFP_KERNEL);
	const struct pp_item *root;
	int err;

	if (!slots)
		return -ENOMEM;
	pool->nr_ids = 0;
	err = pp_claim_fixed(pool);
	if (!err)
		err = claim_once(pool, scan, pool->record_root);
	if (err > 0)
		err = scan_table(pool, scan, pool->record_root, MEDIA_RECORD_LEVEL, 0, slots);
	else
		err = err ? err : -EUCLEAN;
	kvfree(slots);
	if (scan->stored)
		pm_fence(&pool->pm);
	scan->stored = false;
	if (err)
		return err;
	root = pp_scan_find(scan, MEDIA_ROOT_ID);
	if (root)	/* pp_record_check() has seen to it that it is a directory */
		return 0;
	pp_found(scan->report, PP_ROOT, MEDIA_ROOT_ID, 0, "there is no root directory");
	return -EUCLEAN;
}

/* ---- names and places ---- */

static int compare_names(const struct pp_pool *pool, const struct pp_item *a,
			 const struct pp_item *b)
{
	char name[2][MEDIA_NAME_MAX];

	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	if (pm_load(&pool->pm, a->name_at, name[0], a->name_len) ||
	    pm_load(&pool->pm, b->name_at, name[1], b->name_len))
		return 0;
	return memcmp(name[0], name[1], a->name_len);
}

static int compare_places(const struct pp_pool *pool, const struct pp_item *a,
			  const struct pp_item *b)
{
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->name_hash != b->name_hash)
		return a->name_hash < b->name_hash ? -1 : 1;
	return compare_names(pool, a, b);
}

static int compare(const void *a, const void *b, const void *priv)
{
	const struct pp_item *x = *(const struct pp_item *const *)a;
	const struct pp_item *y = *(const struct pp_item *const *)b;
	int order = compare_places(priv, x, y);

	if (order)
		return order;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void lose(struct pp_scan *scan, struct pp_item *item, enum pp_problem problem,
		 const char *why)
{
	if (item->state == PP_ITEM_LOST)
		return;
	item->state = PP_ITEM_LOST;
	pp_found(scan->report, problem, item->id, 0, why);
}

/* Of two of a name the one with the lower id has it. */
static int find_doubles(struct pp_pool *pool, struct pp_scan *scan)
{
	struct pp_item **order = kvcalloc(scan->nr, sizeof(*order), GFP_KERNEL);
	u64 i, n = 0, last = 0;

	if (!order)
		return -ENOMEM;
	for (i = 0; i < scan->nr; i++)
		if (scan->items[i].name_len && scan->items[i].state == PP_ITEM_LIVE)
			order[n++] = &scan->items[i];
	sort_r(order, n, sizeof(*order), compare, NULL, pool);
	for (i = 1; i < n; i++) {
		if (compare_places(pool, order[last], order[i]))
			last = i;
		else
			lose(scan, order[i], PP_NAME, "another object has its name");
	}
	kvfree(order);
	return 0;
}

enum mark {
	MARK_NONE,
	MARK_PATH,		/* on the way up that is being walked */
	MARK_GOOD,		/* leads to the root */
	MARK_LOST,
};

struct pp_item *pp_scan_parent(const struct pp_scan *scan, const struct pp_item *item)
{
	struct pp_item *parent = pp_scan_find(scan, item->parent);

	return parent && parent->type == MEDIA_DIR ? parent : NULL;
}

/* Go up from @item to what is judged already, then mark the way. */
static void judge_place(struct pp_scan *scan, struct pp_item *item)
{
	struct pp_item *at;
	u8 verdict;

	for (at = item; at && !at->mark; at = pp_scan_parent(scan, at)) {
		at->mark = at->id == MEDIA_ROOT_ID ? MARK_GOOD : MARK_PATH;
		if (at->state == PP_ITEM_LOST)
			at->mark = MARK_LOST;
	}
	verdict = at && at->mark == MARK_GOOD ? MARK_GOOD : MARK_LOST;
	for (at = item; at && at->mark == MARK_PATH; at = pp_scan_parent(scan, at)) {
		at->mark = verdict;
		if (verdict == MARK_LOST)
			lose(scan, at, PP_PARENT, "no way leads from it to the root directory");
	}
}

static void count_names(struct pp_scan *scan)
{
	struct pp_item *item, *target;
	u64 i;

	for (i = 0; i < scan->nr; i++) {
		item = &scan->items[i];
		if (item->type != MEDIA_LINK) {
			item->names += item->name_len > 0;
			continue;
		}
		target = pp_scan_find(scan, item->target);
		if (target && (target->type == MEDIA_REG || target->type == MEDIA_SYMLINK))
			target->names++;
		else
			lose(scan, item, PP_LINK, "it is a name of nothing");
	}
}

int pp_scan_names(struct pp_pool *pool, struct pp_scan *scan)
{
	struct pp_item *item;
	int err;
	u64 i;

	count_names(scan);
	for (i = 0; i < scan->nr; i++) {
		item = &scan->items[i];
		if ((item->type != MEDIA_REG && item->type != MEDIA_SYMLINK) || item->names)
			continue;
		if (scan->damaged) {
			lose(scan, item, PP_LINK, "its names may be among what is damaged");
			continue;
		}
		item->state = PP_ITEM_ORPHAN;
		pp_found(scan->report, PP_ORPHAN, item->id, 0, "it was removed while in use");
	}
	err = find_doubles(pool, scan);
	if (err)
		return err;
	for (i = 0; i < scan->nr; i++) {
		item = &scan->items[i];
		if (item->name_len && item->type != MEDIA_QUOTA)
			judge_place(scan, item);
	}
	return 0;
}
