/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is durable of persistent memory, and of each line in between the stores
 * that have been made since: the same rules as in tests/crash/trace.h.
 *
 * A line may reach the media with any number of its stores, from the first on,
 * eight aligned bytes at a time.  After a fence those are durable that were made
 * before the CPU that fences has flushed the line.
 *
 * Context of all of it: one thread at a time.
 */
#ifndef PLUGIN_LINES_H
#define PLUGIN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LINE = 64,
	MAX_CPUS = 16,
};

/*
 * Begin anew.  @durable: @size bytes; changed as more becomes durable.  All of
 * these functions abort without memory.
 */
void lines_init(uint8_t *durable, uint64_t size);
/* CPU @cpu has stored eight aligned bytes; @stream: past the caches. */
void lines_store(unsigned int cpu, uint64_t offset, uint64_t value, bool stream);
void lines_flush(unsigned int cpu, uint64_t offset);
void lines_fence(unsigned int cpu);

struct lines_cut {
	unsigned long in_flight; /* lines that were not durable */
	unsigned long whole;	 /* of these, with all stores */
	unsigned long part;	 /* with some of them */
};

/* The power goes: of the lines in flight about @percent come, which ones @seed tells. */
struct lines_cut lines_cut(unsigned int percent, uint64_t seed);

#endif
