// SPDX-License-Identifier: GPL-2.0-only
/*
 * A new pool.  In user space only.
 *
 * In its frames: superblock, log, checkpoint, the three tables of records and
 * the first frame of them; at the end the other superblock.  The superblocks
 * come last: a device on which this was cut short is no pool.
 */
#include "repair.h"

static void lay_out(struct pp_pool *pool, const struct pp_format *format, u64 frames)
{
	pool->nr_frames = frames;
	pool->log_first = 1;
	pool->log_frames = frames < 16 * MEDIA_FRAMES_MIN ? 1 : MEDIA_LOG_FRAMES;
	pool->checkpoint_first = pool->log_first + pool->log_frames;
	pool->checkpoint_frames = pp_index_frames(frames) + pp_nr_parts(frames);
	pool->record_root = pool->checkpoint_first + pool->checkpoint_frames;
	pool->created = format->now;
	memcpy(pool->uuid, format->uuid, sizeof(pool->uuid));
	memcpy(pool->label, format->label, MEDIA_LABEL);
	pool->seed = pp_seed(pool->uuid);
}

static void write_root(struct pp_pool *pool, const struct pp_format *format)
{
	struct pp_object root = { .id = MEDIA_ROOT_ID, .slot = 1 };

	root.rec.type = MEDIA_DIR;
	root.rec.mode = format->mode;
	root.rec.uid = format->uid;
	root.rec.gid = format->gid;
	root.rec.parent = MEDIA_ROOT_ID;
	root.rec.atime = format->now;
	root.rec.mtime = format->now;
	root.rec.ctime = format->now;
	root.rec.btime = format->now;
	pp_record_write(pool, &root, &root.rec);
}

/* What is in use of a new pool: up to @taken, and the last frame. */
static bool is_used(const struct pp_pool *pool, u64 taken, u64 frame)
{
	return frame < taken || frame == pool->nr_frames - 1;
}

/* Return: its checksum, -ENOMEM: *@err. */
static u32 write_checkpoint(struct pp_pool *pool, u64 taken, int *err)
{
	u64 nr = pp_nr_parts(pool->nr_frames), part, i, frame;
	struct media_part *index = kvcalloc(nr, sizeof(*index), GFP_KERNEL);
	u64 *map = kvcalloc(PP_PART_WORDS, sizeof(*map), GFP_KERNEL);
	u32 crc = 0;

	*err = index && map ? 0 : -ENOMEM;
	for (part = 0; part < nr && !*err; part++) {
		memset(map, 0, PP_PART_WORDS * sizeof(*map));
		for (i = 0; i < PP_PART_FRAMES; i++) {
			frame = part * PP_PART_FRAMES + i;
			if (is_used(pool, taken, frame))
				map[i / 64] |= 1ULL << i % 64;
		}
		pp_write_part(pool, part, map, &index[part]);
	}
	if (!*err)
		crc = pp_write_index(pool, index);
	kvfree(index);
	kvfree(map);
	return crc;
}

int pp_format(struct pm *pm, const struct pp_format *format)
{
	u64 frames = pm->size >> MEDIA_FRAME_SHIFT, taken, frame;
	struct pp_pool *pool;
	unsigned int level;
	u32 crc;
	int err;

	if (frames < MEDIA_FRAMES_MIN)
		return -ENOSPC;
	pool = kvzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return -ENOMEM;
	lay_out(pool, format, frames);
	pool->pm = *pm;
	taken = pool->record_root + MEDIA_RECORD_LEVEL + 1;

	/* No superblock, no pool; then everything else, then the superblocks. */
	pm_stream_zeros(pm, 0, MEDIA_FRAME);
	pm_stream_zeros(pm, pp_frame_offset(frames - 1), MEDIA_FRAME);
	pm_fence(pm);
	pm_stream_zeros(pm, MEDIA_FRAME, pp_frame_offset(taken) - MEDIA_FRAME);
	for (level = MEDIA_RECORD_LEVEL, frame = pool->record_root; level; level--, frame++) {
		pm_store8(pm, pp_frame_offset(frame), (frame + 1) << MEDIA_FRAME_SHIFT |
			  (level > 1 ? MEDIA_E_TABLE : MEDIA_E_LEAF));
		pm_flush(pm, pp_frame_offset(frame), 8);
	}
	write_root(pool, format);
	crc = write_checkpoint(pool, taken, &err);
	if (!err)
		err = pp_super_write(pool, MEDIA_STATE_CLEAN, crc);
	kvfree(pool);
	return err;
}
