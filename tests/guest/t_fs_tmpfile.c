// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects without a name: O_TMPFILE, and those whose name has gone.
 * groups: fs
 * timeout: 20
 * pool: size=32M,nr_inodes=16
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "tap.h"

static struct statfs pool(void)
{
	struct statfs fs;

	need(statfs(pool_path("."), &fs) == 0);
	return fs;
}

static long used_kb(void)
{
	struct statfs fs = pool();

	return (fs.f_blocks - fs.f_bfree) * 4;
}

static long inodes(void)
{
	struct statfs fs = pool();

	return fs.f_files - fs.f_ffree;
}

static int give_name(int fd, const char *name)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, pool_path(name), AT_SYMLINK_FOLLOW);
}

static void tmpfile_named(void)
{
	int fd = open(pool_path("."), O_TMPFILE | O_RDWR, 0600);
	struct stat st;
	char buf[8];

	ok(fd >= 0, "O_TMPFILE");
	need(write(fd, "nameless", 8) == 8 && fstat(fd, &st) == 0);
	is_int(st.st_nlink, 0, "it has no name");
	ok(give_name(fd, "named") == 0, "it is given one");
	need(fstat(fd, &st) == 0);
	is_int(st.st_nlink, 1, "now it has one");
	is_int(inodes(), 2, "the account of inodes");
	close(fd);
	fd = open(pool_path("named"), O_RDONLY);
	ok(read(fd, buf, 8) == 8 && !memcmp(buf, "nameless", 8), "the content under the name");
	close(fd);
	need(unlink(pool_path("named")) == 0);
	is_int(inodes(), 1, "nothing is left on the account");
}

static void tmpfile_dropped(void)
{
	int fd = open(pool_path("."), O_TMPFILE | O_EXCL | O_RDWR, 0600);

	need(fd >= 0 && fallocate(fd, 0, 0, 8 << 20) == 0);
	is_int(used_kb(), 8192, "a nameless object uses memory");
	is_errno(give_name(fd, "x"), ENOENT, "with O_EXCL it gets no name");
	close(fd);
	is_int(used_kb(), 0, "closed, it is gone");
	is_int(inodes(), 1, "so is its inode");
}

/* The last user of an object is a mapping. */
static void unlinked(void)
{
	int fd = make_morsel("u", 8 << 20);
	struct stat st;
	char *p;

	need(fallocate(fd, 0, 0, 8 << 20) == 0);
	p = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(p != MAP_FAILED);
	memset(p, 'u', 8 << 20);
	ok(unlink(pool_path("u")) == 0, "unlink what is open and mapped");
	need(fstat(fd, &st) == 0);
	is_int(st.st_nlink, 0, "it has no name");
	is_errno(give_name(fd, "again"), ENOENT, "and gets none any more");
	need(pwrite(fd, "v", 1, 0) == 1);
	ok(p[0] == 'v' && p[(8 << 20) - 1] == 'u', "it lives on");
	ok(ftruncate(fd, 9 << 20) == 0, "it can grow");
	close(fd);
	ok(p[4 << 20] == 'u', "the mapping keeps it");
	is_int(used_kb(), 8192, "with its memory");
	close(make_morsel("u", 4096));
	need(unlink(pool_path("u")) == 0);
	munmap(p, 8 << 20);
	is_int(used_kb(), 0, "unmapped, it is gone");
	is_int(inodes(), 1, "so is its inode");
}

static void removed_directory(void)
{
	int dir, fd;

	need(mkdir(pool_path("d"), 0700) == 0);
	dir = open(pool_path("d"), O_RDONLY | O_DIRECTORY);
	need(dir >= 0 && rmdir(pool_path("d")) == 0);
	fd = openat(dir, "f", O_CREAT | O_RDWR, 0600);
	is_errno(fd, ENOENT, "nothing is made in a directory that is gone");
	close(dir);
	is_int(inodes(), 1, "nothing is left on the account");
}

int main(void)
{
	tmpfile_named();
	tmpfile_dropped();
	unlinked();
	removed_directory();
	return done_testing();
}
