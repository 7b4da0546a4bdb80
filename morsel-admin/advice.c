// SPDX-License-Identifier: GPL-2.0-or-later
/* What to do where the module, the pool or its mount is missing. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

static void add(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

/* Which limit refused it, and how much of that is used. Bytes are judged first. */
static void add_used(const struct morsel_quota *quota, const struct charge *charge, char *text,
		     size_t size)
{
	uint64_t bytes = morsel_quota_bytes_hard(quota), objects = morsel_quota_objects_hard(quota);
	const char *user = user_name(morsel_quota_uid(quota));
	char used[MORSEL_SIZE_TEXT], limit[MORSEL_SIZE_TEXT];

	if (bytes && charge->bytes && morsel_quota_bytes_used(quota) + charge->bytes > bytes)
		add(text, size, "; user %s has %s of %s", user,
		    morsel_size_format(morsel_quota_bytes_used(quota), used),
		    morsel_size_format(bytes, limit));
	else if (objects && charge->objects &&
		 morsel_quota_objects_used(quota) + charge->objects > objects)
		add(text, size, "; user %s has %llu of %llu objects", user,
		    (unsigned long long)morsel_quota_objects_used(quota),
		    (unsigned long long)objects);
}

static void add_quota(struct app *app, const char *name, const struct charge *charge, char *text,
		      size_t size)
{
	char *pool = name ? strndup(name, strcspn(name, ":")) : NULL;
	struct morsel_quota *quota;

	if (pool && charge && !morsel_quota_get(app->ctx, pool, charge->uid, &quota)) {
		add_used(quota, charge, text, size);
		morsel_quota_free(quota);
	}
	add(text, size, "; see morsel-admin quota show");
	free(pool);
}

void add_advice(struct app *app, const char *name, int err, const struct charge *charge,
		char *text, size_t size)
{
	if (err == -ENODEV)
		add(text, size, "; as root: modprobe morsel");
	else if (err == -EDQUOT && strstr(text, "the quota is used up"))
		add_quota(app, name, charge, text, size);
}

void report_call(struct app *app, const char *name, const char *call, int err,
		 const struct charge *charge)
{
	char text[512];

	snprintf(text, sizeof(text), "%s: %s", call,
		 err == -EINTR ? "interrupted" : strerror(-err));
	if (err == -EDQUOT && strchr(name, ':'))
		add_quota(app, name, charge, text, sizeof(text));
	report_text(app, name, err, "%s", text);
}

/* The kernel has the pool, or says why not. */
static void explain(struct app *app, const char *name, const char *pool)
{
	struct morsel_pool *found;
	int err = morsel_pool_get(app->ctx, pool, &found);

	if (!err) {
		morsel_pool_free(found);
		report_text(app, name, -ENXIO,
			    "the pool is there, but not mounted here; as root: "
			    "mount -t morsel -o name=%s none DIR", shown(pool));
	} else if (err == -ENOENT) {
		report_text(app, name, -ENXIO,
			    "there is no pool %s in use; for one on a device, as root: "
			    "morsel-admin pool attach DEV", shown(pool));
	} else {
		report(app, name, err);
	}
}

void report_open(struct app *app, const char *name, int err)
{
	char *pool = err == -ENXIO ? strndup(name, strcspn(name, ":")) : NULL;

	if (pool)
		explain(app, name, pool);
	else
		report(app, name, err);
	free(pool);
}

void report_no_pool(struct app *app, const char *name, int err)
{
	if (err == -ENOENT)
		report_text(app, name, err,
			    "there is no such pool in use; what is on a device or in an image "
			    "is named by its path, with a slash in it");
	else
		report(app, name, err);
}
