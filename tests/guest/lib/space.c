// SPDX-License-Identifier: GPL-2.0-or-later
#include "space.h"

void space_begin(struct nl *nl, const char *path, uint64_t addr, uint64_t size, uint64_t max)
{
	nl_object(nl, MORSEL_CMD_MORSEL_NEW, "p", path);
	nl_u64(nl, MORSEL_A_OBJECT_ADDR, addr);
	if (size)
		nl_u64(nl, MORSEL_A_OBJECT_SIZE, size);
	if (max)
		nl_u64(nl, MORSEL_A_OBJECT_MAX_SIZE, max);
	nl_u32(nl, MORSEL_A_OBJECT_MODE, 0666);
}

uint64_t space_make(struct nl *nl, const char *path, uint64_t addr, uint64_t size, uint64_t max)
{
	space_begin(nl, path, addr, size, max);
	if (nl_talk(nl))
		bail_out("%s cannot be made: %s", path, nl->text);
	return nl_number(nl, MORSEL_A_OBJECT_ADDR);
}

uint64_t space_addr(struct nl *nl, const char *path)
{
	nl_object(nl, MORSEL_CMD_MORSEL_GET, "p", path);
	need(nl_talk(nl) == 0);
	return nl_number(nl, MORSEL_A_OBJECT_ADDR);
}

void space_window(struct nl *nl, uint64_t start, uint64_t end)
{
	nl_begin(nl, MORSEL_CMD_WINDOW_SET);
	nl_u64(nl, MORSEL_A_WINDOW_START, start);
	nl_u64(nl, MORSEL_A_WINDOW_END, end);
}
