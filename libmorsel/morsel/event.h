/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_EVENT_H
#define MORSEL_EVENT_H

#include <stdbool.h>
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
	MORSEL_EVENT_SYNCED = 16,    /* what was missed has been told: morsel_events_track() */
	MORSEL_EVENT_POOL_SET = 17,  /* its size, limit of objects or use of 2 MiB frames */
};

/**
 * morsel_events_open() - be told of every change
 * @events: receives the subscription; close it with morsel_events_close()
 *
 * For administrators in the initial network namespace: needs CAP_SYS_ADMIN.
 */
int morsel_events_open(struct morsel_ctx *ctx, struct morsel_events **events);
void morsel_events_close(struct morsel_events *events);

enum morsel_watch_flags {
	MORSEL_WATCH_RECURSIVE = 1 << 0, /* also what is below the directory */
};

/**
 * morsel_watch_open() - be told of changes of what one has the right to read
 * @events: receives a subscription to nothing yet; add to it with
 *	morsel_watch_add(), close it with morsel_events_close()
 *
 * For everybody. What is not told to others is not told here, either: see
 * morsel-watch in docs/netlink.md.
 */
int morsel_watch_open(struct morsel_ctx *ctx, struct morsel_events **events);

/**
 * morsel_watch_add() - watch a morsel, or a directory and what is in it
 * @events: from morsel_watch_open()
 * @name: POOL:PATH; the watch stays on what has this name now
 * @flags: enum morsel_watch_flags
 * @watch: receives the number that morsel_event_watch() tells; may be NULL
 *
 * The watch ends with the subscription, or with the pool: MORSEL_EVENT_POOL_DEL
 * is the last of its events. The rights of the caller are those it is judged by
 * from then on, whoever has the subscription.
 *
 * Return: 0; as morsel_stat(), and -EACCES (may not read it), -EINVAL (@flags, a
 * symbolic link, or @events is not from morsel_watch_open()), -ENOTDIR (recursive,
 * but no directory), -EEXIST (watched already), -EDQUOT (too many watches).
 */
int morsel_watch_add(struct morsel_events *events, const char *name, unsigned int flags,
		     uint64_t *watch);

/**
 * morsel_events_track() - know what there is, and find out what was missed
 *
 * From now on the subscription keeps what pools and objects are like, as far as
 * it is about them. What there is already comes first, as events of the kinds
 * POOL_NEW and MORSEL_NEW, and after a loss what has changed meanwhile: after
 * MORSEL_EVENT_LOST, POOL_NEW, SET and DEL, MORSEL_NEW, SET, SEAL, RENAME and DEL
 * as far as they make the difference between before and now, then
 * MORSEL_EVENT_SYNCED. morsel_event_resynced() tells these from the kernel's; who
 * did it is not known. So does what comes into a watched directory, or goes out of
 * it, in a directory that is moved, or because rights on a directory are set.
 *
 * Who applies all events to what he knows, by the number of the object, has what
 * there is. Events that a re-sync has told already do not come again, but a SET
 * may tell what was, when a newer one is about to come. A renamed directory takes
 * along what is below it without events for that. An object with several names is
 * known by one of them; what has no name, or one that is too long, is not known.
 *
 * This holds one struct morsel_info for each object, and asks for lists; it
 * does so within morsel_events_next(), which may fail in that: then the next call
 * tries again.
 */
void morsel_events_track(struct morsel_events *events);

/*
 * A descriptor that poll(2) finds readable when there are events. Before waiting
 * call morsel_events_next() until it returns 0, or morsel_events_dispatch().
 */
int morsel_events_fd(const struct morsel_events *events);

/**
 * morsel_events_next() - take the next event, without waiting
 * @event: receives it; free it with morsel_event_free()
 *
 * Event numbers have no gaps, those of each watch by themselves. Where some are
 * missing, MORSEL_EVENT_LOST comes in their place, and also as soon as the kernel
 * says that the buffer of the socket was full. Types that the library does not
 * know are left out.
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
/*
 * Its number, among those of its watch if it is from one; 0 if it is resynced. Of
 * MORSEL_EVENT_LOST: that of the first missing one, 0 if not known.
 */
uint64_t morsel_event_seq(const struct morsel_event *event);
/*
 * The watch it is from; 0: none. MORSEL_EVENT_LOST, if not known yet: 0, it may be
 * about any.
 */
uint64_t morsel_event_watch(const struct morsel_event *event);
/* The library found this out after a loss, or at the start: see morsel_events_track(). */
bool morsel_event_resynced(const struct morsel_event *event);
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
/* REVOKE: pages were in use when the mappings had gone, by I/O in flight or a pipe. */
bool morsel_event_pinned(const struct morsel_event *event);
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
