// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Snapshots as JSON: what --json prints is what --replay reads. Each kind of
 * thing is a list of its members, for both directions.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "source.h"

enum kind {
	NUMBER,	 /* uint64_t; UNKNOWN is null */
	ADDRESS, /* the same as "0x..." */
	TEXT,	 /* const char * */
	FLAG,	 /* bool */
};

struct member {
	const char *key;
	enum kind kind;
	size_t offset;
};

#define M(type, member, kind) { #member, kind, offsetof(struct type, member) }

static const struct member pool_members[] = {
	M(top_pool, id, NUMBER),      M(top_pool, name, TEXT),	      M(top_pool, size, NUMBER),
	M(top_pool, used, NUMBER),    M(top_pool, objects, NUMBER),   M(top_pool, poisoned, NUMBER),
	M(top_pool, used_huge, NUMBER), M(top_pool, available, NUMBER),
	M(top_pool, available_huge, NUMBER), M(top_pool, tree_tables, NUMBER),
	M(top_pool, rw_tables, NUMBER), M(top_pool, ro_tables, NUMBER),
	M(top_pool, generation, NUMBER), M(top_pool, refused, NUMBER),
	M(top_pool, persistent, FLAG), { 0 },
};

static const struct member morsel_members[] = {
	M(top_morsel, name, TEXT),	  M(top_morsel, pool, TEXT),
	M(top_morsel, pool_id, NUMBER),	  M(top_morsel, id, NUMBER),
	M(top_morsel, type, NUMBER),	  M(top_morsel, uid, NUMBER),
	M(top_morsel, gid, NUMBER),	  M(top_morsel, mode, NUMBER),
	M(top_morsel, rights, NUMBER),	  M(top_morsel, size, NUMBER),
	M(top_morsel, allocated, NUMBER), M(top_morsel, huge, NUMBER),
	M(top_morsel, active, NUMBER),	  M(top_morsel, dirty, NUMBER),
	M(top_morsel, interval, NUMBER),  M(top_morsel, processes, NUMBER),
	M(top_morsel, mappers, NUMBER),	  M(top_morsel, links, NUMBER),
	M(top_morsel, faults, NUMBER),	  M(top_morsel, maps, NUMBER),
	M(top_morsel, last_mapped, NUMBER), M(top_morsel, looked, NUMBER),
	M(top_morsel, created, NUMBER),
	M(top_morsel, rw_tables, NUMBER), M(top_morsel, ro_tables, NUMBER),
	M(top_morsel, tree_tables, NUMBER), M(top_morsel, address, ADDRESS),
	M(top_morsel, max_size, NUMBER),  M(top_morsel, sealed, NUMBER),
	M(top_morsel, poisoned, NUMBER),
	{ 0 },
};

static const struct member attachment_members[] = {
	M(top_attachment, pool_id, NUMBER), M(top_attachment, id, NUMBER),
	M(top_attachment, pid, NUMBER),	    M(top_attachment, uid, NUMBER),
	M(top_attachment, command, TEXT),   M(top_attachment, start, ADDRESS),
	M(top_attachment, end, ADDRESS),    M(top_attachment, offset, NUMBER),
	M(top_attachment, writable, NUMBER), M(top_attachment, links, NUMBER),
	M(top_attachment, since, NUMBER),
	{ 0 },
};

static const struct member reservation_members[] = {
	M(top_reservation, start, ADDRESS),  M(top_reservation, size, NUMBER),
	M(top_reservation, name, TEXT),	     M(top_reservation, pool_id, NUMBER),
	M(top_reservation, id, NUMBER),	     M(top_reservation, collides, NUMBER),
	{ 0 },
};

static const struct member gap_members[] = {
	M(top_gap, start, ADDRESS),
	M(top_gap, size, NUMBER),
	{ 0 },
};

static const struct member right_members[] = {
	M(top_right, is_default, NUMBER),
	M(top_right, tag, NUMBER),
	M(top_right, id, NUMBER),
	M(top_right, perm, NUMBER),
	{ 0 },
};

static const struct member vma_members[] = {
	M(top_vma, start, ADDRESS),
	M(top_vma, end, ADDRESS),
	M(top_vma, is_morsel, NUMBER),
	M(top_vma, name, TEXT),
	{ 0 },
};

static const struct member user_members[] = {
	M(top_user, pool_id, NUMBER),	 M(top_user, uid, NUMBER),
	M(top_user, bytes, NUMBER),	 M(top_user, objects, NUMBER),
	M(top_user, bytes_soft, NUMBER), M(top_user, bytes_hard, NUMBER),
	M(top_user, objects_soft, NUMBER), M(top_user, objects_hard, NUMBER), { 0 },
};

static const struct member event_members[] = {
	M(top_event, time, NUMBER),
	M(top_event, seq, NUMBER),
	M(top_event, type, TEXT),
	M(top_event, text, TEXT),
	{ 0 },
};

