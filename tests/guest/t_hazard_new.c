// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What has come to Linux between 6.1 and 6.12 and reaches mappings: seals of mappings, cachestat,
 * queries of maps, merging for a whole process, futexes of the second kind, droppable
 * mappings, rings and buffers of io_uring in memory of the caller's, DAMON, advice that
 * splits large folios, shadow stacks.  On older kernels most of it is ENOSYS or EINVAL.
 * userfaultfd and PAGEMAP_SCAN: t_hazard_uffd.c.
 * groups: mm hazard
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/mm.h"

/* Newer than the headers of the system this is built on. */
#define NR_HOME_NODE 450
#define NR_CACHESTAT 451
#define NR_FUTEX_WAKE 454
#define NR_FUTEX_WAIT 455
#define NR_MSEAL 462
#define SET_MEMORY_MERGE 67
#define DROPPABLE 0x08
#define NO_MMAP (1U << 14)
#define REGISTER_PBUF_RING 22

#define DAMON "/sys/kernel/mm/damon/admin/kdamonds"

static bool use(struct actor *a)
{
	if (!mm_check(a->obj, a->map))
		return false;
	if (a->writable)
		mm_rewrite(a->obj, a->map);
	return true;
}

static int sealed(struct actor *a)
{
	size_t len = (a->len + PAGE - 1) & -PAGE;

	if (syscall(NR_MSEAL, a->map, len, 0)) {
		want(errno == ENOSYS);
		return 0;
	}
	want_errno(munmap(a->map, len), EPERM);
	want_errno(mprotect(a->map, len, PROT_NONE), EPERM);
	want_errno(mremap(a->map, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, a->map + 4 * GiB),
		   EPERM);
	want(use(a));
	want(madvise(a->map, a->len, MADV_COLD) == 0);
	want(use(a));
	return 0;
}

static int asked(struct actor *a)
{
	struct { uint64_t off, len; } range = { 0, a->obj->geo->size };
	uint64_t stat[5] = { 0 };
	int fd = open(a->obj->path, O_RDONLY);

	want(fd >= 0);
	if (syscall(NR_CACHESTAT, fd, &range, stat, 0))
		want(errno == ENOSYS);
	want(stat[0] == 0 && stat[1] == 0);
	syscall(NR_HOME_NODE, a->map, a->len & -PAGE, 0, 0);
	close(fd);
	want(use(a));
	return 0;
}

struct query {
	uint64_t size, flags, addr, start, end, vma_flags, page_size, offset, inode;
	uint32_t major, minor, name_size, build_id_size;
	uint64_t name_addr, build_id_addr;
};

static int map_query(struct actor *a)
{
	struct query q = { .size = sizeof(q), .addr = (uintptr_t)mm_first(a->obj, a->map) };
	int fd = open("/proc/self/maps", O_RDONLY);

	want(fd >= 0);
	if (ioctl(fd, _IOWR('f', 17, struct query), &q)) {
		want(errno == ENOTTY);
	} else {
		want(q.start == (uintptr_t)a->map && q.page_size == PAGE);
		want(q.end == (((uintptr_t)a->map + a->len + PAGE - 1) & -PAGE));
	}
	close(fd);
	return 0;
}

static int merged(struct actor *a)
{
	int i;

	if (prctl(SET_MEMORY_MERGE, 1, 0, 0, 0)) {
		want(errno == EINVAL);
		return 0;
	}
	write_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	write_text("/sys/kernel/mm/ksm/run", "1");
	for (i = 0; i < 10; i++) {
		want(use(a));
		usleep(2000);
	}
	write_text("/sys/kernel/mm/ksm/run", "2");
	want(use(a));
	return 0;
}

static int futexes(struct actor *a)
{
	uint32_t *word = (uint32_t *)mm_first(a->obj, a->map);

	if (syscall(NR_FUTEX_WAKE, word, ~0U, 1, 2))
		want(errno == ENOSYS);
	want(syscall(NR_FUTEX_WAIT, word, *word + 1U, ~0U, 2, NULL, 0) == -1);
	want(errno == ENOSYS || errno == EAGAIN);
	want(use(a));
	return 0;
}

static int droppable(struct actor *a)
{
	int fd = open(a->obj->path, O_RDWR);

	want(fd >= 0);
	want(mmap(NULL, HUGE, PROT_READ | PROT_WRITE, DROPPABLE, fd, 0) == MAP_FAILED);
	want(mmap(NULL, HUGE, PROT_READ, DROPPABLE, fd, 0) == MAP_FAILED);
	close(fd);
	want(use(a));
	return 0;
}

