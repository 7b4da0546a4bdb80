// SPDX-License-Identifier: GPL-2.0-or-later
/* The model of morsel-top: rates, order, filters; the arithmetic of the map; texts. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "morsel-top/ui.h"

static struct snapshot *look(uint64_t seconds)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->monotonic = seconds * 1000000000ULL;
	return snapshot;
}

static struct top_morsel *add(struct snapshot *snapshot, uint64_t id, const char *name)
{
	struct top_morsel *m = ADD(snapshot, morsels);

	*m = (struct top_morsel){
		.id = id,
		.pool_id = 1,
		.name = snapshot_string(snapshot, name),
		.type = TYPE_FILE,
	};
	return m;
}

static const struct track *by_id(const struct model *model, uint64_t id)
{
	size_t i;

	for (i = 0; i < model->nr_tracks; i++)
		if (model->tracks[i]->id == id)
			return model->tracks[i];
	return NULL;
}

/* Mappings are added up by pool; of a pool without morsels there are none. */
static void test_mappings(void **state)
{
	struct snapshot *first = look(1);
	struct model model;
	size_t i;

	(void)state;
	model_init(&model);
	for (i = 0; i < 3; i++)
		((struct top_pool *)ADD(first, pools))->id = 3 - i;
	add(first, 1, "p:a")->mappers = 4;
	add(first, 2, "p:b")->mappers = UNKNOWN;
	add(first, 3, "p:c")->mappers = 5;
	add(first, 1, "q:a")->pool_id = 3;
	first->morsels[3].mappers = 7;
	add(first, 1, "r:a")->pool_id = 4; /* a pool that has just come */
	first->morsels[4].mappers = 100;
	assert_int_equal(model_update(&model, first), 0);
	assert_int_equal(first->pools[0].maps, 7);
	assert_int_equal(first->pools[1].maps, 0);
	assert_int_equal(first->pools[2].maps, 9);
	model_free(&model);
}

static void test_rates(void **state)
{
	struct snapshot *first = look(10), *second = look(12), *third = look(13);
	struct model model;

	(void)state;
	model_init(&model);
	add(first, 1, "p:a")->faults = 100;
	add(first, 2, "p:b")->faults = 50;
	add(first, 3, "p:c")->faults = 7;
	assert_int_equal(model_update(&model, first), 0);
	assert_false(by_id(&model, 1)->fresh);
	assert_true(by_id(&model, 1)->fault_rate < 0);
	add(second, 1, "p:a")->faults = 300;
	add(second, 3, "p:c")->faults = 3; /* smaller: not the same counter */
	add(second, 4, "p:d")->faults = 5;
	assert_int_equal(model_update(&model, second), 0);
	assert_true(by_id(&model, 1)->fault_rate == 100);
	assert_null(by_id(&model, 2));
	assert_true(by_id(&model, 3)->fault_rate < 0);
	assert_true(by_id(&model, 4)->fresh);
	assert_true(by_id(&model, 4)->fault_rate < 0);
	add(third, 1, "p:a")->faults = UNKNOWN;
	assert_int_equal(model_update(&model, third), 0);
	assert_int_equal(model.nr_tracks, 1);
	assert_true(by_id(&model, 1)->fault_rate < 0);
	assert_int_equal(by_id(&model, 1)->samples, 3);
	model_free(&model);
}

/* What has gone stays for a while, as it was, among what is there. */
static void test_gone(void **state)
{
	struct snapshot *first = look(10), *second = look(11), *third = look(15);
	struct model model;

	(void)state;
	model_init(&model);
	model.keep = 3000000000;
	model.sort = find_field("size");
	add(first, 1, "p:a")->size = 3;
	add(first, 2, "p:b")->size = 2;
	add(first, 3, NULL)->size = 5;
	add(first, 4, "p:c")->size = 1;
	assert_int_equal(model_update(&model, first), 0);
	add(second, 1, "p:a")->size = 3;
	add(second, 4, "p:c")->size = 1;
	assert_int_equal(model_update(&model, second), 0);
	assert_int_equal(model.nr_rows, 3); /* without the one that had no name */
	assert_int_equal(model.rows[1]->id, 2);
	assert_string_equal(model.rows[1]->now->name, "p:b");
	assert_string_equal(state_of(model.rows[1]), "gone");
	assert_string_equal(state_of(model.rows[0]), "ok");
	assert_int_equal(model.nr_tracks, 2);
	add(third, 1, "p:a")->size = 3;
	assert_int_equal(model_update(&model, third), 0);
	assert_int_equal(model.nr_rows, 2); /* one is forgotten, another has gone */
	assert_int_equal(model.rows[1]->id, 4);
	model_free(&model);
}

