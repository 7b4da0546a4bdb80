// SPDX-License-Identifier: LGPL-2.1-or-later
/* Subscriptions: the multicast group "events", and what all of them have in common. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include "event.h"

/* ---- subscribing ---- */

static int prepare(struct morsel_events *events)
{
	int size = MORSEL_EVENT_BUFFER, err;

	err = morsel_resolve_family(events->owner, events->sock, &events->family);
	if (err)
		return err;
	/* The second is for those who may not exceed the system's limit. */
	if (setsockopt(events->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(events->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (fcntl(events->fd, F_SETFL, O_NONBLOCK))
		return morsel_fail(events->owner, -errno, "subscribing to events: %s",
				   strerror(errno));
	return 0;
}

int morsel_events_new(struct morsel_ctx *ctx, struct morsel_events **out)
{
	struct morsel_events *events = calloc(1, sizeof(*events));
	int err;

	morsel_clear_error(ctx->serial);
	if (!events)
		return morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	events->owner = ctx->serial;
	err = morsel_socket_open(ctx->serial, &events->sock);
	if (!err) {
		events->fd = nl_socket_get_fd(events->sock);
		err = prepare(events);
	}
	if (err)
		morsel_events_close(events);
	else
		*out = events;
	return err;
}

static int join(struct morsel_events *events)
{
	int group, err;

	err = morsel_resolve_group(events->owner, events->sock, MORSEL_MCGRP_EVENTS, &group);
	if (err)
		return err;
	if (setsockopt(events->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return errno == EPERM ?
			       morsel_fail(events->owner, -EPERM,
					   "only CAP_SYS_ADMIN may be told of all events") :
			       morsel_fail(events->owner, -errno, "subscribing to events: %s",
					   strerror(errno));
	return 0;
}

MORSEL_EXPORT int morsel_events_open(struct morsel_ctx *ctx, struct morsel_events **out)
{
	struct morsel_events *events = NULL;
	int err;

	err = morsel_events_new(ctx, &events);
	if (!events)
		return err;
	err = join(events);
	if (err)
		morsel_events_close(events);
	else
		*out = events;
	return err;
}

MORSEL_EXPORT void morsel_events_close(struct morsel_events *events)
{
	if (!events)
		return;
	if (events->sock)
		nl_socket_free(events->sock);
	morsel_event_free(events->held);
	morsel_watch_exit(events);
	morsel_track_exit(events);
	free(events);
}

MORSEL_EXPORT int morsel_events_fd(const struct morsel_events *events)
{
	return events->fd;
}

/* ---- receiving ---- */

struct morsel_source *morsel_events_source(struct morsel_events *events, uint64_t watch)
{
	struct morsel_source *source;
	size_t i;

	if (!watch)
		return &events->group;
	for (i = 0; (source = morsel_array_at(&events->watches, i)); i++)
		if (source->watch == watch)
			return source;
	return NULL;
}

static struct morsel_event *lost_event(uint64_t watch, uint64_t first, uint64_t count)
{
	struct morsel_event *event = morsel_event_new(MORSEL_EVENT_LOST);

	if (event) {
		event->watch = watch;
		event->seq = first;
		event->lost = count;
	}
	return event;
}

/* Put an event about a gap before @event, if there is one. */
static int check_gap(struct morsel_events *events, struct morsel_event *event,
		     struct morsel_event **out)
{
	struct morsel_source *source = morsel_events_source(events, event->watch);
	uint64_t expected = source ? source->next_seq : 0;

	if (source)
		source->next_seq = event->seq + 1;
	if (!expected || event->seq == expected) {
		*out = event;
		return 1;
	}
	events->held = event;
	if (event->seq > expected)
		*out = lost_event(event->watch, expected, event->seq - expected);
	else
		*out = lost_event(event->watch, 0, 0); /* the module was loaded anew */
	return *out ? 1 : -ENOMEM;
}

/* An event of a kind that is newer than the library is a number all the same. */
static void count_unknown(struct morsel_events *events, uint32_t seq)
{
	struct morsel_source *source = &events->group;

	if (events->watches.count == 1) /* else it cannot be told whose it is */
		source = morsel_array_at(&events->watches, 0);
	if (source->next_seq && (uint32_t)source->next_seq == seq)
		source->next_seq++;
}

int morsel_events_take(struct morsel_events *events, struct morsel_event **out)
{
	struct morsel_event *event;
	struct nlmsghdr *nlh;
	int n, err;

	while (events->left > 0) {
		nlh = (struct nlmsghdr *)(events->buffer + events->pos);
		if (!nlmsg_ok(nlh, events->left)) {
			events->left = 0;
			return -EPROTO;
		}
		n = NLMSG_ALIGN(nlh->nlmsg_len);
		events->pos += n;
		events->left -= n;
		if (nlh->nlmsg_type != events->family)
			continue;
		err = morsel_event_parse(nlh, &event);
		if (err)
			return err;
		if (event)
			return check_gap(events, event, out);
		count_unknown(events, nlh->nlmsg_seq);
	}
	return 0;
}

/* Get a datagram into the buffer. Return: 1; 0: there is none now; or -errno. */
static int receive(struct morsel_events *events)
{
	ssize_t n;

	if (morsel_watch_early(events))
		return 1;
	n = morsel_recv_kernel(events->fd, events->buffer, sizeof(events->buffer), 0);
	if (n == -EAGAIN)
		return 0;
	if (n < 0)
		return n;
	events->pos = 0;
	events->left = n;
	return 1;
}

/* The next event of the kernel's, or one that says that there was a loss. */
static int next_of_kernel(struct morsel_events *events, struct morsel_event **out)
{
	int ret;

	if (events->held) {
		*out = events->held;
		events->held = NULL;
		return 1;
	}
	do {
		ret = morsel_events_take(events, out);
		if (ret > 0)
			return ret;
		if (ret < 0)
			return morsel_fail(events->owner, ret, "an event: %s", strerror(-ret));
		ret = events->overrun ? -ENOBUFS : receive(events);
	} while (ret > 0);
	if (ret == -ENOBUFS) {
		*out = lost_event(0, 0, 0);
		events->overrun = !*out;
		return *out ? 1 : -ENOMEM;
	}
	if (ret < 0)
		return morsel_fail(events->owner, ret, "receiving events: %s", strerror(-ret));
	return 0;
}

/* An event that the library has made. Return: is there one? */
static bool next_resynced(struct morsel_events *events, struct morsel_event **out)
{
	if (events->told == events->resynced.count)
		return false;
	*out = events->resynced.items[events->told++];
	return true;
}

MORSEL_EXPORT int morsel_events_next(struct morsel_events *events, struct morsel_event **out)
{
	struct morsel_event *event = NULL;
	int ret;

	morsel_clear_error(events->owner);
	for (;;) {
		if (next_resynced(events, out))
			return 1;
		ret = next_of_kernel(events, &event);
		if (ret > 0 && events->tracking && !morsel_track(events, event)) {
			morsel_event_free(event);
			continue;
		}
		if (ret > 0) {
			*out = event;
			return ret;
		}
		if (ret < 0 || !morsel_track_stale(events))
			return ret;
		/* All that was sent before the loss has been read. */
		ret = morsel_track_resync(events);
		if (ret)
			return ret;
	}
}

MORSEL_EXPORT int morsel_events_dispatch(struct morsel_events *events, morsel_event_fn *fn,
					 void *data)
{
	struct morsel_event *event = NULL;
	int ret;

	while ((ret = morsel_events_next(events, &event)) > 0) {
		ret = fn(data, event);
		morsel_event_free(event);
		event = NULL;
		if (ret)
			break;
	}
	return ret;
}
