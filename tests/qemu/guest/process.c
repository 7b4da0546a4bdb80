// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs one program with a time limit, and leaves no process behind. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "guest.h"

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void set_environment(const char *words)
{
	char *copy = strdup(words), *word;

	clearenv();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("HOME", "/root", 1);
	setenv("MORSEL_DIR", POOL_DIR, 1);
	while ((word = strsep(&copy, " ")))
		if (*word)
			putenv(word);
}

static void become(const struct test *test)
{
	char *const argv[] = { (char *)test->path, NULL };
	int null = open("/dev/null", O_RDONLY);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(report_fd(), STDOUT_FILENO);
	dup2(report_fd(), STDERR_FILENO);
	set_environment(test->env);
	chdir("/tmp");
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "# cannot execute %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* What a hanging test waits for, before it is killed. */
static void show_stuck(pid_t pid)
{
	char path[64], text[1024];
	int fd, n;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (n > 0) {
		text[n] = '\0';
		report("# kernel stack of the test:\n%s", text);
	}
	write_file("/proc/sysrq-trigger", "w");
}

void kill_everyone(void)
{
	long end = now_ms() + KILL_GRACE_MS;

	kill(-1, SIGKILL);
	for (;;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0)
			return;
		if (pid > 0)
			continue;
		if (now_ms() > end) {
			report("@problem processes survive SIGKILL");
			return;
		}
		usleep(2000);
	}
}

/* Returns 0 with *@status set, -ETIMEDOUT, or another -errno. */
int run_limited(const struct test *test, int *status)
{
	long end = now_ms() + test->timeout * 1000L;
	pid_t pid = fork(), got;
	int s;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(test);
	while (now_ms() < end) {
		got = waitpid(-1, &s, WNOHANG);
		if (got == pid) {
			*status = s;
			return 0;
		}
		if (got <= 0)
			usleep(3000);
	}
	show_stuck(pid);
	return -ETIMEDOUT;
}
