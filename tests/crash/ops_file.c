// SPDX-License-Identifier: GPL-2.0-or-later
/* What the file system makes of several calls of the engine: step by step as it does. */
#include "ops.h"

enum {
	FAR = 600,	  /* a page of the second 2 MiB that is looked at */
	HUGE_FIRST = 512, /* the first of these pages, and the one behind them */
	HUGE_END = 1024,
};

static struct pp_object *file_of(struct world *w, const char *path)
{
	struct holder *holder = holder_of(w, path);

	return holder && holder->obj->rec.type == MEDIA_REG ? holder->obj : NULL;
}

/* Bytes [@at, @at + @length) of what is looked at become @bytes, or zeros. */
static void put_bytes(struct content *content, u64 at, const u8 *bytes, u64 length)
{
	u64 from, to;
	int page;

	for (page = 0; page < NR_PAGES; page++) {
		u64 first = page_at[page] * MEDIA_FRAME;
		u8 *there = content->page[page];

		from = max(at, first);
		to = min(at + length, first + MEDIA_FRAME);
		if (from >= to)
			continue;
		if (bytes)
			memcpy(there + (from - first), bytes + (from - at), to - from);
		else
			memset(there + (from - first), 0, to - from);
	}
}

/* The model: bytes become others, and the object at least so large. */
static void model_write(struct world *w, const char *path, u64 at, const u8 *bytes, u64 length)
{
	struct name like = *name_of(w, path);
	struct content *content = new_content(w, like.content);

	if (at > like.size)
		put_bytes(content, like.size, NULL, at - like.size);
	put_bytes(content, at, bytes, length);
	like.content = content;
	like.size = max(like.size, at + length);
	each(w, path, set_like, &like);
}

/* morsel_store_grow(): what was stored lasts, then the size does. */
static int grow_to(struct world *w, struct pp_object *obj, u64 size)
{
	struct pp_record rec = obj->rec;

	rec.size = max(rec.size, size);
	pm_fence(&w->pool.pm);
	return pp_update(&w->pool, obj, &rec);
}

/* morsel_write_leaf(), for each leaf of the range. */
static int write_leaves(struct world *w, struct pp_object *obj, u64 at, const u8 *bytes,
			u64 length)
{
	struct pp_leaf leaf;
	u64 part;
	int err;

	for (; length; at += part, bytes += part, length -= part) {
		err = pp_tree_fill(&w->pool, obj, at / MEDIA_FRAME, false, &leaf);
		if (err)
			return err;
		part = min(length, MEDIA_FRAME - at % MEDIA_FRAME);
		pm_stream(&w->pool.pm, pp_frame_offset(leaf.frame) + at % MEDIA_FRAME, bytes, part);
	}
	return 0;
}

/* write(2) behind the end: all of it is there with the new size, or nothing. */
bool op_append(struct world *w)
{
	struct pp_object *obj = file_of(w, "/a");
	u8 bytes[5000];
	u64 at;
	int err;

	if (!obj || obj->rec.size > 4 * MEDIA_FRAME)
		return false;
	at = obj->rec.size + 100;
	fill_bytes(bytes, sizeof(bytes), w->next_key++);
	model_write(w, "/a", at, bytes, sizeof(bytes));
	begin(w);
	err = pp_zero(&w->pool, obj, obj->rec.size, at);
	if (!err)
		err = write_leaves(w, obj, at, bytes, sizeof(bytes));
	if (!err)
		err = grow_to(w, obj, at + sizeof(bytes));
	return done(w, err);
}

/* FALLOC_FL_ZERO_RANGE: holes are filled, what was there is zeroed, and the object grows. */
bool op_zero_range(struct world *w)
{
	struct pp_object *obj = file_of(w, "/a");
	u64 from = 100, end = 3 * MEDIA_FRAME + 50, page, had[4] = { 0 };
	struct pp_leaf leaf;
	int err = 0;

	if (!obj || !obj->rec.size)
		return false;
	model_write(w, "/a", from, NULL, end - from);
	w->mixed = true;
	begin(w);
	for (page = 0; page < ARRAY_SIZE(had) && !err; page++) {
		err = pp_tree_find(&w->pool, obj, page, &leaf);
		had[page] = leaf.frame;
		if (!err && !leaf.frame)
			err = pp_tree_fill(&w->pool, obj, page, false, &leaf);
	}
	for (page = 0; page < ARRAY_SIZE(had) && !err; page++)
		if (had[page])
			err = pp_zero(&w->pool, obj, max(from, page * MEDIA_FRAME),
				      min(end, (page + 1) * MEDIA_FRAME));
	if (!err && end > obj->rec.size)
		err = pp_zero(&w->pool, obj, obj->rec.size, end);
	if (!err && end > obj->rec.size)
		err = grow_to(w, obj, end);
	done(w, err);
	w->mixed = false;
	return true;
}