static const struct member snapshot_members[] = {
	M(snapshot, time, NUMBER),	    M(snapshot, monotonic, NUMBER),
	M(snapshot, window_start, ADDRESS), M(snapshot, window_end, ADDRESS),
	M(snapshot, hidden, NUMBER),	    M(snapshot, lost, NUMBER),
	M(snapshot, inexact, NUMBER),	    M(snapshot, events_known, NUMBER),
	M(snapshot, heard, NUMBER),	    M(snapshot, vma_pid, NUMBER),
	M(snapshot, rights_pool, NUMBER),   M(snapshot, rights_id, NUMBER),
	M(snapshot, reserved, NUMBER),	    M(snapshot, largest_gap, NUMBER),
	M(snapshot, module, TEXT),
	{ 0 },
};

#define A(array, element)                                                    \
	{ #array, offsetof(struct snapshot, array),                           \
	  offsetof(struct snapshot, nr_##array), sizeof(struct top_##element), \
	  element##_members }

static const struct array {
	const char *key;
	size_t offset, count, size;
	const struct member *members;
} arrays[] = {
	A(pools, pool),
	A(morsels, morsel),
	A(attachments, attachment),
	A(reservations, reservation),
	A(gaps, gap),
	A(rights, right),
	A(vmas, vma),
	A(users, user),
	A(events, event),
};

/* ---- writing ---- */

static struct json_object *value_to_json(const char *field, enum kind kind)
{
	const char *text;
	char hex[24];
	uint64_t number;

	switch (kind) {
	case TEXT:
		memcpy(&text, field, sizeof(text));
		return text ? json_object_new_string(text) : NULL;
	case FLAG:
		return json_object_new_boolean(*(const bool *)field);
	default:
		memcpy(&number, field, sizeof(number));
		if (number == UNKNOWN)
			return NULL;
		if (kind == NUMBER)
			return json_object_new_uint64(number);
		snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)number);
		return json_object_new_string(hex);
	}
}

static void write_members(struct json_object *object, const struct member *m, const void *item)
{
	for (; m->key; m++)
		json_object_object_add(object, m->key,
				       value_to_json((const char *)item + m->offset, m->kind));
}

struct json_object *snapshot_to_json(const struct snapshot *snapshot)
{
	struct json_object *object = json_object_new_object(), *list, *element;
	const char *base, *items;
	size_t i, k, count;

	write_members(object, snapshot_members, snapshot);
	for (i = 0; i < ARRAY_SIZE(arrays); i++) {
		base = (const char *)snapshot;
		memcpy(&items, base + arrays[i].offset, sizeof(items));
		memcpy(&count, base + arrays[i].count, sizeof(count));
		list = json_object_new_array();
		for (k = 0; k < count; k++) {
			element = json_object_new_object();
			write_members(element, arrays[i].members, items + k * arrays[i].size);
			json_object_array_add(list, element);
		}
		json_object_object_add(object, arrays[i].key, list);
	}
	return object;
}

/* ---- reading ---- */

static uint64_t number_of(struct json_object *value)
{
	const char *text;

	if (!value)
		return UNKNOWN;
	if (!json_object_is_type(value, json_type_string))
		return json_object_get_uint64(value);
	text = json_object_get_string(value);
	return strtoull(text, NULL, 0);
}

/* What is missing stays 0. */
static void read_members(struct snapshot *snapshot, struct json_object *object,
			 const struct member *m, void *item)
{
	struct json_object *value;
	const char *text;
	uint64_t number;

	for (; m->key; m++) {
		if (!json_object_object_get_ex(object, m->key, &value))
			continue;
		number = number_of(value);
		text = value ? snapshot_string(snapshot, json_object_get_string(value)) : NULL;
		if (m->kind == TEXT)
			memcpy((char *)item + m->offset, &text, sizeof(text));
		else if (m->kind == FLAG)
			*((bool *)item + m->offset) = json_object_get_boolean(value);
		else
			memcpy((char *)item + m->offset, &number, sizeof(number));
	}
}

static bool read_array(struct snapshot *snapshot, const struct array *array,
		       struct json_object *list)
{
	size_t i, *count = (size_t *)((char *)snapshot + array->count);
	void *item;

	if (!json_object_is_type(list, json_type_array))
		return false;
	for (i = 0; i < json_object_array_length(list); i++) {
		item = snapshot_add((char *)snapshot + array->offset, count, array->size);
		if (!item)
			return false;
		read_members(snapshot, json_object_array_get_idx(list, i), array->members, item);
	}
	return true;
}

struct snapshot *snapshot_from_json(struct json_object *object)
{
	struct snapshot *snapshot = snapshot_new();
	struct json_object *list;
	size_t i;
	bool good = snapshot && json_object_is_type(object, json_type_object);

	if (good)
		read_members(snapshot, object, snapshot_members, snapshot);
	for (i = 0; good && i < ARRAY_SIZE(arrays); i++)
		if (json_object_object_get_ex(object, arrays[i].key, &list))
			good = read_array(snapshot, &arrays[i], list);
	if (!good) {
		snapshot_free(snapshot);
		return NULL;
	}
	snapshot_sort(snapshot);
	return snapshot;
}
