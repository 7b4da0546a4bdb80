/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damage to a pool, drawn from a seed: of a broken device, and by who knows the format. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	HOSTILE_OBJECTS = 64, /* ids below this may be hurt; no higher one is looked at */
};

/* What has been done to a pool. */
struct hostile {
	bool anything;	/* more than the objects below may suffer */
	uint64_t hurt;	/* a bit for the id of each object that may be damaged or gone */
	char text[512]; /* in words */
};

/* Change the pool of @size bytes at @base, which is whole. */
void hostile_change(void *base, uint64_t size, uint64_t seed, struct hostile *what);

/*
 * Is some of the @size bytes at @page what the pool that was changed last, @whole before
 * that, has outside of all objects: in superblocks, log, checkpoint, records?
 */
bool hostile_is_metadata(const void *whole, const void *page, size_t size);

/* The entry of height @level for page @page of object @id, in the pool at @base; or NULL. */
uint64_t *hostile_entry(void *base, uint64_t size, uint64_t id, uint64_t page, unsigned int level);

#endif
