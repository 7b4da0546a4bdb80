// SPDX-License-Identifier: GPL-2.0-or-later
/* export */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "copy.h"
#include "output.h"

enum { OPT_REPLACE = 256 };

const struct option_desc export_options[] = {
	{ OPT_REPLACE, "replace", NULL, "Replace a file that is there" },
	{ 0 },
};

/* ---- the result ---- */

struct exported {
	const char *name, *file;
	struct copy copy;
};

static void get_name(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, ((const struct exported *)item)->name);
}

static void get_file(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, ((const struct exported *)item)->file);
}

static void get_size(const void *item, struct value *value)
{
	set_number(value, VALUE_SIZE, ((const struct exported *)item)->copy.size);
}

static void get_data(const void *item, struct value *value)
{
	set_number(value, VALUE_SIZE, ((const struct exported *)item)->copy.data);
}

static const struct column exported_columns[] = {
	{ "name", get_name, "POOL:PATH" },
	{ "file", get_file, "where it was copied to" },
	{ "size", get_size, "size" },
	{ "data", get_data, "bytes written; the rest is holes" },
};

static const struct sheet exported_sheet = { exported_columns, ARRAY_SIZE(exported_columns),
					     "name,file,size,data" };

/* ---- the file ---- */

struct target {
	const char *file;
	char *temporary; /* NULL: written in place, as it is no regular file */
	bool replace;
};

/* Where to write to. Return: a descriptor or -errno. */
static int open_target(struct target *target)
{
	const char *slash = strrchr(target->file, '/');
	int dir = slash ? (int)(slash + 1 - target->file) : 0, fd;
	struct stat st;

	if (!strcmp(target->file, "-"))
		return STDOUT_FILENO;
	if (!stat(target->file, &st)) {
		if (S_ISDIR(st.st_mode))
			return -EISDIR;
		if (!S_ISREG(st.st_mode)) {
			fd = open(target->file, O_WRONLY | O_CLOEXEC);
			return fd < 0 ? -errno : fd;
		}
		if (!target->replace)
			return -EEXIST;
	}
	if (asprintf(&target->temporary, "%.*s.export-XXXXXX", dir, target->file) < 0) {
		target->temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(target->temporary, O_CLOEXEC);
	if (fd < 0) {
		fd = -errno;
		free(target->temporary);
		target->temporary = NULL;
	}
	return fd;
}

/* Let it appear under its name. Return: 0 or -errno. */
static int settle(struct target *target, int fd, uint32_t mode)
{
	mode_t mask = umask(0);

	umask(mask);
	if (!target->temporary)
		return 0;
	if (fchmod(fd, mode & 0666 & ~mask))
		return -errno;
	if (target->replace)
		return rename(target->temporary, target->file) ? -errno : 0;
	if (!renameat2(AT_FDCWD, target->temporary, AT_FDCWD, target->file, RENAME_NOREPLACE))
		return 0;
	/* Not every file system knows that. */
	if (errno != EINVAL || !access(target->file, F_OK))
		return errno == EINVAL ? -EEXIST : -errno;
	return rename(target->temporary, target->file) ? -errno : 0;
}

/* ---- the work ---- */

static int copy_out(struct app *app, struct exported *exported, struct target *target)
{
	struct progress progress;
	struct stat st;
	int err;

	if (fstat(exported->copy.in, &st))
		return -errno;
	progress_start(app, &progress, shown(exported->name), (uint64_t)st.st_size);
	err = copy_bytes(&exported->copy, &progress);
	progress_end(&progress);
	if (err) {
		report_text(app, exported->copy.failed[0] == 'r' ? exported->name : target->file,
			    err, "%s: %s", exported->copy.failed,
			    err == -EINTR ? "interrupted" : strerror(-err));
		return err;
	}
	err = settle(target, exported->copy.out, st.st_mode);
	if (err)
		report_text(app, target->file, err, "%s", strerror(-err));
	return err;
}

static void export_to(struct app *app, const struct morsel *morsel, struct target *target)
{
	struct exported exported = { .name = app->args[0], .file = target->file };
	int err, fd = open_target(target);

	if (fd < 0) {
		report_text(app, target->file, fd, "%s",
			    fd == -EEXIST ? "it exists; --replace replaces it" : strerror(-fd));
		return;
	}
	exported.copy.in = morsel_fd(morsel);
	exported.copy.out = fd;
	exported.copy.out_seeks = target->temporary;
	err = copy_out(app, &exported, target);
	if (err && target->temporary)
		unlink(target->temporary);
	if (fd != STDOUT_FILENO && close(fd) && !err) {
		err = -errno;
		report_text(app, target->file, err, "%s", strerror(-err));
	}
	if (err)
		return;
	app->done++;
	if (app->json)
		print_card(app, &exported_sheet, &exported);
	else if (fd != STDOUT_FILENO)
		tell(app, "%s is exported", shown(exported.name));
}

int run_export(struct app *app)
{
	struct target target = { .file = app->args[1], .replace = has_option(app, OPT_REPLACE) };
	struct morsel *morsel;
	int err;

	if (app->json && !strcmp(target.file, "-"))
		return usage_error(app, "--json and the file - exclude each other");
	err = morsel_open(app->ctx, app->args[0], O_RDONLY, 0, &morsel);
	if (err) {
		report_open(app, app->args[0], err);
		return final_status(app);
	}
	if (app->dry_run) {
		would(app, app->args[0], "copy it to %s", shown(target.file));
	} else {
		catch_interrupts();
		export_to(app, morsel, &target);
	}
	morsel_close(morsel);
	free(target.temporary);
	return final_status(app);
}
