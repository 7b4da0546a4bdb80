/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MORSEL_EVENT_INTERNAL_H
#define MORSEL_EVENT_INTERNAL_H

#include "netlink.h"

enum { MORSEL_EVENT_BUFFER = 1 << 20 }; /* of the socket, in bytes */

struct morsel_event {
	enum morsel_event_type type;
	uint64_t seq, lost;
	struct morsel_pool *pool;
	struct morsel_info *info;
};

struct morsel_events {
	uint64_t owner; /* serial number of the context, for error texts */
	struct nl_sock *sock;
	int fd;
	uint16_t family;
	uint64_t next_seq;	   /* 0: none has come yet */
	struct morsel_event *held; /* comes after the gap that was reported */
	size_t pos;		   /* in the buffer */
	int left;
	char buffer[MORSEL_MSG_SIZE] __attribute__((aligned(8)));
};

/* Take an event out of the buffer. Return: 1; 0: it is empty; -errno. */
int morsel_events_take(struct morsel_events *events, struct morsel_event **out);

#endif
