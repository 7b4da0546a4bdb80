// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools in images: what format makes, what it refuses, what list shows. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli.h"
#include "kmod/engine.h"

static char dir[] = "/tmp/morsel-image-XXXXXX";
static char image[64];

static int run(const char *format, const char *path)
{
	char line[256];

	snprintf(line, sizeof(line), format, path); /* NOLINT: a format of the caller */
	return cli_run(cli_unused, line);
}

/* It fails, and this is why. */
static void refused(const char *format, const char *why)
{
	char line[300];

	assert_int_equal(run(format, image), 1);
	snprintf(line, sizeof(line), "morsel-admin: %s: %s\n", image, why);
	assert_string_equal(cli.err, line);
}

static off_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

static void put(off_t offset, const void *bytes, size_t length)
{
	int fd = open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, offset), length);
	close(fd);
}

/* Another byte than the one that is there, which may be any in a checksum. */
static void spoil(off_t offset)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	u8 byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	close(fd);
	byte = ~byte;
	put(offset, &byte, 1);
}

static int start(void **state)
{
	(void)state;
	snprintf(image, sizeof(image), "%s/image", dir);
	unlink(image);
	return 0;
}

static void test_make(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -s 1M -l db --uuid "
			     "01234567-89ab-cdef-0123-456789abcdef %s", image), 0);
	assert_string_equal(cli.out, "");
	assert_string_equal(cli.err, "");
	assert_int_equal(size_of(image), 1 << 20);
	assert_int_equal(run("pool list -Ho size,label,uuid,state,mounts %s", image), 0);
	assert_string_equal(cli.out, "  1M db    01234567-89ab-cdef-0123-456789abcdef clean      0\n");
	assert_int_equal(run("pool show -j %s", image), 0);
	assert_non_null(strstr(cli.out, "\"label\":\"db\""));
	assert_non_null(strstr(cli.out, "\"persistent\":true"));
	assert_non_null(strstr(cli.out, "\"used\":null"));
}

/* The engine takes it, and finds the root directory as it was asked for. */
static void test_root(void **state)
{
	struct pp_report report = { 0 };
	struct pp_open how = { .report = &report };
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	struct pp_object root;
	struct pp_scan scan = { 0 };
	const char *why;
	FILE *file;
	int i;

	(void)state;
	assert_int_equal(run("pool format -s 1M -m 2770 -u 7 -g 8 %s", image), 0);
	pool->pm.size = 1 << 20;
	pool->pm.base = malloc(pool->pm.size);
	file = fopen(image, "re");
	assert_int_equal(fread(pool->pm.base, 1, pool->pm.size, file), pool->pm.size);
	fclose(file);
	assert_int_equal(pp_identify(pool, &why, &report), 0);
	assert_int_equal(pp_start(pool, &how, &scan), 0);
	for (i = 0; i < PP_PROBLEMS; i++)
		assert_int_equal(report.count[i], 0);
	assert_int_equal(pp_record_load(pool, MEDIA_ROOT_ID, &root), 0);
	assert_int_equal(root.rec.mode, 02770);
	assert_int_equal(root.rec.uid, 7);
	assert_int_equal(root.rec.gid, 8);
	assert_true(root.rec.btime > 0);
	pp_scan_free(&scan);
	pp_close(pool);
	free(pool->pm.base);
	free(pool);
}

static void test_size(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "pool format -s 252K %s", "size \"252K\": a pool needs at least 256K" },
		{ "pool format -s 1000001 %s", "size \"1000001\" is not a multiple of 4K" },
		{ "pool format -s 9000P %s", "size \"9000P\" is too large" },
		{ "pool format --uuid 12 %s", "\"12\" is not a UUID" },
		{ "pool format -l a/b %s", "label \"a/b\" has a slash or a colon" },
		{ "pool format -l a:b %s", "label \"a:b\" has a slash or a colon" },
		{ "pool format -l .. %s", "label \"..\" is not allowed" },
		{ "pool format -l \x1b %s", "label \"\\x1b\" has a control character" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(run(cases[i].line, image), 2);
		if (!strstr(cli.err, cases[i].why))
			fail_msg("%s: %s", cases[i].line, cli.err);
		assert_int_equal(size_of(image), -1);
	}
	refused("pool format %s", "it is not there; --size SIZE makes a file (ENOENT)");
	put(0, "", 0);
	refused("pool format %s", "it is empty; --size SIZE makes it larger (ENOSPC)");
	assert_int_equal(run("pool format -s 256K %s", image), 0);
	assert_int_equal(size_of(image), 256 << 10);
	refused("pool format -f -s 1M %s", "it is there, and has 256K (EEXIST)");
	assert_int_equal(truncate(image, 100 << 10), 0);
	refused("pool format -f %s", "it has 100K, and a pool needs at least 256K (ENOSPC)");
}