/* fallocate(2) that ends half-way: what it has filled is taken back, the last with its table. */
bool op_allocate_undone(struct world *w)
{
	static const u64 pages[] = { 1, 3, FAR }, first[] = { 1, 3, HUGE_FIRST };
	static const u64 last[] = { 1, 3, HUGE_END - 1 };
	struct pp_object *obj = file_of(w, "/a");
	struct pp_leaf leaf[ARRAY_SIZE(pages)];
	size_t i;
	int err = 0;

	if (!obj || !obj->rec.size)
		return false;
	begin(w);
	for (i = 0; i < ARRAY_SIZE(pages) && !err; i++) {
		err = pp_tree_find(&w->pool, obj, pages[i], &leaf[i]);
		if (!err && !leaf[i].frame)
			err = pp_tree_fill(&w->pool, obj, pages[i], false,
					   &(struct pp_leaf){ .frame = 0 });
	}
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (!err && !leaf[i].frame)
			err = pp_tree_cut(&w->pool, obj, first[i], last[i]);
	return done(w, err);
}

/* ---- O_TMPFILE and linkat(2) ---- */

static int fill_nameless(struct world *w, struct pp_object *obj, const u8 *bytes, u64 length)
{
	struct pp_record rec;
	int err = pp_id_get(&w->pool, obj);

	rec = obj->rec;
	rec.size = length;
	if (!err)
		err = pp_resize(&w->pool, obj, &rec);
	if (!err)
		err = pp_write(&w->pool, obj, 0, bytes, length);
	rec = obj->rec;
	return err ? err : pp_set_acl(&w->pool, obj, &rec, an_acl, sizeof(an_acl));
}

/* Nothing of it is there before it has its name; then all of it is. */
bool op_link_nameless(struct world *w)
{
	struct pp_object *obj;
	struct content *content;
	struct name *name;
	u8 bytes[200];
	int err;

	if (!is_free(w, "/o"))
		return false;
	obj = new_holder(w, "/o", MEDIA_REG)->obj;
	fill_bytes(bytes, sizeof(bytes), w->next_key++);
	err = fill_nameless(w, obj, bytes, sizeof(bytes));
	content = new_content(w, NULL);
	put_bytes(content, 0, bytes, sizeof(bytes));
	add_new(w, "/o");
	name = name_of(w, "/o");
	name->size = sizeof(bytes);
	name->content = content;
	name->acl_len = sizeof(an_acl);
	memcpy(name->acl, an_acl, sizeof(an_acl));
	begin(w);
	if (!err)
		err = pp_create(&w->pool, obj);
	if (err) {
		pp_release(&w->pool, obj);
		forget(w, holder_of(w, "/o"));
	}
	return done(w, err);
}

/* ---- frames of 2 MiB ---- */

bool op_fill_huge(struct world *w)
{
	struct pp_object *obj = file_of(w, "/b");
	struct pp_leaf leaf;
	int err;

	if (!w->huge || !obj || obj->rec.size <= FAR * MEDIA_FRAME)
		return false;
	begin(w);
	err = pp_tree_fill(&w->pool, obj, FAR, true, &leaf);
	w->nr_huge += !err && leaf.order == MEDIA_HUGE_ORDER;
	return done(w, err);
}

static bool punch_far(struct world *w, u64 first, u64 end)
{
	struct pp_object *obj = file_of(w, "/b");
	u64 size;
	int err;

	if (!w->huge || !obj || obj->rec.size <= FAR * MEDIA_FRAME)
		return false;
	size = min(obj->rec.size, end * MEDIA_FRAME);
	model_write(w, "/b", first * MEDIA_FRAME, NULL, size - first * MEDIA_FRAME);
	w->mixed = true;
	begin(w);
	err = pp_punch(&w->pool, obj, first * MEDIA_FRAME, end * MEDIA_FRAME);
	done(w, err);
	w->mixed = false;
	return true;
}

/* What of a frame of 2 MiB is covered in part is zeroed. */
bool op_punch_part(struct world *w)
{
	return punch_far(w, FAR - 5, FAR + 5);
}

bool op_punch_huge(struct world *w)
{
	return punch_far(w, HUGE_FIRST, HUGE_END);
}

/* The end comes to be within a frame of 2 MiB. */
bool op_shrink_far(struct world *w)
{
	struct pp_object *obj = file_of(w, "/b");

	return w->huge && obj && obj->rec.size > (FAR + 1) * MEDIA_FRAME &&
	       resize(w, "/b", FAR * MEDIA_FRAME + 50);
}
