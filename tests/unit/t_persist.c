// SPDX-License-Identifier: GPL-2.0-or-later
/* Which lines morsel_persist() writes back, and by which instruction. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <morsel.h>
#include "libmorsel/persist.h"

enum { CLFLUSHOPT = 1 << 23, CLWB = 1 << 24, LINE = 64 };

static const char *lines[8];
static int nr_lines;

static void note(const void *line)
{
	assert_true(nr_lines < 8);
	lines[nr_lines++] = line;
}

/* Bytes [@at, @at + @length) are in lines @first and @count - 1 more. */
static void covers(const char *base, size_t at, size_t length, size_t first, int count)
{
	int i;

	nr_lines = 0;
	morsel_flush_lines(note, base + at, length);
	assert_int_equal(nr_lines, count);
	for (i = 0; i < count; i++)
		assert_ptr_equal(lines[i], base + (first + i) * LINE);
}

static void test_lines(void **state)
{
	char *base = aligned_alloc(LINE, 8 * LINE);

	(void)state;
	covers(base, 0, 0, 0, 0);
	covers(base, 70, 0, 0, 0);
	covers(base, 0, 1, 0, 1);
	covers(base, 0, LINE, 0, 1);
	covers(base, 0, LINE + 1, 0, 2);
	covers(base, 63, 1, 0, 1);
	covers(base, 63, 2, 0, 2);
	covers(base, 64, 64, 1, 1);
	covers(base, 100, 200, 1, 4);
	free(base);
}

static void test_choice(void **state)
{
	(void)state;
	assert_ptr_equal(morsel_flush_for(CLWB | CLFLUSHOPT), morsel_flush_for(CLWB));
	assert_ptr_not_equal(morsel_flush_for(CLWB), morsel_flush_for(CLFLUSHOPT));
	assert_ptr_not_equal(morsel_flush_for(CLFLUSHOPT), morsel_flush_for(0));
	assert_ptr_equal(morsel_flush_for(~(unsigned int)(CLWB | CLFLUSHOPT)), morsel_flush_for(0));
}

/* The CPU that this runs on can do what is chosen, and the bytes stay. */
static void test_here(void **state)
{
	char bytes[300];

	(void)state;
	memset(bytes, 7, sizeof(bytes));
	morsel_persist(bytes, sizeof(bytes));
	morsel_flush(bytes + 3, 1);
	morsel_drain();
	morsel_persist(bytes, 0);
	assert_int_equal(bytes[0], 7);
	assert_int_equal(bytes[299], 7);
	morsel_flush_lines(morsel_flush_for(0), bytes, sizeof(bytes));
}

/* A length that no range can have is not cut to one that is mapped. */
static void test_deep_wraps(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = aligned_alloc(page, page);

	(void)state;
	assert_int_equal(morsel_deep_flush(pages + 1, SIZE_MAX), -ENOMEM);
	assert_int_equal(morsel_deep_flush(pages + 1, 0), 0);
	free(pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_here),
		cmocka_unit_test(test_deep_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
