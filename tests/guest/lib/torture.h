/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processes of t_torture.c do.
 *
 * A word of page N of object K is 0 or the one value that belongs there, at any time,
 * through any mapping and any read: whoever writes, writes that value.  So everybody can
 * check without a word to the others, and a page that turns up in the wrong place or
 * object is found by whoever looks.
 */
#ifndef TEST_TORTURE_H
#define TEST_TORTURE_H

#include <stdbool.h>
#include <stdint.h>
#include "../tap.h"

#define OBJECTS	4
#define PAGES	(20L << 8)	/* 20 MiB */
#define PAGE	4096L
#define MAPS	6
#define GIB	(1L << 30)

struct mapping {
	unsigned char *at;
	long len;	/* bytes */
	long first;	/* page of the object */
	int object;
	bool writable;
};

/* Shared by all processes. */
struct board {
	volatile int stop;
	volatile int bad;
	volatile long operations;
	volatile long sigbus;
	volatile long kinds[64];	/* operations by kind */
};

extern struct board *board;
extern struct mapping maps[MAPS];	/* of this process */

/* This process's random numbers. */
void torture_seed(uint64_t seed);
unsigned int draw(void);

uint64_t word(int object, long page);
const char *name(int object);
void check(const char *what, int object, long page, uint64_t got);
struct mapping *some_map(void);
/* A page of the mapping that its object can have. */
long some_page(const struct mapping *m);

/* Touch some pages of a mapping; what lies beyond the end is a SIGBUS. */
void op_touch(void);

struct torture_op {
	const char *name;
	unsigned int weight;
	void (*run)(void);
};

/* Each ends with an empty one. */
extern const struct torture_op torture_map_ops[], torture_file_ops[], torture_io_ops[],
	torture_world_ops[];

/* Before there are processes, and after. */
void torture_io_start(void);
void torture_world_start(void);
void torture_world_end(void);

#endif
