// SPDX-License-Identifier: GPL-2.0-only
/* The media format: judge, encode, decode.  Values in, values out. */
#include "engine.h"

u32 pp_seed(const u8 *uuid)
{
	return crc32c(~0U, uuid, 16);
}

static u32 super_crc(const struct media_super *super)
{
	const size_t from = offsetof(struct media_super, version);

	return crc32c(~0U, (const u8 *)super + from, sizeof(*super) - from);
}

void pp_super_seal(struct media_super *super)
{
	super->crc = cpu_to_le32(super_crc(super));
}

static bool in_pool(u64 first, u64 count, u64 frames)
{
	return first && count && first < frames && count < frames - first;
}

static const char *check_geometry(const struct media_super *super, u64 device)
{
	u64 frames = le64_to_cpu(super->nr_frames);
	u64 checkpoint = le64_to_cpu(super->checkpoint_frames);

	if (frames > device)
		return "the device is smaller than the pool: it is cut off";
	if (frames < MEDIA_FRAMES_MIN || frames > MEDIA_E_ADDR >> MEDIA_FRAME_SHIFT)
		return "the size of the pool makes no sense";
	if (le32_to_cpu(super->frame_shift) != MEDIA_FRAME_SHIFT)
		return "frames are not of 4 KiB";
	if (!in_pool(le64_to_cpu(super->log_first), le64_to_cpu(super->log_frames), frames) ||
	    le64_to_cpu(super->log_frames) > MEDIA_LOG_FRAMES)
		return "the log is not within the pool";
	if (!in_pool(le64_to_cpu(super->checkpoint_first), checkpoint, frames) ||
	    checkpoint != pp_index_frames(frames) + pp_nr_parts(frames))
		return "the checkpoint is not within the pool";
	if (!in_pool(le64_to_cpu(super->record_root), 1, frames))
		return "the tree of records is not within the pool";
	return NULL;
}

const char *pp_super_check(const struct media_super *super, unsigned int which, u64 frames)
{
	if (le64_to_cpu(super->magic) != MEDIA_MAGIC)
		return "this is no morsel pool";
	/* A later version may have another checksum. */
	if (le32_to_cpu(super->version) != MEDIA_VERSION)
		return "the pool has a format of another version";
	if (le32_to_cpu(super->crc) != super_crc(super))
		return "the superblock is damaged";
	if (le64_to_cpu(super->incompat) & ~MEDIA_INCOMPAT_KNOWN)
		return "the pool uses a feature that is not known here";
	if (le32_to_cpu(super->which) != which)
		return "the superblock belongs elsewhere";
	if (le32_to_cpu(super->state) != MEDIA_STATE_CLEAN &&
	    le32_to_cpu(super->state) != MEDIA_STATE_OPEN)
		return "the superblock has a state that is not known";
	return check_geometry(super, frames);
}

static u32 slot_crc(const struct pp_pool *pool, const struct media_slot *slot, size_t length)
{
	return crc32c(pool->seed, (const u8 *)slot + sizeof(slot->crc),
		      length - sizeof(slot->crc));
}

bool pp_slot_valid(const struct pp_pool *pool, const struct media_slot *slot, u64 id)
{
	size_t length = le16_to_cpu(slot->length);

	if (length < offsetof(struct media_slot, name) || length > sizeof(*slot) || length % 8)
		return false;
	if (le64_to_cpu(slot->id) != id || !le64_to_cpu(slot->seq))
		return false;
	if (ALIGN(offsetof(struct media_slot, name) + slot->name_len, 8UL) != length)
		return false;
	return le32_to_cpu(slot->crc) == slot_crc(pool, slot, length);
}

