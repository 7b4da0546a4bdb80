// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names: objects, directories, symbolic and hard links, what is refused.
 * groups: fs
 * timeout: 30
 * pool: size=64M,nr_inodes=64
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "tap.h"

static struct stat st_of(const char *name)
{
	struct stat st;

	if (lstat(pool_path(name), &st))
		memset(&st, 0, sizeof(st));
	return st;
}

static int create(const char *name)
{
	int fd = open(pool_path(name), O_CREAT | O_EXCL | O_RDWR, 0666);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

static long inodes_used(void)
{
	struct statfs fs;

	need(statfs(pool_path("."), &fs) == 0);
	return fs.f_files - fs.f_ffree;
}

static int entries(const char *name)
{
	DIR *dir = opendir(pool_path(name));
	int n = 0;

	need(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void objects(void)
{
	umask(022);
	ok(create("a") == 0, "create");
	is_errno(create("a"), EEXIST, "create what exists");
	is_int(st_of("a").st_mode, S_IFREG | 0644, "mode and umask");
	is_errno(create("a/b"), ENOTDIR, "an object is no directory");
	is_errno(create("d/b"), ENOENT, "no such directory");
	is_errno(open(pool_path("a"), O_DIRECTORY), ENOTDIR, "open as a directory");
	is_errno(rmdir(pool_path("a")), ENOTDIR, "rmdir of an object");
	ok(unlink(pool_path("a")) == 0, "unlink");
	is_errno(unlink(pool_path("a")), ENOENT, "unlink what is gone");
	ok(mknod(pool_path("a"), S_IFREG | 0600, 0) == 0, "mknod of a regular file");
	need(unlink(pool_path("a")) == 0);
}

static void directories(void)
{
	char deep[256] = "d";
	size_t len = 1;

	ok(mkdir(pool_path("d"), 0777) == 0, "mkdir");
	is_int(st_of("d").st_mode, S_IFDIR | 0755, "mode and umask");
	is_int(st_of("d").st_nlink, 2, "links of an empty directory");
	is_errno(mkdir(pool_path("d"), 0777), EEXIST, "mkdir of what exists");
	for (int i = 0; i < 20; i++) {
		len += snprintf(deep + len, sizeof(deep) - len, "/s");
		need(mkdir(pool_path(deep), 0700) == 0);
	}
	is_int(st_of("d").st_nlink, 3, "links of a directory with one in it");
	is_errno(rmdir(pool_path("d")), ENOTEMPTY, "rmdir of what is not empty");
	is_errno(unlink(pool_path("d")), EISDIR, "unlink of a directory");
	for (int i = 0; i < 20; i++) {
		need(rmdir(pool_path(deep)) == 0);
		len -= 2;
		deep[len] = 0;
	}
	is_int(st_of("d").st_nlink, 2, "links when it is empty again");
	for (int i = 0; i < 30; i++) {
		snprintf(deep, sizeof(deep), "d/%d", i);
		need(create(deep) == 0);
	}
	is_int(entries("d"), 30, "readdir");
	for (int i = 0; i < 30; i++) {
		snprintf(deep, sizeof(deep), "d/%d", i);
		need(unlink(pool_path(deep)) == 0);
	}
	is_int(entries("d"), 0, "readdir of an empty directory");
	need(rmdir(pool_path("d")) == 0);
}

static void links(void)
{
	char target[64] = "";
	long used = inodes_used();

	need(create("a") == 0);
	ok(symlink("a", pool_path("s")) == 0, "symlink");
	is_int(readlink(pool_path("s"), target, sizeof(target)), 1, "readlink");
	is_int(target[0], 'a', "the target");
	is_int(st_of("s").st_size, 1, "its size is the target's length");
	ok(access(pool_path("s"), R_OK) == 0, "it leads to the object");
	ok(link(pool_path("a"), pool_path("h")) == 0, "link");
	is_int(st_of("h").st_ino, st_of("a").st_ino, "the same object");
	is_int(st_of("a").st_nlink, 2, "two names");
	is_int(inodes_used(), used + 3, "a further name counts like an inode");
	need(mkdir(pool_path("d"), 0700) == 0);
	is_errno(link(pool_path("d"), pool_path("e")), EPERM, "link of a directory");
	is_errno(link(pool_path("a"), "/tmp/x"), EXDEV, "link into another file system");
	need(rmdir(pool_path("d")) == 0 && unlink(pool_path("a")) == 0);
	is_int(st_of("h").st_nlink, 1, "one name is left");
	is_int(inodes_used(), used + 2, "the account of names");
	need(create("a") == 0 && link(pool_path("h"), pool_path("h2")) == 0);
	ok(rename(pool_path("a"), pool_path("h2")) == 0, "rename over a further name");
	is_int(inodes_used(), used + 3, "the account after it");
	need(unlink(pool_path("h")) == 0 && unlink(pool_path("h2")) == 0 &&
	     unlink(pool_path("s")) == 0);
	is_int(inodes_used(), used, "nothing is left on the account");
}

static void bad_names(void)
{
	char name[300], c[2] = { 0, 0 };

	memset(name, 'n', sizeof(name));
	name[256] = 0;
	is_errno(create(name), ENAMETOOLONG, "a name of 256 bytes");
	is_errno(mkdir(pool_path(name), 0700), ENAMETOOLONG, "a directory of 256 bytes");
	name[255] = 0;
	ok(create(name) == 0 && unlink(pool_path(name)) == 0, "a name of 255 bytes");
	for (c[0] = 1; c[0] < ' '; c[0]++) {
		errno = 0;
		if (create(c) == 0 || errno != EINVAL)
			break;
	}
	is_int(c[0], ' ', "control characters are refused");
	is_errno(create("x\x7f"), EINVAL, "so is DEL");
	is_errno(mkdir(pool_path("a\nb"), 0700), EINVAL, "in a directory's name");
	is_errno(symlink("x", pool_path("a\nb")), EINVAL, "in a symbolic link's name");
	need(create("a") == 0);
	is_errno(link(pool_path("a"), pool_path("a\tb")), EINVAL, "in a hard link's name");
	is_errno(access(pool_path("a\nb"), F_OK), ENOENT, "such a name is simply not there");
	ok(create("sm\xc3\xb6r \xff") == 0, "bytes beyond ASCII are taken as they are");
	need(unlink(pool_path("sm\xc3\xb6r \xff")) == 0 && unlink(pool_path("a")) == 0);
}

static void other_types(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);

	is_errno(mknod(pool_path("c"), S_IFCHR | 0600, makedev(1, 3)), EPERM, "a character device");
	is_errno(mknod(pool_path("b"), S_IFBLK | 0600, makedev(7, 0)), EPERM, "a block device");
	is_errno(mkfifo(pool_path("p"), 0600), EPERM, "a fifo");
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", pool_path("s"));
	is_errno(bind(sock, (struct sockaddr *)&un, sizeof(un)), EPERM, "a socket");
	close(sock);
	is_int(entries("."), 0, "none of them has left a name");
}

static void limit(void)
{
	long used = inodes_used(), made = 0;
	char name[32];

	for (;; made++) {
		snprintf(name, sizeof(name), "n%ld", made);
		if (create(name))
			break;
	}
	is_int(errno, ENOSPC, "nr_inodes is a limit");
	is_int(used + made, 64, "of all inodes");
	is_errno(mkdir(pool_path("d"), 0700), ENOSPC, "for directories");
	is_errno(symlink("x", pool_path("s")), ENOSPC, "for symbolic links");
	is_errno(link(pool_path("n0"), pool_path("h")), ENOSPC, "for further names");
	is_errno(open(pool_path("."), O_TMPFILE | O_RDWR, 0600), ENOSPC, "for nameless objects");
	is_int(entries("."), made, "nothing else was made");
	need(unlink(pool_path("n0")) == 0);
	ok(create("n0") == 0, "room for one when one has gone");
	while (made--) {
		snprintf(name, sizeof(name), "n%ld", made);
		need(unlink(pool_path(name)) == 0);
	}
	is_int(inodes_used(), used, "nothing is left on the account");
}

int main(void)
{
	objects();
	directories();
	links();
	bad_names();
	other_types();
	limit();
	return done_testing();
}
