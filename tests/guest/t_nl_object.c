// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects over netlink: what the commands do is what the file system shows.
 * pool: size=64M,name=p
 * groups: nl
 * timeout: 30
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "nltest.h"

static struct nl nl;

static int64_t nanoseconds(struct timespec time)
{
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* The attributes of the last answer are what stat(2) says. */
static void same_as_stat(const char *path)
{
	struct stat st = {};
	struct stat dir = {};
	char parent[256];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", pool_path(path));
	ok(!lstat(parent, &st), "%s is there", path);
	slash = strrchr(parent, '/');
	*slash = '\0';
	stat(parent, &dir);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ID), st.st_ino, "%s: id", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_PARENT), dir.st_ino, "%s: parent", path);
	ok(!strcmp(nl_string(&nl, MORSEL_A_OBJECT_PATH), path), "%s: path", path);
	ok(!strcmp(nl_string(&nl, MORSEL_A_OBJECT_POOL_NAME), "p"), "%s: pool", path);
	if (S_ISREG(st.st_mode))
		is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), st.st_size, "%s: size", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), st.st_mode & 07777, "%s: mode", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_UID), st.st_uid, "%s: uid", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_GID), st.st_gid, "%s: gid", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_NLINK), st.st_nlink, "%s: nlink", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ALLOCATED), st.st_blocks * 512LL, "%s: allocated",
	       path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MTIME), nanoseconds(st.st_mtim), "%s: mtime", path);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_CTIME), nanoseconds(st.st_ctim), "%s: ctime", path);
	ok(nl_number(&nl, MORSEL_A_OBJECT_BTIME) > 0, "%s: btime", path);
}

static void test_new(void)
{
	uint64_t id;

	umask(077);
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "a");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 3 << 20);
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 04664);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, 1000);
	nl_u32(&nl, MORSEL_A_OBJECT_GID, 2000);
	granted(&nl, "a new morsel with everything said");
	is_int(nl.command, MORSEL_CMD_MORSEL_NEW, "the reply");
	ok(nl_has(&nl, MORSEL_A_OBJECT_CREATED), "created");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), 3 << 20, "size");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 04664, "mode, without umask");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_UID), 1000, "uid");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_GID), 2000, "gid");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_TYPE), MORSEL_OBJECT_TYPE_FILE, "type");
	same_as_stat("a");
	id = nl_number(&nl, MORSEL_A_OBJECT_ID);

	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "a");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 9 << 20);
	granted(&nl, "it exists already");
	ok(!nl_has(&nl, MORSEL_A_OBJECT_CREATED), "not created");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ID), id, "the same");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), 3 << 20, "as it was");

	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "d");
	nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	granted(&nl, "a new directory");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_TYPE), MORSEL_OBJECT_TYPE_DIRECTORY, "type");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 0700, "default mode");
	same_as_stat("d");

	need(!chmod(pool_path("d"), 02700) && !chown(pool_path("d"), 0, 2000));
	need(!chmod(pool_path("d"), 02700));
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "d/s");
	nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0775);
	granted(&nl, "a new directory in a set-group-id directory");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 02775, "inherits the bit");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_GID), 2000, "and the group");
	need(!rmdir(pool_path("d/s")));

	umask(0777);
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "d/b");
	granted(&nl, "a new morsel in it");
	umask(022);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 0600, "default mode");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), 0, "default size");
	same_as_stat("d/b");
}

static void test_get(void)
{
	uint64_t id;

	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "d/b");
	granted(&nl, "get by path");
	same_as_stat("d/b");
	id = nl_number(&nl, MORSEL_A_OBJECT_ID);
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, id);
	granted(&nl, "get by id");
	same_as_stat("d/b");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "d/b");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, id);
	granted(&nl, "get by both");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	granted(&nl, "the root");
	ok(nl_has(&nl, MORSEL_A_OBJECT_PATH) && !*nl_string(&nl, MORSEL_A_OBJECT_PATH), "its path");
	ok(!nl_has(&nl, MORSEL_A_OBJECT_PARENT), "it has no parent");
	need(!symlink("a", pool_path("s")));
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "s");
	granted(&nl, "a symbolic link itself");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_TYPE), MORSEL_OBJECT_TYPE_SYMLINK, "type");
}

