/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_EVENT_H
#define MORSEL_EVENT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;
struct morsel_info;
struct morsel_pool;
struct morsel_events; /* a subscription */
struct morsel_event;

enum morsel_event_type {
	MORSEL_EVENT_LOST = 0, /* events are missing: look at everything again */
	MORSEL_EVENT_POOL_NEW = 1,
	MORSEL_EVENT_POOL_DEL = 2,
	MORSEL_EVENT_MORSEL_NEW = 3,
	MORSEL_EVENT_MORSEL_SET = 4,
	MORSEL_EVENT_MORSEL_RENAME = 5,
	MORSEL_EVENT_MORSEL_DEL = 6,
	MORSEL_EVENT_MORSEL_RIGHTS = 7, /* an access list was set */
	MORSEL_EVENT_MORSEL_REVOKE = 8,
	MORSEL_EVENT_MORSEL_SEAL = 9,
	MORSEL_EVENT_MORSEL_MAP = 10, /* one more attachment */
	MORSEL_EVENT_MORSEL_UNMAP = 11,
	MORSEL_EVENT_QUOTA_SOFT = 12,
	MORSEL_EVENT_QUOTA_REFUSED = 13,
	MORSEL_EVENT_COLLISION = 14, /* an object cannot have the addresses it wants */
	MORSEL_EVENT_ERROR = 15,     /* a part of an object is not usable */
};

/**
 * morsel_events_open() - be told of every change
 * @events: receives the subscription; close it with morsel_events_close()
 *
 * For administrators in the initial network namespace: needs CAP_SYS_ADMIN.
 */
int morsel_events_open(struct morsel_ctx *ctx, struct morsel_events **events);
void morsel_events_close(struct morsel_events *events);

/* A descriptor that poll(2) finds readable when there are events. */
int morsel_events_fd(const struct morsel_events *events);

/**
 * morsel_events_next() - take the next event, without waiting
 * @event: receives it; free it with morsel_event_free()
 *
 * Event numbers have no gaps. Where some are missing, MORSEL_EVENT_LOST comes
 * in their place. Types that the library does not know are left out.
 *
 * Return: 1; 0 if there is none now; or a negative errno.
 */
int morsel_events_next(struct morsel_events *events, struct morsel_event **event);

typedef int morsel_event_fn(void *data, const struct morsel_event *event);

/**
 * morsel_events_dispatch() - call @fn for all events there are now
 * @fn: returns 0 to go on; anything else stops, and the events behind it stay
 *
 * Return: what @fn returned last, 0 if there was nothing, or a negative errno.
 */
int morsel_events_dispatch(struct morsel_events *events, morsel_event_fn *fn, void *data);

void morsel_event_free(struct morsel_event *event);
enum morsel_event_type morsel_event_type(const struct morsel_event *event);
/* "morsel-new" and so on, as in netlink/morsel.yaml without "-ntf"; or "lost". */
const char *morsel_event_type_name(const struct morsel_event *event);
/* Its number; of MORSEL_EVENT_LOST: that of the first missing one, 0 if not known. */
uint64_t morsel_event_seq(const struct morsel_event *event);
/* Of MORSEL_EVENT_LOST: how many are missing; 0 if not known yet. */
uint64_t morsel_event_lost(const struct morsel_event *event);
/* The pool of a pool event, else NULL. It belongs to the event. */
const struct morsel_pool *morsel_event_pool(const struct morsel_event *event);
/* The object of a morsel event, else NULL. It belongs to the event. */
const struct morsel_info *morsel_event_info(const struct morsel_event *event);
/* The name of the pool it is about, or NULL. */
const char *morsel_event_pool_name(const struct morsel_event *event);
/* The object it is about, POOL:PATH, or NULL. */
const char *morsel_event_name(const struct morsel_event *event);
/* Its number in the pool, or 0. */
uint64_t morsel_event_object_id(const struct morsel_event *event);
/* The process that did it; 0 if that is not told. */
uint32_t morsel_event_pid(const struct morsel_event *event);
/* The user who did it; UINT32_MAX if that is not told. */
uint32_t morsel_event_uid(const struct morsel_event *event);
/*
 * MAP, UNMAP: the addresses (0: not told), and where in the object they begin.
 * COLLISION: the addresses that it wants. ERROR: the bytes of the object.
 */
uint64_t morsel_event_start(const struct morsel_event *event);
uint64_t morsel_event_length(const struct morsel_event *event);
uint64_t morsel_event_offset(const struct morsel_event *event);
/* MAP, UNMAP: enum morsel_map_view */
uint32_t morsel_event_view(const struct morsel_event *event);
/* QUOTA_SOFT, QUOTA_REFUSED: enum morsel_quota_what, whose, how much of how much. */
uint32_t morsel_event_quota_what(const struct morsel_event *event);
uint32_t morsel_event_quota_uid(const struct morsel_event *event);
uint64_t morsel_event_quota_used(const struct morsel_event *event);
uint64_t morsel_event_quota_limit(const struct morsel_event *event);
/* COLLISION: the object of the pool that has the addresses, or 0. */
uint64_t morsel_event_other_id(const struct morsel_event *event);
/* COLLISION, ERROR: an errno (positive). */
uint32_t morsel_event_error(const struct morsel_event *event);
/* MORSEL_EVENT_MORSEL_RENAME: the name it had, POOL:PATH; else NULL. */
const char *morsel_event_old_name(const struct morsel_event *event);

#ifdef __cplusplus
}
#endif

#endif
