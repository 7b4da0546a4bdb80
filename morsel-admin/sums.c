// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Usage of several morsels, summed up by process, user or pool.
 *
 * The kernel tells what each morsel has and who maps it, as far as the viewer may know;
 * the sums are of that. A morsel with several names counts once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "mappings.h"
#include "sums.h"

enum by {
	BY_PID,
	BY_UID,
	BY_POOL,
	NR_BY
};

struct sum {
	enum by by;
	uint64_t key;	  /* pid or uid; 0 by pool */
	const char *pool; /* by pool */
	const char *command;
	uint32_t uid; /* of the process; UINT32_MAX: it has gone */
	uint64_t morsels, size, allocated, huge, tables, active, dirty;
	uint64_t processes, mappings, mapped, mapped_rw, links;
	bool has_charge; /* it is known what the user's quotas say */
	uint64_t charged, charged_objects;
	uint64_t last_pid; /* the last process that was counted */
};

struct sums {
	enum by by;
	struct sum *at; /* by ascending key or pool */
	size_t count, room;
	int err;
};

/* ---- columns ---- */

static const struct sum *sum_of(const void *item)
{
	return item;
}

#define SUM_NUMBER(member, kind)                                        \
	static void sum_##member(const void *item, struct value *value) \
	{                                                               \
		set_number(value, kind, sum_of(item)->member);          \
	}

SUM_NUMBER(morsels, VALUE_NUMBER)
SUM_NUMBER(size, VALUE_SIZE)
SUM_NUMBER(allocated, VALUE_SIZE)
SUM_NUMBER(huge, VALUE_SIZE)
SUM_NUMBER(tables, VALUE_SIZE)
SUM_NUMBER(active, VALUE_SIZE)
SUM_NUMBER(dirty, VALUE_SIZE)
SUM_NUMBER(mappings, VALUE_NUMBER)
SUM_NUMBER(mapped, VALUE_SIZE)
SUM_NUMBER(mapped_rw, VALUE_SIZE)
SUM_NUMBER(links, VALUE_NUMBER)

static void sum_mapped_ro(const void *item, struct value *value)
{
	set_number(value, VALUE_SIZE, sum_of(item)->mapped - sum_of(item)->mapped_rw);
}

static void sum_processes(const void *item, struct value *value)
{
	if (sum_of(item)->by != BY_PID)
		set_number(value, VALUE_NUMBER, sum_of(item)->processes);
}

static void sum_charged(const void *item, struct value *value)
{
	if (sum_of(item)->has_charge)
		set_number(value, VALUE_SIZE, sum_of(item)->charged);
}

static void sum_charged_objects(const void *item, struct value *value)
{
	if (sum_of(item)->has_charge)
		set_number(value, VALUE_NUMBER, sum_of(item)->charged_objects);
}

static void sum_pid(const void *item, struct value *value)
{
	if (sum_of(item)->by == BY_PID)
		set_number(value, VALUE_NUMBER, sum_of(item)->key);
}

static bool has_user(const void *item)
{
	return sum_of(item)->by != BY_POOL && sum_of(item)->uid != UINT32_MAX;
}

static void sum_command(const void *item, struct value *value)
{
	if (sum_of(item)->by == BY_PID && has_user(item))
		set_text(value, VALUE_NAME, sum_of(item)->command);
}

static void sum_user(const void *item, struct value *value)
{
	if (has_user(item))
		set_text(value, VALUE_NAME, user_name(sum_of(item)->uid));
}

static void sum_uid(const void *item, struct value *value)
{
	if (has_user(item))
		set_number(value, VALUE_NUMBER, sum_of(item)->uid);
}

static void sum_pool(const void *item, struct value *value)
{
	set_text(value, VALUE_NAME, sum_of(item)->pool);
}

static const struct column sum_columns[] = {
	{ "pid", sum_pid, "process" },
	{ "command", sum_command, "its name" },
	{ "user", sum_user, "name of the user, or of the process's" },
	{ "uid", sum_uid, "number of that user" },
	{ "pool", sum_pool, "name of the pool" },
	{ "morsels", sum_morsels, "that the process maps, the user owns, or the pool has" },
	{ "size", sum_size, "of these morsels" },
	{ "allocated", sum_allocated, "bytes of memory allocated to them" },
	{ "huge", sum_huge, "of these, bytes in 2 MiB frames" },
	{ "tables", sum_tables, "bytes of their canonical trees and views" },
	{ "active", sum_active, "bytes of them that were accessed in the interval, by anybody" },
	{ "dirty", sum_dirty, "bytes of them that were written in it, by anybody" },
	{ "processes", sum_processes, "that the user has, or that map something of the pool" },
	{ "mappings", sum_mappings, "of the process, the user's processes, or the pool's morsels" },
	{ "mapped", sum_mapped, "bytes in these mappings" },
	{ "mapped_rw", sum_mapped_rw, "of these, bytes through the writable view" },
	{ "mapped_ro", sum_mapped_ro, "of these, bytes through the read-only view" },
	{ "links", sum_links, "entries of page tables in these mappings that lead into views" },
	{ "charged", sum_charged, "by uid, of all pools: bytes that the user's quotas count" },
	{ "charged_objects", sum_charged_objects, "objects that they count, with directories" },
};

