// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quotas: every way to allocate meets them, chown moves what is charged, who may
 * see and set them.
 * pool: size=64M,name=p,mode=1777
 * groups: quota
 * timeout: 60
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
#include <unistd.h>
#include "lib/quota.h"

#define MIB (1L << 20)

enum {
	ROOT = 0,
	ALICE = 1000,
	BOB = 1001,
	CAROL = 1002,
};

static struct nl nl;

static const char *name_of(int i)
{
	static char name[16];

	snprintf(name, sizeof(name), "f%d", i);
	return pool_path(name);
}

/* ---- as a user; each returns 0 if all was as it should be, else where it was not ---- */

#define want(cond)                       \
	do {                             \
		if (!(cond))             \
			return __LINE__; \
	} while (0)

/* Write until it is refused.  Return: bytes written, or -1. */
static long write_all(int fd)
{
	static char buf[96 << 10];
	long done = 0;
	ssize_t n;

	while ((n = write(fd, buf, sizeof(buf))) > 0)
		done += n;
	return n < 0 && errno == EDQUOT ? done : -1;
}

static int write_to_limit(void *arg)
{
	long limit = *(long *)arg;
	int fd;

	become_user(ALICE);
	fd = open(name_of(0), O_CREAT | O_RDWR, 0600);
	want(fd >= 0);
	want(write_all(fd) == limit);
	want(fallocate(fd, FALLOC_FL_KEEP_SIZE, limit, 4096) && errno == EDQUOT);
	want(ftruncate(fd, limit - 4096) == 0);
	want(fallocate(fd, FALLOC_FL_KEEP_SIZE, limit, 8192) && errno == EDQUOT);
	want(fallocate(fd, FALLOC_FL_KEEP_SIZE, limit, 4096) == 0);
	want(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, limit, 4096) == 0);
	want(ftruncate(fd, 0) == 0);
	return 0;
}

static int store_beyond_limit(void *arg)
{
	long limit = *(long *)arg;
	char *map;
	int fd;

	become_user(ALICE);
	fd = open(name_of(1), O_CREAT | O_RDWR, 0600);
	want(fd >= 0 && ftruncate(fd, limit + MIB) == 0);
	map = mmap(NULL, limit + MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	want(map != MAP_FAILED);
	memset(map, 1, limit);
	map[limit] = 1; /* SIGBUS */
	return 0;
}

static int objects_to_limit(void *arg)
{
	int i, fds[3];

	(void)arg;
	become_user(ALICE);
	for (i = 0; i < 3; i++) {
		fds[i] = open(name_of(i), O_CREAT | O_RDWR | O_EXCL, 0600);
		want(fds[i] >= 0);
	}
	want(open(name_of(3), O_CREAT | O_RDWR, 0600) < 0 && errno == EDQUOT);
	want(open(pool_path("."), O_TMPFILE | O_RDWR, 0600) < 0 && errno == EDQUOT);
	want(mkdir(pool_path("d"), 0700) && errno == EDQUOT);
	want(symlink("x", pool_path("s")) && errno == EDQUOT);
	want(unlink(name_of(2)) == 0);
	want(open(name_of(3), O_CREAT | O_RDWR, 0600) < 0 && errno == EDQUOT); /* still open */
	close(fds[2]);
	want(mkdir(pool_path("d"), 0700) == 0);
	want(rmdir(pool_path("d")) == 0);
	fds[2] = open(pool_path("."), O_TMPFILE | O_RDWR, 0600);
	want(fds[2] >= 0);
	close(fds[2]);
	return 0;
}

/* A second name is one more object; it goes when the name does. */
static int names_to_limit(void *arg)
{
	char to[64];

	become_user(ALICE);
	(void)arg;
	snprintf(to, sizeof(to), "%s", pool_path("l1"));
	want(link(name_of(0), to) == 0);
	want(link(name_of(0), pool_path("l2")) && errno == EDQUOT);
	want(rename(to, name_of(1)) == 0); /* over f1, which goes */
	want(link(name_of(0), pool_path("l2")) == 0);
	want(unlink(pool_path("l2")) == 0 && unlink(name_of(1)) == 0);
	return 0;
}

static int ask_as_alice(void *arg)
{
	struct nl mine;
	int seen = 0;

	(void)arg;
	become_user(ALICE);
	nl_open(&mine);
	nl_pool(&mine, MORSEL_CMD_QUOTA_GET, "p");
	want(nl_talk(&mine) == 0 && nl_number(&mine, MORSEL_A_QUOTA_UID) == ALICE);
	quota_begin(&mine, MORSEL_CMD_QUOTA_GET, BOB);
	want(nl_talk(&mine) == EPERM && strstr(mine.text, "CAP_SYS_ADMIN"));
	nl_pool(&mine, MORSEL_CMD_QUOTA_GET, "p");
	nl_flag(&mine, MORSEL_A_QUOTA_DEFAULT);
	want(nl_talk(&mine) == 0 && nl_has(&mine, MORSEL_A_QUOTA_DEFAULT));
	quota_begin(&mine, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_u64(&mine, MORSEL_A_QUOTA_BYTES_HARD, 0);
	want(nl_talk(&mine) == EPERM);
	return seen;
}

/* ---- */

static void test_bytes(void)
{
	long limit = 5 * MIB + 12288;

	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_BYTES_HARD, limit + 4095);
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_HARD), limit,
	       "a limit is rounded down to frames");
	is_int(in_child(write_to_limit, &limit, 20), 0, "write and fallocate end exactly at it");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), 0, "truncation gives back");
	is_int(in_child(store_beyond_limit, &limit, 20), 128 + SIGBUS, "a store beyond it is SIGBUS");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), limit, "those below it are not");
	quota_check_sums(&nl);
	need(unlink(name_of(0)) == 0 && unlink(name_of(1)) == 0);
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), 0, "removal gives back");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 0, "the objects, too");
}

