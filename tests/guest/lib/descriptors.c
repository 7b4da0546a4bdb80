// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "../tap.h"
#include "descriptors.h"

void descriptor_send(int sock, int fd, const void *data, size_t len)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .hdr = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { (void *)data, len };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1,
			      .msg_control = &control, .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.hdr), &fd, sizeof(fd));
	need(sendmsg(sock, &msg, 0) == (ssize_t)len);
}

int descriptor_receive(int sock, void *data, size_t len)
{
	char room[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec part = { data, len };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1,
			      .msg_control = room, .msg_controllen = sizeof(room) };
	ssize_t n = recvmsg(sock, &msg, 0);
	int fd;

	if (n < 0 && errno == EAGAIN)
		return -1;
	need(n == (ssize_t)len && CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}
