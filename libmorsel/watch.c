// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Watches. A watch belongs to the socket that asks for it, so the request goes
 * through the socket that events come from; those that come before its answer
 * are put aside.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include "event.h"

struct datagram {
	size_t len;
	char data[];
};

/* ---- asking through the socket of events ---- */

static int asker_open(struct morsel_ctx *ctx)
{
	struct morsel_events *events = ctx->behind;

	ctx->fd = events->fd;
	ctx->port = nl_socket_get_local_port(events->sock);
	ctx->family = events->family;
	return 0;
}

static void asker_close(struct morsel_ctx *ctx)
{
	(void)ctx;
}

static ssize_t asker_send(struct morsel_ctx *ctx, const void *buf, size_t len)
{
	return morsel_netlink_transport.send(ctx, buf, len);
}

/* Without memory for an event it is lost. */
static void put_aside(struct morsel_events *events, const void *buf, size_t len)
{
	struct datagram *datagram = malloc(sizeof(*datagram) + len);

	if (datagram) {
		datagram->len = len;
		memcpy(datagram->data, buf, len);
	}
	if (!datagram || morsel_array_add(&events->early, datagram)) {
		free(datagram);
		events->overrun = true;
	}
}

static ssize_t asker_recv(struct morsel_ctx *ctx, void *buf, size_t len)
{
	struct morsel_events *events = ctx->behind;
	struct pollfd fd = { .fd = events->fd, .events = POLLIN };
	const struct nlmsghdr *nlh = buf;
	ssize_t n;

	for (;;) {
		n = morsel_recv_kernel(events->fd, buf, len, 0);
		if (n == -EAGAIN)
			poll(&fd, 1, -1);
		else if (n == -ENOBUFS)
			events->overrun = true;
		else if (n >= NLMSG_HDRLEN && !nlh->nlmsg_pid)
			put_aside(events, buf, n);
		else
			return n;
	}
}

static const struct morsel_transport asker_transport = {
	.open = asker_open,
	.close = asker_close,
	.send = asker_send,
	.recv = asker_recv,
};

bool morsel_watch_early(struct morsel_events *events)
{
	struct datagram *datagram = morsel_array_at(&events->early, 0);

	if (!datagram)
		return false;
	events->pos = 0;
	events->left = datagram->len;
	memcpy(events->buffer, datagram->data, datagram->len);
	free(datagram);
	events->early.count--;
	memmove(events->early.items, events->early.items + 1,
		events->early.count * sizeof(*events->early.items));
	return true;
}

/* ---- watches ---- */

MORSEL_EXPORT int morsel_watch_open(struct morsel_ctx *ctx, struct morsel_events **out)
{
	struct morsel_events *events;
	int err;

	err = morsel_events_new(ctx, &events);
	if (err)
		return err;
	err = morsel_ctx_new(&events->asker);
	if (err) {
		morsel_events_close(events);
		return morsel_fail(ctx->serial, err, "%s", strerror(-err));
	}
	events->asker->serial = events->owner;
	events->asker->transport = &asker_transport;
	events->asker->behind = events;
	*out = events;
	return 0;
}

static int take_watch(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_source *source = data;
	struct morsel_info *info;
	struct nlattr *nla;
	int err;

	nla = nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN, MORSEL_A_OBJECT_WATCH);
	if (!nla || nla_len(nla) != sizeof(uint64_t))
		return -EPROTO;
	err = morsel_parse_info(nlh, &info, NULL);
	if (err)
		return err;
	source->watch = nla_get_u64(nla);
	source->pool_id = info->pool_id;
	source->object_id = info->id;
	free(source->pool);
	source->pool = strdup(info->pool);
	morsel_info_free(info);
	return source->pool ? 0 : -ENOMEM;
}

static void free_source(void *item)
{
	struct morsel_source *source = item;

	morsel_known_clear(&source->known);
	free(source->pool);
	free(source);
}

static int ask_watch(struct morsel_events *events, const char *name, struct morsel_source *source)
{
	struct morsel_request req;
	int err;

	err = morsel_begin_object(events->asker, &req, MORSEL_CMD_MORSEL_WATCH, name, 0);
	if (err)
		return err;
	if (source->recursive)
		morsel_put_flag(&req, MORSEL_A_OBJECT_RECURSIVE);
	req.reply = take_watch;
	req.data = source;
	err = morsel_request_run(events->asker, &req);
	if (!err && !source->watch)
		err = morsel_fail(events->owner, -EPROTO, "the kernel did not number the watch");
	return err;
}

MORSEL_EXPORT int morsel_watch_add(struct morsel_events *events, const char *name,
				   unsigned int flags, uint64_t *watch)
{
	struct morsel_source *source;
	int err;

	morsel_clear_error(events->owner);
	if (!events->asker)
		return morsel_fail(events->owner, -EINVAL,
				   "the subscription is not one for watches");
	if (flags & ~MORSEL_WATCH_RECURSIVE)
		return morsel_fail(events->owner, -EINVAL, "a watch: unknown flags");
	source = calloc(1, sizeof(*source));
	if (!source)
		return morsel_fail(events->owner, -ENOMEM, "%s", strerror(ENOMEM));
	source->next_seq = 1;
	source->stale = source->lost = true;
	source->recursive = flags & MORSEL_WATCH_RECURSIVE;
	/* Before there is a watch, which could not be taken back. */
	err = morsel_array_add(&events->watches, source);
	if (err) {
		free_source(source);
		return morsel_fail(events->owner, err, "%s", strerror(-err));
	}
	err = ask_watch(events, name, source);
	if (err) {
		events->watches.count--;
		free_source(source);
	} else if (watch) {
		*watch = source->watch;
	}
	return err;
}

void morsel_watch_exit(struct morsel_events *events)
{
	morsel_array_clear(&events->early, free);
	morsel_array_clear(&events->watches, free_source);
	morsel_ctx_free(events->asker);
}
