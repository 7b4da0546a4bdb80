// SPDX-License-Identifier: GPL-2.0-or-later
/* The objects, and what is known of them from look to look. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "live.h"

enum {
	SHARE_STALE = 5,   /* of the time, the part that dumps may take when there are others */
	SHARE_SURE = 50,   /* and when nothing is known to have changed */
	SHARE_SCANS = 20,  /* of a period, the part that looks at page tables may take */
	MAX_TURNS = 50,	   /* objects out of sight whose activity is looked at */
};

#define NEVER_LATER (60 * 1000000000ULL) /* ns between dumps */
/* What was active longer ago than this and is not mapped is not active. */
#define LONG_AGO (5 * 1000000000ULL)

/* ---- keeping ---- */

static int compare(const struct object *object, uint64_t pool_id, uint64_t id)
{
	if (object->m.pool_id != pool_id)
		return object->m.pool_id < pool_id ? -1 : 1;
	return (object->m.id > id) - (object->m.id < id);
}

/* The place of the first object that is not before (@pool_id, @id). */
static size_t place_of(const struct objects *objects, uint64_t pool_id, uint64_t id)
{
	size_t low = 0, high = objects->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(objects->at[middle], pool_id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct object *live_find(const struct live *live, uint64_t pool_id, uint64_t id)
{
	const struct objects *objects = &live->objects;
	size_t place = place_of(objects, pool_id, id);

	if (place == objects->count || compare(objects->at[place], pool_id, id))
		return NULL;
	return objects->at[place];
}

static struct object *insert(struct objects *objects, uint64_t pool_id, uint64_t id)
{
	size_t place = place_of(objects, pool_id, id), room;
	struct object *object, **bigger;

	if (place < objects->count && !compare(objects->at[place], pool_id, id))
		return objects->at[place];
	if (objects->count == objects->room) {
		room = objects->room ? 2 * objects->room : 64;
		bigger = reallocarray(objects->at, room, sizeof(struct object *));
		if (!bigger)
			return NULL;
		objects->at = bigger;
		objects->room = room;
	}
	object = calloc(1, sizeof(*object));
	if (!object)
		return NULL;
	object->m.pool_id = pool_id;
	object->m.id = id;
	object->rights_at = -1;
	memmove(&objects->at[place + 1], &objects->at[place],
		(objects->count - place) * sizeof(struct object *));
	objects->at[place] = object;
	objects->count++;
	return object;
}

/* The last snapshot may have it. Without memory it stays for ever. */
static void bury(struct live *live, char *name)
{
	struct grave *grave = &live->graves[0];
	char **place;

	if (!name)
		return;
	place = snapshot_add(&grave->at, &grave->count, sizeof(char *));
	if (place)
		*place = name;
}

void live_free_names(struct live *live)
{
	struct grave *grave = &live->graves[1];
	size_t i;

	for (i = 0; i < grave->count; i++)
		free(grave->at[i]);
	free(grave->at);
	live->graves[1] = live->graves[0];
	live->graves[0] = (struct grave){ 0 };
}

static void drop_names(struct live *live, struct object *object)
{
	bury(live, object->name);
	if (object->shown != object->name)
		bury(live, object->shown);
	object->name = NULL;
	object->shown = NULL;
}

static void forget(struct live *live, struct object *object)
{
	drop_names(live, object);
	free(object);
}

static void erase(struct live *live, struct object *object)
{
	struct objects *objects = &live->objects;
	size_t place = place_of(objects, object->m.pool_id, object->m.id);

	memmove(&objects->at[place], &objects->at[place + 1],
		(objects->count - place - 1) * sizeof(struct object *));
	objects->count--;
	forget(live, object);
}

void live_free_objects(struct live *live)
{
	size_t i;

	for (i = 0; i < live->objects.count; i++)
		forget(live, live->objects.at[i]);
	free(live->objects.at);
	live_free_names(live);
	live_free_names(live);
	free(live->graves[1].at);
}

/* ---- what the kernel tells of one ---- */

static void set_name(struct live *live, struct object *object, const char *name)
{
	char text[8192];

	if (object->name && name && !strcmp(object->name, name))
		return;
	drop_names(live, object);
	object->name = name ? strdup(name) : NULL;
	object->shown = object->name;
	if (!object->name)
		return;
	morsel_name_escape(name, text, sizeof(text));
	if (strcmp(text, name))
		object->shown = strdup(text);
}

static void set_facts(struct live *live, struct object *object, const struct morsel_info *info)
{
	struct top_morsel *m = &object->m;

	set_name(live, object, morsel_info_name(info));
	strncpy(object->pool, morsel_info_pool(info), sizeof(object->pool) - 1);
	m->type = morsel_info_type(info);
	m->uid = morsel_info_uid(info);
	m->gid = morsel_info_gid(info);
	m->mode = morsel_info_mode(info);
	m->created = (uint64_t)morsel_info_btime(info);
	m->size = morsel_info_size(info);
	m->allocated = morsel_info_allocated(info);
	m->huge = morsel_info_huge(info);
	m->mappers = morsel_info_attachments(info);
	m->links = morsel_info_links(info);
	m->rw_tables = morsel_info_rw_tables(info);
	m->ro_tables = morsel_info_ro_tables(info);
	m->tree_tables = morsel_info_tree_tables(info);
	m->address = morsel_info_addr(info);
	m->max_size = morsel_info_max_size(info);
	m->sealed = morsel_info_sealed(info);
	m->poisoned = morsel_info_poisoned(info);
	if (object->rights_at != morsel_info_ctime(info)) {
		object->rights_at = -1;
		m->rights = rights_by_mode(&live->viewer, info);
	}
	object->changed = morsel_info_ctime(info);
}

static void set_usage(struct object *object, const struct morsel_info *info)
{
	struct top_morsel *m = &object->m;
	bool idle = !m->mappers && (!morsel_info_interval(info) ||
				    morsel_info_scan_age(info) > LONG_AGO);

	m->processes = morsel_info_processes(info);
	m->faults = morsel_info_faults(info);
	m->maps = morsel_info_maps(info);
	m->last_mapped = (uint64_t)morsel_info_last_mapped(info);
	m->interval = morsel_info_interval(info);
	m->active = idle ? 0 : m->interval ? morsel_info_active(info) : UNKNOWN;
	m->dirty = idle ? 0 : m->interval ? morsel_info_dirty(info) : UNKNOWN;
	m->looked = clock_ns(CLOCK_MONOTONIC);
}

void live_tell(struct live *live, const struct morsel_info *info)
{
	struct object *object;

	object = live_find(live, morsel_info_pool_id(info), morsel_info_id(info));
	if (!object) {
		object = insert(&live->objects, morsel_info_pool_id(info), morsel_info_id(info));
		if (!object)
			return;
		object->m.looked = clock_ns(CLOCK_MONOTONIC);
	}
	set_facts(live, object, info);
}

void live_tell_gone(struct live *live, const struct morsel_info *info)
{
	struct object *object;

	object = live_find(live, morsel_info_pool_id(info), morsel_info_id(info));
	/* With other names, or open somewhere, it stays. */
	if (morsel_info_nlink(info) || morsel_info_attachments(info))
		live->objects.stale = true;
	else if (object)
		erase(live, object);
}

void live_tell_renamed(struct live *live, const struct morsel_info *info, const char *old)
{
	const char *called = morsel_info_name(info);
	size_t i, len = strlen(old);
	struct object *object;
	char name[8192];

	for (i = 0; called && i < live->objects.count; i++) {
		object = live->objects.at[i];
		if (!object->name || strncmp(object->name, old, len) != 0 ||
		    object->name[len] != '/')
			continue;
		if ((size_t)snprintf(name, sizeof(name), "%s%s", called, object->name + len) <
		    sizeof(name))
			set_name(live, object, name);
		else
			live->objects.stale = true;
	}
}

void live_tell_collision(struct live *live, const char *pool, uint64_t id)
{
	struct object *object;
	size_t i;

	for (i = 0; i < live->objects.count; i++) {
		object = live->objects.at[i];
		if (object->m.id == id && !strcmp(object->pool, pool))
			object->collided = clock_ns(CLOCK_MONOTONIC);
	}
}

/* ---- all of them ---- */

static void drop_gone(struct live *live)
{
	struct objects *objects = &live->objects;
	size_t i, kept = 0;

	for (i = 0; i < objects->count; i++) {
		if (objects->at[i]->dump == objects->dumps)
			objects->at[kept++] = objects->at[i];
		else
			forget(live, objects->at[i]);
	}
	objects->count = kept;
}

static int dump(struct live *live, const struct wanted *wanted)
{
	struct objects *objects = &live->objects;
	uint64_t used = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	struct morsel_list *list;
	struct object *object;
	size_t i;
	int err;

	objects->dumped = clock_ns(CLOCK_MONOTONIC);
	err = morsel_usage_list(live->ctx, NULL, 0,
				wanted->all ? wanted->period / 2 : MORSEL_NO_SCAN, &list);
	if (err)
		return err;
	objects->dumps++;
	for (i = 0; i < morsel_list_count(list); i++) {
		const struct morsel_info *info = morsel_list_at(list, i);

		object = insert(objects, morsel_info_pool_id(info), morsel_info_id(info));
		if (!object)
			break;
		set_facts(live, object, info);
		set_usage(object, info);
		object->dump = objects->dumps;
	}
	objects->inexact = morsel_list_inexact(list);
	objects->stale = objects->inexact;
	morsel_list_free(list);
	drop_gone(live);
	objects->cost = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - used;
	return 0;
}

/* Whether what is known is too old. */
static bool is_due(const struct objects *objects, const struct wanted *wanted)
{
	uint64_t age = clock_ns(CLOCK_MONOTONIC) - objects->dumped;
	uint64_t wait = objects->cost * (objects->stale ? SHARE_STALE : SHARE_SURE);

	return !objects->dumps || wanted->all || wanted->names ||
	       age >= (wait < NEVER_LATER ? wait : NEVER_LATER);
}

/* ---- those in sight ---- */

/* Ask how one is used, and look at its page tables if @scan. */
static void ask(struct live *live, struct object *object, const struct wanted *wanted, bool scan)
{
	struct morsel_info *info;

	if (!object->name)
		return;
	if (morsel_usage(live->ctx, object->name, scan ? wanted->period / 2 : MORSEL_NO_SCAN,
			 &info)) {
		live->objects.stale = true;
		return;
	}
	if (morsel_info_id(info) == object->m.id &&
	    morsel_info_pool_id(info) == object->m.pool_id) {
		set_facts(live, object, info);
		set_usage(object, info);
	} else {
		live->objects.stale = true;
	}
	morsel_info_free(info);
}

static void ask_in_sight(struct live *live, const struct wanted *wanted, bool fresh, uint64_t until)
{
	struct object *object;
	bool scan;
	size_t i;

	for (i = 0; i < wanted->nr_keys; i++) {
		object = live_find(live, wanted->keys[i].pool_id, wanted->keys[i].id);
		if (!object)
			continue;
		scan = object->m.type == TYPE_FILE && (object->m.mappers || object->m.active) &&
		       clock_ns(CLOCK_MONOTONIC) < until;
		if (scan || !fresh)
			ask(live, object, wanted, scan);
		live_rights_of(live, object);
	}
}

/* Some of the others that are mapped, each in its turn, for the sums. */
static void ask_others(struct live *live, const struct wanted *wanted, uint64_t until)
{
	struct objects *objects = &live->objects;
	struct object *object;
	size_t i, asked = 0;

	for (i = 0; i < objects->count && asked < MAX_TURNS; i++) {
		if (objects->turn >= objects->count)
			objects->turn = 0;
		object = objects->at[objects->turn++];
		if (object->m.type != TYPE_FILE || !object->m.mappers)
			continue;
		if (clock_ns(CLOCK_MONOTONIC) >= until)
			break;
		ask(live, object, wanted, true);
		asked++;
	}
}

/* ---- a look ---- */

/* Pools are few. */
static const char *pool_name(const struct snapshot *snapshot, uint64_t id)
{
	size_t i;

	for (i = 0; i < snapshot->nr_pools; i++)
		if (snapshot->pools[i].id == id)
			return snapshot->pools[i].name;
	return NULL;
}

static int put_objects(struct live *live)
{
	const struct objects *objects = &live->objects;
	struct snapshot *snapshot = live->snapshot;
	struct top_morsel *m;
	size_t i;

	snapshot->morsels = reallocarray(NULL, objects->count + 1, sizeof(*m));
	if (!snapshot->morsels)
		return -ENOMEM;
	for (i = 0; i < objects->count; i++) {
		m = &snapshot->morsels[i];
		*m = objects->at[i]->m;
		m->name = objects->at[i]->shown;
		m->pool = pool_name(snapshot, m->pool_id);
	}
	snapshot->nr_morsels = objects->count;
	snapshot->inexact = objects->inexact;
	snapshot->stable = true;
	return 0;
}

int live_take_objects(struct live *live, const struct wanted *wanted)
{
	struct objects *objects = &live->objects;
	bool fresh = is_due(objects, wanted);
	uint64_t until;
	size_t i;
	int err = fresh ? dump(live, wanted) : 0;

	if (err)
		return err;
	until = clock_ns(CLOCK_MONOTONIC) + wanted->period / SHARE_SCANS;
	if (!wanted->all) {
		ask_in_sight(live, wanted, fresh, until);
		ask_others(live, wanted, until);
	}
	for (i = 0; wanted->all && i < objects->count; i++)
		live_rights_of(live, objects->at[i]);
	return put_objects(live);
}
