/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal. Only term.c knows curses. */
#ifndef TERM_H
#define TERM_H

#include "grid.h"

/* Return: 0, or -1 after a message on stderr. */
int term_start(bool color);
void term_stop(void);
/* The size of the window now. */
void term_size(int *rows, int *cols);
/* The window has changed. */
void term_resize(int rows, int cols);
/* Show @grid; @all: without trusting what is on the screen. */
void term_show(const struct grid *grid, bool all);

struct term_input {
	int key;	      /* enum key, a character, or KEY_NONE */
	bool click;	      /* at row, col */
	int wheel;	      /* -1, 1 */
	int row, col;
};

/* Take the next key or click that is waiting. Return: false if there is none. */
bool term_read(struct term_input *input);

#endif
