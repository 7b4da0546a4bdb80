// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The library's lists and events while names change: what is lost shows, and what stays is there.
 * pool: size=128M,name=p
 * groups: cli
 * timeout: 120
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <errno.h>
#include <fcntl.h>
#include <morsel.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

static struct morsel_ctx *ctx;

static void touch(const char *dir, int number)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/mnt/morsel/%s/%d", dir, number);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	need(fd >= 0);
	close(fd);
}

/* ---- lists ---- */

enum { STABLE = 5000 };

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Are there STABLE objects with names in p:stable, each once? */
static bool complete(const struct morsel_list *list)
{
	uint64_t *ids = calloc(morsel_list_count(list) + 1, sizeof(*ids));
	size_t i, n = 0;
	bool twice = false;

	for (i = 0; i < morsel_list_count(list); i++) {
		const struct morsel_info *info = morsel_list_at(list, i);

		if (morsel_info_path(info) && !strncmp(morsel_info_path(info), "stable/", 7))
			ids[n++] = morsel_info_id(info);
	}
	qsort(ids, n, sizeof(*ids), compare_ids);
	for (i = 1; i < n; i++)
		twice |= ids[i] == ids[i - 1];
	free(ids);
	return n == STABLE && !twice;
}

static int churn(void *arg)
{
	int i;

	(void)arg;
	for (i = 0;; i++) {
		touch("churn", i % 50);
		if (i % 50 == 49)
			(void)!system("rm -f /mnt/morsel/churn/*");
	}
	return 0;
}

static void test_lists(void)
{
	struct morsel_list *list;
	pid_t pid;
	int i;

	need(!mkdir("/mnt/morsel/stable", 0700) && !mkdir("/mnt/morsel/churn", 0700));
	for (i = 0; i < STABLE; i++)
		touch("stable", i);
	need(!morsel_list(ctx, "p:stable", 0, &list));
	is_int(morsel_list_count(list), STABLE, "a large directory");
	ok(complete(list) && !morsel_list_inexact(list), "is complete and exact");
	morsel_list_free(list);

	pid = start_child(churn, NULL);
	for (i = 0; i < 5; i++) {
		need(!morsel_list(ctx, "p:", MORSEL_LIST_RECURSIVE, &list));
		ok(complete(list), "beside changes: what stays is there once%s",
		   morsel_list_inexact(list) ? " (marked inexact)" : "");
		morsel_list_free(list);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* ---- events ---- */

static struct morsel_event *next(struct morsel_events *events)
{
	struct pollfd fd = { .fd = morsel_events_fd(events), .events = POLLIN };
	struct morsel_event *event = NULL;
	int ret;

	while (!(ret = morsel_events_next(events, &event)))
		if (poll(&fd, 1, 5000) <= 0)
			return NULL;
	if (ret < 0)
		bail_out("events: %s", morsel_error(ctx));
	return event;
}

/* Let far more happen than the socket holds; nothing that is missing may go unnoticed. */
static void test_overrun(void)
{
	struct morsel_events *events;
	struct morsel_event *event;
	uint64_t expected = 0, got = 0, lost = 0, told = 0;
	bool gap = false, last = false;
	int i;

	need(!morsel_events_open(ctx, &events));
	for (i = 0; i < 4000; i++)
		touch("churn", i);
	while (!last && (event = next(events))) {
		if (morsel_event_type(event) == MORSEL_EVENT_LOST) {
			told++;
			lost += morsel_event_lost(event);
			if (morsel_event_lost(event))
				expected = morsel_event_seq(event) + morsel_event_lost(event);
		} else {
			gap |= expected && morsel_event_seq(event) != expected;
			expected = morsel_event_seq(event) + 1;
			got++;
		}
		morsel_event_free(event);
		/* the end of a gap shows in the first event behind it */
		if (told && !lost && got)
			touch("churn", i++);
		last = told && lost;
	}
	ok(told && lost, "the overrun is told: %lu lost in %lu gaps, %lu seen", (unsigned long)lost,
	   (unsigned long)told, (unsigned long)got);
	ok(!gap, "no other number is missing");
	event = next(events);
	ok(event && morsel_event_seq(event) == expected, "it goes on behind the gap");
	morsel_event_free(event);
	morsel_events_close(events);
}

int main(void)
{
	need(!morsel_ctx_new(&ctx));
	test_lists();
	test_overrun();
	morsel_ctx_free(ctx);
	return done_testing();
}
