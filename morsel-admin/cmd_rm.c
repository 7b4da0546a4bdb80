// SPDX-License-Identifier: GPL-2.0-or-later
/* rm */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

const struct option_desc rm_options[] = {
	{ 'r', "recursive", NULL, "Remove directories with all that is in them" },
	{ 'f', "force", NULL, "What does not exist is no error" },
	{ 0 },
};

/* Remove one object. Return: whether it is gone. */
static bool remove_one(struct app *app, const char *name, uint64_t id, bool may_lack)
{
	int err = morsel_remove(app->ctx, name, id);

	if (err && !(err == -ENOENT && may_lack)) {
		report(app, name, err);
		return false;
	}
	if (!err)
		tell(app, "%s is removed", shown(name));
	return true;
}

/* Behind in the order of names is deeper, so backwards what is inside comes first. */
static int compare_backwards(const void *a, const void *b)
{
	return strcmp(morsel_info_name(*(const struct morsel_info *const *)b),
		      morsel_info_name(*(const struct morsel_info *const *)a));
}

/* The objects in @list that have a name, what is inside first. */
static const struct morsel_info **in_order(const struct morsel_list *list, size_t *count)
{
	size_t all = morsel_list_count(list), i;
	const struct morsel_info **infos = calloc(all + 1, sizeof(*infos));

	*count = 0;
	for (i = 0; infos && i < all; i++)
		if (morsel_info_name(morsel_list_at(list, i)))
			infos[(*count)++] = morsel_list_at(list, i);
	if (infos)
		qsort(infos, *count, sizeof(*infos), compare_backwards);
	return infos;
}

static uint64_t total_size(const struct morsel_list *list)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < morsel_list_count(list); i++)
		total += morsel_info_allocated(morsel_list_at(list, i));
	return total;
}

/*
 * Remove what is in @list. Each object has to be the one that was listed; what
 * has vanished meanwhile is fine. Return: whether all are gone.
 */
static bool remove_listed(struct app *app, const struct morsel_list *list)
{
	const struct morsel_info **infos;
	bool good = true;
	size_t count, i;

	infos = in_order(list, &count);
	if (!infos) {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
		return false;
	}
	for (i = 0; i < count; i++)
		good &= remove_one(app, morsel_info_name(infos[i]), morsel_info_id(infos[i]), true);
	free(infos);
	return good;
}

/* Return: whether all of the directory @info, but not it, is gone. */
static bool empty_directory(struct app *app, const struct morsel_info *info, const char *name)
{
	char size[MORSEL_SIZE_TEXT];
	struct morsel_list *list;
	bool good = true;
	size_t count;
	int err;

	err = morsel_list(app->ctx, name, MORSEL_LIST_RECURSIVE, &list);
	if (err) {
		report(app, name, err);
		return false;
	}
	count = morsel_list_count(list);
	morsel_size_format(total_size(list), size);
	if (app->dry_run)
		would(app, name, "remove the directory with %zu objects and %s in it%s", count,
		      size, mapped_by(app, name));
	else if (count)
		good = confirm(app, "remove %s with %zu objects and %s in it%s",
			       shown(morsel_info_name(info)), count, size,
			       mapped_by(app, name)) &&
		       remove_listed(app, list);
	morsel_list_free(list);
	return good;
}

/* Return: whether it is gone, or as empty as it can be. */
static bool remove_info(struct app *app, const char *name, const struct morsel_info *info)
{
	bool is_root = !morsel_info_parent(info), force = has_option(app, 'f');

	if (has_option(app, 'r') && morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY) {
		if (!empty_directory(app, info, name) || app->dry_run)
			return false;
		/* The root of a pool goes with the pool. */
		return is_root || remove_one(app, name, morsel_info_id(info), force);
	}
	if (app->dry_run) {
		would(app, name, "remove the %s", type_name(morsel_info_type(info)));
		return false;
	}
	return remove_one(app, name, morsel_info_id(info), force);
}

static void remove_name(struct app *app, const char *name)
{
	struct morsel_info *info;
	int err;

	err = morsel_stat(app->ctx, name, &info);
	if (err == -ENOENT && has_option(app, 'f'))
		return;
	if (err) {
		report(app, name, err);
		return;
	}
	if (remove_info(app, name, info)) {
		app->done++;
		if (app->json)
			print_card(app, &object_sheet, info);
	}
	morsel_info_free(info);
}

int run_rm(struct app *app)
{
	int i;

	for (i = 0; i < app->nr_args && !app->status; i++)
		remove_name(app, app->args[i]);
	return final_status(app);
}
