// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Watches: who has no privilege is told of what he may see, at the time of the
 * event, numbered by itself.
 * pool: size=64M,name=p
 * groups: nl event
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

enum {
	ALICE = 1000,
	CROWD = 1000,
	NEW = MORSEL_CMD_MORSEL_NEW_NTF,
	SET = MORSEL_CMD_MORSEL_SET_NTF,
	RENAME = MORSEL_CMD_MORSEL_RENAME_NTF,
	DEL = MORSEL_CMD_MORSEL_DEL_NTF,
};

static struct nl root, alice;
static uint64_t last; /* number that alice had last */

static void become(uid_t uid)
{
	need(!seteuid(0) && !setegid(uid) && !setgroups(0, NULL) && !seteuid(uid));
}

static void ask_watch(struct nl *nl, const char *path, bool recursive)
{
	nl_object(nl, MORSEL_CMD_MORSEL_WATCH, "p", path);
	if (recursive)
		nl_flag(nl, MORSEL_A_OBJECT_RECURSIVE);
}

/* A new socket of alice's; she watches with it. */
static void watch(const char *path, bool recursive)
{
	if (alice.fd)
		nl_close(&alice);
	become(ALICE);
	nl_open(&alice);
	ask_watch(&alice, path, recursive);
	granted(&alice, "alice watches \"%s\"", path);
	ok(nl_number(&alice, MORSEL_A_OBJECT_WATCH), "and is told the number of the watch");
	become(0);
	last = 0;
}

static bool comes(int command, const char *path, const char *what)
{
	uint64_t seq;

	if (!is_int(nl_event(&alice, 3000), 0, "%s: alice hears of it", what) ||
	    !is_int(alice.command, command, "%s: of that kind", what))
		return false;
	seq = nl_number(&alice, MORSEL_A_OBJECT_WATCH_SEQ);
	is_int(seq, last + 1, "%s: the next number", what);
	is_int(alice.in_seq, (uint32_t)seq, "%s: also as the message's", what);
	last = seq;
	return ok(!strcmp(nl_string(&alice, MORSEL_A_OBJECT_PATH), path), "%s: path %s", what,
		  path);
}

static void nothing(const char *what)
{
	is_int(nl_event(&alice, 100), EAGAIN, "%s: alice hears nothing", what);
}

static void move(const char *from, const char *to)
{
	char old[128];

	snprintf(old, sizeof(old), "%s", pool_path(from));
	need(!rename(old, pool_path(to)));
}

static void make(const char *name)
{
	int fd = open(pool_path(name), O_CREAT | O_RDWR, 0600);

	need(fd >= 0);
	close(fd);
}

static void make_world(void)
{
	need(!mkdir(pool_path("d"), 0755) && !mkdir(pool_path("other"), 0755));
	need(!mkdir(pool_path("hidden"), 0700) && !mkdir(pool_path("d/sub"), 0755));
	need(!mkdir(pool_path("d/closed"), 0700));
	make("closed-file");
	need(!symlink("d", pool_path("link")));
}

static void test_refusals(void)
{
	become(ALICE);
	nl_open(&alice);
	ask_watch(&alice, "hidden", false);
	refused(&alice, EACCES, "read and search the directory", MORSEL_A_OBJECT_PATH,
		"a directory that she may not read");
	ask_watch(&alice, "closed-file", false);
	refused(&alice, EACCES, "right to read the object", MORSEL_A_OBJECT_PATH,
		"a morsel that she may not read");
	ask_watch(&alice, "hidden/x", false);
	refused(&alice, EACCES, "", MORSEL_A_OBJECT_PATH, "what is in a directory that she may not");
	ask_watch(&alice, "none", false);
	refused(&alice, ENOENT, "no such", MORSEL_A_OBJECT_PATH, "what is not there");
	ask_watch(&alice, "link", false);
	refused(&alice, EINVAL, "symbolic link", 0, "a symbolic link");
	ask_watch(&alice, "d", false);
	granted(&alice, "a directory");
	ask_watch(&alice, "d", true);
	refused(&alice, EEXIST, "watches the object already", 0, "the same again");
	become(0);
	need(!chmod(pool_path("closed-file"), 0644));
	become(ALICE);
	ask_watch(&alice, "closed-file", true);
	refused(&alice, ENOTDIR, "for directories", MORSEL_A_OBJECT_RECURSIVE, "below a morsel");
	become(0);
	ask_watch(&alice, "", false);
	refused(&alice, EPERM, "opened with other rights", 0, "alice opens, root sends");
	nl_close(&alice);
	nl_open(&alice);
	become(ALICE);
	ask_watch(&alice, "d", false);
	refused(&alice, EPERM, "opened with other rights", 0, "root opens, alice sends");
	become(0);
}

