// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Advice, locking and everything that would like to reclaim, merge or watch
 * pages (hazards 2c): it is refused, or it does nothing.  KSM and khugepaged run
 * meanwhile.
 * groups: mm hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

struct advice {
	int value;
	int err;
};

static int advise(struct actor *a, const struct advice *list, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		errno = 0;
		madvise(a->map, a->len, list[i].value);
		if (errno != list[i].err) {
			diag("advice %d", list[i].value);
			return mm_fail(a, __FILE__, __LINE__, "the advice has another effect");
		}
		want(mm_check(a->obj, a->map));
		if (a->writable)
			mm_rewrite(a->obj, a->map);
	}
	return 0;
}

static int harmless(struct actor *a)
{
	static const struct advice list[] = {
		{ MADV_RANDOM, 0 }, { MADV_SEQUENTIAL, 0 }, { MADV_NORMAL, 0 },
		{ MADV_WILLNEED, 0 }, { MADV_COLD, 0 }, { MADV_PAGEOUT, 0 },
		{ MADV_DONTDUMP, 0 }, { MADV_MERGEABLE, 0 }, { MADV_UNMERGEABLE, 0 },
		{ MADV_NOHUGEPAGE, 0 }, { MADV_HUGEPAGE, 0 },
	};
	long faults;

	/* Cold pages stay where they are. */
	faults = mm_faults();
	want(madvise(a->map, a->len, MADV_PAGEOUT) == 0 && madvise(a->map, a->len, MADV_COLD) == 0);
	want(mm_check(a->obj, a->map) && mm_faults() == faults);
	return advise(a, list, sizeof(list) / sizeof(list[0]));
}

