/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quotas, for the tests of them. */
#ifndef TEST_QUOTA_H
#define TEST_QUOTA_H

#include "nltest.h"

/* Begin a request about the quota of @uid in the pool p. */
void quota_begin(struct nl *nl, int command, uint32_t uid);
/* Set one limit, given by its attribute. */
void quota_limit(struct nl *nl, uint32_t uid, int attr, uint64_t limit);
/* A number of the quota of @uid, by its attribute. */
uint64_t quota_number(struct nl *nl, uint32_t uid, int attr);
/* Is what all users have what the pool has, bytes and objects? */
void quota_check_sums(struct nl *nl);

#endif
