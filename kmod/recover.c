// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool is taken into use and out of it.
 *
 * After a crash: what the log has is done again, what is behind the end of an
 * object goes, objects without a name go, and what is in use is what the trees
 * name.  Each step can be done twice: a crash in the middle of recovery is a
 * crash like any other.
 */
#include "engine.h"

/* ---- superblocks ---- */

static u64 super_offset(u64 frames, unsigned int which)
{
	return which ? pp_frame_offset(frames - 1) : 0;
}

static void take_super(struct pp_pool *pool, const struct media_super *super)
{
	pool->nr_frames = le64_to_cpu(super->nr_frames);
	pool->log_first = le64_to_cpu(super->log_first);
	pool->log_frames = le64_to_cpu(super->log_frames);
	pool->checkpoint_first = le64_to_cpu(super->checkpoint_first);
	pool->checkpoint_frames = le64_to_cpu(super->checkpoint_frames);
	pool->record_root = le64_to_cpu(super->record_root);
	pool->created = le64_to_cpu(super->created);
	memcpy(pool->uuid, super->uuid, sizeof(pool->uuid));
	memcpy(pool->label, super->label, MEDIA_LABEL);
	pool->label[MEDIA_LABEL] = 0;
	pool->seed = pp_seed(super->uuid);
	pool->read_only |= (le64_to_cpu(super->ro_compat) & ~MEDIA_RO_COMPAT_KNOWN) != 0;
	pool->sequence = le64_to_cpu(super->sequence);
	pool->generation = le64_to_cpu(super->generation);
	pool->clean = le32_to_cpu(super->state) == MEDIA_STATE_CLEAN &&
		      super->checkpoint_generation == super->generation;
	pool->checkpoint_crc = le32_to_cpu(super->checkpoint_crc);
}

/* A whole superblock of a pool that is larger than the device. */
static bool is_cut_off(struct media_super super, u64 device)
{
	u64 frames = le64_to_cpu(super.nr_frames);
	__le32 crc = super.crc;

	pp_super_seal(&super);
	return frames > device && super.crc == crc && !super.which;
}

int pp_identify(struct pp_pool *pool, const char **why, struct pp_report *report)
{
	u64 device = pool->pm.size >> MEDIA_FRAME_SHIFT, frames = device;
	const char *wrong[2] = { NULL, NULL };
	struct media_super super[2];
	unsigned int i, use;

	if (device < MEDIA_FRAMES_MIN) {
		*why = "it is too small for a pool";
		return -EINVAL;
	}
	for (i = 0; i < 2; i++) {
		if (pm_load(&pool->pm, super_offset(frames, i), &super[i], sizeof(super[i])))
			wrong[i] = "the superblock cannot be read";
		else
			wrong[i] = pp_super_check(&super[i], i, device);
		if (!i && !wrong[0])	/* the device may be larger than the pool */
			frames = le64_to_cpu(super[0].nr_frames);
	}
	/* What is at the end then is what an earlier pool has left there. */
	if (wrong[0] && is_cut_off(super[0], device))
		wrong[1] = wrong[0];
	if (wrong[0] && wrong[1]) {
		*why = le64_to_cpu(super[0].magic) == MEDIA_MAGIC ||
		       le64_to_cpu(super[1].magic) != MEDIA_MAGIC ? wrong[0] : wrong[1];
		return -EINVAL;
	}
	if (!wrong[0] && !wrong[1] && memcmp(super[0].uuid, super[1].uuid, 16))
		wrong[1] = "the superblock is of another pool";
	for (i = 0; i < 2; i++)
		if (wrong[i])
			pp_found(report, PP_SUPER, 0, i ? frames - 1 : 0, wrong[i]);
	use = wrong[0] || (!wrong[1] && le64_to_cpu(super[1].sequence) >
					le64_to_cpu(super[0].sequence));
	pool->current_super = use;
	take_super(pool, &super[use]);
	return 0;
}

