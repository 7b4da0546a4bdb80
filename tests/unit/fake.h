/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel for the library to talk to: answers are put together message by message. */
#ifndef FAKE_H
#define FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include "libmorsel/netlink.h"

enum {
	FAKE_FAMILY = 33,
	FAKE_PORT = 4711,
	FAKE_EMPTY = 0,
};

/* One datagram: messages in a row. Aligned as the library's own buffers are. */
struct fake_buf {
	char data[MORSEL_MSG_SIZE] __attribute__((aligned(8)));
	size_t len;
};

/* Append a message header; sequence number and port are filled in when it is received. */
struct nlmsghdr *fake_msg(struct fake_buf *buf, uint16_t type, uint16_t flags);
/* Append to the last message. */
void fake_bytes(struct fake_buf *buf, const void *data, size_t len);
void fake_genl(struct fake_buf *buf, uint8_t cmd);
void fake_attr(struct fake_buf *buf, uint16_t type, const void *data, size_t len);
void fake_u32(struct fake_buf *buf, uint16_t type, uint32_t value);
void fake_u64(struct fake_buf *buf, uint16_t type, uint64_t value);
void fake_str(struct fake_buf *buf, uint16_t type, const char *value);

/* Whole messages. */
void fake_ack(struct fake_buf *buf, int error, const char *text, uint32_t attr_offset,
	      uint32_t miss_type);
void fake_done(struct fake_buf *buf, int error, const char *text, uint16_t flags);
void fake_pool(struct fake_buf *buf, uint32_t id, const char *name);
void fake_object(struct fake_buf *buf, uint64_t id, const char *pool, const char *path,
		 uint64_t size);

/*
 * A context whose requests are answered by @answer: it sees the request and
 * fills the datagrams that come back, one per call with @round 0, 1, ... until
 * the library stops to ask. Return: 0, or -errno for recv() to fail with.
 */
typedef int fake_answer_fn(const struct nlmsghdr *request, int round, struct fake_buf *buf);

struct morsel_ctx *fake_ctx(fake_answer_fn *answer);
void fake_attach(struct morsel_ctx *ctx, fake_answer_fn *answer);

/* What went on. */
extern struct fake_log {
	int opens, closes, sends;
	int open_error, send_error;
	char request[MORSEL_REQUEST_SIZE] __attribute__((aligned(8)));
} fake;

/* The attribute @type of the last request, or NULL. */
const void *fake_sent(uint16_t type, size_t *len);
uint8_t fake_sent_cmd(void);

#endif
