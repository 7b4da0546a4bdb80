// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * userfaultfd that write-protects asynchronously (Linux 6.7 and later) accepts any VMA
 * that may be written, and PAGEMAP_SCAN write-protects such ones: tables and markers of the
 * core kernel's must stay in the process's own, and what is lost is the process's own tracking.
 * groups: mm hazard
 * timeout: 150
 * may-skip: no asynchronous write protection
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

/* Newer than the headers of the system this is built on. */
#define WP_UNPOPULATED (1UL << 13)
#define WP_ASYNC (1UL << 15)

struct move {
	uint64_t dst, src, len, mode;
	int64_t moved;
};

struct poison {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};

#define IOCTL_MOVE _IOWR(UFFDIO, 0x05, struct move)
#define IOCTL_POISON _IOWR(UFFDIO, 0x08, struct poison)

struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, mask, anyof, return_mask;
};

#define IOCTL_SCAN _IOWR('f', 16, struct scan)
#define SCAN_WP (1UL << 0)
#define SCAN_CHECK (1UL << 1)
#define IS_WRITTEN (1UL << 1)

static int open_uffd(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0)
		return fd;
	close(fd);
	return -1;
}

static size_t span(const struct actor *a)
{
	return (a->len + PAGE - 1) & -PAGE;
}

static int watch(struct actor *a, int fd)
{
	struct uffdio_register reg = { .range = { (uintptr_t)a->map, span(a) },
				       .mode = UFFDIO_REGISTER_MODE_WP };

	return ioctl(fd, UFFDIO_REGISTER, &reg);
}

/* Write-protect [off, off + len) of the mapping, or no longer. */
static int protect(struct actor *a, int fd, size_t off, size_t len, bool on)
{
	struct uffdio_writeprotect wp = { .range = { (uintptr_t)a->map + off, len },
					  .mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0 };

	return ioctl(fd, UFFDIO_WRITEPROTECT, &wp);
}

/* Report the pages that were written and protect them again; without @vec only protect. */
static int scan(struct actor *a, size_t off, size_t len, void *vec, size_t nr)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), ret;
	struct scan arg = { sizeof(arg), SCAN_WP | SCAN_CHECK, (uintptr_t)a->map + off,
			    (uintptr_t)a->map + off + len, 0, (uintptr_t)vec, nr, 0,
			    0, IS_WRITTEN, 0, IS_WRITTEN };

	ret = ioctl(fd, IOCTL_SCAN, &arg);
	close(fd);
	return ret;
}

static bool use(struct actor *a)
{
	if (!mm_check(a->obj, a->map))
		return false;
	if (a->writable)
		mm_rewrite(a->obj, a->map);
	return true;
}

static int linked(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC | WP_UNPOPULATED);

	want(fd >= 0 && watch(a, fd) == 0);
	want(protect(a, fd, 0, span(a), true) == 0);
	want(use(a));
	want(protect(a, fd, 0, span(a), true) == 0);
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(use(a));
	want(protect(a, fd, 0, span(a), false) == 0);
	want(use(a));
	close(fd);
	want(use(a));
	return 0;
}

static int not_touched_yet(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC);

	want(munmap(a->map, a->len) == 0);
	a->map = mm_map(a->obj, a->mode);
	want(fd >= 0 && watch(a, fd) == 0);
	want(protect(a, fd, 0, span(a), true) == 0);
	want(use(a));
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(use(a));
	return 0;
}

/* Parts that begin and end anywhere: nothing of it may split a 2 MiB leaf of a view. */
static int in_parts(struct actor *a)
{
	size_t off = (mm_first(a->obj, a->map) - a->map) & -PAGE, len = 5 * PAGE;
	int fd = open_uffd(WP_ASYNC | WP_UNPOPULATED), i;

	want(fd >= 0 && watch(a, fd) == 0);
	for (i = 0; i < 3; i++) {
		want(protect(a, fd, off, len, true) == 0);
		want(use(a));
		want(scan(a, off + PAGE, len - 2 * PAGE, NULL, 0) >= 0);
		want(use(a));
		want(protect(a, fd, off + PAGE, len - PAGE, false) == 0);
	}
	want(use(a));
	return 0;
}

