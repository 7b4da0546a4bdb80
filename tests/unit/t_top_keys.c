// SPDX-License-Identifier: GPL-2.0-or-later
/* What keys of morsel-top do: to time, to lists, on the map, and to morsels. */
#include <signal.h>
#include "top.h"

/* Is this on a line of the screen? */
static bool is_drawn(struct ui *ui, struct grid *grid, int row, const char *text)
{
	bool found;
	char *line;

	ui_draw(ui, grid);
	line = grid_line(grid, row);
	found = strstr(line, text) != NULL;
	free(line);
	return found;
}

static const char *selected_name(const struct ui *ui)
{
	return ui_track(ui)->now->name;
}

static void test_time(void **state)
{
	struct grid grid = { 0 };
	struct ui ui;

	(void)state;
	start(&ui, 2);
	assert_int_equal(grid_resize(&grid, 24, 80), 0);
	type(&ui, "Z");
	assert_true(ui.paused);
	assert_true(is_drawn(&ui, &grid, 3, "PAUSED"));
	type(&ui, "Z");
	assert_false(ui.paused);
	assert_false(is_drawn(&ui, &grid, 3, "PAUSED"));
	type(&ui, "d0.5^M");
	assert_true(ui.delay == 0.5);
	type(&ui, "s7^[");
	assert_true(ui.delay == 0.5);
	type(&ui, "s7x^B^M");
	assert_true(ui.delay == 7);
	type(&ui, "d0^M");
	assert_true(ui.delay == 7);
	assert_true(is_drawn(&ui, &grid, 23, "between 0.1 and 3600"));
	ui.refresh = ui.names = false;
	type(&ui, " ");
	assert_true(ui.refresh && ui.names);
	assert_false(ui.redraw);
	type(&ui, "^C");
	assert_true(ui.redraw);
	type(&ui, "q");
	assert_true(ui.quit);
	ui.cpu = -1;
	ui_count(&ui, 100, 1000);
	assert_true(ui.cpu == -1);
	ui_count(&ui, 130, 2500);
	assert_true(is_drawn(&ui, &grid, 0, "cpu 2.0%"));
	ui_count(&ui, 135, 2500); /* no time has passed */
	assert_true(ui.cpu == 2);
	ui_count(&ui, 135, 3500);
	assert_true(is_drawn(&ui, &grid, 0, "cpu 0.0%"));
	stop(&ui, &grid);
}

static void test_lists(void **state)
{
	struct grid grid = { 0 };
	struct ui ui;
	size_t all;

	(void)state;
	start(&ui, 2);
	assert_int_equal(grid_resize(&grid, 8, 80), 0);
	ui_draw(&ui, &grid);
	all = ui.model.nr_rows;
	type(&ui, "^N");
	assert_int_equal(ui.lists[SCREEN_MORSELS].selected, ui.page);
	type(&ui, "^N^P^P");
	assert_int_equal(ui.lists[SCREEN_MORSELS].selected, 0);
	type(&ui, "^N^N^N^N^N^N^N^N");
	assert_int_equal(ui.lists[SCREEN_MORSELS].selected, all - 1);
	type(&ui, "^H/ORDERS^M");
	assert_string_equal(selected_name(&ui), "db:orders-old");
	type(&ui, "n");
	assert_string_equal(selected_name(&ui), "db:orders/2025");
	type(&ui, "n"); /* around */
	assert_string_equal(selected_name(&ui), "db:orders/2024");
	type(&ui, "^4ord^Mu41000^M2p");
	assert_int_equal(ui.model.nr_rows, 1);
	type(&ui, "^[");
	assert_int_equal(ui.model.nr_rows, all);
	assert_string_equal(ui.model.filter, "");
	assert_true(ui.model.only_uid == UNKNOWN && ui.model.only_pid == UNKNOWN);
	ui.model.sort = 0;
	type(&ui, ">");
	assert_int_equal(ui.model.sort, 1);
	type(&ui, "<<>"); /* around, too */
	assert_int_equal(ui.model.sort, 0);
	stop(&ui, &grid);
}

static void test_map(void **state)
{
	struct grid grid = { 0 };
	struct ui ui;
	uint64_t first;

	(void)state;
	start(&ui, 2);
	type(&ui, "3^H"); /* nothing is there */
	type(&ui, "n");
	first = space_address(&ui.space, ui.space.cursor);
	assert_true(first >= ui.model.now->window_start);
	type(&ui, "n");
	assert_true(space_address(&ui.space, ui.space.cursor) > first);
	type(&ui, "N");
	assert_true(space_address(&ui.space, ui.space.cursor) == first);
	type(&ui, "+");
	assert_int_equal(ui.space.level, 1);
	type(&ui, "=");
	assert_int_equal(ui.space.level, 2);
	type(&ui, "-");
	assert_int_equal(ui.space.level, 1);
	type(&ui, "^B");
	assert_int_equal(ui.space.level, 0);
	assert_true(space_address(&ui.space, ui.space.cursor) == first);
	type(&ui, "^B");
	assert_int_equal(ui.space.level, 0);
	assert_int_equal(ui.screen, SCREEN_SPACE);
	stop(&ui, &grid);
}

