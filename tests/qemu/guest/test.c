// SPDX-License-Identifier: GPL-2.0-or-later
/* One test: fresh module, fresh pool, run, and everything must be gone again. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "guest.h"

static struct test parse(const struct step *step)
{
	struct test test = {
		.name = step->field[1],
		.timeout = atoi(step->field[2]),
		.pool = step->field[3],
		.path = step->field[4],
		.env = step->field[5],
		.leak_check = !strcmp(step->field[6], "leak-check"),
		.stays = !strcmp(step->field[6], "stay"),
	};

	return test;
}

static bool wants_module(const struct test *test)
{
	return strcmp(test->pool, "--") && access(MODULE_PATH, F_OK) == 0;
}

static bool wants_pool(const struct test *test)
{
	return test->pool[0] != '-';
}

static int prepare(const struct test *test)
{
	int err;

	if (wants_module(test)) {
		err = module_insert(MODULE_PATH, "");
		if (err) {
			report("@problem cannot load the module: %s", strerror(-err));
			return err;
		}
		module_report("morsel");
	}
	if (!wants_pool(test))
		return 0;
	mkdir(POOL_DIR, 0755);
	if (mount("none", POOL_DIR, "morsel", 0, test->pool)) {
		report("@problem cannot mount a pool with %s: %s", test->pool, strerror(errno));
		return -errno;
	}
	return 0;
}

/* Last references (delayed fput, RCU) may go a little later than the process that held them. */
static int umount_patiently(const char *dir)
{
	for (int ms = 0; ms < UMOUNT_WAIT_MS; ms += 20) {
		if (!umount(dir))
			return 0;
		if (errno != EBUSY)
			return -errno;
		usleep(20 * 1000);
	}
	return -EBUSY;
}

/* Mounts that a test leaves under the places where tests may mount; the newest goes first. */
static void umount_leftovers(void)
{
	char dirs[64][256], line[1024];
	FILE *f = fopen("/proc/self/mounts", "r");
	int nr = 0;

	if (!f)
		return;
	while (nr < 64 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %255s", dirs[nr]) == 1 &&
		    (!strncmp(dirs[nr], "/mnt/", 5) || !strncmp(dirs[nr], "/tmp/", 5) ||
		     !strncmp(dirs[nr], "/run/", 5)))
			nr++;
	fclose(f);
	while (nr-- > 0) {
		int err = umount_patiently(dirs[nr]);

		if (err)
			report("@problem cannot unmount %s: %s", dirs[nr], strerror(-err));
	}
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	if (ftw->level > 0)
		remove(path);
	return 0;
}

static void empty(const char *dir)
{
	nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void unload(const struct test *test)
{
	int err = -EAGAIN;

	if (!wants_module(test))
		return;
	for (int ms = 0; err == -EAGAIN && ms < UMOUNT_WAIT_MS; ms += 20) {
		err = module_remove("morsel");
		if (err == -EAGAIN)
			usleep(20 * 1000);
	}
	if (err && err != -ENOENT)
		report("@problem cannot unload the module: %s", strerror(-err));
}

static void cleanup(const struct test *test)
{
	kill_everyone();
	umount_leftovers();
	empty("/tmp");
	empty("/dev/shm");
	empty("/run");
	unload(test);
}

static void check_memory(long baseline_kb)
{
	long limit_kb = atol(plan_value("leak-limit"));
	long missing = memory_settle(baseline_kb, limit_kb);

	report("@memory %ld", missing);
	if (missing > limit_kb)
		report("@problem memory is not back: %ld KiB missing", missing);
}

static void verdict(int err, int status)
{
	if (err == -ETIMEDOUT)
		report("@problem time limit exceeded");
	else if (err)
		report("@problem cannot run: %s", strerror(-err));
	else if (WIFSIGNALED(status))
		report("@problem killed by signal %d (%s)", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
	else
		report("@exit %d", WEXITSTATUS(status));
}

bool run_test(const struct step *step)
{
	struct test test = parse(step);
	long baseline_kb;
	int err, status = 0;

	report("@begin %s %d", test.name, test.timeout);
	kernel_log("begin %s", test.name);
	baseline_kb = memory_free_kb();
	if (!prepare(&test)) {
		err = run_limited(&test, &status);
		verdict(err, status);
	}
	if (!test.stays)
		cleanup(&test);
	if (test.leak_check)
		check_memory(baseline_kb);
	kernel_log("end %s", test.name);
	report("@end %s", test.name);
	return !test.stays;
}
