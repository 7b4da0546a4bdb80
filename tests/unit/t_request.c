// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests: what is sent, and what is made of the answers, over a kernel of straw. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "fake.h"

static int answer_pool(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	assert_int_equal(round, 0);
	fake_pool(buf, 1, "db");
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static void test_create_pool(void **state)
{
	const struct morsel_pool_attr attr = {
		.set = MORSEL_POOL_SET_SIZE | MORSEL_POOL_SET_MODE | MORSEL_POOL_SET_HUGE,
		.size = 1 << 30,
		.mode = 0700,
		.uid = 5,
	};
	struct morsel_ctx *ctx = fake_ctx(answer_pool);
	const struct nlmsghdr *sent = (const struct nlmsghdr *)fake.request;
	struct morsel_pool *pool;
	size_t len;

	(void)state;
	assert_int_equal(morsel_pool_create(ctx, "db", &attr, &pool), 0);
	assert_string_equal(morsel_pool_name(pool), "db");
	morsel_pool_free(pool);
	assert_int_equal(sent->nlmsg_type, FAKE_FAMILY);
	assert_int_equal(sent->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_int_equal(fake_sent_cmd(), MORSEL_CMD_POOL_NEW);
	assert_string_equal(fake_sent(MORSEL_A_POOL_NAME, &len), "db");
	assert_int_equal(len, 3);
	assert_int_equal(*(const uint64_t *)fake_sent(MORSEL_A_POOL_SIZE, &len), 1 << 30);
	assert_int_equal(len, 8);
	assert_int_equal(*(const uint32_t *)fake_sent(MORSEL_A_POOL_MODE, &len), 0700);
	assert_int_equal(len, 4);
	assert_int_equal(*(const uint32_t *)fake_sent(MORSEL_A_POOL_HUGE, NULL), 0);
	assert_null(fake_sent(MORSEL_A_POOL_UID, NULL));
	morsel_ctx_free(ctx);
	assert_int_equal(fake.opens, 1);
	assert_int_equal(fake.closes, 1);
}

/* What the library refuses by itself never reaches the kernel. */
static void test_refused_early(void **state)
{
	struct morsel_attr attr = { .set = 1U << 20 };
	struct morsel_pool_attr pool_attr = { .reserved = { 0, 0, 1, 0 } };
	struct morsel_ctx *ctx = fake_ctx(answer_pool);

	(void)state;
	assert_int_equal(morsel_pool_create(ctx, "a/b", NULL, NULL), -EINVAL);
	assert_int_equal(morsel_pool_create(ctx, "ab", &pool_attr, NULL), -EINVAL);
	assert_int_equal(morsel_create(ctx, "p:a", &attr, 0, NULL), -EINVAL);
	attr = (struct morsel_attr){ .reserved[3] = 1 };
	assert_int_equal(morsel_set(ctx, "p:a", 0, &attr, NULL), -EINVAL);
	assert_int_equal(morsel_create(ctx, "p:a", NULL, 64, NULL), -EINVAL);
	assert_int_equal(morsel_list(ctx, "p:a", 64, NULL), -EINVAL);
	assert_int_equal(morsel_rename(ctx, "p:a", 0, "q:a", 0), -EXDEV);
	assert_string_equal(morsel_error(ctx), "\"q:a\" is in another pool");
	assert_int_equal(morsel_rename(ctx, "pp:a", 0, "p:a", 0), -EXDEV);
	assert_int_equal(morsel_rename(ctx, "p:a", 0, "pp:a", 0), -EXDEV);
	assert_int_equal(morsel_rename(ctx, "p:a", 0, "p:../a", 0), -EINVAL);
	assert_int_equal(fake.sends, 0);
	morsel_ctx_free(ctx);
}

/* ---- refusals ---- */

static int answer_taken(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)round;
	(void)request;
	/* the second attribute of the request: after a name of 3 bytes */
	fake_ack(buf, -EINVAL, "more than the machine has", NLMSG_HDRLEN + GENL_HDRLEN + 8, 0);
	return 0;
}

static void test_refusal(void **state)
{
	const struct morsel_pool_attr attr = { .set = MORSEL_POOL_SET_SIZE, .size = 1ULL << 60 };
	struct morsel_ctx *ctx = fake_ctx(answer_taken);
	struct morsel_pool *pool = (void *)1;

	(void)state;
	assert_int_equal(morsel_pool_create(ctx, "db", &attr, &pool), -EINVAL);
	assert_ptr_equal(pool, (void *)1);
	assert_string_equal(morsel_error(ctx), "more than the machine has");
	assert_string_equal(morsel_error_attr(ctx), "size");
	assert_int_equal(fake.sends, 1);
	assert_int_equal(fake.closes, 0);
	morsel_ctx_free(ctx);
}

static int answer_missing(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, -EINVAL, NULL, 0, MORSEL_A_POOL_NAME);
	return 0;
}

