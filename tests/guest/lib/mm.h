/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects with known contents, the ways to map them, and the rule of the memory-management
 * tests: whatever an actor does to its mapping of an object, a survivor that shares the
 * object sees its contents unchanged, through its mapping and through read(2), without a
 * fault and in the same frames.
 */
#ifndef TEST_MM_H
#define TEST_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "../tap.h"

#define KiB 1024UL
#define MiB (1024 * KiB)
#define GiB (1024 * MiB)
#define PAGE 4096UL
#define HUGE (2 * MiB)

enum { MM_EXTENTS = 4 };

struct extent {
	off_t off;
	size_t len;	/* 0: there is none */
};

/* An object and how it is mapped.  What is not data is a hole. */
struct geometry {
	const char *name;
	bool huge;		/* in a pool of 2 MiB frames, else of 4 KiB frames */
	bool no_thp;		/* mapped with MADV_NOHUGEPAGE */
	off_t size;
	off_t offset;		/* of the mapping */
	size_t len;		/* of the mapping */
	size_t shift;		/* address minus offset, modulo 1 GiB */
	struct extent data[MM_EXTENTS];
};

extern const struct geometry mm_geometries[];
extern const int mm_nr_geometries;

struct object {
	const struct geometry *geo;
	char path[128];
	int fd;			/* read and write */
	uint64_t seed;
};

/* Make and fill an object of this geometry; the file is unlinked by mm_object_drop(). */
void mm_object(struct object *obj, const struct geometry *geo);
void mm_object_drop(struct object *obj);
/* The word that is to be at @off. */
uint64_t mm_word(const struct object *obj, off_t off);

enum mm_mode {
	MM_RW,		/* shared, read and write */
	MM_RO,		/* shared, from a descriptor opened for reading */
	MM_RO_OF_RW,	/* shared, read-only from a descriptor opened for both */
	MM_PRIVATE,	/* private, read-only */
	MM_MODES
};

extern const char *const mm_mode_name[MM_MODES];

/* Maps the object as its geometry says; ends the process on failure. */
char *mm_map(const struct object *obj, enum mm_mode mode);

/*
 * Do the data of the mapping, or the part of them that is within @len bytes at
 * object offset @off, read as they should?  Looks at the edges of everything
 * and at every eighth page between; mm_check_all() at every page.
 */
bool mm_check(const struct object *obj, const char *map);
bool mm_check_all(const struct object *obj, const char *map);
bool mm_check_range(const struct object *obj, const char *map, off_t off, size_t len);
/* Stores what is there already, in the same pages. */
void mm_rewrite(const struct object *obj, char *map);
/* Stores all data. */
void mm_refill(const struct object *obj, char *map);
bool mm_check_file(const struct object *obj);

/* The first address of the mapping that has data, and an address of its last data page. */
char *mm_first(const struct object *obj, char *map);
char *mm_last(const struct object *obj, char *map);

/* Faults of this thread so far. */
long mm_faults(void);
/* A number out of the object's fdinfo, such as "morsel-links". */
long mm_fdinfo(int fd, const char *key);
/* Load (store) a byte: 0, or the signal it raised.  One thread at a time. */
int mm_probe(const void *addr, bool write);
/* How long a race goes on: @seconds, times "soak=N" of the kernel's command line. */
int64_t mm_race_ms(double seconds);
int mm_soak(void);
/* Page tables of the machine: take the baseline first, then check that they are back. */
void mm_baseline(void);
void mm_baseline_check(void);

/* One process beside the survivor that does something to its mapping. */
struct actor {
	const struct object *obj;
	const struct geometry *geo;
	enum mm_mode mode;
	bool writable;
	char *map;
	size_t len;
	char *why;	/* shared with the parent */
};

/* Fail the actor: says why and where; evaluates to 1. */
int mm_fail(struct actor *a, const char *file, int line, const char *what);
#define want(cond) \
	do { \
		if (!(cond)) \
			return mm_fail(a, __FILE__, __LINE__, #cond); \
	} while (0)
#define want_errno(call, err) want((long)(call) == -1 && errno == (err))

/* A child of the actor with its own mapping (forked, or mapped anew), touched, sleeping. */
pid_t mm_victim(struct actor *a, bool forked);
/* Kill and reap it.  Returns the status as waitpid() has it. */
int mm_victim_end(pid_t pid);

enum {
	MM_IF_RW = 1,		/* only where the actor maps read and write */
	MM_IF_RO = 2,		/* only where it maps read-only */
	MM_IF_PARTS = 4,	/* only where the mapping has 2 MiB boundaries within, 6 MiB up */
	MM_IF_SHARED = 8,	/* only where the VMA is shared and may be made writable */
	MM_IF_NEVER_RW = 16,	/* only where it may not */
};

struct mm_case {
	const char *name;
	int (*run)(struct actor *a);
	unsigned int when;
};

/*
 * Runs each case in each geometry and mode, in an actor of its own, with a survivor check
 * after each; one TAP point per case and geometry.
 */
void mm_run(const struct mm_case *cases, int nr);
/* If set, mm_run() takes geometries whose name has this in it. */
extern const char *mm_only;
#define mm_run_cases(cases) mm_run(cases, sizeof(cases) / sizeof((cases)[0]))

/* The survivor's part alone, for tests with a plan of their own. */
struct survivor {
	struct object *obj;
	char *rw, *ro;
	long attachments, links;
	uint64_t *frames;
	size_t nr_frames;
};

void mm_survivor(struct survivor *s, struct object *obj);
/* NULL, or what is wrong. */
const char *mm_survivor_check(struct survivor *s);
void mm_survivor_end(struct survivor *s);

#endif
