// SPDX-License-Identifier: GPL-2.0-or-later
/* pool create, list, show, remove */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "image.h"

enum {
	OPT_HUGE = 256,
	OPT_OBJECTS,
	OPT_MOUNT,
	OPT_NO_MOUNT,
};

const struct option_desc pool_create_options[] = {
	{ 's', "size", "SIZE", "Capacity; default: half of the machine's memory" },
	{ 'm', "mode", "MODE", "Permission bits of the root directory, octal; default: 755" },
	{ 'u', "user", "USER", "Owner of the root directory; default: you" },
	{ 'g', "group", "GROUP", "Group of the root directory; default: yours" },
	{ OPT_OBJECTS, "max-objects", "NUMBER",
	  "The most files and directories; default: no limit" },
	{ OPT_HUGE, "huge", "WHEN", "Use frames of 2 MiB always (the default) or never" },
	{ OPT_MOUNT, "mount", "DIR", "Mount it on this directory" },
	{ OPT_NO_MOUNT, "no-mount", NULL, "Do not mount it" },
	{ 0 },
};

/* A pool with its mount point; the latter is to be freed. */
static struct pool_item item_of(struct app *app, const struct morsel_pool *pool)
{
	struct pool_item item = { .pool = pool };

	if (morsel_pool_mount_point(app->ctx, morsel_pool_name(pool), &item.mount))
		item.mount = NULL;
	return item;
}

/* ---- create ---- */

static int parse_huge(struct app *app, const char *text, uint32_t *huge)
{
	if (!strcmp(text, "always"))
		*huge = MORSEL_HUGE_ALWAYS;
	else if (!strcmp(text, "never"))
		*huge = MORSEL_HUGE_NEVER;
	else
		return usage_error(app, "--huge \"%s\" is neither always nor never", shown(text));
	return 0;
}

/* Read the options into @attr. Return: 0 or STATUS_USAGE. */
static int read_attr(struct app *app, struct morsel_pool_attr *attr)
{
	const char *text;
	int status = 0;

	if ((text = option_value(app, 's'))) {
		attr->set |= MORSEL_POOL_SET_SIZE;
		status |= parse_size(app, "size", text, &attr->size);
		if (!status && !attr->size)
			status = usage_error(app, "size \"%s\": a pool needs some", shown(text));
	}
	if (!status && (text = option_value(app, OPT_OBJECTS))) {
		attr->set |= MORSEL_POOL_SET_OBJECTS_MAX;
		status = parse_number(app, "--max-objects", text, &attr->objects_max);
	}
	if (!status && (text = option_value(app, OPT_HUGE))) {
		attr->set |= MORSEL_POOL_SET_HUGE;
		status = parse_huge(app, text, &attr->huge);
	}
	if (!status && (text = option_value(app, 'm'))) {
		attr->set |= MORSEL_POOL_SET_MODE;
		status = parse_mode(app, text, &attr->mode);
	}
	if (!status && (text = option_value(app, 'u'))) {
		attr->set |= MORSEL_POOL_SET_UID;
		status = parse_user(app, text, &attr->uid);
	}
	if (!status && (text = option_value(app, 'g'))) {
		attr->set |= MORSEL_POOL_SET_GID;
		status = parse_group(app, text, &attr->gid);
	}
	return status;
}

/* Show what has become of it. */
static void show_created(struct app *app, const struct morsel_pool *pool)
{
	struct pool_item item = item_of(app, pool);

	app->done++;
	if (app->json)
		print_card(app, &pool_sheet, &item);
	else if (item.mount)
		tell(app, "pool %s is mounted on %s", shown(morsel_pool_name(pool)),
		     shown(item.mount));
	else
		tell(app, "pool %s is there, not mounted", shown(morsel_pool_name(pool)));
	free(item.mount);
}

int run_pool_create(struct app *app)
{
	struct morsel_pool_attr attr = { 0 };
	const char *name = app->args[0], *dir = option_value(app, OPT_MOUNT);
	bool mount = !has_option(app, OPT_NO_MOUNT);
	struct morsel_pool *pool;
	int err;

	if (dir && !mount)
		return usage_error(app, "--mount and --no-mount exclude each other");
	if (read_attr(app, &attr))
		return STATUS_USAGE;
	if (app->dry_run) {
		would(app, name, "make the pool%s%s", mount ? " and mount it on " : "",
		      !mount ? ""
		      : dir  ? shown(dir)
			     : "its directory in /run/morsel");
		return final_status(app);
	}
	err = morsel_pool_create(app->ctx, name, &attr, &pool);
	if (err) {
		report(app, name, err);
		return final_status(app);
	}
	err = mount ? morsel_pool_mount(app->ctx, name, dir) : 0;
	if (err) {
		report(app, name, err);
		morsel_pool_destroy(app->ctx, name);
	} else {
		show_created(app, pool);
		if (attr.set & MORSEL_POOL_SET_SIZE)
			note_rounded(app, name, attr.size, morsel_pool_size(pool), "");
	}
	morsel_pool_free(pool);
	return final_status(app);
}

/* ---- list, show ---- */

static int compare_pools(const void *a, const void *b)
{
	const struct pool_item *const *first = a, *const *second = b;

	return strcmp(morsel_pool_name((*first)->pool), morsel_pool_name((*second)->pool));
}

static int show_list(struct app *app, const struct morsel_pool_list *list)
{
	size_t count = morsel_pool_list_count(list), i;
	struct pool_item *items = calloc(count + 1, sizeof(*items));
	const void **sorted = calloc(count + 1, sizeof(*sorted));
	int status = STATUS_FAILED;

	if (items && sorted) {
		for (i = 0; i < count; i++) {
			items[i] = item_of(app, morsel_pool_list_at(list, i));
			sorted[i] = &items[i];
		}
		qsort(sorted, count, sizeof(*sorted), compare_pools);
		status = print_table(app, &pool_sheet, sorted, count);
		for (i = 0; i < count; i++)
			free(items[i].mount);
	} else {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
	}
	free(sorted);
	free(items);
	return status;
}

