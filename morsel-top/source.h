/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the numbers come from: the kernel through libmorsel, or a recording.
 * A source fills a snapshot; nobody else knows what it asked.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define UNKNOWN	      UINT64_MAX /* of a number that the source cannot tell */

enum {
	RIGHT_R = 4,
	RIGHT_W = 2,
	RIGHT_X = 1,
};

struct top_pool {
	const char *name;
	uint64_t id, size, used, objects, poisoned;
	uint64_t used_huge;		  /* of @used, in 2 MiB frames */
	uint64_t available;		  /* bytes left */
	uint64_t available_huge;	  /* of these, in whole 2 MiB; UNKNOWN of a volatile pool */
	uint64_t tree_tables, rw_tables, ro_tables; /* pages */
	uint64_t generation;		  /* counts changes of names */
	uint64_t refused;		  /* times a quota held; UNKNOWN: nobody tells */
	uint64_t maps;			  /* mappings of its morsels; the model adds them up */
	bool persistent;
};

enum top_type {
	TYPE_FILE = 1,
	TYPE_DIRECTORY,
	TYPE_SYMLINK,
};

struct top_morsel {
	const char *name; /* POOL:PATH, or NULL */
	const char *pool;
	uint64_t pool_id, id, type;
	uint64_t uid, gid, mode;
	uint64_t rights; /* RIGHT_... of the viewer */
	uint64_t size, allocated, huge;
	uint64_t active, dirty;		    /* bytes */
	uint64_t interval;		    /* ns in which that was counted; 0: not known */
	uint64_t mappers, processes, links; /* attachments; entries that lead into it */
	uint64_t faults, maps;		    /* so far */
	uint64_t last_mapped;		    /* ns of wall-clock time; 0: never */
	uint64_t created;		    /* the same */
	uint64_t looked;		    /* monotonic ns: age of these; 0: as the snapshot */
	uint64_t rw_tables, ro_tables, tree_tables;
	uint64_t address, max_size;	    /* 0: none */
	uint64_t sealed, poisoned;
};

/* An entry of an access control list. */
struct top_right {
	uint64_t is_default; /* it is for what comes to be in the directory */
	uint64_t tag;	     /* enum morsel_acl_tag */
	uint64_t id, perm;
};

/* A mapping of a morsel in a process. */
struct top_attachment {
	uint64_t pool_id, id; /* of the morsel */
	uint64_t pid, uid;
	const char *command;
	uint64_t start, end, offset;
	uint64_t writable;
	uint64_t links; /* entries of its page tables that lead into the morsel */
	uint64_t since; /* ns of wall-clock time */
};

struct top_reservation {
	uint64_t start, size;
	const char *name; /* of the morsel */
	uint64_t pool_id, id;
	uint64_t collides;
};

/* A part of the window that nobody has. */
struct top_gap {
	uint64_t start, size;
};

/* What a process has in its address space. */
struct top_vma {
	uint64_t start, end;
	uint64_t is_morsel;
	const char *name;
};

struct top_user {
	uint64_t pool_id, uid;
	uint64_t bytes, objects;
	uint64_t bytes_soft, bytes_hard, objects_soft, objects_hard; /* 0: none */
};

struct top_event {
	uint64_t time; /* ns of wall-clock time */
	uint64_t seq;
	const char *type;
	const char *text;
};

