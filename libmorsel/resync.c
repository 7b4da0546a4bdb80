// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding out what was lost: see track.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "event.h"

enum { LIST_TRIES = 5 };

static int no_memory(const struct morsel_events *events)
{
	return morsel_fail(events->owner, -ENOMEM, "%s", strerror(ENOMEM));
}

static int tell(struct morsel_events *events, struct morsel_event *event)
{
	if (event && !morsel_array_add(&events->resynced, event))
		return 0;
	morsel_event_free(event);
	return no_memory(events);
}

static int tell_pool(struct morsel_events *events, enum morsel_event_type type, uint64_t watch,
		     const struct morsel_pool *pool)
{
	struct morsel_event *event = morsel_event_new(type);

	if (event) {
		event->resynced = true;
		event->watch = watch;
		event->pool = malloc(sizeof(*event->pool));
		if (event->pool)
			*event->pool = *pool;
	}
	if (event && event->pool)
		return tell(events, event);
	morsel_event_free(event);
	return no_memory(events);
}

static void destroy_info(void *info)
{
	morsel_info_free(info);
}

/* An object that a list may have missed, because names changed all the time. */
struct doubt {
	struct morsel_events *events;
	const char *root; /* POOL:PATH of a watched directory, or NULL */
	uint64_t root_id;
	bool recursive;
};

static bool is_below(const struct doubt *doubt, const struct morsel_info *info)
{
	size_t len = strlen(doubt->root);

	if (info->id == doubt->root_id || info->parent == doubt->root_id)
		return true;
	return doubt->recursive && info->name && !strncmp(info->name, doubt->root, len) &&
	       (info->name[len] == '/' || doubt->root[len - 1] == ':');
}

static bool is_there(void *data, const struct morsel_info *info)
{
	struct doubt *doubt = data;
	struct morsel_info *now;
	bool there;

	if (morsel_stat_id(doubt->events->lister, info->pool, info->id, &now))
		return false;
	there = now->pool_id == info->pool_id && now->name &&
		(!doubt->root || is_below(doubt, now));
	morsel_info_free(now);
	return there;
}

static int update(struct morsel_source *source, const struct morsel_array *now, bool inexact,
		  struct doubt *doubt)
{
	struct morsel_difference difference = {
		.known = &source->known,
		.now = now,
		.watch = source->watch,
		.lost = source->lost,
		.doubt = inexact ? is_there : NULL,
		.data = doubt,
		.events = &doubt->events->resynced,
	};

	return morsel_known_update(&difference) ? no_memory(doubt->events) : 0;
}

static bool has_pool(const struct morsel_pool_list *list, uint32_t id)
{
	const struct morsel_pool *pool;
	size_t i;

	for (i = 0; (pool = morsel_pool_list_at(list, i)); i++)
		if (pool->id == id)
			return true;
	return false;
}

static int drop_pools(struct morsel_events *events, const struct morsel_pool_list *list)
{
	const struct morsel_pool *pool;
	size_t i = 0;
	int err = 0;

	while (!err && (pool = morsel_array_at(&events->pools, i))) {
		if (has_pool(list, pool->id)) {
			i++;
			continue;
		}
		err = tell_pool(events, MORSEL_EVENT_POOL_DEL, 0, pool);
		if (!err && morsel_known_drop_pool(&events->group.known, pool->id))
			err = no_memory(events);
		if (!err)
			morsel_track_forget_pool(events, i);
	}
	return err;
}

static int know_pool(struct morsel_events *events, const struct morsel_pool *pool)
{
	struct morsel_pool *known;
	int err;

	known = morsel_array_at(&events->pools, morsel_track_find_pool(events, pool->id));
	if (!known) {
		err = tell_pool(events, MORSEL_EVENT_POOL_NEW, 0, pool);
		if (!err && morsel_track_know_pool(events, pool))
			err = no_memory(events);
		return err;
	}
	if (known->size == pool->size && known->objects_max == pool->objects_max &&
	    known->huge == pool->huge)
		return 0;
	err = tell_pool(events, MORSEL_EVENT_POOL_SET, 0, pool);
	if (!err)
		*known = *pool;
	return err;
}

static int update_pools(struct morsel_events *events)
{
	struct morsel_pool_list *list;
	const struct morsel_pool *pool;
	size_t i;
	int err;

	err = morsel_pool_list(events->lister, &list);
	if (err)
		return err;
	err = drop_pools(events, list);
	for (i = 0; !err && (pool = morsel_pool_list_at(list, i)); i++)
		err = know_pool(events, pool);
	morsel_pool_list_free(list);
	return err;
}