static void test_many_gone(void **state)
{
	struct snapshot *first = look(10), *second = look(11);
	struct model model;
	char name[16];
	uint64_t i;

	(void)state;
	model_init(&model);
	model.keep = 3000000000;
	for (i = 1; i <= 3 * MAX_GHOSTS; i++) {
		snprintf(name, sizeof(name), "p:%d", (int)i);
		add(first, i, name);
	}
	assert_int_equal(model_update(&model, first), 0);
	assert_int_equal(model_update(&model, second), 0);
	assert_int_equal(model.nr_rows, MAX_GHOSTS);
	model_free(&model);
}

static void test_order(void **state)
{
	struct snapshot *snapshot = look(1);
	struct model model;

	(void)state;
	model_init(&model);
	/* Out of order, as it may come from a recording. */
	add(snapshot, 9, "p:dir/b")->size = 5;
	add(snapshot, 2, "p:dir")->type = TYPE_DIRECTORY;
	add(snapshot, 3, "p:dir-a")->size = 9;
	add(snapshot, 4, NULL)->size = UNKNOWN;
	snapshot_sort(snapshot);
	model.sort = find_field("size");
	assert_int_equal(model_update(&model, snapshot), 0);
	assert_int_equal(model.nr_rows, 3); /* no directories */
	assert_int_equal(model.rows[0]->id, 3);
	assert_int_equal(model.rows[1]->id, 9);
	assert_int_equal(model.rows[2]->id, 4); /* what is not known is least */
	model.inverted = true;
	model_arrange(&model);
	assert_int_equal(model.rows[0]->id, 4);
	model.tree = true;
	model_arrange(&model);
	assert_int_equal(model.nr_rows, 4);
	assert_int_equal(model.rows[0]->id, 2);
	assert_int_equal(model.rows[1]->id, 9); /* inside comes before dir-a */
	assert_int_equal(model.rows[1]->depth, 2);
	assert_int_equal(model.rows[2]->id, 3);
	strcpy(model.filter, "DIR-"); /* NOLINT */
	model_arrange(&model);
	assert_int_equal(model.nr_rows, 1);
	model_free(&model);
}

/* However sizes and names change, and whatever comes and goes: rows are all there, and in order. */
static void test_order_kept(void **state)
{
	struct snapshot *snapshot;
	struct model model;
	uint64_t last, shown;
	char name[32];
	int round;
	size_t i;

	(void)state;
	model_init(&model);
	model.sort = find_field("size");
	srandom(1);
	for (round = 1; round < 300; round++) {
		snapshot = look((uint64_t)round);
		snapshot->stable = round % 5;
		for (i = 1, shown = 0; i < 200; i++) {
			if (random() % 50 == 0)
				continue;
			snprintf(name, sizeof(name), "p:%ld", random() % 3);
			add(snapshot, i, name)->size =
				random() % 20 ? i * 1000 : (uint64_t)random() % 300000;
			shown += round % 7 || name[2] == '1';
		}
		strcpy(model.filter, round % 7 ? "" : "1"); /* NOLINT */
		model.inverted = round % 11 == 0;
		assert_int_equal(model_update(&model, snapshot), 0);
		assert_int_equal(model.nr_rows, shown);
		for (i = 1, last = model.rows[0]->now->size; i < shown; i++) {
			if (model.inverted)
				assert_true(last <= model.rows[i]->now->size);
			else
				assert_true(last >= model.rows[i]->now->size);
			last = model.rows[i]->now->size;
		}
	}
	model_free(&model);
}

