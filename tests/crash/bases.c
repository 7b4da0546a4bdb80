// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools to start from, and sequences of operations. */
#include "crash.h"
#include "../../kmod/repair.h"
#include "ops.h"
#include <stdio.h>

enum {
	GONE = 0xab, /* what is in the memory before it is a pool */
};

static const struct pp_format the_format = {
	.uuid = "crash-state-pool", .label = "crash", .mode = 0755, .now = 7,
};

/* Is line @i of those in flight durable when the power goes? */
static bool has_come(struct explorer *explorer, u32 i)
{
	return explorer->tear == TEAR_ANY ? random_below(explorer, 2) : (int)i < explorer->tear;
}

static void capture(struct explorer *explorer, const struct memory *memory)
{
	u32 i, k;

	memcpy(explorer->captured, memory->durable, memory->size);
	for (i = 0; explorer->tear && i < memory->nr_pending; i++) {
		u32 number = memory->pending[i];
		const struct line *line = &memory->lines[number];
		u8 *to = explorer->captured + (u64)number * MEDIA_LINE;

		for (k = has_come(explorer, i) ? line->nr : 0; k; k--)
			memcpy(to + 8 * line->stores[line->nr - k].at,
			       &line->stores[line->nr - k].value, 8);
	}
}

void on_fence(struct memory *memory)
{
	struct explorer *explorer = memory->context;

	if (explorer->on)
		explore(explorer);
	if (explorer->capture && !--explorer->capture)
		capture(explorer, memory);
}

/* A pool where @old was.  Legal: what w->before says, no pool, the new one. */
static void make_pool(struct explorer *explorer, const u8 *old)
{
	struct world *w = explorer->world;
	struct pm pm;
	int err;

	memory_set(w->memory, old);
	memset(&w->after, 0, sizeof(w->after));
	pm = memory_pm(w->memory);
	snprintf(explorer->what, sizeof(explorer->what), "format");
	explorer->may_be_none = true;
	w->busy = true;
	err = pp_format(&pm, &the_format);
	assert(!err);
	w->busy = false;
	explorer->may_be_none = false;
	w->before = w->after;
	if (explorer->on)
		explore(explorer);
}

bool run(struct explorer *explorer, const struct operation *operation)
{
	struct world *w = explorer->world;

	w->before = w->after;
	w->mixed = false;
	if (!operation->run(w))
		return false;
	w->busy = false;
	w->before = w->after;
	if (w->error)
		violation(explorer, "an operation failed");
	if (!explorer->on)
		return true;
	explore(explorer);	/* it has returned: what it did is there, whatever comes */
	return true;
}

static void name_it(struct explorer *explorer, const int *ops, int n)
{
	size_t at = 0;
	int i;

	for (i = 0; i < n && at < sizeof(explorer->what); i++)
		at += snprintf(explorer->what + at, sizeof(explorer->what) - at, "%s%s",
			       i ? " + " : "", operations[ops[i]].name);
}

/* Nothing is lost: what the pool has in use is what recovery finds. */
static void check_leak(struct explorer *explorer)
{
	struct world *w = explorer->world;
	u64 in_use = 0, frame;

	for (frame = 0; frame < w->pool.nr_frames; frame++)
		in_use += !fa_is_free(w->pool.frames, frame);
	if (in_use != explorer->in_use)
		violation(explorer, "the pool has lost frames while it was in use");
}

bool sequence(struct explorer *explorer, const u8 *base, const int *ops, int n, int from)
{
	struct world *w = explorer->world;
	bool applies = true;
	int i;

	name_it(explorer, ops, n);
	explorer->on = false;
	memory_set(w->memory, base);
	world_open(w);
	for (i = 0; i < n && applies; i++) {
		explorer->on = i >= from;
		w->memory->cpu = (i + 1) % CPUS;
		applies = run(explorer, &operations[ops[i]]);
	}
	if (explorer->on && applies)
		check_leak(explorer);
	explorer->on = false;
	world_close(w);
	return applies;
}

static u8 *image_of(const struct explorer *explorer)
{
	const struct memory *memory = explorer->world->memory;
	u8 *image = malloc(memory->size);

	assert(image && !memory->nr_pending);
	memcpy(image, memory->now, memory->size);
	return image;
}

const struct operation *operation_of(const char *name)
{
	int i;

	for (i = 0; strcmp(operations[i].name, name) != 0; i++)
		assert(i + 1 < nr_operations);
	return &operations[i];
}

/* Operations @ops (ended by NULL) on @from; the power is cut at fence @fence, if not 0. */
static void run_all(struct explorer *explorer, const u8 *from, const char *const *ops, int fence)
{
	struct world *w = explorer->world;

	memory_set(w->memory, from);
	world_open(w);
	explorer->capture = fence;
	for (; *ops; ops++)
		if (!run(explorer, operation_of(*ops)))
			violation(explorer, "it cannot be set up");
	assert(!explorer->capture);
	world_close(w);
}

static u8 *base_after(struct explorer *explorer, const u8 *from, const char *const *ops)
{
	run_all(explorer, from, ops, 0);
	return image_of(explorer);
}

/* What is in flight when the power goes is lost. */
static u8 *base_cut(struct explorer *explorer, const u8 *from, const char *const *ops, int fence)
{
	u8 *image = malloc(explorer->world->memory->size);

	assert(image);
	explorer->captured = image;
	run_all(explorer, from, ops, fence);
	return image;
}

