// SPDX-License-Identifier: GPL-2.0-or-later
/* Torture: files, and who looks at processes. */
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "torture.h"

static void op_size(int fd)
{
	long off = draw() % PAGES * PAGE, len = (1 + draw() % 1024) * PAGE;

	switch (draw() % 6) {
	case 0:
		ftruncate(fd, off);
		break;
	case 1:
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, len);
		break;
	case 2:
		fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, off, len);
		break;
	default:
		if (off + len > PAGES * PAGE)
			len = PAGES * PAGE - off;
		fallocate(fd, draw() & FALLOC_FL_KEEP_SIZE, off, len);
	}
}

static void op_file(int object, int fd)
{
	uint64_t page[PAGE / 8];
	long i, n = draw() % PAGES;

	if (draw() % 2) {
		for (i = 0; i < PAGE / 8; i++)
			page[i] = word(object, n);
		pwrite(fd, page, PAGE, n * PAGE);
		return;
	}
	if (pread(fd, page, PAGE, n * PAGE) != PAGE)
		return;
	for (i = 0; i < PAGE / 8; i++)
		check("read", object, n, page[i]);
}

static void op_object(void)
{
	int object = draw() % OBJECTS, fd = open(name(object), O_RDWR | O_CREAT, 0644);
	char other[64];

	if (fd < 0)
		return;
	if (draw() % 4)
		op_file(object, fd);
	else
		op_size(fd);
	switch (draw() % 64) {
	case 0:
		unlink(name(object));
		break;
	case 1:
		snprintf(other, sizeof(other), "%s.away", name(object));
		rename(name(object), other);
		unlink(other);
		break;
	case 2:
		fchmod(fd, 0600);
		break;
	}
	close(fd);
}

static void op_proc(void)
{
	static const char *const files[] = { "smaps", "maps", "numa_maps", "pagemap", "status" };
	static const char *const clear[] = { "1", "3", "4" };
	char path[64], buf[4096];
	int fd, i;

	snprintf(path, sizeof(path), "/proc/self/%s", files[draw() % 5]);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	if (strstr(path, "pagemap") && some_map())
		lseek(fd, (off_t)((uintptr_t)maps[0].at / PAGE * 8), SEEK_SET);
	for (i = 0; i < 16 && read(fd, buf, sizeof(buf)) > 0; i++)
		;
	close(fd);
	if (draw() % 8)
		return;
	fd = open("/proc/self/clear_refs", O_WRONLY);
	if (fd >= 0) {
		write(fd, clear[draw() % 3], 1);
		close(fd);
	}
}

/* Pages of a mapping by the kernel's own hand, in and out. */
static void op_pin(void)
{
	struct mapping *m = some_map();
	uint64_t got[8];
	struct iovec iov = { got, sizeof(got) }, from;
	int pipes[2];

	if (!m)
		return;
	from = (struct iovec){ m->at, sizeof(got) };
	if (process_vm_readv(getpid(), &iov, 1, &from, 1, 0) == sizeof(got))
		check("process_vm_readv", m->object, m->first, got[0]);
	if (pipe2(pipes, O_NONBLOCK))
		return;
	if (vmsplice(pipes[1], &from, 1, 0) > 0 && read(pipes[0], got, sizeof(got)) > 0)
		check("vmsplice", m->object, m->first, got[0]);
	close(pipes[0]);
	close(pipes[1]);
}

static void op_fork(void)
{
	pid_t pid = fork();
	int i, pidfd;

	if (!pid) {
		for (i = draw() % 20; i > 0; i--)
			op_touch();
		if (draw() % 4 == 0)
			execl("/bin/busybox", "busybox", "true", NULL);
		_exit(0);
	}
	if (pid < 0)
		return;
	if (draw() % 2) {
		pidfd = syscall(SYS_pidfd_open, pid, 0);
		kill(pid, SIGKILL);
		syscall(SYS_process_mrelease, pidfd, 0);
		close(pidfd);
	}
	waitpid(pid, NULL, 0);
}

const struct torture_op torture_file_ops[] = {
	{ "object", 18, op_object },
	{ "proc", 2, op_proc },
	{ "pin", 3, op_pin },
	{ "fork", 2, op_fork },
	{ NULL, 0, NULL },
};
