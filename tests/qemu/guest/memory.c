// SPDX-License-Identifier: GPL-2.0-or-later
/* Has the memory that a test took come back? */
#include <stdio.h>
#include <unistd.h>
#include "guest.h"

static long meminfo_kb(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128], name[64];
	long kb = -1, value;

	if (!f)
		return -1;
	while (kb < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^:]: %ld kB", name, &value) == 2 &&
		    !__builtin_strcmp(name, key))
			kb = value;
	fclose(f);
	return kb;
}

/*
 * Freed pages, 2 MiB ones included, wait in per-CPU lists for their next user. They are
 * not in MemFree, and nothing drains the lists but need.
 */
static long percpu_lists_kb(void)
{
	FILE *f = fopen("/proc/zoneinfo", "r");
	char line[128];
	long pages = 0, count;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/*
 * Slab memory is left out of the account: dentries, inodes and task structures stay in
 * their caches after their users are gone. A module's own caches are checked by the
 * kernel when the module destroys them.
 */
long memory_free_kb(void)
{
	write_file("/proc/sys/vm/drop_caches", "3");
	write_file("/proc/sys/vm/stat_refresh", "1");
	return meminfo_kb("MemFree") + percpu_lists_kb() + meminfo_kb("Slab") +
	       meminfo_kb("KernelStack") + meminfo_kb("Percpu") + meminfo_kb("Cached");
}

/* Waits for deferred frees; returns what is missing against @baseline_kb. */
long memory_settle(long baseline_kb, long limit_kb)
{
	long missing = 0;

	for (int ms = 0; ms < SETTLE_WAIT_MS; ms += 100) {
		missing = baseline_kb - memory_free_kb();
		if (missing <= limit_kb)
			break;
		usleep(100 * 1000);
	}
	return missing;
}
