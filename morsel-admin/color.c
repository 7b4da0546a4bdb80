// SPDX-License-Identifier: GPL-2.0-or-later
/* Colours: whether, and how a terminal is told. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "admin.h"

bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || !strcmp(term, "dumb");
}

static bool wanted_on(int fd)
{
	const char *none = getenv("NO_COLOR");

	return isatty(fd) && !(none && *none) && !is_dumb();
}

void default_color(struct app *app)
{
	app->color = wanted_on(STDOUT_FILENO);
	app->color_errors = wanted_on(STDERR_FILENO);
}

int set_color(struct app *app, const char *when)
{
	if (!strcmp(when, "auto"))
		default_color(app);
	else if (!strcmp(when, "always"))
		app->color = app->color_errors = true;
	else if (!strcmp(when, "never"))
		app->color = app->color_errors = false;
	else
		return usage_error(app, "--color \"%s\" is none of auto, always and never",
				   shown(when));
	return 0;
}

const char *color_on(bool on, const char *color)
{
	static const struct {
		const char *name, *sequence;
	} colors[] = {
		{ "red", "\033[31m" },	  { "green", "\033[32m" }, { "yellow", "\033[33m" },
		{ "blue", "\033[34m" },	  { "magenta", "\033[35m" }, { "cyan", "\033[36m" },
	};
	size_t i;

	for (i = 0; on && color && i < ARRAY_SIZE(colors); i++)
		if (!strcmp(color, colors[i].name))
			return colors[i].sequence;
	return "";
}

const char *color_off(bool on, const char *color)
{
	return *color_on(on, color) ? "\033[0m" : "";
}
