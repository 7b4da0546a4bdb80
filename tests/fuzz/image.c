// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images that somebody has tampered with: recovered, verified, read, mended.
 *
 * An input is a list of patches of a pool that has something of each kind:
 * first a byte that says which checksums are made right afterwards, then for
 * each patch the offset (3 bytes), the length (1 byte) and the bytes.
 */
#include "../../kmod/repair.h"
#include "../crash/damage.h"
#include "../crash/owners.h"
#include "../crash/reseal.h"
#include "image.h"

enum {
	POOL_FRAMES = 128,
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

static void patch(const u8 *data, size_t length)
{
	struct pm pm = { image, fuzz_size, NULL };
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
		seal_blobs(&pm, &base_pool);
	if (seals & SEAL_SLOT)
		seal_slots(&pm, &base_pool);
	if (seals & SEAL_LOG)
		seal_log(&pm, &base_pool);
	if (seals & SEAL_SUPER)
		seal_supers(&pm, &base_pool);
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
		check_owners(pool, &scan);
	if (good && mend && pool->nr_ids < IDS) {
		pp_repair(pool, &scan, 1);
	} else if (good) {
		if (scan.trusted)
			use_first(pool, &scan);
		use_pool(pool);
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
