// SPDX-License-Identifier: GPL-2.0-or-later
/* seal */
#include <errno.h>
#include "output.h"

static void seal(struct app *app, const char *name, const struct morsel_info *info)
{
	struct morsel_info *after;
	int err;

	if (app->dry_run) {
		would(app, name, "make the contents final%s", morsel_mapped_by(app, name, info));
		return;
	}
	if (!confirm(app, "make the contents of %s final for good%s", shown(name),
		     morsel_mapped_by(app, name, info)))
		return;
	err = morsel_seal(app->ctx, name, morsel_info_id(info));
	if (err) {
		report(app, name, err);
		return;
	}
	app->done++;
	tell(app, "%s is sealed", shown(name));
	if (!app->json || morsel_stat(app->ctx, name, &after))
		return;
	print_card(app, &object_sheet, after);
	morsel_info_free(after);
}

int run_seal(struct app *app)
{
	struct morsel_info *info;
	int i, err;

	for (i = 0; i < app->nr_args && !app->status; i++) {
		err = morsel_stat(app->ctx, app->args[i], &info);
		if (err) {
			report(app, app->args[i], err);
			continue;
		}
		seal(app, app->args[i], info);
		morsel_info_free(info);
	}
	return final_status(app);
}
