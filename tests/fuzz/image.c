// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images that somebody has tampered with: recovered, verified, read, mended.
 *
 * An input is a list of patches of a pool that has something of each kind:
 * first a byte that says which checksums are made right afterwards, then for
 * each patch the offset (3 bytes), the length (1 byte) and the bytes.
 */
#include "../crash/damage.h"
#include "image.h"
#include <stdio.h>

enum {
	POOL_FRAMES = 128,
	PAGES = 64,	     /* of each object that are looked at */
	IDS = 1 << 16,	     /* beyond, repair takes its time */
	OBJECTS = 12,	     /* that are used before their trees are known */
	SEAL_SUPER = 1,
	SEAL_SLOT = 2,
	SEAL_BLOB = 4,
	SEAL_LOG = 8,
};

static const struct pp_format the_format = {
	.uuid = "a-hostile-image!", .label = "fuzz", .mode = 0755, .now = 7,
};

const u64 fuzz_size = (u64)POOL_FRAMES * MEDIA_FRAME;
u8 *fuzz_base;
static u8 *image;
static struct pp_pool base_pool; /* where things are in it */

/* ---- checksums ---- */

static void seal(u8 *at, size_t length)
{
	u32 crc = crc32c(base_pool.seed, at + 4, length - 4);

	memcpy(at, &crc, sizeof(crc));
}

static void seal_supers(void)
{
	pp_super_seal((struct media_super *)image);
	pp_super_seal((struct media_super *)(image + fuzz_size - MEDIA_FRAME));
}

static void seal_slots(void)
{
	u64 id, offset;
	u16 length;
	int slot;

	for (id = MEDIA_ROOT_ID; (offset = pp_record_offset(&base_pool, id)); id++)
		for (slot = 0; slot < 2; slot++, offset += MEDIA_SLOT) {
			memcpy(&length, image + offset + 4, sizeof(length));
			if (length > 4 && length <= MEDIA_SLOT)
				seal(image + offset, length);
		}
}

static void seal_blobs(void)
{
	struct pp_object obj;
	u64 id, frame;
	u16 length;

	for (id = MEDIA_ROOT_ID; pp_record_offset(&base_pool, id); id++) {
		if (pp_record_load(&base_pool, id, &obj))
			continue;
		frame = obj.rec.type == MEDIA_SYMLINK ? obj.rec.target : obj.rec.acl;
		memcpy(&length, image + pp_frame_offset(frame) + 6, sizeof(length));
		if (frame && length <= MEDIA_FRAME - 16)
			seal(image + pp_frame_offset(frame), 16 + length);
	}
}

static void seal_log(void)
{
	u64 at = pp_frame_offset(base_pool.log_first);
	u64 end = at + pp_frame_offset(base_pool.log_frames);

	for (; at < end; at += MEDIA_LOG)
		seal(image + at, sizeof(struct media_log));
}

static void patch(const u8 *data, size_t length)
{
	u8 seals = length ? *data : 0;
	u64 offset;
	size_t part;

	memcpy(image, fuzz_base, fuzz_size);
	for (data++, length -= !!length; length > 4; data += part, length -= part) {
		offset = (data[0] | data[1] << 8 | data[2] << 16) % fuzz_size;
		part = min_t(size_t, min_t(size_t, data[3], length - 4), fuzz_size - offset);
		data += 4;
		length -= 4;
		memcpy(image + offset, data, part);
	}
	if (seals & SEAL_BLOB)
		seal_blobs();
	if (seals & SEAL_SLOT)
		seal_slots();
	if (seals & SEAL_LOG)
		seal_log();
	if (seals & SEAL_SUPER)
		seal_supers();
}

/* ---- what must hold of a pool in use ---- */

/* No frame that the MMU may come to see is outside the pool, metadata, or another's. */
static void check_frame(const struct pp_pool *pool, u8 *owners, u64 frame)
{
	if (frame >= pool->nr_frames || owners[frame]++ || fa_is_free(pool->frames, frame))
		abort();
}

