/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Let the N-th allocation of this thread fail (debug kernel). */
#ifndef TEST_FAILNTH_H
#define TEST_FAILNTH_H

#include <stdbool.h>

enum { FAILNTH_MOST = 2000 };	/* no operation allocates that often */

/* Once per process that arms: also allocations that may sleep, and single pages. */
void failnth_start(void);
/* 0: none. */
void failnth_arm(int n);
/* Has the failure that was asked for happened?  Takes it back if not. */
bool failnth_failed(void);

/*
 * A point: at least as many allocations of the operation have failed once as
 * failnth_sites.h says, so that what is covered does not shrink unnoticed.
 */
void failnth_enough(const char *name, int sites);

#endif
