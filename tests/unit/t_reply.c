// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts and replies, good ones and every kind of damaged one. */
#include <errno.h>
#include <stdlib.h>
#include "fake.h"

static struct nlmsghdr *only(struct fake_buf *buf)
{
	return (struct nlmsghdr *)buf->data;
}

/* ---- verdicts ---- */

static void test_error_words(void **state)
{
	struct morsel_verdict verdict;
	struct fake_buf buf = { .len = 0 };

	(void)state;
	fake_ack(&buf, -EEXIST, "the name is taken", 20, 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), 0);
	assert_int_equal(verdict.err, -EEXIST);
	assert_int_equal(verdict.text_len, 17);
	assert_memory_equal(verdict.text, "the name is taken", 17);
	assert_int_equal(verdict.attr_offset, 20);
	assert_int_equal(verdict.miss_type, 0);
}

static void test_ack(void **state)
{
	struct morsel_verdict verdict;
	struct fake_buf buf = { .len = 0 };

	(void)state;
	fake_ack(&buf, 0, NULL, 0, 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), 0);
	assert_int_equal(verdict.err, 0);
	assert_null(verdict.text);
}

/* Without NLM_F_CAPPED the request is repeated before the attributes. */
static void test_error_uncapped(void **state)
{
	struct nlmsgerr err = { .error = -EINVAL, .msg = { .nlmsg_len = NLMSG_HDRLEN + 10 } };
	struct morsel_verdict verdict;
	struct fake_buf buf = { .len = 0 };

	(void)state;
	fake_msg(&buf, NLMSG_ERROR, NLM_F_ACK_TLVS);
	fake_bytes(&buf, &err, sizeof(err));
	fake_bytes(&buf, "0123456789", 10);
	fake_str(&buf, NLMSGERR_ATTR_MSG, "no");
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), 0);
	assert_int_equal(verdict.err, -EINVAL);
	assert_int_equal(verdict.text_len, 2);

	/* a length in it that points behind the end, or before its own header */
	((struct nlmsgerr *)NLMSG_DATA(buf.data))->msg.nlmsg_len = 100000;
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
	((struct nlmsgerr *)NLMSG_DATA(buf.data))->msg.nlmsg_len = 3;
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
}

static void test_done_errno(void **state)
{
	struct morsel_verdict verdict;
	struct fake_buf buf = { .len = 0 };

	(void)state;
	fake_done(&buf, -EACCES, "no search permission", 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), 0);
	assert_int_equal(verdict.err, -EACCES);
	assert_memory_equal(verdict.text, "no search permission", 20);
}

