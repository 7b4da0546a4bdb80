// SPDX-License-Identifier: GPL-2.0-or-later
/* quota show, quota set */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

enum {
	OPT_SOFT = 256,
	OPT_HARD,
	OPT_OBJECTS_SOFT,
	OPT_OBJECTS_HARD,
	OPT_REMOVE,
};

const struct option_desc quota_set_options[] = {
	{ OPT_SOFT, "soft", "SIZE", "Tell listeners of more bytes than this; none: no limit" },
	{ OPT_HARD, "hard", "SIZE", "Refuse more bytes than this; none: no limit" },
	{ OPT_OBJECTS_SOFT, "objects-soft", "NUMBER", "The same of objects" },
	{ OPT_OBJECTS_HARD, "objects-hard", "NUMBER", "The same of objects" },
	{ OPT_REMOVE, "remove", NULL, "Let the pool's default limits hold for the user again" },
	{ 0 },
};

/* ---- columns ---- */

static void number(struct value *value, enum value_kind kind, uint64_t n)
{
	value->kind = kind;
	value->number = n;
}

/* Where 0 stands for: no limit. */
static void limit(struct value *value, enum value_kind kind, uint64_t n)
{
	if (n)
		number(value, kind, n);
}

static bool is_default(const void *item)
{
	return morsel_quota_uid(item) == MORSEL_QUOTA_DEFAULT;
}

static void quota_pool(const void *item, struct value *value)
{
	value->kind = VALUE_NAME;
	value->text = morsel_quota_pool(item);
}

static void quota_user(const void *item, struct value *value)
{
	static char text[64];
	const struct passwd *pw;

	value->kind = VALUE_NAME;
	value->text = text;
	if (is_default(item)) {
		snprintf(text, sizeof(text), "default");
		return;
	}
	pw = getpwuid(morsel_quota_uid(item));
	if (pw)
		snprintf(text, sizeof(text), "%s", pw->pw_name);
	else
		snprintf(text, sizeof(text), "%u", morsel_quota_uid(item));
}

static void quota_uid(const void *item, struct value *value)
{
	if (!is_default(item))
		number(value, VALUE_NUMBER, morsel_quota_uid(item));
}

static void quota_own(const void *item, struct value *value)
{
	number(value, VALUE_FLAG, morsel_quota_own(item));
}

static void quota_used(const void *item, struct value *value)
{
	if (!is_default(item))
		number(value, VALUE_SIZE, morsel_quota_bytes_used(item));
}

static void quota_soft(const void *item, struct value *value)
{
	limit(value, VALUE_SIZE, morsel_quota_bytes_soft(item));
}

static void quota_hard(const void *item, struct value *value)
{
	limit(value, VALUE_SIZE, morsel_quota_bytes_hard(item));
}

static void quota_objects(const void *item, struct value *value)
{
	if (!is_default(item))
		number(value, VALUE_NUMBER, morsel_quota_objects_used(item));
}

static void quota_objects_soft(const void *item, struct value *value)
{
	limit(value, VALUE_NUMBER, morsel_quota_objects_soft(item));
}

static void quota_objects_hard(const void *item, struct value *value)
{
	limit(value, VALUE_NUMBER, morsel_quota_objects_hard(item));
}

static const struct column quota_columns[] = {
	{ "pool", quota_pool, "name of the pool" },
	{ "user", quota_user, "name of the user, or \"default\"" },
	{ "uid", quota_uid, "number of the user" },
	{ "own", quota_own, "the user has limits of his own" },
	{ "used", quota_used, "bytes allocated to objects of the user" },
	{ "soft", quota_soft, "bytes above which listeners are told" },
	{ "hard", quota_hard, "the most bytes" },
	{ "objects", quota_objects, "objects of the user" },
	{ "objects_soft", quota_objects_soft, "objects above which listeners are told" },
	{ "objects_hard", quota_objects_hard, "the most objects" },
};

const struct sheet quota_sheet = {
	quota_columns, ARRAY_SIZE(quota_columns),
	"pool,user,used,soft,hard,objects,objects_soft,objects_hard"
};