static void test_directory(void)
{
	watch("d", false);
	make("d/a");
	if (comes(NEW, "d/a", "a new morsel")) {
		ok(!nl_has(&alice, MORSEL_A_OBJECT_EVENT_SEQ), "no number that counts others'");
		ok(!nl_has(&alice, MORSEL_A_OBJECT_ACTOR_PID), "not the process of another user");
		ok(nl_has(&alice, MORSEL_A_OBJECT_ACTOR_UID), "but the user who did it");
		is_int(nl_number(&alice, MORSEL_A_OBJECT_ACTOR_UID), 0, "who is root");
	}
	make("other/a");
	nothing("another directory");
	make("d/sub/a");
	nothing("below it");
	need(!chmod(pool_path("d/a"), 0600));
	comes(SET, "d/a", "a chmod");
	need(!chmod(pool_path("d"), 0755));
	comes(SET, "d", "a chmod of itself");
	need(!unlink(pool_path("d/a")));
	comes(DEL, "d/a", "it is gone");
}

static void test_moves(void)
{
	watch("d", false);
	make("hidden/secret");
	move("hidden/secret", "d/shown");
	comes(NEW, "d/shown", "moved in from where she may not look");
	ok(!nl_has(&alice, MORSEL_A_OBJECT_OLD_PATH), "not told where it was");
	move("d/shown", "d/again");
	comes(RENAME, "d/again", "moved within");
	ok(!strcmp(nl_string(&alice, MORSEL_A_OBJECT_OLD_PATH), "d/shown"), "told where it was");
	move("d/again", "hidden/secret2");
	comes(DEL, "d/again", "moved out to where she may not look");
	ok(!nl_has(&alice, MORSEL_A_OBJECT_OLD_PATH), "not told where it is");
	move("hidden/secret2", "other/b");
	nothing("moved elsewhere");
	move("other/b", "d/b");
	comes(NEW, "d/b", "moved in from another directory");
	move("d/b", "d/sub/b");
	comes(DEL, "d/b", "moved below");
	move("d", "e");
	comes(RENAME, "e", "the directory itself");
	make("e/c");
	comes(NEW, "e/c", "and it is watched still");
	move("e", "d");
	comes(RENAME, "d", "back");
}

static void test_recursive(void)
{
	watch("d", true);
	make("d/sub/x");
	comes(NEW, "d/sub/x", "below");
	make("d/closed/x");
	nothing("below, where she may not look");
	move("d/closed/x", "d/sub/y");
	comes(NEW, "d/sub/y", "moved out of there");
	need(!chmod(pool_path("d/closed"), 0711));
	comes(SET, "d/closed", "what is no secret of it");
	make("d/closed/z");
	nothing("a directory that can be searched only");
	need(!chmod(pool_path("d/closed"), 0700));
	comes(SET, "d/closed", "back");
}

static void test_morsel(void)
{
	int fd = make_morsel("other/m", 4096);
	void *at;

	need(!fchmod(fd, 0644));
	watch("other/m", false);
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	need(at != MAP_FAILED);
	comes(MORSEL_CMD_MORSEL_MAP_NTF, "other/m", "root maps");
	ok(!nl_has(&alice, MORSEL_A_OBJECT_MAP_START), "not where: it is root's process");
	munmap(at, 4096);
	comes(MORSEL_CMD_MORSEL_UNMAP_NTF, "other/m", "root unmaps");
	make("other/n");
	nothing("its neighbour");
	move("other/m", "hidden/m");
	comes(DEL, "other/m", "moved to where she may not look");
	need(!fchmod(fd, 0640));
	nothing("a chmod there");
	close(fd);
}

