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
	pp_claim_fixed(pool, fixed);
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