static int resync_group(struct morsel_events *events)
{
	struct doubt doubt = { .events = events };
	struct morsel_array now;
	struct morsel_list *list;
	bool inexact;
	int err;

	err = update_pools(events);
	if (!err)
		err = morsel_list(events->lister, NULL, 0, &list);
	if (err)
		return err;
	inexact = morsel_list_inexact(list);
	morsel_list_take(list, &now);
	morsel_list_free(list);
	err = update(&events->group, &now, inexact, &doubt);
	morsel_array_clear(&now, destroy_info);
	return err;
}

/* Is it not to be seen, for now or for good? */
static bool is_away(int err)
{
	return err == -ENOENT || err == -EACCES || err == -ENOTDIR || err == -ELOOP;
}

/* What a watch is about, with what is in it. Nothing: it is not to be seen. */
static int list_watched(struct morsel_events *events, const struct morsel_source *source,
			struct morsel_array *now, bool *inexact)
{
	struct morsel_list *list;
	struct morsel_info *root;
	int err;

	err = morsel_stat_id(events->lister, source->pool, source->object_id, &root);
	if (err)
		return err;
	if (root->pool_id != source->pool_id || !root->name) {
		morsel_info_free(root);
		return -ENOENT;
	}
	if (root->type == MORSEL_OBJECT_TYPE_DIRECTORY) {
		err = morsel_list(events->lister, root->name,
				  source->recursive ? MORSEL_LIST_RECURSIVE : 0, &list);
		if (!err) {
			*inexact = morsel_list_inexact(list);
			morsel_list_take(list, now);
			morsel_list_free(list);
		}
	}
	if (!err && morsel_array_add(now, root))
		err = no_memory(events);
	if (err)
		morsel_info_free(root);
	return err;
}

static int check_pool(struct morsel_events *events, struct morsel_source *source)
{
	struct morsel_pool_list *list;
	struct morsel_pool gone = { .id = source->pool_id };
	int err;

	err = morsel_pool_list(events->lister, &list);
	if (err)
		return err;
	if (!has_pool(list, source->pool_id)) {
		strncpy(gone.name, source->pool, sizeof(gone.name) - 1);
		err = tell_pool(events, MORSEL_EVENT_POOL_DEL, source->watch, &gone);
		source->ended = !err;
		if (!err)
			morsel_known_clear(&source->known);
	}
	morsel_pool_list_free(list);
	return err;
}

static int resync_watch(struct morsel_events *events, struct morsel_source *source)
{
	struct doubt doubt = {
		.events = events,
		.root_id = source->object_id,
		.recursive = source->recursive,
	};
	struct morsel_array now = { 0 };
	bool inexact = false;
	int err, tries = 0;

	do {
		morsel_array_clear(&now, destroy_info);
		err = list_watched(events, source, &now, &inexact);
	} while (is_away(err) && ++tries < LIST_TRIES); /* it may have been moved */
	if (is_away(err))
		err = check_pool(events, source);
	if (!err && !source->ended) {
		if (now.count)
			doubt.root = ((struct morsel_info *)now.items[now.count - 1])->name;
		err = update(source, &now, inexact && doubt.root, &doubt);
	}
	morsel_array_clear(&now, destroy_info);
	return err;
}

static int resync(struct morsel_events *events, struct morsel_source *source)
{
	struct morsel_event *event;
	int err;

	err = source->watch ? resync_watch(events, source) : resync_group(events);
	if (!err && source->lost) {
		event = morsel_event_new(MORSEL_EVENT_SYNCED);
		if (event) {
			event->resynced = true;
			event->watch = source->watch;
		}
		err = tell(events, event);
	}
	if (!err)
		source->stale = source->lost = false;
	return err;
}

int morsel_track_resync(struct morsel_events *events)
{
	struct morsel_source *source;
	size_t i;
	int err = 0;

	events->resynced.count = events->told = 0;
	if (!events->lister) {
		err = morsel_ctx_new(&events->lister);
		if (err)
			return no_memory(events);
		events->lister->serial = events->owner;
	}
	for (i = 0; !err && (source = morsel_track_source(events, i)); i++)
		if (source->stale && !source->ended)
			err = resync(events, source);
	return err;
}
