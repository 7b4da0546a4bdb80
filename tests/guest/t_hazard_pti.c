// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page-table isolation (hazards 2e): unmapping and zapping once more, with a second
 * set of upper tables for user mode.
 * groups: hazard
 * timeout: 60
 * kargs: pti=on
 */
#define main zap_main
#include "t_mm_zap.c"
#undef main
#include <stdio.h>

/* The kernel says "pti" among the flags when it is in force. */
static bool isolated(void)
{
	char line[4096];
	FILE *f = fopen("/proc/cpuinfo", "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, "flags", 5) && strstr(line, " pti");
	if (f)
		fclose(f);
	return found;
}

int main(void)
{
	ok(isolated(), "page-table isolation is in force");
	mm_only = "1 GiB";
	return zap_main();
}
