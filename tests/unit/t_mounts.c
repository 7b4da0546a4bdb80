// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding mounts in mountinfo. */
#include <errno.h>
#include <sys/sysmacros.h>
#include "fake.h"
#include "libmorsel/mounts.h"

static const char table[] =
	"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
	"30 22 0:40 / /run/morsel/db rw,nosuid shared:5 master:2 - morsel none "
	"rw,name=db,size=1024k\n"
	"31 22 0:41 / /mnt/with\\040space\\134 rw - morsel none rw,size=4k,name=a\\054b\\040c\n"
	"32 22 0:40 /dir /mnt/part rw - morsel none rw,name=db,size=1024k\n"
	"33 22 0:42 / /mnt/long rw - morsel none rw,name=dbx\n"
	"34 22 0:43 / /mnt/tmp rw - tmpfs none rw,name=db\n"
	"35 22 0:44 / /mnt/-\\040-\\040morsel rw - tmpfs morsel rw,name=db\n"
	"36 22 0:40 / /srv/db rw - morsel none rw,name=db,size=1024k\n"
	"37 22 0:45 / /mnt/nameless rw - morsel none rw,size=4k\n"
	"38 22 0:46 - morsel\n"
	"- morsel x name=db\n"
	"39 22 nonsense / /mnt/x rw - morsel none rw,name=db\n"
	"\n"
	"40 22 0:40 / /mnt/last rw - morsel none rw,name=db";

static struct morsel_array mounts;

static void read_table(const char *pool)
{
	FILE *file = fmemopen((void *)table, sizeof(table) - 1, "r");

	assert_int_equal(morsel_read_mounts(file, pool, &mounts), 0);
	fclose(file);
}

static const struct morsel_mount *at(size_t index)
{
	assert_true(index < mounts.count);
	return mounts.items[index];
}

static int clear(void **state)
{
	(void)state;
	morsel_array_clear(&mounts, morsel_mount_free);
	return 0;
}

static void test_find(void **state)
{
	(void)state;
	read_table("db");
	assert_int_equal(mounts.count, 4);
	assert_string_equal(at(0)->dir, "/run/morsel/db");
	assert_string_equal(at(0)->pool, "db");
	assert_true(at(0)->dev == makedev(0, 40));
	assert_true(at(0)->whole);
	assert_string_equal(at(1)->dir, "/mnt/part");
	assert_false(at(1)->whole);
	assert_string_equal(at(2)->dir, "/srv/db");
	assert_string_equal(at(3)->dir, "/mnt/last");
}

static void test_escapes(void **state)
{
	(void)state;
	read_table("a,b c");
	assert_int_equal(mounts.count, 1);
	assert_string_equal(at(0)->dir, "/mnt/with space\\");
}

static void test_none(void **state)
{
	(void)state;
	read_table("d");
	assert_int_equal(mounts.count, 0);
	read_table("");
	assert_int_equal(mounts.count, 0);
}

/* A path counts only while it leads to the mount. */
static void test_visible(void **state)
{
	struct morsel_mount mount = { .dir = "/", .dev = makedev(0, 0) };
	struct morsel_mount gone = { .dir = "/nonexistent/dir", .dev = makedev(0, 1) };

	(void)state;
	assert_false(morsel_mount_visible(&mount));
	assert_false(morsel_mount_visible(&gone));
}

static void test_not_mounted(void **state)
{
	struct morsel_ctx *ctx;
	struct morsel *morsel;
	char *dir;

	(void)state;
	assert_int_equal(morsel_ctx_new(&ctx), 0);
	assert_int_equal(morsel_pool_mount_point(ctx, "no-such-pool", &dir), -ENXIO);
	assert_string_equal(morsel_error(ctx), "the pool no-such-pool is not mounted here");
	assert_int_equal(morsel_open(ctx, "no-such-pool:a", 0, 0, &morsel), -ENXIO);
	assert_int_equal(morsel_open(ctx, "no-such-pool", 0, 0, &morsel), -EINVAL);
	assert_int_equal(morsel_open(ctx, "no-such-pool:a", 1, 0, &morsel), -EINVAL);
	morsel_ctx_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_find, clear),
		cmocka_unit_test_teardown(test_escapes, clear),
		cmocka_unit_test_teardown(test_none, clear),
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_not_mounted),
	};

	return cmocka_run_group_tests_name("mounts", tests, NULL, NULL);
}