static void test_contents(void **state)
{
	/* The superblock of an ext2 file system is behind 1 KiB. */
	static const u8 ext2[] = { 0x53, 0xef, 1, 0, 1, 0, 0, 0 };

	(void)state;
	assert_int_equal(run("pool format -s 1M -l db %s", image), 0);
	refused("pool format %s", "it holds a pool labelled \"db\"; --force destroys that (EEXIST)");
	assert_int_equal(run("pool format -n -f %s", image), 0);
	assert_non_null(strstr(cli.out, "would make a pool of 1M and destroy a pool labelled"));
	spoil(offsetof(struct media_super, crc));
	refused("pool format %s", "it holds a pool labelled \"db\"; --force destroys that (EEXIST)");
	assert_int_equal(run("pool format -f -l other %s", image), 0);
	assert_int_equal(run("pool list -Ho label %s", image), 0);
	assert_string_equal(cli.out, "other\n");
	spoil(offsetof(struct media_super, crc));
	spoil((1 << 20) - 4096 + offsetof(struct media_super, crc));
	refused("pool format %s", "it holds a pool; --force destroys that (EEXIST)");
	unlink(image);
	put((1 << 20) - 3, "end", 3);
	refused("pool format %s", "it holds data that is not known; --force destroys that (EEXIST)");
	unlink(image);
	assert_int_equal(run("pool format -s 1M %s", image), 0);
	put(0, (u8[4096]){ 0 }, 4096);
	put((1 << 20) - 4096, (u8[4096]){ 0 }, 4096);
	put(1024 + 56, ext2, sizeof(ext2));
	assert_int_equal(run("pool format %s", image), 1);
	assert_non_null(strstr(cli.err, "it holds ext"));
}

static void test_in_use(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(run("pool format -s 1M %s", image), 0);
	fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	refused("pool format -f %s", "another program is using it (EBUSY)");
	assert_int_equal(run("pool list %s", image), 0);
	close(fd);
	assert_int_equal(run("pool format -f %s", image), 0);
}

static void test_dry_run(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -n -s 1M %s", image), 0);
	assert_non_null(strstr(cli.out, "would make a file with a pool of 1M"));
	assert_int_equal(size_of(image), -1);
	put(0, "", 0);
	assert_int_equal(run("pool format -n -s 1M %s", image), 0);
	assert_int_equal(size_of(image), 0);
}

static void test_list(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -s 1M %s", image), 0);
	assert_int_equal(run("pool list -Ho label /dev/null %s", image), 5);
	assert_string_equal(cli.out, "-\n");
	assert_string_equal(cli.err, "morsel-admin: /dev/null: it is neither a block device nor a "
				     "file (ENOTBLK)\n");
	put(0, (u8[4096]){ 0 }, 4096);
	assert_int_equal(run("pool list -Ho state %s", image), 0);
	assert_string_equal(cli.out, "clean\n");
	put((1 << 20) - 4096, (u8[4096]){ 0 }, 4096);
	refused("pool list %s", "this is no morsel pool (EINVAL)");
	assert_int_equal(truncate(image, 100), 0);
	refused("pool show %s", "it is too small for a pool (EINVAL)");
}

/* ---- check ---- */

