// SPDX-License-Identifier: GPL-2.0-or-later
/* events */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "output.h"

enum {
	OPT_FOLLOW = 256, /* there is no letter for it */
};

const struct option_desc events_options[] = {
	{ 'R', "recursive", NULL, "Also what is below the directories" },
	{ 'f', "filter", "KEY=VALUE", "Only events whose kind, pool, path or uid it is" },
	{ 's', "sync", NULL, "Tell at first what there is, and after a loss what was missed" },
	{ OPT_FOLLOW, "follow", NULL, "Go on until interrupted, which it does anyway" },
	{ 'c', "count", "NUMBER", "End after so many events" },
	{ 't', "timeout", "SECONDS", "End when so much time has passed" },
	{ 0 },
};

/* How far it has come. */
struct watch {
	struct app *app;
	uint64_t left;	  /* events to print; 0 at the start: no end */
	int64_t deadline; /* in ms of the monotonic clock; 0: none */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t real_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* ---- printing ---- */

static const char *quota_noun(const struct morsel_event *event)
{
	return morsel_event_quota_what(event) == MORSEL_QUOTA_WHAT_BYTES ? "bytes" : "objects";
}

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

/* Who may not look into the process is not told its addresses. */
static void add_addresses(struct json_object *object, const struct morsel_event *event)
{
	struct value start = { 0 };

	set_address(&start, morsel_event_start(event));
	if (morsel_event_start(event))
		json_add_value(object, "start", &start);
	add_number(object, "length", morsel_event_length(event));
}

static void add_error(struct json_object *object, const struct morsel_event *event)
{
	const char *text = strerror((int)morsel_event_error(event));

	json_object_object_add(object, "error", json_object_new_string(text));
}

/* What only some kinds have. */
static void add_facts(struct json_object *object, const struct morsel_event *event)
{
	switch (morsel_event_type(event)) {
	case MORSEL_EVENT_LOST:
		add_number(object, "lost", morsel_event_lost(event));
		break;
	case MORSEL_EVENT_MORSEL_MAP:
	case MORSEL_EVENT_MORSEL_UNMAP:
		add_addresses(object, event);
		add_number(object, "offset", morsel_event_offset(event));
		json_object_object_add(object, "writable",
				       json_object_new_boolean(morsel_event_view(event) ==
							       MORSEL_MAP_VIEW_RW));
		break;
	case MORSEL_EVENT_MORSEL_REVOKE:
		json_object_object_add(object, "pinned",
				       json_object_new_boolean(morsel_event_pinned(event)));
		break;
	case MORSEL_EVENT_QUOTA_SOFT:
	case MORSEL_EVENT_QUOTA_REFUSED:
		json_object_object_add(object, "what",
				       json_object_new_string(quota_noun(event)));
		add_number(object, "quota_uid", morsel_event_quota_uid(event));
		add_number(object, "used", morsel_event_quota_used(event));
		add_number(object, "limit", morsel_event_quota_limit(event));
		break;
	case MORSEL_EVENT_COLLISION:
		add_addresses(object, event);
		add_error(object, event);
		break;
	case MORSEL_EVENT_ERROR:
		add_number(object, "offset", morsel_event_start(event));
		add_number(object, "length", morsel_event_length(event));
		add_error(object, event);
		break;
	default:
		break;
	}
}

static void print_json_event(const struct app *app, const struct morsel_event *event)
{
	struct json_object *object = json_object_new_object();
	const char *type = morsel_event_type_name(event), *old = morsel_event_old_name(event);
	struct value time = { .kind = VALUE_TIME, .time = real_ns() };
	struct pool_item pool = { .pool = morsel_event_pool(event) };

	json_add_value(object, "time", &time);
	json_object_object_add(object, "event", json_object_new_string(type));
	add_number(object, "seq", morsel_event_seq(event));
	if (morsel_event_watch(event))
		add_number(object, "watch", morsel_event_watch(event));
	json_object_object_add(object, "resynced",
			       json_object_new_boolean(morsel_event_resynced(event)));
	if (morsel_event_pid(event))
		add_number(object, "pid", morsel_event_pid(event));
	if (morsel_event_uid(event) != UINT32_MAX)
		add_number(object, "uid", morsel_event_uid(event));
	if (morsel_event_pool_name(event))
		json_add_name(object, "pool_name", morsel_event_pool_name(event));
	if (morsel_event_name(event))
		json_add_name(object, "name", morsel_event_name(event));
	add_facts(object, event);
	if (old)
		json_add_name(object, "old_name", old);
	if (pool.pool)
		json_object_object_add(object, "pool", json_of(&pool_sheet, &pool));
	if (morsel_event_info(event))
		json_object_object_add(object, "object",
				       json_of(&object_sheet, morsel_event_info(event)));
	puts(json_object_to_json_string_ext(object, json_flags(app)));
	json_object_put(object);
}

/* What there is to say besides the name. */
static void print_details(const struct app *app, const struct morsel_event *event)
{
	const struct morsel_info *info = morsel_event_info(event);
	enum morsel_event_type type = morsel_event_type(event);
	struct value size = { .kind = VALUE_SIZE };
	char *text;

	if (morsel_event_old_name(event))
		printf("  was %s", shown(morsel_event_old_name(event)));
	if (morsel_event_quota_limit(event))
		printf("  %s of user %u: %llu, limit %llu", quota_noun(event),
		       morsel_event_quota_uid(event),
		       (unsigned long long)morsel_event_quota_used(event),
		       (unsigned long long)morsel_event_quota_limit(event));
	if (morsel_event_pinned(event))
		printf("  pages in use");
	if (morsel_event_error(event))
		printf("  %s", strerror((int)morsel_event_error(event)));
	if (type == MORSEL_EVENT_POOL_NEW || type == MORSEL_EVENT_POOL_SET)
		size.number = morsel_pool_size(morsel_event_pool(event));
	else if (info && morsel_info_type(info) == MORSEL_OBJECT_TYPE_FILE)
		size.number = morsel_info_size(info);
	else
		return;
	text = value_text(app, &size);
	printf("  %s", text ? text : "?");
	free(text);
}

static void print_event(const struct app *app, const struct morsel_event *event)
{
	const char *name = morsel_event_name(event);
	struct value time = { .kind = VALUE_TIME, .time = real_ns() };
	char *clock = value_text(app, &time);

	if (!name && !morsel_event_info(event))
		name = morsel_event_pool_name(event);
	printf("%s  %-8llu %-14s", clock ? clock : "?", (unsigned long long)morsel_event_seq(event),
	       morsel_event_type_name(event));
	if (morsel_event_type(event) == MORSEL_EVENT_LOST && morsel_event_lost(event))
		printf(" %llu events", (unsigned long long)morsel_event_lost(event));
	else
		printf(" %s", name ? shown(name) : "-");
	print_details(app, event);
	if (morsel_event_pid(event))
		printf("  by process %u", morsel_event_pid(event));
	if (morsel_event_uid(event) != UINT32_MAX)
		printf("%s user %u", morsel_event_pid(event) ? " of" : "  by",
		       morsel_event_uid(event));
	puts(morsel_event_resynced(event) ? "  (resynced)" : "");
	free(clock);
}

/* ---- watching ---- */

static int take_event(void *data, const struct morsel_event *event)
{
	struct watch *watch = data;
	enum morsel_event_type type = morsel_event_type(event);

	if (type != MORSEL_EVENT_LOST && type != MORSEL_EVENT_SYNCED &&
	    !passes_filters(watch->app, event))
		return 0;
	if (watch->app->json)
		print_json_event(watch->app, event);
	else
		print_event(watch->app, event);
	watch->app->done++;
	return (watch->left && !--watch->left) || ferror(stdout);
}

static int wait_ms(const struct watch *watch)
{
	int64_t left = watch->deadline - now_ms();

	if (!watch->deadline)
		return -1;
	return left < 0 ? 0 : left > 1000000 ? 1000000
					     : (int)left;
}

/* Return: 0 at the agreed end or when interrupted, or -errno with words. */
static int follow(struct watch *watch, struct morsel_events *events, int signals)
{
	struct pollfd fds[2] = {
		{ .fd = morsel_events_fd(events), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int ret;

	for (;;) {
		ret = morsel_events_dispatch(events, take_event, watch);
		if (ret || fflush(stdout))
			return ret < 0 ? ret : 0;
		ret = poll(fds, ARRAY_SIZE(fds), wait_ms(watch));
		if (fds[1].revents || (!ret && watch->deadline && now_ms() >= watch->deadline))
			return 0;
	}
}

/* A descriptor that is readable when the user wants an end. */
static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int read_options(struct app *app, struct watch *watch)
{
	const char *count = option_value(app, 'c'), *timeout = option_value(app, 't');
	uint64_t seconds;

	if (count && parse_number(app, "--count", count, &watch->left))
		return STATUS_USAGE;
	if (count && !watch->left)
		return usage_error(app, "--count \"%s\": that is no event at all", shown(count));
	if (!timeout)
		return 0;
	if (parse_number(app, "--timeout", timeout, &seconds))
		return STATUS_USAGE;
	if (seconds > INT32_MAX)
		return usage_error(app, "--timeout \"%s\" is too long", shown(timeout));
	watch->deadline = now_ms() + (int64_t)seconds * 1000;
	return 0;
}

/* Return: 0, or -errno after a report. */
static int subscribe(struct app *app, struct morsel_events **events)
{
	unsigned int flags = has_option(app, 'R') ? MORSEL_WATCH_RECURSIVE : 0;
	const char *name = NULL;
	int err, i;

	err = app->nr_args ? morsel_watch_open(app->ctx, events) :
			     morsel_events_open(app->ctx, events);
	if (err == -EPERM && !app->nr_args)
		report_text(app, NULL, err, "%s; name what you may read to watch that",
			    morsel_error(app->ctx));
	else if (err)
		report(app, NULL, err);
	if (err)
		return err;
	for (i = 0; !err && i < app->nr_args; i++) {
		name = app->args[i];
		err = morsel_watch_add(*events, name, flags, NULL);
	}
	if (err) {
		report(app, name, err);
		morsel_events_close(*events);
	} else if (has_option(app, 's')) {
		morsel_events_track(*events);
	}
	return err;
}

int run_events(struct app *app)
{
	struct watch watch = { .app = app };
	struct morsel_events *events;
	int err, signals;

	if (read_options(app, &watch) || check_filters(app))
		return STATUS_USAGE;
	if (has_option(app, 'R') && !app->nr_args)
		return usage_error(app, "--recursive needs a directory");
	if (subscribe(app, &events))
		return final_status(app);
	app->raw = true;
	signals = catch_signals();
	note(app, "watching");
	err = follow(&watch, events, signals);
	close(signals);
	if (err)
		report(app, NULL, err);
	morsel_events_close(events);
	return final_status(app);
}