static int refused(struct actor *a)
{
	static const struct advice list[] = {
		{ MADV_FREE, EINVAL }, { MADV_DODUMP, EINVAL }, { MADV_WIPEONFORK, EINVAL },
		{ MADV_COLLAPSE, EINVAL }, { 999, EINVAL },
	};

	if (advise(a, list, sizeof(list) / sizeof(list[0])))
		return 1;
	want(prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, a->map, a->len, "x") == -1);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int of_parts(struct actor *a)
{
	char *middle = a->map + HUGE;

	want_errno(madvise(a->map + PAGE, PAGE, MADV_RANDOM), EINVAL);
	want_errno(madvise(middle, HUGE + PAGE, MADV_RANDOM), EINVAL);
	want(mm_check(a->obj, a->map));
	want(madvise(middle, HUGE, MADV_NOHUGEPAGE) == 0);
	want(mm_check(a->obj, a->map));
	want(madvise(middle, HUGE, MADV_HUGEPAGE) == 0);
	want(mm_check(a->obj, a->map));
	want(madvise(middle, HUGE, MADV_COLD) == 0);
	want(madvise(middle + PAGE, PAGE, MADV_PAGEOUT) == 0);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int populate(struct actor *a)
{
	char *first;
	long faults;

	munmap(a->map, a->len);
	a->map = mm_map(a->obj, a->mode);
	first = mm_first(a->obj, a->map);
	want(madvise(first, 64 * KiB, MADV_POPULATE_READ) == 0);
	faults = mm_faults();
	(void)*(volatile char *)first;
	(void)*(volatile char *)(first + 64 * KiB - 1);
	want(mm_faults() == faults);
	if (a->writable)
		want(madvise(first, 64 * KiB, MADV_POPULATE_WRITE) == 0);
	else
		want_errno(madvise(first, 64 * KiB, MADV_POPULATE_WRITE), EINVAL);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int lock(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	char *again;

	want(mlock(first, 64 * KiB) == 0);
	want(mlock2(first, 64 * KiB, MLOCK_ONFAULT) == 0);
	want(mm_check(a->obj, a->map));
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(munlock(first, 64 * KiB) == 0);
	want(mlockall(MCL_FUTURE | MCL_CURRENT | MCL_ONFAULT) == 0);
	want(mm_check(a->obj, a->map));
	again = mm_map(a->obj, a->mode);
	want(mm_check(a->obj, again));
	want(munmap(again, a->len) == 0);
	want(munlockall() == 0);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int map_populated(struct actor *a)
{
	int fd = open(a->obj->path, a->writable ? O_RDWR : O_RDONLY);
	int prot = PROT_READ | (a->writable ? PROT_WRITE : 0);
	size_t len = a->len < 64 * KiB ? a->len : 64 * KiB;
	off_t off = (mm_first(a->obj, a->map) - a->map) + a->geo->offset;
	char *p;

	want(fd >= 0);
	p = mmap(NULL, len, prot, MAP_SHARED | MAP_POPULATE | MAP_LOCKED, fd, off);
	want(p != MAP_FAILED);
	want(mm_check_range(a->obj, p - (off - a->geo->offset), off, len));
	want(munmap(p, len) == 0);
	close(fd);
	return 0;
}

static int of_another(struct actor *a)
{
	static const int advice[] = { MADV_COLD, MADV_PAGEOUT, MADV_WILLNEED };
	struct iovec range = { a->map, a->len < GiB ? a->len : GiB };
	unsigned int i;
	int forked;

	for (forked = 0; forked < 2; forked++) {
		/* Where a fresh one maps it, its first mapping is a forked one at that place. */
		pid_t pid = mm_victim(a, forked);
		int pidfd = syscall(SYS_pidfd_open, pid, 0);

		want(pid > 0 && pidfd >= 0);
		for (i = 0; i < 3; i++)
			want(syscall(SYS_process_madvise, pidfd, &range, 1, advice[i], 0) ==
			     (long)range.iov_len);
		want_errno(syscall(SYS_process_madvise, pidfd, &range, 1, MADV_DONTNEED, 0),
			   EINVAL);
		mm_victim_end(pid);
		close(pidfd);
	}
	want(mm_check(a->obj, a->map));
	return 0;
}

static int thp_disabled(struct actor *a)
{
	char *again;

	want(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
	again = mm_map(a->obj, a->mode);
	want(mm_check(a->obj, again));
	if (a->writable)
		mm_rewrite(a->obj, again);
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(mm_check(a->obj, a->map));
	want(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) == 0);
	want(madvise(again, a->len, MADV_DONTNEED) == 0);
	want(mm_check(a->obj, again) && mm_check(a->obj, a->map));
	want(munmap(again, a->len) == 0);
	return 0;
}

static int userfaults(struct actor *a)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .range = { (uintptr_t)a->map & -PAGE, a->len & -PAGE } };
	static const int modes[] = { UFFDIO_REGISTER_MODE_MISSING, UFFDIO_REGISTER_MODE_WP,
				     UFFDIO_REGISTER_MODE_MINOR };
	int i;

	want(fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0);
	for (i = 0; i < 3; i++) {
		reg.mode = modes[i];
		want_errno(ioctl(fd, UFFDIO_REGISTER, &reg), EINVAL);
	}
	close(fd);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int sync_and_ask(struct actor *a)
{
	char *first = (char *)((uintptr_t)mm_first(a->obj, a->map));
	unsigned char in_core[16];

	want(msync(a->map, a->len, MS_ASYNC) == 0 && msync(a->map, a->len, MS_SYNC) == 0);
	want(msync(a->map, a->len, MS_SYNC | MS_INVALIDATE) == 0);
	want(mm_check(a->obj, a->map));
	want(mincore(first, 64 * KiB, in_core) == 0);
	want((in_core[0] & 1) && (in_core[15] & 1));
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(mincore(first, 64 * KiB, in_core) == 0);
	want(mm_check(a->obj, a->map));
	return 0;
}

static const struct mm_case cases[] = {
	{ "advice that does nothing", harmless, 0 },
	{ "advice that is refused", refused, 0 },
	{ "advice for parts", of_parts, MM_IF_PARTS },
	{ "MADV_POPULATE", populate, 0 },
	{ "mlock, mlockall", lock, 0 },
	{ "MAP_POPULATE, MAP_LOCKED", map_populated, 0 },
	{ "process_madvise", of_another, 0 },
	{ "PR_SET_THP_DISABLE", thp_disabled, 0 },
	{ "userfaultfd is refused", userfaults, 0 },
	{ "msync, mincore", sync_and_ask, 0 },
};

static void write_to(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		diag("cannot write to %s: %m", path);
}

static void scanners(bool on)
{
	write_to("/sys/kernel/mm/ksm/sleep_millisecs", on ? "5" : "20");
	write_to("/sys/kernel/mm/ksm/run", on ? "1" : "2");
	write_to("/sys/kernel/mm/transparent_hugepage/enabled", on ? "always" : "madvise");
	write_to("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs",
		 on ? "5" : "10000");
}

int main(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	mm_baseline();
	scanners(true);
	mm_run_cases(cases);
	scanners(false);
	write_to("/sys/kernel/mm/ksm/run", "0");
	mm_baseline_check();
	return done_testing();
}
