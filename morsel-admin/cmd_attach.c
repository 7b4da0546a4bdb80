// SPDX-License-Identifier: GPL-2.0-or-later
/* pool attach: mount a persistent pool, found by device, label or UUID */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "image.h"

enum {
	OPT_READ_ONLY = 256,
};

const struct option_desc pool_attach_options[] = {
	{ 'o', "options", "OPTIONS", "Options of mount(8), separated by commas" },
	{ OPT_READ_ONLY, "read-only", NULL, "Mount it for reading; the same as -o ro" },
	{ 0 },
};

/* ---- which device ---- */

/* "/dev/pmem0 and /dev/pmem1"; free it.  NULL without memory. */
static char *devices_with(const struct media_scan *scan, const char *word)
{
	char *text = NULL, *longer;
	size_t i;

	for (i = 0; i < scan->nr_items; i++) {
		if (!is_label_or_uuid(&scan->items[i], word))
			continue;
		if (asprintf(&longer, "%s%s%s (UUID %s)", text ? text : "", text ? ", " : "",
			     scan->items[i].path, scan->items[i].uuid) < 0)
			longer = NULL;
		free(text);
		text = longer;
		if (!text)
			return NULL;
	}
	return text;
}

static void refuse_several(struct app *app, const struct media_scan *scan, const char *word)
{
	char *devices = devices_with(scan, word);

	report_text(app, word, -ENOTUNIQ, "several devices have it: %s; name one of them",
		    devices ? devices : strerror(ENOMEM));
	free(devices);
}

static void refuse_none(struct app *app, const struct media_scan *scan, const char *word)
{
	if (scan->failed)
		report_text(app, word, scan->err,
			    "it is on no device that could be looked at; %s could not: %s",
			    scan->failed, strerror(-scan->err));
	else
		report_text(app, word, -ENOENT,
			    "no pool on the %zu device%s of persistent memory has this label or UUID",
			    scan->nr_devices, scan->nr_devices == 1 ? "" : "s");
}

/* Return: the path of the only one that has it, to be freed, or NULL, reported. */
static char *only_one(struct app *app, const struct media_scan *scan, const char *word)
{
	const struct media_item *found = NULL;
	size_t i, count = 0;

	for (i = 0; i < scan->nr_items; i++) {
		if (!is_label_or_uuid(&scan->items[i], word))
			continue;
		found = &scan->items[i];
		count++;
	}
	if (count == 1)
		return copy_text(app, word, found->path);
	if (count)
		refuse_several(app, scan, word);
	else
		refuse_none(app, scan, word);
	return NULL;
}

static char *search(struct app *app, const char *word)
{
	struct media_scan scan;
	char *path = NULL;

	if (scan_media(&scan))
		report_text(app, word, -ENOMEM, "%s", strerror(ENOMEM));
	else
		path = only_one(app, &scan, word);
	scan_free(&scan);
	return path;
}

/* ---- the deed ---- */

/* Return: whether it is attached already, reported, or that cannot be told, reported. */
static bool is_attached(struct app *app, const char *word, const char *device)
{
	struct morsel_pool *pool;
	int err = morsel_pool_on_device(app->ctx, device, &pool);
	char *dir = NULL;

	/* What is no block device is refused when it is mounted, by the kernel. */
	if (err == -ENOENT || err == -ENOTBLK)
		return false;
	if (err) {
		report(app, word, err);
		return true;
	}
	if (morsel_pool_mount_point(app->ctx, morsel_pool_name(pool), &dir))
		report_text(app, word, -EBUSY,
			    "it is attached as pool %s, in another mount namespace or hidden there",
			    shown(morsel_pool_name(pool)));
	else
		report_text(app, word, -EBUSY, "it is attached already, as pool %s at %s",
			    shown(morsel_pool_name(pool)), shown(dir));
	free(dir);
	morsel_pool_free(pool);
	return true;
}

static void show_attached(struct app *app, const struct morsel_pool *pool)
{
	struct pool_item item = { .pool = pool };
	const char *name = morsel_pool_name(pool);

	app->done++;
	if (morsel_pool_mount_point(app->ctx, name, &item.mount))
		item.mount = NULL;
	if (app->json)
		print_card(app, &pool_sheet, &item);
	else if (!app->quiet)
		printf("pool %s is attached at %s\n", shown(name),
		       item.mount ? shown(item.mount) : "?");
	free(item.mount);
}

/* What --read-only and -o say together; to be freed.  NULL without memory. */
static char *mount_options(struct app *app)
{
	const char *given = option_value(app, 'o');
	char *options;

	if (asprintf(&options, "%s%s%s", given ? given : "", given ? "," : "",
		     has_option(app, OPT_READ_ONLY) ? "ro" : "") < 0)
		return NULL;
	return options;
}

static void attach(struct app *app, const char *word, const char *device, const char *dir)
{
	char *options = mount_options(app);
	struct morsel_pool *pool;
	int err;

	if (!options) {
		report_text(app, word, -ENOMEM, "%s", strerror(ENOMEM));
		return;
	}
	err = morsel_pool_attach(app->ctx, device, dir, options, &pool);
	free(options);
	if (err) {
		report(app, word, err);
		return;
	}
	show_attached(app, pool);
	morsel_pool_free(pool);
}

/* What "name=" in @options gives the pool, which is cut there, or NULL. */
static const char *given_name(char *options)
{
	const char *option, *name = NULL;

	while ((option = strsep(&options, ",")))
		if (!strncmp(option, "name=", 5))
			name = option + 5;
	return name;
}

/* Where morsel_pool_attach() would mount it by default: the name of the device is none. */
static void say_default(struct app *app, const char *word, const struct media_item *media)
{
	const char *device = strrchr(media->path, '/'), *name;
	char *options = mount_options(app);

	if (!options) {
		report_text(app, word, -ENOMEM, "%s", strerror(ENOMEM));
		return;
	}
	name = given_name(options);
	if (!name)
		name = media->label[0] ? media->label : media->uuid;
	else if (!media->label[0] && device && !strcmp(device + 1, name))
		name = media->uuid;
	would(app, word, "mount %s on /run/morsel/%s", shown(media->path), shown(name));
	free(options);
}

/* With --dry-run: nothing is mounted, so only what is on the device is judged. */
static void say(struct app *app, const char *word, const char *device, const char *dir)
{
	struct media_item media;

	if (media_look(app, device, &media))
		return;
	if (dir)
		would(app, word, "mount %s on %s", shown(device), shown(dir));
	else
		say_default(app, word, &media);
}

int run_pool_attach(struct app *app)
{
	const char *word = app->args[0], *dir = app->nr_args > 1 ? app->args[1] : NULL;
	char *device = is_path(word) ? copy_text(app, word, word) : search(app, word);

	if (!device)
		return final_status(app);
	if (!is_attached(app, word, device)) {
		if (app->dry_run)
			say(app, word, device, dir);
		else
			attach(app, word, device, dir);
	}
	free(device);
	return final_status(app);
}
