// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests over netlink that write several records, one after the other.  While it
 * writes one of them what the one before has left is legal, or what this one is to
 * leave, and nothing else: step() goes on to the next.
 */
#include "ops.h"

/* ---- a new object: create() of kmod/nl_name.c ---- */

static void set_owner(struct name *name, const struct name *like)
{
	(void)like;
	name->mode = 0664;
	name->uid = 77;
	name->gid = 78;
	name->ctime += 1000;
}

static void set_place(struct name *name, const struct name *like)
{
	(void)like;
	name->flags |= MEDIA_F_ADDR;
	name->addr = 0x200040000000ULL;
	name->max = 1ULL << 21;
}

/* The request is refused on its way: the object goes again, and no trace is left. */
static bool new_undone(struct world *w)
{
	int err = w->error;

	w->after = w->before;
	unlink_name(w, "/r");
	assert(!w->error);
	step(w);
	return done(w, err);
}

/* It is there; it has its size; its owner and all of its mode; its address. */
bool op_request_new(struct world *w)
{
	struct pp_record rec;

	if (!make(w, "/r", MEDIA_REG, 0, NULL, 0))
		return false;
	if (w->error)
		return true;
	step(w);
	resize(w, "/r", 2 * MEDIA_FRAME);
	if (w->error)
		return new_undone(w);
	step(w);
	change(w, "/r", set_owner, &rec);
	if (w->error)
		return new_undone(w);
	step(w);
	change(w, "/r", set_place, &rec);
	return w->error ? new_undone(w) : true;
}

/* ---- rights: apply() of kmod/nl_rights.c ---- */

static const struct media_acl_entry lists[] = {
	{ 1, 6, 0, 0, 0 }, { 2, 4, 1001, 0, 0 }, { 4, 0, 0, 0, 0 },
	{ 1, 7, 0, 1, 0 }, { 4, 5, 0, 1, 0 },
};

enum {
	ACCESS = 3, /* entries of the first list */
	BOTH = ARRAY_SIZE(lists),
};

static void set_uid(struct name *name, const struct name *like)
{
	(void)like;
	name->uid = 77;
	name->ctime += 1000;
}

/* Both lists are in one blob, which has entries [@from, @to) then. */
static int set_lists(struct world *w, const char *path, int from, int to, u32 mode)
{
	struct holder *holder = holder_of(w, path);
	struct name like = *name_of(w, path);
	struct pp_record rec = holder->obj->rec;
	int err;

	like.acl_len = (to - from) * sizeof(lists[0]);
	memcpy(like.acl, lists + from, like.acl_len);
	like.mode = rec.mode = mode;
	like.ctime = rec.ctime = rec.ctime + 500;
	each(w, path, set_like, &like);
	begin(w);
	err = pp_object_claim(&w->pool, holder->obj);
	if (!err)
		err = pp_set_acl(&w->pool, holder->obj, &rec, lists + from, like.acl_len);
	done(w, err);
	return err;
}

/* put_back(): what was set goes again, list by list. */
static bool rights_undone(struct world *w, const char *path, int set, u32 mode)
{
	int err = w->error, again = 0;

	w->after = w->before;
	if (set == BOTH) {
		again = set_lists(w, path, ACCESS, BOTH, mode);
		step(w);
	}
	if (set && !again)
		again = set_lists(w, path, 0, 0, mode);
	assert(!again);
	step(w);
	return done(w, err);
}

/* The list, with the mode that follows from it; the one for what is made in there; the owner. */
bool op_request_rights(struct world *w)
{
	static const char path[] = "/e";
	struct pp_record rec;
	u32 mode;

	if (!is_type(w, path, MEDIA_DIR) || name_of(w, path)->acl_len)
		return false;
	mode = name_of(w, path)->mode;
	if (set_lists(w, path, 0, ACCESS, 0660))
		return rights_undone(w, path, 0, mode);
	step(w);
	if (set_lists(w, path, 0, BOTH, 0660))
		return rights_undone(w, path, ACCESS, mode);
	step(w);
	change(w, path, set_uid, &rec);
	return w->error ? rights_undone(w, path, BOTH, mode) : true;
}
