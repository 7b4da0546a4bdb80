/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of which every allocation fails once (debug kernel). */
#ifndef TEST_FAILING_H
#define TEST_FAILING_H

#include "failnth.h"
#include "nltest.h"

enum {
	HALF_DONE = 2,
};

/* Where commands are sent; open while failing_run() runs. */
extern struct nl failing_socket;

/* A command and what tells of its effect; those without one have neither done nor undo. */
struct failing {
	const char *name; /* in failnth_sites.h */
	void (*begin)(struct nl *nl);
	int (*done)(void); /* 0, 1 or HALF_DONE */
	void (*undo)(void);
	bool spared; /* done without memory of the module's: only netlink's core wants some */
};

/*
 * An acknowledgment says done if and only if it is done; without one it is anybody's
 * guess, but all or nothing.
 */
void failing_run(const struct failing *command);
void failing_dump(const struct failing *dump);

#endif
