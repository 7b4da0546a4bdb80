// SPDX-License-Identifier: GPL-2.0-or-later
/* Names: POOL:PATH, and how they are shown. */
#include <errno.h>
#include <stdlib.h>
#include "fake.h"
#include "libmorsel/utf8.h"

static struct morsel_ctx *ctx;

static int setup(void **state)
{
	(void)state;
	return morsel_ctx_new(&ctx);
}

static int teardown(void **state)
{
	(void)state;
	morsel_ctx_free(ctx);
	return 0;
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *pool, *path;
	} cases[] = {
		{ "p:", "p", "" },
		{ "p:/", "p", "" },
		{ "p:a", "p", "a" },
		{ "p:a/b", "p", "a/b" },
		{ "p:/a//b/", "p", "a/b" },
		{ "p:a:b", "p", "a:b" },
		{ "p:...", "p", "..." },
		{ "p:.a/..b", "p", ".a/..b" },
		{ "p q:\xff \xc3\xa4", "p q", "\xff \xc3\xa4" },
	};
	char *pool, *path;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(morsel_name_parse(ctx, cases[i].text, &pool, &path), 0);
		assert_string_equal(pool, cases[i].pool);
		assert_string_equal(path, cases[i].path);
		free(pool);
		free(path);
	}
	assert_int_equal(morsel_name_parse(ctx, "p:a", NULL, NULL), 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} cases[] = {
		{ "", "name \"\" has no colon: write POOL:PATH" },
		{ "foo", "name \"foo\" has no colon: write POOL:PATH" },
		{ ":a", "pool name \"\" is empty" },
		{ "a/b:c", "pool name \"a/b\" has a slash or a colon" },
		{ "..:c", "pool name \"..\" is not allowed" },
		{ "p\n:c", "pool name \"p\\x0a\" has a control character" },
		{ "p:.", "path \".\": \".\" is not allowed" },
		{ "p:a/../b", "path \"a/../b\": \"..\" is not allowed" },
		{ "p:a\x1b[2J", "path \"a\\x1b[2J\": control characters are not allowed" },
		{ "p:a\x7f", "path \"a\\x7f\": control characters are not allowed" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(morsel_name_parse(ctx, cases[i].text, NULL, NULL), -EINVAL);
		assert_string_equal(morsel_error(ctx), cases[i].words);
		assert_null(morsel_error_attr(ctx));
	}
	assert_int_equal(morsel_name_parse(ctx, "p:a", NULL, NULL), 0);
	assert_string_equal(morsel_error(ctx), "");
}

/* Names of exactly the greatest length pass, one more does not. */
static void test_lengths(void **state)
{
	char text[MORSEL_MAX_PATH + 80];
	size_t i;

	(void)state;
	memset(text, 'p', 63);
	memcpy(text + 63, ":a", sizeof(":a"));
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), 0);
	memset(text, 'p', 64);
	memcpy(text + 64, ":a", sizeof(":a"));
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), -ENAMETOOLONG);

	memcpy(text, "p:", sizeof("p:"));
	memset(text + 2, 'a', 255);
	text[257] = '\0';
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), 0);
	memcpy(text + 257, "a", sizeof("a"));
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), -ENAMETOOLONG);

	for (i = 0; i < MORSEL_MAX_PATH; i++)
		text[2 + i] = i % 64 == 63 ? '/' : 'a';
	text[2 + MORSEL_MAX_PATH] = '\0';
	text[2 + MORSEL_MAX_PATH - 1] = 'z';
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), 0);
	memcpy(text + 2 + MORSEL_MAX_PATH, "z", sizeof("z"));
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), -ENAMETOOLONG);
	/* What is dropped does not count. */
	memcpy(text + 2 + MORSEL_MAX_PATH, "///", sizeof("///"));
	assert_int_equal(morsel_name_parse(ctx, text, NULL, NULL), 0);
}

static void test_escape(void **state)
{
	static const struct {
		const char *name, *shown;
	} cases[] = {
		{ "", "" },
		{ "plain name", "plain name" },
		{ "a\\b", "a\\x5cb" },
		{ "\x1b[31m\a", "\\x1b[31m\\x07" },
		{ "\xc3\xa4", "\xc3\xa4" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc3", "\\xc3" },
		{ "\xc3(", "\\xc3(" },
		{ "\xc0\xaf", "\\xc0\\xaf" },	       /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xc2\x9b"
		  "m",
		  "\\xc2\\x9bm" }, /* C1: CSI */
		{ "\xe2\x80\xae"
		  "x",
		  "\\xe2\\x80\\xaex" }, /* right-to-left override */
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond Unicode */
	};
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(morsel_name_escape(cases[i].name, buf, sizeof(buf)),
				 strlen(cases[i].shown));
		assert_string_equal(buf, cases[i].shown);
	}
}

/* Every size of the buffer: terminated, never cut within a character, length as announced. */
static void test_escape_cut(void **state)
{
	const char *name = "a\n\xc3\xa4\xff"
			   "b";
	const char *whole = "a\\x0a\xc3\xa4\\xffb";
	size_t size, len = strlen(whole), got;
	char buf[32], *end;
	uint32_t c;

	(void)state;
	for (size = 0; size <= len + 1; size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(morsel_name_escape(name, buf, size), len);
		assert_int_equal(buf[size], '#');
		if (!size)
			continue;
		end = memchr(buf, '\0', size);
		assert_non_null(end);
		got = end - buf;
		assert_memory_equal(buf, whole, got);
		/* the next piece of the whole does not begin within an escape */
		assert_true(got == len || utf8_decode(whole + got, &c));
	}
	assert_int_equal(morsel_name_escape(name, NULL, 0), len);
}

static void *other_thread(void *arg)
{
	assert_string_equal(morsel_error(arg), "");
	assert_int_equal(morsel_name_parse(arg, "other", NULL, NULL), -EINVAL);
	return NULL;
}

static void test_error_per_thread(void **state)
{
	struct morsel_ctx *second;
	pthread_t thread;

	(void)state;
	assert_int_equal(morsel_ctx_new(&second), 0);
	assert_int_equal(morsel_name_parse(ctx, "mine", NULL, NULL), -EINVAL);
	assert_string_equal(morsel_error(second), "");
	assert_int_equal(pthread_create(&thread, NULL, other_thread, ctx), 0);
	pthread_join(thread, NULL);
	assert_non_null(strstr(morsel_error(ctx), "mine"));
	morsel_ctx_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_cut),
		cmocka_unit_test(test_error_per_thread),
	};

	return cmocka_run_group_tests_name("name", tests, setup, teardown);
}
