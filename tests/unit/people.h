/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users in the place of those of the machine, with --wrap=getpwuid,--wrap=getgrouplist. */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <stdint.h>
#include <sys/types.h>

enum {
	ROOT,
	ALICE = 1000,
	BOB,
	CAROL,
	DAVE,
	TEAM = 2000,
	CLUB,
	PEOPLE = 5,
};

struct one {
	uint32_t uid;
	const char *name;
	gid_t groups[3];
	int count;
};

extern const struct one people[PEOPLE];

#endif