size_t pp_slot_encode(const struct pp_pool *pool, struct media_slot *slot,
		      const struct pp_object *obj, const struct pp_record *rec)
{
	size_t length = ALIGN(offsetof(struct media_slot, name) + rec->name_len, 8UL);

	memset(slot, 0, sizeof(*slot));
	slot->length = cpu_to_le16(length);
	slot->type = rec->type;
	slot->name_len = rec->name_len;
	slot->seq = cpu_to_le64(obj->seq + 1);
	slot->id = cpu_to_le64(obj->id);
	slot->mode = cpu_to_le32(rec->mode);
	slot->uid = cpu_to_le32(rec->uid);
	slot->gid = cpu_to_le32(rec->gid);
	slot->gen = cpu_to_le32(rec->gen);
	slot->parent = cpu_to_le64(rec->parent);
	slot->size = cpu_to_le64(rec->size);
	slot->root = cpu_to_le64(rec->root);
	slot->atime = cpu_to_le64(rec->atime);
	slot->mtime = cpu_to_le64(rec->mtime);
	slot->ctime = cpu_to_le64(rec->ctime);
	slot->btime = cpu_to_le64(rec->btime);
	slot->flags = cpu_to_le64(rec->flags);
	slot->addr = cpu_to_le64(rec->addr);
	slot->max = cpu_to_le64(rec->max);
	slot->acl = cpu_to_le64(rec->acl);
	slot->target = cpu_to_le64(rec->target);
	if (rec->type == MEDIA_REG) {
		slot->pages = cpu_to_le64(obj->count.pages);
		slot->huge = cpu_to_le32((u32)obj->count.huge);
		slot->tables = cpu_to_le32((u32)obj->count.tables);
	}
	memcpy(slot->name, rec->name, rec->name_len);
	slot->crc = cpu_to_le32(slot_crc(pool, slot, length));
	return length;
}

void pp_slot_decode(const struct media_slot *slot, struct pp_object *obj)
{
	struct pp_record *rec = &obj->rec;

	obj->seq = le64_to_cpu(slot->seq);
	obj->stored.pages = le64_to_cpu(slot->pages);
	obj->stored.huge = le32_to_cpu(slot->huge);
	obj->stored.tables = le32_to_cpu(slot->tables);
	memset(rec, 0, sizeof(*rec));
	rec->type = slot->type;
	rec->name_len = slot->name_len;
	rec->mode = le32_to_cpu(slot->mode);
	rec->uid = le32_to_cpu(slot->uid);
	rec->gid = le32_to_cpu(slot->gid);
	rec->gen = le32_to_cpu(slot->gen);
	rec->parent = le64_to_cpu(slot->parent);
	rec->size = le64_to_cpu(slot->size);
	rec->root = le64_to_cpu(slot->root);
	rec->atime = le64_to_cpu(slot->atime);
	rec->mtime = le64_to_cpu(slot->mtime);
	rec->ctime = le64_to_cpu(slot->ctime);
	rec->btime = le64_to_cpu(slot->btime);
	rec->flags = le64_to_cpu(slot->flags);
	rec->addr = le64_to_cpu(slot->addr);
	rec->max = le64_to_cpu(slot->max);
	rec->acl = le64_to_cpu(slot->acl);
	rec->target = le64_to_cpu(slot->target);
	memcpy(rec->name, slot->name, rec->name_len);
}

static bool in_frames(const struct pp_pool *pool, u64 frame)
{
	return frame && frame < pool->nr_frames;
}

static const char *check_name(u64 id, const struct pp_record *rec)
{
	unsigned int i;

	if (id == MEDIA_ROOT_ID)
		return rec->name_len ? "the root directory has a name" : NULL;
	if (!rec->name_len)
		return rec->parent ? "it has a place but no name" : NULL;
	for (i = 0; i < rec->name_len; i++)
		if ((u8)rec->name[i] < ' ' || rec->name[i] == 0x7f || rec->name[i] == '/')
			return "its name has characters that names cannot have";
	if (rec->name[0] == '.' && (rec->name_len == 1 ||
				    (rec->name_len == 2 && rec->name[1] == '.')))
		return "its name is \".\" or \"..\"";
	return rec->parent ? NULL : "it has a name but no place";
}

