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

const struct option_desc events_options[] = {
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

static void add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
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
	if (morsel_event_type(event) == MORSEL_EVENT_LOST)
		add_number(object, "lost", morsel_event_lost(event));
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
	struct value size = { .kind = VALUE_SIZE };
	char *text;

	if (morsel_event_old_name(event))
		printf("  was %s", shown(morsel_event_old_name(event)));
	if (!info || morsel_info_type(info) != MORSEL_OBJECT_TYPE_FILE)
		return;
	size.number = morsel_info_size(info);
	text = value_text(app, &size);
	printf("  %s", text ? text : "?");
	free(text);
}

static void print_event(const struct app *app, const struct morsel_event *event)
{
	const struct morsel_pool *pool = morsel_event_pool(event);
	const struct morsel_info *info = morsel_event_info(event);
	const char *name = pool ? morsel_pool_name(pool) : info ? morsel_info_name(info)
								: NULL;
	struct value time = { .kind = VALUE_TIME, .time = real_ns() };
	char *clock = value_text(app, &time);

	printf("%s  %-8llu %-14s", clock ? clock : "?", (unsigned long long)morsel_event_seq(event),
	       morsel_event_type_name(event));
	if (morsel_event_type(event) == MORSEL_EVENT_LOST && morsel_event_lost(event))
		printf(" %llu events", (unsigned long long)morsel_event_lost(event));
	else
		printf(" %s", name ? shown(name) : "-");
	print_details(app, event);
	putchar('\n');
	free(clock);
}

/* ---- watching ---- */

static int take_event(void *data, const struct morsel_event *event)
{
	struct watch *watch = data;

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

int run_events(struct app *app)
{
	struct watch watch = { .app = app };
	struct morsel_events *events;
	int err, signals;

	if (read_options(app, &watch))
		return STATUS_USAGE;
	err = morsel_events_open(app->ctx, &events);
	if (!err) {
		app->raw = true;
		note(app, "watching");
		signals = catch_signals();
		err = follow(&watch, events, signals);
		close(signals);
	}
	if (err)
		report(app, NULL, err);
	else
		morsel_events_close(events);
	return final_status(app);
}