static int answer_hostile(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, -EINVAL, "\x1b[2J\n", 0, 0);
	return 0;
}

static int answer_wordless(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, -EDQUOT, NULL, 0, 0);
	return 0;
}

static void test_wordings(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_missing);

	(void)state;
	assert_int_equal(morsel_pool_destroy(ctx, "db"), -EINVAL);
	assert_string_equal(morsel_error(ctx), "the attribute name is missing");
	assert_string_equal(morsel_error_attr(ctx), "name");
	morsel_ctx_free(ctx);
	ctx = fake_ctx(answer_hostile);
	assert_int_equal(morsel_pool_destroy(ctx, "db"), -EINVAL);
	assert_string_equal(morsel_error(ctx), "\\x1b[2J\\x0a");
	morsel_ctx_free(ctx);
	ctx = fake_ctx(answer_wordless);
	assert_int_equal(morsel_pool_destroy(ctx, "db"), -EDQUOT);
	assert_string_equal(morsel_error(ctx), strerror(EDQUOT));
	morsel_ctx_free(ctx);
}

/* ---- dumps ---- */

static int interruptions;

/* Three datagrams with one object each; @interruptions dumps are marked in the last. */
static int answer_dump(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	char path[16];

	assert_true(request->nlmsg_flags & NLM_F_DUMP);
	snprintf(path, sizeof(path), "dir/%d", round);
	if (round < 3)
		fake_object(buf, round + 2, "db", path, 4096);
	else if (interruptions-- > 0)
		fake_done(buf, 0, NULL, NLM_F_DUMP_INTR);
	else
		fake_done(buf, 0, NULL, 0);
	return 0;
}

static void test_list(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_dump);
	struct morsel_list *list;

	(void)state;
	interruptions = 0;
	assert_int_equal(morsel_list(ctx, "db:dir", MORSEL_LIST_RECURSIVE, &list), 0);
	assert_int_equal(morsel_list_count(list), 3);
	assert_string_equal(morsel_info_path(morsel_list_at(list, 2)), "dir/2");
	assert_null(morsel_list_at(list, 3));
	assert_false(morsel_list_inexact(list));
	assert_non_null(fake_sent(MORSEL_A_OBJECT_RECURSIVE, NULL));
	assert_string_equal(fake_sent(MORSEL_A_OBJECT_PATH, NULL), "dir");
	morsel_list_free(list);

	/* everything everywhere */
	assert_int_equal(morsel_list(ctx, NULL, MORSEL_LIST_RECURSIVE, &list), 0);
	assert_null(fake_sent(MORSEL_A_OBJECT_RECURSIVE, NULL));
	assert_null(fake_sent(MORSEL_A_OBJECT_POOL_NAME, NULL));
	morsel_list_free(list);
	morsel_ctx_free(ctx);
}

static void test_interrupted(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_dump);
	struct morsel_list *list;

	(void)state;
	interruptions = 5;
	assert_int_equal(morsel_list(ctx, "db:", 0, &list), 0);
	assert_int_equal(fake.sends, 6);
	assert_int_equal(morsel_list_count(list), 3);
	assert_false(morsel_list_inexact(list));
	morsel_list_free(list);

	fake.sends = 0;
	interruptions = 100;
	assert_int_equal(morsel_list(ctx, "db:", 0, &list), 0);
	assert_int_equal(fake.sends, 6);
	assert_int_equal(morsel_list_count(list), 3);
	assert_true(morsel_list_inexact(list));
	morsel_list_free(list);
	assert_int_equal(fake.opens, 1);
	morsel_ctx_free(ctx);
}

static int answer_denied(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	if (!round)
		fake_object(buf, 1, "db", "a", 1);
	else
		fake_done(buf, -EACCES, "no search permission", 0);
	return 0;
}

/* The errno in NLMSG_DONE is no empty list. */
static void test_denied_dump(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_denied);
	struct morsel_list *list = (void *)1;

	(void)state;
	assert_int_equal(morsel_list(ctx, "db:", 0, &list), -EACCES);
	assert_ptr_equal(list, (void *)1);
	assert_string_equal(morsel_error(ctx), "no search permission");
	morsel_ctx_free(ctx);
}

