/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the library share with each other and with nobody else. */
#ifndef MORSEL_INTERNAL_H
#define MORSEL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include "morsel.h"
#include "version.h"

#define MORSEL_EXPORT __attribute__((visibility("default")))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define MORSEL_RUN_DIR "/run/morsel"

struct nl_sock;
struct morsel_transport;

/* ---- ctx.c ---- */

struct morsel_ctx {
	uint64_t serial;      /* never used twice */
	_Atomic pid_t pid;    /* who may use what follows; negative: being claimed */
	pthread_mutex_t lock; /* everything below, but the log */
	const struct morsel_transport *transport;
	struct nl_sock *sock;
	void *buffer; /* NULL: not open */
	int fd;
	uint32_t port;
	uint32_t seq;
	uint16_t family;
	bool fresh; /* opened for the request at hand */
	void *behind; /* the transport's own */
	_Atomic(morsel_log_fn *) log;
	void *log_data;
};

/* After a fork, the child's first lock drops the socket that it shares with its parent. */
void morsel_lock(struct morsel_ctx *ctx);
void morsel_unlock(struct morsel_ctx *ctx);
void morsel_ctx_disconnect(struct morsel_ctx *ctx);
void morsel_log(struct morsel_ctx *ctx, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- error.c: the last failure of each thread ---- */

/*
 * Note a failure. @owner: the serial number of the context it belongs to.
 * Return: @err.
 */
int morsel_fail(uint64_t owner, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Note which attribute it is about; after morsel_fail(). Static string. */
void morsel_fail_attr(const char *attr);
void morsel_clear_error(uint64_t owner);
/* Escaped and perhaps cut, for use in a text; two results live at a time in a thread. */
const char *morsel_quote(const char *name);

/* ---- name.c ---- */

/* POOL:PATH in parts; free with morsel_name_free(). */
struct morsel_name {
	char *pool;
	char *path;
};

int morsel_name_split(uint64_t owner, const char *text, struct morsel_name *name);
void morsel_name_free(struct morsel_name *name);
/* Return: 0, -EINVAL or -ENAMETOOLONG. */
int morsel_pool_name_check(uint64_t owner, const char *pool);
/* Return: POOL:PATH, or NULL without memory. */
char *morsel_name_join(const char *pool, const char *path);

/* ---- array.c: growing arrays of pointers ---- */

struct morsel_array {
	void **items;
	size_t count, room;
};

/* Return: 0 or -ENOMEM; then @item is still the caller's. */
int morsel_array_add(struct morsel_array *array, void *item);
void *morsel_array_at(const struct morsel_array *array, size_t index);
/* Leaves an empty array. */
void morsel_array_clear(struct morsel_array *array, void (*destroy)(void *item));

/* ---- pool.c, info.c ---- */

struct morsel_pool {
	uint32_t id, huge, mode, uid, gid, flags;
	uint64_t size, used, objects, objects_max, poisoned, generation;
	uint64_t used_huge, available, available_huge, tree_tables, rw_tables, ro_tables;
	char name[MORSEL_MAX_POOL_NAME + 1];
	/* of a persistent pool, else empty */
	char label[MORSEL_MAX_LABEL + 1], uuid[MORSEL_MAX_UUID + 1], device[MORSEL_MAX_DEVICE + 1];
};

struct morsel_info {
	uint64_t id, parent, size, allocated, huge, addr, max_size;
	uint64_t processes, maps, unmaps, faults, active, dirty, interval, scan_age;
	int64_t atime, mtime, ctime, btime, last_mapped;
	uint64_t attachments, links, rw_tables, ro_tables, tree_tables;
	uint32_t pool_id, type, mode, uid, gid, nlink;
	bool created, sealed, poisoned;
	char pool[MORSEL_MAX_POOL_NAME + 1];
	char *name;	/* POOL:PATH or NULL */
	char *old_name; /* of a rename event */
};

#endif