static void fill_frame(struct pp_pool *pool, u64 id)
{
	struct pp_object obj;
	char name[8];
	int i;

	for (i = 0; i < MEDIA_RECORDS; i++, id++) {
		obj = (struct pp_object){ .id = id, .slot = 1 };
		obj.rec.type = MEDIA_REG;
		obj.rec.gen = 900 + i;
		snprintf(name, sizeof(name), "w%d", i);
		pp_name_set(&obj.rec, MEDIA_ROOT_ID, name, strlen(name));
		pp_record_write(pool, &obj, &obj.rec);
	}
}

/*
 * A pool in which the next object needs a further table of records: the last
 * entry of the only one names a frame, which is full.
 */
static u8 *base_wide(struct explorer *explorer, const u8 *from)
{
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	u64 size = explorer->world->memory->size, entry, frame = size / MEDIA_FRAME - 2;
	u8 *image = malloc(size);
	const char *why;
	int err;

	assert(pool && image);
	memcpy(image, from, size);
	pool->pm = (struct pm){ image, size, NULL };
	err = pp_identify(pool, &why, NULL);
	assert(!err);
	pm_load8(&pool->pm, pp_entry_offset(pool->record_root, 0), &entry);
	pm_load8(&pool->pm, pp_entry_offset(pp_entry_frame(entry), 0), &entry);
	pm_zero(&pool->pm, pp_frame_offset(frame), MEDIA_FRAME);
	pm_store8(&pool->pm, pp_entry_offset(pp_entry_frame(entry), MEDIA_ENTRIES - 1),
		  frame << MEDIA_FRAME_SHIFT | MEDIA_E_LEAF);
	fill_frame(pool, (MEDIA_ENTRIES - 1) * MEDIA_RECORDS);
	free(pool);
	return image;
}

/* Return: what a read-only mount says; -EROFS: the log has something to do. */
static int mount_to_look(const u8 *image, u64 size, struct pp_report *report)
{
	struct pp_open how = { .report = report, .read_only = true };
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	struct pp_scan scan = { 0 };
	const char *why;
	int err;

	assert(pool);
	memset(report, 0, sizeof(*report));
	pool->pm = (struct pm){ (u8 *)image, size, NULL };
	err = pp_identify(pool, &why, report);
	assert(!err);
	err = pp_start(pool, &how, &scan);
	pp_scan_free(&scan);
	pp_close(pool);
	free(pool);
	return err;
}

/*
 * Where to start from: an empty pool; one with something of each kind; one in
 * which the next object needs more records; one with a large hole and with
 * frames behind an end; one with an entry in the log that is still to be done;
 * one with an object that has lost its last name; one that needs a further
 * table of records.  The first is made on memory with something in it, and
 * again over a pool.
 *
 * In the two that were cut records say what their objects have: nothing is left
 * for recovery but what they are there for, so that no other fence stands in.
 */
void make_bases(struct explorer *explorer, u8 *base[BASES])
{
	static const char *const full[] = { "create", "mkdir", NULL };
	static const char *const large[] = { "preallocate", "grow far", NULL };
	static const char *const nothing[] = { NULL };
	static const char *const logged[] = { "rename over", NULL };
	static const char *const nameless[] = {
		"unlink of the first name", "unlink of a link", NULL
	};
	struct world *w = explorer->world;
	bool on = explorer->on;
	struct pp_report report;
	u8 *old = malloc(w->memory->size), *settled;

	assert(old);
	memset(old, GONE, w->memory->size);
	memset(&w->before, 0, sizeof(w->before));
	make_pool(explorer, old);
	free(old);
	base[0] = image_of(explorer);
	explorer->on = false;
	snprintf(explorer->what, sizeof(explorer->what), "setting up");
	world_open(w);
	set_up(w);
	op_limits_set(w);
	w->busy = false;
	w->before = w->after;
	explore(explorer);
	check_leak(explorer);
	world_close(w);
	base[1] = image_of(explorer);
	base[2] = base_after(explorer, base[0], full);
	base[3] = base_after(explorer, base[1], large);
	settled = base_after(explorer, base[1], nothing);
	base[4] = base_cut(explorer, settled, logged, 2);
	assert(mount_to_look(base[4], w->memory->size, &report) == -EROFS);
	base[5] = base_cut(explorer, settled, nameless, 3);
	assert(!mount_to_look(base[5], w->memory->size, &report) && report.count[PP_ORPHAN] == 1);
	free(settled);
	base[6] = base_wide(explorer, base[2]);
	explorer->on = on;
}

u8 *make_huge_base(struct explorer *explorer)
{
	static const char *const far[] = { "grow far", NULL };
	struct world *w = explorer->world;
	u8 *old = malloc(w->memory->size), *base;

	assert(old);
	memset(old, GONE, w->memory->size);
	w->huge = true;
	make_pool(explorer, old);
	world_open(w);
	set_up(w);
	w->busy = false;
	world_close(w);
	memcpy(old, w->memory->now, w->memory->size);
	base = base_after(explorer, old, far);
	free(old);
	return base;
}

void make_again(struct explorer *explorer, const u8 *base)
{
	memory_set(explorer->world->memory, base);
	explorer->on = false;
	world_open(explorer->world);
	world_close(explorer->world);
	explorer->on = true;
	make_pool(explorer, base);
	explorer->on = false;
}

