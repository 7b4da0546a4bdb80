// SPDX-License-Identifier: GPL-2.0-or-later
/* ps: who maps morsels */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "mappings.h"
#include "output.h"

enum {
	OPT_PID = 256,
	OPT_USER,
};

const struct option_desc ps_options[] = {
	{ 'R', "recursive", NULL, "Show also what is in the directories below" },
	{ OPT_PID, "pid", "PID", "This process only" },
	{ OPT_USER, "user", "USER", "Processes of this user only" },
	{ 0 },
};

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

int run_ps(struct app *app)
{
	struct wanted wanted = { 0 };
	struct mappings m = { 0 };
	int status;

	if (read_wanted(app, &wanted))
		return STATUS_USAGE;
	look_at_mappings(app, &wanted, &m);
	status = m.nr_items || !app->failed ? print_table(app, &ps_sheet, m.items, m.nr_items) : 0;
	free_mappings(&m);
	return status ? status : final_status(app);
}
