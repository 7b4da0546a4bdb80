// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.h"
#include <stdio.h>

static struct pp_object *load(struct world *w, const struct pp_scan *scan, u64 id)
{
	struct pp_object *obj;
	int i;

	for (i = 0; i < w->nr_things; i++)
		if (w->things[i]->id == id)
			return w->things[i];
	obj = calloc(1, sizeof(*obj));
	assert(obj && w->nr_things < MAX_THINGS);
	i = pp_record_load(&w->pool, id, obj);
	assert(!i);
	obj->verdict = PP_VERIFIED;
	obj->count = pp_scan_find(scan, id)->count;
	w->things[w->nr_things++] = obj;
	w->next_key = max(w->next_key, obj->rec.gen + 1);
	return obj;
}

static void find_holders(struct world *w, const struct pp_scan *scan)
{
	u64 i;

	for (i = 0; i < scan->nr; i++) {
		struct holder *holder = &w->holders[w->nr_holders];
		struct pp_object *obj;

		if (scan->items[i].state == PP_ITEM_ORPHAN)
			continue;
		obj = load(w, scan, scan->items[i].id);
		if (!scan->items[i].name_len)
			continue;
		holder->obj = obj->rec.type == MEDIA_LINK ? load(w, scan, obj->rec.target) :
							       obj;
		holder->link = obj->rec.type == MEDIA_LINK ? obj : NULL;
		w->nr_holders++;
	}
}

/* Fill in the paths of holders: parents may come after children. */
static void find_paths(struct world *w, const struct pp_scan *scan)
{
	int i, depth;

	for (i = 0; i < w->nr_holders; i++) {
		const struct holder *holder = &w->holders[i];
		const struct pp_object *at = holder->link ? holder->link : holder->obj;
		char text[MAX_PATH], path[MAX_PATH] = "";

		for (depth = 0; at->id != MEDIA_ROOT_ID && depth < 8; depth++) {
			snprintf(text, sizeof(text), "/%.*s%s", depth ? 40 : 255, at->rec.name,
				 path);
			memcpy(path, text, sizeof(path));
			at = load(w, scan, at->rec.parent);
		}
		memcpy(w->holders[i].path, path, sizeof(path));
	}
}

void world_open(struct world *w)
{
	struct pp_open how = { .trust = false };
	struct pp_scan scan = { 0 };
	const char *why = NULL;
	int err;

	memset(&w->pool, 0, sizeof(w->pool));
	w->pool.pm = memory_pm(w->memory);
	w->pool.huge = w->huge;
	w->nr_contents = 0;
	w->nr_holders = 0;
	w->nr_things = 0;
	w->next_key = 1;
	err = pp_identify(&w->pool, &why, NULL);
	assert(!err);
	err = pp_start(&w->pool, &how, &scan);
	assert(!err);
	find_holders(w, &scan);
	find_paths(w, &scan);
	why = read_pool(&w->pool, &scan, &w->after, w->contents);
	assert(!why);
	w->nr_contents = w->after.nr;
	w->before = w->after;
	pp_scan_free(&scan);
}

void world_close(struct world *w)
{
	int i;

	for (i = 0; i < w->nr_things; i++)
		free(w->things[i]);
	w->nr_things = 0;
	pp_close(&w->pool);
}