/* What is on devices and in images, mounted or not. */
static int list_media(struct app *app)
{
	struct media_item *media = calloc(app->nr_args, sizeof(*media));
	struct pool_item *items = calloc(app->nr_args, sizeof(*items));
	const void **rows = calloc(app->nr_args, sizeof(*rows));
	int status = STATUS_FAILED, i;

	if (media && items && rows) {
		for (i = 0; i < app->nr_args; i++) {
			if (media_look(app, app->args[i], &media[app->done]))
				continue;
			items[app->done].media = &media[app->done];
			rows[app->done] = &items[app->done];
			app->done++;
		}
		status = print_table(app, &media_sheet, rows, app->done);
	} else {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
	}
	free(rows);
	free(items);
	free(media);
	return status ? status : final_status(app);
}

int run_pool_list(struct app *app)
{
	struct morsel_pool_list *list;
	int err, status;

	if (app->nr_args)
		return list_media(app);
	err = morsel_pool_list(app->ctx, &list);
	if (err) {
		report(app, NULL, err);
		return final_status(app);
	}
	status = show_list(app, list);
	morsel_pool_list_free(list);
	return status ? status : final_status(app);
}

static int show_card(struct app *app, const struct pool_item *item)
{
	if (app->done++ && !app->json)
		putchar('\n');
	return print_card(app, &pool_sheet, item);
}

static int show_media(struct app *app, const char *path)
{
	struct media_item media;

	if (media_look(app, path, &media))
		return 0;
	return show_card(app, &(struct pool_item){ .media = &media });
}

static int show_pool(struct app *app, const char *name)
{
	struct morsel_pool *pool;
	struct pool_item item;
	int status, err = morsel_pool_get(app->ctx, name, &pool);

	if (err) {
		report(app, name, err);
		return 0;
	}
	item = item_of(app, pool);
	status = show_card(app, &item);
	free(item.mount);
	morsel_pool_free(pool);
	return status;
}

int run_pool_show(struct app *app)
{
	int i, status = 0;

	for (i = 0; i < app->nr_args && !status; i++)
		status = is_path(app->args[i]) ? show_media(app, app->args[i])
					       : show_pool(app, app->args[i]);
	return status ? status : final_status(app);
}

/* ---- remove ---- */

/* Drop the pool, which is not mounted here. Return: 0 or -errno, reported. */
static int drop(struct app *app, const char *name, bool pinned)
{
	struct morsel_pool *pool;
	int err;

	if (pinned) {
		err = morsel_pool_destroy(app->ctx, name);
		if (err)
			report(app, name, err);
		return err;
	}
	/* Its last umount has ended it, unless there is one that we do not see. */
	if (morsel_pool_get(app->ctx, name, &pool))
		return 0;
	morsel_pool_free(pool);
	report_text(app, name, -EBUSY, "it is mounted by others, and their umount ends it");
	return -EBUSY;
}

static void remove_pool(struct app *app, const struct pool_item *item)
{
	const char *name = morsel_pool_name(item->pool);
	int err;

	err = morsel_pool_unmount(app->ctx, name);
	if (err < 0)
		report(app, name, err);
	else
		err = drop(app, name, morsel_pool_flags(item->pool) & MORSEL_POOL_FLAG_PINNED);
	if (!err) {
		app->done++;
		if (app->json)
			print_card(app, &pool_sheet, item);
		tell(app, "pool %s is gone", shown(name));
	} else if (item->mount && morsel_pool_mount_point(app->ctx, name, NULL)) {
		/* Refused: it shall be where it was. */
		if (morsel_pool_mount(app->ctx, name, item->mount) &&
		    morsel_pool_mount(app->ctx, name, NULL))
			note(app, "%s: it is there, but not mounted any more", shown(name));
	}
}

/* How much there is to lose, for questions and dry runs. */
static const char *contents(struct app *app, const struct morsel_pool *pool)
{
	static char text[192];
	char used[MORSEL_SIZE_TEXT], root[MORSEL_MAX_POOL_NAME + 2];

	morsel_size_format(morsel_pool_used(pool), used);
	snprintf(root, sizeof(root), "%s:", morsel_pool_name(pool));
	snprintf(text, sizeof(text), "%llu objects and %s in it%s",
		 (unsigned long long)morsel_pool_objects(pool) - 1, used, mapped_by(app, root));
	return text;
}

int run_pool_remove(struct app *app)
{
	struct morsel_pool *pool;
	struct pool_item item;
	int i, err;

	for (i = 0; i < app->nr_args && !app->status; i++) {
		err = morsel_pool_get(app->ctx, app->args[i], &pool);
		if (err) {
			report(app, app->args[i], err);
			continue;
		}
		item = item_of(app, pool);
		if (morsel_pool_flags(pool) & MORSEL_POOL_FLAG_PERSISTENT)
			report_text(app, app->args[i], -EOPNOTSUPP,
				    "it is persistent; 'pool detach' unmounts it");
		else if (app->dry_run)
			would(app, app->args[i], "remove the pool with %s", contents(app, pool));
		else if (morsel_pool_objects(pool) <= 1 ||
			 confirm(app, "remove the pool %s with %s", shown(app->args[i]),
				 contents(app, pool)))
			remove_pool(app, &item);
		free(item.mount);
		morsel_pool_free(pool);
	}
	return final_status(app);
}
