// SPDX-License-Identifier: GPL-2.0-or-later
/* vas: the morsel window, and what processes have mapped */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

enum {
	OPT_FREE = 256,
	OPT_PID,
};

const struct option_desc vas_options[] = {
	{ OPT_FREE, "free", NULL, "Show the gaps in the window, too" },
	{ OPT_PID, "pid", "PID", "Show what a process has mapped; all: every process you may see" },
	{ 0 },
};

/* ---- columns ---- */

static void vas_start(const void *item, struct value *value)
{
	set_address(value, morsel_vas_start(item));
}

static void vas_end(const void *item, struct value *value)
{
	set_address(value, morsel_vas_start(item) + morsel_vas_length(item));
}

static void vas_length(const void *item, struct value *value)
{
	value->kind = VALUE_SIZE;
	value->number = morsel_vas_length(item);
}

static void vas_kind(const void *item, struct value *value)
{
	static const char *const names[] = {
		[MORSEL_VAS_KIND_RESERVATION] = "reservation",
		[MORSEL_VAS_KIND_GAP] = "gap",
		[MORSEL_VAS_KIND_MAPPING] = "mapping",
		[MORSEL_VAS_KIND_DISPLACED] = "displaced",
	};
	uint32_t kind = morsel_vas_kind(item);

	value->kind = VALUE_TEXT;
	value->text = kind < ARRAY_SIZE(names) && names[kind] ? names[kind] : "?";
}

static void vas_name(const void *item, struct value *value)
{
	value->text = morsel_vas_name(item);
	if (value->text)
		value->kind = VALUE_NAME;
}

static void vas_pool(const void *item, struct value *value)
{
	value->text = morsel_vas_pool(item);
	if (*value->text)
		value->kind = VALUE_NAME;
}

static void vas_number(struct value *value, bool there, enum value_kind kind, uint64_t n)
{
	if (!there)
		return;
	value->kind = kind;
	value->number = n;
}

static bool is_mapping(const void *item)
{
	return morsel_vas_kind(item) == MORSEL_VAS_KIND_MAPPING;
}

static void vas_id(const void *item, struct value *value)
{
	vas_number(value, morsel_vas_id(item), VALUE_NUMBER, morsel_vas_id(item));
}

static void vas_max_size(const void *item, struct value *value)
{
	vas_number(value, morsel_vas_max_size(item), VALUE_SIZE, morsel_vas_max_size(item));
}

static void vas_pid(const void *item, struct value *value)
{
	vas_number(value, is_mapping(item), VALUE_NUMBER, morsel_vas_pid(item));
}

static void vas_offset(const void *item, struct value *value)
{
	vas_number(value, is_mapping(item), VALUE_SIZE, morsel_vas_offset(item));
}

static void vas_view(const void *item, struct value *value)
{
	if (!is_mapping(item))
		return;
	value->kind = VALUE_TEXT;
	value->text = morsel_vas_view(item) == MORSEL_MAP_VIEW_RW ? "rw" : "ro";
}

static const struct column vas_columns[] = {
	{ "start", vas_start, "first address" },
	{ "end", vas_end, "the address behind the last" },
	{ "length", vas_length, "how much that is" },
	{ "kind", vas_kind, "reservation, gap, mapping or displaced" },
	{ "name", vas_name, "POOL:PATH of the morsel" },
	{ "pool", vas_pool, "name of the pool" },
	{ "id", vas_id, "number of the morsel in the pool" },
	{ "max_size", vas_max_size, "of a reservation: how large the morsel may become" },
	{ "pid", vas_pid, "of a mapping: the process" },
	{ "offset", vas_offset, "of a mapping: where in the morsel it begins" },
	{ "view", vas_view, "of a mapping: rw or ro" },
};

const struct sheet vas_sheet = { vas_columns, ARRAY_SIZE(vas_columns),
				 "start,end,length,kind,name" };

/* ---- what is shown ---- */

struct ranges {
	struct morsel_vas_list **lists;
	size_t nr_lists;
	const void **items;
	size_t nr_items;
};

/* Takes over @list. Return: 0 or -ENOMEM. */
static int add_list(struct ranges *ranges, struct morsel_vas_list *list)
{
	size_t i, count = morsel_vas_list_count(list);
	void *lists = reallocarray(ranges->lists, ranges->nr_lists + 1, sizeof(list));
	void *items;

	if (!lists) {
		morsel_vas_list_free(list);
		return -ENOMEM;
	}
	ranges->lists = lists;
	ranges->lists[ranges->nr_lists++] = list;
	items = reallocarray(ranges->items, ranges->nr_items + count + 1, sizeof(void *));
	if (!items)
		return -ENOMEM;
	ranges->items = items;
	for (i = 0; i < count; i++)
		ranges->items[ranges->nr_items++] = morsel_vas_list_at(list, i);
	return 0;
}

static int add_range(struct app *app, struct ranges *ranges, uint32_t pid)
{
	unsigned int flags = has_option(app, OPT_FREE) ? MORSEL_VAS_GAPS : 0;
	struct morsel_vas_list *list;
	int err = morsel_vas_list(app->ctx, pid, flags, &list);

	return err ? err : add_list(ranges, list);
}

/* Every process; those that have gone, or belong to others, are left out. */
static int add_processes(struct app *app, struct ranges *ranges)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	if (!proc)
		return -errno;
	while (!err && (entry = readdir(proc))) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (*end || !pid || pid > INT32_MAX)
			continue;
		err = add_range(app, ranges, pid);
		if (err == -ESRCH || err == -EPERM)
			err = 0;
	}
	closedir(proc);
	return err;
}

static void free_ranges(struct ranges *ranges)
{
	size_t i;

	for (i = 0; i < ranges->nr_lists; i++)
		morsel_vas_list_free(ranges->lists[i]);
	free(ranges->lists);
	free(ranges->items);
}

static void remark_on_window(struct app *app)
{
	char reserved[MORSEL_SIZE_TEXT], gap[MORSEL_SIZE_TEXT];
	struct morsel_window window;

	if (!app->verbose || morsel_window_get(app->ctx, &window))
		return;
	morsel_size_format(window.reserved, reserved);
	morsel_size_format(window.largest_gap, gap);
	tell(app, "window 0x%llx-0x%llx, %llu reservations of %s, largest gap %s",
	     (unsigned long long)window.start, (unsigned long long)window.end,
	     (unsigned long long)window.reservations, reserved, gap);
}

int run_vas(struct app *app)
{
	const char *text = option_value(app, OPT_PID);
	struct ranges ranges = { 0 };
	uint64_t pid = 0;
	int err, status = 0;

	if (text && has_option(app, OPT_FREE))
		return usage_error(app, "--free and --pid exclude each other");
	if (text && !strcmp(text, "all")) {
		err = add_processes(app, &ranges);
	} else {
		if (text && parse_number(app, "pid", text, &pid))
			return STATUS_USAGE;
		if (text && (!pid || pid > INT32_MAX))
			return usage_error(app, "pid \"%s\" cannot be", shown(text));
		err = add_range(app, &ranges, pid);
	}
	if (err) {
		report(app, text, err);
	} else {
		if (!text)
			remark_on_window(app);
		if (text && !app->columns)
			app->columns = "+pid,offset,view";
		status = print_table(app, &vas_sheet, ranges.items, ranges.nr_items);
	}
	free_ranges(&ranges);
	return status ? status : final_status(app);
}
