// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers that make no sense, and sockets that have gone stale. */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fake.h"

static int answer_pool(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	assert_int_equal(round, 0);
	fake_pool(buf, 1, "db");
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

/* ---- sockets gone stale ---- */

static int answer_by_opens(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	if (fake.opens < 2) {
		fake_ack(buf, fake.send_error ? 0 : -ENOENT, NULL, 0, 0);
	} else {
		fake_pool(buf, 1, "db");
		fake_ack(buf, 0, NULL, 0, 0);
	}
	return 0;
}

static int answer_enoent(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, -ENOENT, "no such pool", 0, 0);
	return 0;
}

static int answer_eperm(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, -EPERM, "the socket was opened by another", 0, 0);
	return 0;
}

static void test_stale(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_by_opens);

	(void)state;
	/* on a fresh socket an errno without words is final */
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -ENOENT);
	assert_int_equal(fake.opens, 1);
	/* on an old one the family may have got a new number */
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), 0);
	assert_int_equal(fake.opens, 2);
	morsel_ctx_free(ctx);

	ctx = fake_ctx(answer_enoent);
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -ENOENT);
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -ENOENT);
	assert_int_equal(fake.opens, 1);
	assert_int_equal(fake.sends, 2);
	morsel_ctx_free(ctx);

	/* rights may have changed since the socket was opened: once more, not for ever */
	ctx = fake_ctx(answer_eperm);
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -EPERM);
	assert_int_equal(fake.sends, 1);
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -EPERM);
	assert_int_equal(fake.sends, 3);
	assert_int_equal(fake.opens, 2);
	morsel_ctx_free(ctx);
}

static void test_no_module(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_pool);

	(void)state;
	fake.open_error = -ENODEV;
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -ENODEV);
	fake.open_error = 0;
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), 0);
	morsel_ctx_free(ctx);
}

static void test_send_fails(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_pool);

	(void)state;
	fake.send_error = -ENOBUFS;
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), -ENOBUFS);
	assert_non_null(strstr(morsel_error(ctx), "pool-get"));
	fake.send_error = 0;
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), 0);
	morsel_ctx_free(ctx);
}

/* ---- answers that make no sense ---- */

static int nonsense;

static int answer_nonsense(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	struct nlmsghdr *nlh;

	(void)request;
	switch (nonsense) {
	case 0: /* success without the object */
		fake_ack(buf, 0, NULL, 0, 0);
		return 0;
	case 1: /* a message of another family */
		nlh = fake_msg(buf, FAKE_FAMILY + 1, 0);
		nlh->nlmsg_len = NLMSG_HDRLEN;
		return 0;
	case 2: /* cut within a message */
		fake_pool(buf, 1, "db");
		buf->len -= 8;
		return 0;
	case 3: /* half a header */
		fake_pool(buf, 1, "db");
		fake_msg(buf, NLMSG_DONE, 0);
		buf->len -= 8;
		return 0;
	case 4: /* a header that claims less than itself */
		nlh = fake_msg(buf, NLMSG_DONE, 0);
		nlh->nlmsg_len = 3;
		return 0;
	case 5: /* a reply without a name */
		fake_pool(buf, 1, "");
		return 0;
	case 6:
		return -ENOBUFS;
	case 7:
		return round ? -ECONNRESET : 0; /* an empty datagram, then trouble */
	default:				/* an error that is none */
		fake_ack(buf, 17, NULL, 0, 0);
		return 0;
	}
}

static void test_nonsense(void **state)
{
	static const int expected[] = { -EPROTO, -EPROTO, -EPROTO, -EPROTO, -EPROTO,
					-EPROTO, -ENOBUFS, -ECONNRESET, -EPROTO };
	struct morsel_ctx *ctx = fake_ctx(answer_nonsense);

	(void)state;
	for (nonsense = 0; nonsense < (int)ARRAY_SIZE(expected); nonsense++) {
		fake.opens = fake.closes = 0;
		assert_int_equal(morsel_pool_get(ctx, "db", NULL), expected[nonsense]);
		assert_true(morsel_error(ctx)[0] != '\0');
		/* the rest of the answer is not taken for the next one: a new socket */
		if (nonsense)
			assert_int_equal(fake.closes, 1);
	}
	morsel_ctx_free(ctx);
}

static int answer_strangers(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	struct nlmsghdr *nlh;

	(void)round;
	fake_pool(buf, 5, "late"); /* the answer to an earlier request */
	((struct nlmsghdr *)buf->data)->nlmsg_seq = request->nlmsg_seq - 1;
	nlh = (struct nlmsghdr *)(buf->data + buf->len);
	fake_pool(buf, 6, "other"); /* to another socket */
	nlh->nlmsg_pid = FAKE_PORT + 1;
	nlh = (struct nlmsghdr *)(buf->data + buf->len);
	fake_ack(buf, -EIO, "of an earlier request", 0, 0);
	nlh->nlmsg_seq = request->nlmsg_seq - 1;
	fake_pool(buf, 1, "db");
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static void test_strangers(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_strangers);
	struct morsel_pool *pool;

	(void)state;
	ctx->seq = 41;
	assert_int_equal(morsel_pool_get(ctx, "db", &pool), 0);
	assert_string_equal(morsel_pool_name(pool), "db");
	morsel_pool_free(pool);
	morsel_ctx_free(ctx);
}

/* Sequence number 0 is for notifications. */
static void test_seq_wraps(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_pool);

	(void)state;
	ctx->seq = UINT32_MAX;
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), 0);
	assert_int_equal(((struct nlmsghdr *)fake.request)->nlmsg_seq, 1);
	morsel_ctx_free(ctx);
}

/* ---- processes ---- */

static void test_fork(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_pool);
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), 0);
	pthread_mutex_lock(&ctx->lock); /* by a thread that the child will not have */
	child = fork();
	if (!child) {
		alarm(20);
		if (morsel_pool_get(ctx, "db", NULL))
			_exit(1);
		_exit(fake.opens == 2 && fake.closes == 1 ? 0 : 2);
	}
	pthread_mutex_unlock(&ctx->lock);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(morsel_pool_get(ctx, "db", NULL), 0);
	assert_int_equal(fake.opens, 1);
	morsel_ctx_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_no_module),
		cmocka_unit_test(test_send_fails),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_seq_wraps),
		cmocka_unit_test(test_fork),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