static void fill_super(const struct pp_pool *pool, struct media_super *super, unsigned int which,
		       enum media_state state, u32 checkpoint_crc)
{
	memset(super, 0, sizeof(*super));
	super->magic = cpu_to_le64(MEDIA_MAGIC);
	super->version = cpu_to_le32(MEDIA_VERSION);
	memcpy(super->uuid, pool->uuid, sizeof(super->uuid));
	memcpy(super->label, pool->label, sizeof(super->label));
	super->sequence = cpu_to_le64(pool->sequence);
	super->generation = cpu_to_le64(pool->generation);
	super->state = cpu_to_le32(state);
	super->frame_shift = cpu_to_le32(MEDIA_FRAME_SHIFT);
	super->nr_frames = cpu_to_le64(pool->nr_frames);
	super->log_first = cpu_to_le64(pool->log_first);
	super->log_frames = cpu_to_le64(pool->log_frames);
	super->checkpoint_first = cpu_to_le64(pool->checkpoint_first);
	super->checkpoint_frames = cpu_to_le64(pool->checkpoint_frames);
	super->record_root = cpu_to_le64(pool->record_root);
	super->checkpoint_generation = cpu_to_le64(state == MEDIA_STATE_CLEAN ?
						   pool->generation : 0);
	super->checkpoint_crc = cpu_to_le32(checkpoint_crc);
	super->which = cpu_to_le32(which);
	super->created = cpu_to_le64(pool->created);
	pp_super_seal(super);
}

int pp_super_write(struct pp_pool *pool, enum media_state state, u32 checkpoint_crc)
{
	struct media_super super;
	unsigned int which, i;
	u64 offset;

	/* The one that counts now is touched last: one of them is whole at any time. */
	for (i = 0; i < 2; i++) {
		which = pool->current_super ^ 1;
		pool->current_super = which;
		pool->sequence++;
		fill_super(pool, &super, which, state, checkpoint_crc);
		offset = super_offset(pool->nr_frames, which);
		pm_write(&pool->pm, offset, &super, sizeof(super));
		pm_flush(&pool->pm, offset, sizeof(super));
		pm_fence(&pool->pm);
	}
	return 0;
}

/* ---- the checkpoint: an index, and a bit for each frame in use ---- */

static u64 map_offset(const struct pp_pool *pool, u64 part)
{
	return pp_frame_offset(pool->checkpoint_first + pp_index_frames(pool->nr_frames) + part);
}

/* What a part may have free at all. */
static bool can_be(const struct pp_pool *pool, u64 part, const struct fa_sums *sums)
{
	u64 frames = pp_part_frames(pool->nr_frames, part), half;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sums->free); i++, frames -= half) {
		half = min_t(u64, frames, PP_PART_FRAMES / ARRAY_SIZE(sums->free));
		if (sums->free[i] > half || sums->huge[i] > sums->free[i] / MEDIA_HUGE_FRAMES)
			return false;
	}
	return true;
}

static void sums_of(const struct media_part *entry, struct fa_sums *sums)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sums->free); i++) {
		sums->free[i] = le32_to_cpu(entry->free[i]);
		sums->huge[i] = le16_to_cpu(entry->huge[i]);
	}
}

bool pp_read_index(struct pp_pool *pool)
{
	size_t size = pp_nr_parts(pool->nr_frames) * sizeof(*pool->index);

	return !pm_load(&pool->pm, pp_frame_offset(pool->checkpoint_first), pool->index, size) &&
	       crc32c(pool->seed, pool->index, size) == pool->checkpoint_crc;
}

/* Return: it is what the last mount has left. */
static bool expect_index(struct pp_pool *pool)
{
	struct fa_sums sums;
	u64 part;

	if (!pp_read_index(pool))
		return false;
	for (part = 0; part < pp_nr_parts(pool->nr_frames); part++) {
		sums_of(&pool->index[part], &sums);
		if (!can_be(pool, part, &sums))
			return false;
		fa_expect(pool->frames, part, &sums);
	}
	return true;
}

/* Of a pool whose trees have all been walked. */
static void expect_claims(struct pp_pool *pool)
{
	struct fa_sums sums;
	u64 part;

	for (part = 0; part < pp_nr_parts(pool->nr_frames); part++) {
		fa_count(pp_bits_look(&pool->claims, part), pp_part_frames(pool->nr_frames, part),
			 &sums);
		fa_expect(pool->frames, part, &sums);
	}
}

/* What is named must be in use, or the checkpoint is not ours. */
static bool covers(const u64 *used, const unsigned long *claims)
{
	unsigned int i;

	for (i = 0; i < PP_PART_WORDS; i++)
		if (claims[i] & ~used[i])
			return false;
	return true;
}

bool pp_read_map(const struct pp_pool *pool, u64 part, u64 *map)
{
	size_t size = pp_map_bytes(pool->nr_frames, part);

	return !pm_load(&pool->pm, map_offset(pool, part), map, size) &&
	       crc32c(pool->seed, map, size) == le32_to_cpu(pool->index[part].crc);
}

