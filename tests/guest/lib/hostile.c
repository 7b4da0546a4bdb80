// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "hostile.h"

enum {
	MAX_ENTRIES = 4096,
	SEVERAL = 3, /* changes at most */
};

/* An entry of a table, where it is and whose. */
struct entry {
	u64 offset;
	unsigned int level;
	u64 id; /* 0: of the tree of records */
};

static struct {
	struct pp_pool pool;
	struct hostile *what;
	struct entry entries[MAX_ENTRIES]; /* in use, and the one behind each */
	unsigned int nr_entries;
	u64 frames[MAX_ENTRIES]; /* that tables, records and lists have, not contents */
	unsigned int nr_frames;
	unsigned int nr_record_frames; /* the first ones: records and their tables */
	u64 nr_ids;
	u64 state;
} at;

static u64 pick(u64 below)
{
	at.state = at.state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (at.state >> 33) % below;
}

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	size_t used = strlen(at.what->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(at.what->text + used, sizeof(at.what->text) - used, fmt, args);
	va_end(args);
}

static void hurt(u64 id)
{
	if (id < HOSTILE_OBJECTS)
		at.what->hurt |= 1ULL << id;
	else
		at.what->anything = true;
}

/* ---- where things are ---- */

static void note_frame(u64 frame)
{
	if (frame && at.nr_frames < MAX_ENTRIES)
		at.frames[at.nr_frames++] = frame;
}

static void note_entry(u64 offset, unsigned int level, u64 id)
{
	if (at.nr_entries < MAX_ENTRIES)
		at.entries[at.nr_entries++] = (struct entry){ offset, level, id };
}

static u64 load(u64 offset)
{
	u64 value;

	memcpy(&value, at.pool.pm.base + offset, sizeof(value));
	return value;
}

static void store(u64 offset, u64 value)
{
	memcpy(at.pool.pm.base + offset, &value, sizeof(value));
}

static void look_at_table(u64 table, unsigned int level, u64 id)
{
	unsigned int slot;
	u64 entry;

	note_frame(table);
	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		entry = load(pp_entry_offset(table, slot));
		if (!entry)
			continue;
		note_entry(pp_entry_offset(table, slot), level, id);
		if (slot + 1 < MEDIA_ENTRIES && pick(8) == 0)
			note_entry(pp_entry_offset(table, slot + 1), level, id);
		if (!pp_is_leaf(entry, level))
			look_at_table(pp_entry_frame(entry), level - 1, id);
		else if (!id)
			note_frame(pp_entry_frame(entry));
	}
}

static void look_around(void)
{
	struct pp_object obj;
	u64 id;

	look_at_table(at.pool.record_root, MEDIA_RECORD_LEVEL, 0);
	at.nr_record_frames = at.nr_frames;
	for (id = MEDIA_ROOT_ID; pp_record_offset(&at.pool, id); id++) {
		if (pp_record_load(&at.pool, id, &obj))
			continue;
		at.nr_ids = id + 1;
		note_frame(obj.rec.acl);
		if (obj.rec.type == MEDIA_SYMLINK)
			note_frame(obj.rec.target);
		if (obj.rec.root)
			look_at_table(pp_entry_frame(obj.rec.root), pp_height(obj.rec.root), id);
	}
}

/* Who has a frame as contents or as a table?  0: nobody, or no object. */
static u64 owner_of(u64 frame)
{
	struct pp_object obj;
	unsigned int i;
	u64 id;

	for (i = 0; i < at.nr_entries; i++)
		if (pp_entry_frame(load(at.entries[i].offset)) == frame && at.entries[i].id)
			return at.entries[i].id;
	for (id = MEDIA_ROOT_ID; id < at.nr_ids; id++)
		if (!pp_record_load(&at.pool, id, &obj) &&
		    (pp_entry_frame(obj.rec.root) == frame || obj.rec.acl == frame ||
		     (obj.rec.type == MEDIA_SYMLINK && obj.rec.target == frame)))
			return id;
	return 0;
}

/* ---- what nobody may see ---- */