static void test_nonsense(void **state)
{
	struct nlmsgerr err = { .error = 5 };
	struct morsel_verdict verdict;
	struct fake_buf buf = { .len = 0 };
	char text[] = { 'n', 'o', 't', ' ', 'z' };

	(void)state;
	fake_msg(&buf, NLMSG_NOOP, 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
	buf.len = 0;
	fake_msg(&buf, NLMSG_ERROR, 0);
	fake_bytes(&buf, &err, sizeof(err) - 4);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
	buf.len = 0;
	fake_msg(&buf, NLMSG_DONE, 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
	/* an errno that is none */
	buf.len = 0;
	fake_done(&buf, 5, NULL, 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
	buf.len = 0;
	fake_done(&buf, -70000, NULL, 0);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
	/* words without a NUL are words */
	buf.len = 0;
	fake_done(&buf, -EACCES, NULL, NLM_F_ACK_TLVS);
	fake_attr(&buf, NLMSGERR_ATTR_MSG, text, sizeof(text));
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), 0);
	assert_int_equal(verdict.text_len, sizeof(text));
	/* an offset that is too short */
	buf.len = 0;
	fake_done(&buf, -EACCES, NULL, NLM_F_ACK_TLVS);
	fake_attr(&buf, NLMSGERR_ATTR_OFFS, text, 2);
	assert_int_equal(morsel_parse_verdict(only(&buf), &verdict), -EPROTO);
}

/*
 * Every length a message can be cut to: in a block of exactly that size, so
 * that the sanitizer sees a byte read too far.
 */
static void cut_everywhere(const struct fake_buf *buf, void (*parse)(const struct nlmsghdr *))
{
	size_t len;

	for (len = NLMSG_HDRLEN; len <= buf->len; len++) {
		struct nlmsghdr *nlh = malloc(len);

		memcpy(nlh, buf->data, len);
		nlh->nlmsg_len = len;
		parse(nlh);
		free(nlh);
	}
}

static void parse_verdict(const struct nlmsghdr *nlh)
{
	struct morsel_verdict verdict;

	if (!morsel_parse_verdict(nlh, &verdict) && verdict.text)
		free(strndup(verdict.text, verdict.text_len));
}

static void test_cut_verdicts(void **state)
{
	struct fake_buf buf = { .len = 0 };

	(void)state;
	fake_ack(&buf, -EEXIST, "the name is taken", 20, 3);
	cut_everywhere(&buf, parse_verdict);
	buf.len = 0;
	fake_done(&buf, -EACCES, "no search permission", 0);
	cut_everywhere(&buf, parse_verdict);
}

/* ---- the attribute that is meant ---- */

static void test_attr_at(void **state)
{
	struct fake_buf buf = { .len = 0 };
	uint32_t offset;

	(void)state;
	fake_msg(&buf, FAKE_FAMILY, 0);
	fake_genl(&buf, MORSEL_CMD_POOL_NEW);
	fake_str(&buf, MORSEL_A_POOL_NAME, "p");
	offset = buf.len;
	fake_u64(&buf, MORSEL_A_POOL_SIZE, 1);
	assert_int_equal(morsel_attr_at(only(&buf), NLMSG_HDRLEN + GENL_HDRLEN),
			 MORSEL_A_POOL_NAME);
	assert_int_equal(morsel_attr_at(only(&buf), offset), MORSEL_A_POOL_SIZE);
	assert_int_equal(morsel_attr_at(only(&buf), offset + 1), 0);
	assert_int_equal(morsel_attr_at(only(&buf), 0), 0);
	assert_int_equal(morsel_attr_at(only(&buf), buf.len), 0);
	assert_int_equal(morsel_attr_at(only(&buf), UINT32_MAX), 0);
}

static void test_attr_names(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= MORSEL_A_POOL_MAX; i++)
		assert_non_null(morsel_attr_name(MORSEL_SPACE_POOL, i));
	for (i = 1; i <= MORSEL_A_OBJECT_MAX; i++)
		assert_non_null(morsel_attr_name(MORSEL_SPACE_OBJECT, i));
	assert_string_equal(morsel_attr_name(MORSEL_SPACE_POOL, MORSEL_A_POOL_SIZE), "size");
	assert_string_equal(morsel_attr_name(MORSEL_SPACE_OBJECT, MORSEL_A_OBJECT_NEW_PATH),
			    "new-path");
	assert_null(morsel_attr_name(MORSEL_SPACE_POOL, 0));
	assert_null(morsel_attr_name(MORSEL_SPACE_POOL, 9999));
	assert_null(morsel_attr_name(MORSEL_SPACE_OBJECT, MORSEL_A_OBJECT_MAX + 1));
	assert_null(morsel_cmd_name(0));
}

/* ---- pools and objects ---- */

