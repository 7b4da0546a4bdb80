/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests over generic netlink, most of them to the family morsel. */
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

extern uint16_t genl_family; /* morsel's */

/* Once, before everything else; ends the program if there is no such family. */
void genl_open(void);
void genl_begin(struct message *m, int type, int command, int flags);
/* Begin a request about the object in the root of a mounted pool that has this path. */
void genl_object(struct message *m, int command, const char *path);
void genl_put(struct message *m, int type, const void *data, size_t len);
/* Send, and receive up to the acknowledgment; what is refused ends the program. */
void genl_talk(const struct message *m);
/*
 * Send, and receive the first answer: all there is without NLM_F_ACK.
 * Return: its length, or -errno.
 */
int genl_exchange(const struct message *m);
/* What is in an attribute of the last answer, of @len bytes; without one the program ends. */
const void *genl_find(int len, int type);
/* Forget the end of a dump. */
void genl_drop(void);

#endif
