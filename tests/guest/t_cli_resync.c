// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Subscriptions that find out what they have missed: who applies what the library
 * tells, and never looks himself, has what there is, however much was lost.
 * pool: size=64M,name=p
 * groups: cli event
 * timeout: 240
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <morsel.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

enum {
	ALICE = 1000,
	OBJECTS = 4096, /* more than there ever are at a time */
	STORM = 600,
};

static struct morsel_ctx *ctx;

static void become(uid_t uid)
{
	need(!seteuid(0) && !setegid(uid) && !setgroups(0, NULL) && !seteuid(uid));
}

/* ---- what somebody has who does as the events say ---- */

struct object {
	uint64_t id, parent, size;
	uint32_t pool, mode;
	char name[256]; /* the last component */
	bool seen;
};

struct mirror {
	struct morsel_events *events;
	struct object objects[OBJECTS];
	size_t count;
	uint32_t pools[16];
	size_t pool_count;
	unsigned int lost, synced, resynced, odd, told;
};

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static struct object *find(struct mirror *mirror, uint32_t pool, uint64_t id)
{
	size_t i;

	for (i = 0; i < mirror->count; i++)
		if (mirror->objects[i].id == id && mirror->objects[i].pool == pool)
			return &mirror->objects[i];
	return NULL;
}

static void take_object(struct mirror *mirror, struct object *object,
			const struct morsel_info *info)
{
	object->pool = morsel_info_pool_id(info);
	object->id = morsel_info_id(info);
	object->parent = morsel_info_parent(info);
	object->size = morsel_info_size(info);
	object->mode = morsel_info_mode(info);
	snprintf(object->name, sizeof(object->name), "%s", base(morsel_info_path(info)));
}

static void drop_pool(struct mirror *mirror, uint32_t pool)
{
	size_t i = 0;

	while (i < mirror->count)
		if (mirror->objects[i].pool == pool)
			mirror->objects[i] = mirror->objects[--mirror->count];
		else
			i++;
	for (i = 0; i < mirror->pool_count && mirror->pools[i] != pool; i++)
		;
	if (i < mirror->pool_count)
		mirror->pools[i] = mirror->pools[--mirror->pool_count];
}

static void apply_object(struct mirror *mirror, const struct morsel_event *event)
{
	const struct morsel_info *info = morsel_event_info(event);
	struct object *object = find(mirror, morsel_info_pool_id(info), morsel_info_id(info));

	switch (morsel_event_type(event)) {
	case MORSEL_EVENT_MORSEL_NEW:
		mirror->odd += !!object;
		if (!object) {
			need(mirror->count < OBJECTS);
			object = &mirror->objects[mirror->count++];
		}
		take_object(mirror, object, info);
		break;
	case MORSEL_EVENT_MORSEL_RENAME:
	case MORSEL_EVENT_MORSEL_SET:
		mirror->odd += !object;
		if (object)
			take_object(mirror, object, info);
		break;
	case MORSEL_EVENT_MORSEL_DEL:
		mirror->odd += !object;
		if (object)
			*object = mirror->objects[--mirror->count];
		break;
	default:
		break;
	}
}

static void apply(struct mirror *mirror, const struct morsel_event *event)
{
	const struct morsel_pool *pool = morsel_event_pool(event);

	mirror->told++;
	mirror->resynced += morsel_event_resynced(event);
	mirror->lost += morsel_event_type(event) == MORSEL_EVENT_LOST;
	mirror->synced += morsel_event_type(event) == MORSEL_EVENT_SYNCED;
	if (morsel_event_resynced(event))
		mirror->odd += morsel_event_seq(event) || morsel_event_pid(event);
	if (morsel_event_type(event) == MORSEL_EVENT_POOL_NEW)
		mirror->pools[mirror->pool_count++] = morsel_pool_id(pool);
	else if (morsel_event_type(event) == MORSEL_EVENT_POOL_DEL)
		drop_pool(mirror, morsel_pool_id(pool));
	else if (morsel_event_info(event))
		apply_object(mirror, event);
}

