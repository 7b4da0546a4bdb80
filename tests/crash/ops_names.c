// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations on names: make, move, remove. */
#include "ops.h"

/* ---- make ---- */

struct holder *new_holder(struct world *w, const char *path, u8 type)
{
	struct pp_object *obj = calloc(1, sizeof(*obj));
	struct holder *holder = &w->holders[w->nr_holders++];
	const char *name;

	assert(obj && w->nr_holders <= MAX_NAMES && w->nr_things < MAX_THINGS);
	w->things[w->nr_things++] = obj;
	*holder = (struct holder){ .obj = obj };
	obj->rec.type = type;
	obj->rec.gen = w->next_key++;
	obj->rec.mode = 0640;
	obj->rec.uid = 1000;
	obj->rec.atime = 4 * obj->rec.gen;
	obj->rec.mtime = 4 * obj->rec.gen + 1;
	obj->rec.ctime = 4 * obj->rec.gen + 2;
	obj->rec.btime = 4 * obj->rec.gen + 3;
	obj->rec.parent = parent_id(w, path, &name);
	pp_name_set(&obj->rec, obj->rec.parent, name, strlen(name));
	snprintf(holder->path, sizeof(holder->path), "%s", path);
	return holder;
}

/* The model gets the name of a holder that has only this one. */
void add_new(struct world *w, const char *path)
{
	struct name *name = state_add(&w->after, path);

	name_describe(name, &holder_of(w, path)->obj->rec);
	name->nlink = 1;
}

bool make(struct world *w, const char *path, u8 type, enum media_blob_kind kind,
	  const void *data, size_t length)
{
	struct holder *holder;
	struct name *name;
	struct pp_object *obj;

	if (!is_free(w, path))
		return false;
	holder = new_holder(w, path, type);
	obj = holder->obj;
	add_new(w, path);
	name = name_of(w, path);
	if (kind == MEDIA_BLOB_TARGET && length) {
		obj->rec.size = name->size = length;
		name->target_len = length;
		memcpy(name->target, data, length);
	} else if (length) {
		name->acl_len = length;
		memcpy(name->acl, data, length);
	}
	begin(w);
	return done(w, length ? pp_create_with(&w->pool, obj, kind, data, length) :
				pp_create(&w->pool, obj));
}

const struct media_acl_entry an_acl[3] = {
	{ 1, 6, 0, 0, 0 }, { 2, 4, 1001, 0, 0 }, { 4, 0, 0, 1, 0 }
};

static char long_name[] =
	"/a-name-that-is-long-enough-to-make-the-slot-of-its-record-reach-over-many-lines-of-the-media-"
	"and-then-some-more-so-that-there-are-states-in-which-any-of-them-is-old-0123456789";

bool op_create(struct world *w)
{
	return make(w, "/n", MEDIA_REG, 0, NULL, 0);
}

bool op_create_long(struct world *w)
{
	return make(w, long_name, MEDIA_REG, 0, NULL, 0);
}

bool op_create_below(struct world *w)
{
	return make(w, "/d/n", MEDIA_REG, 0, NULL, 0);
}

bool op_create_acl(struct world *w)
{
	return make(w, "/n", MEDIA_REG, MEDIA_BLOB_ACL, an_acl, sizeof(an_acl));
}

bool op_mkdir(struct world *w)
{
	return make(w, "/m", MEDIA_DIR, 0, NULL, 0);
}

bool op_symlink(struct world *w)
{
	return make(w, "/t", MEDIA_SYMLINK, MEDIA_BLOB_TARGET, "../somewhere/else", 17);
}

bool make_link(struct world *w, const char *from, const char *to)
{
	struct holder *old = holder_of(w, from), *holder;
	struct name *name;

	if (!old || old->obj->rec.type == MEDIA_DIR || !is_free(w, to))
		return false;
	holder = new_holder(w, to, MEDIA_LINK);
	holder->link = holder->obj;
	holder->obj = holder_of(w, from)->obj;
	holder->link->rec.target = holder->obj->id;
	name = state_add(&w->after, to);
	set_like(name, name_of(w, from));
	each(w, from, more_names, NULL);
	begin(w);
	return done(w, pp_create(&w->pool, holder->link));
}

bool op_link(struct world *w)
{
	return make_link(w, "/a", "/d/l");
}

/* ---- move, remove ---- */

void forget(struct world *w, struct holder *holder)
{
	memmove(holder, holder + 1, (&w->holders[w->nr_holders] - (holder + 1)) * sizeof(*holder));
	w->nr_holders--;
}

static int remove_name(struct world *w, const char *path)
{
	struct holder *holder = holder_of(w, path);
	struct pp_name name = { holder->obj, holder->link };
	u32 nlink = name_of(w, path)->nlink;
	int err;

	drop(w, path);
	begin(w);
	err = pp_name_remove(&w->pool, &name, nlink);
	if (!err && nlink == 1)
		pp_release(&w->pool, holder->obj);
	forget(w, holder);
	return err;
}

