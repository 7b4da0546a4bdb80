// SPDX-License-Identifier: GPL-2.0-or-later
/* Children with a limit, and places to meet them. */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../tap.h"

struct barrier {
	atomic_int arrived;
	atomic_int round;
	int parties;
};

double time_scale(void)
{
	const char *text = getenv("MORSEL_TIME_SCALE");

	return text ? atof(text) : 1;
}

bool on_debug_kernel(void)
{
	const char *kernel = getenv("MORSEL_KERNEL");

	return kernel && kernel[0] == 'd';
}

int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

pid_t start_child(int (*fn)(void *arg), void *arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail_out("fork: %m");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(fn(arg));
	}
	return pid;
}

int wait_child(pid_t pid, int seconds)
{
	int64_t end = now_ms() + (int64_t)(seconds * 1000 * time_scale());
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		if (got < 0)
			bail_out("waitpid: %m");
		if (now_ms() > end)
			break;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

int in_child(int (*fn)(void *arg), void *arg, int seconds)
{
	return wait_child(start_child(fn, arg), seconds);
}

void become_user(uid_t uid)
{
	if (setgroups(0, NULL) || setgid(uid) || setuid(uid))
		bail_out("cannot become user %u: %m", uid);
}

/* What a service with AmbientCapabilities= has. */
void become_operator(uid_t uid)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {};
	uint32_t set = 1U << CAP_SYS_ADMIN | 1U << CAP_FOWNER;
	int cap;

	need(!prctl(PR_SET_KEEPCAPS, 1));
	become_user(uid);
	data[0] = (struct __user_cap_data_struct){ set, set, set };
	need(!syscall(SYS_capset, &header, data));
	for (cap = 0; cap < 32; cap++)
		if (set & 1U << cap)
			need(!prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0));
}

void *shared_page(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		bail_out("mmap: %m");
	return page;
}

struct barrier *barrier_new(int parties)
{
	struct barrier *barrier = shared_page();

	barrier->parties = parties;
	return barrier;
}

void barrier_wait(struct barrier *barrier)
{
	int round = atomic_load(&barrier->round);

	if (atomic_fetch_add(&barrier->arrived, 1) == barrier->parties - 1) {
		atomic_store(&barrier->arrived, 0);
		atomic_store(&barrier->round, round + 1);
		return;
	}
	while (atomic_load(&barrier->round) == round)
		sched_yield();
}
