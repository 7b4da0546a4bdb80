/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first process of a test guest: reads the plan, runs it, reports on the second serial port. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
	KILL_GRACE_MS = 5000,  /* for processes to vanish after SIGKILL */
	UMOUNT_WAIT_MS = 5000, /* for last references to go */
	SETTLE_WAIT_MS = 3000, /* for memory to come back */
	PLAN_FIELDS = 8,
};

struct test {
	const char *name;
	int timeout;	  /* seconds */
	const char *pool; /* mount options; "-": no pool; "--": not even the module */
	const char *path; /* what to execute */
	const char *env;  /* NAME=value words */
	bool leak_check;
	bool stays; /* the guest goes down with the pool mounted, as in a crash */
};

/* One line of the plan; fields are separated by tabs. */
struct step {
	char *line; /* what the fields point into */
	char *field[PLAN_FIELDS];
	int nr;
};

/* plan.c: calls @fn for every line whose first field is @verb, until it returns false */
int plan_load(const char *path);
bool plan_each(const char *verb, bool (*fn)(const struct step *step));
const char *plan_value(const char *verb);

/* report.c */
void report_open(const char *tty);
int report_fd(void);
__attribute__((format(printf, 1, 2))) void report(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void kernel_log(const char *fmt, ...);
int write_file(const char *path, const char *text);

/* modules.c */
int module_insert(const char *path, const char *params);
int module_remove(const char *name);
/* Tell the host where the code of a module is. */
void module_report(const char *name);

/* memory.c: free memory in KiB after caches are dropped */
long memory_free_kb(void);
long memory_settle(long baseline_kb, long limit_kb);

/* process.c */
int run_limited(const struct test *test, int *status);
void kill_everyone(void);

/* test.c; return: false: the guest is to be left as it is */
bool run_test(const struct step *step);

#define POOL_DIR    "/mnt/morsel"
#define MODULE_PATH "/lib/morsel/morsel.ko"

#endif
