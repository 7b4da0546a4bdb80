// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of a guest's life: mount, load, run the plan, say the word, leave. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include "guest.h"

static const struct {
	const char *dir, *type, *data;
	bool optional;
} mounts[] = {
	{ "/proc", "proc", NULL, false },
	{ "/sys", "sysfs", NULL, false },
	{ "/dev", "devtmpfs", NULL, false },
	{ "/dev/pts", "devpts", NULL, true },
	{ "/dev/shm", "tmpfs", "mode=1777", false },
	{ "/tmp", "tmpfs", "mode=1777", false },
	{ "/run", "tmpfs", "mode=755", false },
	{ "/sys/kernel/debug", "debugfs", NULL, true },
	{ "/sys/kernel/tracing", "tracefs", NULL, true },
	{ "/sys/kernel/security", "securityfs", NULL, true },
};

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, mounts[i].data) &&
		    !mounts[i].optional)
			kernel_log("cannot mount %s: %s", mounts[i].dir, strerror(errno));
	}
	symlink("/proc/self/fd", "/dev/fd");
}

static bool insert(const struct step *step)
{
	const char *params = step->nr > 2 ? step->field[2] : "";
	int err = module_insert(step->field[1], params);

	if (err)
		report("@boot-failed cannot load %s: %s", step->field[1], strerror(-err));
	return true;
}

static bool set_value(const struct step *step)
{
	if (write_file(step->field[1], step->field[2]))
		report("@boot-failed cannot write %s: %s", step->field[1], strerror(errno));
	return true;
}

/* Everything an unprivileged test could run into by accident on a small guest. */
static void lift_limits(void)
{
	struct rlimit files = { 65536, 65536 };
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &unlimited);
}

/* Where nothing is unmounted, nothing is written back, either. */
static void leave(bool orderly)
{
	if (orderly)
		sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* A shell for people: on the console, with the module loaded and a pool mounted. */
static void interactive(void)
{
	static char *const argv[] = { "/bin/sh", "/etc/morsel/shell", NULL };
	int status;

	if (fork() == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	while (wait(&status) > 0)
		;
}

/* Memory that only the leak detector of the debug kernel sees; it needs two scans to be sure. */
static void scan_leaks(void)
{
	const char *path = "/sys/kernel/debug/kmemleak";
	char line[512];
	FILE *f;

	if (write_file(path, "scan"))
		return;
	sleep(6);
	write_file(path, "scan");
	f = fopen(path, "r");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		report("@kmemleak %.*s", (int)strcspn(line, "\n"), line);
	fclose(f);
}

int main(void)
{
	bool orderly;

	mount_all();
	lift_limits();
	umask(022);
	if (plan_load("/etc/morsel/plan")) {
		kernel_log("no plan");
		leave(true);
	}
	report_open("/dev/ttyS1");
	report("@boot");
	write_file("/proc/sys/kernel/printk_ratelimit", "0");
	write_file("/proc/sys/kernel/printk_devkmsg", "on");
	write_file("/proc/sys/kernel/sysrq", "1");
	plan_each("insmod", insert);
	plan_each("write", set_value);
	if (plan_value("shell"))
		interactive();
	orderly = plan_each("test", run_test);
	scan_leaks();
	kernel_log("end of plan");
	if (orderly)
		sync();
	report("@success");
	leave(orderly);
}
