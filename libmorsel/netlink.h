/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Talking to the generic netlink family. */
#ifndef MORSEL_NETLINK_H
#define MORSEL_NETLINK_H

#include <sys/types.h>
#include "internal.h"

struct nl_msg;
struct nlmsghdr;

enum {
	/* The kernel sizes the messages of a dump by the receive buffer it sees, up to this. */
	MORSEL_MSG_SIZE = 32768,
	MORSEL_REQUEST_SIZE = 16384, /* two paths and change */
	MORSEL_DUMP_TRIES = 6,	     /* the first and five more */
};

/* ---- transport.c ---- */

/* How messages get to the kernel; tests put themselves in its place. */
struct morsel_transport {
	/* Fill ctx->sock, fd, port, family. Return: 0 or -errno with an error text. */
	int (*open)(struct morsel_ctx *ctx);
	void (*close)(struct morsel_ctx *ctx);
	/* Return: bytes, or -errno. */
	ssize_t (*send)(struct morsel_ctx *ctx, const void *buf, size_t len);
	ssize_t (*recv)(struct morsel_ctx *ctx, void *buf, size_t len);
};

extern const struct morsel_transport morsel_netlink_transport;

/* A connected socket. Return: 0 or -errno with an error text. */
int morsel_socket_open(uint64_t owner, struct nl_sock **sock);
int morsel_resolve_family(uint64_t owner, struct nl_sock *sock, uint16_t *family);
int morsel_resolve_group(uint64_t owner, struct nl_sock *sock, const char *name, int *group);
/*
 * Receive one datagram from the kernel; those of other senders are dropped.
 * Return: bytes, or -errno; -EMSGSIZE if it was longer than @len.
 */
ssize_t morsel_recv_kernel(int fd, void *buf, size_t len, int flags);

/* ---- attrs.c: the names in the contract ---- */

enum morsel_attr_space { MORSEL_SPACE_POOL,
			 MORSEL_SPACE_OBJECT,
			 MORSEL_SPACE_QUOTA,
			 MORSEL_SPACE_WINDOW,
			 MORSEL_SPACE_VAS };

/* Return: the name, or NULL if there is none of that number. Static. */
const char *morsel_attr_name(enum morsel_attr_space space, unsigned int type);
const char *morsel_cmd_name(unsigned int cmd);

/* ---- reply.c: taking apart what the kernel says ---- */

/* The verdict in NLMSG_ERROR or NLMSG_DONE. */
struct morsel_verdict {
	int err;	  /* 0 or -errno */
	const char *text; /* in the message, not terminated; NULL: none */
	int text_len;
	uint32_t attr_offset; /* of the bad attribute in the request; 0: none */
	uint32_t miss_type;   /* type of the missing attribute; 0: none */
};

/* Return: 0, or -EPROTO if the message is malformed. */
int morsel_parse_verdict(const struct nlmsghdr *nlh, struct morsel_verdict *verdict);
/* The type of the attribute of @request that starts at @offset, or 0. */
unsigned int morsel_attr_at(const struct nlmsghdr *request, uint32_t offset);

/*
 * Return: 0, -EPROTO, -ENOMEM. @event_seq may be NULL. Free the result with
 * morsel_pool_free() or morsel_info_free().
 */
int morsel_parse_pool(const struct nlmsghdr *nlh, struct morsel_pool **pool, uint64_t *event_seq);
int morsel_parse_info(const struct nlmsghdr *nlh, struct morsel_info **info, uint64_t *event_seq);

/* ---- request.c ---- */

struct morsel_request {
	struct nl_msg *msg;
	enum morsel_attr_space space;
	unsigned int cmd;
	bool dump;
	bool inexact;  /* result of a dump: names changed during every try */
	bool too_long; /* an attribute did not fit */
	/* Take a reply. Return: 0, or -errno to give up. NULL: none is expected. */
	int (*reply)(void *data, const struct nlmsghdr *nlh);
	/* Dumps: forget the replies so far. */
	void (*restart)(void *data);
	void *data;
};

/* Return: 0 or -ENOMEM with an error text. Run or drop it then. */
int morsel_request_init(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
			enum morsel_attr_space space);
void morsel_put_u32(struct morsel_request *req, int type, uint32_t value);
void morsel_put_u64(struct morsel_request *req, int type, uint64_t value);
void morsel_put_string(struct morsel_request *req, int type, const char *value);
void morsel_put_flag(struct morsel_request *req, int type);
/* Free the message of a request that is not run. */
void morsel_request_drop(struct morsel_request *req);
/* Send, receive, retry, and free the message. Return: 0 or -errno with an error text. */
int morsel_request_run(struct morsel_ctx *ctx, struct morsel_request *req);

/* ---- gather.c ---- */

/* What a list is of. */
struct morsel_kind {
	/* Make an item of a message. Return: 0 or -errno. */
	int (*parse)(const struct nlmsghdr *nlh, void **item);
	void (*destroy)(void *item);
};

/* The public types of lists have this as their only member. */
struct morsel_gathered {
	struct morsel_array items;
	const struct morsel_kind *kind;
	bool inexact; /* names changed during every try */
};

/*
 * Run the dump @req, which is begun, and gather what it answers with.
 * Return: 0 and @out to be freed with morsel_gathered_free(), or -errno with an error text.
 */
int morsel_gather(struct morsel_ctx *ctx, struct morsel_request *req,
		  const struct morsel_kind *kind, struct morsel_gathered **out);
void morsel_gathered_free(struct morsel_gathered *all);

/* ---- object.c ---- */

/*
 * Begin a request about the object @text, which must have the id @id unless
 * that is 0. Return: 0 or -errno with an error text.
 */
int morsel_begin_object(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
			const char *text, uint64_t id);
/* Take over what is in a list; see list.c. */
void morsel_list_take(struct morsel_list *list, struct morsel_array *infos);
/*
 * Begin a dump of the entries of a directory, or of all in all pools if @name is NULL.
 * @flags: enum morsel_list_flags
 */
int morsel_begin_list(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
		      const char *name, unsigned int flags);

#endif