/* A ring in a mapping would pin frames for as long as it lives. */
static int rings(struct actor *a)
{
	struct io_uring_params p = { .flags = NO_MMAP };
	struct {
		uint64_t addr;
		uint32_t entries;
		uint16_t bgid, flags;
		uint64_t resv[3];
	} buffers = {
		(uintptr_t)mm_first(a->obj, a->map) & -PAGE, 16, 1, 0, { 0 },
	};
	int fd;

	/* cq_off.user_addr and sq_off.user_addr, which older headers call reserved. */
	((uint64_t *)&p.sq_off)[4] = ((uintptr_t)mm_first(a->obj, a->map) & -PAGE) + PAGE;
	((uint64_t *)&p.cq_off)[4] = (uintptr_t)mm_first(a->obj, a->map) & -PAGE;
	want(syscall(SYS_io_uring_setup, 4, &p) == -1);
	want(use(a));
	memset(&p, 0, sizeof(p));
	fd = syscall(SYS_io_uring_setup, 4, &p);
	want(fd >= 0);
	want(syscall(SYS_io_uring_register, fd, REGISTER_PBUF_RING, &buffers, 1) == -1);
	close(fd);
	want(use(a));
	return 0;
}

/*
 * Advice for a part of a large folio splits it if its references look like those of the page
 * cache: the pool's own, one of each page's, the caller's.  Pins can make up for the others.
 */
static int split_by_advice(struct actor *a)
{
	char *from = (char *)((uintptr_t)mm_first(a->obj, a->map) & -PAGE);
	struct iovec iov = { from, 1 };
	int pipes[2], pins;

	want(pipe2(pipes, O_NONBLOCK) == 0);
	want(fcntl(pipes[1], F_SETPIPE_SZ, 1024 * PAGE) > 0);
	for (pins = 1; pins <= 515; pins++) {
		want(vmsplice(pipes[1], &iov, 1, 0) == 1);
		if (pins < 508 && pins % 100)
			continue;
		want(madvise(from, 3 * PAGE, MADV_COLD) == 0);
		want(madvise(from, 3 * PAGE, MADV_PAGEOUT) == 0);
		want(madvise(from + PAGE, PAGE, MADV_COLD) == 0);
		want(use(a));
	}
	close(pipes[0]);
	close(pipes[1]);
	want(use(a));
	return 0;
}

/* A leaf that is dirty and not writable is a shadow stack's, to be written by who has one. */
static int no_shadow_stack(struct actor *a)
{
	want(mm_check(a->obj, a->map));
	want(smaps_kb(a->map, "Shared_Dirty") == 0 && smaps_kb(a->map, "Private_Dirty") == 0);
	return 0;
}

/* DAMON looks at accessed bits of any process, and takes them away. */
static int monitored(struct actor *a)
{
	char pid[16];
	int i;

	if (write_text(DAMON "/nr_kdamonds", "1"))
		return 0;
	snprintf(pid, sizeof(pid), "%d", getpid());
	want(write_text(DAMON "/0/contexts/nr_contexts", "1") == 0);
	want(write_text(DAMON "/0/contexts/0/operations", "vaddr") == 0);
	want(write_text(DAMON "/0/contexts/0/targets/nr_targets", "1") == 0);
	want(write_text(DAMON "/0/contexts/0/targets/0/pid_target", pid) == 0);
	write_text(DAMON "/0/contexts/0/monitoring_attrs/intervals/sample_us", "500");
	write_text(DAMON "/0/contexts/0/monitoring_attrs/intervals/aggr_us", "5000");
	want(write_text(DAMON "/0/state", "on") == 0);
	for (i = 0; i < 15; i++) {
		want(use(a));
		usleep(2000);
	}
	write_text(DAMON "/0/state", "off");
	write_text(DAMON "/nr_kdamonds", "0");
	want(use(a));
	return 0;
}

static const struct mm_case cases[] = {
	{ "a sealed mapping", sealed, 0 },
	{ "cachestat, home node", asked, 0 },
	{ "a query of maps", map_query, 0 },
	{ "merging for the whole process", merged, 0 },
	{ "futexes of the second kind", futexes, 0 },
	{ "droppable", droppable, MM_IF_RW },
	{ "rings and their buffers", rings, MM_IF_RW },
	{ "advice that splits", split_by_advice, 0 },
	{ "no shadow stack", no_shadow_stack, MM_IF_RO },
	{ "watched by DAMON", monitored, MM_IF_SHARED },
};

int main(void)
{
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
