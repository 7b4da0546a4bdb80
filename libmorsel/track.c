// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Being in step with what there is, event by event.
 *
 * What has been lost is found out by lists. They are asked for when the socket has
 * been read dry: then the kernel sends again whatever comes, so a list shows what
 * there was at that time or later, and what comes after it is an event still to be
 * read. Of those, the ones that the list has shown already are told from the others
 * by what is known: an object is only new if it was not known, and so on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "event.h"

/* ---- sources ---- */

struct morsel_source *morsel_track_source(const struct morsel_events *events, size_t index)
{
	if (events->asker)
		return morsel_array_at(&events->watches, index);
	return index ? NULL : (struct morsel_source *)&events->group;
}

static void set_stale(struct morsel_source *source, bool lost)
{
	source->stale = true;
	source->lost |= lost;
}

bool morsel_track_stale(const struct morsel_events *events)
{
	const struct morsel_source *source;
	size_t i;

	for (i = 0; events->tracking && (source = morsel_track_source(events, i)); i++)
		if (source->stale && !source->ended)
			return true;
	return false;
}

MORSEL_EXPORT void morsel_events_track(struct morsel_events *events)
{
	events->tracking = true;
	if (!events->asker)
		set_stale(&events->group, true);
}

/* ---- events as they come ---- */

size_t morsel_track_find_pool(const struct morsel_events *events, uint32_t id)
{
	const struct morsel_pool *pool;
	size_t i;

	for (i = 0; (pool = morsel_array_at(&events->pools, i)); i++)
		if (pool->id == id)
			break;
	return i;
}

int morsel_track_know_pool(struct morsel_events *events, const struct morsel_pool *pool)
{
	struct morsel_pool *copy = malloc(sizeof(*copy));
	int err;

	if (!copy)
		return -ENOMEM;
	*copy = *pool;
	err = morsel_array_add(&events->pools, copy);
	if (err)
		free(copy);
	return err;
}

void morsel_track_forget_pool(struct morsel_events *events, size_t index)
{
	struct morsel_array *pools = &events->pools;

	free(pools->items[index]);
	pools->items[index] = pools->items[--pools->count];
}

static bool track_pool(struct morsel_events *events, struct morsel_source *source,
		       const struct morsel_event *event)
{
	size_t index = morsel_track_find_pool(events, event->pool->id);
	bool known = index < events->pools.count;

	if (event->type == MORSEL_EVENT_POOL_SET) {
		if (known)
			memcpy(events->pools.items[index], event->pool, sizeof(*event->pool));
		return known || source->watch;
	}
	if (event->type == MORSEL_EVENT_POOL_NEW) {
		if (known)
			return false;
		/* It may hold objects already. */
		set_stale(source, morsel_track_know_pool(events, event->pool) != 0);
		return true;
	}
	if (morsel_known_drop_pool(&source->known, event->pool->id))
		set_stale(source, true);
	if (source->watch) {
		source->ended = true;
		return true;
	}
	if (known)
		morsel_track_forget_pool(events, index);
	return known;
}

static bool is_directory(const struct morsel_info *info)
{
	return info->type == MORSEL_OBJECT_TYPE_DIRECTORY;
}

/* Something that changes what else there is to see, without events for that. */
static bool shows_or_hides(const struct morsel_source *source, const struct morsel_event *event,
			   const struct morsel_info *was)
{
	const struct morsel_info *info = event->info;

	if (!source->watch || !is_directory(info))
		return false;
	switch (event->type) {
	case MORSEL_EVENT_MORSEL_NEW:
		return source->recursive;
	case MORSEL_EVENT_MORSEL_DEL:
		return morsel_known_filled(&source->known, info->pool_id, info->id);
	case MORSEL_EVENT_MORSEL_RIGHTS:
		return true;
	case MORSEL_EVENT_MORSEL_SET:
		return !was || was->mode != info->mode || was->uid != info->uid ||
		       was->gid != info->gid;
	default:
		return false;
	}
}

static void know(struct morsel_source *source, const struct morsel_info *info)
{
	if (morsel_known_put(&source->known, info))
		set_stale(source, true);
}

/* The attributes of what is known by another name, or of a descriptor without one. */
static void know_attributes(struct morsel_source *source, const struct morsel_info *was,
			    const struct morsel_info *info)
{
	struct morsel_info now = *info;

	now.name = was->name;
	now.parent = was->parent;
	know(source, &now);
}

static bool track_object(struct morsel_source *source, const struct morsel_event *event)
{
	const struct morsel_info *info = event->info, *was;
	bool same;

	was = morsel_known_find(&source->known, info->pool_id, info->id);
	same = was && info->name && morsel_known_same_place(was, info);
	if (shows_or_hides(source, event, was))
		set_stale(source, false);
	switch (event->type) {
	case MORSEL_EVENT_MORSEL_NEW:
		if (was && info->nlink > 1 && !is_directory(info) && !same)
			return true; /* one more name */
		if (!was && info->name)
			know(source, info);
		return !was;
	case MORSEL_EVENT_MORSEL_RENAME:
		if (!was || same)
			return false;
		know(source, info);
		return true;
	case MORSEL_EVENT_MORSEL_DEL:
		if (!same)
			return was && info->nlink && !is_directory(info);
		morsel_known_drop(&source->known, info->pool_id, info->id);
		if (info->nlink && !is_directory(info))
			set_stale(source, false); /* by which other name? */
		return true;
	case MORSEL_EVENT_MORSEL_SET:
	case MORSEL_EVENT_MORSEL_RIGHTS:
	case MORSEL_EVENT_MORSEL_SEAL:
		if (was)
			know_attributes(source, was, info);
		else if (info->name)
			set_stale(source, false);
		return was || !info->name;
	default:
		return true;
	}
}

static bool track_loss(struct morsel_events *events, const struct morsel_event *event)
{
	struct morsel_source *source;
	size_t i;

	for (i = 0; (source = morsel_track_source(events, i)); i++)
		if (!event->watch || source->watch == event->watch)
			set_stale(source, true);
	return true;
}

bool morsel_track(struct morsel_events *events, struct morsel_event *event)
{
	struct morsel_source *source = morsel_events_source(events, event->watch);

	if (event->type == MORSEL_EVENT_LOST)
		return track_loss(events, event);
	if (source && event->pool)
		return track_pool(events, source, event);
	if (source && event->info)
		return track_object(source, event);
	return true;
}

static void keep(void *item)
{
	(void)item;
}

void morsel_track_exit(struct morsel_events *events)
{
	while (events->told < events->resynced.count)
		morsel_event_free(events->resynced.items[events->told++]);
	morsel_array_clear(&events->resynced, keep);
	morsel_array_clear(&events->pools, free);
	morsel_known_clear(&events->group.known);
	morsel_ctx_free(events->lister);
}
