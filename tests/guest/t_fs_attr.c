// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes of objects and directories, and who may change them.
 * groups: fs
 * timeout: 30
 * pool: size=64M,mode=1777
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

enum { ALICE = 1000, BOB = 1001, TEAM = 2000, NOSUID = 2, NODEV = 4, NOEXEC = 8 };

static struct statx stx_of(const char *name)
{
	struct statx stx = {};

	statx(AT_FDCWD, pool_path(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
	      &stx);
	return stx;
}

static int64_t ns(struct statx_timestamp t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void later(void)
{
	usleep(20 * 1000);	/* a jiffy or more: timestamps are coarse */
}

static void what_statx_says(void)
{
	int fd = make_morsel("a", 3 << 20);
	struct statx a = stx_of("a"), dir = stx_of(".");

	ok(a.stx_mask & STATX_BTIME, "there is a birth time");
	ok(ns(a.stx_btime) > 0 && ns(a.stx_btime) <= ns(a.stx_ctime), "before the last change");
	is_int(a.stx_size, 3 << 20, "size");
	is_int(a.stx_blocks, 0, "a hole has no blocks");
	is_int(a.stx_blksize, 2 << 20, "the best size of a transfer");
	is_int(a.stx_attributes & STATX_ATTR_DAX, STATX_ATTR_DAX, "no page cache in between");
	is_int(dir.stx_mode, S_IFDIR | 01777, "the root's mode is the mount's");
	need(pwrite(fd, "x", 1, 0) == 1);
	is_int(stx_of("a").stx_blocks, 4096, "one byte in a whole chunk: a 2 MiB frame");
	need(pwrite(fd, "x", 1, 2 << 20) == 1);
	is_int(stx_of("a").stx_blocks, 4096 + 8, "one byte in a chunk cut short: a 4 KiB frame");
	close(fd);
	need(unlink(pool_path("a")) == 0);
}

static void times(void)
{
	struct timespec set[2] = { { 1000, 111111111 }, { 2000, 222222222 } };
	int fd = make_morsel("t", 4096);
	struct statx before, now;
	char c;

	before = stx_of("t");
	later();
	need(pwrite(fd, "x", 1, 0) == 1);
	now = stx_of("t");
	ok(ns(now.stx_mtime) > ns(before.stx_mtime), "write: mtime");
	ok(ns(now.stx_ctime) > ns(before.stx_ctime), "write: ctime");
	is_int(ns(now.stx_btime), ns(before.stx_btime), "the birth time stays");
	before = now;
	later();
	need(ftruncate(fd, 5000) == 0);
	now = stx_of("t");
	ok(ns(now.stx_mtime) > ns(before.stx_mtime), "truncate: mtime");
	before = now;
	later();
	need(fchmod(fd, 0600) == 0);
	now = stx_of("t");
	ok(ns(now.stx_ctime) > ns(before.stx_ctime), "chmod: ctime");
	is_int(ns(now.stx_mtime), ns(before.stx_mtime), "chmod: not mtime");
	later();
	need(pread(fd, &c, 1, 0) == 1);
	ok(ns(stx_of("t").stx_atime) > ns(now.stx_atime), "read: atime, older than mtime");
	ok(futimens(fd, set) == 0, "utimes");
	now = stx_of("t");
	is_int(ns(now.stx_atime), 1000111111111, "atime to the nanosecond");
	is_int(ns(now.stx_mtime), 2000222222222, "mtime to the nanosecond");
	before = stx_of(".");
	later();
	need(rename(pool_path("t"), pool_path("u")) == 0);
	ok(ns(stx_of(".").stx_mtime) > ns(before.stx_mtime), "rename: mtime of the directory");
	ok(ns(stx_of("u").stx_ctime) > ns(now.stx_ctime), "rename: ctime of the object");
	close(fd);
	before = stx_of(".");
	later();
	need(unlink(pool_path("u")) == 0);
	ok(ns(stx_of(".").stx_mtime) > ns(before.stx_mtime), "unlink: mtime of the directory");
}

static int as_alice(void *arg)
{
	int fd, bad = 0;

	become_user(ALICE);
	fd = open(pool_path("mine"), O_RDWR | O_CREAT | O_EXCL, 0640);
	bad |= (fd < 0) << 0;
	bad |= (fchmod(fd, 0666) != 0) << 1;
	bad |= !(fchown(fd, -1, TEAM) == -1 && errno == EPERM) << 2;
	bad |= !(fchown(fd, BOB, -1) == -1 && errno == EPERM) << 3;
	bad |= !(open(pool_path("roots"), O_RDONLY) == -1 && errno == EACCES) << 4;
	bad |= !(truncate(pool_path("roots"), 0) == -1 && errno == EACCES) << 5;
	bad |= !(chmod(pool_path("roots"), 0777) == -1 && errno == EPERM) << 6;
	bad |= !(unlink(pool_path("roots")) == -1 && errno == EPERM) << 7;
	return bad;
}

static int as_bob(void *arg)
{
	static const struct timespec past[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	int fd, bad = 0;

	become_user(BOB);
	fd = open(pool_path("mine"), O_RDWR);
	bad |= (fd < 0) << 0;
	bad |= !(fchmod(fd, 0600) == -1 && errno == EPERM) << 1;
	bad |= !(unlink(pool_path("mine")) == -1 && errno == EPERM) << 2;
	bad |= !(rename(pool_path("mine"), pool_path("ours")) == -1 && errno == EPERM) << 3;
	bad |= !(futimens(fd, past) == -1 && errno == EPERM) << 4;
	bad |= (futimens(fd, NULL) != 0) << 5;
	return bad;
}

static void owners(void)
{
	int fd = make_morsel("roots", 4096);

	need(fchmod(fd, 0600) == 0);
	is_int(in_child(as_alice, NULL, 5), 0, "an owner's rights, and no more");
	is_int(stx_of("mine").stx_uid, ALICE, "owner");
	is_int(stx_of("mine").stx_gid, ALICE, "group");
	is_int(in_child(as_bob, NULL, 5), 0, "another user in a sticky directory");
	is_int(stx_of("roots").stx_size, 4096, "what was refused has changed nothing");
	need(unlink(pool_path("roots")) == 0 && unlink(pool_path("mine")) == 0);
	close(fd);
}

static int write_and_allocate(void *arg)
{
	int fd;

	become_user(BOB);
	fd = open(pool_path("suid"), O_RDWR);
	if (arg)
		return fallocate(fd, 0, 0, 4096);
	return write(fd, "x", 1) != 1;
}

static void setid(void)
{
	int fd;

	need(mkdir(pool_path("d"), 0755) == 0 && chown(pool_path("d"), 0, TEAM) == 0);
	need(chmod(pool_path("d"), 02755) == 0);
	need(mkdir(pool_path("d/sub"), 0755) == 0);
	fd = make_morsel("d/f", 0);
	is_int(stx_of("d/f").stx_gid, TEAM, "a setgid directory gives its group");
	is_int(stx_of("d/sub").stx_mode, S_IFDIR | 02755, "and its setgid bit to directories");
	close(fd);
	need(unlink(pool_path("d/f")) == 0 && rmdir(pool_path("d/sub")) == 0 &&
	     rmdir(pool_path("d")) == 0);

	close(make_morsel("suid", 8192));
	need(chmod(pool_path("suid"), 06777) == 0);
	is_int(in_child(write_and_allocate, NULL, 5), 0, "write to a setuid object");
	is_int(stx_of("suid").stx_mode, S_IFREG | 0777, "it is setuid no more");
	need(chmod(pool_path("suid"), 06777) == 0);
	is_int(in_child(write_and_allocate, "", 5), 0, "allocate in a setuid object");
	is_int(stx_of("suid").stx_mode, S_IFREG | 0777, "it is setuid no more");
	need(unlink(pool_path("suid")) == 0);
}

static void no_programs(void)
{
	int fd = open(pool_path("prog"), O_RDWR | O_CREAT, 0755);

	need(write(fd, "#!/bin/sh\n", 10) == 10);
	close(fd);
	is_errno(execl(pool_path("prog"), "prog", NULL), EACCES, "nothing is executed");
	need(unlink(pool_path("prog")) == 0);
}

int main(void)
{
	umask(022);
	what_statx_says();
	times();
	owners();
	setid();
	no_programs();
	return done_testing();
}
