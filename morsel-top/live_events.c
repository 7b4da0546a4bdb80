// SPDX-License-Identifier: GPL-2.0-or-later
/* What has happened. */
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "live.h"
#include "model.h"

enum {
	MANY = 4000,	  /* events that are kept between two looks; then half of them */
	AT_A_TIME = 20000, /* that are taken before something else is done */
};

/* ---- in words ---- */

struct words {
	char text[1024];
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void say(struct words *words, const char *format, ...)
{
	size_t left = sizeof(words->text) - words->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(words->text + words->used, left, format, args);
	va_end(args);
	if (n > 0)
		words->used += (size_t)n < left ? (size_t)n : left - 1;
}

static const char *size_of(uint64_t size, char text[MORSEL_SIZE_TEXT])
{
	return morsel_size_format(size, text);
}

static void say_range(struct words *words, const struct morsel_event *event)
{
	char length[MORSEL_SIZE_TEXT];

	if (!morsel_event_length(event))
		return;
	say(words, "  %s at 0x%llx", size_of(morsel_event_length(event), length),
	    (unsigned long long)morsel_event_start(event));
}

static void say_quota(struct words *words, const struct morsel_event *event)
{
	uint64_t used = morsel_event_quota_used(event), limit = morsel_event_quota_limit(event);
	char a[MORSEL_SIZE_TEXT], b[MORSEL_SIZE_TEXT];

	say(words, "  of %s: ", user_of(morsel_event_quota_uid(event)));
	if (morsel_event_quota_what(event) == MORSEL_QUOTA_WHAT_BYTES)
		say(words, "%s of %s", size_of(used, a), size_of(limit, b));
	else
		say(words, "%llu of %llu objects", (unsigned long long)used,
		    (unsigned long long)limit);
}

/* What there is to say of this kind of event. */
static void say_details(struct words *words, const struct morsel_event *event)
{
	const struct morsel_info *info = morsel_event_info(event);
	char size[MORSEL_SIZE_TEXT];

	switch (morsel_event_type(event)) {
	case MORSEL_EVENT_LOST:
		say(words, "%llu events", (unsigned long long)morsel_event_lost(event));
		break;
	case MORSEL_EVENT_POOL_NEW:
	case MORSEL_EVENT_POOL_SET:
		say(words, "  %s", size_of(morsel_pool_size(morsel_event_pool(event)), size));
		break;
	case MORSEL_EVENT_MORSEL_RENAME:
		if (morsel_event_old_name(event))
			say(words, "  was %s", morsel_event_old_name(event));
		break;
	case MORSEL_EVENT_MORSEL_NEW:
	case MORSEL_EVENT_MORSEL_SET:
		if (info && morsel_info_type(info) == MORSEL_OBJECT_TYPE_FILE)
			say(words, "  %s mode %04o", size_of(morsel_info_size(info), size),
			    morsel_info_mode(info));
		break;
	case MORSEL_EVENT_MORSEL_MAP:
	case MORSEL_EVENT_MORSEL_UNMAP:
		say_range(words, event);
		say(words, morsel_event_view(event) == MORSEL_MAP_VIEW_RO ? " ro" : " rw");
		break;
	case MORSEL_EVENT_MORSEL_REVOKE:
		if (morsel_event_pinned(event))
			say(words, "  pages in use");
		break;
	case MORSEL_EVENT_QUOTA_SOFT:
	case MORSEL_EVENT_QUOTA_REFUSED:
		say_quota(words, event);
		break;
	case MORSEL_EVENT_COLLISION:
		say_range(words, event);
		if (morsel_event_other_id(event))
			say(words, ", which id %llu has",
			    (unsigned long long)morsel_event_other_id(event));
		break;
	case MORSEL_EVENT_ERROR:
		say_range(words, event);
		say(words, ": %s", strerror((int)morsel_event_error(event)));
		break;
	default:
		break;
	}
}

static void say_event(struct words *words, const struct morsel_event *event)
{
	const char *name = morsel_event_name(event);

	if (!name)
		name = morsel_event_pool_name(event);
	if (name)
		say(words, "%s", name);
	say_details(words, event);
	if (morsel_event_uid(event) != UINT32_MAX)
		say(words, "  by %s", user_of(morsel_event_uid(event)));
	if (morsel_event_pid(event))
		say(words, " pid %u", morsel_event_pid(event));
}

/* ---- keeping ---- */

/* Strings are not freed one by one, so the half that stays moves to a new snapshot. */
static void thin_out(struct live *live)
{
	struct snapshot *less = snapshot_new(), *old = live->snapshot;
	struct top_event *to;
	size_t i;

	for (i = old->nr_events / 2; less && i < old->nr_events; i++) {
		to = ADD(less, events);
		if (!to)
			break;
		*to = old->events[i];
		to->type = snapshot_string(less, to->type);
		to->text = snapshot_string(less, to->text);
	}
	if (!less)
		return;
	less->heard = old->heard;
	snapshot_free(old);
	live->snapshot = less;
}

static void keep(struct live *live, const struct morsel_event *event)
{
	struct words words = { .text = "" };
	struct top_event *to;

	if (live->snapshot->nr_events >= MANY)
		thin_out(live);
	to = live->snapshot->nr_events < MANY ? ADD(live->snapshot, events) : NULL;
	if (!to)
		return;
	say_event(&words, event);
	*to = (struct top_event){
		.time = clock_ns(CLOCK_REALTIME),
		.seq = morsel_event_seq(event),
		.type = snapshot_string(live->snapshot, morsel_event_type_name(event)),
		.text = shown_name(live->snapshot, words.text),
	};
}

/* ---- understanding ---- */

static struct refusals *refusals_of(const struct live *live, const char *pool)
{
	size_t i;