static int map_as_alice(void *arg)
{
	int fd;

	become_user(ALICE);
	need(!prctl(PR_SET_DUMPABLE, 1)); /* as after an exec: her process is hers to look into */
	fd = open(pool_path("other/own"), O_RDWR);
	need(fd >= 0);
	need(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	*(pid_t *)arg = getpid();
	return 0;
}

static void test_own_process(void)
{
	pid_t *pid = shared_page();

	close(make_morsel("other/own", 4096));
	need(!chown(pool_path("other/own"), ALICE, ALICE));
	watch("other/own", false);
	need(!in_child(map_as_alice, pid, 10));
	if (!comes(MORSEL_CMD_MORSEL_MAP_NTF, "other/own", "alice maps"))
		return;
	is_int(nl_number(&alice, MORSEL_A_OBJECT_ACTOR_PID), *pid, "by that process");
	is_int(nl_number(&alice, MORSEL_A_OBJECT_ACTOR_UID), ALICE, "and herself");
	ok(nl_number(&alice, MORSEL_A_OBJECT_MAP_START), "and where");
	comes(MORSEL_CMD_MORSEL_UNMAP_NTF, "other/own", "her process ends");
}

/* Rights taken away stop events at once; when they are back there is a gap. */
static void test_rights(void)
{
	int i;

	watch("d", false);
	make("d/r0");
	comes(NEW, "d/r0", "while she may");
	need(!chmod(pool_path("d"), 0700));
	for (i = 0; i < 10; i++) {
		make("d/r1");
		need(!unlink(pool_path("d/r1")));
	}
	nothing("once she may not");
	need(!chmod(pool_path("d"), 0755));
	last++;
	comes(SET, "d", "when she may again: after a gap");
	make("d/r1");
	comes(NEW, "d/r1", "while she may");
	need(!chmod(pool_path(""), 0700));
	need(!unlink(pool_path("d/r1")));
	nothing("a directory above that she may not search");
	need(!chmod(pool_path(""), 0755));
	need(!unlink(pool_path("d/r0")));
	last++;
	comes(DEL, "d/r0", "after a gap");
	/* Her socket in the hands of root is hers all the same. */
	need(!chmod(pool_path("d"), 0700));
	make("d/r2");
	nothing("root holds the socket that alice watches with");
	need(!chmod(pool_path("d"), 0755));
	need(!unlink(pool_path("d/r2")));
}

static void set_limit(const char *value)
{
	int fd = open("/sys/module/morsel/parameters/watches_per_user", O_WRONLY);

	need(fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value));
	close(fd);
}

static void test_limit(void)
{
	struct nl more;

	set_limit("1");
	watch("d", false);
	become(ALICE);
	nl_open(&more);
	ask_watch(&more, "d", false);
	refused(&more, EDQUOT, "watches_per_user", 0, "one more than the limit");
	nl_close(&alice);
	ask_watch(&more, "d", false);
	granted(&more, "a watch ends with its socket");
	become(0);
	nl_close(&more);
	alice.fd = 0;
	set_limit("1024");
}

static void test_crowd(void)
{
	static struct nl crowd; /* one at a time: the sockets are kept */
	static int fds[CROWD];
	const struct rlimit limit = { CROWD + 100, CROWD + 100 };
	int i, heard = 0, silent = 0;

	need(!setrlimit(RLIMIT_NOFILE, &limit));
	become(ALICE);
	for (i = 0; i < CROWD; i++) {
		nl_open(&crowd);
		ask_watch(&crowd, "d", false);
		need(!nl_talk(&crowd));
		fds[i] = crowd.fd;
	}
	become(0);
	make("d/crowd");
	for (i = 0; i < CROWD; i++) {
		crowd.fd = fds[i];
		heard += !nl_event(&crowd, 1000) && crowd.command == NEW &&
			 nl_number(&crowd, MORSEL_A_OBJECT_WATCH_SEQ) == 1;
		silent += nl_event(&crowd, 0) == EAGAIN;
		close(fds[i]);
	}
	is_int(heard, CROWD, "a thousand watchers are told");
	is_int(silent, CROWD, "once");
	need(!unlink(pool_path("d/crowd")));
}

