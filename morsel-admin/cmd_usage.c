// SPDX-License-Identifier: GPL-2.0-or-later
/* usage: how morsels are used, one by one or summed up */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mappings.h"
#include "sums.h"

#define SECOND 1000000000ULL

enum {
	OPT_INTERVAL = 256,
	OPT_BY,
};

const struct option_desc usage_options[] = {
	{ 'R', "recursive", NULL, "Show also what is in the directories below" },
	{ OPT_INTERVAL, "interval", "SECONDS", "Show what is active in so much time from now on" },
	{ OPT_BY, "by", "WHAT", "Sums for each pid, uid or pool; or object: no sums" },
	{ 0 },
};

/* ---- columns of usage ---- */

#define USAGE_NUMBER(member, kind)                                        \
	static void usage_##member(const void *item, struct value *value) \
	{                                                                 \
		set_number(value, kind, morsel_info_##member(item));      \
	}
/* What is known only after a scan. */
#define USAGE_SCANNED(member, kind)                                       \
	static void usage_##member(const void *item, struct value *value) \
	{                                                                 \
		if (morsel_info_interval(item))                           \
			set_number(value, kind, morsel_info_##member(item)); \
	}

USAGE_NUMBER(id, VALUE_NUMBER)
USAGE_NUMBER(size, VALUE_SIZE)
USAGE_NUMBER(allocated, VALUE_SIZE)
USAGE_NUMBER(huge, VALUE_SIZE)
USAGE_NUMBER(tree_tables, VALUE_NUMBER)
USAGE_NUMBER(rw_tables, VALUE_NUMBER)
USAGE_NUMBER(ro_tables, VALUE_NUMBER)
USAGE_NUMBER(attachments, VALUE_NUMBER)
USAGE_NUMBER(links, VALUE_NUMBER)
USAGE_NUMBER(processes, VALUE_NUMBER)
USAGE_NUMBER(maps, VALUE_NUMBER)
USAGE_NUMBER(unmaps, VALUE_NUMBER)
USAGE_NUMBER(faults, VALUE_NUMBER)
USAGE_SCANNED(active, VALUE_SIZE)
USAGE_SCANNED(dirty, VALUE_SIZE)
USAGE_SCANNED(interval, VALUE_NUMBER)
USAGE_SCANNED(scan_age, VALUE_NUMBER)

static void usage_name(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, morsel_info_name(item));
}

static void usage_owner(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, user_name(morsel_info_uid(item)));
}

static void usage_last_mapped(const void *item, struct value *value)
{
	if (!morsel_info_last_mapped(item))
		return;
	value->kind = VALUE_TIME;
	value->time = morsel_info_last_mapped(item);
}

static const struct column usage_columns[] = {
	{ "name", usage_name, "POOL:PATH" },
	{ "id", usage_id, "number in the pool" },
	{ "owner", usage_owner, "name of the owner" },
	{ "size", usage_size, "size" },
	{ "allocated", usage_allocated, "bytes of memory allocated to it" },
	{ "huge", usage_huge, "of these, bytes in 2 MiB frames" },
	{ "active", usage_active, "bytes that were accessed in the interval" },
	{ "dirty", usage_dirty, "bytes that were written in it; of a persistent pool ever" },
	{ "interval", usage_interval, "between the last two scans, in ns" },
	{ "scan_age", usage_scan_age, "since the last scan, in ns" },
	{ "processes", usage_processes, "address spaces that map it" },
	{ "attachments", usage_attachments, "mappings" },
	{ "links", usage_links, "entries of page tables that lead into its views" },
	{ "tree_tables", usage_tree_tables, "pages of the canonical tree" },
	{ "rw_tables", usage_rw_tables, "page-table pages of the writable view" },
	{ "ro_tables", usage_ro_tables, "page-table pages of the read-only view" },
	{ "maps", usage_maps, "mappings ever made" },
	{ "unmaps", usage_unmaps, "mappings that have ended" },
	{ "faults", usage_faults, "page faults in mappings" },
	{ "last_mapped", usage_last_mapped, "when the newest mapping was made" },
};

