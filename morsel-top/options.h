/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "ui.h"

struct options {
	bool batch, json, no_color, ascii;
	bool sorted; /* the order was asked for */
	uint64_t looks; /* how many; 0: no end */
	const char *replay;
};

/* Return: -1 to go on, or the status to end with. */
int parse_options(int argc, char **argv, struct options *options, struct ui *ui);
/* Without a terminal: text or JSON on stdout. Return: the exit status. */
int run_batch(struct ui *ui, const struct options *options);

#endif
