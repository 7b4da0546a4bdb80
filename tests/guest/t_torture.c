// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many processes do everything at once to a few objects, for a while.
 *
 * A word of page N of object K is 0 or the one value that belongs there, at
 * any time, through any mapping and any read: whoever writes, writes that
 * value. So everybody can check without a word to the others, and a page that
 * turns up in the wrong place or object is found by whoever looks.
 * usage: t_torture [SECONDS [SEED [PROCESSES]]]
 *
 * timeout: 60
 * groups: mm race soak
 * pool: size=192M
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define OBJECTS	4
#define PAGES	(20L << 8)	/* 20 MiB */
#define PAGE	4096L
#define MAPS	6
#define GIB	(1L << 30)

struct mapping {
	unsigned char *at;
	long len;	/* bytes */
	long first;	/* page of the object */
	int object;
	bool writable;
};

/* Shared by all processes. */
struct board {
	volatile int stop;
	volatile int bad;
	volatile long operations;
	volatile long sigbus;
};

static struct board *board;
static struct mapping maps[MAPS];
static uint64_t state;
static sigjmp_buf jump;
static volatile sig_atomic_t may_jump;

static unsigned int draw(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

static uint64_t word(int object, long page)
{
	return 0x9e3779b97f4a7c15UL * (uint64_t)(object * PAGES * 4 + page + 1);
}

static const char *name(int object)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s", pool_path("object-"));
	path[strlen(path) + 1] = '\0';
	path[strlen(path)] = (char)('0' + object);
	return path;
}

static void on_sigbus(int sig)
{
	(void)sig;
	if (!may_jump)
		_exit(9);
	siglongjmp(jump, 1);
}

static void bad(const char *what, int object, long page, uint64_t got)
{
	board->bad = 1;
	diag("%s: page %ld of object %d holds %016llx", what, page, object,
	     (unsigned long long)got);
}

static void check(const char *what, int object, long page, uint64_t got)
{
	if (got && got != word(object, page))
		bad(what, object, page, got);
}

static struct mapping *some_map(void)
{
	struct mapping *m = &maps[draw() % MAPS];

	return m->at ? m : NULL;
}

static void drop(struct mapping *m)
{
	if (m->at)
		munmap(m->at, m->len);
	m->at = NULL;
}

static void op_map(void)
{
	struct mapping *m = &maps[draw() % MAPS];
	int fd;

	drop(m);
	m->object = draw() % OBJECTS;
	m->writable = draw() % 3;
	m->first = draw() % 2 ? draw() % PAGES : 0;
	m->len = draw() % 3 ? PAGE * (1 + draw() % PAGES) : GIB;
	fd = open(name(m->object), m->writable ? O_RDWR : O_RDONLY);
	if (fd < 0)
		return;
	m->at = mmap(NULL, m->len, PROT_READ | (m->writable ? PROT_WRITE : 0),
		     MAP_SHARED | (draw() % 8 ? 0 : MAP_POPULATE), fd, m->first * PAGE);
	if (m->at == MAP_FAILED)
		m->at = NULL;
	close(fd);
}

/* Touch some pages of a mapping; what lies beyond the end is a SIGBUS. */
static void op_touch(void)
{
	struct mapping *m = some_map();
	volatile uint64_t *at;
	long page, i, n = 1 + draw() % 64;

	if (!m)
		return;
	if (sigsetjmp(jump, 1)) {
		may_jump = 0;
		__atomic_add_fetch(&board->sigbus, 1, __ATOMIC_RELAXED);
		return;
	}
	may_jump = 1;
	for (i = 0; i < n; i++) {
		page = draw() % (m->len / PAGE < PAGES ? m->len / PAGE : PAGES);
		at = (volatile uint64_t *)(m->at + page * PAGE + (draw() % 512) * 8);
		check("mapping", m->object, m->first + page, *at);
		if (m->writable && draw() % 2)
			*at = word(m->object, m->first + page);
	}
	may_jump = 0;
}

