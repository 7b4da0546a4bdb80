// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include "fake.h"

struct fake_log fake;
static fake_answer_fn *answer;
static int round_of_answer;

/* ---- messages ---- */

static struct nlmsghdr *last_msg(struct fake_buf *buf)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf->data, *next = nlh;

	while ((char *)next < buf->data + buf->len) {
		nlh = next;
		next = (struct nlmsghdr *)((char *)nlh + NLMSG_ALIGN(nlh->nlmsg_len));
	}
	return nlh;
}

struct nlmsghdr *fake_msg(struct fake_buf *buf, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)(buf->data + buf->len);

	assert_true(buf->len + NLMSG_HDRLEN <= sizeof(buf->data));
	*nlh = (struct nlmsghdr){ NLMSG_HDRLEN, type, flags, 0, 0 };
	buf->len += NLMSG_HDRLEN;
	return nlh;
}

void fake_bytes(struct fake_buf *buf, const void *data, size_t len)
{
	struct nlmsghdr *nlh = last_msg(buf);
	size_t padded = NLMSG_ALIGN(len);

	assert_true(buf->len + padded <= sizeof(buf->data));
	memset(buf->data + buf->len, 0, padded);
	memcpy(buf->data + buf->len, data, len);
	buf->len += padded;
	nlh->nlmsg_len = buf->data + buf->len - (char *)nlh;
}

void fake_genl(struct fake_buf *buf, uint8_t cmd)
{
	struct genlmsghdr genl = { cmd, MORSEL_FAMILY_VERSION, 0 };

	fake_bytes(buf, &genl, sizeof(genl));
}

void fake_attr(struct fake_buf *buf, uint16_t type, const void *data, size_t len)
{
	struct nlattr nla = { NLA_HDRLEN + len, type };
	char whole[NLA_HDRLEN + 8192];

	assert_true(len <= 8192);
	memcpy(whole, &nla, sizeof(nla));
	memcpy(whole + NLA_HDRLEN, data, len);
	fake_bytes(buf, whole, NLA_HDRLEN + len);
}

void fake_u32(struct fake_buf *buf, uint16_t type, uint32_t value)
{
	fake_attr(buf, type, &value, sizeof(value));
}

void fake_u64(struct fake_buf *buf, uint16_t type, uint64_t value)
{
	fake_attr(buf, type, &value, sizeof(value));
}

void fake_str(struct fake_buf *buf, uint16_t type, const char *value)
{
	fake_attr(buf, type, value, strlen(value) + 1);
}

void fake_ack(struct fake_buf *buf, int error, const char *text, uint32_t attr_offset,
	      uint32_t miss_type)
{
	bool tlvs = text || attr_offset || miss_type;
	struct nlmsgerr err = { .error = error, .msg = { .nlmsg_len = 999 } };

	fake_msg(buf, NLMSG_ERROR, NLM_F_CAPPED | (tlvs ? NLM_F_ACK_TLVS : 0));
	fake_bytes(buf, &err, sizeof(err));
	if (text)
		fake_str(buf, NLMSGERR_ATTR_MSG, text);
	if (attr_offset)
		fake_u32(buf, NLMSGERR_ATTR_OFFS, attr_offset);
	if (miss_type)
		fake_u32(buf, NLMSGERR_ATTR_MISS_TYPE, miss_type);
}

void fake_done(struct fake_buf *buf, int error, const char *text, uint16_t flags)
{
	fake_msg(buf, NLMSG_DONE, NLM_F_MULTI | flags | (text ? NLM_F_ACK_TLVS : 0));
	fake_bytes(buf, &error, sizeof(error));
	if (text)
		fake_str(buf, NLMSGERR_ATTR_MSG, text);
}

void fake_pool(struct fake_buf *buf, uint32_t id, const char *name)
{
	fake_msg(buf, FAKE_FAMILY, 0);
	fake_genl(buf, MORSEL_CMD_POOL_GET);
	fake_u32(buf, MORSEL_A_POOL_ID, id);
	fake_str(buf, MORSEL_A_POOL_NAME, name);
	fake_u64(buf, MORSEL_A_POOL_SIZE, 1ULL << 30);
	fake_u64(buf, MORSEL_A_POOL_USED, 4ULL << 20);
	fake_u64(buf, MORSEL_A_POOL_USED_HUGE, 2ULL << 20);
	fake_u64(buf, MORSEL_A_POOL_AVAILABLE, 1020ULL << 20);
	fake_u64(buf, MORSEL_A_POOL_TREE_TABLES, 5);
	fake_u64(buf, MORSEL_A_POOL_RW_TABLES, 6);
	fake_u64(buf, MORSEL_A_POOL_RO_TABLES, 7);
	fake_u64(buf, MORSEL_A_POOL_OBJECTS, 3);
	fake_u32(buf, MORSEL_A_POOL_HUGE, MORSEL_HUGE_ALWAYS);
	fake_u32(buf, MORSEL_A_POOL_MODE, 0755);
	fake_u32(buf, MORSEL_A_POOL_FLAGS, MORSEL_POOL_FLAG_PINNED);
}

