// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects that no way leads to get a name in lost+found, and with them what
 * is below them.  In user space only.
 */
#include "repair.h"

#define LOST_NAME	"lost+found"

enum {
	LOST_TRIES = 10,	/* names that something else may have */
};

static bool is_named(const struct pp_pool *pool, const struct pp_item *item, u64 parent,
		     const char *name, struct pp_object *obj)
{
	size_t length = strlen(name);

	return item->parent == parent && item->name_len == length &&
	       item->state == PP_ITEM_LIVE && !pp_record_load(pool, item->id, obj) &&
	       !memcmp(obj->rec.name, name, length);
}

static struct pp_item *find_name(const struct pp_pool *pool, const struct pp_scan *scan,
				 const char *name)
{
	struct pp_object obj;
	u64 i;

	for (i = 0; i < scan->nr; i++)
		if (is_named(pool, &scan->items[i], MEDIA_ROOT_ID, name, &obj))
			return &scan->items[i];
	return NULL;
}

/* The directory, made if there is none.  Return: 0 or -errno. */
static int find_directory(struct pp_pool *pool, const struct pp_scan *scan, s64 now, u64 *id)
{
	struct pp_object obj = { .rec.type = MEDIA_DIR, .rec.mode = 0700 };
	char name[sizeof(LOST_NAME) + 16] = LOST_NAME;
	const struct pp_item *item = NULL;
	int i, err;

	for (i = 1; i < LOST_TRIES; i++) {
		item = find_name(pool, scan, name);
		if (!item || item->type == MEDIA_DIR)
			break;
		snprintf(name, sizeof(name), LOST_NAME ".%d", i);
	}
	if (item && item->type != MEDIA_DIR)
		return -EEXIST;
	if (item) {
		*id = item->id;
		return 0;
	}
	obj.rec.atime = now;
	obj.rec.mtime = now;
	obj.rec.ctime = now;
	obj.rec.btime = now;
	pp_name_set(&obj.rec, MEDIA_ROOT_ID, name, strlen(name));
	err = pp_create(pool, &obj);
	*id = obj.id;
	return err;
}

/* Is it the one of a loop of directories that the loop is cut at? */
static bool cuts_loop(const struct pp_scan *scan, const struct pp_item *item)
{
	const struct pp_item *at = pp_scan_parent(scan, item);
	u64 steps, least = item->id;

	for (steps = 0; at && at != item && steps < scan->nr; steps++) {
		least = min(least, at->id);
		at = pp_scan_parent(scan, at);
	}
	return at == item && least == item->id;
}

/* What is below something lost comes along with it. */
static bool must_move(const struct pp_scan *scan, const struct pp_item *item)
{
	const struct pp_item *parent = pp_scan_parent(scan, item);

	if (item->state != PP_ITEM_LOST || item->id == MEDIA_ROOT_ID)
		return false;
	return !item->name_len || !parent || parent->state != PP_ITEM_LOST ||
	       cuts_loop(scan, item);
}

static int move(struct pp_pool *pool, const struct pp_item *item, u64 directory)
{
	struct pp_object obj;
	struct pp_record rec;
	char name[48];
	int err = pp_record_load(pool, item->id, &obj);

	if (err)
		return err == -ENOENT ? 0 : err;	/* a link whose target was none is free */
	rec = obj.rec;
	/* No other object has ever had both of these numbers. */
	snprintf(name, sizeof(name), "#%llu.%u", (unsigned long long)item->id, rec.gen);
	pp_name_set(&rec, directory, name, strlen(name));
	return pp_update(pool, &obj, &rec);
}

/* A further name of nothing. */
static bool leads_nowhere(const struct pp_scan *scan, const struct pp_item *item)
{
	const struct pp_item *target;

	if (item->type != MEDIA_LINK)
		return false;
	target = pp_scan_find(scan, item->target);
	return !target || (target->type != MEDIA_REG && target->type != MEDIA_SYMLINK);
}

int pp_repair_places(struct pp_pool *pool, const struct pp_scan *scan, s64 now)
{
	struct pp_object obj;
	u64 i, directory = 0;
	int err = 0;

	for (i = 0; i < scan->nr && !err; i++) {
		const struct pp_item *item = &scan->items[i];

		if (leads_nowhere(scan, item)) {
			if (!pp_record_load(pool, item->id, &obj))
				err = pp_remove(pool, &obj);
		} else if (must_move(scan, item)) {
			if (!directory)
				err = find_directory(pool, scan, now, &directory);
			if (!err)
				err = move(pool, item, directory);
		}
	}
	return err;
}