static void test_memory(void)
{
	int fd = open(pool_path("a"), O_RDWR);
	char *map;

	need(fd >= 0);
	need(!fallocate(fd, 0, 0, 3 << 20));
	map = mmap(NULL, 3 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	map[0] = map[(3 << 20) - 1] = 1;
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "a");
	granted(&nl, "a morsel that is mapped");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ALLOCATED), 3 << 20, "allocated");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_HUGE), 2 << 20, "huge");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ATTACHMENTS), 1, "attachments");
	ok(nl_number(&nl, MORSEL_A_OBJECT_LINKS) > 0, "links");
	ok(nl_number(&nl, MORSEL_A_OBJECT_RW_TABLES) > 0, "tables of the writable view");
	ok(nl_number(&nl, MORSEL_A_OBJECT_TREE_TABLES) > 0, "tables of the tree");
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	nl_str(&nl, MORSEL_A_POOL_NAME, "p");
	granted(&nl, "its pool");
	is_int(nl_number(&nl, MORSEL_A_POOL_USED), 3 << 20, "used");
	is_int(nl_number(&nl, MORSEL_A_POOL_OBJECTS), 5, "objects: root, a, d, d/b, s");
	munmap(map, 3 << 20);
	close(fd);
}

static void test_set(void)
{
	uint64_t id;

	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "a");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 1 << 20);
	granted(&nl, "a smaller size");
	is_int(nl.command, MORSEL_CMD_MORSEL_SET, "the reply");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), 1 << 20, "size");
	same_as_stat("a");
	id = nl_number(&nl, MORSEL_A_OBJECT_ID);

	nl_begin(&nl, MORSEL_CMD_MORSEL_SET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, id);
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 1ULL << 44);
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0640);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, 1001);
	nl_u32(&nl, MORSEL_A_OBJECT_GID, 0);
	granted(&nl, "everything at once, by id: 16 TiB");
	same_as_stat("a");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_SIZE), 1LL << 44, "size");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 0640, "mode");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_UID), 1001, "uid");

	need(!chmod(pool_path("a"), 06755));
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "a");
	nl_u32(&nl, MORSEL_A_OBJECT_UID, 1000);
	granted(&nl, "another owner");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 0755, "takes the set-id bits away");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "d");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 02750);
	granted(&nl, "mode of a directory");
	same_as_stat("d");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 01777);
	granted(&nl, "mode of the root");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 01777, "mode");
}

static void rename_to(const char *from, const char *to, uint32_t flags)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", from);
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, to);
	if (flags)
		nl_u32(&nl, MORSEL_A_OBJECT_RENAME_FLAGS, flags);
	granted(&nl, "%s -> %s, flags %u", from, to, flags);
}

static uint64_t inode_of(const char *path)
{
	struct stat st = {};

	return lstat(pool_path(path), &st) ? 0 : st.st_ino;
}

static void test_rename(void)
{
	uint64_t a = inode_of("a"), b = inode_of("d/b"), d = inode_of("d");

	rename_to("a", "d/c", 0);
	is_int(nl.command, MORSEL_CMD_MORSEL_RENAME, "the reply");
	same_as_stat("d/c");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ID), a, "the same object");
	is_int(inode_of("a"), 0, "the old name is gone");
	rename_to("d/c", "d/e", MORSEL_RENAME_FLAG_NOREPLACE);
	rename_to("d/e", "d/b", MORSEL_RENAME_FLAG_EXCHANGE);
	is_int(inode_of("d/b"), a, "exchanged: one");
	is_int(inode_of("d/e"), b, "exchanged: the other");
	rename_to("d/b", "x", 0);
	rename_to("x", "d", MORSEL_RENAME_FLAG_EXCHANGE);
	is_int(inode_of("d"), a, "a file for a directory");
	is_int(inode_of("x"), d, "and back");
	is_int(inode_of("x/e"), b, "with what is in it");
	rename_to("x", "d", MORSEL_RENAME_FLAG_EXCHANGE);
	rename_to("d/e", "x", 0);
	is_int(inode_of("x"), b, "replaced");
	is_int(inode_of("d/e"), 0, "the old name is gone");
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, a);
	refused(&nl, ENOENT, "no such object", MORSEL_A_OBJECT_ID, "what was replaced is gone");
	rename_to("x", "x", 0);
	is_int(inode_of("x"), b, "onto itself");
}

