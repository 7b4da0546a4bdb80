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

struct failnth_operation {
	const char *name;	/* in failnth_sites.h */
	int (*run)(int fd);	/* 0 or -1 with errno */
	void (*undo)(int fd);	/* so that it can be tried again; may be NULL */
};

/*
 * Fails the first, second, ... allocation, until there is none that has not failed.
 * Return: how often the errno was not ENOMEM, or not all was @as_noted when @note was
 * called last.
 */
int failnth_try(const struct failnth_operation *op, int fd, void (*note)(void),
		bool (*as_noted)(void));

#endif
