// SPDX-License-Identifier: LGPL-2.1-or-later
/* One request: build it, send it, take the replies and the verdict, start over where needed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include "netlink.h"

/* ---- building ---- */

int morsel_request_init(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
			enum morsel_attr_space space)
{
	*req = (struct morsel_request){ .cmd = cmd, .space = space };
	req->msg = nlmsg_alloc_size(MORSEL_REQUEST_SIZE);
	if (!req->msg || !genlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0, 0, cmd,
				      MORSEL_FAMILY_VERSION)) {
		nlmsg_free(req->msg);
		return morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	}
	return 0;
}

void morsel_put_u32(struct morsel_request *req, int type, uint32_t value)
{
	req->too_long |= nla_put_u32(req->msg, type, value) < 0;
}

void morsel_put_u64(struct morsel_request *req, int type, uint64_t value)
{
	req->too_long |= nla_put_u64(req->msg, type, value) < 0;
}

void morsel_put_string(struct morsel_request *req, int type, const char *value)
{
	req->too_long |= nla_put_string(req->msg, type, value) < 0;
}

void morsel_put_flag(struct morsel_request *req, int type)
{
	req->too_long |= nla_put_flag(req->msg, type) < 0;
}

void morsel_request_drop(struct morsel_request *req)
{
	nlmsg_free(req->msg);
	req->msg = NULL;
}

/* ---- the verdict ---- */

/* Which attribute the kernel complains about, or NULL. */
static const char *accused_attr(const struct morsel_request *req,
				const struct morsel_verdict *verdict)
{
	unsigned int type = verdict->miss_type;

	if (!type && verdict->attr_offset)
		type = morsel_attr_at(nlmsg_hdr(req->msg), verdict->attr_offset);
	return morsel_attr_name(req->space, type);
}

/* Return: the errno in @verdict, with the text to it. */
static int report(struct morsel_ctx *ctx, const struct morsel_request *req,
		  const struct morsel_verdict *verdict)
{
	const char *attr = accused_attr(req, verdict);
	char text[512];

	if (!verdict->err)
		return 0;
	if (verdict->text) {
		snprintf(text, sizeof(text), "%.*s", verdict->text_len, verdict->text);
		morsel_fail(ctx->serial, verdict->err, "%s", morsel_quote(text));
	} else if (verdict->miss_type && attr) {
		morsel_fail(ctx->serial, verdict->err, "the attribute %s is missing", attr);
	} else {
		morsel_fail(ctx->serial, verdict->err, "%s", strerror(-verdict->err));
	}
	morsel_fail_attr(attr);
	return verdict->err;
}

/* ---- sending and receiving ---- */

/* What has come of an exchange. */
struct exchange {
	bool finished;	  /* the kernel has said its last word */
	bool silent;	  /* it gave an errno without words */
	bool interrupted; /* names changed during a dump */
};

static int send_request(struct morsel_ctx *ctx, struct morsel_request *req)
{
	struct nlmsghdr *nlh = nlmsg_hdr(req->msg);
	ssize_t n;

	if (!++ctx->seq)
		ctx->seq = 1; /* 0 is for notifications */
	nlh->nlmsg_type = ctx->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | (req->dump ? NLM_F_DUMP : NLM_F_ACK);
	nlh->nlmsg_seq = ctx->seq;
	nlh->nlmsg_pid = ctx->port;
	n = ctx->transport->send(ctx, nlh, nlh->nlmsg_len);
	if (n < 0)
		return morsel_fail(ctx->serial, n, "sending %s: %s", morsel_cmd_name(req->cmd),
				   strerror(-n));
	return 0;
}

static int malformed(struct morsel_ctx *ctx, const struct morsel_request *req)
{
	return morsel_fail(ctx->serial, -EPROTO, "the kernel's answer to %s makes no sense",
			   morsel_cmd_name(req->cmd));
}

