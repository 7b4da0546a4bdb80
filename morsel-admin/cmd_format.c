// SPDX-License-Identifier: GPL-2.0-or-later
/* pool format */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uuid/uuid.h>
#include "image.h"
#include "../kmod/repair.h"

enum { OPT_UUID = 256 };

const struct option_desc pool_format_options[] = {
	{ 's', "size", "SIZE", "Size of a file that is made" },
	{ 'l', "label", "LABEL", "What the pool is called; default: it has no label" },
	{ OPT_UUID, "uuid", "UUID", "Its UUID; default: a random one" },
	{ 'm', "mode", "MODE", "Permission bits of the root directory, octal; default: 755" },
	{ 'u', "user", "USER", "Owner of the root directory; default: you" },
	{ 'g', "group", "GROUP", "Group of the root directory; default: yours" },
	{ 'f', "force", NULL, "Destroy what is on it, if it is not in use" },
	{ 0 },
};

struct wanted {
	struct pp_format format;
	u64 size; /* 0: as it is */
	bool force;
};

/* ---- what is asked for ---- */

/* A label may become the name of a pool, and is as those are. */
static int parse_label(struct app *app, const char *text, char label[MEDIA_LABEL + 1])
{
	const char *fault = NULL, *at;
	size_t len = strlen(text);

	if (len > MORSEL_MAX_POOL_NAME)
		return usage_error(app, "label \"%s\" has %zu bytes, more than %d",
				   shown(text), len, MORSEL_MAX_POOL_NAME);
	if (!len)
		fault = "is empty";
	else if (strpbrk(text, "/:"))
		fault = "has a slash or a colon";
	else if (!strcmp(text, ".") || !strcmp(text, ".."))
		fault = "is not allowed";
	for (at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			fault = "has a control character";
	if (fault)
		return usage_error(app, "label \"%s\" %s", shown(text), fault);
	strcpy(label, text);
	return 0;
}

static int parse_file_size(struct app *app, const char *text, u64 *size)
{
	uint64_t bytes;
	int status = parse_size(app, "size", text, &bytes);

	if (status)
		return status;
	if (bytes % MEDIA_FRAME)
		return usage_error(app, "size \"%s\" is not a multiple of 4K", shown(text));
	if (bytes < MEDIA_FRAMES_MIN * MEDIA_FRAME)
		return usage_error(app, "size \"%s\": a pool needs at least 256K", shown(text));
	if (bytes > INT64_MAX)
		return usage_error(app, "size \"%s\" is too large", shown(text));
	*size = bytes;
	return 0;
}

static int read_wanted(struct app *app, struct wanted *wanted)
{
	struct pp_format *format = &wanted->format;
	struct timespec now;
	const char *text;
	int status = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	*wanted = (struct wanted){ .force = has_option(app, 'f') };
	*format = (struct pp_format){ .mode = 0755, .uid = geteuid(), .gid = getegid() };
	format->now = now.tv_sec * 1000000000LL + now.tv_nsec;
	uuid_generate(format->uuid);
	if ((text = option_value(app, 's')))
		status = parse_file_size(app, text, &wanted->size);
	if (!status && (text = option_value(app, 'l')))
		status = parse_label(app, text, format->label);
	if (!status && (text = option_value(app, OPT_UUID)) && uuid_parse(text, format->uuid))
		status = usage_error(app, "\"%s\" is not a UUID", shown(text));
	if (!status && (text = option_value(app, 'm')))
		status = parse_mode(app, text, &format->mode);
	if (!status && (text = option_value(app, 'u')))
		status = parse_user(app, text, &format->uid);
	if (!status && (text = option_value(app, 'g')))
		status = parse_group(app, text, &format->gid);
	return status;
}

/* ---- what there is ---- */

static int refuse(struct app *app, const struct image *image, int err, const char *text)
{
	report_text(app, image->path, err, "%s", text);
	return err;
}

/* Is it as large as it shall be, and large enough?  A file that has no bytes gets them. */
static int fit(struct app *app, struct image *image, const struct wanted *wanted)
{
	char size[MORSEL_SIZE_TEXT];

	if (wanted->size && image->device)
		return refuse(app, image, -EINVAL, "--size is for files, a device has its own");
	if (wanted->size && !image->pm.size) {
		if (ftruncate(image->fd, (off_t)wanted->size))
			return refuse(app, image, -errno, strerror(errno));
		return image_map(app, image, IMAGE_WRITE);
	}
	morsel_size_format(image->pm.size, size);
	if (wanted->size && wanted->size != image->pm.size) {
		report_text(app, image->path, -EEXIST, "it is there, and has %s", size);
		return -EEXIST;
	}
	if (image->pm.size >= MEDIA_FRAMES_MIN * MEDIA_FRAME)
		return 0;
	if (!image->pm.size && !image->device)
		return refuse(app, image, -ENOSPC, "it is empty; --size SIZE makes it larger");
	report_text(app, image->path, -ENOSPC, "it has %s, and a pool needs at least 256K", size);
	return -ENOSPC;
}

/* May it be overwritten? */
static int judge(struct app *app, const struct image *image, const struct wanted *wanted,
		 const char *contents)
{
	char *why = image->device ? probe_mode(image) : NULL;
	int err = 0;

	if (why && !wanted->force)
		err = refuse(app, image, -EOPNOTSUPP, why);
	free(why);
	if (!err && contents && !wanted->force) {
		report_text(app, image->path, -EEXIST, "it holds %s; --force destroys that",
			    contents);
		err = -EEXIST;
	}
	return err;
}

/* ---- the deed ---- */

static int write_pool(struct app *app, struct image *image, const struct wanted *wanted,
		      const char *contents)
{
	int err = contents ? probe_wipe(image) : 0;

	if (!err)
		err = pp_format(&image->pm, &wanted->format);
	return err ? refuse(app, image, err, strerror(-err)) : 0;
}

static int format_image(struct app *app, struct image *image, const struct wanted *wanted)
{
	char size[MORSEL_SIZE_TEXT];
	char *contents;
	int err;

	err = image_map(app, image, IMAGE_WRITE);
	if (!err)
		err = fit(app, image, wanted);
	if (err)
		return err;
	contents = probe_contents(image);
	err = judge(app, image, wanted, contents);
	if (!err && app->dry_run)
		would(app, image->path, "make a pool of %s%s%s",
		      morsel_size_format(image->pm.size, size),
		      contents ? " and destroy " : "", contents ? contents : "");
	else if (!err)
		err = write_pool(app, image, wanted, contents);
	free(contents);
	return err;
}

/* A file that is not there, or empty, has nothing to be looked at. */
static bool is_new(const char *path)
{
	struct stat st;

	return stat(path, &st) ? errno == ENOENT : S_ISREG(st.st_mode) && !st.st_size;
}

static bool only_say(struct app *app, const char *path, const struct wanted *wanted)
{
	char size[MORSEL_SIZE_TEXT];

	if (!app->dry_run || !wanted->size || !is_new(path))
		return false;
	would(app, path, "make a file with a pool of %s",
	      morsel_size_format(wanted->size, size));
	return true;
}

/* Make the file if it is not there.  Return: 1: so it was, 0, -errno. */
static int make_file(struct app *app, const char *path, const struct wanted *wanted)
{
	int fd;

	if (!access(path, F_OK))
		return 0;
	if (!wanted->size) {
		report_text(app, path, -ENOENT, "it is not there; --size SIZE makes a file");
		return -ENOENT;
	}
	fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		report_text(app, path, -errno, "%s", strerror(errno));
		return -EIO;
	}
	close(fd);
	return 1;
}

static void show_formatted(struct app *app, const char *path)
{
	struct media_item media;

	if (media_look(app, path, &media))
		return;
	app->done++;
	if (app->json)
		print_card(app, &pool_sheet, &(struct pool_item){ .media = &media });
	else
		tell(app, "%s has a pool, UUID %s", shown(path), media.uuid);
}

int run_pool_format(struct app *app)
{
	const char *path = app->args[0];
	struct wanted wanted;
	struct image image;
	int made, err;

	if (read_wanted(app, &wanted))
		return STATUS_USAGE;
	if (only_say(app, path, &wanted))
		return final_status(app);
	made = make_file(app, path, &wanted);
	if (made < 0 || image_open(app, &image, path, IMAGE_WRITE))
		return final_status(app);
	err = format_image(app, &image, &wanted);
	if (image_close(app, &image))
		err = -EIO;
	if (err && made)
		unlink(path);
	if (!err && !app->dry_run)
		show_formatted(app, path);
	return final_status(app);
}