static bool shows(const char *frame, const char *page, size_t size)
{
	static const char zeros[MEDIA_SLOT];
	size_t i, k;

	for (i = 0; i < size; i += MEDIA_SLOT)
		for (k = 0; k < MEDIA_FRAME && memcmp(page + i, zeros, MEDIA_SLOT); k += MEDIA_SLOT)
			if (!memcmp(frame + k, page + i, MEDIA_SLOT))
				return true;
	return false;
}

bool hostile_is_metadata(const void *whole, const void *page, size_t size)
{
	u64 frame, end = at.pool.checkpoint_first + at.pool.checkpoint_frames;
	unsigned int i;

	for (frame = 0; frame < end; frame++)
		if (shows((const char *)whole + pp_frame_offset(frame), page, size))
			return true;
	for (i = 0; i < at.nr_record_frames; i++)
		if (shows((const char *)whole + pp_frame_offset(at.frames[i]), page, size))
			return true;
	return shows((const char *)whole + pp_frame_offset(at.pool.nr_frames - 1), page, size);
}

/* ---- checksums ---- */

static void seal(u64 offset, size_t length)
{
	u32 crc = crc32c(at.pool.seed, at.pool.pm.base + offset + 4, length - 4);

	memcpy(at.pool.pm.base + offset, &crc, sizeof(crc));
}

static void seal_supers(void)
{
	pp_super_seal((struct media_super *)at.pool.pm.base);
	pp_super_seal((struct media_super *)(at.pool.pm.base +
					     pp_frame_offset(at.pool.nr_frames - 1)));
}

/* ---- changes ---- */

static void flip(u64 offset, u64 length)
{
	u64 byte = offset + pick(length);

	at.pool.pm.base[byte] ^= 1U << pick(8);
	say(" bit at %llu;", (unsigned long long)byte);
}

static void change_super(void)
{
	unsigned int which = pick(3), n;
	bool good = pick(4);

	say(" superblock%s %u%s:", which == 2 ? "s" : "", which, good ? ", checksum" : "");
	for (n = 1 + pick(3); n; n--) {
		u64 bit = 8 + pick(208);

		if (which != 1)
			flip(bit, 1);
		if (which)
			flip(pp_frame_offset(at.pool.nr_frames - 1) + bit, 1);
	}
	if (good)
		seal_supers();
	at.what->anything = true;
}

/* A frame that is not the one that should be there. */
static u64 wrong_frame(void)
{
	unsigned int i;
	u64 frame;

	switch (pick(6)) {
	case 0:
		return at.pool.nr_frames + pick(1 << 20);
	case 1:
		return pick(2) ? 0xffffffffffULL : 1ULL << (20 + pick(20));
	case 2:
		return pick(2) ? at.pool.log_first : at.pool.nr_frames - 1;
	case 3:
		return at.frames[pick(at.nr_frames)];
	default:
		i = pick(at.nr_entries);
		frame = pp_entry_frame(load(at.entries[i].offset));
		return frame ? frame : 1;
	}
}

static u64 wrong_flags(unsigned int level)
{
	switch (pick(6)) {
	case 0:
		return pick(4096);
	case 1:
		return pick(2) ? MEDIA_E_LEAF | MEDIA_E_HUGE : 1ULL << 63 | MEDIA_E_LEAF;
	default:
		return level > 1 ? MEDIA_E_TABLE : MEDIA_E_LEAF;
	}
}

static void change_entry(void)
{
	const struct entry *entry = &at.entries[pick(at.nr_entries)];
	u64 frame = wrong_frame(), flags = wrong_flags(entry->level), i;

	hurt(entry->id);
	at.what->anything |= !entry->id;
	for (i = 0; i < (flags & MEDIA_E_HUGE ? MEDIA_HUGE_FRAMES : 1); i++)
		if (owner_of(frame + i))
			hurt(owner_of(frame + i));
	say(" entry at %llu, level %u of object %llu: frame %llu, flags %llx;",
	    (unsigned long long)entry->offset, entry->level, (unsigned long long)entry->id,
	    (unsigned long long)frame, (unsigned long long)flags);
	store(entry->offset, frame << MEDIA_FRAME_SHIFT | flags);
}

