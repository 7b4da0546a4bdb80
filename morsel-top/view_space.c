// SPDX-License-Identifier: GPL-2.0-or-later
/* The address space. */
#include <stdio.h>
#include "ui.h"

/* The upper half of an address; below are zeros, as a line is 64 KiB or more. */
enum { LABEL = 10 };

static const char *const units[SPACE_LEVELS] = { "512 GiB", "1 GiB", "2 MiB", "4 KiB" };

/* How many cells a line has: what fits, a bar in front of each 16. */
static int per_line(const struct grid *grid)
{
	int cells = 64;

	while (cells > 8 && LABEL + cells + (cells + 15) / 16 + 1 > grid->cols)
		cells /= 2;
	return cells;
}

static enum paint paint_of(char c)
{
	switch (c) {
	case '!':
		return PAINT_BAD;
	case 'm':
		return PAINT_GOOD;
	case 'p':
		return PAINT_WARN;
	case '.':
	case ' ':
		return PAINT_DIM;
	default:
		return PAINT_STRONG;
	}
}

/* Shades for what is reserved, as an eye is quicker than a digit. */
static wchar_t wide_of(char c)
{
	if (c == 'R')
		return L'\u2588';
	if (c >= '1' && c <= '9')
		return c < '4' ? L'\u2591' : c < '7' ? L'\u2592' : L'\u2593';
	return c == '.' ? L'\u00b7' : (wchar_t)c;
}

static void draw_cells(const struct ui *ui, struct grid *grid, int row, int first, int count,
		       const struct space_cell *cells)
{
	uint64_t address = space_address(&ui->space, first);
	int i, col = LABEL;

	grid_put(grid, row, 0, PAINT_DIM, "%04llx_%04llx_", (unsigned long long)(address >> 32),
		 (unsigned long long)(address >> 16 & 0xffff));
	for (i = 0; i < count; i++) {
		char c = space_char(&cells[first + i], ui->space.level);
		bool here = first + i == ui->space.cursor;

		if (i % 16 == 0)
			grid_char(grid, row, col++, PAINT_DIM, L'\u2502', '|');
		/* Seen without colours, too. */
		if (here && c == ' ')
			grid_char(grid, row, col, PAINT_SELECTED, L'_', '_');
		else
			grid_char(grid, row, col, here ? PAINT_SELECTED : paint_of(c), wide_of(c),
				  c);
		col++;
	}
	grid_char(grid, row, col, PAINT_DIM, L'\u2502', '|');
}

int space_at(const struct ui *ui, int row, int col)
{
	int in_line = col - LABEL, cell;

	if (row < ui->map_row || in_line < 0 || in_line % 17 == 0)
		return -1;
	in_line -= in_line / 17 + 1;
	cell = (ui->map_line + row - ui->map_row) * ui->map_width + in_line;
	return in_line < ui->map_width && cell < space_cells(ui->space.level) ? cell : -1;
}

static void draw_cell_info(const struct ui *ui, struct grid *grid, int row,
			   const struct space_cell *cell)
{
	char start[NUMBER_TEXT], reserved[NUMBER_TEXT], morsel[NUMBER_TEXT], other[NUMBER_TEXT];
	uint64_t address = space_address(&ui->space, ui->space.cursor);
	int col;

	col = grid_put(grid, row, 0, PAINT_STRONG, "> %s",
		       address ? address_text(address, start) : "0000_0000_0000");
	col = grid_put(grid, row, col, PAINT_NORMAL, "  reserved %s",
		       size_text(cell->reserved, reserved));
	if (cell->hidden)
		col = grid_put(grid, row, col, PAINT_NORMAL, " and %s that you may not see",
			       size_text(cell->hidden, reserved));
	if (ui->pid)
		col = grid_put(grid, row, col, PAINT_NORMAL, "  pid %llu: morsels %s, other %s",
			       (unsigned long long)ui->pid, size_text(cell->morsel, morsel),
			       size_text(cell->other, other));
	if (cell->collision)
		col = grid_put(grid, row, col, PAINT_BAD, "  COLLISION");
	if (cell->name)
		col = grid_put(grid, row, col, PAINT_NORMAL, "  %s", cell->name);
	if (cell->size)
		col = grid_put(grid, row, col, PAINT_DIM, " %s at %s",
			       size_text(cell->size, reserved), address_text(cell->start, start));
	if (cell->objects > 1)
		grid_put(grid, row, col, PAINT_NORMAL, " + %u more", cell->objects - 1);
}

/* The window as a whole. */
static void draw_window(const struct snapshot *now, struct grid *grid, int row)
{
	char start[NUMBER_TEXT], end[NUMBER_TEXT], reserved[NUMBER_TEXT], gap[NUMBER_TEXT];

	if (!now->window_end) {
		grid_text(grid, row, 0, -1, PAINT_DIM, " the window is not known");
		return;
	}
	grid_put(grid, row, 0, PAINT_NORMAL,
		 " window %s to %s  reserved %s in %zu  largest gap %s",
		 address_text(now->window_start, start), address_text(now->window_end, end),
		 size_text(now->reserved, reserved), now->nr_reservations,
		 now->nr_gaps ? size_text(now->largest_gap, gap) : "-");
}

static void draw_legend(struct grid *grid, int row)
{
	grid_text(grid, row, 0, -1, PAINT_DIM,
		  grid->ascii ? " . window  1-9 tenths reserved  R all  m morsel  p other of pid  ! collision"
			      : " \u00b7 window  \u2591\u2592\u2593 partly reserved  \u2588 all  m morsel  "
				"p other of pid  ! collision");
}

void draw_space(struct ui *ui, struct grid *grid, int top, int bottom)
{
	static struct space_cell cells[SPACE_CELLS];
	int count = space_cells(ui->space.level), width = per_line(grid), lines, first, i;

	grid_put(grid, top, 0, PAINT_HEAD, "1 cell = %s, %d cells, level %d of %d  pid: ",
		 units[ui->space.level], count, ui->space.level + 1, SPACE_LEVELS);
	if (ui->pid)
		grid_put(grid, top, 48, PAINT_HEAD, "%llu", (unsigned long long)ui->pid);
	else
		grid_text(grid, top, 48, -1, PAINT_HEAD, "none (Enter in 2:Processes)");
	grid_paint_row(grid, top++, PAINT_HEAD);
	if (!ui->model.now)
		return;
	ui->map_width = width;
	space_fill(&ui->space, ui->model.now, cells);
	/* Three lines below the map say what it means; where there is no room, one. */
	lines = bottom - top - (bottom - top > 5 ? 3 : 1);
	if (lines < 1)
		lines = 1;
	first = ui->space.cursor / width - lines + 1;
	if (first < 0 || count / width <= lines)
		first = 0;
	ui->map_row = top;
	ui->map_line = first;
	for (i = 0; i < lines && (first + i) * width < count && top < bottom; i++)
		draw_cells(ui, grid, top++, (first + i) * width, width, cells);
	if (top < bottom)
		draw_cell_info(ui, grid, top++, &cells[ui->space.cursor]);
	if (top < bottom)
		draw_window(ui->model.now, grid, top++);
	if (top < bottom)
		draw_legend(grid, top);
}