/* What it reports means nothing: all spans without a link share their markers. */
static int scanned(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC | WP_UNPOPULATED);
	uint64_t vec[3 * 64];

	want(fd >= 0 && watch(a, fd) == 0);
	want(scan(a, 0, span(a), NULL, 0) >= 0);
	want(use(a));
	want(scan(a, 0, span(a), vec, 64) >= 0);
	want(use(a));
	want(scan(a, 0, span(a), vec, 1) >= 0);
	want(use(a));
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(scan(a, 0, span(a), vec, 64) >= 0);
	want(use(a));
	return 0;
}

/* Move, cut and change what is protected, and leave it so. */
static int rearranged(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC | WP_UNPOPULATED);
	char *to;

	want(fd >= 0 && watch(a, fd) == 0);
	want(protect(a, fd, 0, span(a), true) == 0);
	want(mprotect(a->map, a->len, PROT_READ) == 0);
	want(mm_check(a->obj, a->map));
	want(protect(a, fd, 0, span(a), true) == 0);
	if (a->mode == MM_RW)
		want(mprotect(a->map, a->len, PROT_READ | PROT_WRITE) == 0);
	want(use(a));
	want(protect(a, fd, 0, span(a), true) == 0);
	to = mmap(NULL, a->len + 2 * GiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		  -1, 0);
	to = (char *)(((uintptr_t)to + GiB - 1) & -GiB) + (uintptr_t)a->map % GiB;
	to = mremap(a->map, span(a), span(a), MREMAP_MAYMOVE | MREMAP_FIXED, to);
	want(to != MAP_FAILED);
	a->map = to;
	want(use(a));
	want(watch(a, fd) == 0 && protect(a, fd, 0, span(a), true) == 0);
	if (a->len >= 6 * MiB) {
		want(munmap(a->map + 2 * HUGE, span(a) - 2 * HUGE) == 0);
		want(mm_check_range(a->obj, a->map, a->geo->offset, 2 * HUGE));
		want(protect(a, fd, 0, 2 * HUGE, true) == 0);
	}
	return 0;
}

/* fork waits until somebody has taken the event. */
static void *take_events(void *arg)
{
	int fd = *(int *)arg;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct uffd_msg msg = { .arg.fork.ufd = -1 };

	while (poll(&p, 1, 10000) == 1)
		if (read(fd, &msg, sizeof(msg)) == sizeof(msg) && msg.event == UFFD_EVENT_FORK)
			break;
	return (void *)(uintptr_t)msg.arg.fork.ufd;
}

/* A registration that the child inherits makes fork copy tables: not ours. */
static int forked(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC | WP_UNPOPULATED | UFFD_FEATURE_EVENT_FORK), status;
	pthread_t thread;
	void *child_fd;
	pid_t pid;

	want(fd >= 0 && watch(a, fd) == 0);
	want(pthread_create(&thread, NULL, take_events, &fd) == 0);
	pid = fork();
	if (pid == 0)
		_exit(!use(a) || !mm_check_file(a->obj) ||
		      (a->len >= GiB && munmap(a->map, HUGE)));
	pthread_join(thread, &child_fd);
	want(protect(a, (int)(uintptr_t)child_fd, 0, span(a), true) == 0 || errno == ESRCH ||
	     errno == ENOENT);
	want(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	want(use(a));
	return 0;
}