static const struct {
	const char *word;
	struct sheet sheet;
} kinds[NR_BY] = {
	[BY_PID] = { "pid",
		     { sum_columns, ARRAY_SIZE(sum_columns),
		       "pid,user,command,morsels,allocated,active,mappings,mapped" } },
	[BY_UID] = { "uid",
		     { sum_columns, ARRAY_SIZE(sum_columns),
		       "user,morsels,allocated,active,processes,mappings,mapped,charged" } },
	[BY_POOL] = { "pool",
		      { sum_columns, ARRAY_SIZE(sum_columns),
			"pool,morsels,allocated,huge,tables,active,processes,mappings,mapped" } },
};

static enum by kind_called(const char *word)
{
	enum by by = 0;

	while (by < NR_BY && (!word || strcmp(word, kinds[by].word) != 0))
		by++;
	return by;
}

const struct sheet *sums_sheet(const char *by)
{
	enum by kind = kind_called(by);

	return kind < NR_BY ? &kinds[kind].sheet : NULL;
}

/* ---- rows ---- */

static int compare(const struct sum *sum, uint64_t key, const char *pool)
{
	return pool ? strcmp(sum->pool, pool) : (sum->key > key) - (sum->key < key);
}

/* Where the row is, or is to be. */
static size_t place_of(const struct sums *sums, uint64_t key, const char *pool)
{
	size_t low = 0, high = sums->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(&sums->at[middle], key, pool) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * @pool: by pool only, else NULL
 * Return: the row, which may be new, or NULL without memory. Valid until the next call.
 */
static struct sum *row(struct sums *sums, uint64_t key, const char *pool)
{
	size_t place = place_of(sums, key, pool);
	struct sum *bigger;

	if (place < sums->count && !compare(&sums->at[place], key, pool))
		return &sums->at[place];
	if (sums->count == sums->room) {
		bigger = reallocarray(sums->at, 2 * sums->room + 16, sizeof(*bigger));
		if (!bigger) {
			sums->err = -ENOMEM;
			return NULL;
		}
		sums->at = bigger;
		sums->room = 2 * sums->room + 16;
	}
	memmove(&sums->at[place + 1], &sums->at[place], (sums->count - place) * sizeof(*sums->at));
	sums->count++;
	sums->at[place] = (struct sum){ .by = sums->by, .key = key,
					.pool = pool,
					.uid = sums->by == BY_UID ? (uint32_t)key : UINT32_MAX };
	return &sums->at[place];
}

/* The row that a mapping belongs to; NULL: none. */
static struct sum *row_of_mapping(struct sums *sums, const struct morsel_attachment *mapping)
{
	struct sum *sum;

	if (sums->by == BY_POOL)
		return row(sums, 0, morsel_attachment_pool(mapping));
	if (sums->by == BY_UID)
		return morsel_attachment_uid(mapping) == UINT32_MAX
			       ? NULL
			       : row(sums, morsel_attachment_uid(mapping), NULL);
	sum = row(sums, morsel_attachment_pid(mapping), NULL);
	if (sum) {
		sum->uid = morsel_attachment_uid(mapping);
		sum->command = morsel_attachment_command(mapping);
	}
	return sum;
}

/* ---- order: what belongs together is side by side ---- */

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_morsels(const void *a, const void *b)
{
	const struct morsel_info *x = *(const void *const *)a, *y = *(const void *const *)b;
	int order = strcmp(morsel_info_pool(x), morsel_info_pool(y));

	return order ? order : compare_numbers(morsel_info_id(x), morsel_info_id(y));
}

/* Whether two mappings are of one morsel. */
static int compare_mapped(const struct morsel_attachment *x, const struct morsel_attachment *y)
{
	int order = strcmp(morsel_attachment_pool(x), morsel_attachment_pool(y));

	return order ? order
		     : compare_numbers(morsel_attachment_id(x), morsel_attachment_id(y));
}

static int compare_mappings(const void *a, const void *b)
{
	const struct morsel_attachment *x = *(const void *const *)a, *y = *(const void *const *)b;
	int order = compare_numbers(morsel_attachment_pid(x), morsel_attachment_pid(y));

	if (!order)
		order = compare_mapped(x, y);
	return order ? order
		     : compare_numbers(morsel_attachment_start(x), morsel_attachment_start(y));
}

/* Sort, and keep one of those that are equal. Return: how many are left. */
static size_t unique(const void **items, size_t count, int (*order)(const void *, const void *))
{
	size_t i, kept = 0;

	if (count)
		qsort(items, count, sizeof(*items), order);
	for (i = 0; i < count; i++)
		if (!kept || order(&items[kept - 1], &items[i]))
			items[kept++] = items[i];
	return kept;
}

static const struct morsel_info *morsel_of(const struct listing *listing,
					   const struct morsel_attachment *mapping)
{
	size_t low = 0, high = listing->nr_items, middle;
	int order;

	while (low < high) {
		const struct morsel_info *info = listing->items[middle = low + (high - low) / 2];

		order = strcmp(morsel_info_pool(info), morsel_attachment_pool(mapping));
		if (!order)
			order = compare_numbers(morsel_info_id(info),
						morsel_attachment_id(mapping));
		if (!order)
			return info;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- adding up ---- */

/* @info: NULL of a morsel of which nothing is known but that it is mapped. */
static void add_morsel(struct sum *sum, const struct morsel_info *info)
{
	if (!sum)
		return;
	sum->morsels++;
	if (!info)
		return;
	sum->size += morsel_info_size(info);
	sum->allocated += morsel_info_allocated(info);
	sum->huge += morsel_info_huge(info);
	sum->tables += TABLE_SIZE * (morsel_info_tree_tables(info) + morsel_info_rw_tables(info) +
				     morsel_info_ro_tables(info));
	if (!morsel_info_interval(info))
		return;
	sum->active += morsel_info_active(info);
	sum->dirty += morsel_info_dirty(info);
}

static void add_morsels(struct sums *sums, const struct listing *listing)
{
	size_t i;

	for (i = 0; i < listing->nr_items; i++) {
		const struct morsel_info *info = listing->items[i];

		add_morsel(sums->by == BY_POOL ? row(sums, 0, morsel_info_pool(info))
					       : row(sums, morsel_info_uid(info), NULL),
			   info);
	}
}

static void add_mapping(struct sum *sum, const struct morsel_attachment *mapping)
{
	sum->mappings++;
	sum->mapped += morsel_attachment_length(mapping);
	if (morsel_attachment_view(mapping) == MORSEL_MAP_VIEW_RW)
		sum->mapped_rw += morsel_attachment_length(mapping);
	sum->links += morsel_attachment_links(mapping);
	/* They come process by process. */
	if (sum->last_pid != morsel_attachment_pid(mapping))
		sum->processes++;
	sum->last_pid = morsel_attachment_pid(mapping);
}

static void add_mappings(struct sums *sums, const struct mappings *m,
			 const struct listing *listing)
{
	size_t i;

	for (i = 0; i < m->nr_items; i++) {
		const struct morsel_attachment *mapping = m->items[i];
		const struct morsel_attachment *last = i ? m->items[i - 1] : NULL;
		struct sum *sum = row_of_mapping(sums, mapping);

		if (!sum)
			continue;
		/* Of a process, the morsels that it maps. */
		if (sums->by == BY_PID && (!sum->mappings || compare_mapped(last, mapping)))
			add_morsel(sum, morsel_of(listing, mapping));
		add_mapping(sum, mapping);
	}
}

static void add_quotas(struct app *app, struct sums *sums)
{
	struct morsel_quota_list *list;
	struct sum *sum;
	size_t i;

	if (morsel_quota_list(app->ctx, NULL, &list))
		return;
	for (i = 0; i < morsel_quota_list_count(list); i++) {
		const struct morsel_quota *quota = morsel_quota_list_at(list, i);

		if (morsel_quota_uid(quota) == MORSEL_QUOTA_DEFAULT)
			continue;
		sum = row(sums, morsel_quota_uid(quota), NULL);
		if (!sum)
			break;
		sum->has_charge = true;
		sum->charged += morsel_quota_bytes_used(quota);
		sum->charged_objects += morsel_quota_objects_used(quota);
	}
	morsel_quota_list_free(list);
}

/* ---- showing ---- */

static int show(struct app *app, const struct sums *sums)
{
	const void **items = calloc(sums->count + 1, sizeof(*items));
	int status;
	size_t i;

	if (!items || sums->err) {
		report_text(app, NULL, -ENOMEM, "%s", strerror(ENOMEM));
		free(items);
		return 0;
	}
	for (i = 0; i < sums->count; i++)
		items[i] = &sums->at[i];
	status = print_table(app, &kinds[sums->by].sheet, items, sums->count);
	free(items);
	return status;
}

int print_sums(struct app *app, const char *by, struct listing *listing)
{
	const struct wanted all = { .quiet = app->failed };
	struct sums sums = { .by = kind_called(by) };
	struct mappings m = { 0 };
	int status = 0;

	look_at_mappings(app, &all, &m);
	listing->nr_items = unique(listing->items, listing->nr_items, compare_morsels);
	m.nr_items = unique(m.items, m.nr_items, compare_mappings);
	if (sums.by != BY_PID)
		add_morsels(&sums, listing);
	add_mappings(&sums, &m, listing);
	if (sums.by == BY_UID && !app->nr_args)
		add_quotas(app, &sums);
	if (sums.count || !app->failed)
		status = show(app, &sums);
	free(sums.at);
	free_mappings(&m);
	return status;
}
