/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rights over netlink, and users who have descriptors and mappings. */
#ifndef TEST_GRANTS_H
#define TEST_GRANTS_H

#include "nltest.h"

enum {
	ALICE = 1000,
	BOB = 1001,
	CAROL = 1002,
};

/* An entry of a list is begun with its tag; id: of users and groups. */
void rights_entry(struct nl *nl, int attr, uint32_t tag, uint32_t id, uint32_t perm);
/* Begin rights-set with the list u::rw-,u:@uid:@perm,g::---,m::rw-,o::---. */
void rights_list(struct nl *nl, const char *path, uint32_t uid, uint32_t perm);
/* The same, granted: @perm of "rw", "r", "". @revoke: also from who has it mapped. */
void rights_give(struct nl *nl, const char *path, uint32_t uid, const char *perm, bool revoke);

/* Touch @at. Return: 0, or the signal that it got. */
int touch_read(volatile uint64_t *at);
int touch_write(volatile uint64_t *at, uint64_t value);

#endif
