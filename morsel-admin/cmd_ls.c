// SPDX-License-Identifier: GPL-2.0-or-later
/* ls, stat */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

const struct option_desc ls_options[] = {
	{ 'l', "long", NULL, "Show rights, owner, sizes and mappings, too" },
	{ 'R', "recursive", NULL, "List also what is in the directories below" },
	{ 'd', "directory", NULL, "List directories themselves, not what is in them" },
	{ 0 },
};

/* What is to be listed, and the lists that it belongs to. */
struct listing {
	const void **items;
	size_t nr_items;
	struct morsel_list **lists;
	size_t nr_lists;
	struct morsel_info **infos;
	size_t nr_infos;
};

/* Make room for @more pointers behind @count. */
static bool grow(void *array, size_t count, size_t more)
{
	void **pointer = array;
	void *bigger = reallocarray(*pointer, count + more + 1, sizeof(void *));

	if (bigger)
		*pointer = bigger;
	return bigger;
}

/* Take over @list. Return: 0 or -ENOMEM. */
static int take_list(struct listing *listing, struct morsel_list *list)
{
	size_t count = morsel_list_count(list), i;

	if (!grow(&listing->lists, listing->nr_lists, 1) ||
	    !grow(&listing->items, listing->nr_items, count)) {
		morsel_list_free(list);
		return -ENOMEM;
	}
	listing->lists[listing->nr_lists++] = list;
	for (i = 0; i < count; i++)
		listing->items[listing->nr_items++] = morsel_list_at(list, i);
	return 0;
}

static int take_info(struct listing *listing, struct morsel_info *info)
{
	if (!grow(&listing->infos, listing->nr_infos, 1) ||
	    !grow(&listing->items, listing->nr_items, 1)) {
		morsel_info_free(info);
		return -ENOMEM;
	}
	listing->infos[listing->nr_infos++] = info;
	listing->items[listing->nr_items++] = info;
	return 0;
}

static void free_listing(struct listing *listing)
{
	size_t i;

	for (i = 0; i < listing->nr_lists; i++)
		morsel_list_free(listing->lists[i]);
	for (i = 0; i < listing->nr_infos; i++)
		morsel_info_free(listing->infos[i]);
	free(listing->lists);
	free(listing->infos);
	free(listing->items);
}

/* Add the entries of the directory @name. Return: 0 or -errno. */
static int add_directory(struct app *app, const char *name, struct listing *listing)
{
	unsigned int flags = has_option(app, 'R') ? MORSEL_LIST_RECURSIVE : 0;
	struct morsel_list *list;
	int err;

	err = morsel_list(app->ctx, name, flags, &list);
	if (err)
		return err;
	if (morsel_list_inexact(list))
		note(app, "%s: names keep changing, the list may not be exact", shown(name));
	return take_list(listing, list);
}

static void add_name(struct app *app, const char *name, struct listing *listing)
{
	struct morsel_info *info;
	int err;

	err = morsel_stat(app->ctx, name, &info);
	if (!err && morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY &&
	    !has_option(app, 'd')) {
		morsel_info_free(info);
		err = add_directory(app, name, listing);
	} else if (!err) {
		err = take_info(listing, info);
	}
	if (err)
		report(app, name, err);
	else
		app->done++;
}

/* Add the roots of all pools. */
static void add_pools(struct app *app, struct listing *listing)
{
	struct morsel_pool_list *pools;
	char name[MORSEL_MAX_POOL_NAME + 2];
	size_t i;
	int err;

	err = morsel_pool_list(app->ctx, &pools);
	if (err) {
		report(app, NULL, err);
		return;
	}
	for (i = 0; i < morsel_pool_list_count(pools); i++) {
		snprintf(name, sizeof(name),
			 "%s:", morsel_pool_name(morsel_pool_list_at(pools, i)));
		add_name(app, name, listing);
	}
	morsel_pool_list_free(pools);
}

/* What has no name comes last. */
static int compare_names(const void *a, const void *b)
{
	const char *first = morsel_info_name(*(const struct morsel_info *const *)a);
	const char *second = morsel_info_name(*(const struct morsel_info *const *)b);

	if (!first || !second)
		return !first - !second;
	return strcmp(first, second);
}

int run_ls(struct app *app)
{
	static const char long_keys[] = "rights,owner,group,size,allocated,attachments,mtime,name";
	struct sheet sheet = object_sheet;
	struct listing listing = { 0 };
	int i, status = 0;

	if (has_option(app, 'l'))
		sheet.normal = long_keys;
	for (i = 0; i < app->nr_args && !app->status; i++)
		add_name(app, app->args[i], &listing);
	if (!app->nr_args)
		add_pools(app, &listing);
	if (listing.nr_items)
		qsort(listing.items, listing.nr_items, sizeof(*listing.items), compare_names);
	/* A head over nothing is for tables only that could be made. */
	if (listing.nr_items || !app->failed)
		status = print_table(app, &sheet, listing.items, listing.nr_items);
	free_listing(&listing);
	return status ? status : final_status(app);
}

int run_stat(struct app *app)
{
	struct morsel_info *info;
	int i, err, status = 0;

	for (i = 0; i < app->nr_args && !status && !app->status; i++) {
		err = morsel_stat(app->ctx, app->args[i], &info);
		if (err) {
			report(app, app->args[i], err);
			continue;
		}
		if (app->done++ && !app->json)
			putchar('\n');
		status = print_card(app, &object_sheet, info);
		morsel_info_free(info);
	}
	return status ? status : final_status(app);
}
