// SPDX-License-Identifier: GPL-2.0-or-later
/* What an operation does to the model of a pool. */
#include "ops.h"

/* ---- the model's side ---- */

struct holder *holder_of(struct world *w, const char *path)
{
	int i;

	for (i = 0; i < w->nr_holders; i++)
		if (!strcmp(w->holders[i].path, path))
			return &w->holders[i];
	return NULL;
}

u64 parent_id(struct world *w, const char *path, const char **name)
{
	char dir[MAX_PATH];
	struct holder *holder;
	const char *slash = strrchr(path, '/');

	*name = slash + 1;
	if (slash == path)
		return MEDIA_ROOT_ID;
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	holder = holder_of(w, dir);
	return holder && holder->obj->rec.type == MEDIA_DIR ? holder->obj->id : 0;
}

bool is_free(struct world *w, const char *path)
{
	const char *name;

	return !holder_of(w, path) && parent_id(w, path, &name);
}

bool is_type(struct world *w, const char *path, u8 type)
{
	struct holder *holder = holder_of(w, path);

	return holder && holder->obj->rec.type == type;
}

bool is_empty(struct world *w, const char *path)
{
	size_t length = strlen(path);
	int i;

	for (i = 0; i < w->nr_holders; i++)
		if (!strncmp(w->holders[i].path, path, length) && w->holders[i].path[length] == '/')
			return false;
	return true;
}

struct name *name_of(struct world *w, const char *path)
{
	return state_find(&w->after, path);
}

/* Call @change for all names of the object that @path names. */
void each(struct world *w, const char *path,
	  void (*change)(struct name *name, const struct name *like),
	  const struct name *like)
{
	u64 key = name_of(w, path)->key;
	int i;

	for (i = 0; i < w->after.nr; i++)
		if (w->after.names[i].key == key)
			change(&w->after.names[i], like);
}

void set_like(struct name *name, const struct name *like)
{
	char path[MAX_PATH];

	memcpy(path, name->path, sizeof(path));
	*name = *like;
	memcpy(name->path, path, sizeof(path));
}

void more_names(struct name *name, const struct name *like)
{
	(void)like;
	name->nlink++;
}

static void less_names(struct name *name, const struct name *like)
{
	(void)like;
	name->nlink--;
}

void drop(struct world *w, const char *path)
{
	struct name *name;

	each(w, path, less_names, NULL);
	name = name_of(w, path);
	memmove(name, name + 1, (&w->after.names[w->after.nr] - (name + 1)) * sizeof(*name));
	w->after.nr--;
}

struct content *new_content(struct world *w, const struct content *like)
{
	struct content *content = &w->contents[w->nr_contents++];

	assert(w->nr_contents <= MAX_CONTENTS);
	if (like)
		*content = *like;
	else
		memset(content, 0, sizeof(*content));
	return content;
}

bool done(struct world *w, int err)
{
	w->error = err;
	state_sort(&w->after);
	return true;
}

/*
 * A request that writes several records has written one: that lasts, and what comes
 * next begins with it.
 */
void step(struct world *w)
{
	state_sort(&w->after);
	w->before = w->after;
}

/* The operation on the pool begins: from here on both states are legal. */
void begin(struct world *w)
{
	state_sort(&w->after);
	w->busy = true;
}
