// SPDX-License-Identifier: GPL-2.0-or-later
/* Sizes: reading and writing them. */
#include <errno.h>
#include "fake.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} cases[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "4096", 4096 },
		{ "12B", 12 },
		{ "12b", 12 },
		{ "1K", 1024 },
		{ "1k", 1024 },
		{ "1KiB", 1024 },
		{ "1kib", 1024 },
		{ "1KB", 1000 },
		{ "1kB", 1000 },
		{ "3M", 3ULL << 20 },
		{ "3MB", 3000000 },
		{ "2G", 2ULL << 30 },
		{ "2GiB", 2ULL << 30 },
		{ "2GB", 2000000000 },
		{ "1T", 1ULL << 40 },
		{ "1TB", 1000000000000 },
		{ "1P", 1ULL << 50 },
		{ "1PB", 1000000000000000 },
		{ "2pmd", 4ULL << 20 },
		{ "3PUD", 3ULL << 30 },
		{ "1.5G", 3ULL << 29 },
		{ "0.5K", 512 },
		{ "1.000000000000000000000K", 1024 },
		{ "0.125pud", 1ULL << 27 },
		{ "18446744073709551615", UINT64_MAX },
		{ "16383P", 16383ULL << 50 },
	};
	uint64_t size;
	const char *bad;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		size = 77;
		bad = "";
		if (morsel_size_parse(cases[i].text, &size, &bad))
			fail_msg("%s is refused", cases[i].text);
		if (size != cases[i].size)
			fail_msg("%s gives %lu", cases[i].text, (unsigned long)size);
		assert_null(bad);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
		int bad;
	} cases[] = {
		{ "", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 1 },
		{ "1 G", -EINVAL, 1 },
		{ "1Q", -EINVAL, 1 },
		{ "12Gi", -EINVAL, 2 },
		{ "1GiBs", -EINVAL, 1 },
		{ "1.G", -EINVAL, 2 },
		{ ".5G", -EINVAL, 0 },
		{ "1.5.5G", -EINVAL, 3 },
		{ "0x10", -EINVAL, 1 },
		{ "1e3", -EINVAL, 1 },
		{ "1,5G", -EINVAL, 1 },
		{ "0.1K", -EINVAL, 0 },
		{ "1.1", -EINVAL, 0 },
		{ "2pmds", -EINVAL, 1 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "16384P", -ERANGE, 0 },
		{ "99999999999999999999999999999999999999999999", -ERANGE, 0 },
		{ "1.00000000000000000000000000000000000000001", -ERANGE, 0 },
	};
	uint64_t size;
	const char *bad;
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		size = 77;
		err = morsel_size_parse(cases[i].text, &size, &bad);
		if (err != cases[i].err || bad != cases[i].text + cases[i].bad)
			fail_msg("\"%s\" gives %d at %d", cases[i].text, err,
				 bad ? (int)(bad - cases[i].text) : -1);
		assert_int_equal(size, 77);
		assert_int_equal(morsel_size_parse(cases[i].text, &size, NULL), err);
	}
}

static void test_format(void **state)
{
	static const struct {
		uint64_t size;
		const char *text;
	} cases[] = {
		{ 0, "0B" },
		{ 1, "1B" },
		{ 1023, "1023B" },
		{ 1024, "1K" },
		{ 1536, "1.5K" },
		{ 1025, "1K" },
		{ 1075, "1K" },
		{ 1076, "1.1K" },
		{ (1 << 20) - 1, "1M" },
		{ (1 << 20) - 60 * 1024, "964K" },
		{ 1 << 20, "1M" },
		{ 3ULL << 29, "1.5G" },
		{ (1ULL << 40) - 1, "1T" },
		{ 1ULL << 50, "1P" },
		{ UINT64_MAX, "16384P" },
		{ 1023ULL << 50, "1023P" },
		{ (1ULL << 50) - 1, "1P" },
	};
	char buf[MORSEL_SIZE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(morsel_size_format(cases[i].size, buf), cases[i].text);
}

/* What is written can be read again, and is at most a twentieth of a unit off. */
static void test_round_trip(void **state)
{
	uint64_t size = 1, again, diff;
	char buf[MORSEL_SIZE_TEXT], *point;

	(void)state;
	for (; size < 1ULL << 60; size = size * 3 + 1) {
		morsel_size_format(size, buf);
		point = strchr(buf, '.');
		if (point) { /* tenths are seldom whole bytes: leave them out */
			memmove(point, point + 2, strlen(point + 2) + 1);
		}
		assert_int_equal(morsel_size_parse(buf, &again, NULL), 0);
		diff = again > size ? again - size : size - again;
		assert_true(diff <= size / 2);
		if (!point)
			assert_true(diff <= size / 20 + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
