// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations on limits: records without a name, as kmod/store_quota.c writes them. */
#include "ops.h"

static struct pp_object *record_of(struct world *w, bool is_default, u32 uid)
{
	int i;

	for (i = 0; i < w->nr_things; i++) {
		struct pp_object *obj = w->things[i];

		if (obj->id && !obj->detached && obj->rec.type == MEDIA_QUOTA &&
		    obj->rec.uid == uid && !!(obj->rec.flags & MEDIA_F_DEFAULT) == is_default)
			return obj;
	}
	return NULL;
}

static void describe(struct pp_record *rec, const struct limits *limits)
{
	memset(rec, 0, sizeof(*rec));
	rec->type = MEDIA_QUOTA;
	rec->uid = limits->uid;
	rec->flags = limits->is_default ? MEDIA_F_DEFAULT : 0;
	rec->size = limits->bytes;
	rec->addr = limits->soft_bytes;
	rec->max = limits->objects;
	rec->target = limits->soft_objects;
}

static int make_record(struct world *w, const struct pp_record *rec)
{
	struct pp_object *obj = calloc(1, sizeof(*obj));

	assert(obj && w->nr_things < MAX_THINGS);
	w->things[w->nr_things++] = obj;
	obj->rec = *rec;
	return pp_create(&w->pool, obj);
}

static bool set_limits(struct world *w, const struct limits *limits)
{
	struct pp_object *obj = record_of(w, limits->is_default, limits->uid);
	struct limits *at = state_limits(&w->after, limits->is_default, limits->uid);
	struct pp_record rec;

	assert(!at == !obj && w->after.nr_limits < MAX_LIMITS);
	if (!at)
		at = &w->after.limits[w->after.nr_limits++];
	*at = *limits;
	describe(&rec, limits);
	begin(w);
	return done(w, obj ? pp_update(&w->pool, obj, &rec) : make_record(w, &rec));
}

static const struct limits of_user = {
	.uid = 1000, .bytes = 1 << 30, .soft_bytes = 1 << 29, .objects = 500, .soft_objects = 400
};

bool op_limits_set(struct world *w)
{
	return !record_of(w, false, of_user.uid) && set_limits(w, &of_user);
}

bool op_limits_change(struct world *w)
{
	static const struct limits other = {
		.uid = 1000, .bytes = 1 << 28, .objects = 50, .soft_objects = 40
	};

	return record_of(w, false, of_user.uid) && set_limits(w, &other);
}

bool op_limits_remove(struct world *w)
{
	struct pp_object *obj = record_of(w, false, of_user.uid);
	struct limits *at = state_limits(&w->after, false, of_user.uid);
	int err;

	if (!obj)
		return false;
	*at = w->after.limits[--w->after.nr_limits];
	begin(w);
	err = pp_remove(&w->pool, obj);
	if (!err)
		pp_release(&w->pool, obj);
	return done(w, err);
}

bool op_limits_others(struct world *w)
{
	static const struct limits others = {
		.is_default = true, .bytes = 1 << 27, .soft_objects = 30
	};

	return set_limits(w, &others);
}
