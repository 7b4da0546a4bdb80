// SPDX-License-Identifier: GPL-2.0-or-later
/* usage: how morsels are used; ps: who maps them */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "listing.h"
#include "output.h"

#define SECOND 1000000000ULL

enum {
	OPT_INTERVAL = 256,
	OPT_PID,
	OPT_USER,
};

const struct option_desc usage_options[] = {
	{ 'R', "recursive", NULL, "Show also what is in the directories below" },
	{ OPT_INTERVAL, "interval", "SECONDS", "Show what is active in so much time from now on" },
	{ 0 },
};

const struct option_desc ps_options[] = {
	{ 'R', "recursive", NULL, "Show also what is in the directories below" },
	{ OPT_PID, "pid", "PID", "This process only" },
	{ OPT_USER, "user", "USER", "Processes of this user only" },
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
	{ "dirty", usage_dirty, "bytes that were written in it" },
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

/* ---- usage ---- */

static unsigned int list_flags(const struct app *app)
{
	return has_option(app, 'R') ? MORSEL_LIST_RECURSIVE : 0;
}

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

int run_usage(struct app *app)
{
	const char *text = option_value(app, OPT_INTERVAL);
	struct listing before = { 0 }, listing = { 0 };
	uint64_t seconds = 0;
	int status = 0;

	if (text && parse_number(app, "interval", text, &seconds))
		return STATUS_USAGE;
	if (text && (!seconds || seconds > 86400))
		return usage_error(app, "an interval is from 1 to 86400 seconds");
	if (seconds) {
		look(app, 0, true, &before);
		listing_free(&before);
		sleep((unsigned int)seconds);
	}
	look(app, seconds ? 0 : SECOND, false, &listing);
	drop_directories(&listing);
	if (listing.nr_items)
		qsort(listing.items, listing.nr_items, sizeof(*listing.items),
		      listing_compare_names);
	if (listing.nr_items || !app->failed)
		status = print_table(app, &usage_sheet, listing.items, listing.nr_items);
	listing_free(&listing);
	return status ? status : final_status(app);
}

/* ---- columns of ps ---- */

#define PS_NUMBER(member, kind)                                           \
	static void ps_##member(const void *item, struct value *value)    \
	{                                                                 \
		set_number(value, kind, morsel_attachment_##member(item)); \
	}

PS_NUMBER(pid, VALUE_NUMBER)
PS_NUMBER(length, VALUE_SIZE)
PS_NUMBER(offset, VALUE_SIZE)
PS_NUMBER(links, VALUE_NUMBER)
PS_NUMBER(age, VALUE_NUMBER)
PS_NUMBER(id, VALUE_NUMBER)

static bool is_gone(const void *item)
{
	return morsel_attachment_uid(item) == UINT32_MAX;
}

static void ps_uid(const void *item, struct value *value)
{
	if (!is_gone(item))
		set_number(value, VALUE_NUMBER, morsel_attachment_uid(item));
}

static void ps_user(const void *item, struct value *value)
{
	if (!is_gone(item))
		set_text(value, VALUE_NAME, user_name(morsel_attachment_uid(item)));
}

static void ps_command(const void *item, struct value *value)
{
	if (!is_gone(item))
		set_text(value, VALUE_NAME, morsel_attachment_command(item));
}

static void ps_name(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, morsel_attachment_name(item));
}

static void ps_start(const void *item, struct value *value)
{
	set_address(value, morsel_attachment_start(item));
}

static void ps_view(const void *item, struct value *value)
{
	set_text(value, VALUE_TEXT,
		 morsel_attachment_view(item) == MORSEL_MAP_VIEW_RW ? "rw" : "ro");
}

static const struct column ps_columns[] = {
	{ "pid", ps_pid, "process" },
	{ "user", ps_user, "name of its user" },
	{ "uid", ps_uid, "number of its user" },
	{ "command", ps_command, "its name" },
	{ "start", ps_start, "first address of the mapping" },
	{ "length", ps_length, "its length" },
	{ "offset", ps_offset, "where in the morsel it begins" },
	{ "view", ps_view, "rw or ro" },
	{ "links", ps_links, "entries of the process's page tables that lead into the morsel" },
	{ "age", ps_age, "since the mapping was made, in ns" },
	{ "name", ps_name, "POOL:PATH of the morsel" },
	{ "id", ps_id, "number of the morsel in the pool" },
};

const struct sheet ps_sheet = { ps_columns, ARRAY_SIZE(ps_columns),
				"pid,user,command,view,start,length,name" };

/* ---- ps ---- */

struct wanted {
	uint64_t pid;
	uint32_t uid;
	bool by_user;
};

static bool is_wanted(const struct wanted *wanted, const struct morsel_attachment *attachment)
{
	if (wanted->pid && morsel_attachment_pid(attachment) != wanted->pid)
		return false;
	return !wanted->by_user || morsel_attachment_uid(attachment) == wanted->uid;
}

static int read_wanted(struct app *app, struct wanted *wanted)
{
	const char *pid = option_value(app, OPT_PID), *user = option_value(app, OPT_USER);

	wanted->by_user = user;
	if (pid && parse_number(app, "pid", pid, &wanted->pid))
		return STATUS_USAGE;
	if (pid && (!wanted->pid || wanted->pid > INT32_MAX))
		return usage_error(app, "pid \"%s\" cannot be", shown(pid));
	return user ? parse_user(app, user, &wanted->uid) : 0;
}

struct mappings {
	struct morsel_attachment_list **lists;
	const void **items;
	size_t nr_lists, nr_items;
};

/* Takes over @list. Return: 0 or -ENOMEM. */
static int add_list(struct mappings *m, struct morsel_attachment_list *list,
		    const struct wanted *wanted)
{
	size_t i, count = morsel_attachment_list_count(list);
	void *items = reallocarray(m->items, m->nr_items + count + 1, sizeof(void *));

	if (items)
		m->items = items;
	m->lists[m->nr_lists++] = list;
	if (!items)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		if (is_wanted(wanted, morsel_attachment_list_at(list, i)))
			m->items[m->nr_items++] = morsel_attachment_list_at(list, i);
	return 0;
}

static void add_mappings(struct app *app, const char *name, const struct wanted *wanted,
			 struct mappings *m)
{
	struct morsel_attachment_list *list;
	int err = morsel_attachment_list(app->ctx, name, list_flags(app), &list);

	if (!err)
		err = add_list(m, list, wanted);
	if (err)
		report(app, name, err);
	else
		app->done++;
}

static void free_mappings(struct mappings *m)
{
	while (m->nr_lists)
		morsel_attachment_list_free(m->lists[--m->nr_lists]);
	free(m->lists);
	free(m->items);
}

int run_ps(struct app *app)
{
	struct wanted wanted = { 0 };
	struct mappings m = { 0 };
	int i, status;

	if (read_wanted(app, &wanted))
		return STATUS_USAGE;
	m.lists = calloc(app->nr_args + 1, sizeof(*m.lists));
	if (!m.lists) {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	if (!app->nr_args)
		add_mappings(app, NULL, &wanted, &m);
	for (i = 0; i < app->nr_args; i++)
		add_mappings(app, app->args[i], &wanted, &m);
	status = m.nr_items || !app->failed ? print_table(app, &ps_sheet, m.items, m.nr_items) : 0;
	free_mappings(&m);
	return status ? status : final_status(app);
}