static void test_objects(void)
{
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, 3);
	is_int(in_child(objects_to_limit, NULL, 20), 0, "no way to pass the limit of objects");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 2, "what is left is counted");
	is_int(in_child(names_to_limit, NULL, 20), 0, "further names count");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 1, "while they are there");
	quota_check_sums(&nl);
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, 1);
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "by-netlink");
	nl_u32(&nl, MORSEL_A_OBJECT_UID, ALICE);
	refused(&nl, EDQUOT, "quota", 0, "nor by netlink");
	ok(access(pool_path("by-netlink"), F_OK) && errno == ENOENT, "nothing is left of it");
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, 0);
	need(unlink(name_of(0)) == 0);
}

static void test_chown(void)
{
	char *path = strdup(pool_path("c"));
	int fd = make_morsel("c", 0);
	struct stat st;

	need(fallocate(fd, 0, 0, 4 * MIB) == 0);
	need(link(path, pool_path("c2")) == 0);
	need(chown(path, ALICE, -1) == 0);
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), 4 * MIB,
	       "chown moves the bytes");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 2, "and the names");
	quota_check_sums(&nl);
	quota_limit(&nl, BOB, MORSEL_A_QUOTA_BYTES_HARD, 4 * MIB - 4096);
	is_errno(chown(path, BOB, -1), EDQUOT, "not to who cannot have them");
	need(stat(path, &st) == 0);
	is_int(st.st_uid, ALICE, "the owner stays");
	is_int(quota_number(&nl, BOB, MORSEL_A_QUOTA_BYTES_USED), 0, "he is charged nothing");
	quota_limit(&nl, BOB, MORSEL_A_QUOTA_BYTES_HARD, 4 * MIB);
	quota_limit(&nl, BOB, MORSEL_A_QUOTA_OBJECTS_HARD, 1);
	is_errno(chown(path, BOB, -1), EDQUOT, "nor with too many names");
	is_int(quota_number(&nl, BOB, MORSEL_A_QUOTA_BYTES_USED), 0, "no bytes stay behind");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "c");
	nl_u32(&nl, MORSEL_A_OBJECT_UID, BOB);
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 0);
	refused(&nl, EDQUOT, "quota", 0, "nor together with a new size");
	need(stat(path, &st) == 0);
	is_int(st.st_size, 4 * MIB, "the size stays");
	need(unlink(pool_path("c2")) == 0);
	ok(chown(path, BOB, -1) == 0, "what fits exactly is taken");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 0, "nothing is left here");
	quota_check_sums(&nl);
	close(fd);
	need(unlink(path) == 0);
	free(path);
}

