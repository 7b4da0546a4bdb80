// SPDX-License-Identifier: GPL-2.0-or-later
/* mv, resize */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

enum {
	OPT_REPLACE = 256,
	OPT_EXCHANGE,
};

const struct option_desc mv_options[] = {
	{ OPT_REPLACE, "replace", NULL, "Replace what is at the new path" },
	{ OPT_EXCHANGE, "exchange", NULL, "Swap the two" },
	{ 0 },
};

/*
 * The new name: as it is, or if it ends in a slash or a colon with the last
 * component of @name behind it. Return: to be freed; NULL without memory.
 */
static char *target_name(const char *name, const char *new_name)
{
	size_t len = strlen(new_name), end = strlen(name);
	const char *base;
	char *target;

	if (!len || !strchr("/:", new_name[len - 1]))
		return strdup(new_name);
	while (end && name[end - 1] == '/')
		end--;
	for (base = name + end; base > name && !strchr("/:", base[-1]); base--)
		;
	return asprintf(&target, "%s%.*s", new_name, (int)(name + end - base), base) < 0 ? NULL
											 : target;
}

/* Show @name as it is now. */
static void show(struct app *app, const char *name)
{
	struct morsel_info *info;

	if (morsel_stat(app->ctx, name, &info))
		return;
	print_card(app, &object_sheet, info);
	morsel_info_free(info);
}

int run_mv(struct app *app)
{
	const char *name = app->args[0];
	unsigned int flags = MORSEL_RENAME_FLAG_NOREPLACE;
	char *target;
	int err = 0;

	if (has_option(app, OPT_REPLACE) && has_option(app, OPT_EXCHANGE))
		return usage_error(app, "--replace and --exchange exclude each other");
	if (has_option(app, OPT_REPLACE))
		flags = 0;
	if (has_option(app, OPT_EXCHANGE))
		flags = MORSEL_RENAME_FLAG_EXCHANGE;
	target = target_name(name, app->args[1]);
	if (!target)
		report_text(app, name, -ENOMEM, "%s", strerror(ENOMEM));
	else if (app->dry_run)
		would(app, name, "%s %s",
		      flags == MORSEL_RENAME_FLAG_EXCHANGE ? "swap with" : "move to",
		      shown(target));
	else if ((err = morsel_rename(app->ctx, name, 0, target, flags)))
		report(app, name, err);
	else if (app->json)
		show(app, target);
	else
		tell(app, "%s is %s now", shown(name), shown(target));
	free(target);
	return final_status(app);
}

/* Set the size, if nothing is lost or that is agreed to. */
static void resize(struct app *app, const struct morsel_info *info, const char *name, uint64_t size)
{
	const struct morsel_attr attr = { .set = MORSEL_SET_SIZE, .size = size };
	char from[MORSEL_SIZE_TEXT], to[MORSEL_SIZE_TEXT];
	struct morsel_info *after;
	int err;

	morsel_size_format(morsel_info_size(info), from);
	morsel_size_format(size, to);
	if (app->dry_run) {
		would(app, name, "resize from %s to %s%s", from, to,
		      morsel_mapped_by(app, name, info));
		return;
	}
	if (size < morsel_info_size(info) &&
	    !confirm(app, "cut %s from %s (%llu bytes) to %s (%llu bytes)%s", shown(name), from,
		     (unsigned long long)morsel_info_size(info), to, (unsigned long long)size,
		     morsel_mapped_by(app, name, info)))
		return;
	err = morsel_set(app->ctx, name, morsel_info_id(info), &attr, &after);
	if (err) {
		report(app, name, err);
		return;
	}
	app->done++;
	if (app->json)
		print_card(app, &object_sheet, after);
	tell(app, "%s has %s now", shown(name), to);
	morsel_info_free(after);
}

int run_resize(struct app *app)
{
	const char *name = app->args[0];
	struct morsel_info *info;
	uint64_t size;
	int err;

	if (parse_size(app, "size", app->args[1], &size))
		return STATUS_USAGE;
	err = morsel_stat(app->ctx, name, &info);
	if (err) {
		report(app, name, err);
		return final_status(app);
	}
	resize(app, info, name, size);
	morsel_info_free(info);
	return final_status(app);
}
