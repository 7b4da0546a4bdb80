/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copying bytes between files, one of which is a morsel. */
#ifndef COPY_H
#define COPY_H

#include "admin.h"

struct copy {
	int in, out;
	bool out_seeks; /* what is skipped in it reads as zeros */
	bool discard;	/* nothing is written; holes are not even read */
	uint64_t size;	/* receives the length */
	uint64_t data;	/* receives how much was written */
	const char *failed; /* receives which of "reading" and "writing" failed */
};

/*
 * Copy all of it. Runs of zeros are left out where the target can have holes.
 * An interrupt by the user ends it with -EINTR. Return: 0 or -errno.
 */
int copy_bytes(struct copy *copy, struct progress *progress);
/* Let SIGINT, SIGTERM and SIGHUP end a copy rather than the program. */
void catch_interrupts(void);
bool was_interrupted(void);

#endif