/* A filter that was set while something else hid the names holds for them, too. */
static void test_filter(void **state)
{
	struct snapshot *snapshot = look(1);
	struct model model;

	(void)state;
	model_init(&model);
	snapshot->stable = true;
	add(snapshot, 1, "p:a")->uid = 7;
	add(snapshot, 2, "p:b")->uid = 8;
	strcpy(model.filter, "a"); /* NOLINT */
	assert_int_equal(model_update(&model, snapshot), 0);
	assert_int_equal(model.nr_rows, 1);
	model.only_uid = 8;
	strcpy(model.filter, "b"); /* NOLINT */
	model_arrange(&model);
	assert_int_equal(model.nr_rows, 1);
	model.only_uid = UNKNOWN;
	model_arrange(&model);
	assert_int_equal(model.nr_rows, 1);
	assert_int_equal(model.rows[0]->id, 2);
	model_free(&model);
}

/* What is not looked at again keeps its rates; what is has them for its own time. */
static void test_looked(void **state)
{
	struct snapshot *snapshot;
	struct model model;
	uint64_t i;

	(void)state;
	model_init(&model);
	for (i = 1; i <= 4; i++) {
		snapshot = look(i);
		*add(snapshot, 1, "p:a") = (struct top_morsel){
			.id = 1, .pool_id = 1, .type = TYPE_FILE, .name = "p:a",
			/* at 1 s, 1 s, 3 s, 3.01 s */
			.looked = i < 3 ? 1000000000 : i < 4 ? 3000000000 : 3010000000,
			.faults = i < 3 ? 10 : i < 4 ? 30 : 1000,
		};
		assert_int_equal(model_update(&model, snapshot), 0);
		if (i < 3)
			assert_true(by_id(&model, 1)->fault_rate < 0);
		else
			assert_true(by_id(&model, 1)->fault_rate == 10);
	}
	assert_int_equal(by_id(&model, 1)->samples, 2);
	model_free(&model);
}

static void test_pid(void **state)
{
	struct snapshot *snapshot = look(1);
	struct top_attachment *a;
	struct model model;
	uint64_t id;

	(void)state;
	model_init(&model);
	for (id = 1; id <= 100; id++)
		add(snapshot, id, "p:x");
	a = ADD(snapshot, attachments);
	*a = (struct top_attachment){ .pool_id = 1, .id = 77, .pid = 5, .end = 10 };
	a = ADD(snapshot, attachments);
	*a = (struct top_attachment){ .pool_id = 1, .id = 1000, .pid = 5, .end = 20 };
	model.only_pid = 5;
	assert_int_equal(model_update(&model, snapshot), 0);
	assert_int_equal(model.nr_rows, 1);
	assert_int_equal(model.rows[0]->id, 77);
	assert_int_equal(model.nr_processes, 1);
	assert_int_equal(model.processes[0].bytes, 30);
	model_free(&model);
}

static void test_events(void **state)
{
	struct snapshot *snapshot;
	struct top_event *event;
	struct model model;
	int i;

	(void)state;
	model_init(&model);
	for (i = 0; i < 3 * MAX_EVENTS; i++) {
		snapshot = look((uint64_t)i + 1);
		snapshot->events_known = 1;
		event = ADD(snapshot, events);
		event->seq = (uint64_t)i;
		assert_int_equal(model_update(&model, snapshot), 0);
	}
	assert_int_equal(model.nr_events, MAX_EVENTS);
	assert_int_equal(model_event(&model, 0)->seq, 3 * MAX_EVENTS - 1);
	assert_int_equal(model_event(&model, MAX_EVENTS - 1)->seq, 2 * MAX_EVENTS);
	assert_null(model_event(&model, MAX_EVENTS));
	assert_true(model.events_rate == 1);
	model_free(&model);
}

/* ---- the map ---- */

