// SPDX-License-Identifier: GPL-2.0-or-later
#include "quota.h"

void quota_begin(struct nl *nl, int command, uint32_t uid)
{
	nl_begin(nl, command);
	nl_str(nl, MORSEL_A_QUOTA_POOL_NAME, "p");
	nl_u32(nl, MORSEL_A_QUOTA_UID, uid);
}

void quota_limit(struct nl *nl, uint32_t uid, int attr, uint64_t limit)
{
	quota_begin(nl, MORSEL_CMD_QUOTA_SET, uid);
	nl_u64(nl, attr, limit);
	need(nl_talk(nl) == 0);
}

uint64_t quota_number(struct nl *nl, uint32_t uid, int attr)
{
	quota_begin(nl, MORSEL_CMD_QUOTA_GET, uid);
	need(nl_talk(nl) == 0 && nl_has(nl, attr));
	return nl_number(nl, attr);
}

struct sums {
	uint64_t bytes, objects;
};

static void add(struct nl *nl, void *arg)
{
	struct sums *sums = arg;

	sums->bytes += nl_number(nl, MORSEL_A_QUOTA_BYTES_USED);
	sums->objects += nl_number(nl, MORSEL_A_QUOTA_OBJECTS_USED);
}

void quota_check_sums(struct nl *nl)
{
	struct sums sums = {};

	nl_begin(nl, MORSEL_CMD_QUOTA_GET);
	nl_str(nl, MORSEL_A_QUOTA_POOL_NAME, "p");
	need(nl_dump(nl, add, &sums) == 0);
	nl_pool(nl, MORSEL_CMD_POOL_GET, "p");
	need(nl_talk(nl) == 0);
	is_int(sums.bytes, nl_number(nl, MORSEL_A_POOL_USED),
	       "what the users have allocated is what the pool has");
	is_int(sums.objects, nl_number(nl, MORSEL_A_POOL_OBJECTS),
	       "and so are their objects");
}