static void change_pool(void (*change)(struct pp_pool *pool))
{
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	int fd = open(image, O_RDWR | O_CLOEXEC);
	const char *why;

	assert_true(fd >= 0);
	pool->pm.size = size_of(image);
	pool->pm.base = mmap(NULL, pool->pm.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(pool->pm.base != MAP_FAILED);
	close(fd);
	assert_int_equal(pp_identify(pool, &why, NULL), 0);
	change(pool);
	munmap(pool->pm.base, pool->pm.size);
	free(pool);
}

static u8 *root_slot(const struct pp_pool *pool, unsigned int which)
{
	return pool->pm.base + pp_record_offset(pool, MEDIA_ROOT_ID) + which * MEDIA_SLOT;
}

/* Both versions of the root directory's record. */
static void spoil_both(struct pp_pool *pool)
{
	memcpy(root_slot(pool, 0) + 16, "spoiled", 7);
	memcpy(root_slot(pool, 1) + 16, "spoiled", 7);
}

static void spoil_root(void)
{
	change_pool(spoil_both);
}

/* Its mode was changed, and then a bit of that version has. */
static void spoil_newer(struct pp_pool *pool)
{
	struct pp_object root;

	assert_int_equal(pp_record_load(pool, MEDIA_ROOT_ID, &root), 0);
	root.rec.mode = 0700;
	assert_int_equal(pp_record_write(pool, &root, &root.rec), 0);
	root_slot(pool, 1)[24] ^= 1;
}

static void spoil_newer_in_use(struct pp_pool *pool)
{
	spoil_newer(pool);
	pp_super_write(pool, MEDIA_STATE_OPEN, 0);
}

/* A leaf has come to name another frame, which is free. */
static void spoil_leaf(struct pp_pool *pool)
{
	struct pp_object obj = { .rec.type = MEDIA_REG, .rec.parent = MEDIA_ROOT_ID };
	struct pp_open how = { .read_only = false };
	struct pp_scan scan;
	u64 *leaf;

	assert_int_equal(pp_start(pool, &how, &scan), 0);
	pp_scan_free(&scan);
	pp_name_set(&obj.rec, MEDIA_ROOT_ID, "a", 1);
	obj.rec.size = MEDIA_FRAME;
	assert_int_equal(pp_create(pool, &obj), 0);
	assert_int_equal(pp_write(pool, &obj, 0, "bytes", 5), 0);
	assert_int_equal(pp_settle(pool, &obj), 0);
	assert_int_equal(pp_stop(pool), 0);
	pp_close(pool);
	leaf = (u64 *)(pool->pm.base + pp_entry_offset(pp_entry_frame(obj.rec.root), 0));
	*leaf ^= 128 << MEDIA_FRAME_SHIFT;
}

static void test_check(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -s 1M -l db %s", image), 0);
	assert_int_equal(run("check %s", image), 0);
	assert_non_null(strstr(cli.out, ": 1 objects, "));
	assert_non_null(strstr(cli.out, " used: no damage found\n"));
	assert_int_equal(run("check -q --data %s", image), 0);
	assert_string_equal(cli.out, "");
	spoil_root();
	assert_int_equal(run("check %s", image), 4);
	assert_non_null(strstr(cli.out, "object 1: neither of its two versions is whole\n"));
	assert_non_null(strstr(cli.out, "object 1: there is no root directory\n"));
	assert_int_equal(run("check -j %s", image), 4);
	assert_non_null(strstr(cli.out, "\"problem\":\"root\",\"damage\":true"));
	assert_non_null(strstr(cli.out, "\"label\":\"db\""));
	assert_int_equal(run("pool list %s", image), 0);
}

static void test_repair(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -s 1M %s", image), 0);
	spoil_root();
	assert_int_equal(run("check --repair -n %s", image), 0);
	assert_non_null(strstr(cli.out, "all can be mended\n"));
	assert_int_equal(run("check %s", image), 4);
	assert_int_equal(run("check --repair %s", image), 0);
	assert_non_null(strstr(cli.out, "the root directory is made anew\n"));
	assert_non_null(strstr(cli.out, "all mended\n"));
	assert_int_equal(run("check %s", image), 0);
	assert_non_null(strstr(cli.out, "no damage found"));
	/* Where its record was there is nothing at all. */
	put(pp_frame_offset(1 + 1 + 2), (u8[4096]){ 0 }, 4096);
	assert_int_equal(run("check --repair %s", image), 4);
	assert_non_null(strstr(cli.out, "are left\n"));
}

/* After a power cut nobody can tell a damaged version from one that was not written. */
static void test_newer(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -s 1M %s", image), 0);
	change_pool(spoil_newer);
	assert_int_equal(run("check %s", image), 4);
	assert_non_null(strstr(cli.out,
			       "object 1: the newer one of its two versions is damaged\n"));
	assert_int_equal(run("check --repair %s", image), 0);
	assert_non_null(strstr(cli.out, "all mended\n"));
	assert_int_equal(run("check %s", image), 0);
	assert_non_null(strstr(cli.out, "no damage found"));
	change_pool(spoil_newer_in_use);
	assert_int_equal(run("check -j %s", image), 0);
	assert_non_null(strstr(cli.out, "a change was cut short: the version before counts"));
	assert_non_null(strstr(cli.out, "\"problem\":\"cut\",\"damage\":false"));
}

static void test_other_frame(void **state)
{
	(void)state;
	assert_int_equal(run("pool format -s 1M %s", image), 0);
	change_pool(spoil_leaf);
	assert_int_equal(run("check %s", image), 4);
	assert_non_null(strstr(cli.out, ": it is named, and the checkpoint has it free\n"));
	assert_non_null(strstr(cli.out, ": the checkpoint has it in use, and nothing names it\n"));
	assert_int_equal(run("check --repair %s", image), 0);
	assert_int_equal(run("check %s", image), 0);
}

static void test_check_refusals(void **state)
{
	int fd;

	(void)state;
	put(0, "nothing", 7);
	refused("check %s", "it is too small for a pool (EINVAL)");
	assert_int_equal(truncate(image, 1 << 20), 0);
	refused("check --repair %s", "this is no morsel pool (EINVAL)");
	assert_int_equal(run("pool format -f %s", image), 0);
	fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	refused("check %s", "another program is using it (EBUSY)");
	close(fd);
	assert_int_equal(run("check --repair %s db", image), 2);
	assert_non_null(strstr(cli.err, "\"db\" is no path"));
	assert_int_equal(run("check --repair", image), 2);
	assert_int_equal(truncate(image, (1 << 20) - 4096), 0);
	refused("check %s", "the device is smaller than the pool: it is cut off (EUCLEAN)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_make, start),
		cmocka_unit_test_setup(test_root, start),
		cmocka_unit_test_setup(test_size, start),
		cmocka_unit_test_setup(test_contents, start),
		cmocka_unit_test_setup(test_in_use, start),
		cmocka_unit_test_setup(test_dry_run, start),
		cmocka_unit_test_setup(test_list, start),
		cmocka_unit_test_setup(test_check, start),
		cmocka_unit_test_setup(test_repair, start),
		cmocka_unit_test_setup(test_newer, start),
		cmocka_unit_test_setup(test_other_frame, start),
		cmocka_unit_test_setup(test_check_refusals, start),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(image);
	rmdir(dir);
	return failed;
}
