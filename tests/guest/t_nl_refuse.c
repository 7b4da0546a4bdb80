// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is refused about objects, with which errno, text and attribute, and
 * that nothing has changed then.
 * pool: size=4M,name=p,nr_inodes=16
 * groups: nl
 * timeout: 30
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

static struct nl nl;

static uint64_t generation(void)
{
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "p");
	granted(&nl, "generation");
	return nl_number(&nl, MORSEL_A_POOL_GENERATION);
}

struct bad_path {
	const char *path, *text;
	int error;
};

static void test_paths(void)
{
	static char long_name[300];
	static const struct bad_path bad[] = {
		{ "/a", "empty component", EINVAL },
		{ "a/", "empty component", EINVAL },
		{ "d//a", "empty component", EINVAL },
		{ ".", "name no object", EINVAL },
		{ "d/../a", "name no object", EINVAL },
		{ "a\tb", "control character", EINVAL },
		{ "a\x7f", "control character", EINVAL },
		{ long_name, "longer than 255", ENAMETOOLONG },
		{ "none", "no such object", ENOENT },
		{ "none/a", "no such object", ENOENT },
		{ "a/b", "not a directory", ENOTDIR },
		{ "a/b/c", "not a directory", ENOTDIR },
		{ "s/b", "symbolic links", ELOOP },
		{ "d/s/b", "symbolic links", ELOOP },
	};
	size_t i;

	memset(long_name, 'n', 256);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", bad[i].path);
		refused(&nl, bad[i].error, bad[i].text, MORSEL_A_OBJECT_PATH, "get %s",
			bad[i].path);
		nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", bad[i].path);
		refused(&nl, bad[i].error, bad[i].text, MORSEL_A_OBJECT_PATH, "remove %s",
			bad[i].path);
		nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", bad[i].path);
		nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "z");
		refused(&nl, bad[i].error, bad[i].text, MORSEL_A_OBJECT_PATH, "move %s",
			bad[i].path);
		if (!strcmp(bad[i].path, "none"))
			continue;
		nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", bad[i].path);
		refused(&nl, bad[i].error, bad[i].text, MORSEL_A_OBJECT_PATH, "create %s",
			bad[i].path);
		nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "a");
		nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, bad[i].path);
		refused(&nl, bad[i].error, bad[i].text, MORSEL_A_OBJECT_NEW_PATH, "move to %s",
			bad[i].path);
	}
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_raw(&nl, MORSEL_A_OBJECT_PATH, "a\0b", 4);
	refused(&nl, EINVAL, "after its NUL", MORSEL_A_OBJECT_PATH, "a path with something behind");
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_raw(&nl, MORSEL_A_OBJECT_PATH, "a", 1);
	refused(&nl, EINVAL, "policy", MORSEL_A_OBJECT_PATH, "a path without NUL");
}

static void test_missing(void)
{
	static const int commands[] = {
		MORSEL_CMD_MORSEL_GET,
		MORSEL_CMD_MORSEL_NEW,
		MORSEL_CMD_MORSEL_SET,
		MORSEL_CMD_MORSEL_DEL,
		MORSEL_CMD_MORSEL_RENAME,
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		nl_begin(&nl, commands[i]);
		nl_str(&nl, MORSEL_A_OBJECT_PATH, "a");
		refused(&nl, EINVAL, "a pool must be given", MORSEL_A_OBJECT_POOL_NAME,
			"command %d without a pool", commands[i]);
		nl_object(&nl, commands[i], "q", "a");
		refused(&nl, ENOENT, "no such pool", MORSEL_A_OBJECT_POOL_NAME,
			"command %d with a pool that is not", commands[i]);
		nl_begin(&nl, commands[i]);
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
		refused(&nl, EINVAL, "must be given", 0, "command %d without an object",
			commands[i]);
		ok(nl.miss_attr == MORSEL_A_OBJECT_ID || nl.miss_attr == MORSEL_A_OBJECT_PATH,
		   "it says what is missing");
	}
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "a");
	refused(&nl, EINVAL, "new path", MORSEL_A_OBJECT_NEW_PATH, "move to nowhere");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "a");
	refused(&nl, EINVAL, "nothing to set", 0, "set nothing");
}

static void refuse_number(int command, const char *path, int attr, uint64_t value, size_t len,
			  int error, const char *text)
{
	nl_object(&nl, command, "p", path);
	nl_raw(&nl, attr, &value, len);
	refused(&nl, error, text, attr, "command %d on %s: attribute %d of %#llx", command, path,
		attr, (unsigned long long)value);
}

