// SPDX-License-Identifier: GPL-2.0-or-later
/* Torture: disks and rings that hold pages of mappings; userfaultfd. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "torture.h"

#define DISK "/dev/ram0"
#define DISK_PAGES 256	/* of each object: a place on the disk holds one page's word, or zeros */
#define UFFD_WP_ASYNC (1UL << 15)

/* Earlier tests in this guest have left their own words on the disk. */
void torture_io_start(void)
{
	static char zeros[DISK_PAGES * PAGE];
	int disk = open(DISK, O_WRONLY | O_CLOEXEC), i;

	need(disk >= 0);
	for (i = 0; i < OBJECTS; i++)
		need(write(disk, zeros, sizeof(zeros)) == sizeof(zeros));
	need(fsync(disk) == 0);
	close(disk);
}

/* A page of a mapping that has a place on the disk. */
static bool choose(void **at, off_t *place)
{
	struct mapping *m = some_map();
	long page;

	if (!m)
		return false;
	page = some_page(m) % DISK_PAGES;
	if (m->first + page >= DISK_PAGES || page >= m->len / PAGE)
		return false;
	*at = m->at + page * PAGE;
	*place = (m->object * DISK_PAGES + m->first + page) * PAGE;
	return true;
}

static void op_direct(void)
{
	int fd = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC), i;
	off_t place;
	void *at;

	for (i = 0; fd >= 0 && i < 4; i++) {
		if (!choose(&at, &place))
			continue;
		if (draw() % 2)
			(void)!pwrite(fd, at, PAGE, place);
		else
			(void)!pread(fd, at, PAGE, place);
	}
	close(fd);
}

struct ring {
	int fd;
	char *rings;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
	size_t len;
};

static bool ring_open(struct ring *r, unsigned int entries)
{
	memset(&r->params, 0, sizeof(r->params));
	r->fd = syscall(SYS_io_uring_setup, entries, &r->params);
	if (r->fd < 0)
		return false;
	r->len = r->params.sq_off.array + r->params.sq_entries * sizeof(unsigned int);
	r->rings = mmap(NULL, r->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
			IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
		       IORING_OFF_SQES);
	return r->rings != MAP_FAILED && r->sqes != MAP_FAILED;
}

static void ring_close(struct ring *r)
{
	if (r->fd < 0)
		return;
	if (r->rings != MAP_FAILED)
		munmap(r->rings, r->len);
	if (r->sqes != MAP_FAILED)
		munmap(r->sqes, PAGE);
	close(r->fd);
}

static void ring_put(struct ring *r, unsigned int slot, int fd, void *at, off_t place)
{
	unsigned int *array = (unsigned int *)(r->rings + r->params.sq_off.array);
	struct io_uring_sqe *sqe = &r->sqes[slot];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = draw() % 2 ? IORING_OP_READ : IORING_OP_WRITE;
	sqe->flags = draw() % 2 ? IOSQE_ASYNC : 0;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)at;
	sqe->len = PAGE;
	sqe->off = place;
	array[slot] = slot;
}

/* Several at once; sometimes nobody waits for them. */
static void op_ring(void)
{
	int fd = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	struct ring r = { .rings = MAP_FAILED, .sqes = MAP_FAILED };
	unsigned int n = 0, *tail;
	off_t place;
	void *at;
	int i;

	if (fd >= 0 && ring_open(&r, 8)) {
		for (i = 0; i < 8; i++)
			if (choose(&at, &place))
				ring_put(&r, n++, fd, at, place);
		tail = (unsigned int *)(r.rings + r.params.sq_off.tail);
		__atomic_store_n(tail, n, __ATOMIC_RELEASE);
		syscall(SYS_io_uring_enter, r.fd, n, draw() % 4 ? n : 0, IORING_ENTER_GETEVENTS,
			NULL, 0);
	}
	ring_close(&r);
	close(fd);
}

/* Accepted by kernels that write-protect asynchronously, refused by others. */
static void op_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = draw() % 4 ? UFFD_WP_ASYNC : 0 };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect wp = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), i;
	struct mapping *m = some_map();

	if (fd >= 0 && m && ioctl(fd, UFFDIO_API, &api) == 0) {
		reg.range = (struct uffdio_range){ (uintptr_t)m->at, m->len };
		wp.range = reg.range;
		for (i = 0; ioctl(fd, UFFDIO_REGISTER, &reg) == 0 && i < 3; i++) {
			ioctl(fd, UFFDIO_WRITEPROTECT, &wp);
			op_touch();
			wp.mode ^= UFFDIO_WRITEPROTECT_MODE_WP;
		}
	}
	close(fd);
}

const struct torture_op torture_io_ops[] = {
	{ "direct", 3, op_direct },
	{ "io_uring", 2, op_ring },
	{ "userfaultfd", 1, op_uffd },
	{ NULL, 0, NULL },
};
