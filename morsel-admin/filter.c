// SPDX-License-Identifier: GPL-2.0-or-later
/* Which events are printed: KEY=VALUE; of one key any must hold, of different keys all. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "admin.h"

static const char *const kinds[] = {
	"pool-new",	"pool-set",	"pool-del",	 "morsel-new",	  "morsel-set",
	"morsel-rename", "morsel-del",	"morsel-rights", "morsel-revoke", "morsel-seal",
	"morsel-map",	"morsel-unmap", "quota-soft",	 "quota-refused", "collision",
	"error",
};

const char *event_kind(size_t index)
{
	return index < ARRAY_SIZE(kinds) ? kinds[index] : NULL;
}

/* ---- what a value is ---- */

static int check_kind(struct app *app, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!fnmatch(value, kinds[i], 0))
			return 0;
	return usage_error(app, "--filter kind=%s: there are no such events", shown(value));
}

static int check_pool(struct app *app, const char *value)
{
	if (*value && !strchr(value, ':'))
		return 0;
	return usage_error(app, "--filter pool=%s: that is no name of a pool", shown(value));
}

static int check_path(struct app *app, const char *value)
{
	char *pool, *path;

	if (morsel_name_parse(app->ctx, value, &pool, &path))
		return usage_error(app, "--filter path=%s: %s", shown(value),
				   morsel_error(app->ctx));
	free(pool);
	free(path);
	return 0;
}

static int check_uid(struct app *app, const char *value)
{
	uint32_t uid;

	return parse_user(app, value, &uid);
}

/* ---- does it hold? ---- */

static bool is_kind(struct app *app, const char *value, const struct morsel_event *event)
{
	(void)app;
	return !fnmatch(value, morsel_event_type_name(event), 0);
}

static bool is_pool(struct app *app, const char *value, const struct morsel_event *event)
{
	const char *pool = morsel_event_pool_name(event);

	(void)app;
	return pool && !strcmp(pool, value);
}

/* Is @name what @prefix names, or below it? */
static bool is_below(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	while (len && prefix[len - 1] == '/')
		len--;
	if (!name || !len || strncmp(name, prefix, len) != 0)
		return false;
	return prefix[len - 1] == ':' || !name[len] || name[len] == '/';
}

static bool is_path(struct app *app, const char *value, const struct morsel_event *event)
{
	(void)app;
	return is_below(morsel_event_name(event), value) ||
	       is_below(morsel_event_old_name(event), value);
}

static bool is_uid(struct app *app, const char *value, const struct morsel_event *event)
{
	uint32_t uid;

	return !parse_user(app, value, &uid) && morsel_event_uid(event) == uid;
}

static const struct key {
	const char *name; /* with the = */
	int (*check)(struct app *app, const char *value);
	bool (*holds)(struct app *app, const char *value, const struct morsel_event *event);
} keys[] = {
	{ "kind=", check_kind, is_kind },
	{ "pool=", check_pool, is_pool },
	{ "path=", check_path, is_path },
	{ "uid=", check_uid, is_uid },
};

/* The value of the option at @index if it is a filter with this key, or NULL. */
static const char *value_of(const struct app *app, int index, const struct key *key)
{
	const char *text = app->options[index].value;
	size_t len = strlen(key->name);

	if (app->options[index].key != 'f' || strncmp(text, key->name, len) != 0)
		return NULL;
	return text + len;
}

static int check(struct app *app, int index)
{
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		value = value_of(app, index, &keys[i]);
		if (value)
			return keys[i].check(app, value);
	}
	return usage_error(app, "--filter \"%s\": it is kind=, pool=, path= or uid= and a value",
			   shown(app->options[index].value));
}

int check_filters(struct app *app)
{
	int i, status = 0;

	for (i = 0; !status && i < app->nr_options; i++)
		if (app->options[i].key == 'f')
			status = check(app, i);
	return status;
}

static bool passes(struct app *app, const struct key *key, const struct morsel_event *event)
{
	const char *value;
	bool asked = false;
	int i;

	for (i = 0; i < app->nr_options; i++) {
		value = value_of(app, i, key);
		if (value && key->holds(app, value, event))
			return true;
		asked |= value != NULL;
	}
	return !asked;
}

bool passes_filters(struct app *app, const struct morsel_event *event)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!passes(app, &keys[i], event))
			return false;
	return true;
}
