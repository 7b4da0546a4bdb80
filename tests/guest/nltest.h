/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to the family "morsel" over a raw socket, so that a test sees what the
 * kernel says and nothing in between smooths it over.
 *
 *	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
 *	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
 *	nl_str(&nl, MORSEL_A_OBJECT_PATH, "a");
 *	granted(&nl, "get");
 *	is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), 4096, "its size");
 */
#ifndef TEST_NL_H
#define TEST_NL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <uapi/linux/morsel.h>
#include "tap.h"

struct nl {
	int fd;
	uint16_t family;
	uint32_t group; /* of the multicast group "events" */
	uint32_t seq;

	unsigned char out[32768]; /* the request in the making */
	size_t len;
	unsigned char in[65536]; /* what came last */

	/* of the last answer */
	int command;
	uint32_t in_seq;
	const struct nlattr *attrs[128];
	char text[256];	  /* of a refusal */
	int bad_attr;	  /* that a refusal names; 0: none */
	int miss_attr;	  /* that a refusal misses; 0: none */
	bool interrupted; /* a message of the dump said so */
};

/* Open a socket and find the family; ends the test on failure. */
void nl_open(struct nl *nl);
void nl_close(struct nl *nl);
/* Bare socket, no family. */
int nl_socket(void);
int nl_join(struct nl *nl);

void nl_begin(struct nl *nl, int command);
void nl_u32(struct nl *nl, int attr, uint32_t value);
void nl_u64(struct nl *nl, int attr, uint64_t value);
void nl_str(struct nl *nl, int attr, const char *value);
void nl_flag(struct nl *nl, int attr);
void nl_raw(struct nl *nl, int attr, const void *data, size_t len);

/* Send what was begun.  @flags: beside NLM_F_REQUEST. */
void nl_send(struct nl *nl, int flags);
/* Send, and receive the reply, if any, and the acknowledgment.  Return: 0 or errno. */
int nl_talk(struct nl *nl);
/* Receive what nl_talk() receives. */
int nl_answer(struct nl *nl);

/* Dump; @each is called for each object with its attributes in nl->attrs. */
int nl_dump(struct nl *nl, void (*each)(struct nl *nl, void *arg), void *arg);
/* The receiving part.  @pause: return EAGAIN after the first datagram. */
int nl_dump_answer(struct nl *nl, void (*each)(struct nl *nl, void *arg), void *arg, bool pause);

/* Receive an event within @ms.  Return: 0 or errno (EAGAIN: none). */
int nl_event(struct nl *nl, int ms);

bool nl_has(const struct nl *nl, int attr);
uint64_t nl_number(const struct nl *nl, int attr);    /* 0 if absent */
const char *nl_string(const struct nl *nl, int attr); /* "" if absent */

#define granted(nl, ...) is_int(nl_talk(nl), 0, __VA_ARGS__)
/* Refused with errno, with a text that contains @text, and naming @attr (0: any or none). */
#define refused(nl, errno, text, attr, ...)                                                        \
	nl_refused(nl, nl_talk(nl), errno, text, attr, __FILE__, __LINE__, __VA_ARGS__)
bool nl_refused(struct nl *nl, int got, int want, const char *text, int attr, const char *file,
		int line, const char *fmt, ...) __attribute__((format(printf, 8, 9)));

/* Short cuts for the attributes that most requests have. */
void nl_object(struct nl *nl, int command, const char *pool, const char *path);
void nl_pool(struct nl *nl, int command, const char *name);

#endif