static void test_numbers(void)
{
	int new = MORSEL_CMD_MORSEL_NEW, set = MORSEL_CMD_MORSEL_SET, get = MORSEL_CMD_MORSEL_GET;

	refuse_number(get, "a", MORSEL_A_OBJECT_ID, 0, 8, ERANGE, "out of range");
	refuse_number(get, "a", MORSEL_A_OBJECT_ID, 4711, 8, ESTALE, "another id");
	refuse_number(get, "a", MORSEL_A_OBJECT_SIZE, 1, 8, EINVAL, "");
	refuse_number(get, "a", MORSEL_A_OBJECT_RECURSIVE, 0, 0, EINVAL, "for dumps");
	refuse_number(set, "a", MORSEL_A_OBJECT_SIZE, (1ULL << 46) + 1, 8, ERANGE, "out of range");
	refuse_number(set, "a", MORSEL_A_OBJECT_SIZE, ~0ULL, 8, ERANGE, "out of range");
	refuse_number(set, "a", MORSEL_A_OBJECT_SIZE, 1, 4, EINVAL, "");
	refuse_number(set, "a", MORSEL_A_OBJECT_MODE, 010000, 4, ERANGE, "out of range");
	refuse_number(set, "a", MORSEL_A_OBJECT_UID, 0xffffffff, 4, EINVAL, "no such user");
	refuse_number(set, "a", MORSEL_A_OBJECT_GID, 0xffffffff, 4, EINVAL, "no such group");
	refuse_number(set, "d", MORSEL_A_OBJECT_SIZE, 1, 8, EISDIR, "a directory has no size");
	refuse_number(set, "s", MORSEL_A_OBJECT_SIZE, 1, 8, EINVAL, "symbolic link has no size");
	refuse_number(set, "s", MORSEL_A_OBJECT_MODE, 1, 4, EOPNOTSUPP, "");
	refuse_number(new, "n", MORSEL_A_OBJECT_TYPE, 4, 4, ERANGE, "out of range");
	refuse_number(new, "n", MORSEL_A_OBJECT_TYPE, 0, 4, ERANGE, "out of range");
	refuse_number(new, "n", MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_SYMLINK, 4, EINVAL,
		      "only files and directories");
	refuse_number(new, "n", MORSEL_A_OBJECT_SIZE, 1ULL << 47, 8, ERANGE, "out of range");
	refuse_number(new, "n", MORSEL_A_OBJECT_UID, 0xffffffff, 4, EINVAL, "no such user");
	refuse_number(new, "n", MORSEL_A_OBJECT_ID, 1, 8, EINVAL, "");
	refuse_number(new, "n", MORSEL_A_OBJECT_EVENT_SEQ, 1, 8, EINVAL, "Unsupported attribute");
	nl_object(&nl, new, "p", "n");
	nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 1);
	refused(&nl, EINVAL, "a directory has no size", MORSEL_A_OBJECT_SIZE,
		"a directory with size");
}

static void test_existing(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "a");
	nl_flag(&nl, MORSEL_A_OBJECT_EXCLUSIVE);
	refused(&nl, EEXIST, "there is an object", MORSEL_A_OBJECT_PATH, "exclusive");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "d");
	refused(&nl, EISDIR, "it is a directory", MORSEL_A_OBJECT_PATH,
		"a file, but it is a directory");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "a");
	nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	refused(&nl, ENOTDIR, "not a directory", MORSEL_A_OBJECT_PATH,
		"a directory, but it is a file");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "s");
	refused(&nl, EEXIST, "there is an object", MORSEL_A_OBJECT_PATH,
		"a symbolic link is there");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "");
	refused(&nl, EINVAL, "root", MORSEL_A_OBJECT_PATH, "the root");
}

static void refuse_move(const char *from, const char *to, uint32_t flags, int error,
			const char *text)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", from);
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, to);
	if (flags)
		nl_u32(&nl, MORSEL_A_OBJECT_RENAME_FLAGS, flags);
	refused(&nl, error, text, 0, "%s -> %s, flags %u", from, to, flags);
}

