/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that a package graph lives in: a file mapped at a fixed address,
 * or anonymous memory, with a bump allocator over it.
 */
#ifndef PKGGRAPH_ARENA_H
#define PKGGRAPH_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct pg_graph;

enum {
	ARENA_SHIFT_SPAN = 30,	/* mappings cover whole GiB: one link per GiB */
	ARENA_SHIFT_CHUNK = 21, /* the object grows in units of 2 MiB */
};

#define ARENA_BASE  ((char *)0x200000000000) /* in the morsel window */
#define ARENA_SPAN  ((size_t)1 << ARENA_SHIFT_SPAN)
#define ARENA_CHUNK ((size_t)1 << ARENA_SHIFT_CHUNK)
#define ARENA_MAX   (16 * ARENA_SPAN)

struct arena {
	const char *path; /* NULL: anonymous */
	int fd;
	char *base;
	size_t mapped; /* bytes of address space */
	size_t size;   /* bytes that have memory behind them */
	size_t used;
};

/* Every function below exits with a message when it cannot do its work. */

void arena_create(struct arena *arena, const char *path);
void arena_anonymous(struct arena *arena);

/* Zeroed memory; @align is a power of two. */
void *arena_alloc(struct arena *arena, size_t size, size_t align);

/* At least @size bytes that arena_take() then makes part of the arena. */
char *arena_reserve(struct arena *arena, size_t size);
void arena_take(struct arena *arena, size_t size);

/* Declares the object complete, with @root to be found by arena_open(). */
void arena_publish(struct arena *arena, struct pg_graph *root);

/* Maps a complete object read-only. */
struct pg_graph *arena_open(struct arena *arena, const char *path);

/* Reads a byte of every page in use; the result keeps the reads alive. */
unsigned int arena_touch(const struct arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type), _Alignof(type)))

#endif