/* One look at everything. Strings belong to it, or to the source for two looks more. */
struct snapshot {
	uint64_t time;	    /* ns of wall-clock time */
	uint64_t monotonic; /* ns */
	struct top_pool *pools;
	struct top_morsel *morsels; /* by ascending pool id and id */
	struct top_attachment *attachments;
	struct top_reservation *reservations;
	struct top_gap *gaps;
	struct top_right *rights; /* on the morsel rights_id of the pool rights_pool */
	struct top_vma *vmas; /* of vma_pid, by ascending address */
	struct top_user *users;
	struct top_event *events; /* since the last one, oldest first; of many the newest */
	size_t nr_pools, nr_morsels, nr_attachments, nr_reservations, nr_gaps, nr_rights, nr_vmas;
	size_t nr_users, nr_events;
	uint64_t vma_pid; /* 0: none */
	uint64_t rights_pool, rights_id;
	uint64_t window_start, window_end; /* end 0: not looked at */
	uint64_t reserved, largest_gap;	   /* bytes of the window, seen or not */
	uint64_t heard;	 /* events since the last one */
	bool stable;	 /* a name that is where it was in the last one is the same name */
	uint64_t hidden; /* objects that the pools count and the viewer does not see */
	uint64_t lost;	 /* events missed so far */
	uint64_t inexact; /* names changed all the time */
	uint64_t events_known; /* whether the source hears of events */
	const char *module;    /* version of the kernel module, or NULL */
	struct chunk *chunks; /* the strings */
};

/* ---- snapshot.c ---- */
struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *snapshot);
/* Copy @text to where it lives as long as @snapshot. NULL stays NULL; "" without memory. */
const char *snapshot_string(struct snapshot *snapshot, const char *text);
/*
 * Add a zeroed element to one of the arrays: ADD(snapshot, pools).
 * Return: it, or NULL without memory.
 */
void *snapshot_add(void *array, size_t *count, size_t size);
#define ADD(snapshot, array) \
	snapshot_add(&(snapshot)->array, &(snapshot)->nr_##array, sizeof(*(snapshot)->array))
/* Sort the morsels, if they are not in order. */
void snapshot_sort(struct snapshot *snapshot);

/* ---- sources ---- */
struct top_key {
	uint64_t pool_id, id;
};

/* What is shown. The rest need not be there, or may be what it was the last time. */
struct wanted {
	bool all;		    /* everything, as new as can be */
	bool names;		    /* which morsels there are, as new as can be */
	bool attachments, space, users;
	const struct top_key *keys; /* morsels that are in sight */
	size_t nr_keys;
	struct top_key detail;	    /* also its attachments and rights; id 0: none */
	uint64_t pid;		    /* its address space; 0: none */
	uint64_t period;	    /* ns between looks */
};

/* What may be done with --rw, to a morsel or to a user. */
enum deed {
	DEED_REMOVE,
	DEED_SEAL,
	DEED_CHMOD,  /* text: permission bits */
	DEED_REVOKE, /* text: a user, g:GROUP or o */
	DEED_LIMIT,  /* text: a pool and a size, or none */
};

struct source {
	/*
	 * Look at what is wanted. Return: a snapshot, or NULL with error()
	 * telling why, or because a recording has ended.
	 */
	struct snapshot *(*take)(struct source *source, const struct wanted *wanted);
	const char *(*error)(const struct source *source);
	/* A descriptor that is readable when there are events, -1: none; listen() to them then. */
	int (*fd)(const struct source *source);
	void (*listen)(struct source *source);
	/*
	 * With --rw. Return: 0, or -errno with error() telling why.
	 * act(): @id: of the object, of the user for DEED_LIMIT; @text: what was typed.
	 */
	int (*act)(struct source *source, enum deed deed, const char *pool, uint64_t id,
		   const char *text);
	int (*kill)(struct source *source, uint64_t pid, int signal);
	/* Is it there? NULL: not known */
	bool (*has_process)(uint64_t pid);
	void (*close)(struct source *source);
	const char *title; /* where it comes from */
	bool lazy;	   /* brings only what is wanted: look again when that changes */
	bool ended;
};

/* Return: NULL without memory. Nothing is asked yet. */
struct source *source_live(void);
/* Return: NULL after a message on stderr. */
struct source *source_replay(const char *path);

/* ---- record.c ---- */
struct json_object;
/* A snapshot as JSON and back. */
struct json_object *snapshot_to_json(const struct snapshot *snapshot);
struct snapshot *snapshot_from_json(struct json_object *object);

#endif