static void check_table(const struct pp_pool *pool, u8 *owners, u64 table, unsigned int level)
{
	unsigned int slot, i;
	u64 entry;

	check_frame(pool, owners, table);
	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		pm_load8(&pool->pm, pp_entry_offset(table, slot), &entry);
		if (!entry)
			continue;
		if (pp_entry_check(pool, entry, level))
			abort();
		if (!pp_is_leaf(entry, level))
			check_table(pool, owners, pp_entry_frame(entry), level - 1);
		else
			for (i = 0; i < (level == 2 ? MEDIA_HUGE_FRAMES : 1); i++)
				check_frame(pool, owners, pp_entry_frame(entry) + i);
	}
}

static void read_object(const struct pp_pool *pool, const struct pp_item *item)
{
	u8 buffer[MEDIA_FRAME];
	struct pp_object obj;
	u64 page;

	if (pp_record_load(pool, item->id, &obj))
		abort();
	for (page = 0; page < PAGES && page * MEDIA_FRAME < obj.rec.size; page++)
		if (pp_read(pool, &obj, page * MEDIA_FRAME, buffer, sizeof(buffer)))
			abort();
}

static void check_pool(const struct pp_pool *pool, const struct pp_scan *scan)
{
	unsigned long *fixed = calloc(BITS_TO_LONGS(pool->nr_frames), sizeof(*fixed));
	u8 *owners = calloc(1, pool->nr_frames);
	u64 i;

	assert(fixed && owners);
	pp_repair_fixed(pool, fixed);
	for (i = 0; i < pool->nr_frames; i++)
		owners[i] = test_bit(i, fixed);
	for (i = 0; i < scan->nr; i++) {
		const struct pp_item *item = &scan->items[i];

		if (item->bad || item->state == PP_ITEM_ORPHAN || !item->root)
			continue;
		check_table(pool, owners, pp_entry_frame(item->root), pp_height(item->root));
		read_object(pool, item);
	}
	free(owners);
	free(fixed);
}

/* Use it a little. */
static void use(struct pp_pool *pool)
{
	struct pp_object obj = { .rec.type = MEDIA_REG, .rec.parent = MEDIA_ROOT_ID };

	if (pool->read_only)
		return;
	pp_name_set(&obj.rec, MEDIA_ROOT_ID, "#fuzz", 5);
	obj.rec.size = MEDIA_FRAME;
	if (pp_create(pool, &obj))
		return;
	pp_write(pool, &obj, 0, "bytes", 5);
	pp_remove(pool, &obj);
	pp_release(pool, &obj);
}

/* ---- objects whose trees nobody has walked ---- */

struct first {
	struct pp_pool *pool;
	struct pp_object objs[OBJECTS];
	bool own[OBJECTS]; /* what its record names */
	unsigned int nr;
	u8 *before; /* frames that are no object's */
};

/* What processes may have been shown so far: all that judged tables name. */
static void check_judged(const struct first *f, u8 *owners, u64 table, unsigned int level)
{
	unsigned int slot, i;
	u64 entry;

	check_frame(f->pool, owners, table);
	for (slot = 0; slot < MEDIA_ENTRIES && pp_is_judged(f->pool, table); slot++) {
		pm_load8(&f->pool->pm, pp_entry_offset(table, slot), &entry);
		if (!entry)
			continue;
		if (pp_entry_check(f->pool, entry, level))
			abort();
		if (!pp_is_leaf(entry, level))
			check_judged(f, owners, pp_entry_frame(entry), level - 1);
		else
			for (i = 0; i < 1U << pp_entry_order(entry, level); i++)
				check_frame(f->pool, owners, pp_entry_frame(entry) + i);
	}
}

/* A frame has one owner, also of an object that was found to be damaged meanwhile. */
static void check_shown(const struct first *f)
{
	u8 *owners = malloc(f->pool->nr_frames);
	unsigned int i;

	assert(owners);
	memcpy(owners, f->before, f->pool->nr_frames);
	for (i = 0; i < f->nr; i++)
		if (f->own[i] && f->objs[i].rec.root)
			check_judged(f, owners, pp_entry_frame(f->objs[i].rec.root),
				     pp_height(f->objs[i].rec.root));
	free(owners);
}

