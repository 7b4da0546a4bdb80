// SPDX-License-Identifier: GPL-2.0-or-later
/* ls, stat */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "listing.h"
#include "output.h"

enum { OPT_TREE = 256 };

const struct option_desc ls_options[] = {
	{ 'l', "long", NULL, "Show rights, owner, sizes and mappings, too" },
	{ 'R', "recursive", NULL, "List also what is in the directories below" },
	{ OPT_TREE, "tree", NULL, "Show what is in which directory; implies --recursive" },
	{ 'd', "directory", NULL, "List directories themselves, not what is in them" },
	{ 0 },
};

/* Add the entries of the directory @name. Return: 0 or -errno. */
static int add_directory(struct app *app, const char *name, struct listing *listing)
{
	bool deep = has_option(app, 'R') || has_option(app, OPT_TREE);
	unsigned int flags = deep ? MORSEL_LIST_RECURSIVE : 0;
	struct morsel_list *list;
	int err;

	err = morsel_list(app->ctx, name, flags, &list);
	if (err)
		return err;
	if (morsel_list_inexact(list))
		note(app, "%s: names keep changing, the list may not be exact", shown(name));
	return listing_add_list(listing, list);
}

static void add_name(struct app *app, const char *name, struct listing *listing)
{
	struct morsel_info *info;
	int err;

	err = morsel_stat(app->ctx, name, &info);
	if (!err && morsel_info_type(info) == MORSEL_OBJECT_TYPE_DIRECTORY &&
	    !has_option(app, 'd')) {
		/* In a tree its entries hang below it. */
		if (has_option(app, OPT_TREE))
			err = listing_add_info(listing, info);
		else
			morsel_info_free(info);
		if (!err)
			err = add_directory(app, name, listing);
	} else if (!err) {
		err = listing_add_info(listing, info);
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

/* ---- the tree ---- */

/* As strcmp(), but the end of a component comes before any character. */
static int compare_paths(const char *first, const char *second)
{
	for (; *first && *first == *second; first++, second++)
		;
	if (*first && *second && (*first == '/') != (*second == '/'))
		return *first == '/' ? -1 : 1;
	return (unsigned char)*first - (unsigned char)*second;
}

/* What is in a directory comes right behind it. */
static int compare_depth_first(const void *a, const void *b)
{
	const char *first = morsel_info_name(*(const struct morsel_info *const *)a);
	const char *second = morsel_info_name(*(const struct morsel_info *const *)b);

	if (!first || !second)
		return !first - !second;
	return compare_paths(first, second);
}

/* Is @inner in the directory @outer, or below? */
static bool is_below(const struct morsel_info *inner, const struct morsel_info *outer)
{
	const char *name = morsel_info_name(inner), *dir = morsel_info_name(outer);
	size_t len;

	if (!name || !dir || morsel_info_type(outer) != MORSEL_OBJECT_TYPE_DIRECTORY)
		return false;
	len = strlen(dir);
	return !strncmp(name, dir, len) && name[len] && (dir[len - 1] == ':' || name[len] == '/');
}

/* Of items in depth-first order the index of the directory above; -1: none is listed. */
static void find_parents(const struct listing *listing, long *parents)
{
	size_t i;
	long above;

	for (i = 0; i < listing->nr_items; i++) {
		above = (long)i - 1;
		while (above >= 0 && !is_below(listing->items[i], listing->items[above]))
			above = parents[above];
		parents[i] = above;
	}
}

/* The last component; of what is not below another item the whole name. */
static void tree_name(const void *item, struct value *value)
{
	const char *name = morsel_info_name(item), *slash = name ? strrchr(name, '/') : NULL;

	object_sheet.columns[0].get(item, value);
	if (!name || !morsel_info_parent(item))
		return;
	value->text = slash ? slash + 1 : strchr(name, ':') + 1;
}

static int print_as_tree(struct app *app, const char *normal, const struct listing *listing)
{
	struct column columns[64];
	struct sheet sheet = { columns, object_sheet.nr_columns, normal };
	long *parents = calloc(listing->nr_items + 1, sizeof(*parents));
	int status;

	if (!parents) {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
		return 0;
	}
	memcpy(columns, object_sheet.columns, sheet.nr_columns * sizeof(*columns));
	columns[0].get = tree_name;
	find_parents(listing, parents);
	status = print_tree(app, app->json ? &object_sheet : &sheet, listing->items, parents,
			    listing->nr_items, columns[0].key);
	free(parents);
	return status;
}

int run_ls(struct app *app)
{
	bool tree = has_option(app, OPT_TREE);
	static const char long_keys[] =
		"rights,owner,group,size,max_size,allocated,attachments,addr,sealed,mtime,name";
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
		qsort(listing.items, listing.nr_items, sizeof(*listing.items),
		      tree ? compare_depth_first : listing_compare_names);
	/* A head over nothing is for tables only that could be made. */
	if (!listing.nr_items && app->failed)
		;
	else if (tree)
		status = print_as_tree(app, sheet.normal, &listing);
	else
		status = print_table(app, &sheet, listing.items, listing.nr_items);
	listing_free(&listing);
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
