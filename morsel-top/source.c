// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel, through libmorsel: the only file that knows the library. */
#include <errno.h>
#include <grp.h>
#include <morsel.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "proc.h"

enum { MAX_GROUPS = 256 };

/* The module's default; reservations are shown wherever they are. */
#define WINDOW_START 0x200000000000ULL
#define WINDOW_END   0x500000000000ULL

struct live {
	struct source source;
	struct morsel_ctx *ctx;
	struct morsel_events *events; /* NULL: they are not for this user */
	bool events_tried;
	uint64_t lost;
	struct snapshot *snapshot; /* that is being made */
	uid_t uid;
	gid_t gid, groups[MAX_GROUPS];
	int nr_groups;
	char error[256];
};

static struct live *live_of(struct source *source)
{
	return (struct live *)source;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* A name fit to be shown and to be JSON. */
static const char *shown(struct snapshot *snapshot, const char *name)
{
	char text[8192];

	if (!name)
		return NULL;
	morsel_name_escape(name, text, sizeof(text));
	return snapshot_string(snapshot, text);
}

static int fail(struct live *live, int err)
{
	const char *why = morsel_error(live->ctx);

	snprintf(live->error, sizeof(live->error), "%s", *why ? why : strerror(-err));
	return err;
}

/* ---- pools ---- */

static int take_pools(struct live *live, struct pool_device **devices, size_t *count)
{
	struct morsel_pool_list *list;
	struct pool_device *device;
	struct stat st;
	size_t i;
	char *dir;
	int err = morsel_pool_list(live->ctx, &list);

	for (i = 0; !err && i < morsel_pool_list_count(list); i++) {
		const struct morsel_pool *from = morsel_pool_list_at(list, i);
		struct top_pool *pool = ADD(live->snapshot, pools);

		if (!pool)
			break;
		*pool = (struct top_pool){
			.name = shown(live->snapshot, morsel_pool_name(from)),
			.id = morsel_pool_id(from),
			.size = morsel_pool_size(from),
			.used = morsel_pool_used(from),
			.objects = morsel_pool_objects(from),
			.poisoned = morsel_pool_poisoned(from),
			.persistent = morsel_pool_flags(from) & MORSEL_POOL_FLAG_PERSISTENT,
		};
		if (morsel_pool_mount_point(live->ctx, morsel_pool_name(from), &dir))
			continue;
		device = stat(dir, &st) ? NULL : snapshot_add(devices, count, sizeof(*device));
		if (device)
			*device = (struct pool_device){ pool->id, st.st_dev };
		free(dir);
	}
	if (!err)
		morsel_pool_list_free(list);
	return err;
}

/* ---- morsels ---- */

static bool in_group(const struct live *live, gid_t gid)
{
	int i;

	for (i = 0; i < live->nr_groups; i++)
		if (live->groups[i] == gid)
			return true;
	return gid == live->gid;
}

/* By the permission bits; an ACL may say otherwise. */
static uint64_t rights_of(const struct live *live, const struct morsel_info *info)
{
	uint32_t mode = morsel_info_mode(info);

	if (!live->uid)
		return RIGHT_R | RIGHT_W | (mode & 0111 ? RIGHT_X : 0);
	if (morsel_info_uid(info) == live->uid)
		return mode >> 6 & 7;
	return in_group(live, morsel_info_gid(info)) ? mode >> 3 & 7 : mode & 7;
}

static void take_morsel(struct live *live, const struct morsel_info *info)
{
	struct top_morsel *m = ADD(live->snapshot, morsels);

	if (!m)
		return;
	*m = (struct top_morsel){
		.name = shown(live->snapshot, morsel_info_name(info)),
		.pool = shown(live->snapshot, morsel_info_pool(info)),
		.pool_id = morsel_info_pool_id(info),
		.id = morsel_info_id(info),
		.type = morsel_info_type(info),
		.uid = morsel_info_uid(info),
		.gid = morsel_info_gid(info),
		.mode = morsel_info_mode(info),
		.rights = rights_of(live, info),
		.size = morsel_info_size(info),
		.allocated = morsel_info_allocated(info),
		.huge = morsel_info_huge(info),
		.mappers = morsel_info_attachments(info),
		.links = morsel_info_links(info),
		.rw_tables = morsel_info_rw_tables(info),
		.ro_tables = morsel_info_ro_tables(info),
		.tree_tables = morsel_info_tree_tables(info),
		.active = UNKNOWN,
		.dirty = UNKNOWN,
		.faults = UNKNOWN,
		.maps = UNKNOWN,
		.sealed = UNKNOWN,
		.poisoned = UNKNOWN,
	};
}

static int take_morsels(struct live *live)
{
	struct morsel_list *list;
	size_t i;
	int err = morsel_list(live->ctx, NULL, 0, &list);

	if (err)
		return err;
	for (i = 0; i < morsel_list_count(list); i++)
		take_morsel(live, morsel_list_at(list, i));
	live->snapshot->inexact = morsel_list_inexact(list);
	morsel_list_free(list);
	snapshot_sort(live->snapshot);
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

	for (i = 0; live->uid && i < live->snapshot->nr_pools; i++)
		counted += live->snapshot->pools[i].objects;
	if (counted > live->snapshot->nr_morsels)
		live->snapshot->hidden = counted - live->snapshot->nr_morsels;
}

/* ---- events ---- */

static int take_event(void *data, const struct morsel_event *event)
{
	struct live *live = data;
	const struct morsel_pool *pool = morsel_event_pool(event);
	const struct morsel_info *info = morsel_event_info(event);
	const char *name = pool ? morsel_pool_name(pool) : info ? morsel_info_name(info)
								: NULL;
	struct top_event *to = ADD(live->snapshot, events);

	if (!to)
		return 1;
	if (morsel_event_type(event) == MORSEL_EVENT_LOST)
		live->lost += morsel_event_lost(event) ? morsel_event_lost(event) : 1;
	*to = (struct top_event){
		.time = live->snapshot->time,
		.seq = morsel_event_seq(event),
		.type = snapshot_string(live->snapshot, morsel_event_type_name(event)),
		.text = name ? shown(live->snapshot, name) : "",
	};
	return 0;
}

static void take_events(struct live *live)
{
	if (!live->events_tried && morsel_events_open(live->ctx, &live->events))
		live->events = NULL;
	live->events_tried = true;
	if (!live->events)
		return;
	live->snapshot->events_known = 1;
	morsel_events_dispatch(live->events, take_event, live);
	live->snapshot->lost = live->lost;
}

/* ---- the source ---- */

static struct snapshot *take(struct source *source, uint64_t pid)
{
	struct live *live = live_of(source);
	struct pool_device *devices = NULL;
	size_t count = 0;
	int err;

