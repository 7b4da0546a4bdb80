/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a security module that judges by paths forbids to alice in the pool "p". */
#ifndef TEST_CONFINED_H
#define TEST_CONFINED_H

#include "grants.h"

/* How a process gets confined. */
struct confinement {
	const char *what;
	void (*begin)(const void *arg);
	const void *arg;
};

/* Make the directories "in" and "out", alike, with files of alice's. */
void confined_prepare(void);
/* A path in either (a static buffer for each). */
const char *confined_in(const char *name);
const char *confined_out(const char *name);

/* By system calls alice gets everything in "in", and @error for each thing in "out". */
void confined_files(const struct confinement *how, int error);
/* By netlink she gets @error for everything, or 0, by a socket from before and by a new one. */
void confined_netlink(const struct confinement *how, int error);
/* Root is refused as well, and told why. */
void confined_operator(const struct confinement *how);

#endif
