// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check: what can be verified of a pool in use from outside. Names form one tree, the
 * numbers of an object fit together, and those of all objects fit to the pool.
 * With --data every byte is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "copy.h"
#include "image.h"

enum {
	OPT_DATA = 256,
	OPT_REPAIR,
};

enum {
	PAGE = 4096,
	HUGE_PAGE = 2 << 20,
	ATTEMPTS = 5, /* to find the pool in the same state before and after */
};

const struct option_desc check_options[] = {
	{ OPT_DATA, "data", NULL, "Read all data, too; pools of the kernel must be mounted" },
	{ OPT_REPAIR, "repair", NULL, "Of a device or an image: mend what can be mended" },
	{ 0 },
};

struct check {
	struct app *app;
	const struct morsel_pool *pool;
	const struct morsel_info **infos; /* of the pool, by id */
	size_t nr_infos;
	struct json_object *findings;
	uint64_t read; /* bytes of data */
	bool moving;   /* the pool changes all the time: sums are not judged */
};

static void find(struct check *check, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct json_object *add_finding(const struct app *app, struct json_object *findings,
				const char *name, const char *text)
{
	struct json_object *finding = json_object_new_object();

	json_add_name(finding, "name", name);
	json_object_object_add(finding, "msg", json_object_new_string(text));
	json_object_array_add(findings, finding);
	if (!app->json)
		printf("%s: %s%s%s\n", shown(name), color_on(app->color, "red"), text,
		       color_off(app->color, "red"));
	return finding;
}

/* Something is wrong with @name. */
static void find(struct check *check, const char *name, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add_finding(check->app, check->findings, name, text);
	check->app->status = STATUS_DAMAGED;
}

/* ---- one object ---- */

static int compare_ids(const void *a, const void *b)
{
	uint64_t first = morsel_info_id(*(const struct morsel_info *const *)a);
	uint64_t second = morsel_info_id(*(const struct morsel_info *const *)b);

	return (first > second) - (first < second);
}

static int compare_to_id(const void *key, const void *item)
{
	uint64_t id = morsel_info_id(*(const struct morsel_info *const *)item);

	return (*(const uint64_t *)key > id) - (*(const uint64_t *)key < id);
}

static const struct morsel_info *by_id(const struct check *check, uint64_t id)
{
	const struct morsel_info **found;

	found = bsearch(&id, check->infos, check->nr_infos, sizeof(*found), compare_to_id);

	return found ? *found : NULL;
}

/* Where the object is said to be there has to be a directory of that name. */
static void check_place(struct check *check, const struct morsel_info *info, const char *name)
{
	const struct morsel_info *parent = by_id(check, morsel_info_parent(info));
	const char *path = morsel_info_path(info), *above;
	const char *slash = path ? strrchr(path, '/') : NULL;
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (!path || !morsel_info_parent(info))
		return;
	if (!parent)
		return; /* one that this user may not read */
	above = morsel_info_path(parent);
	if (morsel_info_type(parent) != MORSEL_OBJECT_TYPE_DIRECTORY)
		find(check, name, "its parent %llu is no directory",
		     (unsigned long long)morsel_info_parent(info));
	else if (above && (strlen(above) != len || strncmp(above, path, len) != 0))
		find(check, name, "its parent is called \"%s\"", shown(above));
}

static void check_numbers(struct check *check, const struct morsel_info *info, const char *name)
{
	uint64_t huge = morsel_info_huge(info), allocated = morsel_info_allocated(info);
	uint32_t type = morsel_info_type(info);

	if (type < MORSEL_OBJECT_TYPE_FILE || type > MORSEL_OBJECT_TYPE_SYMLINK)
		find(check, name, "unknown type %u", type);
	if (allocated % PAGE)
		find(check, name, "%llu bytes allocated are no whole pages",
		     (unsigned long long)allocated);
	if (huge % HUGE_PAGE)
		find(check, name, "%llu bytes in 2 MiB frames are no whole frames",
		     (unsigned long long)huge);
	if (huge > allocated)
		find(check, name, "more in 2 MiB frames (%llu bytes) than allocated (%llu)",
		     (unsigned long long)huge, (unsigned long long)allocated);
	if (type != MORSEL_OBJECT_TYPE_FILE && (allocated || morsel_info_attachments(info)))
		find(check, name, "a %s with memory or mappings", type_name(type));
	if (morsel_info_name(info) && !morsel_info_nlink(info))
		find(check, name, "it has a name, but a count of none");
}

/* ---- data ---- */

static void check_data(struct check *check, const struct morsel_info *info, const char *name)
{
	struct copy copy = { .out = -1, .discard = true };
	struct progress progress;
	struct morsel *morsel;
	int err;

	if (morsel_info_type(info) != MORSEL_OBJECT_TYPE_FILE || !morsel_info_name(info))
		return;
	err = morsel_open(check->app->ctx, name, O_RDONLY, 0, &morsel);
	if (err) {
		report_open(check->app, name, err);
		return;
	}
	copy.in = morsel_fd(morsel);
	progress_start(check->app, &progress, shown(name), morsel_info_size(info));
	err = copy_bytes(&copy, &progress);
	progress_end(&progress);
	check->read += copy.data;
	if (err == -EIO)
		find(check, name, "behind %llu bytes of data it cannot be read: memory error",
		     (unsigned long long)copy.data);
	else if (err)
		report_text(check->app, name, err, "%s", strerror(-err));
	morsel_close(morsel);
}

/* ---- the pool ---- */

/* Is the data to be read, and can it be? */
static bool reads_data(struct check *check)
{
	const char *name = morsel_pool_name(check->pool);
	int err;

	if (!has_option(check->app, OPT_DATA))
		return false;
	err = morsel_pool_mount_point(check->app->ctx, name, NULL);
	if (err)
		report_open(check->app, name, err);
	return !err;
}

static void check_objects(struct check *check)
{
	bool data = reads_data(check);
	char name[32];
	size_t i;

	qsort(check->infos, check->nr_infos, sizeof(*check->infos), compare_ids);
	for (i = 0; i < check->nr_infos; i++) {
		const struct morsel_info *info = check->infos[i];
		const char *called = morsel_info_name(info);

		snprintf(name, sizeof(name), "object %llu",
			 (unsigned long long)morsel_info_id(info));
		if (!called)
			called = name;
		if (i && morsel_info_id(check->infos[i - 1]) == morsel_info_id(info))
			find(check, called, "two objects have the id %llu",
			     (unsigned long long)morsel_info_id(info));
		check_numbers(check, info, called);
		check_place(check, info, called);
		if (data)
			check_data(check, info, called);
	}
}

static uint64_t sum_allocated(const struct check *check)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < check->nr_infos; i++)
		sum += morsel_info_allocated(check->infos[i]);
	return sum;
}

