// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The socket. libnl builds and takes apart messages and finds the family; its
 * receive loop is not used, because it drops the errno of a failed dump and the
 * kernel's words.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include "netlink.h"

static int set_option(int fd, int option)
{
	int on = 1;

	return setsockopt(fd, SOL_NETLINK, option, &on, sizeof(on)) ? -errno : 0;
}

int morsel_socket_open(uint64_t owner, struct nl_sock **out)
{
	struct nl_sock *sock = nl_socket_alloc();
	int err = 0;

	if (!sock)
		return morsel_fail(owner, -ENOMEM, "netlink socket: %s", strerror(ENOMEM));
	errno = 0;
	if (nl_connect(sock, NETLINK_GENERIC) < 0)
		err = errno ? -errno : -EIO;
	/* The kernel's words, but not our request back. */
	if (!err)
		err = set_option(nl_socket_get_fd(sock), NETLINK_EXT_ACK);
	if (!err)
		err = set_option(nl_socket_get_fd(sock), NETLINK_CAP_ACK);
	if (err) {
		nl_socket_free(sock);
		return morsel_fail(owner, err, "netlink socket: %s", strerror(-err));
	}
	*out = sock;
	return 0;
}

int morsel_resolve_family(uint64_t owner, struct nl_sock *sock, uint16_t *family)
{
	int id = genl_ctrl_resolve(sock, MORSEL_FAMILY_NAME);

	if (id == -NLE_OBJ_NOTFOUND)
		return morsel_fail(owner, -ENODEV, "the kernel module morsel is not loaded");
	if (id < 0)
		return morsel_fail(owner, -EIO, "netlink family %s: %s", MORSEL_FAMILY_NAME,
				   nl_geterror(id));
	*family = id;
	return 0;
}

int morsel_resolve_group(uint64_t owner, struct nl_sock *sock, const char *name, int *group)
{
	int id = genl_ctrl_resolve_grp(sock, MORSEL_FAMILY_NAME, name);

	if (id < 0)
		return morsel_fail(owner, -EIO, "netlink group %s: %s", name, nl_geterror(id));
	*group = id;
	return 0;
}

ssize_t morsel_recv_kernel(int fd, void *buf, size_t len, int flags)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { buf, len };
	struct msghdr msg = { .msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do {
		msg.msg_namelen = sizeof(from);
		n = recvmsg(fd, &msg, flags);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid));
	if (n < 0)
		return -errno;
	return msg.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}

static int netlink_open(struct morsel_ctx *ctx)
{
	int err = morsel_socket_open(ctx->serial, &ctx->sock);

	if (err)
		return err;
	err = morsel_resolve_family(ctx->serial, ctx->sock, &ctx->family);
	if (err) {
		nl_socket_free(ctx->sock);
		return err;
	}
	ctx->fd = nl_socket_get_fd(ctx->sock);
	ctx->port = nl_socket_get_local_port(ctx->sock);
	return 0;
}

static void netlink_close(struct morsel_ctx *ctx)
{
	nl_socket_free(ctx->sock);
}

static ssize_t netlink_send(struct morsel_ctx *ctx, const void *buf, size_t len)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n;

	do {
		n = sendto(ctx->fd, buf, len, 0, (const struct sockaddr *)&kernel, sizeof(kernel));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t netlink_recv(struct morsel_ctx *ctx, void *buf, size_t len)
{
	return morsel_recv_kernel(ctx->fd, buf, len, 0);
}

const struct morsel_transport morsel_netlink_transport = {
	.open = netlink_open,
	.close = netlink_close,
	.send = netlink_send,
	.recv = netlink_recv,
};
