// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revoke against access from outside: process_vm_readv(2), process_vm_writev(2),
 * /proc/PID/mem and ptrace(2) by processes that have not mapped the object, into such as
 * have it mapped and have lost the right again and again.
 * pool: size=64M,name=p
 * groups: rights race gup
 * cpus: 3
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/attempts.h"

enum {
	CHUNK = 2 << 20,
	SIZE = 2 * CHUNK,
	ROUNDS = 40,
};

static struct nl nl;

/* The process that has the object mapped, and its mapping. */
static pid_t target;
static char *map;

/* A mapping that has become read-only stays so until somebody asks. */
static void ask_again(int sig)
{
	(void)!mprotect(map, SIZE, PROT_READ | PROT_WRITE); /* NOLINT: a system call */
}

/* What is set here its children have as well: they may be looked into. */
static void map_as(uid_t user)
{
	int fd;

	become_user(user);
	need(!prctl(PR_SET_DUMPABLE, 1) && signal(SIGUSR1, ask_again) != SIG_ERR);
	fd = open(pool_path("m"), O_RDWR);
	need(fd >= 0);
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	close(fd);
}

/* A child; it touches what it has inherited, or not. */
static pid_t new_target(bool touches, bool traced)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	need(getppid() == parent);
	if (traced)
		need(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	if (touches)
		touch_read((volatile uint64_t *)map);
	for (;;) {
		if (!traced) {
			pause();
			continue;
		}
		ask_again(0);
		raise(SIGSTOP);
	}
}

/* ---- one attempt of each kind: 0 or errno; a word at @at of the target ---- */

static int error_of(ssize_t n)
{
	return n == 8 ? 0 : n < 0 ? errno : EIO;
}

static int readv_once(char *at)
{
	uint64_t word;
	struct iovec mine = { &word, 8 }, theirs = { at, 8 };

	return error_of(process_vm_readv(target, &mine, 1, &theirs, 1, 0));
}

static int writev_once(char *at)
{
	uint64_t word = 1;
	struct iovec mine = { &word, 8 }, theirs = { at, 8 };

	return error_of(process_vm_writev(target, &mine, 1, &theirs, 1, 0));
}

static int mem;

static int mem_read_once(char *at)
{
	uint64_t word;

	return error_of(pread(mem, &word, 8, (off_t)at));
}

static int mem_write_once(char *at)
{
	uint64_t word = 2;

	return error_of(pwrite(mem, &word, 8, (off_t)at));
}

static int peek_once(char *at)
{
	errno = 0;
	(void)ptrace(PTRACE_PEEKDATA, target, at, NULL);
	return errno;
}

static int poke_once(char *at)
{
	return ptrace(PTRACE_POKEDATA, target, at, 3) ? errno : 0;
}

/* ---- the processes ---- */

/* The errno of a refusal differs by the call, as it does with any memory that is not there. */
static bool is_refusal(int error)
{
	return error == EFAULT || error == EIO;
}

static void attempt(struct attempter *self, int (*once)(char *at), void (*ask)(void))
{
	while (attempts_go_on()) {
		struct attempt attempt = attempt_begin(self, ALICE);
		int error = once(map + CHUNK + 8L * self->nr);

		attempt_end(self, attempt, error, is_refusal(error));
		if (error)
			ask();
	}
	kill(target, SIGKILL);
}

static void signal_target(void)
{
	kill(target, SIGUSR1);
}

static int by_process_vm(struct attempter *self)
{
	map_as(self->kind->user);
	target = new_target(true, false);
	attempt(self, self->kind->writes ? writev_once : readv_once, signal_target);
	return 0;
}

static int by_proc_mem(struct attempter *self)
{
	char path[32];

	map_as(self->kind->user);
	target = new_target(true, false);
	snprintf(path, sizeof(path), "/proc/%d/mem", target);
	mem = open(path, O_RDWR | O_CLOEXEC);
	need(mem >= 0);
	attempt(self, self->kind->writes ? mem_write_once : mem_read_once, signal_target);
	return 0;
}

static void wait_for_stop(void)
{
	int status;

	need(waitpid(target, &status, 0) == target && WIFSTOPPED(status));
}

static void let_target_ask(void)
{
	need(!ptrace(PTRACE_CONT, target, NULL, NULL));
	wait_for_stop();
}

static int by_ptrace(struct attempter *self)
{
	map_as(self->kind->user);
	target = new_target(true, true);
	wait_for_stop();
	attempt(self, self->kind->writes ? poke_once : peek_once, let_target_ask);
	return 0;
}

/* Each time another target, which has no attachment when it is looked into. */
static int by_first_touch(struct attempter *self)
{
	map_as(self->kind->user);
	while (attempts_go_on()) {
		struct attempt attempt;
		int error;

		target = new_target(false, false);
		attempt = attempt_begin(self, ALICE);
		error = writev_once(map + 8L * self->nr);
		attempt_end(self, attempt, error, is_refusal(error));
		kill(target, SIGKILL);
		need(waitpid(target, NULL, 0) == target);
		if (error)
			ask_again(0);
	}
	return 0;
}

static const struct attempt_points points = {
	.late = "nobody gets in after the reply",
	.strange = "as if nothing were mapped",
	.went = "each time all had got in",
	.ended = "and each time who needed the right could not",
};

int main(void)
{
	static const struct attempt_kind kinds[] = {
		{ .name = "process_vm_readv",
		  .user = ALICE, .writes = false, .run = by_process_vm },
		{ .name = "process_vm_writev",
		  .user = ALICE, .writes = true, .run = by_process_vm },
		{ .name = "/proc/PID/mem, to read",
		  .user = ALICE, .writes = false, .run = by_proc_mem },
		{ .name = "/proc/PID/mem, to write",
		  .user = ALICE, .writes = true, .run = by_proc_mem },
		{ .name = "PTRACE_PEEKDATA", .user = ALICE, .writes = false, .run = by_ptrace },
		{ .name = "PTRACE_POKEDATA", .user = ALICE, .writes = true, .run = by_ptrace },
		{ .name = "a child that has touched nothing",
		  .user = ALICE, .writes = true, .run = by_first_touch },
	};

	attempts_start(&nl, SIZE, kinds, sizeof(kinds) / sizeof(kinds[0]));
	attempts_rounds(&nl, ALICE, "", ROUNDS, "all is revoked", &points);
	attempts_rounds(&nl, ALICE, "r", ROUNDS, "the right to write is revoked", &points);
	attempts_stop(&nl);
	return done_testing();
}
