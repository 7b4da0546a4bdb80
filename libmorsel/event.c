// SPDX-License-Identifier: LGPL-2.1-or-later
/* The events of the multicast group "events". */
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

static int join(struct morsel_events *events)
{
	int group, err, size = MORSEL_EVENT_BUFFER;

	err = morsel_resolve_family(events->owner, events->sock, &events->family);
	if (!err)
		err = morsel_resolve_group(events->owner, events->sock, MORSEL_MCGRP_EVENTS,
					   &group);
	if (err)
		return err;
	/* The second is for those who may not exceed the system's limit. */
	if (setsockopt(events->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(events->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(events->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ||
	    fcntl(events->fd, F_SETFL, O_NONBLOCK))
		return morsel_fail(events->owner, -errno, "subscribing to events: %s",
				   strerror(errno));
	return 0;
}

MORSEL_EXPORT int morsel_events_open(struct morsel_ctx *ctx, struct morsel_events **out)
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
		err = join(events);
	}
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
	free(events);
}

MORSEL_EXPORT int morsel_events_fd(const struct morsel_events *events)
{
	return events->fd;
}

/* ---- receiving ---- */

static struct morsel_event *lost_event(uint64_t first, uint64_t count)
{
	struct morsel_event *event = morsel_event_new(MORSEL_EVENT_LOST);

	if (event) {
		event->seq = first;
		event->lost = count;
	}
	return event;
}

/* Put an event about a gap before @event, if there is one. */
static int check_gap(struct morsel_events *events, struct morsel_event *event,
		     struct morsel_event **out)
{
	uint64_t expected = events->next_seq;

	events->next_seq = event->seq + 1;
	if (!expected || event->seq == expected) {
		*out = event;
		return 1;
	}
	events->held = event;
	if (event->seq > expected)
		*out = lost_event(expected, event->seq - expected);
	else
		*out = lost_event(0, 0); /* the module was loaded anew */
	return *out ? 1 : -ENOMEM;
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
		/* Of a kind that is newer than the library: a number all the same. */
		if (events->next_seq && (uint32_t)events->next_seq == nlh->nlmsg_seq)
			events->next_seq++;
	}
	return 0;
}

MORSEL_EXPORT int morsel_events_next(struct morsel_events *events, struct morsel_event **out)
{
	ssize_t n;
	int err;

	morsel_clear_error(events->owner);
	if (events->held) {
		*out = events->held;
		events->held = NULL;
		return 1;
	}
	for (;;) {
		err = morsel_events_take(events, out);
		if (err > 0)
			return err;
		if (err < 0)
			return morsel_fail(events->owner, err, "an event: %s", strerror(-err));
		n = morsel_recv_kernel(events->fd, events->buffer, sizeof(events->buffer), 0);
		if (n == -EAGAIN)
			return 0;
		if (n == -ENOBUFS) {
			*out = lost_event(0, 0);
			return *out ? 1 : -ENOMEM;
		}
		if (n < 0)
			return morsel_fail(events->owner, n, "receiving events: %s", strerror(-n));
		events->pos = 0;
		events->left = n;
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
