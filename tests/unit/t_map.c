// SPDX-License-Identifier: GPL-2.0-or-later
/* Mapping: spans and alignment, with a memfd in the place of a morsel. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "fake.h"
#include "libmorsel/handle.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

static void test_spans(void **state)
{
	struct morsel_span span;

	(void)state;
	assert_true(morsel_span_around(0, 1, 0, 2 * MIB, &span));
	assert_true(span.start == 0 && span.end == 2 * MIB);
	assert_true(morsel_span_around(0, 2 * MIB, 0, 2 * MIB, &span));
	assert_true(span.start == 0 && span.end == 2 * MIB);
	assert_true(morsel_span_around(2 * MIB - 1, 2, 0, 2 * MIB, &span));
	assert_true(span.start == 0 && span.end == 4 * MIB);
	assert_true(morsel_span_around(GIB + 5, GIB, 0, GIB, &span));
	assert_true(span.start == GIB && span.end == 3 * GIB);
	/* a given address decides about the span */
	assert_true(morsel_span_around(5, 1, 8 * GIB + 5, GIB, &span));
	assert_false(morsel_span_around(5, 1, 8 * GIB + 2 * MIB + 5, GIB, &span));
	assert_true(morsel_span_around(5, 1, 8 * GIB + 2 * MIB + 5, 2 * MIB, &span));
	assert_true(morsel_span_around(3 * GIB, 1, 8 * GIB, GIB, &span));
	assert_false(morsel_span_around(GIB - 1, 1, GIB - 3, GIB, &span));
	/* nothing wraps around */
	assert_false(morsel_span_around(UINT64_MAX, 1, 0, GIB, &span));
	assert_false(morsel_span_around(UINT64_MAX - GIB, GIB, 0, GIB, &span));
}

static struct morsel handle = { .owner = UINT64_MAX };

static void make(uint64_t size)
{
	handle.fd = memfd_create("morsel", MFD_CLOEXEC);
	assert_true(handle.fd >= 0);
	assert_int_equal(ftruncate(handle.fd, (off_t)size), 0);
}

static int teardown(void **state)
{
	(void)state;
	return close(handle.fd);
}

static void test_map(void **state)
{
	struct morsel_mapping *map;
	char byte;

	(void)state;
	make(5 * MIB + 3);
	assert_int_equal(pwrite(handle.fd, "x", 1, 3 * MIB + 1), 1);
	assert_int_equal(morsel_map(&handle, 0, 0, NULL, 0, &map), 0);
	assert_int_equal(morsel_mapping_length(map), 5 * MIB + 3);
	assert_int_equal(morsel_mapping_mapped_length(map), 6 * MIB);
	assert_int_equal(((char *)morsel_mapping_addr(map))[3 * MIB + 1], 'x');
	assert_int_equal(morsel_unmap(map), 0);

	/* from the middle, writable; the address is that of the offset */
	assert_int_equal(morsel_map(&handle, 3 * MIB + 1, 10, NULL, MORSEL_MAP_WRITE, &map), 0);
	assert_int_equal(morsel_mapping_length(map), 10);
	assert_int_equal(morsel_mapping_mapped_length(map), 2 * MIB);
	assert_int_equal(*(char *)morsel_mapping_addr(map), 'x');
	*(char *)morsel_mapping_addr(map) = 'y';
	assert_int_equal(pread(handle.fd, &byte, 1, 3 * MIB + 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(morsel_unmap(map), 0);
	assert_int_equal(morsel_unmap(NULL), 0);
}

static void test_wide(void **state)
{
	struct morsel_mapping *map;

	(void)state;
	make(8 * MIB);
	assert_int_equal(morsel_map(&handle, 0, 0, NULL, 0, &map), 0);
	assert_int_equal(morsel_mapping_mapped_length(map), GIB);
	assert_int_equal(morsel_unmap(map), 0);
	/* for a morsel that is going to grow */
	assert_int_equal(morsel_map(&handle, 0, 3 * GIB + 1, NULL, 0, &map), 0);
	assert_int_equal(morsel_mapping_length(map), 3 * GIB + 1);
	assert_int_equal(morsel_mapping_mapped_length(map), 4 * GIB);
	assert_int_equal(morsel_unmap(map), 0);
}

static void test_fixed(void **state)
{
	char *addr = (char *)0x200000000000, *in_the_way;
	struct morsel_mapping *map, *second;

	(void)state;
	make(16 * MIB);
	assert_int_equal(morsel_map(&handle, 0, 0, addr, 0, &map), 0);
	assert_ptr_equal(morsel_mapping_addr(map), addr);
	assert_int_equal(morsel_mapping_mapped_length(map), GIB);
	assert_int_equal(morsel_map(&handle, 0, 0, addr + 4 * MIB, 0, &second), -EEXIST);
	assert_int_equal(morsel_unmap(map), 0);

	/* something in the rounded tail, but not in the morsel's own range: narrower */
	in_the_way = mmap(addr + 512 * MIB, 4096, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	assert_ptr_equal(in_the_way, addr + 512 * MIB);
	assert_int_equal(morsel_map(&handle, 0, 0, addr, 0, &map), 0);
	assert_ptr_equal(morsel_mapping_addr(map), addr);
	assert_int_equal(morsel_mapping_mapped_length(map), 16 * MIB);
	assert_int_equal(morsel_unmap(map), 0);
	munmap(in_the_way, 4096);

	/* 2 MiB-aligned, but not 1 GiB-aligned */
	assert_int_equal(morsel_map(&handle, 0, 0, addr + 2 * MIB, 0, &map), 0);
	assert_int_equal(morsel_mapping_mapped_length(map), 16 * MIB);
	assert_int_equal(morsel_unmap(map), 0);
	/* congruent with an odd offset */
	assert_int_equal(morsel_map(&handle, 7, 0, addr + 7, 0, &map), 0);
	assert_ptr_equal(morsel_mapping_addr(map), addr + 7);
	assert_int_equal(morsel_unmap(map), 0);
}

static void test_refused(void **state)
{
	struct morsel_mapping *map = (void *)1;
	struct morsel bad = { .owner = 0, .fd = -1 };

	(void)state;
	make(0);
	assert_int_equal(morsel_map(&handle, 0, 0, NULL, 0, &map), -EINVAL);
	assert_int_equal(morsel_map(&handle, 4096, 0, NULL, 0, &map), -EINVAL);
	assert_int_equal(morsel_map(&handle, 0, 1, NULL, 8, &map), -EINVAL);
	assert_int_equal(morsel_map(&handle, 0, 1, (void *)0x200000001000, 0, &map), -EINVAL);
	assert_int_equal(morsel_map(&handle, 4096, 1, (void *)0x200000000000, 0, &map), -EINVAL);
	assert_int_equal(morsel_map(&handle, UINT64_MAX, 1, NULL, 0, &map), -EOVERFLOW);
	assert_int_equal(morsel_map(&handle, 0, UINT64_MAX, NULL, 0, &map), -EOVERFLOW);
	assert_int_equal(morsel_map(&handle, INT64_MAX - GIB, 2, NULL, 0, &map), -EOVERFLOW);
	assert_int_equal(morsel_map(&bad, 0, 0, NULL, 0, &map), -EBADF);
	assert_ptr_equal(map, (void *)1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test_teardown(test_map, teardown),
		cmocka_unit_test_teardown(test_wide, teardown),
		cmocka_unit_test_teardown(test_fixed, teardown),
		cmocka_unit_test_teardown(test_refused, teardown),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
