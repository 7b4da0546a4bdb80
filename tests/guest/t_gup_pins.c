// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Long-term pins are refused, by whoever asks for them: they would outlive the
 * right to the memory (hazards 2d).  What io_uring does without them works.
 * groups: gup hazard
 * timeout: 60
 * modules: brd
 * may-skip: no io_uring|no XDP sockets
 * leak-check: no, a RAM disk keeps what was written to it
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_xdp.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#ifndef AF_XDP
#define AF_XDP 44
#endif
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#define LEN (16 * KiB)

struct ring {
	int fd;
	struct io_uring_params p;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
};

static bool have_uring, have_xdp;

static bool ring_open(struct ring *r)
{
	memset(&r->p, 0, sizeof(r->p));
	r->fd = syscall(SYS_io_uring_setup, 4, &r->p);
	if (r->fd < 0)
		return false;
	r->sq = mmap(NULL, r->p.sq_off.array + r->p.sq_entries * 4, PROT_READ | PROT_WRITE,
		     MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe),
		     PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, r->p.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		       r->fd, IORING_OFF_SQES);
	return r->sq != MAP_FAILED && r->cq != MAP_FAILED && r->sqes != MAP_FAILED;
}

/* One request and its result. */
static int ring_do(struct ring *r, int op, int fd, void *buf, unsigned int len, off_t off)
{
	unsigned int *tail = (unsigned int *)(r->sq + r->p.sq_off.tail);
	unsigned int *array = (unsigned int *)(r->sq + r->p.sq_off.array);
	unsigned int *head = (unsigned int *)(r->cq + r->p.cq_off.head);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(r->cq + r->p.cq_off.cqes);
	int res;

	memset(&r->sqes[0], 0, sizeof(r->sqes[0]));
	r->sqes[0].opcode = op;
	r->sqes[0].fd = fd;
	r->sqes[0].addr = (uintptr_t)buf;
	r->sqes[0].len = len;
	r->sqes[0].off = off;
	/* Another task does it: it faults in this address space. */
	r->sqes[0].flags = IOSQE_ASYNC;
	array[*tail % r->p.sq_entries] = 0;
	atomic_thread_fence(memory_order_release);
	++*tail;
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -errno;
	res = cqes[*head % r->p.cq_entries].res;
	++*head;
	return res;
}

static int fixed_buffers(struct actor *a)
{
	struct iovec part = { mm_first(a->obj, a->map), LEN };
	struct ring r;
	int round;

	if (!have_uring)
		return 0;
	want(ring_open(&r));
	for (round = 0; round < 2; round++) {
		want(syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_BUFFERS, &part, 1) == -1);
		want(errno == EOPNOTSUPP || (!a->writable && errno == EFAULT));
		want(mm_check(a->obj, a->map));
		want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	}
	close(r.fd);
	return 0;
}

static int packet_memory(struct actor *a)
{
	struct xdp_umem_reg reg = { .addr = (uintptr_t)mm_first(a->obj, a->map), .len = LEN,
				    .chunk_size = 4096 };
	int fd;

	if (!have_xdp)
		return 0;
	fd = socket(AF_XDP, SOCK_RAW, 0);
	want(fd >= 0);
	want(setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)) == -1);
	want(errno == EOPNOTSUPP || (!a->writable && errno == EFAULT));
	close(fd);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* Requests that io_uring's workers carry out, with O_DIRECT and without. */
static int ordinary_requests(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	int disk, i, res;
	struct ring r;

	if (!have_uring)
		return 0;
	want(ring_open(&r));
	for (i = 0; i < 2; i++) {
		disk = open("/dev/ram0", O_RDWR | (i ? O_DIRECT : 0));
		want(disk >= 0);
		want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
		want(ring_do(&r, IORING_OP_WRITE, disk, first, LEN, 0) == (int)LEN);
		want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
		res = ring_do(&r, IORING_OP_READ, disk, first, LEN, 0);
		want(res == (a->writable ? (int)LEN : -EFAULT));
		want(mm_check(a->obj, a->map));
		close(disk);
	}
	close(r.fd);
	return 0;
}

static int in_child_first(struct actor *a)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fixed_buffers(a) ?: ordinary_requests(a));
	want(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	return 0;
}

static const struct mm_case cases[] = {
	{ "fixed buffers of io_uring are refused", fixed_buffers, 0 },
	{ "packet memory of an XDP socket is refused", packet_memory, 0 },
	{ "ordinary requests of io_uring", ordinary_requests, 0 },
	{ "by a child before its first touch", in_child_first, 0 },
};

static void probe(void)
{
	struct ring r;
	int fd = socket(AF_XDP, SOCK_RAW, 0);

	have_uring = ring_open(&r);
	have_xdp = fd >= 0;
	if (!have_uring)
		skip("io_uring", "no io_uring");
	else
		close(r.fd);
	if (!have_xdp)
		skip("XDP", "no XDP sockets");
	else
		close(fd);
}

int main(void)
{
	probe();
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
