// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Screens of morsel-top against a recording, compared with those kept in top/.
 * UPDATE=1 writes them anew. And keys at random on screens of all sizes.
 */
#include "top.h"

/* ---- kept screens ---- */

static const struct {
	const char *name, *keys;
	int rows, cols, looks;
	bool ascii;
} screens[] = {
	{ "morsels", "", 24, 80, 2, false },
	{ "morsels-ascii", "", 24, 80, 2, true },
	{ "morsels-tiny", "", 5, 20, 2, false },
	{ "morsels-40", "", 12, 40, 2, false },
	{ "morsels-wide", "", 30, 300, 2, false },
	{ "first-look", "", 16, 80, 1, false },
	{ "by-name", "<<<<", 24, 80, 2, false },
	{ "by-faults-inverted", "^6^E^U^U^U^U^MI", 24, 80, 2, true },
	{ "tree", "^5", 24, 80, 2, false },
	{ "sort-menu", "^6^D", 24, 80, 2, true },
	{ "filter", "^4ord^M", 24, 80, 2, false },
	{ "filter-nothing", "\\zzz", 16, 80, 2, false },
	{ "search", "/join^M", 24, 80, 2, false },
	{ "search-fails", "/nowhere^M", 24, 80, 2, false },
	{ "user", "u41000^M", 16, 80, 2, false },
	{ "user-unknown", "uno-such-user^M", 16, 80, 2, false },
	{ "detail", "^M", 24, 80, 3, false },
	{ "detail-ascii", "^M", 24, 80, 3, true },
	{ "processes", "2", 24, 80, 2, false },
	{ "of-process", "2^Dp", 24, 80, 2, false },
	{ "map", "3", 24, 80, 2, false },
	{ "map-of-process", "2^M", 24, 80, 2, true },
	{ "map-of-process-1g", "2^M^Dn^M", 24, 80, 2, false },
	{ "map-of-morsel", "m", 24, 80, 2, true },
	{ "map-1g", "m^M", 24, 80, 2, true },
	{ "map-2m", "m^M^M", 24, 80, 2, false },
	{ "map-4k", "m^M^M^M", 24, 80, 2, true },
	{ "map-next", "3nn", 24, 80, 2, true },
	{ "map-tiny", "3", 5, 20, 2, true },
	{ "map-wide", "3", 30, 300, 2, false },
	{ "map-collision", "2^M^Ewcc", 24, 80, 2, true },
	{ "map-hidden", "3w^R^R", 24, 80, 2, false },
	{ "pools", "4", 24, 80, 2, false },
	{ "pools-wide", "4", 16, 120, 2, false },
	{ "users", "5", 24, 80, 2, false },
	{ "events", "6", 24, 80, 3, false },
	{ "events-filter", "6^4quota^M", 24, 80, 3, false },
	{ "help", "?", 24, 80, 2, false },
	{ "delay", "d0.5", 16, 80, 2, false },
	{ "delay-taken", "s0.5^M", 16, 80, 2, false },
	{ "paused", "Z", 16, 80, 2, false },
	{ "by-column-behind", ">>>>", 24, 80, 2, true },
	{ "out-of-cell", "m+^D+-", 24, 80, 2, true },
	/* See trouble(). */
	{ "lost", "", 16, 80, 2, false },
	{ "inexact", "", 16, 80, 2, false },
	/* These are compared with a terminal, too, by t_top_terminal.sh. */
	{ "term", "", 24, 80, 1, false },
	{ "term-20x5", "", 5, 20, 1, false },
	{ "term-300x100", "", 100, 300, 1, false },
	{ "term-tree", "^5", 24, 80, 1, false },
	{ "term-filter", "^5^5^4ord^M", 24, 80, 1, false },
	{ "term-map", "3^R^D", 24, 80, 1, false },
	{ "term-help", "?", 24, 80, 1, false },
	{ "term-ascii", "^M", 24, 80, 1, true },
	{ "remove-read-only", "^X", 16, 80, 2, false },
};

static void draw_to(struct ui *ui, struct grid *grid, FILE *file)
{
	char *line;
	int row;

	ui_draw(ui, grid);
	for (row = 0; row < grid->rows; row++) {
		line = grid_line(grid, row);
		fprintf(file, "%s\n", line);
		free(line);
	}
}

/* What the source seldom tells. */
static void trouble(struct ui *ui, const char *screen)
{
	if (!strcmp(screen, "lost"))
		ui->model.now->lost = 12;
	if (!strcmp(screen, "inexact"))
		ui->model.now->inexact = 1;
}

static void check_screen(size_t i)
{
	struct grid grid = { .ascii = screens[i].ascii };
	char path[128], *drawn = NULL, *kept;
	size_t size = 0, len;
	struct ui ui;
	FILE *file;

	start(&ui, screens[i].looks);
	trouble(&ui, screens[i].name);
	type(&ui, screens[i].keys);
	if (ui.refresh && ui_refresh(&ui))
		ui.message[0] = '\0'; /* the recording has ended */
	assert_int_equal(grid_resize(&grid, screens[i].rows, screens[i].cols), 0);
	file = open_memstream(&drawn, &size);
	fputs("# SPDX-License-Identifier: GPL-2.0-or-later\n", file);
	draw_to(&ui, &grid, file);
	fclose(file);
	stop(&ui, &grid);
	snprintf(path, sizeof(path), "top/%s.txt", screens[i].name);
	file = fopen(path, getenv("UPDATE") ? "we" : "re");
	if (!file)
		fail_msg("no %s", path);
	if (getenv("UPDATE")) {
		fputs(drawn, file);
	} else {
		kept = calloc(1, size + 2);
		len = fread(kept, 1, size + 1, file);
		if (len != size || memcmp(kept, drawn, size) != 0)
			fail_msg("%s: expected\n%s\ndrawn\n%s", path, kept, drawn);
		free(kept);
	}
	fclose(file);
	free(drawn);
}