static void reserve(struct snapshot *snapshot, uint64_t begin, uint64_t size)
{
	struct top_reservation *r = ADD(snapshot, reservations);

	*r = (struct top_reservation){ .start = begin, .size = size, .name = "p:a" };
}

static void test_space(void **state)
{
	static struct space_cell cells[SPACE_CELLS];
	struct snapshot *snapshot = look(1);
	struct space space = { 0 };
	uint64_t gib = 1ULL << 30, address = 64 * 512 * gib;

	(void)state;
	snapshot->window_start = address;
	snapshot->window_end = address + 1024 * gib;
	reserve(snapshot, address, 64 * gib);
	reserve(snapshot, address + 511 * gib, 2 * gib); /* over the border */
	space_fill(&space, snapshot, cells);
	assert_int_equal(cells[64].reserved, 65 * gib);
	assert_int_equal(cells[65].reserved, gib);
	assert_int_equal(cells[64].objects, 2);
	assert_int_equal(space_char(&cells[63], 0), ' ');
	assert_int_equal(space_char(&cells[64], 0), '1');
	assert_int_equal(space_char(&cells[66], 0), ' ');
	space_go(&space, address + 511 * gib);
	assert_int_equal(space.cursor, 64);
	assert_true(space_in(&space));
	space_go(&space, address + 511 * gib);
	assert_int_equal(space.cursor, 511);
	space_fill(&space, snapshot, cells);
	assert_int_equal(space_char(&cells[0], 1), 'R');
	assert_int_equal(space_char(&cells[64], 1), '.');
	assert_true(space_in(&space) && space_in(&space));
	assert_false(space_in(&space));
	assert_int_equal(space_address(&space, 0), address + 511 * gib);
	assert_true(space_out(&space) && space_out(&space) && space_out(&space));
	assert_false(space_out(&space));
	assert_int_equal(space.cursor, 64);
	assert_int_equal(space_next(snapshot, address, true), address + 511 * gib);
	assert_int_equal(space_next(snapshot, address, false), UNKNOWN);
	snapshot_free(snapshot);
}

static void test_texts(void **state)
{
	char text[NUMBER_TEXT];

	(void)state;
	assert_string_equal(size_text(0, text), "0B");
	assert_string_equal(size_text(1023, text), "1023B");
	assert_string_equal(size_text(1536, text), "1.5K");
	assert_string_equal(size_text(1048575, text), "1M");
	assert_string_equal(size_text(UNKNOWN, text), "-");
	assert_string_equal(rate_text(0, text), "0");
	assert_string_equal(rate_text(12100, text), "12.1k");
	assert_string_equal(rate_text(-1, text), "-");
	assert_string_equal(address_text(0x200000000000, text), "2000_0000_0000");
	assert_string_equal(age_text(3ULL * 86400 * 1000000000, text), "3d00h");
	assert_string_equal(age_text(12ULL * 60 * 1000000000, text), "00:12");
}

static void test_grid(void **state)
{
	struct grid grid = { 0 };
	char *line;

	(void)state;
	assert_int_equal(grid_resize(&grid, 1, 10), 0);
	/* control characters, wide and combining ones, what is no UTF-8, the edge */
	assert_int_equal(grid_text(&grid, 0, 0, -1, PAINT_STRONG,
				   "a\x1b[\xff\xe6\xb1\x89k\xcc\x81xyz"),
			 10);
	line = grid_line(&grid, 0);
	assert_string_equal(line, "a?[?\xe6\xb1\x89kxyz");
	free(line);
	grid_clear(&grid);
	assert_int_equal(grid_text(&grid, 0, 9, -1, PAINT_NORMAL, "\xe6\xb1\x89"), 9);
	grid_free(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_rates), cmocka_unit_test(test_order),
		cmocka_unit_test(test_gone),  cmocka_unit_test(test_many_gone),
		cmocka_unit_test(test_order_kept), cmocka_unit_test(test_filter),
		cmocka_unit_test(test_looked),
		cmocka_unit_test(test_pid),   cmocka_unit_test(test_events),
		cmocka_unit_test(test_space), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_grid),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("top_model", tests, NULL, NULL);
}