static void test_pool(void **state)
{
	struct fake_buf buf = { .len = 0 };
	struct morsel_pool *pool;
	uint64_t seq = 77;

	(void)state;
	fake_pool(&buf, 7, "db");
	fake_u64(&buf, MORSEL_A_POOL_OBJECTS_MAX, 1000);
	fake_u32(&buf, 999, 1); /* of a newer kernel */
	assert_int_equal(morsel_parse_pool(only(&buf), &pool, &seq), 0);
	assert_int_equal(morsel_pool_id(pool), 7);
	assert_string_equal(morsel_pool_name(pool), "db");
	assert_int_equal(morsel_pool_size(pool), 1 << 30);
	assert_int_equal(morsel_pool_used(pool), 4 << 20);
	assert_int_equal(morsel_pool_used_huge(pool), 2 << 20);
	assert_int_equal(morsel_pool_available(pool), 1020 << 20);
	assert_true(morsel_pool_available_huge(pool) == UINT64_MAX);
	assert_int_equal(morsel_pool_tree_tables(pool), 5);
	assert_int_equal(morsel_pool_rw_tables(pool), 6);
	assert_int_equal(morsel_pool_ro_tables(pool), 7);
	assert_int_equal(morsel_pool_objects(pool), 3);
	assert_int_equal(morsel_pool_objects_max(pool), 1000);
	assert_int_equal(morsel_pool_huge(pool), MORSEL_HUGE_ALWAYS);
	assert_int_equal(morsel_pool_mode(pool), 0755);
	assert_int_equal(morsel_pool_flags(pool), MORSEL_POOL_FLAG_PINNED);
	assert_null(morsel_pool_label(pool));
	assert_null(morsel_pool_uuid(pool));
	assert_null(morsel_pool_device(pool));
	assert_int_equal(seq, 0);
	morsel_pool_free(pool);

	buf.len = 0;
	fake_pool(&buf, 7, "db");
	fake_str(&buf, MORSEL_A_POOL_LABEL, "ledger");
	fake_str(&buf, MORSEL_A_POOL_UUID, "01234567-89ab-cdef-0123-456789abcdef");
	fake_str(&buf, MORSEL_A_POOL_DEVICE, "pmem0");
	assert_int_equal(morsel_parse_pool(only(&buf), &pool, &seq), 0);
	assert_string_equal(morsel_pool_label(pool), "ledger");
	assert_string_equal(morsel_pool_uuid(pool), "01234567-89ab-cdef-0123-456789abcdef");
	assert_string_equal(morsel_pool_device(pool), "pmem0");
	morsel_pool_free(pool);
}

static void test_object(void **state)
{
	struct fake_buf buf = { .len = 0 };
	struct morsel_info *info;
	uint64_t seq;

	(void)state;
	fake_object(&buf, 42, "db", "orders/a", 4096);
	fake_u64(&buf, MORSEL_A_OBJECT_RW_TABLES, 5);
	fake_attr(&buf, MORSEL_A_OBJECT_CREATED, "", 0);
	fake_str(&buf, MORSEL_A_OBJECT_OLD_PATH, "was");
	fake_u64(&buf, MORSEL_A_OBJECT_EVENT_SEQ, 9);
	assert_int_equal(morsel_parse_info(only(&buf), &info, &seq), 0);
	assert_int_equal(morsel_info_id(info), 42);
	assert_string_equal(morsel_info_name(info), "db:orders/a");
	assert_string_equal(morsel_info_path(info), "orders/a");
	assert_string_equal(morsel_info_pool(info), "db");
	assert_int_equal(morsel_info_size(info), 4096);
	assert_int_equal(morsel_info_rw_tables(info), 5);
	assert_int_equal(morsel_info_mtime(info), 1700000000123456789);
	assert_string_equal(info->old_name, "db:was");
	assert_true(morsel_info_created(info));
	assert_int_equal(seq, 9);
	morsel_info_free(info);

	/* the root, and one without a name */
	buf.len = 0;
	fake_object(&buf, 1, "db", "", 0);
	assert_int_equal(morsel_parse_info(only(&buf), &info, NULL), 0);
	assert_string_equal(morsel_info_name(info), "db:");
	assert_string_equal(morsel_info_path(info), "");
	morsel_info_free(info);
	buf.len = 0;
	fake_object(&buf, 1, "db", NULL, 0);
	assert_int_equal(morsel_parse_info(only(&buf), &info, NULL), 0);
	assert_null(morsel_info_name(info));
	assert_null(morsel_info_path(info));
	morsel_info_free(info);
}

static void refuse_pool(struct fake_buf *buf)
{
	struct morsel_pool *pool;
	uint64_t seq;

	assert_int_equal(morsel_parse_pool(only(buf), &pool, &seq), -EPROTO);
	buf->len = 0;
}

