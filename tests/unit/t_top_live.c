// SPDX-License-Identifier: GPL-2.0-or-later
/* What morsel-top makes of events: objects, what they are called, who has the names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "libmorsel/internal.h"
#include "morsel-top/live.h"

static struct live live;

static struct morsel_info info_of(uint64_t id, char *name)
{
	struct morsel_info info = {
		.pool_id = 1, .id = id, .name = name, .type = TYPE_FILE, .nlink = 1
	};

	strcpy(info.pool, "p"); /* NOLINT */
	return info;
}

static void tell(uint64_t id, const char *name)
{
	char text[64];
	struct morsel_info info;

	snprintf(text, sizeof(text), "%s", name);
	info = info_of(id, text);
	live_tell(&live, &info);
}

static const char *name_of(uint64_t id)
{
	const struct object *object = live_find(&live, 1, id);

	return object ? object->shown : NULL;
}

static void setup_objects(void)
{
	memset(&live, 0, sizeof(live));
	tell(7, "p:dir/b");
	tell(3, "p:dir");
	tell(9, "p:dir-a");
	tell(5, "p:dir/\x1b[2J");
}

static void test_tell(void **state)
{
	size_t i;

	(void)state;
	setup_objects();
	assert_int_equal(live.objects.count, 4);
	for (i = 1; i < live.objects.count; i++)
		assert_true(live.objects.at[i - 1]->m.id < live.objects.at[i]->m.id);
	assert_string_equal(name_of(7), "p:dir/b");
	assert_string_equal(name_of(5), "p:dir/\\x1b[2J");
	assert_null(live_find(&live, 1, 4));
	assert_null(live_find(&live, 2, 7));
	tell(7, "p:dir/c");
	assert_int_equal(live.objects.count, 4);
	assert_string_equal(name_of(7), "p:dir/c");
	live_free_objects(&live);
}

static void test_rename_of_directory(void **state)
{
	char name[] = "p:new";
	struct morsel_info info = info_of(3, name);

	(void)state;
	setup_objects();
	live_tell_renamed(&live, &info, "p:dir");
	assert_string_equal(name_of(7), "p:new/b");
	assert_string_equal(name_of(5), "p:new/\\x1b[2J");
	assert_string_equal(name_of(9), "p:dir-a"); /* it only begins the same */
	assert_false(live.objects.stale);
	live_free_objects(&live);
}

static void test_gone(void **state)
{
	char name[] = "p:dir/b";
	struct morsel_info info = info_of(7, name);

	(void)state;
	setup_objects();
	/* Another name is left: who knows what it is called now. */
	live_tell_gone(&live, &info);
	assert_non_null(name_of(7));
	assert_true(live.objects.stale);
	live.objects.stale = false;
	info.nlink = 0;
	info.attachments = 1;
	live_tell_gone(&live, &info);
	assert_non_null(name_of(7));
	assert_true(live.objects.stale);
	live.objects.stale = false;
	info.attachments = 0;
	live_tell_gone(&live, &info);
	assert_null(name_of(7));
	assert_int_equal(live.objects.count, 3);
	assert_false(live.objects.stale);
	live_free_objects(&live);
}

/* A snapshot has names until the look after the next has succeeded. */
static void test_names_stay(void **state)
{
	const char *before, *after;
	char name[] = "p:dir/c";
	struct morsel_info info = info_of(7, name);

	(void)state;
	setup_objects();
	before = name_of(7);
	live_free_names(&live); /* a look */
	tell(7, "p:dir/c");
	after = name_of(7);
	assert_true(before != after);
	live_free_names(&live); /* the next: its snapshot takes the place of the first */
	assert_string_equal(before, "p:dir/b");
	info.nlink = 0;
	live_tell_gone(&live, &info);
	live_free_names(&live);
	assert_string_equal(after, "p:dir/c");
	live_free_objects(&live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tell),
		cmocka_unit_test(test_rename_of_directory),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_names_stay),
	};

	return cmocka_run_group_tests_name("top_live", tests, NULL, NULL);
}
