// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What unmaps and zaps (hazards 2a): the core kernel must find no link, and a
 * process that shares the object must not notice.
 * groups: mm hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* The contents of [@from, @from + @len) of the mapping. */
static bool part_ok(struct actor *a, size_t from, size_t len)
{
	return mm_check_range(a->obj, a->map, a->geo->offset + from, len);
}

static int unmap_whole(struct actor *a)
{
	want(munmap(a->map, a->len) == 0);
	want(mm_probe(a->map, false) == SIGSEGV);
	return 0;
}

static int unmap_head(struct actor *a)
{
	want(munmap(a->map, HUGE) == 0);
	want(mm_probe(a->map + HUGE - 1, false) == SIGSEGV);
	want(part_ok(a, HUGE, a->len - HUGE));
	return 0;
}

static int unmap_tail(struct actor *a)
{
	size_t from = (a->len - 1) & -HUGE;

	want(munmap(a->map + from, a->len - from) == 0);
	want(mm_probe(a->map + from, false) == SIGSEGV);
	want(part_ok(a, 0, from));
	return 0;
}

static int unmap_middle(struct actor *a)
{
	want(munmap(a->map + HUGE, HUGE) == 0);
	want(part_ok(a, 0, HUGE) && part_ok(a, 2 * HUGE, a->len - 2 * HUGE));
	want(munmap(a->map, HUGE) == 0);
	want(part_ok(a, 2 * HUGE, a->len - 2 * HUGE));
	return 0;
}

/* Every other 2 MiB, first to last, then the rest in one go. */
static int unmap_comb(struct actor *a)
{
	size_t from, end = a->len < 64 * MiB ? a->len : 64 * MiB;

	for (from = 0; from + HUGE < end; from += 2 * HUGE)
		want(munmap(a->map + from, HUGE) == 0);
	for (from = HUGE; from + HUGE < end; from += 2 * HUGE)
		want(part_ok(a, from, HUGE));
	want(munmap(a->map, a->len) == 0);
	return 0;
}

static int unmap_refused(struct actor *a)
{
	want_errno(munmap(a->map, PAGE), EINVAL);
	want_errno(munmap(a->map + PAGE, PAGE), EINVAL);
	want_errno(munmap(a->map + a->len - PAGE, PAGE), EINVAL);
	want(mm_check(a->obj, a->map));
	if (a->len > HUGE) {
		want_errno(munmap(a->map, HUGE - PAGE), EINVAL);
		want_errno(munmap(a->map + HUGE - PAGE, 2 * PAGE), EINVAL);
	}
	want(mm_check(a->obj, a->map));
	return 0;
}

static int fixed_over_whole(struct actor *a)
{
	size_t len = (a->len + PAGE - 1) & -PAGE;

	want(mmap(a->map, len, PROT_READ | PROT_WRITE, ANON | MAP_FIXED | MAP_NORESERVE, -1, 0) ==
	     a->map);
	want(*mm_first(a->obj, a->map) == 0);
	memset(mm_first(a->obj, a->map), 0x55, 64 * KiB);
	memset(mm_last(a->obj, a->map), 0x55, PAGE);
	return 0;
}

static int fixed_over_part(struct actor *a)
{
	char *hole = a->map + HUGE;

	want(mmap(hole, HUGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0) == hole);
	memset(hole, 0x66, HUGE);
	want(part_ok(a, 0, HUGE) && part_ok(a, 2 * HUGE, a->len - 2 * HUGE));
	want(munmap(hole, HUGE) == 0);
	want(part_ok(a, 0, HUGE) && part_ok(a, 2 * HUGE, a->len - 2 * HUGE));
	return 0;
}

