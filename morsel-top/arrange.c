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

static bool is_shown(const struct model *model, const struct track *track)
{
	if (!model->tree && track->now->type != TYPE_FILE)
		return false;
	if (model->only_pid != UNKNOWN && !track->selected_by_pid)
		return false;
	if (model->only_uid != UNKNOWN && track->now->uid != model->only_uid)
		return false;
	return !model->filter[0] || contains(track->now->name, model->filter);
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

void model_arrange(struct model *model)
{
	struct track **rows;
	size_t i;

	model->nr_rows = 0;
	if (!model->now)
		return;
	rows = reallocarray(model->rows, model->nr_tracks + 1, sizeof(*rows));
	if (!rows)
		return;
	model->rows = rows;
	if (model->only_pid != UNKNOWN)
		mark_mapped(model);
	for (i = 0; i < model->nr_tracks; i++) {
		struct track *track = model->tracks[i];

		track->depth = model->tree ? depth_of(track->now->name) : 0;
		if (is_shown(model, track))
			rows[model->nr_rows++] = track;
	}
	sorted_by = &fields[model->sort];
	upside_down = model->inverted;
	if (model->nr_rows)
		qsort(rows, model->nr_rows, sizeof(*rows), model->tree ? compare_tree : compare);
}
