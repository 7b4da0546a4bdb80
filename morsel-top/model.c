// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks following each other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model.h"

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->only_pid = UNKNOWN;
	model->only_uid = UNKNOWN;
	model->sort = find_field("res");
	model->events_rate = -1;
}

static void free_ghost(struct track *track)
{
	free((char *)track->last.name);
	free((char *)track->last.pool);
	free(track);
}

/* Forget the oldest ghosts until there are @most. */
static void forget(struct model *model, size_t most)
{
	size_t i, over = model->nr_ghosts > most ? model->nr_ghosts - most : 0;

	for (i = 0; i < over; i++)
		free_ghost(model->ghosts[i]);
	model->nr_ghosts -= over;
	if (over)
		memmove(model->ghosts, model->ghosts + over,
			model->nr_ghosts * sizeof(*model->ghosts));
}

void model_free(struct model *model)
{
	size_t i;

	for (i = 0; i < model->nr_tracks; i++)
		free(model->tracks[i]);
	forget(model, 0);
	free(model->tracks);
	free(model->ghosts);
	free(model->rows);
	free(model->processes);
	free(model->users);
	snapshot_free(model->now);
}

/* ---- tracks ---- */

static int order(const struct track *track, const struct top_morsel *morsel)
{
	if (track->pool_id != morsel->pool_id)
		return track->pool_id < morsel->pool_id ? -1 : 1;
	return (track->id > morsel->id) - (track->id < morsel->id);
}

/* Per second; counters that go backwards belong to something else. */
static double rate(uint64_t before, uint64_t after, double seconds)
{
	if (before == UNKNOWN || after == UNKNOWN || after < before || seconds <= 0)
		return -1;
	return (double)(after - before) / seconds;
}

/* What the sparkline shows: faults, or where nobody counts them memory. */
static float sample_of(const struct track *track)
{
	if (track->now->faults != UNKNOWN)
		return track->fault_rate > 0 ? (float)track->fault_rate : 0;
	return track->now->allocated == UNKNOWN ? 0 : (float)track->now->allocated;
}

static void add_sample(struct track *track)
{
	if (track->samples == HISTORY) {
		memmove(track->history, track->history + 1, (HISTORY - 1) * sizeof(float));
		memmove(track->active_history, track->active_history + 1,
			(HISTORY - 1) * sizeof(float));
	} else {
		track->samples++;
	}
	track->history[track->samples - 1] = sample_of(track);
	track->active_history[track->samples - 1] =
		track->now->active == UNKNOWN ? 0 : (float)track->now->active;
}

/* @snapshot_time is when it was looked at, unless the morsel has a time of its own. */
static void look_at(struct track *track, const struct top_morsel *morsel, uint64_t snapshot_time)
{
	uint64_t looked = morsel->looked ? morsel->looked : snapshot_time;
	double seconds = looked > track->looked ? (double)(looked - track->looked) / 1e9 : 0;

	track->now = morsel;
	/* Nobody has looked at it again, or so soon that it tells nothing. */
	if (track->samples && seconds < 0.05)
		return;
	track->fault_rate = track->samples ? rate(track->faults, morsel->faults, seconds) : -1;
	track->map_rate = track->samples ? rate(track->maps, morsel->maps, seconds) : -1;
	track->faults = morsel->faults;
	track->maps = morsel->maps;
	track->looked = looked;
	add_sample(track);
}

static struct track *new_track(const struct top_morsel *morsel)
{
	struct track *track = calloc(1, sizeof(*track));

	if (!track)
		return NULL;
	track->pool_id = morsel->pool_id;
	track->id = morsel->id;
	track->fresh = true;
	track->rank = NOWHERE;
	return track;
}

/* It is not there any more; the snapshot that it was in is, for now. */
static void bury(struct model *model, struct track *track, uint64_t time)
{
	struct track **place;

	if (!model->keep || !track->now->name) {
		free(track);
		return;
	}
	forget(model, MAX_GHOSTS - 1);
	place = snapshot_add(&model->ghosts, &model->nr_ghosts, sizeof(*place));
	if (!place) {
		free(track);
		return;
	}
	*place = track;
	track->gone = time;
	track->fresh = false;
	track->fitted = NULL;
	track->last = *track->now;
	track->last.name = strdup(track->now->name);
	track->last.pool = track->now->pool ? strdup(track->now->pool) : NULL;
	track->now = &track->last;
}

static void forget_old(struct model *model, uint64_t now)
{
	size_t i = 0;

	while (i < model->nr_ghosts && now - model->ghosts[i]->gone > model->keep)
		i++;
	forget(model, model->nr_ghosts - i);
}

/* Both are in the same order, so one walk finds what has come, stayed and gone. */
static int follow(struct model *model, const struct snapshot *snapshot)
{
	struct track **tracks = calloc(snapshot->nr_morsels + 1, sizeof(*tracks)), *track;
	size_t i, old = 0;

	if (!tracks)
		return -ENOMEM;
	for (i = 0; i < snapshot->nr_morsels; i++) {
		const struct top_morsel *morsel = &snapshot->morsels[i];

		while (old < model->nr_tracks && order(model->tracks[old], morsel) < 0)
			bury(model, model->tracks[old++], snapshot->monotonic);
		if (old < model->nr_tracks && !order(model->tracks[old], morsel)) {
			track = model->tracks[old++];
			track->fresh = false;
		} else {
			track = new_track(morsel);
			if (!track)
				abort(); /* the old ones are half gone */
		}
		look_at(track, morsel, snapshot->monotonic);
		tracks[i] = track;
	}
	while (old < model->nr_tracks)
		bury(model, model->tracks[old++], snapshot->monotonic);
	free(model->tracks);
	model->tracks = tracks;
	model->nr_tracks = snapshot->nr_morsels;
	return 0;
}

