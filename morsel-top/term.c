// SPDX-License-Identifier: GPL-2.0-or-later
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include "term.h"

/* The keys of ui.h; that header cannot be included, as curses has the same names. */
enum {
	UI_SPECIAL = 0x200000,
	UI_UP,
	UI_DOWN,
	UI_LEFT,
	UI_RIGHT,
	UI_PGUP,
	UI_PGDN,
	UI_FIRST,
	UI_LAST,
	UI_ENTER,
	UI_BACKSPACE,
	UI_DELETE,
	UI_REDRAW,
	UI_F1,
};

enum { STRIKE = 0x336 }; /* "combining long stroke overlay" */

static bool colors, strikes;

static void start_colors(void)
{
	static const short pairs[NR_PAINTS][2] = {
		[PAINT_HEAD] = { COLOR_BLACK, COLOR_GREEN },
		[PAINT_SELECTED] = { COLOR_BLACK, COLOR_CYAN },
		[PAINT_KEY] = { COLOR_BLACK, COLOR_CYAN },
		[PAINT_STRONG] = { COLOR_CYAN, -1 },
		[PAINT_DIM] = { COLOR_BLUE, -1 },
		[PAINT_GONE] = { COLOR_BLUE, -1 },
		[PAINT_GOOD] = { COLOR_GREEN, -1 },
		[PAINT_WARN] = { COLOR_YELLOW, -1 },
		[PAINT_BAD] = { COLOR_RED, -1 },
	};
	int i;

	start_color();
	use_default_colors();
	for (i = 1; i < NR_PAINTS; i++)
		init_pair((short)i, pairs[i][0], pairs[i][1]);
}

int term_start(bool color)
{
	const char *term = getenv("TERM");
	int error;

	/* initscr() would end the program. */
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    setupterm(NULL, STDOUT_FILENO, &error) == ERR) {
		fputs("morsel-top: this is no terminal that it can use; -b prints to anything\n",
		      stderr);
		return -1;
	}
	setenv("ESCDELAY", "25", 1);
	if (!initscr())
		return -1;
	colors = color && has_colors();
	if (colors)
		start_colors();
	/* The console does not put one character on another. */
	strikes = MB_CUR_MAX > 1 && term && strncmp(term, "linux", 5) != 0;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	return 0;
}

void term_stop(void)
{
	endwin();
}

void term_size(int *rows, int *cols)
{
	struct winsize size = { 0 };

	*rows = 24;
	*cols = 80;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		*rows = size.ws_row;
		*cols = size.ws_col;
	}
}

void term_resize(int rows, int cols)
{
	resizeterm(rows, cols);
	clear();
}

/* ---- output ---- */

static attr_t attributes(enum paint paint)
{
	static const attr_t plain[NR_PAINTS] = {
		[PAINT_HEAD] = A_REVERSE, [PAINT_SELECTED] = A_REVERSE | A_BOLD,
		[PAINT_KEY] = A_REVERSE,  [PAINT_STRONG] = A_BOLD,
		[PAINT_WARN] = A_BOLD,	  [PAINT_BAD] = A_BOLD | A_UNDERLINE,
		[PAINT_GONE] = A_DIM,
	};

	if (!colors)
		return plain[paint];
	if (paint == PAINT_GONE)
		return A_DIM;
	return paint == PAINT_STRONG || paint == PAINT_BAD || paint == PAINT_DIM ? A_BOLD
										 : A_NORMAL;
}

static void show_row(const struct grid *grid, int row)
{
	const struct cell *line = &grid->cells[row * grid->cols];
	wchar_t text[512];
	int col = 0, start, len;

	while (col < grid->cols) {
		bool strike = strikes && !grid->ascii && line[col].paint == PAINT_GONE;

		start = col;
		for (len = 0; col < grid->cols && len < 510 && line[col].paint == line[start].paint;
		     col++) {
			if (line[col].ch)
				text[len++] = line[col].ch;
			if (strike && line[col].ch && line[col].ch != L' ')
				text[len++] = STRIKE;
		}
		text[len] = L'\0';
		attr_set(attributes(line[start].paint), (short)(colors ? line[start].paint : 0),
			 NULL);
		mvaddnwstr(row, start, text, len);
	}
}

void term_show(const struct grid *grid, bool all)
{
	int row;

	if (all)
		clear();
	for (row = 0; row < grid->rows; row++)
		show_row(grid, row);
	refresh();
}

/* ---- input ---- */

static int translate(int key)
{
	static const struct {
		int from, to;
	} keys[] = {
		{ KEY_UP, UI_UP },	   { KEY_DOWN, UI_DOWN },	{ KEY_LEFT, UI_LEFT },
		{ KEY_RIGHT, UI_RIGHT },   { KEY_PPAGE, UI_PGUP },	{ KEY_NPAGE, UI_PGDN },
		{ KEY_HOME, UI_FIRST },	   { KEY_END, UI_LAST },	{ KEY_ENTER, UI_ENTER },
		{ KEY_BACKSPACE, UI_BACKSPACE }, { KEY_DC, UI_DELETE },
	};
	size_t i;

	if (key >= KEY_F(1) && key <= KEY_F(10))
		return UI_F1 + key - KEY_F(1);
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].from == key)
			return keys[i].to;
	return 0;
}

static void take_mouse(struct term_input *input)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return;
	input->row = event.y;
	input->col = event.x;
	if (event.bstate & BUTTON4_PRESSED)
		input->wheel = -1;
	else if (event.bstate & BUTTON5_PRESSED)
		input->wheel = 1;
	else
		input->click = event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED);
}

bool term_read(struct term_input *input)
{
	wint_t ch;
	int kind = get_wch(&ch);

	*input = (struct term_input){ 0 };
	if (kind == ERR)
		return false;
	if (kind == KEY_CODE_YES && ch == KEY_MOUSE)
		take_mouse(input);
	else if (kind == KEY_CODE_YES)
		input->key = translate((int)ch);
	else if (ch == '\r' || ch == '\n')
		input->key = UI_ENTER;
	else if (ch == 0x7f || ch == '\b')
		input->key = UI_BACKSPACE;
	else if (ch == 'L' - '@')
		input->key = UI_REDRAW;
	else
		input->key = (int)ch;
	return true;
}
