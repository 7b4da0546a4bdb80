// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fork: nothing is copied, a child has no attachment before its first touch,
 * and whatever it does then, or instead, stays its own affair.
 * groups: mm hazard
 * timeout: 120
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#define CROWD 12
#define CHAIN 6

/* The exit status of a child that runs @fn, 128 + signal if it was killed. */
static int child(struct actor *a, int (*fn)(struct actor *a))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn(a));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return mm_fail(a, __FILE__, __LINE__, "fork");
	if (WIFSIGNALED(status))
		mm_fail(a, __FILE__, __LINE__, "the child was killed");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int use(struct actor *a)
{
	want(mm_check(a->obj, a->map));
	if (a->writable)
		mm_rewrite(a->obj, a->map);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int nothing(struct actor *a)
{
	return 0;
}

static int fork_and_use(struct actor *a)
{
	return child(a, use) ?: use(a);
}

/* Neither links nor attachments nor page tables come into being. */
static int fork_costs_nothing(struct actor *a)
{
	long links = mm_fdinfo(a->obj->fd, "morsel-links"), now;
	long attachments = mm_fdinfo(a->obj->fd, "morsel-attachments");
	struct barrier *b = barrier_new(2);
	pid_t pid = fork();

	if (pid == 0) {
		barrier_wait(b);
		barrier_wait(b);
		_exit(0);
	}
	barrier_wait(b);
	now = mm_fdinfo(a->obj->fd, "morsel-links");
	want(now == links);
	want(mm_fdinfo(a->obj->fd, "morsel-attachments") == attachments);
	want(status_kb(pid, "VmPTE") <= status_kb(0, "VmPTE"));
	barrier_wait(b);
	want(waitpid(pid, NULL, 0) == pid);
	return 0;
}

static int fork_untouched(struct actor *a)
{
	return child(a, nothing) ?: use(a);
}

static int chain_of(struct actor *a, int depth)
{
	pid_t pid;
	int status;

	if (depth % 2)
		want(mm_check(a->obj, a->map));
	if (!depth)
		return use(a);
	pid = fork();
	if (pid == 0)
		_exit(chain_of(a, depth - 1));
	want(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	return use(a);
}

/* Every other generation does not touch the mapping before it forks. */
static int fork_chain(struct actor *a)
{
	return chain_of(a, CHAIN);
}

/* The parent is gone when the grandchild touches the mapping for the first time. */
static int fork_orphan(struct actor *a)
{
	atomic_int *result = shared_page();
	pid_t pid;
	int i;

	pid = fork();
	if (pid == 0) {
		pid = fork();
		if (pid == 0) {
			while (atomic_load(result) == 0)
				sched_yield();
			atomic_store(result, use(a) ? 3 : 2);
		}
		_exit(0);
	}
	want(waitpid(pid, NULL, 0) == pid);
	munmap(a->map, a->len);
	atomic_store(result, 1);
	for (i = 0; i < 10000 && atomic_load(result) == 1; i++)
		usleep(1000);
	want(atomic_load(result) == 2);
	/* The grandchild is still on its way out, with an attachment. */
	for (i = 0; i < 10000 && mm_fdinfo(a->obj->fd, "morsel-attachments") > 2; i++)
		usleep(1000);
	return 0;
}

static int first_unmap(struct actor *a)
{
	if (a->len >= 6 * MiB) {
		want(munmap(a->map + HUGE, HUGE) == 0);
		want(mm_check_range(a->obj, a->map, a->geo->offset, HUGE));
	}
	want(munmap(a->map, a->len) == 0);
	return 0;
}

static int first_protect(struct actor *a)
{
	want(mprotect(a->map, a->len, PROT_NONE) == 0);
	want(mm_probe(mm_first(a->obj, a->map), false) == SIGSEGV);
	want(mprotect(a->map, a->len, PROT_READ) == 0);
	return !mm_check(a->obj, a->map);
}

static int first_dontneed(struct actor *a)
{
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	return use(a);
}

static int first_exec(struct actor *a)
{
	execl("/bin/busybox", "true", NULL);
	return 1;
}

static int before_first_touch(struct actor *a)
{
	return child(a, first_unmap) ?: child(a, first_protect) ?: child(a, first_dontneed) ?:
	       child(a, first_exec) ?: use(a);
}

static int fork_crowd(struct actor *a)
{
	struct barrier *b = barrier_new(CROWD);
	int i, status, bad = 0;

	for (i = 0; i < CROWD; i++)
		if (fork() == 0) {
			barrier_wait(b);
			_exit(use(a));
		}
	for (i = 0; i < CROWD; i++) {
		want(wait(&status) > 0);
		bad += !WIFEXITED(status) || WEXITSTATUS(status);
	}
	want(!bad);
	return use(a);
}

static int in_same_mm(void *arg)
{
	return use(arg);
}

/* Another process of the same address space comes and goes. */
static int clone_vm(struct actor *a)
{
	char *stack = mmap(NULL, 256 * KiB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	long faults;
	int status;
	pid_t pid;

	want(stack != MAP_FAILED);
	pid = clone(in_same_mm, stack + 256 * KiB, CLONE_VM | SIGCHLD, a);
	want(pid > 0 && waitpid(pid, &status, 0) == pid && !status);
	faults = mm_faults();
	want(mm_check(a->obj, a->map));
	want(mm_faults() == faults);
	return 0;
}

static int gone_in_child(struct actor *a)
{
	return mm_probe(mm_first(a->obj, a->map), false) != SIGSEGV;
}

static int fork_advice(struct actor *a)
{
	want(madvise(a->map, a->len, MADV_DONTFORK) == 0);
	want(child(a, gone_in_child) == 0);
	want(madvise(a->map, a->len, MADV_DOFORK) == 0);
	want(child(a, use) == 0);
	want_errno(madvise(a->map, a->len, MADV_WIPEONFORK), EINVAL);
	want(madvise(a->map, a->len, MADV_KEEPONFORK) == 0);
	if (fork_costs_nothing(a))
		return 1;
	want(child(a, use) == 0);
	return use(a);
}

static const struct mm_case cases[] = {
	{ "fork, the child uses it", fork_and_use, 0 },
	{ "fork copies nothing", fork_costs_nothing, 0 },
	{ "fork, the child leaves it alone", fork_untouched, 0 },
	{ "a chain of forks", fork_chain, 0 },
	{ "an orphan's first touch", fork_orphan, 0 },
	{ "a child's first act is another than to touch it", before_first_touch, 0 },
	{ "a crowd of children at once", fork_crowd, 0 },
	{ "a process in the same address space", clone_vm, 0 },
	{ "MADV_DONTFORK, DOFORK, WIPEONFORK, KEEPONFORK", fork_advice, 0 },
};

int main(void)
{
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
