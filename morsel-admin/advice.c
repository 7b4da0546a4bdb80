// SPDX-License-Identifier: GPL-2.0-or-later
/* What to do where the module, the pool or its mount is missing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "admin.h"

void add_advice(int err, char *text, size_t size)
{
	size_t len = strlen(text);

	if (err == -ENODEV)
		snprintf(text + len, size - len, "; as root: modprobe morsel");
	else if (err == -EDQUOT && strstr(text, "the quota is used up"))
		snprintf(text + len, size - len, "; see morsel-admin quota show");
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