/* ---- sums ---- */

static void add_known(uint64_t *sum, uint64_t number)
{
	if (number != UNKNOWN)
		*sum = *sum == UNKNOWN ? number : *sum + number;
}

/* Morsels are in the order of their pools. */
static void sum_mappings(struct snapshot *now)
{
	struct top_pool *pool = NULL;
	size_t i, k;

	for (i = 0; i < now->nr_pools; i++)
		now->pools[i].maps = 0;
	for (i = 0; i < now->nr_morsels; i++) {
		const struct top_morsel *m = &now->morsels[i];

		for (k = 0; (!pool || pool->id != m->pool_id) && k < now->nr_pools; k++)
			pool = &now->pools[k];
		if (pool && pool->id == m->pool_id)
			add_known(&pool->maps, m->mappers);
	}
}

static void sum_up(struct model *model)
{
	size_t i;

	model->active = UNKNOWN;
	model->dirty = UNKNOWN;
	model->allocated = UNKNOWN;
	for (i = 0; i < model->now->nr_morsels; i++) {
		add_known(&model->active, model->now->morsels[i].active);
		add_known(&model->dirty, model->now->morsels[i].dirty);
		add_known(&model->allocated, model->now->morsels[i].allocated);
	}
	sum_mappings(model->now);
	/* At the first look everything is new, which tells nothing. */
	for (i = 0; model->first && i < model->nr_tracks; i++)
		model->tracks[i]->fresh = false;
}

static struct tally *tally_of(struct tally **tallies, size_t *count, uint64_t key)
{
	struct tally *tally;
	size_t i;

	for (i = *count; i-- > 0;) /* neighbours mostly have the same */
		if ((*tallies)[i].key == key)
			return &(*tallies)[i];
	tally = snapshot_add(tallies, count, sizeof(*tally));
	if (tally)
		tally->key = key;
	return tally;
}

static int compare_tallies(const void *a, const void *b)
{
	const struct tally *first = a, *second = b;

	if (first->bytes != second->bytes)
		return first->bytes > second->bytes ? -1 : 1;
	return (first->key > second->key) - (first->key < second->key);
}

static void tally_processes(struct model *model)
{
	const struct snapshot *now = model->now;
	struct tally *tally;
	size_t i;

	model->nr_processes = 0;
	for (i = 0; i < now->nr_attachments; i++) {
		const struct top_attachment *a = &now->attachments[i];

		tally = tally_of(&model->processes, &model->nr_processes, a->pid);
		if (!tally)
			break;
		tally->uid = a->uid;
		tally->command = a->command;
		tally->mappings++;
		tally->bytes += a->end - a->start;
	}
	if (model->nr_processes)
		qsort(model->processes, model->nr_processes, sizeof(*tally), compare_tallies);
}

static void tally_users(struct model *model)
{
	const struct snapshot *now = model->now;
	struct tally *tally;
	size_t i;

	model->nr_users = 0;
	for (i = 0; i < now->nr_morsels; i++) {
		tally = tally_of(&model->users, &model->nr_users, now->morsels[i].uid);
		if (!tally)
			break;
		tally->objects++;
		if (now->morsels[i].allocated != UNKNOWN)
			tally->bytes += now->morsels[i].allocated;
		if (now->morsels[i].mappers != UNKNOWN)
			tally->mappings += now->morsels[i].mappers;
	}
	/* Who has nothing may have a quota. */
	for (i = 0; i < now->nr_users; i++)
		tally_of(&model->users, &model->nr_users, now->users[i].uid);
	if (model->nr_users)
		qsort(model->users, model->nr_users, sizeof(*tally), compare_tallies);
}

/* ---- events ---- */

static void log_events(struct model *model, double seconds)
{
	const struct snapshot *now = model->now;
	size_t i;

	for (i = 0; i < now->nr_events; i++) {
		struct logged *entry = &model->events[model->next_event];

		entry->time = now->events[i].time;
		entry->seq = now->events[i].seq;
		snprintf(entry->type, sizeof(entry->type), "%s",
			 now->events[i].type ? now->events[i].type : "?");
		snprintf(entry->text, sizeof(entry->text), "%s",
			 now->events[i].text ? now->events[i].text : "");
		model->next_event = (model->next_event + 1) % MAX_EVENTS;
		if (model->nr_events < MAX_EVENTS)
			model->nr_events++;
	}
	model->events_rate = -1;
	if (now->events_known && seconds > 0)
		model->events_rate =
			(double)(now->heard > now->nr_events ? now->heard : now->nr_events) /
			seconds;
}

const struct logged *model_event(const struct model *model, size_t index)
{
	return index < model->nr_shown_events ? &model->events[model->shown_events[index]] : NULL;
}

int model_update(struct model *model, struct snapshot *snapshot)
{
	double seconds = 0;
	int err;

	if (model->now && snapshot->monotonic > model->now->monotonic)
		seconds = (double)(snapshot->monotonic - model->now->monotonic) / 1e9;
	forget_old(model, snapshot->monotonic);
	err = follow(model, snapshot);
	if (err)
		return err;
	model->first = !model->now;
	snapshot_free(model->now);
	model->now = snapshot;
	sum_up(model);
	tally_processes(model);
	tally_users(model);
	log_events(model, seconds);
	model_arrange(model);
	return 0;
}