static const char *check_root(const struct pp_pool *pool, const struct pp_record *rec)
{
	if (!rec->root)
		return NULL;
	if (rec->type != MEDIA_REG)
		return "it has a tree, but is no file";
	if (rec->root & ~(MEDIA_E_ADDR | MEDIA_ROOT_HEIGHT))
		return "its tree has an address that makes no sense";
	if (!pp_height(rec->root) || pp_height(rec->root) > MEDIA_TOP_LEVEL)
		return "its tree has a height that cannot be";
	return in_frames(pool, pp_entry_frame(rec->root)) ? NULL : "its tree is not in the pool";
}

static const char *check_target(const struct pp_pool *pool, u64 id, const struct pp_record *rec)
{
	switch (rec->type) {
	case MEDIA_SYMLINK:
		return in_frames(pool, rec->target) ? NULL : "its target is not in the pool";
	case MEDIA_LINK:
		if (rec->acl)
			return "a name has an ACL";
		return rec->target && rec->target != id ? NULL : "it is a name of nothing";
	case MEDIA_QUOTA:
		return rec->acl ? "a limit has an ACL" : NULL;
	default:
		return rec->target ? "it has a target, but is no link" : NULL;
	}
}

static const char *check_place(u64 id, const struct pp_record *rec)
{
	if (id == MEDIA_ROOT_ID && (rec->type != MEDIA_DIR || rec->parent != id))
		return "the root directory is none";
	if (rec->type == MEDIA_QUOTA)
		return rec->parent || rec->name_len ? "a limit has a place" : NULL;
	if (id != MEDIA_ROOT_ID && rec->parent == id)
		return "it is in itself";
	if (!rec->name_len && id != MEDIA_ROOT_ID && rec->type != MEDIA_REG &&
	    rec->type != MEDIA_SYMLINK)
		return "it has no name";
	return check_name(id, rec);
}

const char *pp_record_check(const struct pp_pool *pool, u64 id, const struct pp_record *rec)
{
	const char *why;

	if (rec->type < MEDIA_REG || rec->type > MEDIA_QUOTA)
		return "it is of a type that is not known";
	if (rec->mode & ~07777U)
		return "its mode has bits that modes do not have";
	if (rec->flags & ~(u64)MEDIA_F_KNOWN)
		return "it has flags that are not known";
	if (rec->flags & MEDIA_F_DEFAULT && rec->type != MEDIA_QUOTA)
		return "it is a default, but no limit";
	if (rec->type != MEDIA_QUOTA && rec->size > MEDIA_SIZE_MAX)
		return "it is larger than objects can be";
	if (rec->acl && !in_frames(pool, rec->acl))
		return "its ACL is not in the pool";
	if (rec->flags & MEDIA_F_ADDR && (rec->addr + rec->max < rec->addr ||
					  rec->addr % MEDIA_FRAME || rec->addr >> 47))
		return "its address makes no sense";
	why = check_place(id, rec);
	if (!why)
		why = check_root(pool, rec);
	return why ? why : check_target(pool, id, rec);
}

const char *pp_entry_check(const struct pp_pool *pool, u64 entry, unsigned int level)
{
	u64 frame = pp_entry_frame(entry), flags = entry & ~MEDIA_E_ADDR & ~MEDIA_E_IGNORED;

	if (level == 1 && flags != MEDIA_E_LEAF)
		return "a leaf has flags that leaves do not have";
	if (level == 2 && flags == (MEDIA_E_LEAF | MEDIA_E_HUGE)) {
		if (frame % MEDIA_HUGE_FRAMES)
			return "a leaf of 2 MiB is not aligned";
		if (pool->nr_frames < MEDIA_HUGE_FRAMES ||
		    frame > pool->nr_frames - MEDIA_HUGE_FRAMES)
			return "a leaf of 2 MiB reaches out of the pool";
	} else if (level > 1 && flags != MEDIA_E_TABLE) {
		return "an entry has flags that tables do not have";
	}
	return in_frames(pool, frame) ? NULL : "an entry names a frame that is not in the pool";
}