/* Apply what comes until nothing has for @quiet ms. */
static void follow(struct mirror *mirror, int quiet)
{
	struct pollfd fd = { .fd = morsel_events_fd(mirror->events), .events = POLLIN };
	struct morsel_event *event;
	int ret;

	do {
		while ((ret = morsel_events_next(mirror->events, &event)) > 0) {
			apply(mirror, event);
			morsel_event_free(event);
		}
		if (ret < 0)
			bail_out("events: %s", morsel_error(ctx));
	} while (poll(&fd, 1, quiet * time_scale()) > 0);
}

/* Is it what a list says, and nothing else? @root: a directory that is not in the list. */
static bool check(struct mirror *mirror, const char *name, unsigned int flags, const char *root,
		  const char *what)
{
	struct morsel_list *list;
	struct morsel_info *info = NULL;
	const struct morsel_info *at;
	size_t i, wrong = 0, expected = 0;

	for (i = 0; i < mirror->count; i++)
		mirror->objects[i].seen = false;
	need(!morsel_list(ctx, name, flags, &list) && !morsel_list_inexact(list));
	need(!root || !morsel_stat(ctx, root, &info));
	for (i = 0; i < morsel_list_count(list) + !!root; i++) {
		struct object *object;

		at = i < morsel_list_count(list) ? morsel_list_at(list, i) : info;
		expected++;
		object = find(mirror, morsel_info_pool_id(at), morsel_info_id(at));
		if (object)
			object->seen = true;
		if (object && object->parent == morsel_info_parent(at) &&
		    object->size == morsel_info_size(at) && object->mode == morsel_info_mode(at) &&
		    !strcmp(object->name, base(morsel_info_path(at))))
			continue;
		if (!wrong++)
			diag("%s: %s", object ? "not as it is" : "not known", morsel_info_name(at));
	}
	for (i = 0; i < mirror->count; i++)
		if (!mirror->objects[i].seen && !wrong++)
			diag("not there: %s", mirror->objects[i].name);
	morsel_list_free(list);
	morsel_info_free(info);
	is_int(wrong, 0, "%s: %zu objects, as they are", what, expected);
	is_int(mirror->count, expected, "%s: and no others", what);
	is_int(mirror->odd, 0, "%s: nothing new twice, nothing gone that was not there", what);
	return !wrong;
}

static void watch(struct mirror *mirror, const char *name, unsigned int flags)
{
	uint64_t number = 0;

	if (morsel_watch_open(ctx, &mirror->events) ||
	    morsel_watch_add(mirror->events, name, flags, &number))
		bail_out("watching %s: %s", name, morsel_error(ctx));
	ok(number, "watching %s", name);
}

/* The least that a socket can have. */
static void shrink(struct mirror *mirror)
{
	int size = 1;

	need(!setsockopt(morsel_events_fd(mirror->events), SOL_SOCKET, SO_RCVBUF, &size,
			 sizeof(size)));
}

/* The only one at a time. */
static struct mirror *new_mirror(void)
{
	static struct mirror mirror;

	memset(&mirror, 0, sizeof(mirror));
	return &mirror;
}

static void end(struct mirror *mirror)
{
	morsel_events_close(mirror->events);
}

/* ---- storms ---- */

static const char *const dirs[] = { "d", "d/s", "d/s/t", "d/u", "other", "d/closed" };

static const char *random_path(char buf[128])
{
	snprintf(buf, 128, "/mnt/morsel/%s/%ld", dirs[random() % 6], random() % 40);
	return buf;
}

