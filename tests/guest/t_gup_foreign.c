// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Access from outside (hazards 2b, 2d): process_vm_readv/writev, /proc/PID/mem,
 * ptrace; on processes that use the object, and on forked children that have not
 * touched it and so have no attachment yet.
 * groups: gup hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

/* A forked child that leaves the mapping alone. */
static pid_t idle_victim(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static pid_t victim(struct actor *a, int kind)
{
	return kind == 0 ? idle_victim() : mm_victim(a, true);
}

static uint64_t word_at(struct actor *a, const char *at)
{
	return mm_word(a->obj, at - a->map + a->geo->offset);
}

static bool words_right(struct actor *a, const char *at, const uint64_t *words, size_t len)
{
	size_t i;

	for (i = 0; i < len / 8; i++)
		if (words[i] != word_at(a, at + i * 8))
			return false;
	return true;
}

static int vm_readv(struct actor *a)
{
	char *first = mm_first(a->obj, a->map), *last = mm_last(a->obj, a->map);
	static uint64_t buf[64 * KiB / 8];
	int kind;

	for (kind = 0; kind < 2; kind++) {
		struct iovec mine = { buf, sizeof(buf) }, theirs = { first, sizeof(buf) };
		pid_t pid = victim(a, kind);

		want(process_vm_readv(pid, &mine, 1, &theirs, 1, 0) == (ssize_t)sizeof(buf));
		want(words_right(a, first, buf, sizeof(buf)));
		mine.iov_len = theirs.iov_len = PAGE;
		theirs.iov_base = last;
		want(process_vm_readv(pid, &mine, 1, &theirs, 1, 0) == PAGE);
		want(words_right(a, last, buf, PAGE));
		mm_victim_end(pid);
	}
	return 0;
}

static int vm_writev(struct actor *a)
{
	char *last = mm_last(a->obj, a->map);
	uint64_t word = word_at(a, last), other = ~word;
	int kind;

	for (kind = 0; kind < 2; kind++) {
		struct iovec mine = { a->writable ? &word : &other, 8 }, theirs = { last, 8 };
		pid_t pid = victim(a, kind);

		if (a->writable)
			want(process_vm_writev(pid, &mine, 1, &theirs, 1, 0) == 8);
		else
			want_errno(process_vm_writev(pid, &mine, 1, &theirs, 1, 0), EFAULT);
		mm_victim_end(pid);
	}
	want(mm_check(a->obj, a->map));
	return 0;
}

static int proc_mem(struct actor *a)
{
	char *first = mm_first(a->obj, a->map), *last = mm_last(a->obj, a->map), path[64];
	uint64_t word, other;
	int kind, fd;

	for (kind = 0; kind < 2; kind++) {
		pid_t pid = victim(a, kind);

		snprintf(path, sizeof(path), "/proc/%d/mem", pid);
		fd = open(path, O_RDWR);
		want(fd >= 0);
		want(pread(fd, &word, 8, (off_t)first) == 8 && word == word_at(a, first));
		other = a->writable ? word_at(a, last) : ~word_at(a, last);
		if (a->writable)
			want(pwrite(fd, &other, 8, (off_t)last) == 8);
		else
			want_errno(pwrite(fd, &other, 8, (off_t)last), EIO);
		want(pread(fd, &word, 8, (off_t)last) == 8 && word == word_at(a, last));
		close(fd);
		mm_victim_end(pid);
	}
	want(mm_check(a->obj, a->map));
	return 0;
}

static int traced(struct actor *a)
{
	char *first = mm_first(a->obj, a->map), *last = mm_last(a->obj, a->map);
	int kind, status;

	for (kind = 0; kind < 2; kind++) {
		pid_t pid = victim(a, kind);
		long word;

		want(ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0);
		want(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, first, NULL);
		want(!errno && (uint64_t)word == word_at(a, first));
		if (a->writable) {
			want(ptrace(PTRACE_POKEDATA, pid, last, word_at(a, last)) == 0);
			/* Across a page: two accesses. */
			want(ptrace(PTRACE_POKEDATA, pid, first + PAGE - 8,
				    word_at(a, first + PAGE - 8)) == 0);
		} else {
			want(ptrace(PTRACE_POKEDATA, pid, last, 0) == -1);
			want(errno == EIO || errno == EFAULT);
		}
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, last, NULL);
		want(!errno && (uint64_t)word == word_at(a, last));
		want(ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0);
		mm_victim_end(pid);
	}
	want(mm_check(a->obj, a->map));
	return 0;
}

/* What a debugger stores in a child that has no attachment is what the child sees. */
static int poke_before_touch(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	uint64_t mark = 0x6d61726b;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(*(volatile uint64_t *)first == mark ? 0 : 1);
	}
	want(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	want(ptrace(PTRACE_POKEDATA, pid, first, mark) == 0);
	want(*(volatile uint64_t *)first == mark);
	want(ptrace(PTRACE_CONT, pid, NULL, NULL) == 0);
	want(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	*(volatile uint64_t *)first = word_at(a, first);
	return 0;
}

/* Beyond the object there is nothing to read. */
static int beyond_the_end(struct actor *a)
{
	off_t end = (a->geo->size + PAGE - 1) & -PAGE;
	char *beyond = a->map + end - a->geo->offset;
	struct iovec mine = { (char[8]){ 0 }, 8 }, theirs = { beyond, 8 };
	int kind, mem = open("/proc/self/mem", O_RDWR);

	if (end >= a->geo->offset + (off_t)a->len)
		return 0;
	want_errno(pread(mem, &end, 8, (off_t)beyond), EIO);
	for (kind = 0; kind < 2; kind++) {
		pid_t pid = victim(a, kind);

		want_errno(process_vm_readv(pid, &mine, 1, &theirs, 1, 0), EFAULT);
		mm_victim_end(pid);
	}
	return 0;
}

static const struct mm_case cases[] = {
	{ "process_vm_readv", vm_readv, 0 },
	{ "process_vm_writev", vm_writev, 0 },
	{ "/proc/PID/mem", proc_mem, 0 },
	{ "ptrace", traced, 0 },
	{ "ptrace before the first touch", poke_before_touch, MM_IF_RW },
	{ "beyond the end", beyond_the_end, 0 },
};

int main(void)
{
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