static void op_protect(void)
{
	struct mapping *m = some_map();

	if (!m || !m->writable)
		return;
	mprotect(m->at, m->len, PROT_READ);
	check("read-only", m->object, m->first, 0);
	if (mprotect(m->at, m->len, PROT_READ | PROT_WRITE))
		m->writable = false;
}

static void op_advise(void)
{
	static const int advice[] = { MADV_DONTNEED, MADV_COLD, MADV_PAGEOUT, MADV_WILLNEED,
				      MADV_NOHUGEPAGE, MADV_HUGEPAGE, MADV_DONTFORK, MADV_DOFORK,
				      MADV_MERGEABLE, MADV_RANDOM, MADV_SEQUENTIAL };
	struct mapping *m = some_map();
	long off;

	if (!m)
		return;
	off = draw() % (m->len / PAGE) * PAGE;
	madvise(m->at + off, m->len - off, advice[draw() % (sizeof(advice) / sizeof(*advice))]);
}

/* To a place of its own that is as good, or just beside such a place and refused. */
static void op_move(void)
{
	struct mapping *m = some_map();
	unsigned char *room, *place;
	long span = 4L << 20;

	if (!m || m->len == GIB)
		return;
	room = mmap(NULL, m->len + span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return;
	place = room + (((uintptr_t)m->at - (uintptr_t)room) & ((2L << 20) - 1));
	if (draw() % 4 == 0)
		place += PAGE;
	place = mremap(m->at, m->len, m->len, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	if (place == MAP_FAILED) {
		munmap(room, m->len + span);
		return;
	}
	m->at = place;
	if (place > room)
		munmap(room, place - room);
	munmap(place + m->len, room + span - place);
}

/* At a boundary of 2 MiB of the object, or refused. */
static void op_unmap_part(void)
{
	struct mapping *m = some_map();
	long cut;

	if (!m)
		return;
	cut = draw() % (m->len / PAGE) * PAGE;
	if (draw() % 2)
		cut = ((cut + m->first * PAGE) & ~((2L << 20) - 1)) - m->first * PAGE;
	if (cut > 0 && cut < m->len && !munmap(m->at + cut, m->len - cut))
		m->len = cut;
}

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

static void one_operation(void)
{
	unsigned int n = draw() % 100;

	if (n < 50)
		op_touch();
	else if (n < 62)
		op_map();
	else if (n < 80)
		op_object();
	else if (n < 86)
		op_advise();
	else if (n < 89)
		op_protect();
	else if (n < 92)
		op_pin();
	else if (n < 94)
		op_unmap_part();
	else if (n < 96)
		op_move();
	else if (n < 98)
		op_proc();
	else
		op_fork();
}

static int worker(void *arg)
{
	state = *(uint64_t *)arg;
	signal(SIGBUS, on_sigbus);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!board->stop && !board->bad) {
		one_operation();
		__atomic_add_fetch(&board->operations, 1, __ATOMIC_RELAXED);
	}
	return board->bad;
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? atol(argv[1]) : 10;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)now_ms() ^ getpid();
	int processes = argc > 3 ? atoi(argv[3]) : 6, i;
	int64_t end = now_ms() + 1000 * seconds;
	pid_t pids[64];

	if (processes > 64)
		processes = 64;
	board = shared_page();
	diag("seed %llu", (unsigned long long)seed);
	for (i = 0; i < OBJECTS; i++)
		close(open(name(i), O_RDWR | O_CREAT, 0644));
	for (i = 0; i < processes; i++) {
		seed = seed * 6364136223846793005UL + i;
		pids[i] = start_child(worker, &seed);
	}
	while (now_ms() < end && !board->bad)
		usleep(50000);
	board->stop = 1;
	for (i = 0; i < processes; i++)
		is_int(wait_child(pids[i], 30), 0, "process %d found nothing amiss", i);
	diag("%ld operations, %ld SIGBUS", board->operations, board->sigbus);
	ok(board->operations > 100, "there was work");
	ok(!board->bad, "no word was out of place");
	return done_testing();
}
