// SPDX-License-Identifier: GPL-2.0-or-later
/* address */
#include <errno.h>
#include <string.h>
#include "output.h"

enum { OPT_MAX = 256 };

const struct option_desc address_options[] = {
	{ OPT_MAX, "max", "SIZE", "How large it may become; default: as before, or its size" },
	{ 0 },
};

/* What is wanted; @take_away: no address. */
struct place {
	const char *text;
	uint64_t addr, max; /* @max 0: none was given */
	bool take_away;
};

/* Return: 0 or a status. */
static int read_place(struct app *app, struct place *place)
{
	const char *max = option_value(app, OPT_MAX);
	int status;

	*place = (struct place){ .text = app->args[1] };
	place->take_away = !strcmp(place->text, "none");
	if (place->take_away)
		return max ? usage_error(app, "--max goes with an address") : 0;
	status = parse_address(app, place->text, &place->addr);
	if (!status && max)
		status = parse_size(app, "size", max, &place->max);
	if (!status && max && !place->max)
		status = usage_error(app, "size \"%s\": an address is for some bytes", shown(max));
	return status;
}

static int change(struct app *app, const char *name, const struct morsel_info *info,
		  const struct place *place, struct morsel_info **after)
{
	const struct morsel_attr attr = {
		.set = place->take_away ? MORSEL_SET_NO_ADDR :
		       place->max	? MORSEL_SET_ADDR | MORSEL_SET_MAX_SIZE :
					  MORSEL_SET_ADDR,
		.addr = place->addr,
		.max_size = place->max,
	};
	int err = morsel_set(app->ctx, name, morsel_info_id(info), &attr, after);

	if (err)
		report(app, name, err);
	return err;
}

static void tell_about(struct app *app, const char *name, const struct morsel_info *after)
{
	app->done++;
	if (app->json)
		print_card(app, &object_sheet, after);
	if (morsel_info_addr(after))
		tell(app, "%s has the address 0x%llx now", shown(name),
		     (unsigned long long)morsel_info_addr(after));
	else
		tell(app, "%s has no address now", shown(name));
}

int run_address(struct app *app)
{
	const char *name = app->args[0];
	struct morsel_info *info, *after;
	struct place place;
	int err, status = read_place(app, &place);

	if (status)
		return status;
	err = morsel_stat(app->ctx, name, &info);
	if (err) {
		report(app, name, err);
		return final_status(app);
	}
	if (app->dry_run) {
		would(app, name, "change the address to %s", shown(place.text));
	} else if (!change(app, name, info, &place, &after)) {
		tell_about(app, name, after);
		if (place.max)
			note_reserved(app, name, place.max);
		morsel_info_free(after);
	}
	morsel_info_free(info);
	return final_status(app);
}
