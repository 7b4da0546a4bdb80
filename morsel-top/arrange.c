// SPDX-License-Identifier: GPL-2.0-or-later
/* Which morsels are shown, and in what order. */
#include <stdlib.h>
#include <string.h>
#include "model.h"

static const struct field *sorted_by;
static bool upside_down;

/* ---- order ---- */

/* As strcmp(), but the end of a component comes before any character. */
static int compare_paths(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	if (*a && *b && (*a == '/') != (*b == '/'))
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

/* What has no name comes last. */
static int compare_names(const struct track *a, const struct track *b)
{
	if (!a->now->name || !b->now->name)
		return !a->now->name - !b->now->name;
	return compare_paths(a->now->name, b->now->name);
}

static int compare_ids(const struct track *a, const struct track *b)
{
	if (a->pool_id != b->pool_id)
		return a->pool_id < b->pool_id ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int compare_text(const struct track *a, const struct track *b)
{
	char owner[48];

	switch (sorted_by->format) {
	case FORMAT_USER:
		strncpy(owner, user_of(a->now->uid), sizeof(owner) - 1);
		owner[sizeof(owner) - 1] = '\0';
		return strcmp(owner, user_of(b->now->uid));
	case FORMAT_STATE:
		return strcmp(state_of(a), state_of(b));
	default:
		return compare_names(a, b);
	}
}

/* Numbers: the largest first. Text: as in a dictionary. The same value: by name. */
static int compare(const void *first, const void *second)
{
	const struct track *a = *(struct track *const *)first, *b = *(struct track *const *)second;
	int result;

	if (sorted_by->number) {
		double x = sorted_by->number(a), y = sorted_by->number(b);

		result = (x < y) - (x > y);
	} else {
		result = compare_text(a, b);
	}
	if (result)
		return upside_down ? -result : result;
	result = compare_names(a, b);
	return result ? result : compare_ids(a, b);
}

static int compare_tree(const void *first, const void *second)
{
	const struct track *a = *(struct track *const *)first, *b = *(struct track *const *)second;
	int result = compare_names(a, b);

	return result ? result : compare_ids(a, b);
}

/* ---- choice ---- */

static void mark_mapped(struct model *model)
{
	const struct snapshot *now = model->now;
	struct track key, *probe = &key, **found;
	size_t i, low, high, middle;
	int side;

	for (i = 0; i < model->nr_tracks; i++)
		model->tracks[i]->selected_by_pid = false;
	for (i = 0; i < now->nr_attachments; i++) {
		if (now->attachments[i].pid != model->only_pid)
			continue;
		key.pool_id = now->attachments[i].pool_id;
		key.id = now->attachments[i].id;
		for (low = 0, high = model->nr_tracks, found = NULL; low < high && !found;) {
			middle = low + (high - low) / 2;
			side = compare_ids(probe, model->tracks[middle]);
			if (!side)
				found = &model->tracks[middle];
			else if (side < 0)
				high = middle;
			else
				low = middle + 1;
		}
		if (found)
			(*found)->selected_by_pid = true;
	}
}

/* Names are long and mostly stay what they are. */
static bool fits(const struct model *model, struct track *track)
{
	if (!model->filter[0])
		return true;
	if (!track->fitted || track->fitted != track->now->name) {
		track->fits = contains(track->now->name, model->filter);
		track->fitted = track->now->name;
	}
	return track->fits;
}

static bool is_shown(const struct model *model, struct track *track)
{
	if (!model->tree && track->now->type != TYPE_FILE)
		return false;
	if (model->only_pid != UNKNOWN && !track->selected_by_pid)
		return false;
	if (model->only_uid != UNKNOWN && track->now->uid != model->only_uid)
		return false;
	return fits(model, track);
}

static int depth_of(const char *name)
{
	int depth = 0;

	if (!name || !strchr(name, ':') || !strchr(name, ':')[1])
		return 0;
	for (depth = 1; (name = strchr(name, '/')); name++)
		depth++;
	return depth;
}

static void choose_events(struct model *model)
{
	const struct logged *event;
	size_t back, at;

	model->nr_shown_events = 0;
	for (back = 1; back <= model->nr_events; back++) {
		at = (model->next_event + MAX_EVENTS - back) % MAX_EVENTS;
		event = &model->events[at];
		if (!model->filter[0] || contains(event->type, model->filter) ||
		    contains(event->text, model->filter))
			model->shown_events[model->nr_shown_events++] = at;
	}
}

/* ---- sorting ---- */

typedef int compare_fn(const void *first, const void *second);

/* Those that are shown: those that were before in the order they had, then the others. */
static size_t choose(struct model *model, struct track **rows, struct track **old, size_t nr_old)
{
	bool again = !model->now->stable || strcmp(model->filter, model->filtered) != 0;
	size_t i, kept = 0, others = 0;

	memset(old, 0, nr_old * sizeof(*old));
	for (i = 0; i < model->nr_tracks + model->nr_ghosts; i++) {
		struct track *track = i < model->nr_tracks ? model->tracks[i]
							   : model->ghosts[i - model->nr_tracks];

		track->depth = model->tree ? depth_of(track->now->name) : 0;
		if (again)
			track->fitted = NULL;
		if (!is_shown(model, track))
			track->rank = NOWHERE;
		else if (track->rank < nr_old)
			old[track->rank] = track;
		else
			old[nr_old + others++] = track;
	}
	for (i = 0; i < nr_old + others; i++)
		if (old[i])
			rows[kept++] = old[i];
	memcpy(model->filtered, model->filter, sizeof(model->filter));
	return kept;
}

/* Merge two sorted lists, @side being the shorter one, into @rows. */
static void merge(struct track **rows, size_t kept, struct track **side, size_t nr_side,
		  compare_fn *fn)
{
	size_t to = kept + nr_side;

	while (nr_side) {
		if (kept && fn(&rows[kept - 1], &side[nr_side - 1]) > 0)
			rows[--to] = rows[--kept];
		else
			rows[--to] = side[--nr_side];
	}
}

/*
 * Sort what is nearly sorted: of two neighbours in the wrong order both are put aside,
 * sorted, and merged in again.
 */
static void sort(struct track **rows, struct track **side, size_t count, compare_fn *fn)
{
	size_t i, kept = 0, nr_side = 0;

	for (i = 0; i < count; i++) {
		if (kept && fn(&rows[kept - 1], &rows[i]) > 0) {
			side[nr_side++] = rows[--kept];
			side[nr_side++] = rows[i];
		} else {
			rows[kept++] = rows[i];
		}
	}
	if (!nr_side)
		return;
	qsort(side, nr_side, sizeof(*side), fn);
	merge(rows, kept, side, nr_side, fn);
}

void model_arrange(struct model *model)
{
	size_t nr_old = model->nr_rows, i;
	struct track **rows, **side;

	model->nr_rows = 0;
	choose_events(model);
	if (!model->now)
		return;
	rows = reallocarray(model->rows, model->nr_tracks + model->nr_ghosts + 1, sizeof(*rows));
	if (!rows)
		return;
	model->rows = rows;
	side = calloc(nr_old + model->nr_tracks + model->nr_ghosts + 1, sizeof(*side));
	if (!side)
		return;
	if (model->only_pid != UNKNOWN)
		mark_mapped(model);
	model->nr_rows = choose(model, rows, side, nr_old);
	sorted_by = &fields[model->sort];
	upside_down = model->inverted;
	sort(rows, side, model->nr_rows, model->tree ? compare_tree : compare);
	for (i = 0; i < model->nr_rows; i++)
		rows[i]->rank = i;
	free(side);
}