bool unlink_name(struct world *w, const char *path)
{
	if (!holder_of(w, path) || !is_empty(w, path))
		return false;
	return done(w, remove_name(w, path));
}

bool op_unlink(struct world *w)
{
	return unlink_name(w, "/b");
}

bool op_unlink_link(struct world *w)
{
	return unlink_name(w, "/d/c");
}

bool op_unlink_first(struct world *w)
{
	return unlink_name(w, "/a");
}

bool op_unlink_symlink(struct world *w)
{
	return unlink_name(w, "/s");
}

bool op_rmdir(struct world *w)
{
	return is_type(w, "/e", MEDIA_DIR) && unlink_name(w, "/e");
}

/* Paths that begin with @from begin with @to instead. */
static void move_paths(struct world *w, const char *from, const char *to)
{
	size_t length = strlen(from);
	char text[2 * MAX_PATH];
	int i;

	for (i = 0; i < w->after.nr; i++) {
		char *path = w->after.names[i].path;

		if (strncmp(path, from, length) || (path[length] && path[length] != '/'))
			continue;
		snprintf(text, sizeof(text), "%s%s", to, path + length);
		snprintf(path, MAX_PATH, "%.*s", MAX_PATH - 1, text);
	}
	for (i = 0; i < w->nr_holders; i++) {
		char *path = w->holders[i].path;

		if (strncmp(path, from, length) || (path[length] && path[length] != '/'))
			continue;
		snprintf(text, sizeof(text), "%s%s", to, path + length);
		snprintf(path, MAX_PATH, "%.*s", MAX_PATH - 1, text);
	}
}

static bool move(struct world *w, const char *from, const char *to)
{
	struct holder *holder = holder_of(w, from);
	struct pp_name name;
	const char *last;
	u64 parent;

	if (!holder || !is_free(w, to))
		return false;
	parent = parent_id(w, to, &last);
	name = (struct pp_name){ holder->obj, holder->link };
	move_paths(w, from, to);
	begin(w);
	return done(w, pp_name_move(&w->pool, &name, parent, last, strlen(last)));
}

bool op_rename(struct world *w)
{
	return move(w, "/a", "/z");
}

bool op_rename_far(struct world *w)
{
	return move(w, "/b", "/d/b");
}

bool op_rename_link(struct world *w)
{
	return move(w, "/d/c", "/c");
}

bool op_rename_dir(struct world *w)
{
	return is_type(w, "/e", MEDIA_DIR) && move(w, "/d", "/e/d");
}

static bool is_directory(const struct holder *holder)
{
	return holder->obj->rec.type == MEDIA_DIR;
}

static bool replace(struct world *w, const char *from, const char *to)
{
	struct holder *holder = holder_of(w, from), *other = holder_of(w, to);
	struct pp_name name, victim;
	struct pp_object *gone;
	u32 nlink;
	int err;

	if (!holder || !other || holder->obj == other->obj ||
	    is_directory(holder) != is_directory(other) ||
	    !is_empty(w, to))
		return false;
	name = (struct pp_name){ holder->obj, holder->link };
	victim = (struct pp_name){ other->obj, other->link };
	gone = other->obj;
	nlink = name_of(w, to)->nlink;
	drop(w, to);
	forget(w, other);
	move_paths(w, from, to);
	begin(w);
	err = pp_name_replace(&w->pool, &name, &victim, nlink);
	if (!err && nlink == 1)
		pp_release(&w->pool, gone);
	return done(w, err);
}

bool op_replace(struct world *w)
{
	return replace(w, "/a", "/b");
}

bool op_replace_first(struct world *w)
{
	return replace(w, "/b", "/a");
}

bool op_replace_link(struct world *w)
{
	return replace(w, "/b", "/d/c");
}

bool op_replace_by_link(struct world *w)
{
	return replace(w, "/d/c", "/b");
}

bool op_replace_dir(struct world *w)
{
	return replace(w, "/d", "/e");
}

bool exchange(struct world *w, const char *one, const char *two)
{
	struct holder *a = holder_of(w, one), *b = holder_of(w, two);
	struct pp_name names[2];

	if (!a || !b)
		return false;
	names[0] = (struct pp_name){ a->obj, a->link };
	names[1] = (struct pp_name){ b->obj, b->link };
	move_paths(w, one, "/ ");
	move_paths(w, two, one);
	move_paths(w, "/ ", two);
	begin(w);
	return done(w, pp_name_exchange(&w->pool, &names[0], &names[1]));
}

bool op_exchange(struct world *w)
{
	return exchange(w, "/a", "/b");
}

bool op_exchange_dir(struct world *w)
{
	return exchange(w, "/b", "/d");
}
