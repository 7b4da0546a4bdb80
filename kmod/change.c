// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on records.  A change of one record is a slot, a flush and a
 * fence; a change of two goes through the log.  Frames that the old record
 * named and the new one does not are given back after the fence, and not
 * before: somebody would write to them, and after a crash the old record would
 * have what he wrote.
 */
#include "engine.h"

static int write_and_fence(struct pp_pool *pool, struct pp_object *obj,
			   const struct pp_record *rec)
{
	int err = pp_record_write(pool, obj, rec);

	if (err)
		return err;
	pm_fence(&pool->pm);
	pp_record_written(obj, rec);
	return 0;
}

int pp_create(struct pp_pool *pool, struct pp_object *obj)
{
	bool has_id = obj->id;
	int err = has_id ? 0 : pp_id_get(pool, obj);

	if (!err)
		err = write_and_fence(pool, obj, &obj->rec);
	if (!err)
		obj->detached = false;
	if (err && !has_id && obj->id) {
		pp_id_put(pool, obj->id);
		obj->id = 0;
	}
	return err;
}

int pp_update(struct pp_pool *pool, struct pp_object *obj, const struct pp_record *rec)
{
	if (!obj->detached)
		return write_and_fence(pool, obj, rec);
	obj->rec = *rec;
	return 0;
}

int pp_settle(struct pp_pool *pool, struct pp_object *obj)
{
	if (obj->detached || obj->bad ||
	    !memcmp(&obj->count, &obj->stored, sizeof(obj->count)))
		return 0;
	return write_and_fence(pool, obj, &obj->rec);
}

int pp_update_two(struct pp_pool *pool, struct pp_object *one, const struct pp_record *one_rec,
		  struct pp_object *two, const struct pp_record *two_rec)
{
	struct pp_object *const obj[2] = { one, two };
	const struct pp_record *const rec[2] = { one_rec, two_rec };

	return pp_log_two(pool, obj, rec);
}

int pp_remove(struct pp_pool *pool, struct pp_object *obj)
{
	/* No allocation: with its last link gone the object must not stay. */
	const struct pp_record free = { .type = MEDIA_FREE };
	int err = pp_record_write(pool, obj, &free);

	if (err)
		return err;
	pm_fence(&pool->pm);
	obj->detached = true;
	pp_record_written(obj, &obj->rec);	/* who has it open goes on with what it was */
	return 0;
}

void pp_release(struct pp_pool *pool, struct pp_object *obj)
{
	/* What is not known to be its own is left alone; the next walk of all trees finds it. */
	if (pp_tree_judge(pool, obj, 0, PP_LAST_PAGE)) {
		WRITE_ONCE(pool->leaky, true);
	} else {
		if (obj->rec.root)
			pp_tree_free(pool, obj->rec.root, pp_height(obj->rec.root) + 1, NULL);
		if (obj->rec.acl)
			pp_frame_put(pool, obj->rec.acl, 0);
		if (obj->rec.type == MEDIA_SYMLINK && obj->rec.target)
			pp_frame_put(pool, obj->rec.target, 0);
	}
	if (obj->id)
		pp_id_put(pool, obj->id);
	memset(obj, 0, sizeof(*obj));
}