/* Who never reads stops nobody, and finds out. */
static void test_silent(void)
{
	int i, got = 0, size = 1;
	int64_t start = now_ms();

	watch("d", false);
	need(!setsockopt(alice.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	for (i = 0; i < 1000; i++)
		need(!chmod(pool_path("d"), 0755));
	ok(now_ms() - start < 10000 * time_scale(), "who never reads is not waited for");
	is_int(nl_event(&alice, 3000), ENOBUFS, "he is told that he has lost something");
	while (!nl_event(&alice, 100))
		got++;
	ok(got > 0 && got < 1000, "the buffer held %d of 1000", got);
	need(!chmod(pool_path("d"), 0755));
	last = 1000;
	comes(SET, "d", "the next one counts what is lost");
}

static void test_quota(void)
{
	nl_begin(&root, MORSEL_CMD_QUOTA_SET);
	nl_str(&root, MORSEL_A_QUOTA_POOL_NAME, "p");
	nl_u32(&root, MORSEL_A_QUOTA_UID, ALICE);
	nl_u64(&root, MORSEL_A_QUOTA_OBJECTS_SOFT, 1);
	granted(&root, "a soft limit for alice");
	watch("other", false);
	make("other/q");
	comes(NEW, "other/q", "an object");
	need(!chown(pool_path("other/q"), ALICE, ALICE));
	is_int(nl_event(&alice, 3000), 0, "her soft limit is passed");
	is_int(alice.command, MORSEL_CMD_QUOTA_SOFT_NTF, "she is told");
	is_int(nl_number(&alice, MORSEL_A_ALERT_UID), ALICE, "that it is hers");
	is_int(nl_number(&alice, MORSEL_A_ALERT_WATCH_SEQ), ++last, "by the next number");
	comes(SET, "other/q", "the object is hers");
}

static void test_pool_set(void)
{
	need(!mount("none", pool_path(""), NULL, MS_REMOUNT, "size=65M"));
	is_int(nl_event(&alice, 3000), 0, "the pool grows");
	is_int(alice.command, MORSEL_CMD_POOL_SET_NTF, "she is told");
	is_int(nl_number(&alice, MORSEL_A_POOL_SIZE), 65 << 20, "how large it is");
	is_int(nl_number(&alice, MORSEL_A_POOL_WATCH_SEQ), ++last, "by the next number, too");
}

static void test_pool_end(void)
{
	nl_pool(&root, MORSEL_CMD_POOL_NEW, "q");
	nl_u64(&root, MORSEL_A_POOL_SIZE, 1 << 20);
	granted(&root, "another pool");
	nl_object(&root, MORSEL_CMD_MORSEL_WATCH, "q", "");
	granted(&root, "root watches it");
	nl_pool(&root, MORSEL_CMD_POOL_DEL, "q");
	nl_send(&root, NLM_F_ACK);
	is_int(nl_event(&root, 3000), 0, "it ends");
	is_int(root.command, MORSEL_CMD_POOL_DEL_NTF, "as the event says");
	is_int(nl_number(&root, MORSEL_A_POOL_WATCH_SEQ), 1, "with its number");
}

int main(void)
{
	nl_open(&root);
	make_world();
	test_refusals();
	test_directory();
	test_moves();
	test_recursive();
	test_morsel();
	test_own_process();
	test_rights();
	test_limit();
	test_crowd();
	test_silent();
	test_quota();
	test_pool_set();
	test_pool_end();
	nl_close(&root);
	nl_close(&alice);
	return done_testing();
}
