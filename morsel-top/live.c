// SPDX-License-Identifier: GPL-2.0-or-later
/* A look at the kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "live.h"
#include "proc.h"

static struct live *live_of(struct source *source)
{
	return (struct live *)source;
}

uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

const char *shown_name(struct snapshot *snapshot, const char *name)
{
	char text[8192];

	if (!name)
		return NULL;
	morsel_name_escape(name, text, sizeof(text));
	return snapshot_string(snapshot, text);
}

int live_fail(struct live *live, int err)
{
	const char *why = morsel_error(live->ctx);

	snprintf(live->error, sizeof(live->error), "%s", *why ? why : strerror(-err));
	return err;
}

/* ---- looking ---- */

static int take_pools(struct live *live)
{
	struct morsel_pool_list *list;
	uint64_t generations = 0;
	struct top_pool *pool;
	size_t i;
	int err = morsel_pool_list(live->ctx, &list);

	if (err)
		return err;
	for (i = 0; i < morsel_pool_list_count(list); i++) {
		const struct morsel_pool *from = morsel_pool_list_at(list, i);

		/* Ids are not used again, so other pools do not add up to the same. */
		generations += morsel_pool_generation(from) +
			       ((uint64_t)morsel_pool_id(from) << 48);
		live_watch(live, from);
		pool = ADD(live->snapshot, pools);
		if (!pool)
			break;
		*pool = (struct top_pool){
			.name = shown_name(live->snapshot, morsel_pool_name(from)),
			.id = morsel_pool_id(from),
			.size = morsel_pool_size(from),
			.used = morsel_pool_used(from),
			.objects = morsel_pool_objects(from),
			.poisoned = morsel_pool_poisoned(from),
			.used_huge = morsel_pool_used_huge(from),
			.available = morsel_pool_available(from),
			.available_huge = morsel_pool_available_huge(from),
			.tree_tables = morsel_pool_tree_tables(from),
			.rw_tables = morsel_pool_rw_tables(from),
			.ro_tables = morsel_pool_ro_tables(from),
			.generation = morsel_pool_generation(from),
			.refused = live_refused(live, morsel_pool_name(from)),
			.persistent = morsel_pool_flags(from) & MORSEL_POOL_FLAG_PERSISTENT,
		};
	}
	morsel_pool_list_free(list);
	/* Who hears of all events is told what has changed. */
	if (generations != live->generations && (!live->events || live->watches))
		live->objects.stale = true;
	live->generations = generations;
	return 0;
}

/*
 * What pools count and the user does not see. Who sees a pool is told the count
 * anyway, so that this tells nothing new.
 */
static void count_hidden(struct live *live)
{
	uint64_t counted = 0;
	size_t i;

	for (i = 0; live->viewer.uid && i < live->snapshot->nr_pools; i++)
		counted += live->snapshot->pools[i].objects;
	if (counted > live->snapshot->nr_morsels)
		live->snapshot->hidden = counted - live->snapshot->nr_morsels;
}

static int look(struct live *live, const struct wanted *wanted)
{
	int err;

	/* First, so that what the lists do not show yet is going to be an event. */
	live_listen(live);
	live->snapshot->time = clock_ns(CLOCK_REALTIME);
	live->snapshot->monotonic = clock_ns(CLOCK_MONOTONIC);
	live->snapshot->lost = live->lost;
	if (live->module[0])
		live->snapshot->module = snapshot_string(live->snapshot, live->module);
	err = take_pools(live);
	live->snapshot->events_known = live->events != NULL;
	if (!err)
		err = live_take_objects(live, wanted);
	if (err)
		return live_fail(live, err);
	count_hidden(live);
	/* Of these, what cannot be had is not there. */
	live_take_attachments(live, wanted);
	if (wanted->detail.id)
		live_take_rights(live, wanted->detail);
	if (wanted->all || wanted->space)
		live_take_space(live);
	if (wanted->pid)
		live_take_process(live, wanted->pid);
	if (wanted->all || wanted->users)
		live_take_users(live);
	/* Only now, as a look that fails leaves the last snapshot where it is. */
	live_free_names(live);
	return 0;
}

static struct snapshot *take(struct source *source, const struct wanted *wanted)
{
	struct live *live = live_of(source);
	struct snapshot *snapshot;
	int err;

	if (!live->snapshot)
		live->snapshot = snapshot_new();
	err = live->snapshot ? look(live, wanted) : -ENOMEM;
	if (!live->snapshot)
		snprintf(live->error, sizeof(live->error), "%s", strerror(ENOMEM));
	snapshot = live->snapshot;
	live->snapshot = NULL;
	if (!err)
		return snapshot;
	snapshot_free(snapshot);
	return NULL;
}

static const char *error(const struct source *source)
{
	return ((const struct live *)source)->error;
}

static int events_fd(const struct source *source)
{
	const struct live *live = (const struct live *)source;

	return live->events ? morsel_events_fd(live->events) : -1;
}

static void listen_to(struct source *source)
{
	struct live *live = live_of(source);

	if (!live->snapshot)
		live->snapshot = snapshot_new();
	if (live->snapshot)
		live_listen(live);
}

/* ---- beginning and end ---- */

static void close_live(struct source *source)
{
	struct live *live = live_of(source);

	if (live->events)
		morsel_events_close(live->events);
	free(live->watched);
	free(live->refusals);
	live_free_objects(live);
	snapshot_free(live->snapshot);
	morsel_ctx_free(live->ctx);
	free(live);
}

static void find_module(struct live *live)
{
	FILE *file = fopen("/sys/module/morsel/version", "re");

	if (!file)
		return;
	if (fgets(live->module, sizeof(live->module), file))
		live->module[strcspn(live->module, "\n")] = '\0';
	fclose(file);
}

struct source *source_live(void)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live || morsel_ctx_new(&live->ctx)) {
		free(live);
		fputs("morsel-top: out of memory\n", stderr);
		return NULL;
	}
	find_module(live);
	live->viewer.uid = geteuid();
	live->viewer.gid = getegid();
	live->viewer.nr_groups = getgroups(MAX_GROUPS, live->viewer.groups);
	live->source = (struct source){
		.take = take,
		.error = error,
		.fd = events_fd,
		.listen = listen_to,
		.act = live_act,
		.kill = live_kill,
		.has_process = proc_exists,
		.close = close_live,
		.title = "LIVE",
		.lazy = true,
	};
	return &live->source;
}
