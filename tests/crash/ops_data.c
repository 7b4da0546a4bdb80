// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations on what an object has: attributes, sizes, contents. */
#include "ops.h"

/* ---- attributes ---- */

bool change(struct world *w, const char *path,
	    void (*set)(struct name *, const struct name *),
	    struct pp_record *rec)
{
	struct holder *holder = holder_of(w, path);

	if (!holder)
		return false;
	each(w, path, set, NULL);
	*rec = holder->obj->rec;
	rec->mode = name_of(w, path)->mode;
	rec->uid = name_of(w, path)->uid;
	rec->gid = name_of(w, path)->gid;
	rec->atime = name_of(w, path)->atime;
	rec->mtime = name_of(w, path)->mtime;
	rec->ctime = name_of(w, path)->ctime;
	rec->flags = name_of(w, path)->flags;
	rec->addr = name_of(w, path)->addr;
	rec->max = name_of(w, path)->max;
	begin(w);
	return done(w, pp_update(&w->pool, holder->obj, rec));
}

static void set_rights(struct name *name, const struct name *like)
{
	(void)like;
	name->mode = 0604;
	name->uid = 4321;
	name->atime += 2000;
	name->mtime += 1000;
	name->ctime += 3000;
}

static void set_address(struct name *name, const struct name *like)
{
	(void)like;
	name->ctime += 300;
	name->flags |= MEDIA_F_ADDR | MEDIA_F_SEALED;
	name->addr = 0x200000000000ULL;
	name->max = 1ULL << 30;
}

bool op_setattr(struct world *w)
{
	struct pp_record rec;

	return change(w, "/a", set_rights, &rec);
}

bool op_address(struct world *w)
{
	struct pp_record rec;

	return change(w, "/b", set_address, &rec);
}

bool acl(struct world *w, const char *path, size_t length)
{
	struct holder *holder = holder_of(w, path);
	struct pp_record rec;
	struct name like;
	int err;

	if (!holder || holder->obj->rec.type == MEDIA_SYMLINK)
		return false;
	like = *name_of(w, path);
	if (!length && !like.acl_len)
		return false;
	like.acl_len = length;
	memcpy(like.acl, an_acl, length);
	like.mode ^= 0020;	/* it follows the list */
	like.ctime += 200;
	each(w, path, set_like, &like);
	rec = holder->obj->rec;
	rec.mode = like.mode;
	rec.ctime = like.ctime;
	begin(w);
	err = pp_object_claim(&w->pool, holder->obj);	/* as the file system does */
	if (!err)
		err = pp_set_acl(&w->pool, holder->obj, &rec, an_acl, length);
	return done(w, err);
}

bool op_acl_new(struct world *w)
{
	return acl(w, "/a", sizeof(an_acl));
}

bool op_acl_other(struct world *w)
{
	return acl(w, "/b", sizeof(an_acl[0]));
}

bool op_acl_none(struct world *w)
{
	return acl(w, "/b", 0);
}

/* ---- sizes and contents ---- */

static void wipe(struct content *content, u64 from)
{
	int page;
	u64 at;

	for (page = 0; page < NR_PAGES; page++) {
		at = page_at[page] * MEDIA_FRAME;
		if (from <= at)
			memset(content->page[page], 0, MEDIA_FRAME);
		else if (from < at + MEDIA_FRAME)
			memset(content->page[page] + (from - at), 0, at + MEDIA_FRAME - from);
	}
}

/* As morsel_store_resize(): the rest of the last page is zeroed at once, as it stays in sight. */
bool resize(struct world *w, const char *path, u64 size)
{
	struct holder *holder = holder_of(w, path);
	struct pp_record rec;
	struct name like;
	int err;

	if (!holder || holder->obj->rec.type != MEDIA_REG)
		return false;
	like = *name_of(w, path);
	like.content = new_content(w, like.content);
	wipe((struct content *)like.content, min(size, like.size));
	if (size < like.size)
		like.flags &= ~(u64)MEDIA_F_PREALLOC;
	like.size = size;
	like.mtime += 10;
	like.ctime += 20;
	each(w, path, set_like, &like);
	rec = holder->obj->rec;
	rec.size = size;
	rec.mtime = like.mtime;
	rec.ctime = like.ctime;
	begin(w);
	err = pp_resize(&w->pool, holder->obj, &rec);
	if (!err)
		err = pp_zero(&w->pool, holder->obj, size,
			      DIV_ROUND_UP(size, MEDIA_FRAME) * MEDIA_FRAME);
	return done(w, err);
}

bool op_grow(struct world *w)
{
	return resize(w, "/a", 3 * MEDIA_FRAME + 10);
}

bool op_grow_far(struct world *w)
{
	return resize(w, "/b", 700 * MEDIA_FRAME);
}

bool op_shrink(struct world *w)
{
	return resize(w, "/a", 100);
}

bool op_shrink_page(struct world *w)
{
	return resize(w, "/d/c", MEDIA_FRAME);
}

bool op_truncate(struct world *w)
{
	return resize(w, "/b", 0);
}

void fill_bytes(u8 *to, size_t length, u32 seed)
{
	size_t i;

	for (i = 0; i < length; i++)
		to[i] = (seed * 37 + i * 11 + 1) | 1;
}

/* Within the size, in pages that are looked at. */
bool write_bytes(struct world *w, const char *path, int page, size_t at, size_t length)
{
	struct holder *holder = holder_of(w, path);
	u8 bytes[MEDIA_FRAME];
	struct name like;
	bool was;

	if (!holder || holder->obj->rec.type != MEDIA_REG ||
	    holder->obj->rec.size < page_at[page] * MEDIA_FRAME + at + length)
		return false;
	fill_bytes(bytes, length, w->next_key++);
	like = *name_of(w, path);
	like.content = new_content(w, like.content);
	memcpy((u8 *)like.content->page[page] + at, bytes, length);
	each(w, path, set_like, &like);
	was = w->mixed;
	w->mixed = true;
	begin(w);
	done(w, pp_write(&w->pool, holder->obj, page_at[page] * MEDIA_FRAME + at, bytes, length));
	w->mixed = was;
	return true;
}