void fake_object(struct fake_buf *buf, uint64_t id, const char *pool, const char *path,
		 uint64_t size)
{
	bool dir = path && (!*path || path[strlen(path) - 1] == '/');
	char plain[256] = "";

	if (path) /* a slash at the end marks a directory here */
		strncpy(plain, path, strlen(path) - (dir && *path));
	fake_msg(buf, FAKE_FAMILY, 0);
	fake_genl(buf, MORSEL_CMD_MORSEL_GET);
	fake_u32(buf, MORSEL_A_OBJECT_POOL_ID, 1);
	fake_str(buf, MORSEL_A_OBJECT_POOL_NAME, pool);
	fake_u64(buf, MORSEL_A_OBJECT_ID, id);
	if (path)
		fake_str(buf, MORSEL_A_OBJECT_PATH, plain);
	fake_u32(buf, MORSEL_A_OBJECT_TYPE,
		 dir ? MORSEL_OBJECT_TYPE_DIRECTORY : MORSEL_OBJECT_TYPE_FILE);
	fake_u64(buf, MORSEL_A_OBJECT_SIZE, size);
	fake_u32(buf, MORSEL_A_OBJECT_MODE, 0640);
	fake_u32(buf, MORSEL_A_OBJECT_NLINK, 1);
	fake_u64(buf, MORSEL_A_OBJECT_MTIME, 1700000000123456789);
}

/* ---- transport ---- */

static int fake_open(struct morsel_ctx *ctx)
{
	if (fake.open_error)
		return morsel_fail(ctx->serial, fake.open_error, "fake: %s",
				   strerror(-fake.open_error));
	fake.opens++;
	ctx->family = FAKE_FAMILY;
	ctx->port = FAKE_PORT;
	return 0;
}

static void fake_close(struct morsel_ctx *ctx)
{
	(void)ctx;
	fake.closes++;
}

static ssize_t fake_send(struct morsel_ctx *ctx, const void *buf, size_t len)
{
	(void)ctx;
	assert_true(len <= sizeof(fake.request));
	if (fake.send_error)
		return fake.send_error;
	memcpy(fake.request, buf, len);
	round_of_answer = 0;
	fake.sends++;
	return len;
}

/* Make unstamped messages answers to the request. */
static void stamp(struct fake_buf *buf)
{
	const struct nlmsghdr *request = (const struct nlmsghdr *)fake.request;
	size_t pos = 0;

	while (pos + NLMSG_HDRLEN <= buf->len) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)(buf->data + pos);

		if (!nlh->nlmsg_seq)
			nlh->nlmsg_seq = request->nlmsg_seq;
		if (!nlh->nlmsg_pid)
			nlh->nlmsg_pid = request->nlmsg_pid;
		if (nlh->nlmsg_len < NLMSG_HDRLEN)
			break;
		pos += NLMSG_ALIGN(nlh->nlmsg_len);
	}
}

static ssize_t fake_recv(struct morsel_ctx *ctx, void *data, size_t len)
{
	struct fake_buf buf = { .len = 0 };
	int err;

	(void)ctx;
	err = answer((const struct nlmsghdr *)fake.request, round_of_answer++, &buf);
	if (err)
		return err;
	stamp(&buf);
	assert_true(buf.len <= len);
	memcpy(data, buf.data, buf.len);
	return buf.len;
}

static const struct morsel_transport fake_transport = {
	.open = fake_open,
	.close = fake_close,
	.send = fake_send,
	.recv = fake_recv,
};

void fake_attach(struct morsel_ctx *ctx, fake_answer_fn *fn)
{
	ctx->transport = &fake_transport;
	memset(&fake, 0, sizeof(fake));
	answer = fn;
}

struct morsel_ctx *fake_ctx(fake_answer_fn *fn)
{
	struct morsel_ctx *ctx;

	assert_int_equal(morsel_ctx_new(&ctx), 0);
	fake_attach(ctx, fn);
	return ctx;
}

const void *fake_sent(uint16_t type, size_t *len)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)fake.request;
	const char *end = fake.request + nlh->nlmsg_len;
	const char *p = (const char *)NLMSG_DATA(nlh) + GENL_HDRLEN;

	for (; p < end; p += NLA_ALIGN(((const struct nlattr *)p)->nla_len)) {
		const struct nlattr *nla = (const struct nlattr *)p;

		if (nla->nla_type != type)
			continue;
		if (len)
			*len = nla->nla_len - NLA_HDRLEN;
		return p + NLA_HDRLEN;
	}
	return NULL;
}

uint8_t fake_sent_cmd(void)
{
	return ((const struct genlmsghdr *)NLMSG_DATA(fake.request))->cmd;
}
