/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Persistent memory in memory: what the CPU sees, what is durable, and of each
 * line in between the stores that have been made since.
 *
 * A line may reach the media with any number of its stores, from the first on,
 * eight bytes at a time.  After a fence those are durable that were made
 * before the CPU that fences has flushed the line: what another one has flushed
 * it knows nothing of.
 */
#ifndef CRASH_TRACE_H
#define CRASH_TRACE_H

#include "../../kmod/engine.h"

struct store {
	u32 at; /* which eight bytes of the line */
	u64 value;
};

enum {
	CPUS = 2,
};

struct line {
	struct store *stores;
	u32 nr, room;
	u32 flushed[CPUS]; /* stores that the next fence of each makes durable */
	bool pending;
};

/* A flush or a fence in the source. */
struct site {
	const char *file;
	int line;
	bool fence;
	unsigned long hits;
};

struct memory {
	struct pm_trace trace;
	u64 size;
	u8 *now, *durable;
	struct line *lines;
	u32 *pending; /* lines with stores that are not durable */
	u32 nr_pending;
	int cpu;		       /* that everything runs on */
	unsigned long flushes, fences; /* lines, fences so far */
	/* Told before a fence takes effect. */
	void (*point)(struct memory *memory);
	void *context;
	int skip; /* index of a site that does nothing; -1: none */
};

enum {
	MAX_SITES = 128,
};

extern struct site sites[MAX_SITES];
extern int nr_sites;

struct memory *memory_new(u64 size);
void memory_free(struct memory *memory);
/* Let all be @content, durable. */
void memory_set(struct memory *memory, const u8 *content);
struct pm memory_pm(struct memory *memory);

/* A scratch image: what is written to it can be undone. */
struct scratch {
	struct pm_trace trace;
	u64 size;
	u8 *image;
	u32 *touched; /* lines that differ from what they were made of */
	u32 nr_touched;
	bool *is_touched;
};

struct scratch *scratch_new(u64 size);
void scratch_free(struct scratch *scratch);
struct pm scratch_pm(struct scratch *scratch);
/* Let line @line have the first @count of its stores. */
void scratch_apply(struct scratch *scratch, const struct memory *memory, u32 line, u32 count);
void scratch_undo(struct scratch *scratch, const u8 *content);

#endif
