// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NUMA (hazards 2b, 2c): policies, migration by pages and by process, balancing,
 * on two (emulated) nodes where the kernel can; page-table walks through
 * numa_maps.  Frames stay where they are.
 * groups: mm hazard
 * timeout: 120
 * kargs: numa=fake=2
 * may-skip: one node only
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

static bool two_nodes;

static long do_mbind(char *at, size_t len, int mode, unsigned long nodes, unsigned int flags)
{
	return syscall(SYS_mbind, at, len, mode, nodes ? &nodes : NULL, nodes ? 9UL : 0UL, flags);
}

static int policies(struct actor *a)
{
	static const int modes[] = { MPOL_PREFERRED, MPOL_BIND, MPOL_INTERLEAVE };
	unsigned long nodes = two_nodes ? 2 : 1;
	unsigned int i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		want(do_mbind(a->map, a->len, modes[i], nodes, 0) == 0);
		want(mm_check(a->obj, a->map));
		/* Whatever the kernel makes of the wish, nothing moves. */
		do_mbind(a->map, a->len, modes[i], nodes, MPOL_MF_MOVE);
		do_mbind(a->map, a->len, modes[i], nodes, MPOL_MF_MOVE_ALL | MPOL_MF_STRICT);
		want(mm_check(a->obj, a->map));
	}
	want(do_mbind(a->map, a->len, MPOL_DEFAULT, 0, 0) == 0);
	want_errno(do_mbind(a->map, a->len, MPOL_BIND, nodes, MPOL_MF_LAZY | MPOL_MF_MOVE), EINVAL);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int policy_of_part(struct actor *a)
{
	want(do_mbind(a->map + HUGE, HUGE, MPOL_BIND, 1, 0) == 0);
	want(mm_check(a->obj, a->map));
	want_errno(do_mbind(a->map + PAGE, PAGE, MPOL_PREFERRED, 1, 0), EINVAL);
	want(mm_check(a->obj, a->map));
	want(munmap(a->map + HUGE, HUGE) == 0);
	return 0;
}

static int ask_policy(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	int value = -1;

	want(syscall(SYS_get_mempolicy, &value, NULL, 0UL, first, MPOL_F_ADDR) == 0);
	want(syscall(SYS_get_mempolicy, &value, NULL, 0UL, first, MPOL_F_ADDR | MPOL_F_NODE) == 0);
	want(value >= 0 && value < 2);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int move_pages(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	void *pages[4] = { first, first + PAGE, mm_last(a->obj, a->map), first };
	int to[4] = { 0, 1, 0, 1 }, status[4], i, round;

	if (!two_nodes)
		to[1] = to[3] = 0;
	want(syscall(SYS_move_pages, 0, 4UL, pages, NULL, status, 0) == 0);
	for (i = 0; i < 4; i++)
		want(status[i] >= 0);
	for (round = 0; round < 2; round++) {
		want(syscall(SYS_move_pages, 0, 4UL, pages, to, status,
			     round ? MPOL_MF_MOVE : MPOL_MF_MOVE_ALL) >= 0);
		want(mm_check(a->obj, a->map));
		for (i = 0; i < 4; i++)
			to[i] = two_nodes && !to[i];
	}
	return 0;
}

static int migrate_process(struct actor *a)
{
	unsigned long from = 1, to = two_nodes ? 2 : 1;
	int i;

	for (i = 0; i < 2; i++) {
		want(syscall(SYS_migrate_pages, getpid(), 9UL, &from, &to) >= 0);
		want(mm_check(a->obj, a->map));
		from = to;
		to = 1;
	}
	return 0;
}

static int numa_maps(struct actor *a)
{
	char line[1024], start[32];
	FILE *f = fopen("/proc/self/numa_maps", "re");
	bool seen = false;

	want(f);
	snprintf(start, sizeof(start), "%lx ", (long)a->map);
	while (fgets(line, sizeof(line), f))
		seen |= !strncmp(line, start, strlen(start));
	fclose(f);
	want(seen && mm_check(a->obj, a->map));
	return 0;
}

/* The scanner of the balancing comes every few milliseconds of run time. */
static int balancing(struct actor *a)
{
	int64_t end = now_ms() + 60;
	long faults = mm_faults();
	bool calm;

	while (now_ms() < end)
		want(mm_check(a->obj, a->map));
	calm = mm_faults() - faults < 200;
	want(calm);
	return 0;
}

static const struct mm_case cases[] = {
	{ "mbind", policies, 0 },
	{ "mbind of parts", policy_of_part, MM_IF_PARTS },
	{ "get_mempolicy", ask_policy, 0 },
	{ "move_pages", move_pages, 0 },
	{ "migrate_pages", migrate_process, 0 },
	{ "numa_maps", numa_maps, 0 },
	{ "NUMA balancing", balancing, 0 },
};

static void write_to(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		diag("cannot write to %s: %m", path);
}

static void balance(bool on)
{
	write_to("/proc/sys/kernel/numa_balancing", on ? "1" : "0");
	write_to("/sys/kernel/debug/sched/numa_balancing/scan_delay_ms", on ? "1" : "1000");
	write_to("/sys/kernel/debug/sched/numa_balancing/scan_period_min_ms", on ? "1" : "1000");
}

int main(void)
{
	two_nodes = access("/sys/devices/system/node/node1", F_OK) == 0;
	if (!two_nodes)
		skip("migration between nodes", "one node only");
	mm_baseline();
	balance(true);
	mm_run_cases(cases);
	balance(false);
	mm_baseline_check();
	return done_testing();
}
