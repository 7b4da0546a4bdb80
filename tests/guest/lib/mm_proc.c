// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers, faults and signals of the memory-management tests. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "mm.h"

/* Page tables of this process, of its heap and stack, come and go. */
#define BASELINE_SLACK_KB 64
#define BASELINE_WAIT_MS 5000

static long baseline_kb;

long mm_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

long mm_fdinfo(int fd, const char *key)
{
	char path[64], line[256];
	size_t n = strlen(key);
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, n) && line[n] == ':')
			value = atol(line + n + 1);
	fclose(f);
	return value;
}

static sigjmp_buf probe_env;

static void probe_caught(int sig)
{
	siglongjmp(probe_env, sig);
}

int mm_probe(const void *addr, bool write)
{
	struct sigaction action = { .sa_handler = probe_caught }, bus, segv;
	volatile char *p = (volatile char *)addr;
	int sig;

	sigaction(SIGBUS, &action, &bus);
	sigaction(SIGSEGV, &action, &segv);
	sig = sigsetjmp(probe_env, 1);
	if (!sig) {
		if (write)
			*p = *p;
		else
			(void)*p;
	}
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

int mm_soak(void)
{
	char line[4096], *at;
	FILE *f = fopen("/proc/cmdline", "re");
	int soak = 1;

	if (!f)
		return 1;
	if (fgets(line, sizeof(line), f) && (at = strstr(line, "soak=")))
		soak = atoi(at + strlen("soak="));
	fclose(f);
	return soak > 0 ? soak : 1;
}

int64_t mm_race_ms(double seconds)
{
	return seconds * 1000 * mm_soak();
}

/* What the machine has in page tables beside this process. */
static long page_tables_kb(void)
{
	FILE *f = fopen("/proc/sys/vm/stat_refresh", "we");

	if (f) {
		fputs("1\n", f);
		fclose(f);
	}
	return meminfo_kb("PageTables") - status_kb(0, "VmPTE");
}

void mm_baseline(void)
{
	baseline_kb = page_tables_kb();
}

/* Tables are freed after a grace period. */
void mm_baseline_check(void)
{
	int64_t end = now_ms() + (int64_t)(BASELINE_WAIT_MS * time_scale());
	long now;

	do {
		now = page_tables_kb();
		if (now <= baseline_kb + BASELINE_SLACK_KB)
			break;
		usleep(50 * 1000);
	} while (now_ms() < end);
	if (!ok(now <= baseline_kb + BASELINE_SLACK_KB, "the page tables are gone again"))
		diag("%ld KiB now, %ld KiB before", now, baseline_kb);
}