static void test_default(void)
{
	int fd;

	nl_pool(&nl, MORSEL_CMD_QUOTA_SET, "p");
	nl_flag(&nl, MORSEL_A_QUOTA_DEFAULT);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, MIB);
	granted(&nl, "a default limit");
	is_int(quota_number(&nl, CAROL, MORSEL_A_QUOTA_BYTES_HARD), MIB, "holds for who has none");
	fd = make_morsel("r", 0);
	ok(fallocate(fd, 0, 0, 2 * MIB) == 0, "not for root");
	is_errno(fchown(fd, CAROL, -1), EDQUOT, "but for carol");
	quota_limit(&nl, CAROL, MORSEL_A_QUOTA_OBJECTS_HARD, 5);
	is_int(quota_number(&nl, CAROL, MORSEL_A_QUOTA_BYTES_HARD), MIB,
	       "who gets a limit of his own keeps the others");
	quota_limit(&nl, CAROL, MORSEL_A_QUOTA_BYTES_HARD, 2 * MIB);
	ok(fchown(fd, CAROL, -1) == 0, "unless told otherwise");
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, CAROL);
	nl_flag(&nl, MORSEL_A_QUOTA_REMOVE);
	granted(&nl, "limits of one's own can be removed");
	is_int(nl_number(&nl, MORSEL_A_QUOTA_BYTES_HARD), MIB, "then the default one holds again");
	is_int(nl_number(&nl, MORSEL_A_QUOTA_BYTES_USED), 2 * MIB, "even if more is used");
	is_errno(fallocate(fd, FALLOC_FL_KEEP_SIZE, 2 * MIB, 4096), EDQUOT, "no more is to be had");
	close(fd);
	need(unlink(pool_path("r")) == 0);
}

static void test_refusals(void)
{
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, ALICE);
	refused(&nl, EINVAL, "no limit is given", 0, "nothing to set");
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_flag(&nl, MORSEL_A_QUOTA_DEFAULT);
	refused(&nl, EINVAL, "exclude", MORSEL_A_QUOTA_UID, "uid and default");
	nl_pool(&nl, MORSEL_CMD_QUOTA_SET, "p");
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, 1);
	refused(&nl, EINVAL, "whose quota", 0, "neither");
	is_int(nl.miss_attr, MORSEL_A_QUOTA_UID, "the missing attribute is named");
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_SOFT, 2 * MIB);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, MIB);
	refused(&nl, EINVAL, "above the hard", MORSEL_A_QUOTA_BYTES_SOFT, "soft above hard");
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_SOFT, 2 * MIB);
	nl_flag(&nl, MORSEL_A_QUOTA_REMOVE);
	refused(&nl, EINVAL, "at once", MORSEL_A_QUOTA_REMOVE, "set and remove");
	quota_begin(&nl, MORSEL_CMD_QUOTA_GET, -1);
	refused(&nl, EINVAL, "no such user", MORSEL_A_QUOTA_UID, "an invalid user");
	quota_begin(&nl, MORSEL_CMD_QUOTA_GET, ALICE);
	need(nl_talk(&nl) == 0);
	ok(nl_number(&nl, MORSEL_A_QUOTA_BYTES_SOFT) == 0, "a refused request has set nothing");
	is_int(in_child(ask_as_alice, NULL, 20), 0, "users may see their own quota and set none");
}

static void count(struct nl *each, void *arg)
{
	uint64_t *seen = arg;

	if (nl_has(each, MORSEL_A_QUOTA_DEFAULT))
		seen[0]++;
	else if (nl_number(each, MORSEL_A_QUOTA_UID) >= 5000)
		seen[1]++;
}

