// SPDX-License-Identifier: GPL-2.0-or-later
/* create */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "output.h"

enum {
	OPT_ADDR = 256,
	OPT_MAX,
};

const struct option_desc create_options[] = {
	{ 's', "size", "SIZE", "Size; default: empty" },
	{ 'm', "mode", "MODE", "Permission bits, octal; default: 600, for a directory 700" },
	{ 'u', "user", "USER", "Owner; default: you" },
	{ 'g', "group", "GROUP",
	  "Group; default: yours, or the directory's if it is set-group-id" },
	{ 'd', "directory", NULL, "Create directories" },
	{ 'P', "parents", NULL, "Create missing directories on the way, too" },
	{ OPT_ADDR, "addr", "ADDRESS",
	  "Address in every process that maps it; auto: the lowest that is free" },
	{ OPT_MAX, "max", "SIZE", "With --addr: how large it may become; default: its size" },
	{ 'k', "keep", NULL, "Leave what exists as it is, without an error" },
	{ 0 },
};

/* Return: 0 or a status. */
static int read_place(struct app *app, struct morsel_attr *attr)
{
	const char *addr = option_value(app, OPT_ADDR), *max = option_value(app, OPT_MAX);
	int status;

	if (!addr && !max)
		return 0;
	if (!addr)
		return usage_error(app, "--max goes with --addr");
	if (has_option(app, 'd'))
		return usage_error(app, "--addr \"%s\": a directory has none", shown(addr));
	attr->set |= MORSEL_SET_ADDR | (max ? MORSEL_SET_MAX_SIZE : 0);
	status = parse_address(app, addr, &attr->addr);
	if (status)
		return status;
	return max ? parse_size(app, "size", max, &attr->max_size) : 0;
}

static int read_attr(struct app *app, struct morsel_attr *attr)
{
	const char *text;
	int status = 0;

	if ((text = option_value(app, 's'))) {
		attr->set |= MORSEL_SET_SIZE;
		status = parse_size(app, "size", text, &attr->size);
		if (!status && has_option(app, 'd'))
			status = usage_error(app, "--size \"%s\": a directory has none",
					     shown(text));
	}
	if (!status && (text = option_value(app, 'm'))) {
		attr->set |= MORSEL_SET_MODE;
		status = parse_mode(app, text, &attr->mode);
	}
	if (!status && (text = option_value(app, 'u'))) {
		attr->set |= MORSEL_SET_UID;
		status = parse_user(app, text, &attr->uid);
	}
	if (!status && (text = option_value(app, 'g'))) {
		attr->set |= MORSEL_SET_GID;
		status = parse_group(app, text, &attr->gid);
	}
	return status ? status : read_place(app, attr);
}

/* One object for its owner. */
static void report_new(struct app *app, const char *name, int err, const struct morsel_attr *attr)
{
	const struct charge charge = {
		.uid = attr && attr->set & MORSEL_SET_UID ? attr->uid : geteuid(),
		.objects = 1,
	};

	report_charge(app, name, err, &charge);
}

/* Create the directories that @name is to be in. Return: 0 or -errno, reported. */
static int create_parents(struct app *app, const char *name)
{
	char *pool, *path, *part, *slash;
	int err;

	err = morsel_name_parse(app->ctx, name, &pool, &path);
	if (err) {
		report(app, name, err);
		return err;
	}
	for (slash = strchr(path, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		if (asprintf(&part, "%s:%.*s", pool, (int)(slash - path), path) < 0) {
			err = -ENOMEM;
			break;
		}
		err = morsel_create(app->ctx, part, NULL, MORSEL_CREATE_DIRECTORY, NULL);
		if (err)
			report_new(app, part, err, NULL);
		free(part);
	}
	free(pool);
	free(path);
	return err;
}

static void create(struct app *app, const char *name, const struct morsel_attr *attr,
		   unsigned int flags)
{
	struct morsel_info *info;
	int err;

	if (has_option(app, 'P') && create_parents(app, name))
		return;
	err = morsel_create(app->ctx, name, attr, flags, &info);
	if (err) {
		report_new(app, name, err, attr);
		return;
	}
	app->done++;
	if (app->json)
		print_card(app, &object_sheet, info);
	tell(app, "%s %s", shown(name), morsel_info_created(info) ? "is created" : "was there");
	if (attr->set & MORSEL_SET_MAX_SIZE && morsel_info_created(info))
		note_reserved(app, name, attr->max_size);
	morsel_info_free(info);
}

int run_create(struct app *app)
{
	struct morsel_attr attr = { 0 };
	int status = read_attr(app, &attr), i;
	unsigned int flags = 0;

	if (status)
		return status;
	if (has_option(app, 'd'))
		flags |= MORSEL_CREATE_DIRECTORY;
	if (!has_option(app, 'k'))
		flags |= MORSEL_CREATE_EXCLUSIVE;
	for (i = 0; i < app->nr_args && !app->status; i++) {
		if (app->dry_run)
			would(app, app->args[i], "create the %s",
			      has_option(app, 'd') ? "directory" : "morsel");
		else
			create(app, app->args[i], &attr, flags);
	}
	return final_status(app);
}
