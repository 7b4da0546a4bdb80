/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about usage. */
#ifndef MORSEL_NL_USAGE_H
#define MORSEL_NL_USAGE_H

#include <net/netlink.h>
#include <uapi/linux/morsel.h>
#include "usage.h"

/* What a request on objects says about the age of what is active: see morsel_usage_get(). */
static inline s64 morsel_nl_max_age(struct nlattr **attrs)
{
	const struct nlattr *attr = attrs[MORSEL_A_OBJECT_MAX_AGE];

	return attr ? min_t(u64, nla_get_u64(attr), S64_MAX) : MORSEL_SCAN_NEVER;
}

#endif