static void test_bad_pools(void **state)
{
	struct fake_buf buf = { .len = 0 };
	char long_name[80];

	(void)state;
	fake_msg(&buf, FAKE_FAMILY, 0);
	refuse_pool(&buf); /* no generic header */
	fake_msg(&buf, FAKE_FAMILY, 0);
	fake_genl(&buf, MORSEL_CMD_POOL_GET);
	refuse_pool(&buf); /* nothing in it */
	fake_pool(&buf, 0, "db");
	refuse_pool(&buf);
	fake_pool(&buf, 1, "");
	refuse_pool(&buf);
	fake_pool(&buf, 1, "db");
	fake_u32(&buf, MORSEL_A_POOL_SIZE, 1); /* the last one counts */
	refuse_pool(&buf);
	fake_pool(&buf, 1, "db");
	fake_u32(&buf, MORSEL_A_POOL_EVENT_SEQ, 1);
	refuse_pool(&buf);
	fake_pool(&buf, 1, "db");
	fake_attr(&buf, MORSEL_A_POOL_NAME, "abc", 3); /* no NUL */
	refuse_pool(&buf);
	memset(long_name, 'n', sizeof(long_name));
	long_name[64] = '\0';
	fake_pool(&buf, 1, long_name);
	refuse_pool(&buf);
	fake_pool(&buf, 1, "db");
	fake_str(&buf, MORSEL_A_POOL_UUID, long_name);
	refuse_pool(&buf);
	fake_pool(&buf, 1, "db");
	fake_str(&buf, MORSEL_A_POOL_DEVICE, long_name);
	refuse_pool(&buf);
	memset(long_name, 'l', sizeof(long_name));
	long_name[65] = '\0';
	fake_pool(&buf, 1, "db");
	fake_str(&buf, MORSEL_A_POOL_LABEL, long_name);
	refuse_pool(&buf);
}

static void parse_pool(const struct nlmsghdr *nlh)
{
	struct morsel_pool *pool;

	if (!morsel_parse_pool(nlh, &pool, NULL))
		morsel_pool_free(pool);
}

static void parse_info(const struct nlmsghdr *nlh)
{
	struct morsel_info *info;
	uint64_t seq;

	if (!morsel_parse_info(nlh, &info, &seq))
		morsel_info_free(info);
}

static void test_cut_replies(void **state)
{
	struct fake_buf buf = { .len = 0 };

	(void)state;
	fake_pool(&buf, 7, "db");
	cut_everywhere(&buf, parse_pool);
	buf.len = 0;
	fake_object(&buf, 42, "db", "orders/a", 4096);
	fake_str(&buf, MORSEL_A_OBJECT_OLD_PATH, "was");
	cut_everywhere(&buf, parse_info);
}

/* Random damage: no read outside, no leak, whatever the verdict. */
static void test_damaged(void **state)
{
	struct fake_buf buf = { .len = 0 };
	unsigned int round, hit, hits;

	(void)state;
	fake_object(&buf, 42, "db", "orders/a", 4096);
	srandom(1);
	for (round = 0; round < 200000; round++) {
		struct nlmsghdr *nlh = malloc(buf.len);

		memcpy(nlh, buf.data, buf.len);
		hits = 1 + random() % 4;
		for (hit = 0; hit < hits; hit++)
			((unsigned char *)nlh)[NLMSG_HDRLEN + random() % (buf.len - NLMSG_HDRLEN)] =
				random();
		parse_info(nlh);
		parse_pool(nlh);
		nlh->nlmsg_type = round & 1 ? NLMSG_ERROR : NLMSG_DONE;
		nlh->nlmsg_flags = random();
		parse_verdict(nlh);
		free(nlh);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error_words),
		cmocka_unit_test(test_ack),
		cmocka_unit_test(test_error_uncapped),
		cmocka_unit_test(test_done_errno),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_cut_verdicts),
		cmocka_unit_test(test_attr_at),
		cmocka_unit_test(test_attr_names),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_bad_pools),
		cmocka_unit_test(test_cut_replies),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