bool op_write(struct world *w)
{
	return write_bytes(w, "/a", 0, 40, 200);
}

bool op_write_hole(struct world *w)
{
	return write_bytes(w, "/a", 1, 0, 300);
}

bool op_write_far(struct world *w)
{
	return write_bytes(w, "/b", 4, 100, 72);
}

bool op_write_third(struct world *w)
{
	return write_bytes(w, "/a", 3, 2, 6);
}

bool op_punch(struct world *w)
{
	struct holder *holder = holder_of(w, "/a");
	struct content *content;
	struct name like;

	if (!holder || holder->obj->rec.type != MEDIA_REG ||
	    holder->obj->rec.size < 2 * MEDIA_FRAME)
		return false;
	like = *name_of(w, "/a");
	content = new_content(w, like.content);
	memset(content->page[0] + 64, 0, MEDIA_FRAME - 64);
	memset(content->page[1], 0, MEDIA_FRAME);
	memset(content->page[2], 0, MEDIA_FRAME);
	like.content = content;
	each(w, "/a", set_like, &like);
	w->mixed = true;
	begin(w);
	done(w, pp_punch(&w->pool, holder->obj, 64, 3 * MEDIA_FRAME));
	w->mixed = false;
	return true;
}

/* fallocate() behind the end: frames first, then the word that they are meant to be there. */
bool op_preallocate(struct world *w)
{
	struct holder *holder = holder_of(w, "/b");
	struct pp_record rec;
	struct pp_leaf leaf;
	struct name like;
	int err;

	if (!holder || holder->obj->rec.type != MEDIA_REG ||
	    holder->obj->rec.size > 3 * MEDIA_FRAME)
		return false;
	like = *name_of(w, "/b");
	like.flags |= MEDIA_F_PREALLOC;
	each(w, "/b", set_like, &like);
	begin(w);
	err = pp_tree_fill(&w->pool, holder->obj, 3, false, &leaf);
	rec = holder->obj->rec;
	rec.flags |= MEDIA_F_PREALLOC;
	if (!err)
		err = pp_update(&w->pool, holder->obj, &rec);
	return done(w, err);
}

/*
 * A fault fills a hole of /a and maps it; then another CPU stores there, flushes
 * and fences.  Whose fence it was that made the way to the frame durable is
 * nothing that he can know.
 */
bool op_store(struct world *w)
{
	struct holder *holder = holder_of(w, "/a");
	struct memory *memory = w->memory;
	struct pp_leaf leaf;
	u8 bytes[64];
	struct name like;
	u64 at;
	int err;

	if (!holder || holder->obj->rec.type != MEDIA_REG ||
	    holder->obj->rec.size < 2 * MEDIA_FRAME)
		return false;
	fill_bytes(bytes, sizeof(bytes), w->next_key++);
	like = *name_of(w, "/a");
	like.content = new_content(w, like.content);
	memcpy((u8 *)like.content->page[1] + 128, bytes, sizeof(bytes));
	each(w, "/a", set_like, &like);
	w->mixed = true;
	begin(w);
	err = pp_tree_fill(&w->pool, holder->obj, 1, false, &leaf);
	if (!err) {
		at = pp_frame_offset(leaf.frame) + 128;
		memory->cpu ^= 1;
		pm_write(&w->pool.pm, at, bytes, sizeof(bytes));
		pm_flush(&w->pool.pm, at, sizeof(bytes));
		pm_fence(&w->pool.pm);
		memory->cpu ^= 1;
	}
	done(w, err);
	w->mixed = false;
	return true;
}

/* Nothing is known of the trees after a mount that has not walked them. */
static int verify_things(struct world *w, bool all)
{
	int i, err = 0;

	for (i = 0; i < w->nr_things && !err; i++) {
		struct pp_object *obj = w->things[i];
		struct pp_count was = obj->count;

		if (!obj->id || obj->detached)
			continue;
		obj->verdict = PP_UNKNOWN;
		if (!all)
			continue;
		err = pp_object_verify(&w->pool, obj);
		assert(err || !memcmp(&was, &obj->count, sizeof(was)));
	}
	return err;
}

static int settle_things(struct world *w)
{
	int i, err = 0;

	for (i = 0; i < w->nr_things && !err; i++)
		if (w->things[i]->id)
			err = pp_settle(&w->pool, w->things[i]);
	return err;
}

/* @all: trees are verified at once; else by what comes next, as far as it uses them. */
static bool remount(struct world *w, bool all)
{
	struct pp_open how = { .trust = true };
	struct pp_scan scan = { 0 };
	const char *why;
	struct pm pm;
	int err;

	begin(w);
	err = settle_things(w);
	if (!err)
		err = pp_stop(&w->pool);
	pm = w->pool.pm;
	pp_close(&w->pool);
	memset(&w->pool, 0, sizeof(w->pool));
	w->pool.pm = pm;
	w->pool.huge = w->huge;
	if (!err)
		err = pp_identify(&w->pool, &why, NULL);
	if (!err)
		err = pp_start(&w->pool, &how, &scan);
	assert(err || scan.trusted);
	if (!err)
		err = verify_things(w, all);
	pp_scan_free(&scan);
	return done(w, err);
}

bool op_remount(struct world *w)
{
	return remount(w, true);
}

bool op_remount_only(struct world *w)
{
	return remount(w, false);
}