/* More accounts than fit into one message. */
static void test_dump(void)
{
	uint64_t seen[2] = {};
	int i;

	for (i = 0; i < 700; i++)
		quota_limit(&nl, 5000 + i, MORSEL_A_QUOTA_OBJECTS_HARD, 7);
	nl_begin(&nl, MORSEL_CMD_QUOTA_GET);
	is_int(nl_dump(&nl, count, seen), 0, "quotas of all pools");
	is_int(seen[0], 1, "the default one of each pool");
	is_int(seen[1], 700, "each user once");
	nl_pool(&nl, MORSEL_CMD_QUOTA_GET, "nowhere");
	is_int(nl_dump(&nl, count, seen), ENOENT, "of a pool that is not there");
}

/* The next event of this kind; others are passed over. */
static bool next_event(struct nl *events, int command)
{
	while (nl_event(events, 1000) == 0)
		if (events->command == command)
			return true;
	return false;
}

static void check_event(struct nl *events, int command, enum morsel_quota_what what, uint64_t used,
			uint64_t limit)
{
	if (!ok(next_event(events, command), "an event"))
		return;
	is_int(nl_number(events, MORSEL_A_ALERT_WHAT), what, "what it counts");
	is_int(nl_number(events, MORSEL_A_ALERT_UID), ALICE, "whose quota");
	is_int(nl_number(events, MORSEL_A_ALERT_ACTOR_UID), ALICE, "who did it");
	is_int(nl_number(events, MORSEL_A_ALERT_USED), used, "how much is used");
	is_int(nl_number(events, MORSEL_A_ALERT_LIMIT), limit, "the limit");
}

static void test_events(void)
{
	long limit = MIB;
	struct nl events;

	nl_open(&events);
	need(nl_join(&events) == 0);
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_SOFT, limit / 2);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, limit);
	nl_u64(&nl, MORSEL_A_QUOTA_OBJECTS_HARD, 1);
	nl_u64(&nl, MORSEL_A_QUOTA_OBJECTS_SOFT, 0);
	granted(&nl, "soft and hard limits");
	sleep(2); /* refusals are told once a second */
	is_int(in_child(store_beyond_limit, &limit, 20), 128 + SIGBUS, "stores up to the limit");
	check_event(&events, MORSEL_CMD_QUOTA_SOFT_NTF, MORSEL_QUOTA_WHAT_BYTES, limit / 2 + 4096,
		    limit / 2);
	check_event(&events, MORSEL_CMD_QUOTA_REFUSED_NTF, MORSEL_QUOTA_WHAT_BYTES, limit, limit);
	is_int(in_child(write_to_limit, &limit, 20) != 0, 1, "one more object");
	check_event(&events, MORSEL_CMD_QUOTA_REFUSED_NTF, MORSEL_QUOTA_WHAT_OBJECTS, 1, 1);
	ok(!next_event(&events, MORSEL_CMD_QUOTA_SOFT_NTF), "the soft limit is told once");
	nl_close(&events);
	need(unlink(name_of(1)) == 0);
}

/* Objects with several names, removed and still open ones end with the pool. */
static void test_end_of_pool(void)
{
	char from[64];

	need(mkdir("/tmp/q", 0700) == 0 && mount("none", "/tmp/q", "morsel", 0, "size=1M") == 0);
	close(open("/tmp/q/a", O_CREAT | O_RDWR, 0600));
	snprintf(from, sizeof(from), "/tmp/q/a");
	ok(link(from, "/tmp/q/b") == 0, "a pool with an object of two names");
	ok(umount("/tmp/q") == 0, "ends");
}

int main(void)
{
	nl_open(&nl);
	test_bytes();
	test_objects();
	test_chown();
	test_default();
	test_refusals();
	test_events();
	test_dump();
	test_end_of_pool();
	quota_check_sums(&nl);
	nl_close(&nl);
	return done_testing();
}