static int fixed_refused(struct actor *a)
{
	want(mmap(a->map + PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == MAP_FAILED);
	want(errno == EINVAL || errno == ENOMEM);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int fixed_over_itself(struct actor *a)
{
	int fd = open(a->obj->path, O_RDONLY);

	want(fd >= 0);
	want(mmap(a->map, a->len, PROT_READ, MAP_SHARED | MAP_FIXED, fd, a->geo->offset) == a->map);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* The second map of the same object by the same process, unmapped first. */
static int second_map(struct actor *a)
{
	char *again = mm_map(a->obj, MM_RO), *third = mm_map(a->obj, a->mode);

	want(mm_check(a->obj, again));
	want(munmap(again, a->len) == 0);
	want(mm_check(a->obj, a->map) && mm_check(a->obj, third));
	return 0;
}

static int exit_mapped(struct actor *a)
{
	exit(0);
}

static int exec_mapped(struct actor *a)
{
	execl("/bin/busybox", "true", NULL);
	return mm_fail(a, __FILE__, __LINE__, "execl");
}

static int kill_mapped(struct actor *a)
{
	int forked;

	for (forked = 0; forked < 2; forked++) {
		pid_t pid = mm_victim(a, forked);

		want(pid > 0);
		want(WTERMSIG(mm_victim_end(pid)) == SIGKILL);
		want(mm_check(a->obj, a->map));
	}
	return 0;
}

static int dontneed(struct actor *a)
{
	static const int advice[] = { MADV_DONTNEED, MADV_DONTNEED_LOCKED };
	char *first = mm_first(a->obj, a->map), *last = mm_last(a->obj, a->map);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		want(madvise(a->map, a->len, advice[i]) == 0);
		want(mm_check(a->obj, a->map));
		want(madvise(first, PAGE, advice[i]) == 0);
		want(mm_check(a->obj, a->map));
		want(madvise(last, PAGE, advice[i]) == 0);
		want(madvise(first + PAGE, PAGE, advice[i]) == 0);
		want(mm_check(a->obj, a->map));
		if (a->writable)
			mm_rewrite(a->obj, a->map);
	}
	return 0;
}

/* Stays dead for unmap: zap, then unmap and exit with what the zap has left. */
static int dontneed_then_unmap(struct actor *a)
{
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	if (a->len >= 2 * HUGE) {
		want(munmap(a->map + HUGE, HUGE) == 0);
		want(part_ok(a, 0, HUGE));
		want(madvise(a->map, HUGE, MADV_DONTNEED) == 0);
		want(munmap(a->map, HUGE) == 0);
		return 0;
	}
	want(munmap(a->map, a->len) == 0);
	return 0;
}

static int dontneed_then_exit(struct actor *a)
{
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	return 0;
}

/* A victim that is held at its very end, with its memory still mapped, is reaped. */
static int mrelease(struct actor *a)
{
	pid_t pid = mm_victim(a, false);
	int pidfd = syscall(SYS_pidfd_open, pid, 0), status;

	want(pid > 0 && pidfd >= 0);
	want(ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT) == 0);
	want(kill(pid, SIGTERM) == 0);
	want(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	if (status >> 8 == SIGTERM) {
		want(ptrace(PTRACE_CONT, pid, NULL, SIGTERM) == 0);
		want(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	}
	want(status >> 16 == PTRACE_EVENT_EXIT);
	want(syscall(SYS_process_mrelease, pidfd, 0) == 0);
	want(mm_check(a->obj, a->map));
	want(ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0);
	want(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	close(pidfd);
	want(mm_check(a->obj, a->map));
	return 0;
}

static const struct mm_case cases[] = {
	{ "munmap of the whole", unmap_whole, 0 },
	{ "munmap of the first 2 MiB", unmap_head, MM_IF_PARTS },
	{ "munmap of the last 2 MiB", unmap_tail, MM_IF_PARTS },
	{ "munmap of 2 MiB in the middle", unmap_middle, MM_IF_PARTS },
	{ "munmap of every other 2 MiB", unmap_comb, MM_IF_PARTS },
	{ "munmap within 2 MiB is refused", unmap_refused, 0 },
	{ "MAP_FIXED over the whole", fixed_over_whole, 0 },
	{ "MAP_FIXED over 2 MiB", fixed_over_part, MM_IF_PARTS },
	{ "MAP_FIXED within 2 MiB is refused", fixed_refused, 0 },
	{ "MAP_FIXED of the object over itself", fixed_over_itself, 0 },
	{ "a second and a third mapping", second_map, 0 },
	{ "exit", exit_mapped, 0 },
	{ "exec", exec_mapped, 0 },
	{ "SIGKILL", kill_mapped, 0 },
	{ "MADV_DONTNEED, MADV_DONTNEED_LOCKED", dontneed, 0 },
	{ "MADV_DONTNEED, then munmap", dontneed_then_unmap, 0 },
	{ "MADV_DONTNEED, then exit", dontneed_then_exit, 0 },
	{ "process_mrelease", mrelease, 0 },
};

int main(void)
{
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
