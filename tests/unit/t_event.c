// SPDX-License-Identifier: GPL-2.0-or-later
/* Events: what is made of the messages, and how gaps in their numbers show. */
#include <errno.h>
#include <stdlib.h>
#include "fake.h"
#include "libmorsel/event.h"

static struct morsel_events *new_events(void)
{
	struct morsel_events *events = calloc(1, sizeof(*events));

	assert_non_null(events);
	events->family = FAKE_FAMILY;
	return events;
}

static void feed(struct morsel_events *events, const struct fake_buf *buf)
{
	memcpy(events->buffer, buf->data, buf->len);
	events->pos = 0;
	events->left = buf->len;
}

static void event_object(struct fake_buf *buf, uint8_t cmd, const char *path, uint64_t seq)
{
	size_t at = buf->len;

	fake_object(buf, 5, "db", path, 1);
	((struct genlmsghdr *)(buf->data + at + NLMSG_HDRLEN))->cmd = cmd;
	fake_u64(buf, MORSEL_A_OBJECT_EVENT_SEQ, seq);
}

static void event_pool(struct fake_buf *buf, uint8_t cmd, uint64_t seq)
{
	size_t at = buf->len;

	fake_pool(buf, 5, "db");
	((struct genlmsghdr *)(buf->data + at + NLMSG_HDRLEN))->cmd = cmd;
	fake_u64(buf, MORSEL_A_POOL_EVENT_SEQ, seq);
}

static void event_quota(struct fake_buf *buf, uint64_t seq)
{
	fake_msg(buf, FAKE_FAMILY, 0);
	fake_genl(buf, MORSEL_CMD_QUOTA_SOFT_NTF);
	fake_str(buf, MORSEL_A_ALERT_POOL_NAME, "db");
	fake_u64(buf, MORSEL_A_ALERT_EVENT_SEQ, seq);
	fake_u32(buf, MORSEL_A_ALERT_WHAT, MORSEL_QUOTA_WHAT_OBJECTS);
	fake_u32(buf, MORSEL_A_ALERT_UID, 1000);
	fake_u64(buf, MORSEL_A_ALERT_USED, 1001);
	fake_u64(buf, MORSEL_A_ALERT_LIMIT, 900);
}

static struct morsel_event *take(struct morsel_events *events)
{
	struct morsel_event *event;

	assert_int_equal(morsel_events_next(events, &event), 1);
	return event;
}

static void test_kinds(void **state)
{
	static const struct {
		const char *name;
		enum morsel_event_type type;
		uint8_t cmd;
		bool pool;
	} kinds[] = {
		{ "pool-new", MORSEL_EVENT_POOL_NEW, MORSEL_CMD_POOL_NEW_NTF, true },
		{ "pool-set", MORSEL_EVENT_POOL_SET, MORSEL_CMD_POOL_SET_NTF, true },
		{ "pool-del", MORSEL_EVENT_POOL_DEL, MORSEL_CMD_POOL_DEL_NTF, true },
		{ "morsel-new", MORSEL_EVENT_MORSEL_NEW, MORSEL_CMD_MORSEL_NEW_NTF, false },
		{ "morsel-set", MORSEL_EVENT_MORSEL_SET, MORSEL_CMD_MORSEL_SET_NTF, false },
		{ "morsel-rename", MORSEL_EVENT_MORSEL_RENAME, MORSEL_CMD_MORSEL_RENAME_NTF,
		  false },
		{ "morsel-del", MORSEL_EVENT_MORSEL_DEL, MORSEL_CMD_MORSEL_DEL_NTF, false },
	};
	struct morsel_events *events = new_events();
	struct fake_buf buf = { .len = 0 };
	struct morsel_event *event;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].pool)
			event_pool(&buf, kinds[i].cmd, 100 + i);
		else
			event_object(&buf, kinds[i].cmd, "a", 100 + i);
	}
	fake_str(&buf, MORSEL_A_OBJECT_OLD_PATH, "was");
	feed(events, &buf);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		event = take(events);
		assert_int_equal(morsel_event_type(event), kinds[i].type);
		assert_string_equal(morsel_event_type_name(event), kinds[i].name);
		assert_int_equal(morsel_event_seq(event), 100 + i);
		assert_true(!morsel_event_pool(event) == !kinds[i].pool);
		assert_true(!morsel_event_info(event) == kinds[i].pool);
		if (i == ARRAY_SIZE(kinds) - 1)
			assert_string_equal(morsel_event_old_name(event), "db:was");
		else
			assert_null(morsel_event_old_name(event));
		morsel_event_free(event);
	}
	assert_int_equal(morsel_events_take(events, &event), 0);
	morsel_events_close(events);
}