static void check_sums(struct check *check)
{
	const char *name = morsel_pool_name(check->pool);
	uint64_t sum = sum_allocated(check), used = morsel_pool_used(check->pool);
	uint64_t size = morsel_pool_size(check->pool);

	if (used > size)
		find(check, name, "more used (%llu bytes) than there is (%llu)",
		     (unsigned long long)used, (unsigned long long)size);
	if (check->moving)
		note(check->app, "%s: it keeps changing, its sums are not compared", shown(name));
	else if (sum > used)
		find(check, name, "objects have %llu bytes, but only %llu are used",
		     (unsigned long long)sum, (unsigned long long)used);
	else if (sum < used && !check->app->json)
		note(check->app,
		     "%s: %llu bytes belong to objects that you may not see or are held "
		     "by others",
		     shown(name), (unsigned long long)(used - sum));
}

static void print_result(struct check *check)
{
	const struct morsel_pool *pool = check->pool;
	size_t count = json_object_array_length(check->findings);
	struct json_object *result = json_object_new_object();
	char used[MORSEL_SIZE_TEXT];

	check->app->done++;
	json_add_name(result, "pool", morsel_pool_name(pool));
	json_object_object_add(result, "objects", json_object_new_uint64(check->nr_infos));
	json_object_object_add(result, "allocated", json_object_new_uint64(sum_allocated(check)));
	json_object_object_add(result, "used", json_object_new_uint64(morsel_pool_used(pool)));
	json_object_object_add(result, "data", json_object_new_uint64(check->read));
	json_object_object_add(result, "changing", json_object_new_boolean(check->moving));
	json_object_object_add(result, "findings", json_object_get(check->findings));
	if (check->app->json)
		json_object_array_add(check->app->results, json_object_get(result));
	json_object_put(result);
	if (check->app->json || (check->app->quiet && !count))
		return;
	printf("%s: %zu objects, %s used: ", shown(morsel_pool_name(pool)), check->nr_infos,
	       morsel_size_format(morsel_pool_used(pool), used));
	if (count)
		printf("%zu findings\n", count);
	else
		printf("no damage found\n");
}