static int take_message(struct morsel_ctx *ctx, struct morsel_request *req,
			const struct nlmsghdr *nlh, struct exchange *ex)
{
	struct morsel_verdict verdict;
	int err;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		ex->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		if (morsel_parse_verdict(nlh, &verdict))
			return malformed(ctx, req);
		ex->finished = true;
		ex->silent = !verdict.text;
		return report(ctx, req, &verdict);
	}
	if (nlh->nlmsg_type != ctx->family || !req->reply)
		return malformed(ctx, req);
	err = req->reply(req->data, nlh);
	if (err == -EPROTO)
		return malformed(ctx, req);
	return err ? morsel_fail(ctx->serial, err, "%s", strerror(-err)) : 0;
}

/* Take all messages of one datagram that belong to the request. */
static int take_datagram(struct morsel_ctx *ctx, struct morsel_request *req, int len,
			 struct exchange *ex)
{
	struct nlmsghdr *nlh = ctx->buffer;
	int err;

	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != ctx->seq || nlh->nlmsg_pid != ctx->port)
			continue;
		err = take_message(ctx, req, nlh, ex);
		if (err || ex->finished)
			return err;
	}
	return len > 0 ? malformed(ctx, req) : 0;
}

static int exchange(struct morsel_ctx *ctx, struct morsel_request *req, struct exchange *ex)
{
	ssize_t n;
	int err;

	*ex = (struct exchange){ 0 };
	err = send_request(ctx, req);
	while (!err && !ex->finished) {
		n = ctx->transport->recv(ctx, ctx->buffer, MORSEL_MSG_SIZE);
		if (n < 0)
			err = morsel_fail(ctx->serial, n, "receiving the answer to %s: %s",
					  morsel_cmd_name(req->cmd), strerror(-n));
		else
			err = take_datagram(ctx, req, n, ex);
	}
	/* The rest of a broken-off answer must not be taken for the answer to the next request. */
	if (!ex->finished)
		morsel_ctx_disconnect(ctx);
	return err;
}

/* ---- starting over ---- */

static int connect_ctx(struct morsel_ctx *ctx)
{
	int err;

	ctx->fresh = !ctx->buffer;
	if (ctx->buffer)
		return 0;
	ctx->buffer = malloc(MORSEL_MSG_SIZE);
	if (!ctx->buffer)
		return morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	err = ctx->transport->open(ctx);
	if (err) {
		free(ctx->buffer);
		ctx->buffer = NULL;
	}
	return err;
}

/*
 * Could a new socket change the answer? An errno without words may mean that
 * the family has got another number; EPERM, that the process has other rights
 * than when it opened the socket. A refused request has changed nothing.
 */
static bool is_stale(const struct morsel_ctx *ctx, int err, const struct exchange *ex)
{
	return ex->finished && !ctx->fresh && ((err == -ENOENT && ex->silent) || err == -EPERM);
}

/* A dump that names changed under is made again; the last try stands, marked. */
static int run_locked(struct morsel_ctx *ctx, struct morsel_request *req)
{
	struct exchange ex;
	int tries, err;

	for (tries = 1;; tries++) {
		err = connect_ctx(ctx);
		if (err)
			return err;
		err = exchange(ctx, req, &ex);
		if (is_stale(ctx, err, &ex)) {
			morsel_ctx_disconnect(ctx);
		} else if (err || !ex.interrupted || tries == MORSEL_DUMP_TRIES) {
			req->inexact = ex.interrupted;
			return err;
		}
		if (req->restart)
			req->restart(req->data);
	}
}

int morsel_request_run(struct morsel_ctx *ctx, struct morsel_request *req)
{
	int err;

	if (req->too_long) {
		err = morsel_fail(ctx->serial, -EMSGSIZE, "the request is too long");
	} else {
		morsel_lock(ctx);
		err = run_locked(ctx, req);
		morsel_unlock(ctx);
	}
	morsel_log(ctx, "%s: %s", morsel_cmd_name(req->cmd), err ? morsel_error(ctx) : "done");
	morsel_request_drop(req);
	return err;
}
