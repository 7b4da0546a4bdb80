/* SPDX-License-Identifier: GPL-2.0-only */
/* What dumps share: see nl_dump.c. */
#ifndef MORSEL_NL_DUMP_H
#define MORSEL_NL_DUMP_H

#include "nl.h"

/* A dump that is going on, between two calls. */
struct morsel_nl_dump {
	const struct cred *cred;	/* of who asked */
	const char *refusal;		/* with @error: the reason */
	u64 next;			/* id of the object to go on with */
	u64 within;			/* id of the directory asked for; 0: all */
	u64 serial;			/* the last attachment of object @next that was dumped */
	union {
		u32 pool;		/* id of the pool that is being, or was last, dumped */
		u32 pid;		/* process that is being dumped; 0: the window */
	};
	s16 error;			/* start cannot explain itself, so dumpit does */
	u16 gaps : 1;			/* between reservations, too */
	u16 one_pool : 1;
	u16 one_object : 1;		/* @next and no other */
	u16 recursive : 1;
	u16 pool_done : 1;		/* all objects of @pool are dumped */
	u16 window_done : 1;		/* all reservations are; @serial: id of the last pool */
};

static_assert(sizeof(struct morsel_nl_dump) <= sizeof_field(struct netlink_callback, ctx));

static inline struct morsel_nl_dump *morsel_nl_dump_of(struct netlink_callback *cb)
{
	return (struct morsel_nl_dump *)cb->ctx;
}

/* Keep the credentials of who asks, and the verdict on him.  morsel_nl_dump_done() is due. */
void morsel_nl_dump_start(struct netlink_callback *cb);
static inline void morsel_nl_dump_refuse(struct morsel_nl_dump *dump, int error, const char *why)
{
	dump->error = error;
	dump->refusal = why;
}

/* Dump with the rights of who asked, or explain why not. */
int morsel_nl_dump_as_asked(struct sk_buff *skb, struct netlink_callback *cb,
			    int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb));

/* The header of one more message; NULL when @skb is full. */
void *morsel_nl_dump_header(struct sk_buff *skb, struct netlink_callback *cb, int command);
/* Return: 0, or -EMSGSIZE when @skb is full. */
int morsel_nl_dump_end(struct sk_buff *skb, void *header, int error);
/* What dumpit returns: go on if something was put into the message. */
int morsel_nl_dump_verdict(const struct sk_buff *skb, int error);

/*
 * Objects, one after the other, that are in the pool and directory of the request.
 * @tell: puts what there is to tell of an object into @skb; what the caller may see
 *	only.  -EMSGSIZE: not all of it, call again.
 */
int morsel_nl_dump_objects(struct sk_buff *skb, struct netlink_callback *cb,
			   int (*tell)(struct sk_buff *skb, struct netlink_callback *cb,
				       const struct morsel_nl_object *object));

/* The pool to go on with: the one the dump is in, or the next; NULL at the end. */
struct morsel_pool *morsel_nl_dump_pool(struct morsel_nl_dump *dump);

#endif
