// SPDX-License-Identifier: GPL-2.0-or-later
/* Copying with holes: files to files, from and to pipes, failures. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fake.h"
#include "morsel-admin/copy.h"

enum { MIB = 1 << 20 };

static struct progress silent = { .silent = true };

/* Data at 3 MiB and at the end, in 10 MiB and 3 bytes. */
static int make_sparse(void)
{
	int fd = memfd_create("sparse", 0);

	assert_int_equal(pwrite(fd, "begin", 5, 3 * MIB), 5);
	assert_int_equal(pwrite(fd, "end", 3, 10 * MIB), 3);
	return fd;
}

static void compare(int a, int b)
{
	static char first[11 * MIB], second[11 * MIB];
	ssize_t n = pread(a, first, sizeof(first), 0);

	assert_int_equal(pread(b, second, sizeof(second), 0), n);
	assert_int_equal(n, 10 * MIB + 3);
	assert_memory_equal(first, second, n);
}

static blkcnt_t blocks(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_blocks;
}

static void test_files(void **state)
{
	struct copy copy = { .in = make_sparse(), .out_seeks = true };

	(void)state;
	copy.out = memfd_create("copy", 0);
	assert_int_equal(copy_bytes(&copy, &silent), 0);
	compare(copy.in, copy.out);
	assert_int_equal(copy.size, 10 * MIB + 3);
	assert_int_equal(copy.data, 4096 + 3);
	assert_int_equal(blocks(copy.out), 2 * 4096 / 512);
}

/* What was there before is cut: a longer target does not keep its end. */
static void test_all_holes(void **state)
{
	struct copy copy = { .in = memfd_create("in", 0), .out_seeks = true };

	(void)state;
	copy.out = memfd_create("copy", 0);
	assert_int_equal(copy_bytes(&copy, &silent), 0);
	assert_int_equal(copy.size, 0);
	assert_int_equal(ftruncate(copy.in, 5 * MIB), 0);
	assert_int_equal(copy_bytes(&copy, &silent), 0);
	assert_int_equal(copy.size, 5 * MIB);
	assert_int_equal(copy.data, 0);
	assert_int_equal(lseek(copy.out, 0, SEEK_END), 5 * MIB);
}

static void test_pipes(void **state)
{
	int fds[2], in = make_sparse(), out = memfd_create("copy", 0), status;
	struct copy copy;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	if (!fork()) {
		copy = (struct copy){ .in = in, .out = fds[1] };
		_exit(copy_bytes(&copy, &silent) != 0 || copy.data != 10 * MIB + 3);
	}
	close(fds[1]);
	copy = (struct copy){ .in = fds[0], .out = out, .out_seeks = true };
	assert_int_equal(copy_bytes(&copy, &silent), 0);
	assert_int_equal(copy.size, 10 * MIB + 3);
	compare(in, out);
	assert_int_equal(blocks(out), 2 * 4096 / 512);
	wait(&status);
	assert_int_equal(status, 0);
}

static void test_discard(void **state)
{
	struct copy copy = { .in = make_sparse(), .out = -1, .discard = true };

	(void)state;
	assert_int_equal(copy_bytes(&copy, &silent), 0);
	assert_int_equal(copy.data, 4096 + 3);
}

static void test_failures(void **state)
{
	struct copy copy = { .in = make_sparse(), .out_seeks = true };
	int fds[2];

	(void)state;
	/* no room */
	copy.out = open("/dev/full", O_WRONLY);
	copy.out_seeks = false;
	assert_int_equal(copy_bytes(&copy, &silent), -ENOSPC);
	assert_string_equal(copy.failed, "writing");
	/* nobody reads */
	catch_interrupts();
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	copy.out = fds[1];
	assert_int_equal(copy_bytes(&copy, &silent), -EPIPE);
	/* a directory is no source */
	copy.in = open("/", O_RDONLY);
	assert_int_equal(copy_bytes(&copy, &silent), -EISDIR);
	assert_string_equal(copy.failed, "reading");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),	 cmocka_unit_test(test_all_holes),
		cmocka_unit_test(test_pipes),	 cmocka_unit_test(test_discard),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests_name("cli_copy", tests, NULL, NULL);
}