/* Return: it is what the last mount has left, as far as can be seen. */
static bool read_map(const struct pp_pool *pool, u64 part, u64 *map)
{
	struct fa_sums said, sums;

	if (!pp_read_map(pool, part, map))
		return false;
	sums_of(&pool->index[part], &said);
	fa_count(map, pp_part_frames(pool->nr_frames, part), &sums);
	return !memcmp(&said, &sums, sizeof(sums)) &&
	       covers(map, pp_bits_part(&pool->claims, part));
}

static bool is_valid(struct pp_pool *pool, u64 part, u64 *map)
{
	if (read_map(pool, part, map))
		return true;
	WRITE_ONCE(pool->leaky, true);
	pp_found(pool->report, PP_CHECKPOINT, 0, map_offset(pool, part) >> MEDIA_FRAME_SHIFT,
		 "a part of the checkpoint is not valid: what is free there cannot be had");
	return false;
}

static int prepare_part(void *arg, u64 part, gfp_t gfp)
{
	return pp_claim_room(arg, part * PP_PART_FRAMES, gfp);
}

static void load_part(void *arg, u64 part, u64 *map)
{
	struct pp_pool *pool = arg;

	if (!pool->trusted)
		memcpy(map, pp_bits_part(&pool->claims, part), PP_PART_WORDS * sizeof(*map));
	else if (!is_valid(pool, part, map))
		memset(map, 0xff, PP_PART_WORDS * sizeof(*map));
}

static const struct fa_source source = { .prepare = prepare_part, .load = load_part };

void pp_write_part(struct pp_pool *pool, u64 part, const u64 *map, struct media_part *entry)
{
	size_t size = pp_map_bytes(pool->nr_frames, part);
	struct fa_sums sums;
	unsigned int i;

	pm_stream(&pool->pm, map_offset(pool, part), map, size);
	fa_count(map, pp_part_frames(pool->nr_frames, part), &sums);
	entry->crc = cpu_to_le32(crc32c(pool->seed, map, size));
	for (i = 0; i < ARRAY_SIZE(sums.free); i++) {
		entry->free[i] = cpu_to_le32(sums.free[i]);
		entry->huge[i] = cpu_to_le16(sums.huge[i]);
	}
}

u32 pp_write_index(struct pp_pool *pool, const struct media_part *index)
{
	size_t size = pp_nr_parts(pool->nr_frames) * sizeof(*index);

	pm_stream(&pool->pm, pp_frame_offset(pool->checkpoint_first), index, size);
	/* All of it, before a superblock says that it counts. */
	pm_fence(&pool->pm);
	return crc32c(pool->seed, index, size);
}

/*
 * What was not loaded is as it was, if the checkpoint counted; it must not say of what was
 * claimed meanwhile that it is free, or none is left.  @map: room for a part.
 */
static void write_map(struct pp_pool *pool, u64 *map)
{
	u64 part;

	for (part = 0; part < pp_nr_parts(pool->nr_frames) && !pool->leaky; part++) {
		if (!fa_save(pool->frames, part, map)) {
			if (pool->trusted) {
				if (pp_bits_part(&pool->claims, part))
					is_valid(pool, part, map);
				continue;
			}
			memcpy(map, pp_bits_look(&pool->claims, part), MEDIA_FRAME);
		}
		pp_write_part(pool, part, map, &pool->index[part]);
		cond_resched();
	}
}

/* ---- into use ---- */

static int allocate(struct pp_pool *pool)
{
	int i;

	mutex_init(&pool->id_lock);
	for (i = 0; i < PP_LOGS; i++)
		mutex_init(&pool->log_lock[i]);
	pool->next_id = MEDIA_ROOT_ID;
	pool->index = kvcalloc(pp_nr_parts(pool->nr_frames), sizeof(*pool->index), GFP_KERNEL);
	/* debugfs reads it */
	WRITE_ONCE(pool->frames, fa_new(pool->nr_frames, nr_cpu_ids, &source, pool));
	if (!pool->index || !pool->frames || pp_bits_init(&pool->claims, pool->nr_frames) ||
	    pp_bits_init(&pool->judged, pool->nr_frames))
		return -ENOMEM;
	return 0;
}