/* What would put pages into the mapping has nothing to say here. */
static int refused(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC);
	char *own = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	uintptr_t at = (uintptr_t)a->map;
	struct uffdio_copy copy = { .dst = at, .src = (uintptr_t)own, .len = PAGE };
	struct uffdio_zeropage zero = { .range = { at, PAGE } };
	struct uffdio_continue cont = { .range = { at, PAGE } };
	struct poison poison = { .range = { at, PAGE } };
	struct move to = { .dst = at, .src = (uintptr_t)own, .len = PAGE };
	struct move from = { .dst = (uintptr_t)own, .src = at, .len = PAGE };
	struct uffdio_register reg = { .range = { at, span(a) },
				       .mode = UFFDIO_REGISTER_MODE_MISSING };

	memset(own, 1, 2 * PAGE);
	want_errno(ioctl(fd, UFFDIO_REGISTER, &reg), EINVAL);
	reg.mode = UFFDIO_REGISTER_MODE_MINOR | UFFDIO_REGISTER_MODE_WP;
	want_errno(ioctl(fd, UFFDIO_REGISTER, &reg), EINVAL);
	want(watch(a, fd) == 0);
	want(ioctl(fd, UFFDIO_COPY, &copy) == -1 && use(a));
	want(ioctl(fd, UFFDIO_ZEROPAGE, &zero) == -1 && use(a));
	want(ioctl(fd, UFFDIO_CONTINUE, &cont) == -1 && use(a));
	want(ioctl(fd, IOCTL_POISON, &poison) == -1 && use(a));
	want(ioctl(fd, IOCTL_MOVE, &to) == -1 && use(a));
	want(ioctl(fd, IOCTL_MOVE, &from) == -1 && use(a));
	return 0;
}

/* Without the right to write there is nothing to register. */
static int not_ours(struct actor *a)
{
	int fd = open_uffd(WP_ASYNC);

	want(fd >= 0);
	want_errno(watch(a, fd), EPERM);
	want(use(a));
	return 0;
}

struct racer {
	struct actor *a;
	int fd;
	volatile int stop;
};

static void *protect_again_and_again(void *arg)
{
	struct racer *r = arg;
	unsigned int i;

	for (i = 0; !r->stop; i++) {
		protect(r->a, r->fd, 0, span(r->a), i % 3 != 2);
		if (i % 2)
			scan(r->a, 0, span(r->a), NULL, 0);
		if (i % 4 == 3)
			madvise(r->a->map, r->a->len, MADV_DONTNEED);
	}
	return NULL;
}

/* Touch, while another thread protects: every fault ends, and ends right. */
static int raced(struct actor *a)
{
	struct racer r = { a, open_uffd(WP_ASYNC | WP_UNPOPULATED), 0 };
	int64_t end = now_ms() + mm_race_ms(0.5);
	pthread_t thread;
	int rounds = 0;
	bool good = true;

	want(r.fd >= 0 && watch(a, r.fd) == 0);
	want(pthread_create(&thread, NULL, protect_again_and_again, &r) == 0);
	for (; good && now_ms() < end; rounds++)
		good = use(a);
	r.stop = 1;
	pthread_join(thread, NULL);
	want(good && rounds > 0);
	return 0;
}

static const struct mm_case cases[] = {
	{ "write protection over links", linked, MM_IF_SHARED },
	{ "write protection before the first touch", not_touched_yet, MM_IF_SHARED },
	{ "write protection of a few pages", in_parts, MM_IF_SHARED },
	{ "PAGEMAP_SCAN", scanned, MM_IF_SHARED },
	{ "moved, cut and changed under protection", rearranged, MM_IF_SHARED },
	{ "a registration that is inherited", forked, MM_IF_SHARED },
	{ "what else userfaultfd does", refused, MM_IF_SHARED },
	{ "touches against write protection", raced, MM_IF_SHARED },
	{ "a mapping without the right to write", not_ours, MM_IF_NEVER_RW },
};

int main(void)
{
	int fd = open_uffd(WP_ASYNC | WP_UNPOPULATED);

	if (fd < 0) {
		skip("userfaultfd", "no asynchronous write protection");
		return done_testing();
	}
	close(fd);
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
