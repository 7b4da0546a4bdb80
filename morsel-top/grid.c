// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../libmorsel/utf8.h"
#include "grid.h"

int grid_resize(struct grid *grid, int rows, int cols)
{
	struct cell *cells = calloc((size_t)rows * (size_t)cols + 1, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	free(grid->cells);
	grid->cells = cells;
	grid->rows = rows;
	grid->cols = cols;
	grid_clear(grid);
	return 0;
}

void grid_clear(struct grid *grid)
{
	int i;

	for (i = 0; i < grid->rows * grid->cols; i++)
		grid->cells[i] = (struct cell){ .ch = L' ' };
}

void grid_free(struct grid *grid)
{
	free(grid->cells);
	grid->cells = NULL;
}

/* The character at @text, fit to show, and how many bytes and columns it takes. */
static wchar_t next_char(const struct grid *grid, const char *text, int *len, int *width)
{
	uint32_t c;

	*len = utf8_decode(text, &c);
	if (*len < 1) {
		*len = 1;
		c = 0;
	}
	*width = c < 0x20 || c == 0x7f ? -1 : wcwidth((wchar_t)c);
	if (*width >= 0 && !(grid->ascii && c > 0x7e))
		return (wchar_t)c;
	*width = 1;
	return L'?';
}

int grid_text(struct grid *grid, int row, int col, int width, enum paint paint, const char *text)
{
	int end = width < 0 || width > grid->cols - col ? grid->cols : col + width, len, columns;
	struct cell *line;
	wchar_t ch;

	if (row < 0 || row >= grid->rows || col < 0 || !text)
		return col;
	line = &grid->cells[row * grid->cols];
	for (; *text; text += len) {
		ch = next_char(grid, text, &len, &columns);
		if (col + columns > end)
			break;
		if (!columns)
			continue;
		line[col++] = (struct cell){ ch, paint };
		if (columns == 2)
			line[col++] = (struct cell){ 0, paint };
	}
	return col;
}

int grid_put(struct grid *grid, int row, int col, enum paint paint, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return grid_text(grid, row, col, -1, paint, text);
}

void grid_char(struct grid *grid, int row, int col, enum paint paint, wchar_t ch, char ascii)
{
	if (row < 0 || row >= grid->rows || col < 0 || col >= grid->cols)
		return;
	grid->cells[row * grid->cols + col] =
		(struct cell){ grid->ascii ? (wchar_t)ascii : ch, paint };
}

void grid_paint_row(struct grid *grid, int row, enum paint paint)
{
	int col;

	if (row < 0 || row >= grid->rows)
		return;
	for (col = 0; col < grid->cols; col++)
		grid->cells[row * grid->cols + col].paint = paint;
}

static size_t encode(char *out, wchar_t wide)
{
	unsigned int c = (unsigned int)wide;

	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

char *grid_line(const struct grid *grid, int row)
{
	const struct cell *line = &grid->cells[row * grid->cols];
	char *text = malloc(4 * (size_t)grid->cols + 1);
	size_t len = 0;
	int col, end = grid->cols;

	if (!text)
		return NULL;
	while (end && line[end - 1].ch == L' ')
		end--;
	for (col = 0; col < end; col++)
		if (line[col].ch)
			len += encode(text + len, line[col].ch);
	text[len] = '\0';
	return text;
}
