// SPDX-License-Identifier: GPL-2.0-only
/* Contents and sizes of objects. */
#include "engine.h"

static u64 page_of(u64 offset)
{
	return offset >> MEDIA_FRAME_SHIFT;
}

/* Bytes from @offset to the end of the leaf that it is in. */
static u64 rest_of_leaf(u64 offset, const struct pp_leaf *leaf)
{
	u64 size = (u64)MEDIA_FRAME << leaf->order;

	return size - (offset & (size - 1));
}

static u64 media_offset(const struct pp_leaf *leaf, u64 offset)
{
	return pp_frame_offset(leaf->frame) + offset % MEDIA_FRAME;
}

/* Return: how many of @length bytes at @offset of the leaf are before a frame with an error. */
static u64 sound_part(const struct pp_pool *pool, const struct pp_leaf *leaf, u64 offset,
		      u64 length)
{
	u64 frame = leaf->frame, done = 0;

	if (!pool->is_bad)
		return length;
	for (; done < length && !pool->is_bad(pool, frame); frame++)
		done += MEDIA_FRAME - (offset + done) % MEDIA_FRAME;
	return min(done, length);
}

/* What is lost stays so. */
int pp_zero(struct pp_pool *pool, struct pp_object *obj, u64 from, u64 to)
{
	bool any = false;
	struct pp_leaf leaf;
	u64 part;
	int err;

	for (; from < to; from += part) {
		err = pp_tree_find(pool, obj, page_of(from), &leaf);
		if (err)
			return err;
		part = min(to - from, rest_of_leaf(from, &leaf));
		if (!leaf.frame)
			continue;
		part = sound_part(pool, &leaf, from, part);
		if (!part) {
			part = min(to - from, MEDIA_FRAME - from % MEDIA_FRAME);
			continue;
		}
		pm_stream_zeros(&pool->pm, media_offset(&leaf, from), part);
		any = true;
	}
	if (any)
		pm_fence(&pool->pm);
	return 0;
}

/*
 * What lies behind the end in the leaf that the end is in may be anything: it
 * was stored there through a mapping, or is left from when the object was
 * larger.  It is zeroed before the object grows over it.
 */
static int zero_tail(struct pp_pool *pool, struct pp_object *obj, u64 to)
{
	u64 end = obj->rec.size;
	struct pp_leaf leaf;
	int err;

	if (!end)
		return 0;
	err = pp_tree_find(pool, obj, page_of(end - 1), &leaf);
	if (err || !leaf.frame)
		return err;
	return pp_zero(pool, obj, end, min(to, end - 1 + rest_of_leaf(end - 1, &leaf)));
}

static int shrink(struct pp_pool *pool, struct pp_object *obj, struct pp_record *rec)
{
	u64 old_root = obj->rec.root, first = page_of(rec->size + MEDIA_FRAME - 1);
	int err = pp_tree_judge(pool, obj, first, PP_LAST_PAGE);

	if (err)
		return err;
	rec->flags &= ~(u64)MEDIA_F_PREALLOC;
	rec->root = rec->size ? old_root : 0;
	err = pp_update(pool, obj, rec);	/* the point of no return */
	if (err)
		return err;
	if (rec->root)
		return pp_tree_cut(pool, obj, first, PP_LAST_PAGE);
	if (old_root)
		pp_tree_free(pool, old_root, pp_height(old_root) + 1, NULL);
	memset(&obj->count, 0, sizeof(obj->count));
	obj->verdict = PP_VERIFIED;	/* there is nothing left to be judged */
	return 0;
}

int pp_resize(struct pp_pool *pool, struct pp_object *obj, const struct pp_record *rec)
{
	struct pp_record *new = kvzalloc(sizeof(*new), GFP_KERNEL);
	int err = 0;

	if (!new)
		return -ENOMEM;
	*new = *rec;
	if (rec->size < obj->rec.size) {
		err = shrink(pool, obj, new);
	} else {
		if (rec->size > obj->rec.size)
			err = zero_tail(pool, obj, rec->size);
		if (!err)
			err = pp_update(pool, obj, new);
	}
	kvfree(new);
	return err;
}

int pp_punch(struct pp_pool *pool, struct pp_object *obj, u64 from, u64 to)
{
	u64 first = page_of(from + MEDIA_FRAME - 1), end = page_of(to);
	int err = 0;

	if (first < end)
		err = pp_tree_cut(pool, obj, first, end - 1);
	if (!err)	/* the ends, and what is covered of 2 MiB frames */
		err = pp_zero(pool, obj, from, to);
	return err;
}

int pp_write(struct pp_pool *pool, struct pp_object *obj, u64 offset, const void *data,
	     size_t length)
{
	struct pp_leaf leaf;
	size_t part;
	int err;

	for (; length; offset += part, data = (const u8 *)data + part, length -= part) {
		err = pp_tree_fill(pool, obj, page_of(offset), false, &leaf);
		if (err)
			return err;
		part = min_t(u64, length, rest_of_leaf(offset, &leaf));
		pm_stream(&pool->pm, media_offset(&leaf, offset), data, part);
	}
	pm_fence(&pool->pm);
	return 0;
}

int pp_read(const struct pp_pool *pool, const struct pp_object *obj, u64 offset, void *data,
	    size_t length)
{
	struct pp_leaf leaf;
	size_t part;
	int err = 0;

	for (; length && !err; offset += part, data = (u8 *)data + part, length -= part) {
		err = pp_tree_lookup(pool, obj->rec.root, page_of(offset), &leaf);
		part = min_t(u64, length, rest_of_leaf(offset, &leaf));
		if (!err && leaf.frame)
			err = pm_load(&pool->pm, media_offset(&leaf, offset), data, part);
		else
			memset(data, 0, part);
	}
	return err;
}
