// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blobs: a frame each, for what does not fit a record.  A blob is never
 * changed: a new one is made durable, then a record names it, then the old
 * one's frame is free.
 */
#include "engine.h"

static u32 blob_crc(const struct pp_pool *pool, const struct media_blob *blob, size_t length)
{
	return crc32c(pool->seed, (const u8 *)blob + sizeof(blob->crc),
		      offsetof(struct media_blob, data) - sizeof(blob->crc) + length);
}

int pp_blob_write(struct pp_pool *pool, u64 id, enum media_blob_kind kind, const void *data,
		  size_t length, u64 *frame)
{
	struct media_blob *blob;

	if (length > sizeof(blob->data))
		return -ENOSPC;
	blob = kvzalloc(sizeof(*blob), GFP_KERNEL);
	if (!blob)
		return -ENOMEM;
	*frame = pp_frame_get(pool, 0);
	if (*frame) {
		blob->kind = cpu_to_le16(kind);
		blob->length = cpu_to_le16(length);
		blob->id = cpu_to_le64(id);
		memcpy(blob->data, data, length);
		blob->crc = cpu_to_le32(blob_crc(pool, blob, length));
		/* With its zeros: what was in the frame before is nobody's business. */
		pm_write(&pool->pm, pp_frame_offset(*frame), blob, sizeof(*blob));
		pm_flush(&pool->pm, pp_frame_offset(*frame), sizeof(*blob));
	}
	kvfree(blob);
	return *frame ? 0 : -ENOSPC;
}

int pp_blob_read(const struct pp_pool *pool, u64 frame, u64 id, enum media_blob_kind kind,
		 void *data, size_t size)
{
	struct media_blob *blob;
	size_t length;
	int err;

	if (!frame || frame >= pool->nr_frames)
		return -EUCLEAN;
	blob = kvzalloc(sizeof(*blob), GFP_KERNEL);
	if (!blob)
		return -ENOMEM;
	err = pm_load(&pool->pm, pp_frame_offset(frame), blob, sizeof(*blob));
	length = le16_to_cpu(blob->length);
	if (!err && (length > sizeof(blob->data) || length > size ||
		     le16_to_cpu(blob->kind) != kind || le64_to_cpu(blob->id) != id ||
		     le32_to_cpu(blob->crc) != blob_crc(pool, blob, length)))
		err = -EUCLEAN;
	if (!err)
		memcpy(data, blob->data, length);
	kvfree(blob);
	return err ? err : (int)length;
}

int pp_create_with(struct pp_pool *pool, struct pp_object *obj, enum media_blob_kind kind,
		   const void *data, size_t length)
{
	bool has_id = obj->id;
	int err = has_id ? 0 : pp_id_get(pool, obj);
	u64 blob = 0;

	if (err)
		return err;
	err = pp_blob_write(pool, obj->id, kind, data, length, &blob);
	if (!err) {
		*(kind == MEDIA_BLOB_ACL ? &obj->rec.acl : &obj->rec.target) = blob;
		pm_fence(&pool->pm);	/* before the record names it */
		err = pp_create(pool, obj);
	}
	if (!err)
		return 0;
	if (blob)
		pp_frame_put(pool, blob, 0);
	obj->rec.acl = 0;
	obj->rec.target = 0;
	if (!has_id) {
		pp_id_put(pool, obj->id);
		obj->id = 0;
	}
	return err;
}

int pp_set_acl(struct pp_pool *pool, struct pp_object *obj, const struct pp_record *rec,
	       const struct media_acl_entry *acl, size_t length)
{
	struct pp_record *new = kvzalloc(sizeof(*new), GFP_KERNEL);
	u64 old = obj->rec.acl;
	int err = 0;

	if (!new)
		return -ENOMEM;
	*new = *rec;
	new->acl = 0;
	if (length) {
		err = pp_blob_write(pool, obj->id, MEDIA_BLOB_ACL, acl, length, &new->acl);
		pm_fence(&pool->pm);	/* before the record names it */
	}
	if (!err)
		err = pp_update(pool, obj, new);
	if (err && new->acl)
		pp_frame_put(pool, new->acl, 0);
	else if (!err && old)
		pp_frame_put(pool, old, 0);
	kvfree(new);
	return err;
}