static u64 some_id(void)
{
	return pick(8) ? MEDIA_ROOT_ID + pick(at.nr_ids) : pick(1ULL << 40);
}

/* Return: may others suffer that are not named in the record? */
static bool change_field(struct media_slot *slot, unsigned int field, u64 value)
{
	switch (field) {
	case 0:
		slot->type = pick(9);
		return true;
	case 1:
		slot->parent = cpu_to_le64(some_id());
		return true;
	case 2:
		slot->size = cpu_to_le64(pick(2) ? pick(1 << 30) : ~0ULL >> pick(30));
		return false;
	case 3:
	case 4:
		hurt(owner_of(value));
		slot->root = cpu_to_le64(value << MEDIA_FRAME_SHIFT | pick(8));
		return !owner_of(value);
	case 5:
		slot->flags = cpu_to_le64(pick(16));
		slot->addr = cpu_to_le64(pick(2) ? pick(1 << 16) << 32 : ~0ULL << pick(60));
		slot->max = cpu_to_le64(~0ULL >> pick(60));
		return false;
	case 6:
		hurt(owner_of(value));
		slot->acl = cpu_to_le64(value);
		return !owner_of(value);
	case 7:
		slot->target = cpu_to_le64(pick(2) ? value : some_id());
		return true;
	case 8:
		slot->mode = cpu_to_le32(pick(1 << 20));
		return false;
	default:
		slot->name[pick(slot->name_len + 1)] = pick(256);
		return true;
	}
}

static void change_record(void)
{
	u64 id = MEDIA_ROOT_ID + pick(at.nr_ids - 1), offset = pp_record_offset(&at.pool, id);
	u64 state, value = wrong_frame();
	unsigned int field = pick(10), i;
	struct media_slot *slot;

	say(" record %llu, field %u, %llu;", (unsigned long long)id, field,
	    (unsigned long long)value);
	hurt(id);
	state = at.state;
	for (i = 0; i < 2; i++, offset += MEDIA_SLOT) {
		slot = (struct media_slot *)(at.pool.pm.base + offset);
		at.state = state;
		at.what->anything |= change_field(slot, field, value);
		if (slot->length > 4 && slot->length <= MEDIA_SLOT)
			seal(offset, slot->length);
	}
	/* What is in it, and other names of it, go along. */
	at.what->anything |= id == MEDIA_ROOT_ID;
	for (id = MEDIA_ROOT_ID; id < at.nr_ids; id++) {
		struct pp_object obj;

		if (!pp_record_load(&at.pool, id, &obj) &&
		    at.what->hurt >> obj.rec.parent % HOSTILE_OBJECTS & 1)
			at.what->anything = true;
	}
}

static void flip_metadata(void)
{
	unsigned int n = 1 + pick(6);

	while (n--)
		flip(pp_frame_offset(at.frames[pick(at.nr_frames)]), MEDIA_FRAME);
	at.what->anything = true;
}

/* An entry of the log that is to be done again: two records that say something else. */
static void change_log(void)
{
	u64 offset = pp_frame_offset(at.pool.log_first) + MEDIA_LOG * pick(2), id;
	struct media_log *entry = (struct media_log *)(at.pool.pm.base + offset);
	struct pp_object obj;
	unsigned int i;

	memset(entry, 0, sizeof(*entry));
	entry->magic = cpu_to_le32(MEDIA_LOG_MAGIC);
	for (i = 0; i < 2; i++) {
		id = MEDIA_ROOT_ID + pick(at.nr_ids - 1);
		if (pp_record_load(&at.pool, id, &obj))
			continue;
		obj.seq += pick(3) - 1ULL;	/* what is encoded is the next one */
		pp_slot_encode(&at.pool, &entry->slot[i], &obj, &obj.rec);
		change_field(&entry->slot[i], pick(10), wrong_frame());
		entry->slot[i].crc = cpu_to_le32(crc32c(at.pool.seed, (u8 *)&entry->slot[i] + 4,
							entry->slot[i].length - 4));
		say(" log: record %llu;", (unsigned long long)id);
	}
	seal(offset, sizeof(*entry));
	at.what->anything = true;
}

