/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHECK_H
#define CHECK_H

#include "output.h"

/* ---- cmd_check.c ---- */
/* Tell of something wrong with @name, and add it to the array.  Return: what was added. */
struct json_object *add_finding(const struct app *app, struct json_object *findings,
				const char *name, const char *text);

/* ---- check_media.c ---- */
void check_media(struct app *app, const char *path, bool repair, bool data);

#endif
