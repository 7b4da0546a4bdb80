/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences of operations, and the pools that they start from. */
#ifndef CRASH_CRASH_H
#define CRASH_CRASH_H

#include "explore.h"

enum {
	POOL_FRAMES = 112,
	HUGE_POOL_FRAMES = 1100, /* with room for one frame of 2 MiB */
	LONGEST = 6,
	BASES = 7,
	PAIRED_BASES = 2, /* the first ones, from which all pairs start */
};

/* ---- crash.c ---- */
void point(bool ok, const char *what);

/* ---- bases.c ---- */
void on_fence(struct memory *memory);
/* One operation.  Return: false: it does not apply. */
bool run(struct explorer *explorer, const struct operation *operation);
/*
 * A sequence from @base; states are looked at from operation @from on.  The
 * CPUs take turns: what an operation has left unfenced no other one makes good.
 */
bool sequence(struct explorer *explorer, const u8 *base, const int *ops, int n, int from);
const struct operation *operation_of(const char *name);
void make_bases(struct explorer *explorer, u8 *base[BASES]);
/* A pool that uses frames of 2 MiB, with a large object; free() it. */
u8 *make_huge_base(struct explorer *explorer);
/* Over a pool with something in it. */
void make_again(struct explorer *explorer, const u8 *base);

/* ---- cuts.c ---- */
/* An operation that is cut short, recovery, and one of @one_of others.  Return: sequences. */
int after_cuts(struct explorer *explorer, const u8 *base, int one_of);

/* ---- huge.c ---- */
/* Return: sequences; 0: none had a frame of 2 MiB. */
int huge_frames(struct explorer *explorer, const u8 *base);

/* ---- mutants.c ---- */
/* Two CPUs make an object each, and both need the records that the first one adds. */
void two_at_once(struct explorer *explorer, u8 *const base[BASES]);
void mutants(u64 size, int one_of);

#endif