/* One change; some fail, as what they are about is not there. */
static void change(void)
{
	char a[128], b[128];
	int fd;

	random_path(a);
	switch (random() % 8) {
	case 0:
	case 1:
		fd = open(a, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
		if (fd >= 0)
			close(fd);
		break;
	case 2:
		mkdir(a, 0755);
		break;
	case 3:
		(void)!truncate(a, random() % 100000);
		break;
	case 4:
		chmod(a, random() % 2 ? 0755 : 0711);
		break;
	case 5:
		if (unlink(a))
			rmdir(a);
		break;
	default:
		rename(a, random_path(b));
	}
}

/* Directories move with what is in them, and come back. */
static void move_directories(void)
{
	rename("/mnt/morsel/d/s", "/mnt/morsel/other/away");
	rename("/mnt/morsel/other/away", "/mnt/morsel/d/s");
	rename("/mnt/morsel/d/s/t", "/mnt/morsel/d/t2");
	rename("/mnt/morsel/d/t2", "/mnt/morsel/d/s/t");
}

static void storm(unsigned int seed)
{
	int i;

	srandom(seed);
	for (i = 0; i < STORM; i++) {
		change();
		if (i % 100 == 99)
			move_directories();
	}
}

static int storm_aside(void *arg)
{
	storm(*(unsigned int *)arg);
	return 0;
}

static void make_world(void)
{
	size_t i;
	char path[64];

	for (i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "/mnt/morsel/%s", dirs[i]);
		need(!mkdir(path, strcmp(dirs[i], "d/closed") ? 0755 : 0700));
	}
	storm(1);
}

/* ---- as administrator ---- */

static void test_group(void)
{
	struct mirror *mirror = new_mirror();
	unsigned int seed = 3;
	pid_t pid;

	need(!morsel_events_open(ctx, &mirror->events));
	morsel_events_track(mirror->events);
	follow(mirror, 100);
	is_int(mirror->synced, 1, "at first everything is told");
	is_int(mirror->lost, 0, "nothing is lost by that");
	check(mirror, NULL, 0, NULL, "at first");

	shrink(mirror);
	storm(2);
	need(!morsel_pool_create(ctx, "q", NULL, NULL));
	follow(mirror, 300);
	ok(mirror->lost, "a storm is too much for the socket");
	is_int(mirror->synced, 2, "and what was lost is told");
	is_int(mirror->pool_count, 2, "also a new pool");
	check(mirror, NULL, 0, NULL, "after a storm");

	mirror->lost = 0;
	pid = start_child(storm_aside, &seed);
	follow(mirror, 500);
	need(!wait_child(pid, 60));
	follow(mirror, 300);
	ok(mirror->lost, "a storm while reading loses something, too (%u times)", mirror->lost);
	check(mirror, NULL, 0, NULL, "after a storm while reading");

	storm(4);
	need(!morsel_pool_destroy(ctx, "q"));
	follow(mirror, 300);
	is_int(mirror->pool_count, 1, "a pool that is gone");
	check(mirror, NULL, 0, NULL, "after one more");
	end(mirror);
}

/* ---- as a user ---- */

static void calm(struct mirror *mirror, const char *what)
{
	become(ALICE);
	follow(mirror, 300);
	check(mirror, "p:d", MORSEL_LIST_RECURSIVE, "p:d", what);
	become(0);
}

static struct mirror *alices_mirror(const char *name, unsigned int flags)
{
	struct mirror *mirror = new_mirror();

	become(ALICE);
	watch(mirror, name, flags);
	become(0);
	morsel_events_track(mirror->events);
	return mirror;
}

/* Without a loss: what shows and hides itself without events of its own. */
static void test_moves(void)
{
	struct mirror *mirror = alices_mirror("p:d", MORSEL_WATCH_RECURSIVE);

	calm(mirror, "at first");
	need(!rename("/mnt/morsel/d/s", "/mnt/morsel/other/away"));
	calm(mirror, "a directory moves out");
	need(!rename("/mnt/morsel/other/away", "/mnt/morsel/d/s"));
	calm(mirror, "and in again");
	need(!chmod("/mnt/morsel/d/s", 0700));
	calm(mirror, "a directory that she may not read any more");
	need(!chmod("/mnt/morsel/d/s", 0755));
	calm(mirror, "and may again");
	need(!rename("/mnt/morsel/d/s", "/mnt/morsel/d/renamed"));
	need(!rename("/mnt/morsel/d/renamed", "/mnt/morsel/d/s"));
	calm(mirror, "a directory that is renamed");
	is_int(mirror->lost, 0, "nothing was lost");
	end(mirror);
}