/* The index is made to fit, but for what it says is free, at times. */
static void seal_checkpoint(void)
{
	struct media_part *index =
		(struct media_part *)(at.pool.pm.base + pp_frame_offset(at.pool.checkpoint_first));
	u64 part, nr = pp_nr_parts(at.pool.nr_frames);
	struct media_super *super;
	struct media_part entry;
	const u64 *map;
	unsigned int i;
	u32 crc;

	for (part = 0; part < nr; part++) {
		map = (u64 *)((u8 *)index +
			      pp_frame_offset(pp_index_frames(at.pool.nr_frames) + part));
		pp_write_part(&at.pool, part, map, &entry);
		index[part].crc = entry.crc;
		if (pick(2))
			index[part] = entry;
		else if (!pick(4))
			index[part].free[pick(2)] = pick(20000);
	}
	crc = crc32c(at.pool.seed, index, nr * sizeof(*index));
	for (i = 0; i < 2; i++) {
		super = (struct media_super *)(at.pool.pm.base +
					       (i ? pp_frame_offset(at.pool.nr_frames - 1) : 0));
		super->checkpoint_crc = cpu_to_le32(crc);
	}
	seal_supers();
}

/* A checkpoint that says of used frames that they are free. */
static void change_checkpoint(void)
{
	u64 map = pp_frame_offset(at.pool.checkpoint_first + pp_index_frames(at.pool.nr_frames));
	unsigned int n = 1 + pick(20);
	u64 frame;

	while (n--) {
		frame = at.frames[pick(at.nr_frames)];
		if (pick(2))
			frame = pp_entry_frame(load(at.entries[pick(at.nr_entries)].offset));
		frame %= at.pool.nr_frames;
		at.pool.pm.base[map + frame / 8] &= ~(1U << frame % 8);
	}
	seal_checkpoint();
	say(" checkpoint;");
	at.what->anything = true;
}

/* As if the pool had not been unmounted: then all trees are walked. */
static void cut_power(void)
{
	struct media_super *super = (struct media_super *)at.pool.pm.base;

	super->state = cpu_to_le32(MEDIA_STATE_OPEN);
	super = (struct media_super *)(at.pool.pm.base + pp_frame_offset(at.pool.nr_frames - 1));
	super->state = cpu_to_le32(MEDIA_STATE_OPEN);
	seal_supers();
	say(" not unmounted;");
}

void hostile_change(void *base, uint64_t size, uint64_t seed, struct hostile *what)
{
	static void (*const changes[])(void) = {
		change_super,
		change_entry,
		change_entry,
		change_entry,
		change_entry,
		change_record,
		change_record,
		change_record,
		flip_metadata,
		change_log,
		change_checkpoint,
	};
	unsigned int n;
	const char *why;

	memset(&at, 0, sizeof(at));
	memset(what, 0, sizeof(*what));
	at.what = what;
	at.state = seed * 2654435761U + 1;
	at.pool.pm = (struct pm){ .base = base, .size = size };
	if (pp_identify(&at.pool, &why, NULL))
		abort();
	look_around();
	if (pick(2))
		cut_power();
	n = pick(2) ? 1 : 1 + pick(SEVERAL);
	while (n--)
		changes[pick(sizeof(changes) / sizeof(changes[0]))]();
}

uint64_t *hostile_entry(void *base, uint64_t size, uint64_t id, uint64_t page, unsigned int level)
{
	struct pp_pool pool = { .pm = { .base = base, .size = size } };
	struct pp_object obj;
	unsigned int height;
	const char *why;
	u64 *entry, table;

	if (pp_identify(&pool, &why, NULL) || pp_record_load(&pool, id, &obj))
		return NULL;
	table = pp_entry_frame(obj.rec.root);
	for (height = pp_height(obj.rec.root); height >= level; height--) {
		entry = (u64 *)(pool.pm.base + pp_entry_offset(table, pp_slot_of(height, page)));
		if (height == level)
			return entry;
		if (pp_entry_check(&pool, *entry, height))
			return NULL;
		table = pp_entry_frame(*entry);
	}
	return NULL;
}