/* What is not of an object or a pool, and who did it. */
static void test_facts(void **state)
{
	struct morsel_events *events = new_events();
	struct fake_buf buf = { .len = 0 };
	struct morsel_event *event;

	(void)state;
	event_quota(&buf, 7);
	event_object(&buf, MORSEL_CMD_MORSEL_MAP_NTF, "a", 8);
	fake_u32(&buf, MORSEL_A_OBJECT_ACTOR_PID, 4711);
	fake_u32(&buf, MORSEL_A_OBJECT_ACTOR_UID, 0);
	fake_u64(&buf, MORSEL_A_OBJECT_MAP_START, 0x200000);
	fake_u64(&buf, MORSEL_A_OBJECT_MAP_LENGTH, 0x400000);
	fake_u32(&buf, MORSEL_A_OBJECT_MAP_VIEW, MORSEL_MAP_VIEW_RO);
	feed(events, &buf);
	event = take(events);
	assert_int_equal(morsel_event_type(event), MORSEL_EVENT_QUOTA_SOFT);
	assert_string_equal(morsel_event_pool_name(event), "db");
	assert_null(morsel_event_name(event));
	assert_int_equal(morsel_event_quota_what(event), MORSEL_QUOTA_WHAT_OBJECTS);
	assert_int_equal(morsel_event_quota_uid(event), 1000);
	assert_int_equal(morsel_event_quota_used(event), 1001);
	assert_int_equal(morsel_event_quota_limit(event), 900);
	assert_int_equal(morsel_event_uid(event), UINT32_MAX);
	morsel_event_free(event);
	event = take(events);
	assert_int_equal(morsel_event_type(event), MORSEL_EVENT_MORSEL_MAP);
	assert_string_equal(morsel_event_name(event), "db:a");
	assert_int_equal(morsel_event_pid(event), 4711);
	assert_int_equal(morsel_event_uid(event), 0);
	assert_int_equal(morsel_event_start(event), 0x200000);
	assert_int_equal(morsel_event_length(event), 0x400000);
	assert_int_equal(morsel_event_view(event), MORSEL_MAP_VIEW_RO);
	morsel_event_free(event);
	morsel_events_close(events);
}

/* A kind that the library does not know has a number, too. */
static void test_newer_kind(void **state)
{
	struct morsel_events *events = new_events();
	struct fake_buf buf = { .len = 0 };
	struct morsel_event *event;

	(void)state;
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "a", 7);
	fake_msg(&buf, FAKE_FAMILY, 0)->nlmsg_seq = 8;
	fake_genl(&buf, 250);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "b", 9);
	feed(events, &buf);
	morsel_event_free(take(events));
	event = take(events);
	assert_int_equal(morsel_event_type(event), MORSEL_EVENT_MORSEL_NEW);
	assert_int_equal(morsel_event_seq(event), 9);
	morsel_event_free(event);
	morsel_events_close(events);
}

static void test_gap(void **state)
{
	struct morsel_events *events = new_events();
	struct fake_buf buf = { .len = 0 };
	struct morsel_event *event;

	(void)state;
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "a", 7);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "b", 8);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "c", 12);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "d", 13);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "e", 1); /* loaded anew */
	feed(events, &buf);
	morsel_event_free(take(events));
	morsel_event_free(take(events));
	event = take(events);
	assert_int_equal(morsel_event_type(event), MORSEL_EVENT_LOST);
	assert_string_equal(morsel_event_type_name(event), "lost");
	assert_int_equal(morsel_event_seq(event), 9);
	assert_int_equal(morsel_event_lost(event), 3);
	morsel_event_free(event);
	event = take(events);
	assert_string_equal(morsel_info_path(morsel_event_info(event)), "c");
	morsel_event_free(event);
	event = take(events);
	assert_int_equal(morsel_event_seq(event), 13);
	morsel_event_free(event);
	event = take(events);
	assert_int_equal(morsel_event_type(event), MORSEL_EVENT_LOST);
	assert_int_equal(morsel_event_lost(event), 0);
	morsel_event_free(event);
	/* what is held back behind a gap goes with the subscription */
	assert_non_null(events->held);
	morsel_events_close(events);
}

/* Unknown kinds and families are passed over; damage is told, and then it goes on. */
static void test_odd_messages(void **state)
{
	struct morsel_events *events = new_events();
	struct fake_buf buf = { .len = 0 };
	struct morsel_event *event;

	(void)state;
	fake_msg(&buf, FAKE_FAMILY + 1, 0);
	fake_msg(&buf, FAKE_FAMILY, 0);
	event_object(&buf, 250, "a", 1);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "b", 2);
	feed(events, &buf);
	event = take(events);
	assert_int_equal(morsel_event_seq(event), 2);
	morsel_event_free(event);

	buf.len = 0;
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "b", 3);
	buf.len -= 8;
	feed(events, &buf);
	assert_int_equal(morsel_events_take(events, &event), -EPROTO);
	assert_int_equal(morsel_events_take(events, &event), 0);
	buf.len = 0;
	event_pool(&buf, MORSEL_CMD_MORSEL_NEW_NTF, 3); /* an object without an id */
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "c", 3);
	feed(events, &buf);
	assert_int_equal(morsel_events_take(events, &event), -EPROTO);
	assert_int_equal(morsel_events_take(events, &event), 1);
	morsel_event_free(event);
	morsel_events_close(events);
}

static int count_to_two(void *data, const struct morsel_event *event)
{
	(void)event;
	return ++*(int *)data == 2 ? 55 : 0;
}

static void test_dispatch(void **state)
{
	struct morsel_events *events = new_events();
	struct fake_buf buf = { .len = 0 };
	int count = 0;

	(void)state;
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "a", 1);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "b", 2);
	event_object(&buf, MORSEL_CMD_MORSEL_NEW_NTF, "c", 3);
	feed(events, &buf);
	assert_int_equal(morsel_events_dispatch(events, count_to_two, &count), 55);
	assert_int_equal(count, 2);
	morsel_event_free(take(events));
	morsel_events_close(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_newer_kind),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_odd_messages),
		cmocka_unit_test(test_dispatch),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