/* What was asked of the source last. */
static struct {
	int count;
	enum deed deed;
	uint64_t id;
	char text[64];
} asked;

static int note_deed(struct source *source, enum deed deed, const char *pool, uint64_t id,
		     const char *text)
{
	(void)source;
	(void)pool;
	asked.count++;
	asked.deed = deed;
	asked.id = id;
	snprintf(asked.text, sizeof(asked.text), "%s", text);
	return 0;
}

static int note_kill(struct source *source, uint64_t pid, int signal)
{
	(void)source;
	asked.count++;
	asked.id = pid;
	assert_int_equal(signal, SIGTERM);
	return 0;
}

static void check_deed(struct ui *ui, const char *keys, int count, enum deed deed, uint64_t id,
		       const char *text)
{
	type(ui, keys);
	assert_int_equal(asked.count, count);
	assert_int_equal(asked.deed, deed);
	assert_int_equal(asked.id, id);
	assert_string_equal(asked.text, text);
}

static void test_deeds(void **state)
{
	struct grid grid = { 0 };
	struct ui ui;
	char *line;

	(void)state;
	start(&ui, 2);
	assert_int_equal(grid_resize(&grid, 24, 80), 0);
	ui.source->act = note_deed;
	type(&ui, "S");
	assert_int_equal(ui.prompt, PROMPT_NONE); /* read-only */
	ui.rw = true;
	type(&ui, "Sn");
	assert_int_equal(asked.count, 0);
	check_deed(&ui, "Sy", 1, DEED_SEAL, ui_track(&ui)->id, "");
	type(&ui, "M");
	assert_int_equal(ui_refresh(&ui), 0); /* while it is typed */
	check_deed(&ui, "640^M", 2, DEED_CHMOD, ui_track(&ui)->id, "640");
	check_deed(&ui, "Xg:staff^M", 3, DEED_REVOKE, ui_track(&ui)->id, "g:staff");
	type(&ui, "X");
	ui_draw(&ui, &grid);
	line = grid_line(&grid, 23);
	assert_non_null(strstr(line, ui_track(&ui)->now->name));
	free(line);
	type(&ui, "^[");
	assert_int_equal(asked.count, 3);
	check_deed(&ui, "5Lp 2G^M", 4, DEED_LIMIT, ui.model.users[0].key, "p 2G");
	type(&ui, "1");
	check_deed(&ui, "^Xy", 5, DEED_REMOVE, ui_track(&ui)->id, "");
	check_deed(&ui, "Dy", 6, DEED_REMOVE, ui_track(&ui)->id, "");
	ui.source->kill = note_kill;
	type(&ui, "2^D^9n");
	assert_int_equal(asked.count, 6);
	type(&ui, "^9y");
	assert_int_equal(asked.count, 7);
	assert_true(asked.id == ui.model.processes[1].key);
	type(&ui, "^Uky");
	assert_true(asked.id == ui.model.processes[0].key);
	stop(&ui, &grid);
}

static bool is_there;

static bool has_process(uint64_t pid)
{
	(void)pid;
	return is_there;
}

static void test_process_gone(void **state)
{
	struct grid grid = { 0 };
	struct ui ui;

	(void)state;
	start(&ui, 1);
	assert_int_equal(grid_resize(&grid, 24, 80), 0);
	type(&ui, "2p");
	assert_true(ui.model.only_pid != UNKNOWN);
	assert_false(ui_lacks_process(&ui)); /* a recording does not know */
	ui.source->has_process = has_process;
	assert_true(ui_lacks_process(&ui));
	is_there = true;
	assert_false(ui_lacks_process(&ui));
	assert_int_equal(ui_refresh(&ui), 0);
	assert_false(is_drawn(&ui, &grid, 23, "has gone"));
	is_there = false;
	ui.source->close(ui.source);
	ui.source = source_replay(recording);
	ui.source->has_process = has_process;
	assert_int_equal(ui_refresh(&ui), 0);
	assert_true(is_drawn(&ui, &grid, 23, "process "));
	assert_true(is_drawn(&ui, &grid, 23, " has gone"));
	type(&ui, "2^E^[");
	assert_true(ui.model.only_pid == UNKNOWN);
	assert_int_equal(ui_refresh(&ui), 0);
	assert_false(is_drawn(&ui, &grid, 23, "has gone"));
	stop(&ui, &grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_deeds),
		cmocka_unit_test(test_process_gone),
	};
	int failed;

	if (record())
		return 1;
	failed = cmocka_run_group_tests_name("top_keys", tests, NULL, NULL);
	unlink(recording);
	return failed;
}