/* ---- show ---- */

static int show_list(struct app *app, const struct morsel_quota_list *list)
{
	size_t i, count = morsel_quota_list_count(list);
	const void **items = calloc(count + 1, sizeof(*items));
	int status;

	if (!items) {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	for (i = 0; i < count; i++)
		items[i] = morsel_quota_list_at(list, i);
	status = print_table(app, &quota_sheet, items, count);
	free(items);
	app->done++;
	return status;
}

static int show_pool(struct app *app, const char *pool)
{
	struct morsel_quota_list *list;
	int err, status;

	err = morsel_quota_list(app->ctx, pool, &list);
	if (err) {
		report(app, pool, err);
		return 0;
	}
	status = show_list(app, list);
	morsel_quota_list_free(list);
	return status;
}

int run_quota_show(struct app *app)
{
	int i, status = 0;

	if (!app->nr_args)
		status = show_pool(app, NULL);
	for (i = 0; i < app->nr_args && !status; i++)
		status = show_pool(app, app->args[i]);
	return status ? status : final_status(app);
}

/* ---- set ---- */

/* Read the limit of an option, if it is given. Return: 0 or STATUS_USAGE. */
static int read_limit(struct app *app, int option, bool size, uint32_t bit, uint32_t *set,
		      uint64_t *to)
{
	const char *text = option_value(app, option);

	if (!text)
		return 0;
	*set |= bit;
	*to = 0;
	if (!strcmp(text, "none"))
		return 0;
	return size ? parse_size(app, "limit", text, to) : parse_number(app, "limit", text, to);
}

static int read_limits(struct app *app, struct morsel_quota_attr *attr)
{
	if (read_limit(app, OPT_SOFT, true, MORSEL_QUOTA_SET_BYTES_SOFT, &attr->set,
		       &attr->bytes_soft) ||
	    read_limit(app, OPT_HARD, true, MORSEL_QUOTA_SET_BYTES_HARD, &attr->set,
		       &attr->bytes_hard) ||
	    read_limit(app, OPT_OBJECTS_SOFT, false, MORSEL_QUOTA_SET_OBJECTS_SOFT, &attr->set,
		       &attr->objects_soft) ||
	    read_limit(app, OPT_OBJECTS_HARD, false, MORSEL_QUOTA_SET_OBJECTS_HARD, &attr->set,
		       &attr->objects_hard))
		return STATUS_USAGE;
	if (has_option(app, OPT_REMOVE) ? attr->set != 0 : !attr->set)
		return usage_error(app, attr->set ? "--remove goes without limits" :
						    "which limit is to be set?");
	return 0;
}

int run_quota_set(struct app *app)
{
	const char *pool = app->args[0], *user = app->args[1];
	struct morsel_quota_attr attr = { 0 };
	uint32_t uid = MORSEL_QUOTA_DEFAULT;
	struct morsel_quota *quota;
	int err;

	if (strcmp(user, "default") != 0 && parse_user(app, user, &uid))
		return STATUS_USAGE;
	if (read_limits(app, &attr))
		return STATUS_USAGE;
	if (app->dry_run) {
		would(app, pool, "%s limits of %s", attr.set ? "set" : "remove", shown(user));
		return final_status(app);
	}
	err = morsel_quota_set(app->ctx, pool, uid, attr.set ? &attr : NULL, &quota);
	if (err) {
		report(app, pool, err);
		return final_status(app);
	}
	app->done++;
	if (app->json)
		print_card(app, &quota_sheet, quota);
	tell(app, "limits of %s in %s are set", shown(user), shown(pool));
	if (attr.set & MORSEL_QUOTA_SET_BYTES_SOFT)
		note_rounded(app, pool, attr.bytes_soft, morsel_quota_bytes_soft(quota), " (soft)");
	if (attr.set & MORSEL_QUOTA_SET_BYTES_HARD)
		note_rounded(app, pool, attr.bytes_hard, morsel_quota_bytes_hard(quota), " (hard)");
	morsel_quota_free(quota);
	return final_status(app);
}