static int answer_pools(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_pool(buf, 1, "a");
	fake_pool(buf, 4, "b");
	fake_done(buf, 0, NULL, 0);
	return 0;
}

static void test_pools(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_pools);
	struct morsel_pool_list *list;

	(void)state;
	assert_int_equal(morsel_pool_list(ctx, &list), 0);
	assert_int_equal(morsel_pool_list_count(list), 2);
	assert_string_equal(morsel_pool_name(morsel_pool_list_at(list, 1)), "b");
	assert_null(morsel_pool_list_at(list, 2));
	morsel_pool_list_free(list);
	morsel_ctx_free(ctx);
}

/* ---- objects ---- */

static int answer_object(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_object(buf, 9, "db", "a/b", 12345);
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static int answer_nothing(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static void test_objects(void **state)
{
	const struct morsel_attr attr = { .set = MORSEL_SET_GID, .gid = 7 };
	struct morsel_ctx *ctx = fake_ctx(answer_object);
	struct morsel_info *info;

	(void)state;
	assert_int_equal(morsel_create(ctx, "db:/a/b", NULL,
				       MORSEL_CREATE_EXCLUSIVE | MORSEL_CREATE_DIRECTORY, &info),
			 0);
	assert_int_equal(morsel_info_size(info), 12345);
	assert_false(morsel_info_created(info));
	morsel_info_free(info);
	assert_int_equal(fake_sent_cmd(), MORSEL_CMD_MORSEL_NEW);
	assert_string_equal(fake_sent(MORSEL_A_OBJECT_PATH, NULL), "a/b");
	assert_non_null(fake_sent(MORSEL_A_OBJECT_EXCLUSIVE, NULL));
	assert_int_equal(*(const uint32_t *)fake_sent(MORSEL_A_OBJECT_TYPE, NULL),
			 MORSEL_OBJECT_TYPE_DIRECTORY);

	assert_int_equal(morsel_set(ctx, "db:a/b", 9, &attr, NULL), 0);
	assert_int_equal(fake_sent_cmd(), MORSEL_CMD_MORSEL_SET);
	assert_int_equal(*(const uint32_t *)fake_sent(MORSEL_A_OBJECT_GID, NULL), 7);
	assert_int_equal(*(const uint64_t *)fake_sent(MORSEL_A_OBJECT_ID, NULL), 9);
	assert_null(fake_sent(MORSEL_A_OBJECT_SIZE, NULL));

	assert_int_equal(morsel_resize(ctx, "db:a/b", 0), 0);
	assert_int_equal(*(const uint64_t *)fake_sent(MORSEL_A_OBJECT_SIZE, NULL), 0);

	assert_int_equal(morsel_rename(ctx, "db:a", 0, "db:b", MORSEL_RENAME_FLAG_EXCHANGE), 0);
	assert_string_equal(fake_sent(MORSEL_A_OBJECT_NEW_PATH, NULL), "b");
	assert_int_equal(*(const uint32_t *)fake_sent(MORSEL_A_OBJECT_RENAME_FLAGS, NULL),
			 MORSEL_RENAME_FLAG_EXCHANGE);

	assert_int_equal(morsel_stat_id(ctx, "db", 9, NULL), 0);
	assert_null(fake_sent(MORSEL_A_OBJECT_PATH, NULL));
	morsel_ctx_free(ctx);

	ctx = fake_ctx(answer_nothing);
	assert_int_equal(morsel_remove(ctx, "db:a", 9), 0);
	assert_int_equal(fake_sent_cmd(), MORSEL_CMD_MORSEL_DEL);
	assert_int_equal(*(const uint64_t *)fake_sent(MORSEL_A_OBJECT_ID, NULL), 9);
	morsel_ctx_free(ctx);
}

/* ---- logs ---- */

static void log_line(void *data, const char *line)
{
	snprintf(data, 512, "%s", line);
}

static void test_log(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer_taken);
	char line[512] = "";

	(void)state;
	morsel_ctx_set_log(ctx, log_line, line);
	morsel_pool_destroy(ctx, "db");
	assert_string_equal(line, "pool-del: more than the machine has");
	line[0] = '\0';
	morsel_ctx_set_log(ctx, NULL, NULL);
	morsel_pool_destroy(ctx, "db");
	assert_string_equal(line, "");
	morsel_ctx_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create_pool),
		cmocka_unit_test(test_refused_early),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_wordings),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_denied_dump),
		cmocka_unit_test(test_pools),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
