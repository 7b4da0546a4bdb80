// SPDX-License-Identifier: GPL-2.0-or-later
#include "owners.h"
#include "../../kmod/repair.h"

enum {
	PAGES = 64,   /* of each object that are looked at */
	OBJECTS = 12, /* that are used before their trees are known */
};

/* No frame that the MMU may come to see is outside the pool, metadata, or another's. */
static void check_frame(const struct pp_pool *pool, u8 *owners, u64 frame)
{
	if (frame >= pool->nr_frames || owners[frame]++ || fa_is_free(pool->frames, frame))
		abort();
}

/* What the engine makes of entries is not asked here: flags are those that it stores. */
static void check_flags(u64 entry, unsigned int level)
{
	u64 flags = entry & ~MEDIA_E_ADDR & ~MEDIA_E_IGNORED;

	if (flags != (level == 1 ? MEDIA_E_LEAF : MEDIA_E_TABLE) &&
	    !(level == 2 && flags == (MEDIA_E_LEAF | MEDIA_E_HUGE)))
		abort();
}

static void check_table(const struct pp_pool *pool, u8 *owners, u64 table, unsigned int level)
{
	unsigned int slot, i;
	u64 entry;

	check_frame(pool, owners, table);
	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		pm_load8(&pool->pm, pp_entry_offset(table, slot), &entry);
		if (!entry)
			continue;
		check_flags(entry, level);
		if (!pp_is_leaf(entry, level))
			check_table(pool, owners, pp_entry_frame(entry), level - 1);
		else
			for (i = 0; i < (level == 2 ? MEDIA_HUGE_FRAMES : 1); i++)
				check_frame(pool, owners, pp_entry_frame(entry) + i);
	}
}

static void read_object(const struct pp_pool *pool, const struct pp_item *item)
{
	u8 buffer[MEDIA_FRAME];
	struct pp_object obj;
	u64 page;

	if (pp_record_load(pool, item->id, &obj))
		abort();
	for (page = 0; page < PAGES && page * MEDIA_FRAME < obj.rec.size; page++)
		if (pp_read(pool, &obj, page * MEDIA_FRAME, buffer, sizeof(buffer)))
			abort();
}

void check_owners(const struct pp_pool *pool, const struct pp_scan *scan)
{
	unsigned long *fixed = calloc(BITS_TO_LONGS(pool->nr_frames), sizeof(*fixed));
	u8 *owners = calloc(1, pool->nr_frames);
	u64 i;

	assert(fixed && owners);
	pp_repair_fixed(pool, fixed);
	for (i = 0; i < pool->nr_frames; i++)
		owners[i] = test_bit(i, fixed);
	for (i = 0; i < scan->nr; i++) {
		const struct pp_item *item = &scan->items[i];

		if (item->bad || item->state == PP_ITEM_ORPHAN || !item->root)
			continue;
		check_table(pool, owners, pp_entry_frame(item->root), pp_height(item->root));
		read_object(pool, item);
	}
	free(owners);
	free(fixed);
}

void use_pool(struct pp_pool *pool)
{
	struct pp_object obj = { .rec.type = MEDIA_REG, .rec.parent = MEDIA_ROOT_ID };

	if (pool->read_only)
		return;
	pp_name_set(&obj.rec, MEDIA_ROOT_ID, "#fuzz", 5);
	obj.rec.size = MEDIA_FRAME;
	if (pp_create(pool, &obj))
		return;
	pp_write(pool, &obj, 0, "bytes", 5);
	pp_remove(pool, &obj);
	pp_release(pool, &obj);
}

/* ---- objects whose trees nobody has walked ---- */

struct first {
	struct pp_pool *pool;
	struct pp_object objs[OBJECTS];
	bool own[OBJECTS]; /* what its record names */
	unsigned int nr;
	u8 *before; /* frames that are no object's */
};

/* What processes may have been shown so far: all that judged tables name. */
static void check_judged(const struct first *f, u8 *owners, u64 table, unsigned int level)
{
	unsigned int slot, i;
	u64 entry;

	check_frame(f->pool, owners, table);
	for (slot = 0; slot < MEDIA_ENTRIES && pp_is_judged(f->pool, table); slot++) {
		pm_load8(&f->pool->pm, pp_entry_offset(table, slot), &entry);
		if (!entry)
			continue;
		check_flags(entry, level);
		if (!pp_is_leaf(entry, level))
			check_judged(f, owners, pp_entry_frame(entry), level - 1);
		else
			for (i = 0; i < 1U << pp_entry_order(entry, level); i++)
				check_frame(f->pool, owners, pp_entry_frame(entry) + i);
	}
}

/* A frame has one owner, also of an object that was found to be damaged meanwhile. */
static void check_shown(const struct first *f)
{
	u8 *owners = malloc(f->pool->nr_frames);
	unsigned int i;

	assert(owners);
	memcpy(owners, f->before, f->pool->nr_frames);
	for (i = 0; i < f->nr; i++)
		if (f->own[i] && f->objs[i].rec.root)
			check_judged(f, owners, pp_entry_frame(f->objs[i].rec.root),
				     pp_height(f->objs[i].rec.root));
	free(owners);
}

static void use_part(const struct first *f, struct pp_object *obj, u64 n)
{
	u64 page = n * 5 % PAGES;
	struct pp_record rec;
	struct pp_leaf leaf;

	if (f->pool->read_only || n % 4 == 0) {
		if (!pp_tree_find(f->pool, obj, page, &leaf) && leaf.frame >= f->pool->nr_frames)
			abort();
	} else if (n % 4 == 1) {
		pp_tree_cut(f->pool, obj, page, page + n % 3);
	} else if (n % 4 == 2 && !obj->bad) {
		rec = obj->rec;
		rec.size = page * MEDIA_FRAME + 7;
		pp_resize(f->pool, obj, &rec);
	} else if (!obj->bad) {
		pp_write(f->pool, obj, page * MEDIA_FRAME, "bytes", 5);
	}
}

static void remove_first(struct first *f, unsigned int i)
{
	if (f->pool->read_only || f->objs[i].bad || pp_remove(f->pool, &f->objs[i]))
		return;
	pp_release(f->pool, &f->objs[i]);
	f->own[i] = false;
}

/* In turns, so that what one gives back, or does not own yet, another one gets. */
void use_first(struct pp_pool *pool, const struct pp_scan *scan)
{
	struct first *f = calloc(1, sizeof(*f));
	u64 i, n;

	assert(f);
	f->pool = pool;
	f->before = calloc(1, pool->nr_frames);
	assert(f->before);
	for (i = 0; i < pool->nr_frames; i++)
		f->before[i] = pp_bits_test(&pool->claims, i);
	for (i = 0; i < scan->nr && f->nr < OBJECTS; i++) {
		const struct pp_item *item = &scan->items[i];

		if (item->type != MEDIA_REG || item->state == PP_ITEM_ORPHAN)
			continue;
		if (pp_record_load(pool, item->id, &f->objs[f->nr]))
			abort();
		f->objs[f->nr++].count = item->count;
	}
	for (n = 0; n < 3 * OBJECTS && f->nr; n++) {
		i = n % f->nr;
		if (n < f->nr)
			f->own[i] = !pp_object_claim(pool, &f->objs[i]);
		else if (f->own[i])
			use_part(f, &f->objs[i], n);
		check_shown(f);
	}
	for (i = 0; i < f->nr; i += 2)
		if (f->own[i])
			remove_first(f, i);
	use_pool(pool);
	check_shown(f);
	free(f->before);
	free(f);
}