/* An object that has no name is free, durably, before its frames are somebody else's. */
static int free_orphans(struct pp_pool *pool, const struct pp_scan *scan)
{
	struct pp_record *free = kvzalloc(sizeof(*free), GFP_KERNEL);
	struct pp_object *obj = kvzalloc(sizeof(*obj), GFP_KERNEL);
	bool any = false;
	int err = free && obj ? 0 : -ENOMEM;
	u64 i;

	for (i = 0; i < scan->nr && !err; i++) {
		if (scan->items[i].state != PP_ITEM_ORPHAN)
			continue;
		free->type = MEDIA_FREE;
		err = pp_record_load(pool, scan->items[i].id, obj);
		if (!err)
			err = pp_record_write(pool, obj, free);
		__clear_bit(scan->items[i].id, pool->ids);
		any = true;
	}
	if (any)
		pm_fence(&pool->pm);
	kvfree(obj);
	kvfree(free);
	return err;
}

/*
 * Leaves behind the end of an object are left from something that was not finished.
 * Records say what their trees have got since they were written.
 */
static int trim(struct pp_pool *pool, struct pp_scan *scan)
{
	struct pp_object *obj = kvzalloc(sizeof(*obj), GFP_KERNEL);
	struct pp_item *item;
	int err = obj ? 0 : -ENOMEM;
	bool any = false;
	u64 i;

	for (i = 0; i < scan->nr && !err; i++) {
		item = &scan->items[i];
		if (item->type != MEDIA_REG || item->bad || item->state == PP_ITEM_ORPHAN)
			continue;
		err = pp_record_load(pool, item->id, obj);
		if (err)
			break;
		obj->verdict = PP_VERIFIED;
		obj->count = item->count;
		if (!item->prealloc)
			err = pp_tree_cut(pool, obj,
					  (item->size + MEDIA_FRAME - 1) >> MEDIA_FRAME_SHIFT,
					  PP_LAST_PAGE);
		item->count = obj->count;
		if (err || !memcmp(&obj->count, &obj->stored, sizeof(obj->count)))
			continue;
		err = pp_record_write(pool, obj, &obj->rec);
		any = true;
	}
	if (any)
		pm_fence(&pool->pm);
	kvfree(obj);
	return err;
}

static bool has_orphans(const struct pp_scan *scan)
{
	u64 i;

	for (i = 0; i < scan->nr; i++)
		if (scan->items[i].state == PP_ITEM_ORPHAN)
			return true;
	return false;
}

/* Which frames are in use?  Return: 1: as the checkpoint says, 0: as the trees say, -errno. */
static int find_used(struct pp_pool *pool, const struct pp_open *how, struct pp_scan *scan)
{
	int err;

	if (how->trust && pool->clean && !has_orphans(scan)) {
		pool->trusted = expect_index(pool);
		if (pool->trusted)
			return 1;
		pp_found(how->report, PP_CHECKPOINT, 0, pool->checkpoint_first,
			 "the checkpoint is not valid: all trees are walked");
	}
	err = pp_scan_trees(pool, scan);
	if (!err)
		expect_claims(pool);
	return err;
}

int pp_start(struct pp_pool *pool, const struct pp_open *how, struct pp_scan *scan)
{
	int err = allocate(pool);

	memset(scan, 0, sizeof(*scan));
	pool->read_only |= how->read_only;
	scan->report = how->report;
	pool->report = how->report;
	if (!err && !pool->read_only) {
		pool->generation++;
		err = pp_super_write(pool, MEDIA_STATE_OPEN, 0);
	}
	if (!err)
		err = pp_log_replay(pool, how->report);
	if (err > 0) {
		pool->clean = false;
		err = pool->read_only ? -EROFS : 0;
	}
	if (!err)
		err = pp_scan_records(pool, scan);
	if (!err)
		err = pp_scan_names(pool, scan);
	if (!err)
		err = find_used(pool, how, scan);
	scan->trusted = err == 1;
	if (err < 0 || pool->read_only)
		return min(err, 0);
	err = free_orphans(pool, scan);
	if (!err && !scan->trusted)
		err = trim(pool, scan);
	return err;
}

/* ---- out of use ---- */

int pp_stop(struct pp_pool *pool)
{
	u64 *map;

	if (pool->read_only || pool->leaky)
		return 0;	/* the next one walks all trees */
	map = kvzalloc(MEDIA_FRAME, GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	write_map(pool, map);
	kvfree(map);
	if (pool->leaky)
		return 0;
	return pp_super_write(pool, MEDIA_STATE_CLEAN, pp_write_index(pool, pool->index));
}

void pp_close(struct pp_pool *pool)
{
	fa_free(pool->frames);
	pp_bits_exit(&pool->claims);
	pp_bits_exit(&pool->judged);
	kvfree(pool->index);
	kvfree(pool->ids);
	pool->frames = NULL;
	pool->index = NULL;
	pool->ids = NULL;
}