static void test_watch(void)
{
	struct mirror *mirror = alices_mirror("p:d", MORSEL_WATCH_RECURSIVE);
	unsigned int seed = 6;
	pid_t pid;

	shrink(mirror);
	calm(mirror, "alice, at first");
	storm(5);
	calm(mirror, "alice, after a storm");
	ok(mirror->lost, "a storm is too much for her socket");
	ok(mirror->synced > 1, "and what was lost is told");

	pid = start_child(storm_aside, &seed);
	mirror->lost = 0;
	become(ALICE);
	follow(mirror, 500);
	become(0);
	need(!wait_child(pid, 60));
	ok(mirror->lost, "a storm while reading loses something, too (%u times)", mirror->lost);
	calm(mirror, "alice, after a storm while reading");

	need(!chmod("/mnt/morsel/d", 0700));
	storm(7);
	need(!chmod("/mnt/morsel/d", 0755));
	calm(mirror, "alice, after a time without rights");
	need(!rename("/mnt/morsel/d", "/mnt/morsel/e"));
	storm(8);
	need(!rename("/mnt/morsel/e", "/mnt/morsel/d"));
	calm(mirror, "alice, after a time with another name");
	end(mirror);
}

static void test_entries(void)
{
	struct mirror *mirror = alices_mirror("p:d", 0);

	shrink(mirror);
	storm(9);
	become(ALICE);
	follow(mirror, 300);
	check(mirror, "p:d", 0, "p:d", "alice, the entries only");
	become(0);
	end(mirror);
}

static void test_pool_end(void)
{
	struct morsel_attr public = { .set = MORSEL_SET_MODE, .mode = 0644 };
	const struct morsel_pool_attr attr = { .set = MORSEL_POOL_SET_SIZE, .size = 1 << 20 };
	struct mirror *mirror;
	int i;

	need(!morsel_pool_create(ctx, "q", &attr, NULL));
	need(!morsel_create(ctx, "q:a", &public, 0, NULL));
	mirror = alices_mirror("q:", MORSEL_WATCH_RECURSIVE);
	shrink(mirror);
	follow(mirror, 100);
	is_int(mirror->count, 2, "a pool with an object");
	for (i = 0; i < 100; i++)
		need(!morsel_set(ctx, "q:a", 0, &public, NULL));
	need(!morsel_pool_destroy(ctx, "q"));
	need(!morsel_pool_create(ctx, "q", &attr, NULL));
	follow(mirror, 300);
	is_int(mirror->count, 0, "another one of that name is not taken for it");
	need(!morsel_pool_destroy(ctx, "q"));
	end(mirror);
}

static void test_refusals(void)
{
	struct morsel_events *events;

	need(!morsel_events_open(ctx, &events));
	is_int(morsel_watch_add(events, "p:d", 0, NULL), -EINVAL, "no watch among all events");
	morsel_events_close(events);
	become(ALICE);
	is_int(morsel_events_open(ctx, &events), -EPERM, "not all events for alice");
	need(!morsel_watch_open(ctx, &events));
	is_int(morsel_watch_add(events, "p:d/closed", 0, NULL), -EACCES, "what she may not read");
	ok(strstr(morsel_error(ctx), "read and search"), "in words: %s", morsel_error(ctx));
	is_int(morsel_watch_add(events, "p:none", 0, NULL), -ENOENT, "what is not there");
	is_int(morsel_watch_add(events, "p:d", 8, NULL), -EINVAL, "unknown flags");
	is_int(morsel_watch_add(events, "p:d", 0, NULL), 0, "a directory");
	is_int(morsel_watch_add(events, "p:d", 0, NULL), -EEXIST, "twice");
	is_int(morsel_watch_add(events, "p:d/u", 0, NULL), 0, "another one");
	morsel_events_close(events);
	become(0);
}

int main(void)
{
	need(!morsel_ctx_new(&ctx));
	make_world();
	test_refusals();
	test_group();
	test_moves();
	test_watch();
	test_entries();
	test_pool_end();
	morsel_ctx_free(ctx);
	return done_testing();
}
