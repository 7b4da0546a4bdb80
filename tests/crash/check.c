// SPDX-License-Identifier: GPL-2.0-or-later
/* Recovery, and what is there afterwards. */
#include "model.h"
#include <stdio.h>

static const char *texts[PP_PROBLEMS] = {
	[PP_SUPER] = NULL, /* one of two may be cut at any time */
	[PP_ORPHAN] = NULL,
	[PP_LOG] = "recovery: log",
	[PP_RECORDS] = "recovery: tree of records",
	[PP_RECORD] = "recovery: record",
	[PP_ROOT] = "recovery: root directory",
	[PP_NAME] = "recovery: two of a name",
	[PP_PARENT] = "recovery: place",
	[PP_LINK] = "recovery: link",
	[PP_TREE] = "recovery: tree",
	[PP_DOUBLE] = "recovery: frame with two owners",
	[PP_BLOB] = "recovery: blob",
	[PP_CUT] = NULL, /* the one that the power has cut */
	[PP_CHECKPOINT] = NULL, /* its superblock may be there before it: then it is not used */
};

static const char *path_of(const struct pp_pool *pool, const struct pp_record *rec, char *path)
{
	struct pp_object *up = calloc(1, sizeof(*up));
	char text[MAX_PATH], rest[MAX_PATH] = "";
	u64 parent = rec->parent;
	int depth;

	assert(up);
	snprintf(rest, sizeof(rest), "/%s", rec->name);
	for (depth = 0; parent != MEDIA_ROOT_ID && depth < 8; depth++) {
		if (pp_record_load(pool, parent, up))
			break;
		snprintf(text, sizeof(text), "/%.40s%.250s", up->rec.name, rest);
		memcpy(rest, text, sizeof(rest));
		parent = up->rec.parent;
	}
	free(up);
	memcpy(path, rest, sizeof(rest));
	return parent == MEDIA_ROOT_ID ? NULL : "a way does not end at the root";
}

static const char *read_content(const struct pp_pool *pool, const struct pp_object *obj,
				struct content *room)
{
	int page;

	for (page = 0; page < NR_PAGES; page++)
		if (page_at[page] * MEDIA_FRAME < obj->rec.size &&
		    pp_read(pool, obj, page_at[page] * MEDIA_FRAME, room->page[page], MEDIA_FRAME))
			return "contents cannot be read";
	return NULL;
}

static void set_name(struct name *name, const struct pp_object *obj, u32 nlink)
{
	const struct pp_record *rec = &obj->rec;

	name_describe(name, rec);
	name->gid = rec->gid;
	name->nlink = nlink;
	name->size = rec->size;
	name->flags = rec->flags;
	name->addr = rec->addr;
	name->max = rec->max;
}

static const char *read_name(const struct pp_pool *pool, const struct pp_scan *scan,
			     const struct pp_item *item, struct state *state, struct content *room)
{
	struct pp_object *obj = calloc(2, sizeof(*obj)), *target = obj;
	const char *why = NULL;
	char path[MAX_PATH];
	struct name *name;
	int length;

	assert(obj);
	if (pp_record_load(pool, item->id, obj))
		why = "a record cannot be read any more";
	if (!why)
		why = path_of(pool, &obj->rec, path);
	if (!why && item->type == MEDIA_LINK) {
		target = &obj[1];
		if (pp_record_load(pool, obj->rec.target, target))
			why = "a link's object cannot be read";
	}
	if (!why) {
		name = state_add(state, path);
		set_name(name, target, pp_scan_find(scan, target->id)->names);
		name->content = target->rec.type == MEDIA_REG ? room : NULL;
		if (target->rec.type == MEDIA_REG)
			why = read_content(pool, target, room);
		if (target->rec.acl) {
			length = pp_blob_read(pool, target->rec.acl, target->id, MEDIA_BLOB_ACL,
					      name->acl, MAX_EXTRA);
			why = length < 0 ? "an ACL cannot be read" : why;
			name->acl_len = max(length, 0);
		}
		if (target->rec.type == MEDIA_SYMLINK) {
			length = pp_blob_read(pool, target->rec.target, target->id,
					      MEDIA_BLOB_TARGET, name->target, MAX_EXTRA);
			why = length < 0 ? "a target cannot be read" : why;
			name->target_len = max(length, 0);
		}
	}
	free(obj);
	return why;
}