static void use_part(const struct first *f, struct pp_object *obj, u64 n)
{
	u64 page = n * 5 % PAGES;
	struct pp_record rec;
	struct pp_leaf leaf;

	if (f->pool->read_only || n % 4 == 0) {
		if (!pp_tree_find(f->pool, obj, page, &leaf) && leaf.frame >= f->pool->nr_frames)
			abort();
	} else if (n % 4 == 1) {
		pp_tree_cut(f->pool, obj, page, page + n % 3);
	} else if (n % 4 == 2 && !obj->bad) {
		rec = obj->rec;
		rec.size = page * MEDIA_FRAME + 7;
		pp_resize(f->pool, obj, &rec);
	} else if (!obj->bad) {
		pp_write(f->pool, obj, page * MEDIA_FRAME, "bytes", 5);
	}
}

static void remove_first(struct first *f, unsigned int i)
{
	if (f->pool->read_only || f->objs[i].bad || pp_remove(f->pool, &f->objs[i]))
		return;
	pp_release(f->pool, &f->objs[i]);
	f->own[i] = false;
}

/* In turns, so that what one gives back, or does not own yet, another one gets. */
static void use_first(struct pp_pool *pool, const struct pp_scan *scan)
{
	struct first *f = calloc(1, sizeof(*f));
	u64 i, n;

	assert(f);
	f->pool = pool;
	f->before = calloc(1, pool->nr_frames);
	assert(f->before);
	for (i = 0; i < pool->nr_frames; i++)
		f->before[i] = pp_bits_test(&pool->claims, i);
	for (i = 0; i < scan->nr && f->nr < OBJECTS; i++) {
		const struct pp_item *item = &scan->items[i];

		if (item->type != MEDIA_REG || item->state == PP_ITEM_ORPHAN)
			continue;
		if (pp_record_load(pool, item->id, &f->objs[f->nr]))
			abort();
		f->objs[f->nr++].count = item->count;
	}
	for (n = 0; n < 3 * OBJECTS && f->nr; n++) {
		i = n % f->nr;
		if (n < f->nr)
			f->own[i] = !pp_object_claim(pool, &f->objs[i]);
		else if (f->own[i])
			use_part(f, &f->objs[i], n);
		check_shown(f);
	}
	for (i = 0; i < f->nr; i += 2)
		if (f->own[i])
			remove_first(f, i);
	use(pool);
	check_shown(f);
	free(f->before);
	free(f);
}

static bool take(bool mend, bool trust)
{
	struct pp_report report = { 0 };
	struct pp_open how = { .report = &report, .trust = trust };
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	struct pp_scan scan = { 0 };
	const char *why;
	bool good;
	int err;

	assert(pool);
	pool->pm = (struct pm){ image, fuzz_size, NULL };
	err = pp_identify(pool, &why, &report);
	if (!err && mend)
		err = pp_repair_records(pool, &report, 1);
	good = !err && !pp_start(pool, &how, &scan);
	if (good && !scan.trusted)
		check_pool(pool, &scan);
	if (good && mend && pool->nr_ids < IDS) {
		pp_repair(pool, &scan, 1);
	} else if (good) {
		if (scan.trusted)
			use_first(pool, &scan);
		use(pool);
		pp_stop(pool);
	}
	pp_scan_free(&scan);
	pp_close(pool);
	free(pool);
	return good;
}

/* ---- as libFuzzer wants it ---- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct world *w = calloc(1, sizeof(*w));
	struct pm pm;
	const char *why;
	int err;

	(void)argc;
	(void)argv;
	fuzz_base = calloc(1, fuzz_size);
	image = malloc(fuzz_size);
	assert(w && fuzz_base && image);
	w->memory = memory_new(fuzz_size);
	memory_set(w->memory, fuzz_base);
	pm = memory_pm(w->memory);
	err = pp_format(&pm, &the_format);
	assert(!err);
	world_open(w);
	set_up(w);
	set_up_more(w);
	world_close(w);
	memcpy(fuzz_base, w->memory->now, fuzz_size);
	memory_free(w->memory);
	free(w);
	base_pool.pm = (struct pm){ fuzz_base, fuzz_size, NULL };
	err = pp_identify(&base_pool, &why, NULL);
	assert(!err);
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t length)
{
	patch(data, length);
	if (take(false, false))
		take(false, true);
	patch(data, length);
	if (take(true, false))
		take(true, false);
	return 0;
}
