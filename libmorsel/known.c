// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a subscription knows of objects, and how it differs from what there is. */
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "event.h"

/* An object has one place here, even if it has several names. */
struct known_object {
	struct morsel_info *info;
	uint64_t round; /* when it was last seen */
};

static int compare(const void *a, const void *b)
{
	const struct morsel_info *x = ((const struct known_object *)a)->info;
	const struct morsel_info *y = ((const struct known_object *)b)->info;

	if (x->pool_id != y->pool_id)
		return x->pool_id < y->pool_id ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static struct known_object *find(const struct morsel_known *known, uint32_t pool_id, uint64_t id)
{
	struct morsel_info info = { .pool_id = pool_id, .id = id };
	const struct known_object key = { .info = &info };
	struct known_object **node = tfind(&key, &known->tree, compare);

	return node ? *node : NULL;
}

const struct morsel_info *morsel_known_find(const struct morsel_known *known, uint32_t pool_id,
					    uint64_t id)
{
	const struct known_object *object = find(known, pool_id, id);

	return object ? object->info : NULL;
}

static struct morsel_info *copy_info(const struct morsel_info *info)
{
	struct morsel_info *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *info;
	copy->created = false;
	copy->old_name = NULL;
	copy->name = info->name ? strdup(info->name) : NULL;
	if (info->name && !copy->name) {
		free(copy);
		return NULL;
	}
	return copy;
}

static void free_object(void *item)
{
	struct known_object *object = item;

	morsel_info_free(object->info);
	free(object);
}

static int add(struct morsel_known *known, struct morsel_info *info)
{
	struct known_object *object = calloc(1, sizeof(*object));

	if (!object)
		return -ENOMEM;
	object->info = info;
	object->round = known->round;
	if (tsearch(object, &known->tree, compare))
		return 0;
	free(object);
	return -ENOMEM;
}

int morsel_known_put(struct morsel_known *known, const struct morsel_info *info)
{
	struct known_object *object = find(known, info->pool_id, info->id);
	struct morsel_info *copy = copy_info(info);
	int err = 0;

	if (!copy)
		return -ENOMEM;
	if (object) {
		morsel_info_free(object->info);
		object->info = copy;
		object->round = known->round;
		return 0;
	}
	err = add(known, copy);
	if (err)
		morsel_info_free(copy);
	return err;
}

void morsel_known_drop(struct morsel_known *known, uint32_t pool_id, uint64_t id)
{
	struct known_object *object = find(known, pool_id, id);

	if (!object)
		return;
	tdelete(object, &known->tree, compare);
	free_object(object);
}

void morsel_known_clear(struct morsel_known *known)
{
	tdestroy(known->tree, free_object);
	known->tree = NULL;
}

/* ---- choosing ---- */

struct choice {
	bool (*wanted)(const struct choice *choice, const struct known_object *object);
	uint32_t pool_id;
	uint64_t number; /* of a directory, or of a round */
	struct morsel_array objects;
	bool failed;
};

static void choose(const void *node, VISIT visit, void *data)
{
	struct known_object *object = *(struct known_object *const *)node;
	struct choice *choice = data;

	if ((visit == postorder || visit == leaf) && choice->wanted(choice, object))
		choice->failed |= morsel_array_add(&choice->objects, object) != 0;
}

static void keep(void *item)
{
	(void)item;
}

/* Free with morsel_array_clear(..., keep). Return: 0 or -ENOMEM. */
static int run_choice(const struct morsel_known *known, struct choice *choice)
{
	twalk_r(known->tree, choose, choice);
	if (!choice->failed)
		return 0;
	morsel_array_clear(&choice->objects, keep);
	return -ENOMEM;
}

static bool is_of_pool(const struct choice *choice, const struct known_object *object)
{
	return object->info->pool_id == choice->pool_id;
}

static bool is_in_directory(const struct choice *choice, const struct known_object *object)
{
	return object->info->pool_id == choice->pool_id && object->info->parent == choice->number;
}

static bool is_unseen(const struct choice *choice, const struct known_object *object)
{
	return object->round != choice->number;
}

int morsel_known_drop_pool(struct morsel_known *known, uint32_t pool_id)
{
	struct choice choice = { .wanted = is_of_pool, .pool_id = pool_id };
	struct known_object *object;
	size_t i;
	int err;

	err = run_choice(known, &choice);
	for (i = 0; !err && (object = morsel_array_at(&choice.objects, i)); i++) {
		tdelete(object, &known->tree, compare);
		free_object(object);
	}
	morsel_array_clear(&choice.objects, keep);
	return err;
}

bool morsel_known_filled(const struct morsel_known *known, uint32_t pool_id, uint64_t id)
{
	struct choice choice = { .wanted = is_in_directory, .pool_id = pool_id, .number = id };
	bool filled;

	if (run_choice(known, &choice))
		return true; /* to be on the safe side */
	filled = choice.objects.count;
	morsel_array_clear(&choice.objects, keep);
	return filled;
}

/* ---- names ---- */

static const char *last_component(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;
	const char *colon = name ? strchr(name, ':') : NULL;

	return slash ? slash + 1 : colon ? colon + 1
					 : "";
}

bool morsel_known_same_place(const struct morsel_info *a, const struct morsel_info *b)
{
	return a->parent == b->parent && !strcmp(last_component(a->name), last_component(b->name));
}

static char *name_below(const struct morsel_known *known, const struct morsel_info *info,
			unsigned int levels)
{
	const struct morsel_info *parent = NULL;
	char *above, *name;
	size_t size;

	if (levels && info->parent)
		parent = morsel_known_find(known, info->pool_id, info->parent);
	if (!parent)
		return strdup(info->name);
	above = name_below(known, parent, levels - 1);
	if (!above)
		return NULL;
	size = strlen(above) + strlen(last_component(info->name)) + 2;
	name = malloc(size);
	if (name)
		snprintf(name, size, "%s%s%s", above, above[strlen(above) - 1] == ':' ? "" : "/",
			 last_component(info->name));
	free(above);
	return name;
}

/*
 * What it is called now: when a directory is renamed, what is below it does not
 * hear of it. Return: to be freed, or NULL without memory.
 */
static char *name_of(const struct morsel_known *known, const struct morsel_info *info)
{
	/* While some moves are known and others not, directories may seem to hold each other. */
	return name_below(known, info, MORSEL_MAX_PATH / 2);
}

/* ---- the difference ---- */

static bool same_attributes(const struct morsel_info *a, const struct morsel_info *b)
{
	return a->size == b->size && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       a->addr == b->addr && a->max_size == b->max_size && a->sealed == b->sealed;
}

/* What else changes the time of a change is writing, and names in a directory. */
static enum morsel_event_type what_differs(const struct morsel_info *was,
					   const struct morsel_info *is, bool lost)
{
	if (is->sealed && !was->sealed)
		return MORSEL_EVENT_MORSEL_SEAL;
	if (!same_attributes(was, is) || (was->ctime != is->ctime &&
					  (lost || was->mtime == is->mtime)))
		return MORSEL_EVENT_MORSEL_SET;
	return MORSEL_EVENT_LOST; /* nothing */
}

/* Takes over @old_name. */
static int tell(struct morsel_difference *difference, enum morsel_event_type type,
		const struct morsel_info *info, char *old_name)
{
	struct morsel_event *event = morsel_event_new(type);

	if (event) {
		event->resynced = true;
		event->watch = difference->watch;
		event->info = copy_info(info);
	}
	if (event && event->info) {
		event->info->old_name = old_name;
		if (!morsel_array_add(difference->events, event))
			return 0;
	} else {
		free(old_name);
	}
	morsel_event_free(event);
	return -ENOMEM;
}

static int tell_gone(struct morsel_difference *difference, struct known_object *object)
{
	char *name = name_of(difference->known, object->info);
	int err;

	if (!name)
		return -ENOMEM;
	free(object->info->name);
	object->info->name = name;
	err = tell(difference, MORSEL_EVENT_MORSEL_DEL, object->info, NULL);
	if (!err)
		morsel_known_drop(difference->known, object->info->pool_id, object->info->id);
	return err;
}

static size_t depth(const struct morsel_info *info)
{
	const char *p = strchr(info->name, ':') + 1;
	size_t slashes = *p != '\0';

	for (; *p; p++)
		slashes += *p == '/';
	return slashes;
}

static int top_down(const void *a, const void *b)
{
	size_t x = depth(*(const struct morsel_info *const *)a);
	size_t y = depth(*(const struct morsel_info *const *)b);

	return (x > y) - (x < y);
}

static int bottom_up(const void *a, const void *b)
{
	const struct known_object *x = *(const struct known_object *const *)a;
	const struct known_object *y = *(const struct known_object *const *)b;

	return top_down(&y->info, &x->info);
}

static int drop_unseen(struct morsel_difference *difference)
{
	struct choice gone = { .wanted = is_unseen, .number = difference->known->round };
	struct known_object *object;
	size_t i;
	int err;

	err = run_choice(difference->known, &gone);
	if (!err && gone.objects.count)
		qsort(gone.objects.items, gone.objects.count, sizeof(*gone.objects.items),
		      bottom_up);
	for (i = 0; !err && (object = morsel_array_at(&gone.objects, i)); i++)
		if (!difference->doubt || !difference->doubt(difference->data, object->info))
			err = tell_gone(difference, object);
	morsel_array_clear(&gone.objects, keep);
	return err;
}

static int compare_one(struct morsel_difference *difference, const struct morsel_info *now)
{
	const struct morsel_info *was;
	enum morsel_event_type type;
	char *old_name = NULL;
	int err = 0;

	was = morsel_known_find(difference->known, now->pool_id, now->id);
	if (!was) {
		type = MORSEL_EVENT_MORSEL_NEW;
	} else if (!morsel_known_same_place(was, now)) {
		old_name = name_of(difference->known, was);
		if (!old_name)
			return -ENOMEM;
		err = tell(difference, MORSEL_EVENT_MORSEL_RENAME, now, old_name);
		type = what_differs(was, now, false);
	} else {
		type = what_differs(was, now, difference->lost);
	}
	if (!err && type != MORSEL_EVENT_LOST)
		err = tell(difference, type, now, NULL);
	return err ? err : morsel_known_put(difference->known, now);
}

int morsel_known_update(struct morsel_difference *difference)
{
	struct morsel_array sorted = { 0 };
	struct known_object *object;
	struct morsel_info *info;
	size_t i;
	int err = 0;

	difference->known->round++;
	for (i = 0; !err && (info = morsel_array_at(difference->now, i)); i++) {
		if (!info->name) /* it has none any more, or one that is too long */
			continue;
		err = morsel_array_add(&sorted, info);
		object = find(difference->known, info->pool_id, info->id);
		if (object)
			object->round = difference->known->round;
	}
	if (!err && sorted.count)
		qsort(sorted.items, sorted.count, sizeof(*sorted.items), top_down);
	if (!err)
		err = drop_unseen(difference);
	for (i = 0; !err && (info = morsel_array_at(&sorted, i)); i++)
		err = compare_one(difference, info);
	morsel_array_clear(&sorted, keep);
	return err;
}