	for (i = 0; i < live->nr_refusals; i++)
		if (!strcmp(live->refusals[i].pool, pool))
			return &live->refusals[i];
	return NULL;
}

static void count_refusal(struct live *live, const char *pool)
{
	struct refusals *refusals = pool ? refusals_of(live, pool) : NULL;

	if (!refusals && pool) {
		refusals = snapshot_add(&live->refusals, &live->nr_refusals, sizeof(*refusals));
		if (refusals)
			snprintf(refusals->pool, sizeof(refusals->pool), "%s", pool);
	}
	if (refusals)
		refusals->count++;
}

uint64_t live_refused(const struct live *live, const char *pool)
{
	const struct refusals *refusals = refusals_of(live, pool);

	if (!live->events)
		return UNKNOWN;
	return refusals ? refusals->count : 0;
}

/* What an event says of the objects that are known. */
static void understand(struct live *live, const struct morsel_event *event)
{
	const struct morsel_info *info = morsel_event_info(event);

	switch (morsel_event_type(event)) {
	case MORSEL_EVENT_LOST:
	case MORSEL_EVENT_POOL_NEW:
	case MORSEL_EVENT_POOL_DEL:
		live->objects.stale = true;
		return;
	case MORSEL_EVENT_MORSEL_DEL:
		if (info)
			live_tell_gone(live, info);
		return;
	case MORSEL_EVENT_MORSEL_RENAME:
		/* All that is in a directory has another name then. */
		if (info && morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY &&
		    morsel_event_old_name(event))
			live_tell_renamed(live, info, morsel_event_old_name(event));
		break;
	case MORSEL_EVENT_COLLISION:
		live_tell_collision(live, morsel_event_pool_name(event),
				    morsel_event_object_id(event));
		return;
	default:
		break;
	}
	if (info)
		live_tell(live, info);
}

static int take_event(void *data, const struct morsel_event *event)
{
	struct live *live = data;

	if (morsel_event_type(event) == MORSEL_EVENT_LOST)
		live->lost += morsel_event_lost(event) ? morsel_event_lost(event) : 1;
	else
		live->snapshot->heard++;
	if (morsel_event_type(event) == MORSEL_EVENT_QUOTA_REFUSED)
		count_refusal(live, morsel_event_pool_name(event));
	if (live->objects.dumps)
		understand(live, event);
	keep(live, event);
	return live->snapshot->heard % AT_A_TIME == AT_A_TIME - 1;
}

static void open_events(struct live *live)
{
	if (!morsel_events_open(live->ctx, &live->events))
		return;
	live->events = NULL;
	if (!morsel_watch_open(live->ctx, &live->events))
		live->watches = true;
	else
		live->events = NULL;
}

void live_listen(struct live *live)
{
	if (!live->events_tried)
		open_events(live);
	live->events_tried = true;
	if (live->events && morsel_events_dispatch(live->events, take_event, live) < 0)
		live->objects.stale = true;
}

void live_watch(struct live *live, const struct morsel_pool *pool)
{
	char name[MORSEL_MAX_POOL_NAME + 2];
	uint32_t *place;
	size_t i;

	for (i = 0; i < live->nr_watched; i++)
		if (live->watched[i] == morsel_pool_id(pool))
			return;
	place = live->watches ? snapshot_add(&live->watched, &live->nr_watched, sizeof(*place))
			      : NULL;
	if (!place)
		return;
	*place = morsel_pool_id(pool);
	/* Who may not read the root directory hears nothing. */
	snprintf(name, sizeof(name), "%s:", morsel_pool_name(pool));
	morsel_watch_add(live->events, name, MORSEL_WATCH_RECURSIVE, NULL);
}
