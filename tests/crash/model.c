// SPDX-License-Identifier: GPL-2.0-or-later
#include "model.h"
#include <stdio.h>

const u64 page_at[NR_PAGES] = { 0, 1, 2, 3, 600 };

struct name *state_find(struct state *state, const char *path)
{
	int i;

	for (i = 0; i < state->nr; i++)
		if (!strcmp(state->names[i].path, path))
			return &state->names[i];
	return NULL;
}

struct name *state_add(struct state *state, const char *path)
{
	struct name *name = &state->names[state->nr++];

	assert(state->nr <= MAX_NAMES);
	memset(name, 0, sizeof(*name));
	snprintf(name->path, sizeof(name->path), "%s", path);
	return name;
}

void name_describe(struct name *name, const struct pp_record *rec)
{
	name->key = rec->gen;
	name->type = rec->type;
	name->mode = rec->mode;
	name->uid = rec->uid;
	name->atime = rec->atime;
	name->mtime = rec->mtime;
	name->ctime = rec->ctime;
	name->btime = rec->btime;
}

struct limits *state_limits(struct state *state, bool is_default, u32 uid)
{
	int i;

	for (i = 0; i < state->nr_limits; i++)
		if (state->limits[i].is_default == is_default && state->limits[i].uid == uid)
			return &state->limits[i];
	return NULL;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->path, ((const struct name *)b)->path);
}

static int by_user(const void *a, const void *b)
{
	const struct limits *one = a, *two = b;

	if (one->is_default != two->is_default)
		return one->is_default ? 1 : -1;
	return one->uid < two->uid ? -1 : one->uid > two->uid;
}

void state_sort(struct state *state)
{
	qsort(state->names, state->nr, sizeof(state->names[0]), by_path);
	qsort(state->limits, state->nr_limits, sizeof(state->limits[0]), by_user);
}

static bool same_rights(const struct name *a, const struct name *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       a->acl_len == b->acl_len && !memcmp(a->acl, b->acl, a->acl_len);
}

static bool same_times(const struct name *a, const struct name *b)
{
	return a->atime == b->atime && a->mtime == b->mtime && a->ctime == b->ctime &&
	       a->btime == b->btime;
}

static const char *differs(const struct name *a, const struct name *b)
{
	if (strcmp(a->path, b->path))
		return "the names";
	if (a->type != b->type || a->key != b->key)
		return "which object a name is of";
	if (a->nlink != b->nlink)
		return "the number of names";
	if (!same_rights(a, b))
		return "rights";
	if (a->size != b->size)
		return "a size";
	if (!same_times(a, b))
		return "times";
	if (a->flags != b->flags || a->addr != b->addr || a->max != b->max)
		return "attributes";
	if (a->target_len != b->target_len || memcmp(a->target, b->target, a->target_len))
		return "a target";
	return NULL;
}

static bool same_limits(const struct limits *a, const struct limits *b)
{
	return a->is_default == b->is_default && a->uid == b->uid && a->bytes == b->bytes &&
	       a->soft_bytes == b->soft_bytes && a->objects == b->objects &&
	       a->soft_objects == b->soft_objects;
}

static const char *state_differs(const struct state *a, const struct state *b)
{
	const char *what = NULL;
	int i;

	if (a->nr != b->nr)
		return "how many names there are";
	for (i = 0; i < a->nr && !what; i++)
		what = differs(&a->names[i], &b->names[i]);
	if (!what && a->nr_limits != b->nr_limits)
		what = "how many have limits";
	for (i = 0; i < a->nr_limits && !what; i++)
		if (!same_limits(&a->limits[i], &b->limits[i]))
			what = "limits";
	return what;
}

static const u8 *page_of(const struct state *state, const char *path, int page)
{
	static const u8 zeros[MEDIA_FRAME];
	struct name *name = state_find((struct state *)state, path);
	u64 from = page_at[page] * MEDIA_FRAME;

	/* Behind the end there is nothing to be seen. */
	if (!name || !name->content || from >= name->size)
		return zeros;
	return name->content->page[page];
}

/* How much of the page is within the object. */
static u64 length_of(const struct name *name, int page)
{
	u64 from = page_at[page] * MEDIA_FRAME;

	return name->size <= from ? 0 : min_t(u64, MEDIA_FRAME, name->size - from);
}

static bool same_content(const struct name *found, const u8 *a, const u8 *b, bool mixed, int page)
{
	u64 length = length_of(found, page), at, part;
	const u8 *have = found->content ? found->content->page[page] : NULL;

	if (!have)
		return true;
	if (!mixed)
		return !memcmp(have, a, length);
	for (at = 0; at < length; at += 8) {
		part = min_t(u64, 8, length - at);
		if (memcmp(have + at, a + at, part) && memcmp(have + at, b + at, part))
			return false;
	}
	return true;
}

static bool content_fits(const struct state *found, const struct state *before,
			 const struct state *after, bool mixed)
{
	int i, page;

	for (i = 0; i < found->nr; i++)
		for (page = 0; page < NR_PAGES; page++)
			if (!same_content(&found->names[i],
					  page_of(before, found->names[i].path, page),
					  page_of(after, found->names[i].path, page), mixed, page))
				return false;
	return true;
}

const char *state_compare(const struct state *found, const struct state *before,
			  const struct state *after, bool mixed)
{
	const char *b = state_differs(found, before), *a = state_differs(found, after);

	if (b && a)
		return a;
	if (mixed)
		return content_fits(found, before, after, true) ? NULL : "contents";
	if (!a && content_fits(found, after, after, false))
		return NULL;
	if (!b && content_fits(found, before, before, false))
		return NULL;
	return "contents";
}
