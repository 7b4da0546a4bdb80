/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the family morsel; what is refused ends the program. */
#ifndef BENCH_GENL_H
#define BENCH_GENL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include "bench.h"

struct message {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[512];
};

/* Once, before everything else. */
void genl_open(void);
/* Begin a request about the object in the root of a mounted pool that has this path. */
void genl_object(struct message *m, int command, const char *path);
void genl_put(struct message *m, int type, const void *data, size_t len);
/* Send, and receive up to the acknowledgment. */
void genl_talk(const struct message *m);

#endif
