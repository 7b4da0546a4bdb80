// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Five levels of page tables (hazards 2e): unmapping and zapping once more.
 * groups: hazard
 * timeout: 60
 * cpu: +la57
 * may-skip: no five-level paging
 */
#define main zap_main
#include "t_mm_zap.c"
#undef main
#include <stdio.h>

static bool five_levels(void)
{
	char line[4096];
	FILE *f = fopen("/proc/cpuinfo", "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, "flags", 5) && strstr(line, " la57");
	if (f)
		fclose(f);
	return found;
}

int main(void)
{
	if (!five_levels()) {
		skip("five levels", "no five-level paging");
		return done_testing();
	}
	mm_only = "1 GiB";
	return zap_main();
}