static void test_screens(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(screens); i++)
		check_screen(i);
}

/* ---- whatever happens ---- */

/* No line is wider than the screen, and wide characters are whole. */
static void check_grid(const struct grid *grid)
{
	int row, col, width;

	for (row = 0; row < grid->rows; row++) {
		for (col = 0; col < grid->cols; col += width) {
			wchar_t ch = grid->cells[row * grid->cols + col].ch;

			/* A half may be left where something was drawn over the other. */
			width = ch ? wcwidth(ch) : 1;
			if (width < 1 || col + width > grid->cols)
				fail_msg("row %d col %d: U+%04x", row, col, (unsigned int)ch);
			if (grid->ascii && ch > 0x7e)
				fail_msg("row %d col %d: U+%04x is no ASCII", row, col,
					 (unsigned int)ch);
		}
	}
}

static void test_random(void **state)
{
	static const int keys[] = {
		K_UP, K_DOWN, K_LEFT, K_RIGHT, K_PGUP, K_PGDN, K_FIRST, K_LAST, K_ENTER,
		K_BACKSPACE, K_DELETE, K_REDRAW, KEY_ESC, K_F1, K_F1 + 2, K_F1 + 3, K_F1 + 4,
		K_F1 + 5, K_F1 + 8, '1', '2', '3', '4', '5', '6', 'n', 'N', 'm', 'p', 'u', 'd', 't',
		'I', '<', '>', '/', '\\', 'x', 'c', 'w', '+', '-', 0xe4, 0x6c49, 'k', 'D', 'y',
		'M', 'S', 'X', 'L',
		' ', 'Z', '?',
	};
	struct grid grid = { 0 };
	struct ui ui;
	int i;

	(void)state;
	start(&ui, 1);
	srandom(1);
	for (i = 0; i < 20000; i++) {
		if (i % 50 == 0) {
			grid.ascii = random() % 2;
			assert_int_equal(grid_resize(&grid, (int)(1 + random() % 60),
						     (int)(1 + random() % 320)), 0);
			ui.rw = random() % 2;
			if (random() % 3 == 0) { /* begin the recording again */
				ui.source->close(ui.source);
				ui.source = source_replay(recording);
			}
			ui_refresh(&ui);
		}
		if (random() % 10 == 0)
			ui_click(&ui, &grid, (int)(random() % grid.rows),
				 (int)(random() % grid.cols));
		else if (random() % 20 == 0)
			ui_wheel(&ui, random() % 2 ? 1 : -1);
		else
			ui_key(&ui, keys[random() % ARRAY_SIZE(keys)]);
		ui_draw(&ui, &grid);
		check_grid(&grid);
	}
	stop(&ui, &grid);
}

static void test_click(void **state)
{
	struct grid grid = { 0 };
	struct ui ui;

	(void)state;
	start(&ui, 2);
	assert_int_equal(grid_resize(&grid, 24, 80), 0);
	ui_draw(&ui, &grid);
	ui_click(&ui, &grid, 7, 3); /* the third line of the table */
	assert_int_equal(ui.lists[SCREEN_MORSELS].selected, 2);
	ui_click(&ui, &grid, 4, 2); /* the head of the names */
	assert_int_equal(ui.model.sort, find_field("name"));
	assert_false(ui.model.inverted);
	ui_click(&ui, &grid, 4, 2);
	assert_true(ui.model.inverted);
	ui_click(&ui, &grid, 23, 58); /* Z */
	assert_true(ui.paused);
	ui_click(&ui, &grid, 23, 64);
	assert_false(ui.paused);
	ui_click(&ui, &grid, 23, 1); /* F1 */
	assert_int_equal(ui.overlay, OVERLAY_HELP);
	ui_click(&ui, &grid, 23, 1);
	ui_click(&ui, &grid, 7, 3);
	ui_click(&ui, &grid, 7, 3); /* the same again */
	assert_int_equal(ui.overlay, OVERLAY_DETAIL);
	ui_click(&ui, &grid, 3, 24); /* "3:Map" */
	assert_int_equal(ui.screen, SCREEN_SPACE);
	assert_int_equal(ui.overlay, OVERLAY_NONE);
	ui_draw(&ui, &grid);
	ui_click(&ui, &grid, 6, 11); /* the first cell of the second line */
	assert_int_equal(ui.space.cursor, 64);
	ui_click(&ui, &grid, 6, 10); /* the bar in front of it */
	assert_int_equal(ui.space.level, 0);
	ui_click(&ui, &grid, 6, 28); /* behind another bar */
	assert_int_equal(ui.space.cursor, 80);
	ui_click(&ui, &grid, 6, 28);
	assert_int_equal(ui.space.level, 1);
	ui_click(&ui, &grid, 6, 79); /* behind the last */
	assert_int_equal(ui.space.cursor, 0);
	stop(&ui, &grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_click),
		cmocka_unit_test(test_random),
	};
	int failed;

	if (record())
		return 1;
	failed = cmocka_run_group_tests_name("top_screens", tests, NULL, NULL);
	unlink(recording);
	return failed;
}