/* The objects of @list that are in the pool. Return: 0 or -ENOMEM. */
static int take_objects(struct check *check, const struct morsel_list *list)
{
	size_t i, count = morsel_list_count(list);

	free(check->infos);
	check->nr_infos = 0;
	check->infos = calloc(count + 1, sizeof(const struct morsel_info *));
	for (i = 0; check->infos && i < count; i++)
		if (morsel_info_pool_id(morsel_list_at(list, i)) == morsel_pool_id(check->pool))
			check->infos[check->nr_infos++] = morsel_list_at(list, i);
	return check->infos ? 0 : -ENOMEM;
}

/* Are these two looks at a pool the same? */
static bool same(const struct morsel_pool *a, const struct morsel_pool *b)
{
	return morsel_pool_generation(a) == morsel_pool_generation(b) &&
	       morsel_pool_used(a) == morsel_pool_used(b);
}

/* Look at the objects while the pool stays as it is, if it ever does. */
static int look(struct check *check, const char *name, struct morsel_list **list,
		struct morsel_pool **pool)
{
	struct morsel_pool *before;
	int attempt, err = 0;

	check->moving = true;
	for (attempt = 0; attempt < ATTEMPTS && check->moving && !err; attempt++) {
		morsel_list_free(*list);
		morsel_pool_free(*pool);
		*list = NULL;
		*pool = NULL;
		err = morsel_pool_get(check->app->ctx, name, &before);
		if (err)
			break;
		err = morsel_list(check->app->ctx, NULL, 0, list);
		if (!err)
			err = morsel_pool_get(check->app->ctx, name, pool);
		if (!err)
			check->moving = morsel_list_inexact(*list) || !same(before, *pool);
		morsel_pool_free(before);
	}
	check->pool = *pool;
	return err ? err : take_objects(check, *list);
}

static void check_pool(struct app *app, const char *name)
{
	struct check check = { .app = app, .findings = json_object_new_array() };
	struct morsel_list *list = NULL;
	struct morsel_pool *pool = NULL;
	int err;

	err = look(&check, name, &list, &pool);
	if (err) {
		report_no_pool(app, name, err);
	} else {
		check_objects(&check);
		check_sums(&check);
		print_result(&check);
	}
	json_object_put(check.findings);
	free(check.infos);
	morsel_list_free(list);
	morsel_pool_free(pool);
}

static void check_all(struct app *app)
{
	struct morsel_pool_list *pools;
	size_t i;
	int err = morsel_pool_list(app->ctx, &pools);

	if (err) {
		report(app, NULL, err);
		return;
	}
	for (i = 0; i < morsel_pool_list_count(pools); i++)
		check_pool(app, morsel_pool_name(morsel_pool_list_at(pools, i)));
	morsel_pool_list_free(pools);
}

int run_check(struct app *app)
{
	bool repair = has_option(app, OPT_REPAIR);
	int i;

	for (i = 0; repair && i < app->nr_args; i++)
		if (!is_path(app->args[i]))
			return usage_error(app, "\"%s\" is no path: --repair is for pools that are "
						"not in use", shown(app->args[i]));
	if (repair && !app->nr_args)
		return usage_error(app, "--repair of what?");
	for (i = 0; i < app->nr_args; i++) {
		if (is_path(app->args[i]))
			check_media(app, app->args[i], repair, has_option(app, OPT_DATA));
		else
			check_pool(app, app->args[i]);
	}
	if (!app->nr_args)
		check_all(app);
	return final_status(app);
}
