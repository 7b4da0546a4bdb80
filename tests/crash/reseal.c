// SPDX-License-Identifier: GPL-2.0-or-later
#include "reseal.h"

/* The checksum comes first, and is of the rest. */
static void seal(struct pm *pm, const struct pp_pool *where, u64 at, size_t length)
{
	u32 crc = crc32c(where->seed, pm->base + at + 4, length - 4);

	pm_write(pm, at, &crc, sizeof(crc));
}

static u16 length_at(const struct pm *pm, u64 at)
{
	u16 length;

	memcpy(&length, pm->base + at, sizeof(length));
	return length;
}

static void seal_super(struct pm *pm, u64 at, const u32 *checkpoint_crc)
{
	struct media_super super;

	memcpy(&super, pm->base + at, sizeof(super));
	if (checkpoint_crc)
		super.checkpoint_crc = cpu_to_le32(*checkpoint_crc);
	pp_super_seal(&super);
	pm_write(pm, at, &super, sizeof(super));
}

void seal_supers(struct pm *pm, const struct pp_pool *where)
{
	seal_super(pm, 0, NULL);
	seal_super(pm, pp_frame_offset(where->nr_frames - 1), NULL);
}

static void seal_slot(struct pm *pm, const struct pp_pool *where, u64 at)
{
	u16 length = length_at(pm, at + offsetof(struct media_slot, length));

	if (length > 4 && length <= MEDIA_SLOT)
		seal(pm, where, at, length);
}

void seal_slots(struct pm *pm, const struct pp_pool *where)
{
	u64 id, offset;

	for (id = MEDIA_ROOT_ID; (offset = pp_record_offset(where, id)); id++) {
		seal_slot(pm, where, offset);
		seal_slot(pm, where, offset + MEDIA_SLOT);
	}
}

void seal_log(struct pm *pm, const struct pp_pool *where)
{
	u64 at = pp_frame_offset(where->log_first);
	u64 end = at + pp_frame_offset(where->log_frames);

	for (; at < end; at += MEDIA_LOG)
		seal(pm, where, at, sizeof(struct media_log));
}

/* The parts of the map, the index, and what the superblocks say of that. */
void seal_checkpoint(struct pm *pm, const struct pp_pool *where)
{
	u64 index = pp_frame_offset(where->checkpoint_first), part;
	u64 map = index + pp_frame_offset(pp_index_frames(where->nr_frames));
	u64 parts = pp_nr_parts(where->nr_frames);
	u32 crc;

	for (part = 0; part < parts; part++, map += MEDIA_FRAME) {
		crc = crc32c(where->seed, pm->base + map, pp_map_bytes(where->nr_frames, part));
		pm_write(pm, index + part * sizeof(struct media_part), &crc, sizeof(crc));
	}
	crc = crc32c(where->seed, pm->base + index, parts * sizeof(struct media_part));
	seal_super(pm, 0, &crc);
	seal_super(pm, pp_frame_offset(where->nr_frames - 1), &crc);
}

void seal_blobs(struct pm *pm, const struct pp_pool *where)
{
	struct pp_object obj;
	u64 id, at;
	u16 length;

	for (id = MEDIA_ROOT_ID; pp_record_offset(where, id); id++) {
		if (pp_record_load(where, id, &obj))
			continue;
		at = pp_frame_offset(obj.rec.type == MEDIA_SYMLINK ? obj.rec.target : obj.rec.acl);
		length = length_at(pm, at + offsetof(struct media_blob, length));
		if (at && length <= MEDIA_FRAME - 16)
			seal(pm, where, at, 16 + length);
	}
}
