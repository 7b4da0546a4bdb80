// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A pool that is full: who is told, and that a refusal leaves no trace.
 * groups: fs
 * timeout: 60
 * pool: size=64M,huge=never
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define KIB	1024L
#define MIB	(1024 * KIB)
#define POOL	(64 * MIB)

static long free_bytes(void)
{
	struct statfs fs;

	need(statfs(pool_path("."), &fs) == 0);
	return fs.f_bfree * fs.f_bsize;
}

static struct stat st_of(int fd)
{
	struct stat st;

	need(fstat(fd, &st) == 0);
	return st;
}

static long bytes_of(int fd)
{
	return st_of(fd).st_blocks * 512;
}

static void drop(int fd, const char *name)
{
	close(fd);
	need(unlink(pool_path(name)) == 0);
	is_int(free_bytes(), POOL, "all memory is back");
}

static void leaves_of(const char *huge)
{
	char options[32];

	snprintf(options, sizeof(options), "huge=%s", huge);
	need(mount("none", getenv("MORSEL_DIR"), "morsel", MS_REMOUNT, options) == 0);
}

/* @frame: what the pool takes at a time where a whole chunk is filled */
static void write_into_full(long frame)
{
	char *buf = malloc(POOL);
	int fd = make_morsel("w", 0);

	memset(buf, 'w', POOL);
	need(write(fd, buf, MIB + 1) == MIB + 1);
	is_int(write(fd, buf, POOL), POOL - MIB - 1, "a write is cut off where the pool ends");
	is_int(free_bytes(), 0, "nothing is free");
	is_int(st_of(fd).st_size, POOL, "the size is what was written");
	is_errno(write(fd, buf, 1), ENOSPC, "a write without room");
	is_int(st_of(fd).st_size, POOL, "the size stays");
	is_int(pwrite(fd, "x", 1, 5), 1, "a write over what is there");
	ok(ftruncate(fd, POOL + MIB) == 0, "a hole needs no room");
	is_errno(pwrite(fd, "x", 1, POOL), ENOSPC, "a write into it does");
	is_errno(fallocate(fd, 0, POOL, 4096), ENOSPC, "allocating it does");
	need(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2 * MIB, frame) == 0);
	is_int(pwrite(fd, "x", 1, POOL), 1, "punching makes room");
	free(buf);
	drop(fd, "w");
}

static int store(void *arg)
{
	*(volatile char *)arg = 1;
	return 0;
}

static int load(void *arg)
{
	return *(volatile char *)arg;
}

static void store_into_full(long frame)
{
	int full = make_morsel("full", 0), fd = make_morsel("hole", 4 * MIB);
	char *p = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED && fallocate(full, 0, 0, POOL) == 0);
	is_int(in_child(store, p, 5), 128 + SIGBUS, "a store into a hole");
	is_int(bytes_of(fd), 0, "which stays one");
	is_int(in_child(load, p, 5), 128 + SIGBUS, "a load from it");
	need(ftruncate(full, POOL - frame) == 0);
	is_int(in_child(store, p, 5), 0, "a store when there is room");
	is_int(p[0], 1, "is seen by others");
	munmap(p, 4 * MIB);
	close(full);
	need(unlink(pool_path("full")) == 0);
	drop(fd, "hole");
}

/* What there is room for is filled, the rest stays a hole: as by the stores that it stands for. */
static void populate_too_much(void)
{
	int fd = make_morsel("p", POOL + 8 * MIB);
	char *p = mmap(NULL, POOL + 8 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED);
	is_errno(madvise(p, POOL + 8 * MIB, MADV_POPULATE_WRITE), EFAULT, "populate more than there is");
	is_int(free_bytes(), 0, "what there is has been used");
	is_int(bytes_of(fd), POOL, "by this object");
	is_int(in_child(store, p, 5), 0, "where it is, a store succeeds");
	is_int(in_child(store, p + POOL, 5), 128 + SIGBUS, "elsewhere not");
	munmap(p, POOL + 8 * MIB);
	need(ftruncate(fd, 0) == 0 && ftruncate(fd, POOL + 8 * MIB) == 0);
	p = mmap(NULL, POOL + 8 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	ok(p != MAP_FAILED, "MAP_POPULATE of more than there is maps");
	is_int(in_child(store, p + POOL, 5), 128 + SIGBUS, "and a store into what is not filled tells");
	munmap(p, POOL + 8 * MIB);
	drop(fd, "p");
}

static void allocate_too_much(void)
{
	int fd = make_morsel("a", 3 * MIB);

	need(pwrite(fd, "data", 4, 2 * MIB) == 4);
	is_errno(fallocate(fd, 0, 0, POOL + 2 * MIB), ENOSPC, "allocate more than there is");
	is_errno(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 1L << 45), ENOSPC, "zero far more");
	is_int(free_bytes(), POOL - 4096, "no memory is taken");
	is_int(st_of(fd).st_size, 3 * MIB, "the size stays");
	ok(fallocate(fd, 0, 0, POOL) == 0, "allocate exactly what there is");
	is_int(free_bytes(), 0, "nothing is free");
	drop(fd, "a");
}

struct rival {
	struct barrier *barrier;
	int fd;
};

static int rival(void *arg)
{
	struct rival *r = arg;

	barrier_wait(r->barrier);
	return fallocate(r->fd, 0, 0, 40 * MIB) ? errno : 0;
}

