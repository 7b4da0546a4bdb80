// SPDX-License-Identifier: GPL-2.0-or-later
/* status */
#include "../libmorsel/version.h"
#include "output.h"

/* Sums over what the caller may see, but the window, which is the same for all. */
struct status {
	char module[64];
	uint64_t pools, persistent, size, used, objects, poisoned;
	uint64_t above_soft, at_hard;
	struct morsel_window window;
};

/* ---- columns ---- */

static void status_tool(const void *item, struct value *value)
{
	(void)item;
	set_text(value, VALUE_TEXT, MORSEL_VERSION);
}

static void status_module(const void *item, struct value *value)
{
	set_text(value, VALUE_TEXT, ((const struct status *)item)->module);
}

#define STATUS_COLUMN(name, kind, member) \
	static void status_##name(const void *item, struct value *value) \
	{ \
		set_number(value, kind, ((const struct status *)item)->member); \
	}

STATUS_COLUMN(pools, VALUE_NUMBER, pools)
STATUS_COLUMN(persistent, VALUE_NUMBER, persistent)
STATUS_COLUMN(size, VALUE_SIZE, size)
STATUS_COLUMN(used, VALUE_SIZE, used)
STATUS_COLUMN(objects, VALUE_NUMBER, objects)
STATUS_COLUMN(poisoned, VALUE_SIZE, poisoned)
STATUS_COLUMN(above_soft, VALUE_NUMBER, above_soft)
STATUS_COLUMN(at_hard, VALUE_NUMBER, at_hard)
STATUS_COLUMN(reservations, VALUE_NUMBER, window.reservations)
STATUS_COLUMN(reserved, VALUE_SIZE, window.reserved)
STATUS_COLUMN(largest_gap, VALUE_SIZE, window.largest_gap)

static void status_window_start(const void *item, struct value *value)
{
	set_address(value, ((const struct status *)item)->window.start);
}

static void status_window_end(const void *item, struct value *value)
{
	set_address(value, ((const struct status *)item)->window.end);
}

static const struct column status_columns[] = {
	{ "tool", status_tool, "version of morsel-admin" },
	{ "module", status_module, "version of the kernel module" },
	{ "pools", status_pools, "pools that you may see" },
	{ "persistent", status_persistent, "how many of them survive a reboot" },
	{ "size", status_size, "capacity of all" },
	{ "used", status_used, "bytes allocated in them" },
	{ "objects", status_objects, "files and directories, roots included" },
	{ "poisoned", status_poisoned, "bytes withdrawn because of memory errors" },
	{ "above_soft", status_above_soft, "quotas above a soft limit, of those you may see" },
	{ "at_hard", status_at_hard, "quotas that are used up" },
	{ "window_start", status_window_start, "first address of the morsel window" },
	{ "window_end", status_window_end, "the one behind its last" },
	{ "reservations", status_reservations, "morsels that have an address" },
	{ "reserved", status_reserved, "how much of the window they have" },
	{ "largest_gap", status_largest_gap, "the most that is free in one piece" },
};

const struct sheet status_sheet = {
	.columns = status_columns,
	.nr_columns = ARRAY_SIZE(status_columns),
	.normal = "module,pools,size,used,objects",
};

/* ---- sums ---- */

static int add_pools(struct app *app, struct status *status)
{
	struct morsel_pool_list *list;
	const struct morsel_pool *pool;
	int err = morsel_pool_list(app->ctx, &list);
	size_t i;

	for (i = 0; !err && i < morsel_pool_list_count(list); i++) {
		pool = morsel_pool_list_at(list, i);
		status->pools++;
		status->persistent += !!(morsel_pool_flags(pool) & MORSEL_POOL_FLAG_PERSISTENT);
		status->size += morsel_pool_size(pool);
		status->used += morsel_pool_used(pool);
		status->objects += morsel_pool_objects(pool);
		status->poisoned += morsel_pool_poisoned(pool);
	}
	if (!err)
		morsel_pool_list_free(list);
	return err;
}

/* A limit of 0 is none. */
static bool is_above(uint64_t used, uint64_t limit)
{
	return limit && used > limit;
}

static bool is_at(uint64_t used, uint64_t limit)
{
	return limit && used >= limit;
}

static int add_quotas(struct app *app, struct status *status)
{
	struct morsel_quota_list *list;
	const struct morsel_quota *quota;
	int err = morsel_quota_list(app->ctx, NULL, &list);
	size_t i;

	for (i = 0; !err && i < morsel_quota_list_count(list); i++) {
		quota = morsel_quota_list_at(list, i);
		if (morsel_quota_uid(quota) == MORSEL_QUOTA_DEFAULT)
			continue;
		status->above_soft += is_above(morsel_quota_bytes_used(quota),
					       morsel_quota_bytes_soft(quota)) ||
				      is_above(morsel_quota_objects_used(quota),
					       morsel_quota_objects_soft(quota));
		status->at_hard += is_at(morsel_quota_bytes_used(quota),
					 morsel_quota_bytes_hard(quota)) ||
				   is_at(morsel_quota_objects_used(quota),
					 morsel_quota_objects_hard(quota));
	}
	if (!err)
		morsel_quota_list_free(list);
	return err;
}

int run_status(struct app *app)
{
	struct status status = { 0 };
	int err = add_pools(app, &status);

	if (!err)
		err = add_quotas(app, &status);
	if (!err)
		err = morsel_window_get(app->ctx, &status.window);
	if (err) {
		report(app, NULL, err);
		return final_status(app);
	}
	module_version(status.module, sizeof(status.module));
	return print_card(app, &status_sheet, &status);
}
