// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rename in all its forms.
 * groups: fs
 * timeout: 20
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tap.h"

static int pool;

static int move(const char *from, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, pool, from, pool, to, flags);
}

static ino_t id_of(const char *name)
{
	struct stat st;

	return fstatat(pool, name, &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_ino;
}

static nlink_t links_of(const char *name)
{
	struct stat st;

	return fstatat(pool, name, &st, AT_SYMLINK_NOFOLLOW) ? 0 : st.st_nlink;
}

static ino_t file(const char *name)
{
	int fd = openat(pool, name, O_CREAT | O_EXCL | O_RDWR, 0600);

	need(fd >= 0);
	need(write(fd, name, strlen(name)) == (ssize_t)strlen(name));
	close(fd);
	return id_of(name);
}

static ino_t dir(const char *name)
{
	need(mkdirat(pool, name, 0700) == 0);
	return id_of(name);
}

static void plain(void)
{
	ino_t a = file("a"), b = file("b");

	ok(move("a", "c", 0) == 0, "to a new name");
	is_int(id_of("a"), 0, "the old name is gone");
	is_int(id_of("c"), a, "the object has the new one");
	ok(move("c", "b", 0) == 0, "over another object");
	is_int(id_of("b"), a, "which is replaced");
	ok(id_of("b") != b, "and gone");
	is_errno(move("none", "x", 0), ENOENT, "what does not exist");
	is_errno(move("b", "none/x", 0), ENOENT, "into what does not exist");
	is_errno(move("b", "b/x", 0), ENOTDIR, "into an object");
	ok(move("b", "b", 0) == 0, "to its own name");
	is_int(id_of("b"), a, "it is still there");
	need(linkat(pool, "b", pool, "b2", 0) == 0);
	ok(move("b", "b2", 0) == 0, "to another name of its own does nothing");
	is_int(links_of("b"), 2, "both names are there");
	need(unlinkat(pool, "b", 0) == 0 && unlinkat(pool, "b2", 0) == 0);
}

static void directories(void)
{
	ino_t d = dir("d"), f;

	dir("e");
	f = file("d/f");
	is_int(links_of("."), 4, "links of the root: two directories");
	ok(move("d", "e/d", 0) == 0, "a directory into another");
	is_int(id_of("e/d"), d, "it is there");
	is_int(id_of("e/d/f"), f, "with what is in it");
	is_int(links_of("."), 3, "links of the old parent");
	is_int(links_of("e"), 3, "links of the new parent");
	is_errno(move("e", "e/d/x", 0), EINVAL, "a directory into itself");
	dir("g");
	is_errno(move("g", "e", 0), ENOTEMPTY, "over a directory that is not empty");
	is_errno(move("e/d/f", "g", 0), EISDIR, "an object over a directory");
	is_errno(move("g", "e/d/f", 0), ENOTDIR, "a directory over an object");
	ok(move("e/d", "g", 0) == 0, "over an empty directory");
	is_int(id_of("g"), d, "which is replaced");
	is_int(links_of("."), 4, "links of the root");
	is_int(links_of("e"), 2, "links of the old parent");
	need(unlinkat(pool, "g/f", 0) == 0 && unlinkat(pool, "g", AT_REMOVEDIR) == 0 &&
	     unlinkat(pool, "e", AT_REMOVEDIR) == 0);
}

static void noreplace(void)
{
	ino_t a = file("a"), b = file("b");

	is_errno(move("a", "b", RENAME_NOREPLACE), EEXIST, "NOREPLACE over an object");
	ok(id_of("a") == a && id_of("b") == b, "nothing has moved");
	ok(move("a", "c", RENAME_NOREPLACE) == 0, "NOREPLACE to a new name");
	is_int(id_of("c"), a, "it has moved");
	need(unlinkat(pool, "b", 0) == 0 && unlinkat(pool, "c", 0) == 0);
}

static void exchange(void)
{
	ino_t d = dir("d"), e = dir("e"), a = file("a"), f = file("e/f");

	is_errno(move("a", "none", RENAME_EXCHANGE), ENOENT, "EXCHANGE with nothing");
	ok(move("a", "e/f", RENAME_EXCHANGE) == 0, "EXCHANGE of two objects");
	ok(id_of("a") == f && id_of("e/f") == a, "they have changed places");
	ok(move("d", "e/f", RENAME_EXCHANGE) == 0, "EXCHANGE of a directory and an object");
	ok(id_of("d") == a && id_of("e/f") == d, "they have changed places");
	is_int(links_of("."), 3, "links of the root");
	is_int(links_of("e"), 3, "links of the directory");
	is_errno(move("e", "e/f", RENAME_EXCHANGE), EINVAL, "EXCHANGE of parent and child");
	ok(move("a", "e", RENAME_EXCHANGE) == 0, "EXCHANGE with a directory that is not empty");
	ok(id_of("a") == e && id_of("a/f") == d && id_of("e") == f, "it has kept its contents");
	is_errno(move("a", "e", RENAME_EXCHANGE | RENAME_NOREPLACE), EINVAL, "both flags");
	need(unlinkat(pool, "a/f", AT_REMOVEDIR) == 0 && unlinkat(pool, "a", AT_REMOVEDIR) == 0 &&
	     unlinkat(pool, "d", 0) == 0 && unlinkat(pool, "e", 0) == 0);
}

static void refused(void)
{
	char longest[256], name[512];
	ino_t a = file("a");

	is_errno(move("a", "b", RENAME_WHITEOUT), EINVAL, "WHITEOUT");
	is_errno(move("a", "b", 1 << 10), EINVAL, "an unknown flag");
	is_errno(move("a", "b\nc", 0), EINVAL, "a control character in the new name");
	memset(longest, 'x', 255);
	longest[255] = 0;
	ok(move("a", longest, 0) == 0, "to a name of 255 bytes");
	is_int(id_of(longest), a, "it has moved");
	snprintf(name, sizeof(name), "%sy", longest);
	is_errno(move(longest, name, 0), ENAMETOOLONG, "to a name of 256 bytes");
	is_int(id_of(longest), a, "it is where it was");
	need(unlinkat(pool, longest, 0) == 0);
	is_int(links_of("."), 2, "the root has no directory left");
}

int main(void)
{
	pool = open(pool_path("."), O_RDONLY | O_DIRECTORY);
	need(pool >= 0);
	plain();
	directories();
	noreplace();
	exchange();
	refused();
	return done_testing();
}