/* Two of 40 MiB do not fit: each sees room when it begins, and one has to take back. */
static void rivals(const char *huge)
{
	bool won = true, lost = true;
	int half_way = 0;

	leaves_of(huge);
	for (int round = 0; round < 12; round++) {
		struct rival a = { barrier_new(2), make_morsel("a", MIB) };
		struct rival b = { a.barrier, make_morsel("b", MIB) };
		pid_t pid = start_child(rival, &b);
		int first = in_child(rival, &a, 20), second = wait_child(pid, 20);
		int full = first ? b.fd : a.fd, empty = first ? a.fd : b.fd;

		half_way += first && second;
		won &= (first == 0 && second == ENOSPC) || (first == ENOSPC && second == 0) ||
		       (first == ENOSPC && second == ENOSPC);
		lost &= bytes_of(empty) == 0 && st_of(empty).st_size == MIB;
		lost &= bytes_of(full) == (first && second ? 0 : 40 * MIB);
		lost &= free_bytes() == POOL - bytes_of(full);
		close(a.fd);
		close(b.fd);
		need(unlink(pool_path("a")) == 0 && unlink(pool_path("b")) == 0);
	}
	diag("both lost %d times", half_way);
	ok(won, "huge=%s: not both get it", huge);
	ok(lost, "huge=%s: who gets nothing has nothing", huge);
	is_int(free_bytes(), POOL, "huge=%s: all memory is back", huge);
	leaves_of("never");
}

static int allocate_for_ever(void *arg)
{
	int fd = *(int *)arg;

	for (;;) {
		if (fallocate(fd, 0, 0, 60 * MIB))
			return 1;
		if (ftruncate(fd, 0) || ftruncate(fd, 60 * MIB))
			return 1;
	}
}

/* Half of it is data that is zeroed, half are holes that are filled. */
static int zero_for_ever(void *arg)
{
	int fd = *(int *)arg;

	for (;;) {
		if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 30 * MIB, 30 * MIB))
			return 1;
		if (fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 60 * MIB))
			return 1;
	}
}

/*
 * A fatal signal in the middle: what was allocated goes, what was there and what was
 * stored meanwhile stays.  @least: what is there in any case
 */
static void killed(const char *what, int (*for_ever)(void *), long least)
{
	int fd = make_morsel("k", 60 * MIB), whole = 0, none = 0, other = 0;
	bool kept = true;

	need(!least || fallocate(fd, 0, 0, least) == 0);
	for (int round = 0; round < 30; round++) {
		pid_t pid = start_child(for_ever, &fd);
		long bytes;

		usleep(3000 + 1700 * round);
		kill(pid, SIGKILL);
		is_int(wait_child(pid, 10), 128 + SIGKILL, "round %d: killed in time", round);
		bytes = bytes_of(fd);
		whole += bytes == 60 * MIB;
		none += bytes == least;
		other += bytes != least && bytes != 60 * MIB;
		kept &= free_bytes() == POOL - bytes;
	}
	diag("%s, %d rounds: all was allocated, %d: nothing, %d: a part", what, whole, none, other);
	is_int(other, 0, "%s: all or nothing", what);
	ok(none > 0, "%s: there were refusals", what);
	ok(kept, "%s: the pool's account agrees", what);
	drop(fd, "k");
}

static int allocate_once(void *arg)
{
	return fallocate(*(int *)arg, 0, 0, 60 * MIB);
}

static void stored_meanwhile(void)
{
	int rounds = 0, taken_back = 0;
	bool kept = true, counted = true;

	for (; rounds < 20; rounds++) {
		int fd = make_morsel("m", 60 * MIB);
		char *p = mmap(NULL, 60 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		long i;
		pid_t pid;

		need(p != MAP_FAILED);
		pid = start_child(allocate_once, &fd);
		usleep(4000 * (rounds % 8));
		for (i = 0; i < 60 * MIB; i += 7 * MIB + 4096)
			p[i] = 'm';
		kill(pid, SIGKILL);
		wait_child(pid, 10);
		for (i = 0; i < 60 * MIB; i += 7 * MIB + 4096) {
			char c = 0;

			kept &= p[i] == 'm' && pread(fd, &c, 1, i) == 1 && c == 'm';
		}
		counted &= bytes_of(fd) == POOL - free_bytes();
		taken_back += bytes_of(fd) < 60 * MIB;
		munmap(p, 60 * MIB);
		close(fd);
		need(unlink(pool_path("m")) == 0);
	}
	diag("%d of %d were taken back", taken_back, rounds);
	ok(kept, "what was stored while an allocation failed is there");
	ok(counted, "the pool's account agrees");
	is_int(free_bytes(), POOL, "all memory is back");
}

int main(void)
{
	for (int huge = 0; huge < 2; huge++) {
		leaves_of(huge ? "always" : "never");
		write_into_full(huge ? 2 * MIB : 4096);
		store_into_full(huge ? 2 * MIB : 4096);
		populate_too_much();
		allocate_too_much();
	}
	leaves_of("never");
	rivals("never");
	rivals("always");
	killed("allocated", allocate_for_ever, 0);
	killed("zeroed", zero_for_ever, 30 * MIB);
	stored_meanwhile();
	return done_testing();
}
