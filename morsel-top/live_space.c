// SPDX-License-Identifier: GPL-2.0-or-later
/* Who maps what, where there is room, and who may have how much. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "live.h"
#include "proc.h"

#define LATELY (60 * 1000000000ULL) /* ns */

/* ---- attachments ---- */

static void put_attachment(struct live *live, const struct morsel_attachment *from,
			   uint64_t pool_id)
{
	struct top_attachment *to = ADD(live->snapshot, attachments);
	uint32_t uid = morsel_attachment_uid(from);
	uint64_t start = morsel_attachment_start(from);

	if (to)
		*to = (struct top_attachment){
			.pool_id = pool_id,
			.id = morsel_attachment_id(from),
			.pid = morsel_attachment_pid(from),
			.uid = uid == UINT32_MAX ? UNKNOWN : uid,
			.command = shown_name(live->snapshot, morsel_attachment_command(from)),
			.start = start,
			.end = start + morsel_attachment_length(from),
			.offset = morsel_attachment_offset(from),
			.writable = morsel_attachment_view(from) == MORSEL_MAP_VIEW_RW,
			.links = morsel_attachment_links(from),
			.since = live->snapshot->time - morsel_attachment_age(from),
		};
}

static uint64_t pool_called(const struct snapshot *snapshot, const char *name)
{
	const char *shown;
	char text[512];
	size_t i;

	morsel_name_escape(name, text, sizeof(text));
	for (i = 0; i < snapshot->nr_pools; i++) {
		shown = snapshot->pools[i].name;
		if (shown && !strcmp(shown, text))
			return snapshot->pools[i].id;
	}
	return 0;
}

/* Those of one object, or all. */
static void take_from(struct live *live, const char *name)
{
	struct morsel_attachment_list *list;
	size_t i;

	if (morsel_attachment_list(live->ctx, name, 0, &list))
		return;
	for (i = 0; i < morsel_attachment_list_count(list); i++) {
		const struct morsel_attachment *from = morsel_attachment_list_at(list, i);

		put_attachment(live, from,
			       pool_called(live->snapshot, morsel_attachment_pool(from)));
	}
	morsel_attachment_list_free(list);
}

void live_take_attachments(struct live *live, const struct wanted *wanted)
{
	const struct object *object;

	if (wanted->all || wanted->attachments) {
		take_from(live, NULL);
	} else if (wanted->detail.id) {
		object = live_find(live, wanted->detail.pool_id, wanted->detail.id);
		if (object && object->m.mappers)
			take_from(live, object->name);
	}
}

/* ---- addresses ---- */

static void put_place(struct live *live, const struct morsel_vas *from)
{
	struct snapshot *snapshot = live->snapshot;
	struct top_reservation *reservation;
	struct top_gap *gap;

	if (morsel_vas_kind(from) == MORSEL_VAS_KIND_GAP) {
		gap = ADD(snapshot, gaps);
		if (gap)
			*gap = (struct top_gap){ morsel_vas_start(from), morsel_vas_length(from) };
		return;
	}
	reservation = ADD(snapshot, reservations);
	if (reservation)
		*reservation = (struct top_reservation){
			.start = morsel_vas_start(from),
			.size = morsel_vas_length(from),
			.name = shown_name(snapshot, morsel_vas_name(from)),
			.pool_id = pool_called(snapshot, morsel_vas_pool(from)),
			.id = morsel_vas_id(from),
			.collides = morsel_vas_kind(from) == MORSEL_VAS_KIND_DISPLACED,
		};
}

/* Who could not have his addresses lately, as far as it was heard of. */
static void mark_collisions(struct live *live)
{
	struct snapshot *snapshot = live->snapshot;
	size_t i;

	for (i = 0; i < snapshot->nr_reservations; i++) {
		struct top_reservation *r = &snapshot->reservations[i];
		const struct object *object = live_find(live, r->pool_id, r->id);

		r->collides |= object && object->collided &&
			       snapshot->monotonic < object->collided + LATELY;
	}
}

void live_take_space(struct live *live)
{
	struct snapshot *snapshot = live->snapshot;
	struct morsel_window window;
	struct morsel_vas_list *list;
	size_t i;

	if (morsel_window_get(live->ctx, &window) ||
	    morsel_vas_list(live->ctx, 0, MORSEL_VAS_GAPS, &list))
		return;
	snapshot->window_start = window.start;
	snapshot->window_end = window.end;
	snapshot->reserved = window.reserved;
	snapshot->largest_gap = window.largest_gap;
	for (i = 0; i < morsel_vas_list_count(list); i++)
		put_place(live, morsel_vas_list_at(list, i));
	morsel_vas_list_free(list);
	mark_collisions(live);
}

/* ---- a process ---- */

/* The mapping as the kernel knows it, in the place of the file's name. */
static void name_vmas(struct snapshot *snapshot, const struct morsel_vas *from)
{
	uint64_t start = morsel_vas_start(from), end = start + morsel_vas_length(from);
	size_t i;

	for (i = 0; i < snapshot->nr_vmas; i++) {
		struct top_vma *vma = &snapshot->vmas[i];

		if (vma->start >= end || vma->end <= start)
			continue;
		vma->is_morsel = 1;
		if (morsel_vas_name(from))
			vma->name = shown_name(snapshot, morsel_vas_name(from));
	}
}

void live_take_process(struct live *live, uint64_t pid)
{
	struct snapshot *snapshot = live->snapshot;
	struct morsel_vas_list *list;
	size_t i;

	proc_vmas(snapshot, pid);
	for (i = 0; i < snapshot->nr_vmas; i++)
		snapshot->vmas[i].name = shown_name(snapshot, snapshot->vmas[i].name);
	if (pid > UINT32_MAX || morsel_vas_list(live->ctx, (uint32_t)pid, 0, &list))
		return;
	for (i = 0; i < morsel_vas_list_count(list); i++)
		name_vmas(snapshot, morsel_vas_list_at(list, i));
	morsel_vas_list_free(list);
}

/* ---- quotas ---- */

static void put_quota(struct live *live, const struct morsel_quota *from, uint64_t pool_id)
{
	struct top_user *to = ADD(live->snapshot, users);

	if (to)
		*to = (struct top_user){
			.pool_id = pool_id,
			.uid = morsel_quota_uid(from),
			.bytes = morsel_quota_bytes_used(from),
			.objects = morsel_quota_objects_used(from),
			.bytes_soft = morsel_quota_bytes_soft(from),
			.bytes_hard = morsel_quota_bytes_hard(from),
			.objects_soft = morsel_quota_objects_soft(from),
			.objects_hard = morsel_quota_objects_hard(from),
		};
}

void live_take_users(struct live *live)
{
	struct morsel_quota_list *list;
	size_t i;

	if (morsel_quota_list(live->ctx, NULL, &list))
		return;
	for (i = 0; i < morsel_quota_list_count(list); i++) {
		const struct morsel_quota *from = morsel_quota_list_at(list, i);

		if (morsel_quota_uid(from) != MORSEL_QUOTA_DEFAULT)
			put_quota(live, from,
				  pool_called(live->snapshot, morsel_quota_pool(from)));
	}
	morsel_quota_list_free(list);
}