	live->snapshot = snapshot_new();
	if (!live->snapshot) {
		snprintf(live->error, sizeof(live->error), "%s", strerror(ENOMEM));
		return NULL;
	}
	live->snapshot->time = clock_ns(CLOCK_REALTIME);
	live->snapshot->monotonic = clock_ns(CLOCK_MONOTONIC);
	live->snapshot->window_start = WINDOW_START;
	live->snapshot->window_end = WINDOW_END;
	/* First, so that what the lists do not show yet is going to be an event. */
	take_events(live);
	err = take_pools(live, &devices, &count);
	if (!err)
		err = take_morsels(live);
	if (err) {
		fail(live, err);
		snapshot_free(live->snapshot);
		live->snapshot = NULL;
	} else {
		count_hidden(live);
		proc_attachments(live->snapshot, devices, count);
		if (pid)
			proc_vmas(live->snapshot, pid, devices, count);
	}
	free(devices);
	return live->snapshot;
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

/* By number, as the name that is shown may be another's by now. */
static int remove_morsel(struct source *source, const char *pool, uint64_t id)
{
	struct live *live = live_of(source);
	struct morsel_info *info;
	int err = morsel_stat_id(live->ctx, pool, id, &info);

	if (err)
		return fail(live, err);
	err = morsel_info_name(info) ? morsel_remove(live->ctx, morsel_info_name(info), id)
				     : -ENOENT;
	morsel_info_free(info);
	return err ? fail(live, err) : 0;
}

static int kill_process(struct source *source, uint64_t pid, int signal)
{
	struct live *live = live_of(source);

	if (!kill((pid_t)pid, signal))
		return 0;
	snprintf(live->error, sizeof(live->error), "process %llu: %s", (unsigned long long)pid,
		 strerror(errno));
	return -errno;
}

static void close_live(struct source *source)
{
	struct live *live = live_of(source);

	if (live->events)
		morsel_events_close(live->events);
	morsel_ctx_free(live->ctx);
	free(live);
}

struct source *source_live(void)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live || morsel_ctx_new(&live->ctx)) {
		free(live);
		fputs("morsel-top: out of memory\n", stderr);
		return NULL;
	}
	live->uid = geteuid();
	live->gid = getegid();
	live->nr_groups = getgroups(MAX_GROUPS, live->groups);
	live->source = (struct source){
		.take = take,
		.error = error,
		.fd = events_fd,
		.remove = remove_morsel,
		.kill = kill_process,
		.close = close_live,
		.title = "LIVE",
	};
	return &live->source;
}