const struct sheet usage_sheet = { usage_columns, ARRAY_SIZE(usage_columns),
				   "name,allocated,active,dirty,processes,attachments,maps,"
				   "faults" };

/* ---- looking ---- */

static int add_entries(struct app *app, const char *name, uint64_t max_age,
		       struct listing *listing)
{
	struct morsel_list *list;
	int err = morsel_usage_list(app->ctx, name, list_flags(app), max_age, &list);

	return err ? err : listing_add_list(listing, list);
}

static int add_name(struct app *app, const char *name, uint64_t max_age, struct listing *listing)
{
	struct morsel_info *info;
	int err = name ? morsel_usage(app->ctx, name, max_age, &info) : 0;

	if (err)
		return err;
	if (name && morsel_info_type(info) != MORSEL_OBJECT_TYPE_DIRECTORY)
		return listing_add_info(listing, info);
	if (name)
		morsel_info_free(info);
	return add_entries(app, name, max_age, listing);
}

/* Directories have no usage. */
static void drop_directories(struct listing *listing)
{
	size_t i, kept = 0;

	for (i = 0; i < listing->nr_items; i++)
		if (morsel_info_type(listing->items[i]) == MORSEL_OBJECT_TYPE_FILE)
			listing->items[kept++] = listing->items[i];
	listing->nr_items = kept;
}

/* Look at all that is named. @quiet: a look that begins an interval. */
static void look(struct app *app, uint64_t max_age, bool quiet, struct listing *listing)
{
	int i, err;

	for (i = 0; i < app->nr_args || (!i && !app->nr_args); i++) {
		err = add_name(app, app->nr_args ? app->args[i] : NULL, max_age, listing);
		if (quiet)
			continue;
		if (err)
			report(app, app->nr_args ? app->args[i] : NULL, err);
		else
			app->done++;
	}
}

/* Look twice with @seconds between, else once. */
static void look_after(struct app *app, uint64_t seconds, struct listing *listing)
{
	struct listing before = { 0 };

	if (seconds) {
		look(app, 0, true, &before);
		listing_free(&before);
		sleep((unsigned int)seconds);
	}
	look(app, seconds ? 0 : SECOND, false, listing);
	drop_directories(listing);
}

/* ---- usage ---- */

static int show_morsels(struct app *app, struct listing *listing)
{
	if (listing->nr_items)
		qsort(listing->items, listing->nr_items, sizeof(*listing->items),
		      listing_compare_names);
	return listing->nr_items || !app->failed
		       ? print_table(app, &usage_sheet, listing->items, listing->nr_items)
		       : 0;
}

const struct sheet *usage_sheet_of(const struct app *app)
{
	const struct sheet *sheet = sums_sheet(option_value(app, OPT_BY));

	return sheet ? sheet : &usage_sheet;
}

static int read_options(struct app *app, uint64_t *seconds)
{
	const char *text = option_value(app, OPT_INTERVAL), *by = option_value(app, OPT_BY);

	if (text && parse_number(app, "interval", text, seconds))
		return STATUS_USAGE;
	if (text && (!*seconds || *seconds > 86400))
		return usage_error(app, "an interval is from 1 to 86400 seconds");
	if (by && strcmp(by, "object") != 0 && !sums_sheet(by))
		return usage_error(app, "--by \"%s\" is neither pid, uid, pool nor object",
				   shown(by));
	return 0;
}

int run_usage(struct app *app)
{
	const char *by = option_value(app, OPT_BY);
	struct listing listing = { 0 };
	uint64_t seconds = 0;
	int status;

	if (read_options(app, &seconds))
		return STATUS_USAGE;
	look_after(app, seconds, &listing);
	status = sums_sheet(by) ? print_sums(app, by, &listing) : show_morsels(app, &listing);
	listing_free(&listing);
	return status ? status : final_status(app);
}