static void test_names(void)
{
	refuse_move("a", "b", MORSEL_RENAME_FLAG_NOREPLACE, EEXIST, "there is an object");
	refuse_move("a", "z", MORSEL_RENAME_FLAG_EXCHANGE, ENOENT, "nothing to exchange");
	refuse_move("a", "z", 3, EINVAL, "exclude each other");
	refuse_move("a", "z", 4, EINVAL, "");
	refuse_move("d", "d/e/f", 0, EINVAL, "into itself");
	refuse_move("d/e", "d", 0, ENOTEMPTY, "not empty");
	refuse_move("d/e", "d", MORSEL_RENAME_FLAG_EXCHANGE, EINVAL, "into itself");
	refuse_move("a", "d", 0, EISDIR, "directory");
	refuse_move("d", "a", 0, ENOTDIR, "not a directory");
	refuse_move("f", "d", 0, ENOTEMPTY, "not empty");
	refuse_move("", "z", 0, EINVAL, "root");
	refuse_move("a", "", 0, EINVAL, "root");
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "d");
	refused(&nl, ENOTEMPTY, "not empty", MORSEL_A_OBJECT_PATH,
		"remove a directory with something");
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "");
	refused(&nl, EINVAL, "root", MORSEL_A_OBJECT_PATH, "remove the root");
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "a");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, 4711);
	refused(&nl, ESTALE, "another id", MORSEL_A_OBJECT_ID, "remove what it is not");
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "a");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "z");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, 4711);
	refused(&nl, ESTALE, "another id", MORSEL_A_OBJECT_ID, "move what it is not");
}

static void test_mount_point(void)
{
	need(!mount("none", pool_path("d/e"), "tmpfs", 0, NULL));
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "d/e");
	refused(&nl, EBUSY, "mount point", MORSEL_A_OBJECT_PATH, "remove a mount point");
	need(!umount(pool_path("d/e")));
}

static void test_read_only(void)
{
	need(!mount(NULL, pool_path(""), NULL, MS_REMOUNT | MS_RDONLY, NULL));
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "n");
	refused(&nl, EROFS, "read-only", 0, "create in a pool that is read-only");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "a");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0);
	refused(&nl, EROFS, "read-only", 0, "set there");
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "a");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "z");
	refused(&nl, EROFS, "read-only", 0, "move there");
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "a");
	refused(&nl, EROFS, "read-only", 0, "remove there");
	need(!mount(NULL, pool_path(""), NULL, MS_REMOUNT, NULL));
}

static void test_limits(void)
{
	struct rlimit limit = { 1 << 20, 1 << 20 }, none = { RLIM_INFINITY, RLIM_INFINITY };
	int fd;

	signal(SIGXFSZ, SIG_IGN);
	signal(SIGIO, SIG_IGN); /* a lease is to be given up */
	need(!setrlimit(RLIMIT_FSIZE, &limit));
	refuse_number(MORSEL_CMD_MORSEL_SET, "a", MORSEL_A_OBJECT_SIZE, 2 << 20, 8, EFBIG,
		      "too large");
	refuse_number(MORSEL_CMD_MORSEL_NEW, "n", MORSEL_A_OBJECT_SIZE, 2 << 20, 8, EFBIG,
		      "too large");
	need(!setrlimit(RLIMIT_FSIZE, &none));
	ok(access(pool_path("n"), F_OK), "what could not be given its size is not there");

	fd = open(pool_path("a"), O_RDONLY);
	need(fd >= 0 && !fcntl(fd, F_SETLEASE, F_RDLCK));
	refuse_number(MORSEL_CMD_MORSEL_SET, "a", MORSEL_A_OBJECT_SIZE, 1, 8, EAGAIN, "lease");
	close(fd);
}

static void test_pool_full(void)
{
	char name[8];
	int i, error = 0;

	for (i = 0; !error && i < 20; i++) {
		snprintf(name, sizeof(name), "i%d", i);
		nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", name);
		error = nl_talk(&nl);
	}
	nl_refused(&nl, error, ENOSPC, "full", MORSEL_A_OBJECT_PATH, __FILE__, __LINE__,
		   "one object too many");
	is_int(i, 9, "sixteen, with the root and the seven before");
}

int main(void)
{
	uint64_t before;

	nl_open(&nl);
	close(make_morsel("a", 4096));
	close(make_morsel("b", 4096));
	need(!mkdir(pool_path("d"), 0755) && !mkdir(pool_path("d/e"), 0755));
	need(!mkdir(pool_path("f"), 0755));
	need(!symlink("d", pool_path("s")) && !symlink("e", pool_path("d/s")));
	before = generation();
	test_paths();
	test_missing();
	test_numbers();
	test_existing();
	test_names();
	test_mount_point();
	test_read_only();
	is_int(generation(), before, "nothing has changed");
	test_limits();
	test_pool_full();
	return done_testing();
}