static const char *read_limits(const struct pp_pool *pool, const struct pp_item *item,
			       struct state *state)
{
	struct pp_object *obj = calloc(1, sizeof(*obj));
	const struct pp_record *rec = &obj->rec;

	assert(obj);
	if (state->nr_limits == MAX_LIMITS || pp_record_load(pool, item->id, obj)) {
		free(obj);
		return "limits cannot be read";
	}
	state->limits[state->nr_limits++] = (struct limits){
		.is_default = rec->flags & MEDIA_F_DEFAULT,
		.uid = rec->uid,
		.bytes = rec->size,
		.soft_bytes = rec->addr,
		.objects = rec->max,
		.soft_objects = rec->target,
	};
	free(obj);
	return NULL;
}

const char *read_pool(const struct pp_pool *pool, const struct pp_scan *scan, struct state *state,
		      struct content *room)
{
	const char *why = NULL;
	u64 i;

	state->nr = 0;
	state->nr_limits = 0;
	for (i = 0; i < scan->nr && !why; i++) {
		const struct pp_item *item = &scan->items[i];

		if (item->bad)
			return "an object is damaged";
		if (item->type == MEDIA_QUOTA)
			why = read_limits(pool, item, state);
		else if (item->state == PP_ITEM_LIVE && item->name_len)
			why = read_name(pool, scan, item, state, room++);
	}
	state_sort(state);
	return why;
}

/* Where the checkpoint counts it says, with the records, what the trees say. */
static const char *check_trust(struct pp_pool *pool, struct pp_scan *scan)
{
	const char *why = NULL;
	struct pp_count *said;
	u64 i;

	if (!scan->trusted)
		return NULL;
	said = calloc(scan->nr, sizeof(*said));
	assert(said);
	for (i = 0; i < scan->nr; i++)
		said[i] = scan->items[i].count;
	if (pp_scan_trees(pool, scan))
		why = "no memory";
	for (i = 0; i < scan->nr && !why; i++)
		if (memcmp(&said[i], &scan->items[i].count, sizeof(*said)))
			why = "a record of a clean pool does not say what its tree has";
	free(said);
	return why;
}

/* What is in use is what is named, and nothing else. */
static const char *check_use(const struct pp_pool *pool, u64 *in_use)
{
	u64 frame;

	*in_use = 0;
	for (frame = 0; frame < pool->nr_frames; frame++) {
		if (fa_is_free(pool->frames, frame) == pp_bits_test(&pool->claims, frame))
			return "the allocator and the trees do not agree";
		*in_use += pp_bits_test(&pool->claims, frame);
	}
	return NULL;
}

const char *recover_and_read(struct pm pm, struct state *state, struct content *room, u64 *in_use)
{
	struct pp_report report = { 0 };
	struct pp_open how = { .report = &report, .trust = true };
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	struct pp_scan scan = { 0 };
	const char *why = NULL;
	int i;

	assert(pool);
	pool->pm = pm;
	if (pp_identify(pool, &why, &report)) {
		free(pool);
		return why;
	}
	if (pp_start(pool, &how, &scan))
		why = "recovery failed";
	else
		why = check_trust(pool, &scan);
	for (i = 0; i < PP_PROBLEMS && !why; i++)
		if (report.count[i])
			why = texts[i];
	if (!why)
		why = read_pool(pool, &scan, state, room);
	if (!why)
		why = check_use(pool, in_use);
	pp_scan_free(&scan);
	pp_close(pool);
	free(pool);
	return why;
}
