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
	uint32_t pid, uid;
	uint64_t start, length, offset;
	uint32_t view;
	uint32_t quota_what, quota_uid;
	uint64_t used, limit;
	uint64_t object_id, other_id;
	uint32_t pool_id, error;
	char *name;				/* of what an alert is about */
	char pool_name[MORSEL_MAX_POOL_NAME + 1]; /* of an alert */
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

/* ---- event_parse.c ---- */

struct morsel_event *morsel_event_new(enum morsel_event_type type);
/* Make an event of @nlh; NULL if it is none that we know. Return: 0 or -errno. */
int morsel_event_parse(const struct nlmsghdr *nlh, struct morsel_event **out);

/* ---- event.c ---- */

/* Take an event out of the buffer. Return: 1; 0: it is empty; -errno. */
int morsel_events_take(struct morsel_events *events, struct morsel_event **out);

#endif
