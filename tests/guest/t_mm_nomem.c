// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of every call that makes, uses, changes or ends a mapping fails once, each
 * in a process of its own: an errno that says so, or the call gets by without; the contents
 * are right, and when the process has gone nothing is left of it.
 * groups: mm nomem
 * kernel: debug
 * timeout: 240
 * pool: size=64M
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/failnth.h"
#include "lib/mm.h"

#define LEN (10 * MiB)		/* of the object */
#define HOLE (6 * MiB)		/* where its data end, but for a page at its end */
#define RW (PROT_READ | PROT_WRITE)

static int fd;
static char *map;	/* of this process */

static char *map_object(size_t len, int flags)
{
	char *at = mmap(NULL, len, RW, MAP_SHARED | flags, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

static bool set_up(void)
{
	map = map_object(LEN, 0);
	return map;
}

static bool set_up_touched(void)
{
	return set_up() && map[0] == 1 && map[LEN - 1] == 2;
}

static bool set_up_gib(void)
{
	map = map_object(GiB, 0);
	return map;
}

static bool set_up_pages(void)
{
	return set_up() && madvise(map, LEN, MADV_NOHUGEPAGE) == 0;
}

/* 0, or -1 and errno. */
static int run_map(void)
{
	map = map_object(LEN, 0);
	return map ? 0 : -1;
}

static int run_map_populated(void)
{
	map = map_object(LEN, MAP_POPULATE);
	return map ? 0 : -1;
}

static int run_touch(void)
{
	return map[0] == 1 ? 0 : -1;
}

static int run_fill(void)
{
	map[HOLE] = 1;
	return 0;
}

static int run_populate(void)
{
	return madvise(map + HOLE, HUGE, MADV_POPULATE_WRITE);
}

static int run_by_hand(void)
{
	char buf[8];
	struct iovec to = { buf, 8 }, from = { map + HOLE, 8 };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 8 ? 0 : -1;
}

static int run_protect(void)
{
	return mprotect(map, LEN, PROT_READ);
}

static int run_protect_part(void)
{
	return mprotect(map + HUGE, HUGE, PROT_READ);
}

static int run_unmap_part(void)
{
	return munmap(map + 2 * HUGE, HUGE);
}

static int run_unmap(void)
{
	int ret = munmap(map, LEN);

	if (!ret)
		map = NULL;
	return ret;
}

static int run_move(void)
{
	char *to = mremap(map, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED,
			  (char *)(((uintptr_t)map & -GiB) + 8 * GiB));

	if (to == MAP_FAILED)
		return -1;
	map = to;
	return 0;
}

static int run_dontneed(void)
{
	if (madvise(map, LEN, MADV_DONTNEED))
		return -1;
	return run_touch();
}

static int run_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(map[0] != 1);
	return pid < 0 || waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

static int run_truncate(void)
{
	return ftruncate(fd, LEN + PAGE);
}

static int run_allocate(void)
{
	return fallocate(fd, 0, HOLE, HUGE);
}

static int run_punch(void)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HUGE + PAGE, PAGE);
}

struct operation {
	const char *name;
	bool (*set_up)(void);	/* may be NULL */
	int (*run)(void);
	int also;		/* an errno beside ENOMEM */
};

static const struct operation operations[] = {
	{ "mmap", NULL, run_map, 0 },
	{ "mmap, populated", NULL, run_map_populated, 0 },
	{ "first touch", set_up, run_touch, 0 },
	{ "first touch of a GiB", set_up_gib, run_touch, 0 },
	{ "first touch of a page", set_up_pages, run_touch, 0 },
	{ "fill a hole", set_up, run_fill, 0 },
	{ "fill a hole of pages", set_up_pages, run_fill, 0 },
	{ "MADV_POPULATE_WRITE", set_up, run_populate, EFAULT },
	{ "process_vm_readv", set_up, run_by_hand, EFAULT },
	{ "mprotect", set_up_touched, run_protect, 0 },
	{ "mprotect of a part", set_up_touched, run_protect_part, 0 },
	{ "munmap of a part", set_up_touched, run_unmap_part, 0 },
	{ "munmap", set_up_touched, run_unmap, 0 },
	{ "mremap", set_up_touched, run_move, 0 },
	{ "MADV_DONTNEED and touch", set_up_touched, run_dontneed, 0 },
	{ "fork", set_up_touched, run_fork, EAGAIN },
	{ "truncate what is mapped", set_up_touched, run_truncate, 0 },
	{ "allocate what is mapped", set_up_touched, run_allocate, 0 },
	{ "punch what is mapped", set_up_touched, run_punch, 0 },
};

/* How a process ended whose allocation was to fail. */
enum outcome {
	NOT_REACHED,	/* all have failed already */
	GOT_BY,		/* the call did without */
	REFUSED,
	WRONG_ERRNO,
	WRONG_CONTENTS,
	SET_UP_FAILED,
};

static enum outcome one(const struct operation *op, int n)
{
	int ret, error;
	bool failed;

	failnth_start();
	if (op->set_up && !op->set_up())
		return SET_UP_FAILED;
	failnth_arm(n);
	ret = op->run();
	error = errno;
	failed = failnth_failed();
	/* Whatever has become of it: the process goes on with what it has. */
	if (map && (map[0] != 1 || map[LEN - 1] != 2))
		return WRONG_CONTENTS;
	if (!ret)
		return failed ? GOT_BY : NOT_REACHED;
	if (error == ENOMEM || (op->also && error == op->also))
		return failed ? REFUSED : WRONG_ERRNO;
	return WRONG_ERRNO;
}

static enum outcome in_process(const struct operation *op, int n)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(one(op, n));
	need(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* The object as it was, and what it takes. */
static long restore(void)
{
	struct statfs fs;

	need(ftruncate(fd, LEN) == 0);
	need(pwrite(fd, "\3", 1, HUGE + PAGE) == 1);
	need(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HOLE, HUGE) == 0);
	need(fstatfs(fd, &fs) == 0);
	return fs.f_bfree;
}

static void try(const struct operation *op)
{
	long before = restore(), wrong = 0, left = 0, refused = 0;
	enum outcome out = GOT_BY;
	int n;

	for (n = 1; n < FAILNTH_MOST && out != NOT_REACHED; n++) {
		out = in_process(op, n);
		if (out > REFUSED) {
			diag("%s, allocation %d: outcome %d", op->name, n, out);
			wrong++;
		}
		refused += out == REFUSED;
		if (restore() != before || mm_fdinfo(fd, "morsel-attachments") ||
		    mm_fdinfo(fd, "morsel-links")) {
			diag("%s, allocation %d: something is left", op->name, n);
			left++;
		}
	}
	ok(out == NOT_REACHED, "%s: works in the end, after %ld refusals", op->name, refused);
	is_int(wrong, 0, "%s: says that there is no memory, and harms nothing", op->name);
	is_int(left, 0, "%s: leaves nothing behind", op->name);
	failnth_enough(op->name, n - 2);
}

int main(void)
{
	unsigned int i;

	fd = make_morsel("object", LEN);
	need(fallocate(fd, 0, 0, HOLE) == 0);
	need(pwrite(fd, "\1", 1, 0) == 1 && pwrite(fd, "\2", 1, LEN - 1) == 1);
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		try(&operations[i]);
	return done_testing();
}
