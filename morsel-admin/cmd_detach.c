// SPDX-License-Identifier: GPL-2.0-or-later
/* pool detach: unmount a persistent pool */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "holders.h"
#include "image.h"

/* ---- which pool ---- */

static bool is_persistent(const struct morsel_pool *pool)
{
	return morsel_pool_flags(pool) & MORSEL_POOL_FLAG_PERSISTENT;
}

static bool has_label_or_uuid(const struct morsel_pool *pool, const char *word)
{
	const char *label = morsel_pool_label(pool), *uuid = morsel_pool_uuid(pool);

	return (label && !strcmp(label, word)) || (uuid && !strcasecmp(uuid, word));
}

/* Is @dir where the pool is mounted, not something in it? */
static bool is_mounted_on(struct app *app, const struct morsel_pool *pool, const char *dir)
{
	struct statx given, known;
	char *mount;
	bool is;

	if (statx(AT_FDCWD, dir, 0, 0, &given) ||
	    !(given.stx_attributes & STATX_ATTR_MOUNT_ROOT) ||
	    morsel_pool_mount_point(app->ctx, morsel_pool_name(pool), &mount))
		return false;
	is = !statx(AT_FDCWD, mount, 0, 0, &known) &&
	     known.stx_dev_major == given.stx_dev_major &&
	     known.stx_dev_minor == given.stx_dev_minor;
	free(mount);
	return is;
}

static bool is_device(const char *path)
{
	struct stat st;

	return !stat(path, &st) ? S_ISBLK(st.st_mode) : !strncmp(path, "/dev/", 5);
}

/* Does the word mean this pool, by something that others may have, too? */
static bool fits(struct app *app, const struct morsel_pool *pool, const char *word)
{
	return is_path(word) ? is_mounted_on(app, pool, word) : has_label_or_uuid(pool, word);
}

static void refuse_none(struct app *app, const char *word, bool is_volatile)
{
	if (is_volatile)
		report_text(app, word, -EOPNOTSUPP,
			    "it is volatile; 'pool remove' drops it with all that is in it");
	else if (is_path(word))
		report_text(app, word, -ENOENT, "no persistent pool is mounted there");
	else
		report_text(app, word, -ENOENT,
			    "no pool of that name, label or UUID is attached");
}

/* Return: the pool, which belongs to the list, or NULL, reported. */
static const struct morsel_pool *choose(struct app *app, const struct morsel_pool_list *list,
					const char *word)
{
	const struct morsel_pool *found = NULL;
	bool is_volatile = false;
	size_t i, count = 0;

	for (i = 0; i < morsel_pool_list_count(list); i++) {
		const struct morsel_pool *pool = morsel_pool_list_at(list, i);
		bool named = !strcmp(morsel_pool_name(pool), word);

		if (!is_persistent(pool)) {
			is_volatile |= named;
			continue;
		}
		if (named)
			return pool;
		if (!fits(app, pool, word))
			continue;
		found = pool;
		count++;
	}
	if (count > 1)
		report_text(app, word, -ENOTUNIQ, "%zu pools have this label: name one of them",
			    count);
	else if (!found)
		refuse_none(app, word, is_volatile);
	return count == 1 ? found : NULL;
}

/* Return: the name of the pool, to be freed, with its @id, or NULL, reported. */
static char *find(struct app *app, const char *word, uint32_t *id)
{
	struct morsel_pool *on_device = NULL;
	struct morsel_pool_list *list = NULL;
	const struct morsel_pool *pool;
	char *name = NULL;
	int err;

	if (is_path(word) && is_device(word))
		err = morsel_pool_on_device(app->ctx, word, &on_device);
	else
		err = morsel_pool_list(app->ctx, &list);
	if (err) {
		report(app, word, err);
		return NULL;
	}
	pool = list ? choose(app, list, word) : on_device;
	if (pool) {
		*id = morsel_pool_id(pool);
		name = copy_text(app, word, morsel_pool_name(pool));
	}
	morsel_pool_list_free(list);
	morsel_pool_free(on_device);
	return name;
}

/* ---- the deed ---- */

static void show_detached(struct app *app, const char *name, const struct morsel_pool *pool)
{
	app->done++;
	if (app->json)
		print_card(app, &pool_sheet, &(struct pool_item){ .pool = pool });
	tell(app, "pool %s is detached", shown(name));
	if (!morsel_pool_get(app->ctx, name, NULL))
		note(app, "%s: another mount namespace has it mounted still", shown(name));
}

static void unmount(struct app *app, const char *word, const struct morsel_pool *pool, dev_t dev)
{
	const char *name = morsel_pool_name(pool), *who = "";
	int count = morsel_pool_unmount(app->ctx, name);
	char text[1024];

	if (count > 0) {
		show_detached(app, name, pool);
		return;
	}
	if (!count) {
		report_text(app, word, -ENXIO, "it is attached in another mount namespace");
		return;
	}
	/* Looking who it is has errors of its own. */
	snprintf(text, sizeof(text), "%s", morsel_error(app->ctx));
	if (count == -EBUSY)
		who = holders_of(app, name, dev);
	report_text(app, word, count, "%s%s%s", text, *who ? "; in use by " : "", who);
}

/*
 * The pool of that name, if it is the one with that id still: another one may have the name
 * by now. NULL: reported.
 */
static struct morsel_pool *same_pool(struct app *app, const char *word, const char *name,
				     uint32_t id)
{
	struct morsel_pool *pool;
	int err = morsel_pool_get(app->ctx, name, &pool);

	if (err) {
		report(app, word, err);
		return NULL;
	}
	if (morsel_pool_id(pool) == id && is_persistent(pool))
		return pool;
	report_text(app, word, -ENOENT, "it is detached already, and another pool has its name, %s",
		    shown(name));
	morsel_pool_free(pool);
	return NULL;
}

static void detach(struct app *app, const char *word, const char *name, uint32_t id)
{
	struct morsel_pool *pool;
	struct stat st = { 0 };
	const char *who;
	char *dir;

	/* There may be none that shows all of it; and one that is unmounted shows nothing. */
	if (morsel_pool_mount_point(app->ctx, name, &dir))
		dir = NULL;
	if (dir && stat(dir, &st))
		st.st_dev = 0;
	pool = same_pool(app, word, name, id);
	if (pool && app->dry_run) {
		who = holders_of(app, name, st.st_dev);
		would(app, word, "unmount the pool %s%s%s%s%s", shown(name), dir ? " from " : "",
		      dir ? shown(dir) : "", *who ? ", in use by " : "", who);
	} else if (pool) {
		unmount(app, word, pool, st.st_dev);
	}
	free(dir);
	morsel_pool_free(pool);
}

int run_pool_detach(struct app *app)
{
	uint32_t id;
	char *name;
	int i;

	for (i = 0; i < app->nr_args; i++) {
		name = find(app, app->args[i], &id);
		if (name)
			detach(app, app->args[i], name, id);
		free(name);
	}
	return final_status(app);
}
