// SPDX-License-Identifier: GPL-2.0-or-later
/* import */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "copy.h"
#include "output.h"

enum { OPT_REPLACE = 256 };

const struct option_desc import_options[] = {
	{ 'm', "mode", "MODE", "Permission bits, octal; default: those of FILE, less the umask" },
	{ 'u', "user", "USER", "Owner; default: you" },
	{ 'g', "group", "GROUP", "Group; default: yours" },
	{ OPT_REPLACE, "replace", NULL, "Replace what is there; who has it mapped keeps it" },
	{ 0 },
};

struct import {
	struct app *app;
	const char *file;
	char *target, *temporary; /* names of morsels */
	int in;
	struct morsel_attr attr;
	struct morsel_info *info; /* of the temporary one */
};

/* ---- names ---- */

/* POOL:PATH to go to: a directory gets the last component of the file's name. */
static char *target_of(const char *file, const char *name)
{
	size_t len = strlen(name);
	const char *slash = strrchr(file, '/');
	char *target;

	if (!len || !strchr("/:", name[len - 1]))
		return strdup(name);
	return asprintf(&target, "%s%s", name, slash ? slash + 1 : file) < 0 ? NULL : target;
}

/* A name beside @target that nobody uses. */
static char *temporary_of(const char *target)
{
	const char *base = target + strlen(target);
	char *name;

	while (base > target && !strchr("/:", base[-1]))
		base--;
	return asprintf(&name, "%.*s.import-%d", (int)(base - target), target, getpid()) < 0 ? NULL
											     : name;
}

/* ---- what it is to be ---- */

static int read_attr(struct import *import)
{
	struct app *app = import->app;
	const char *text;
	struct stat st;
	mode_t mask;
	int status = 0;

	mask = umask(0);
	umask(mask);
	import->attr.set = MORSEL_SET_MODE;
	import->attr.mode = 0600;
	if (!fstat(import->in, &st) && S_ISREG(st.st_mode))
		import->attr.mode = st.st_mode & 0666 & ~mask;
	text = option_value(app, 'm');
	if (text)
		status = parse_mode(app, text, &import->attr.mode);
	text = option_value(app, 'u');
	if (!status && text) {
		import->attr.set |= MORSEL_SET_UID;
		status = parse_user(app, text, &import->attr.uid);
	}
	text = option_value(app, 'g');
	if (!status && text) {
		import->attr.set |= MORSEL_SET_GID;
		status = parse_group(app, text, &import->attr.gid);
	}
	return status;
}

/* ---- the work ---- */

/* It would be a pity to find out at the end. Return: 0 or -EEXIST, reported. */
static int check_target(struct import *import)
{
	struct morsel_info *info;

	if (has_option(import->app, OPT_REPLACE) ||
	    morsel_stat(import->app->ctx, import->target, &info))
		return 0;
	morsel_info_free(info);
	report_text(import->app, import->target, -EEXIST, "it exists; --replace replaces it");
	return -EEXIST;
}

static int fill(struct import *import, struct morsel *morsel)
{
	const struct charge charge = { .uid = morsel_info_uid(import->info), .bytes = 1 };
	struct copy copy = { .in = import->in, .out = morsel_fd(morsel), .out_seeks = true };
	struct progress progress;
	struct stat st;
	int err;

	progress_start(import->app, &progress, shown(import->file),
		       !fstat(import->in, &st) && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0);
	err = copy_bytes(&copy, &progress);
	progress_end(&progress);
	if (err)
		report_call(import->app, copy.failed[0] == 'r' ? import->file : import->target,
			    copy.failed, err, &charge);
	return err;
}

/* Give the temporary morsel its rights and its name. */
static int finish_import(struct import *import)
{
	const struct morsel_attr mode = { .set = MORSEL_SET_MODE, .mode = import->attr.mode };
	struct app *app = import->app;
	uint64_t id = morsel_info_id(import->info);
	unsigned int flags = has_option(app, OPT_REPLACE) ? 0 : MORSEL_RENAME_FLAG_NOREPLACE;
	int err;

	err = morsel_set(app->ctx, import->temporary, id, &mode, NULL);
	if (!err)
		err = morsel_rename(app->ctx, import->temporary, id, import->target, flags);
	if (err)
		report(app, import->target, err);
	return err;
}

static int make(struct import *import)
{
	struct app *app = import->app;
	struct morsel_attr attr = import->attr;
	const struct charge charge = {
		.uid = attr.set & MORSEL_SET_UID ? attr.uid : geteuid(),
		.objects = 1,
	};
	struct morsel *morsel;
	int err;

	attr.mode = 0600; /* nobody shall see half of it */
	err = morsel_create(app->ctx, import->temporary, &attr, MORSEL_CREATE_EXCLUSIVE,
			    &import->info);
	if (err) {
		report_charge(app, import->target, err, &charge);
		return err;
	}
	err = morsel_open(app->ctx, import->temporary, O_RDWR, 0, &morsel);
	if (err) {
		report_open(app, import->target, err);
	} else {
		err = fill(import, morsel);
		morsel_close(morsel);
	}
	if (!err)
		err = finish_import(import);
	if (err)
		morsel_remove(app->ctx, import->temporary, morsel_info_id(import->info));
	return err;
}

static void run(struct import *import)
{
	struct app *app = import->app;
	struct morsel_info *info;

	if (check_target(import))
		return;
	if (app->dry_run) {
		would(app, import->target, "copy %s into it", shown(import->file));
		return;
	}
	catch_interrupts();
	if (make(import))
		return;
	app->done++;
	if (app->json && !morsel_stat(app->ctx, import->target, &info)) {
		print_card(app, &object_sheet, info);
		morsel_info_free(info);
	}
	tell(app, "%s is imported", shown(import->target));
}

int run_import(struct app *app)
{
	struct import import = { .app = app, .file = app->args[0], .in = STDIN_FILENO };

	if (strcmp(import.file, "-") != 0)
		import.in = open(import.file, O_RDONLY | O_CLOEXEC);
	import.target = target_of(import.file, app->args[1]);
	import.temporary = import.target ? temporary_of(import.target) : NULL;
	if (import.in < 0)
		report_text(app, import.file, -errno, "%s", strerror(errno));
	else if (!import.temporary)
		report_text(app, import.file, -ENOMEM, "%s", strerror(ENOMEM));
	else if (!read_attr(&import))
		run(&import);
	if (import.in > STDIN_FILENO)
		close(import.in);
	morsel_info_free(import.info);
	free(import.target);
	free(import.temporary);
	return final_status(app);
}
