/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alice loses rights and gets them back: a morsel "m" of root's in the pool "p", a child
 * that uses it as alice, and the test that changes her rights in between.
 */
#ifndef TEST_TURNS_H
#define TEST_TURNS_H

#include "grants.h"

enum {
	CHUNK = 2 << 20,
	SIZE = 3 * CHUNK,
	PAGE = 4096,
	NOTES = 64,
};

extern struct nl nl;
extern int64_t *notes; /* NOTES of them: what a child found out */

void turns_begin(void);
/* Test and child take turns: the child does, the test changes rights. */
void turn(void);
/* A child's function: be alice, then do @fn, an int (*)(void *). */
int as_alice(void *fn);

/* What alice may: @perm of "rw", "r", "".  take() revokes it from what she has mapped. */
void grant(const char *perm);
void take(const char *perm);

/* The morsel anew, open for root, with no notes; alice may all. */
int fresh(void);
int open_m(int flags);
void *map(int fd, int prot);
/* The errno of a call that returned @ret, or 0. */
int error_of(ssize_t ret);

#endif
