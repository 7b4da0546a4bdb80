/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on the screen, before there is one: views draw here, tests read here. */
#ifndef GRID_H
#define GRID_H

#include <stdbool.h>
#include <wchar.h>

enum paint {
	PAINT_NORMAL,
	PAINT_HEAD,	/* of a table */
	PAINT_SELECTED, /* the line that keys act on */
	PAINT_KEY,	/* what a key does, on the last line */
	PAINT_STRONG,
	PAINT_DIM,
	PAINT_GONE, /* struck through, where the terminal can */
	PAINT_GOOD,
	PAINT_WARN,
	PAINT_BAD,
	NR_PAINTS
};

struct cell {
	wchar_t ch; /* 0: the right half of the one before */
	unsigned char paint;
};

struct grid {
	int rows, cols;
	bool ascii;
	struct cell *cells;
};

/* Return: 0 or -ENOMEM. What was there is gone. */
int grid_resize(struct grid *grid, int rows, int cols);
void grid_clear(struct grid *grid);
void grid_free(struct grid *grid);
/*
 * Write UTF-8 from (@row, @col) on, cut at @width columns (-1: at the edge).
 * What cannot be shown becomes '?'. Return: the column behind it.
 */
int grid_text(struct grid *grid, int row, int col, int width, enum paint paint, const char *text);
/* The same with a format. */
int grid_put(struct grid *grid, int row, int col, enum paint paint, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* One character, @ascii where there is nothing else. */
void grid_char(struct grid *grid, int row, int col, enum paint paint, wchar_t ch, char ascii);
/* Give all of @row this paint. */
void grid_paint_row(struct grid *grid, int row, enum paint paint);
/* Line @row as UTF-8 without blanks at its end; free() it. */
char *grid_line(const struct grid *grid, int row);

#endif