static void test_del(void)
{
	int fd = open(pool_path("x"), O_RDWR);
	struct stat st;

	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "x");
	granted(&nl, "remove a morsel");
	ok(!nl.command, "no reply but the acknowledgment");
	is_int(inode_of("x"), 0, "it is gone");
	is_int(fstat(fd, &st), 0, "but open");
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, st.st_ino);
	granted(&nl, "its owner can still get it by id");
	ok(!nl_has(&nl, MORSEL_A_OBJECT_PATH), "without a path");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_NLINK), 0, "without a name");
	nl_begin(&nl, MORSEL_CMD_MORSEL_SET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, st.st_ino);
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 4096);
	granted(&nl, "and set its size");
	close(fd);
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "d");
	granted(&nl, "remove a directory");
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "s");
	granted(&nl, "remove a symbolic link");
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "p");
	granted(&nl, "the pool");
	is_int(nl_number(&nl, MORSEL_A_POOL_OBJECTS), 1, "only the root is left");
	is_int(nl_number(&nl, MORSEL_A_POOL_USED), 0, "no memory is used");
}

/* A path of 4095 bytes, made step by step. */
static void test_longest_path(void)
{
	char path[MORSEL_MAX_PATH + 1] = "";
	size_t len = 0;
	int error = 0;

	while (!error && len < MORSEL_MAX_PATH - 256) {
		memset(path + len, 'x', 255);
		len += 255;
		path[len] = '\0';
		nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", path);
		nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
		error = nl_talk(&nl);
		path[len++] = '/';
	}
	is_int(error, 0, "deep directories");
	memset(path + len, 'y', MORSEL_MAX_PATH - len);
	path[MORSEL_MAX_PATH] = '\0';
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", path);
	granted(&nl, "a morsel with the longest path");
	ok(!strcmp(nl_string(&nl, MORSEL_A_OBJECT_PATH), path), "its path in the reply");
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	is_int(nl_dump(&nl, NULL, NULL), 0, "dump it");
	ok(!strcmp(nl_string(&nl, MORSEL_A_OBJECT_PATH), path), "its path in the dump");
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", path);
	granted(&nl, "remove it");
}

/* A request for @path that names the pool by its id, and by @name if there is one. */
static void in_pool(int command, uint32_t pool, const char *name, const char *path)
{
	nl_begin(&nl, command);
	nl_u32(&nl, MORSEL_A_OBJECT_POOL_ID, pool);
	if (name)
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, name);
	if (path)
		nl_str(&nl, MORSEL_A_OBJECT_PATH, path);
}

static void count(struct nl *seen, void *arg)
{
	(void)seen;
	++*(int *)arg;
}

static void test_by_pool_id(void)
{
	int found = 0;
	uint32_t id;

	nl_pool(&nl, MORSEL_CMD_POOL_GET, "p");
	granted(&nl, "the pool, by its name");
	id = nl_number(&nl, MORSEL_A_POOL_ID);
	in_pool(MORSEL_CMD_MORSEL_NEW, id, NULL, "i");
	granted(&nl, "a new morsel in the pool of that id");
	same_as_stat("i");
	in_pool(MORSEL_CMD_MORSEL_SET, id, NULL, "i");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 4096);
	granted(&nl, "its size");
	in_pool(MORSEL_CMD_MORSEL_GET, id, "p", "i");
	granted(&nl, "get it by id and name of the pool");
	same_as_stat("i");
	in_pool(MORSEL_CMD_MORSEL_RENAME, id, NULL, "i");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "j");
	granted(&nl, "rename it");
	in_pool(MORSEL_CMD_MORSEL_GET, id, NULL, NULL);
	is_int(nl_dump(&nl, count, &found), 0, "dump the pool of that id");
	is_int(found, 2, "the root and it");
	in_pool(MORSEL_CMD_MORSEL_DEL, id, "q", "j");
	refused(&nl, ENOENT, "no pool of that id and name", 0, "another name than that id has");
	in_pool(MORSEL_CMD_MORSEL_DEL, id + 1000, NULL, "j");
	refused(&nl, ENOENT, "no such pool", 0, "an id that no pool has");
	ok(inode_of("j"), "it is there");
	in_pool(MORSEL_CMD_MORSEL_DEL, id, NULL, "j");
	granted(&nl, "remove it");
	ok(!inode_of("j"), "it is not there");
}

int main(void)
{
	nl_open(&nl);
	test_new();
	test_get();
	test_memory();
	test_set();
	test_rename();
	test_del();
	test_by_pool_id();
	test_longest_path();
	return done_testing();
}
