/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user interface of morsel-top on a recording, and keys for it. */
#ifndef TOP_H
#define TOP_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "morsel-top/ui.h"

static char recording[] = "/tmp/morsel-top-XXXXXX";

static void start(struct ui *ui, int looks)
{
	ui_init(ui, source_replay(recording));
	assert_non_null(ui->source);
	ui->cpu = 0.3;
	while (looks--)
		assert_int_equal(ui_refresh(ui), 0);
}

static void stop(struct ui *ui, struct grid *grid)
{
	ui->source->close(ui->source);
	model_free(&ui->model);
	grid_free(grid);
}

/* "^X": a special key by its letter; anything else is typed. */
static void type(struct ui *ui, const char *keys)
{
	static const struct {
		char letter;
		int key;
	} special[] = {
		{ 'U', K_UP },	  { 'D', K_DOWN },  { 'L', K_LEFT },	  { 'R', K_RIGHT },
		{ 'P', K_PGUP },  { 'N', K_PGDN },  { 'H', K_FIRST },	  { 'E', K_LAST },
		{ 'M', K_ENTER }, { 'B', K_BACKSPACE }, { '[', KEY_ESC }, { 'X', K_DELETE },
		{ '1', K_F1 },	  { '3', K_F1 + 2 }, { '4', K_F1 + 3 },	  { '5', K_F1 + 4 },
		{ '6', K_F1 + 5 }, { '9', K_F1 + 8 }, { '0', K_F10 },    { 'C', K_REDRAW },
	};
	size_t i;

	for (; *keys; keys++) {
		if (*keys != '^') {
			ui_key(ui, (unsigned char)*keys);
			continue;
		}
		keys++;
		for (i = 0; i < ARRAY_SIZE(special) && special[i].letter != *keys; i++)
			;
		assert_true(i < ARRAY_SIZE(special));
		ui_key(ui, special[i].key);
	}
}

/* Make the recording. Return: 0, or -1. */
static int record(void)
{
	char command[128];
	int fd = mkstemp(recording);

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	snprintf(command, sizeof(command), "python3 top/recording.py > %s", recording);
	return fd < 0 || system(command) ? -1 : 0;
}

#endif
