// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events: one for each change, in order, numbered without gaps, once the change
 * is in force, and for administrators only.
 * pool: size=64M,name=p
 * groups: nl
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nltest.h"

static struct nl ask, events;
static uint64_t last;

/* The next event; checks its number. */
static bool next_event(int command, const char *what)
{
	bool pool = command == MORSEL_CMD_POOL_NEW_NTF || command == MORSEL_CMD_POOL_DEL_NTF;
	int number = pool ? MORSEL_A_POOL_EVENT_SEQ : MORSEL_A_OBJECT_EVENT_SEQ;
	int error = nl_event(&events, 2000);
	uint64_t seq;

	if (!is_int(error, 0, "%s: an event", what))
		return false;
	if (!is_int(events.command, command, "%s: of that kind", what))
		return false;
	seq = nl_number(&events, number);
	if (last)
		is_int(seq, last + 1, "%s: the next number", what);
	is_int(events.in_seq, (uint32_t)seq, "%s: also as the message's", what);
	last = seq;
	return true;
}

static void no_event(const char *what)
{
	is_int(nl_event(&events, 100), EAGAIN, "%s: no event", what);
}

static void object_event(int command, const char *path, const char *what)
{
	if (!next_event(command, what))
		return;
	ok(!strcmp(nl_string(&events, MORSEL_A_OBJECT_PATH), path), "%s: path %s", what, path);
	ok(!strcmp(nl_string(&events, MORSEL_A_OBJECT_POOL_NAME), "p"), "%s: pool", what);
}

static uint64_t id_of(const char *path)
{
	struct stat st = {};

	return lstat(pool_path(path), &st) ? 0 : st.st_ino;
}

static int event_number(int attr)
{
	return nl_number(&events, attr);
}

static void test_file_system(void)
{
	int fd;

	close(make_morsel("a", 0));
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "a", "open(O_CREAT)");
	is_int(event_number(MORSEL_A_OBJECT_ID), id_of("a"), "its id");
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "a", "ftruncate");
	need(!mkdir(pool_path("d"), 0750));
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "d", "mkdir");
	is_int(event_number(MORSEL_A_OBJECT_TYPE), MORSEL_OBJECT_TYPE_DIRECTORY, "its type");
	is_int(event_number(MORSEL_A_OBJECT_MODE), 0750, "its mode");
	need(!truncate(pool_path("a"), 12345));
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "a", "truncate");
	is_int(event_number(MORSEL_A_OBJECT_SIZE), 12345, "its size");
	need(!chmod(pool_path("a"), 0604));
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "a", "chmod");
	is_int(event_number(MORSEL_A_OBJECT_MODE), 0604, "its mode");
	need(!chown(pool_path("a"), 1000, 2000));
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "a", "chown");
	is_int(event_number(MORSEL_A_OBJECT_GID), 2000, "its group");
	need(!chmod(pool_path(""), 0755));
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "", "chmod of the root");
	ok(nl_has(&events, MORSEL_A_OBJECT_PATH), "which has a path");
	need(!symlink("a", pool_path("s")));
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "s", "symlink");
	need(!unlink(pool_path("s")));
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "s", "unlink");

	fd = open(pool_path("a"), O_RDWR);
	need(write(fd, "x", 1) == 1);
	no_event("write");
	close(fd);
	is_int(mkdir(pool_path("d"), 0), -1, "mkdir again");
	no_event("what is refused");
	fd = open(pool_path("d"), O_TMPFILE | O_RDWR, 0600);
	need(fd >= 0);
	no_event("O_TMPFILE");
	close(fd);
}

static void test_names(void)
{
	char from[128], to[128];
	uint64_t a = id_of("a");

	snprintf(from, sizeof(from), "%s", pool_path("a"));
	snprintf(to, sizeof(to), "%s", pool_path("d/b"));
	need(!link(from, to));
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "d/b", "link");
	is_int(event_number(MORSEL_A_OBJECT_NLINK), 2, "the second name");
	need(!unlink(to));
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "d/b", "unlink of one of two");
	is_int(event_number(MORSEL_A_OBJECT_NLINK), 1, "one is left");

	need(!rename(from, to));
	object_event(MORSEL_CMD_MORSEL_RENAME_NTF, "d/b", "rename");
	ok(!strcmp(nl_string(&events, MORSEL_A_OBJECT_OLD_PATH), "a"), "where it was");
	is_int(event_number(MORSEL_A_OBJECT_ID), a, "the object");
	is_int(event_number(MORSEL_A_OBJECT_PARENT), id_of("d"), "its directory");
	close(make_morsel("a", 0));
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "a", "another file");
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "a", "and its size");
	need(!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE));
	object_event(MORSEL_CMD_MORSEL_RENAME_NTF, "d/b", "exchange: one");
	ok(!strcmp(nl_string(&events, MORSEL_A_OBJECT_OLD_PATH), "a"), "where it was");
	object_event(MORSEL_CMD_MORSEL_RENAME_NTF, "a", "exchange: the other");
	ok(!strcmp(nl_string(&events, MORSEL_A_OBJECT_OLD_PATH), "d/b"), "where it was");
	is_int(event_number(MORSEL_A_OBJECT_ID), a, "the object");
	need(!rename(from, to));
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "d/b", "rename over another: it goes");
	ok(event_number(MORSEL_A_OBJECT_ID) != (int)a, "that other one");
	object_event(MORSEL_CMD_MORSEL_RENAME_NTF, "d/b", "rename over another: it comes");
	is_int(event_number(MORSEL_A_OBJECT_ID), a, "the object");
	need(!unlink(to) && !rmdir(pool_path("d")));
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "d/b", "unlink");
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "d", "rmdir");
}

static void test_netlink(void)
{
	struct rlimit limit;

	nl_object(&ask, MORSEL_CMD_MORSEL_NEW, "p", "n");
	granted(&ask, "create over netlink");
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "n", "create over netlink");
	nl_object(&ask, MORSEL_CMD_MORSEL_SET, "p", "n");
	nl_u64(&ask, MORSEL_A_OBJECT_SIZE, 777);
	granted(&ask, "set over netlink");
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "n", "set over netlink");
	is_int(event_number(MORSEL_A_OBJECT_SIZE), 777, "its size");
	nl_object(&ask, MORSEL_CMD_MORSEL_RENAME, "p", "n");
	nl_str(&ask, MORSEL_A_OBJECT_NEW_PATH, "m");
	granted(&ask, "rename over netlink");
	object_event(MORSEL_CMD_MORSEL_RENAME_NTF, "m", "rename over netlink");
	nl_object(&ask, MORSEL_CMD_MORSEL_DEL, "p", "m");
	granted(&ask, "remove over netlink");
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "m", "remove over netlink");
	nl_object(&ask, MORSEL_CMD_MORSEL_GET, "p", "");
	granted(&ask, "get");
	no_event("get");
	nl_object(&ask, MORSEL_CMD_MORSEL_NEW, "p", "whole");
	nl_u64(&ask, MORSEL_A_OBJECT_SIZE, 4321);
	nl_u32(&ask, MORSEL_A_OBJECT_MODE, 0604);
	nl_u32(&ask, MORSEL_A_OBJECT_UID, 1000);
	granted(&ask, "create with attributes");
	object_event(MORSEL_CMD_MORSEL_NEW_NTF, "whole", "create with attributes");
	is_int(event_number(MORSEL_A_OBJECT_SIZE), 4321, "its size");
	is_int(event_number(MORSEL_A_OBJECT_MODE) & 07777, 0604, "its mode");
	is_int(event_number(MORSEL_A_OBJECT_UID), 1000, "its owner");
	no_event("told once");
	need(!chmod(pool_path("whole"), 0600));
	object_event(MORSEL_CMD_MORSEL_SET_NTF, "whole", "a change afterwards");
	/* It is there already when its size is refused. */
	signal(SIGXFSZ, SIG_IGN);
	need(!getrlimit(RLIMIT_FSIZE, &limit));
	need(!setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, limit.rlim_max }));
	nl_object(&ask, MORSEL_CMD_MORSEL_NEW, "p", "huge");
	nl_u64(&ask, MORSEL_A_OBJECT_SIZE, 1UL << 20);
	refused(&ask, EFBIG, "", 0, "create too large");
	need(!setrlimit(RLIMIT_FSIZE, &limit));
	no_event("what is refused");
	is_errno(access(pool_path("huge"), F_OK), ENOENT, "and nothing is left of it");
	need(!unlink(pool_path("whole")));
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "whole", "unlink");
}

static void pool_event(int command, const char *name, uint32_t flags, const char *what)
{
	if (!next_event(command, what))
		return;
	ok(!strcmp(nl_string(&events, MORSEL_A_POOL_NAME), name), "%s: name", what);
	is_int(event_number(MORSEL_A_POOL_FLAGS), flags, "%s: flags", what);
	ok(nl_has(&events, MORSEL_A_POOL_MODE), "%s: mode", what);
}

static void test_pools(void)
{
	nl_pool(&ask, MORSEL_CMD_POOL_NEW, "q");
	nl_u64(&ask, MORSEL_A_POOL_SIZE, 1 << 20);
	granted(&ask, "pool-new");
	pool_event(MORSEL_CMD_POOL_NEW_NTF, "q", MORSEL_POOL_FLAG_PINNED, "pool-new");
	nl_pool(&ask, MORSEL_CMD_POOL_DEL, "q");
	granted(&ask, "pool-del");
	pool_event(MORSEL_CMD_POOL_DEL_NTF, "q", 0, "pool-del");
	need(!mkdir("/mnt/m", 0700) && !mount("none", "/mnt/m", "morsel", 0, "size=1M,name=m"));
	pool_event(MORSEL_CMD_POOL_NEW_NTF, "m", 0, "mount");
	need(!umount("/mnt/m"));
	pool_event(MORSEL_CMD_POOL_DEL_NTF, "m", 0, "umount");
	is_int(mount("none", "/mnt/m", "morsel", 0, "size=bad"), -1, "a mount that is refused");
	no_event("a mount that is refused");
}

/* A number for every change, whether somebody listens or not. */
static void test_absence(void)
{
	nl_close(&events);
	close(make_morsel("x", 0)); /* two events */
	need(!unlink(pool_path("x")));
	nl_open(&events);
	need(!nl_join(&events));
	need(!mkdir(pool_path("x"), 0700));
	need(!nl_event(&events, 2000));
	is_int(nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ), last + 4, "numbers go on meanwhile");
	last += 4;
	need(!rmdir(pool_path("x")));
	object_event(MORSEL_CMD_MORSEL_DEL_NTF, "x", "rmdir");
}

static void test_overrun(void)
{
	struct nl slow;
	int size = 1, i, got = 0;
	uint64_t first, seq = 0;

	nl_open(&slow);
	need(!nl_join(&slow));
	need(!setsockopt(slow.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	for (i = 0; i < 50; i++)
		need(!chmod(pool_path(""), 0755));
	first = last + 1;
	for (i = 0; i < 50; i++)
		need(next_event(MORSEL_CMD_MORSEL_SET_NTF, "who is fast"));
	is_int(nl_event(&slow, 2000), ENOBUFS, "who is slow is told so");
	while (!nl_event(&slow, 100)) {
		seq = nl_number(&slow, MORSEL_A_OBJECT_EVENT_SEQ);
		is_int(seq, first + got, "gets the first ones");
		got++;
	}
	ok(got < 50, "not all of them: %d", got);
	need(!chmod(pool_path(""), 0755));
	need(!nl_event(&slow, 2000));
	ok(nl_number(&slow, MORSEL_A_OBJECT_EVENT_SEQ) > seq + 1, "and sees the gap later");
	need(next_event(MORSEL_CMD_MORSEL_SET_NTF, "who is fast"));
	nl_close(&slow);
}

enum {
	WRITERS = 4,
	ROUNDS = 400,
};

static int make_and_remove(void *arg)
{
	char name[32];
	int i;

	snprintf(name, sizeof(name), "w%d", *(int *)arg);
	for (i = 0; i < ROUNDS; i++)
		need(!mkdir(pool_path(name), 0700) && !rmdir(pool_path(name)));
	return 0;
}

/* Many at once: each event arrives, in the order of the numbers. */
static void test_crowd(void)
{
	static int index[WRITERS];
	pid_t pids[WRITERS];
	int i, gaps = 0, received = 0;

	for (i = 0; i < WRITERS; i++) {
		index[i] = i;
		pids[i] = start_child(make_and_remove, &index[i]);
	}
	while (received < WRITERS * ROUNDS * 2 && !nl_event(&events, 3000)) {
		uint64_t seq = nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ);

		gaps += seq != last + 1;
		last = seq;
		received++;
	}
	is_int(received, WRITERS * ROUNDS * 2, "all events of %d processes", WRITERS);
	is_int(gaps, 0, "without a gap, in order");
	for (i = 0; i < WRITERS; i++)
		is_int(wait_child(pids[i], 10), 0, "a writer");
}

struct duel {
	struct barrier *barrier;
	char from[128], to[128], gone[128];
};

static int move_and_remove(void *arg)
{
	struct duel *duel = arg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		need(!mkdir(duel->from, 0700));
		barrier_wait(duel->barrier);
		need(!rename(duel->from, duel->to));
		barrier_wait(duel->barrier);
		need(!rmdir(duel->to));
		barrier_wait(duel->barrier);
	}
	return 0;
}

/* Who hears of a change finds it done, even if the system call is not back yet. */
static void test_in_force(void)
{
	struct duel duel = { .barrier = barrier_new(2) };
	int i, old = 0, missing = 0, left = 0;
	pid_t pid;

	snprintf(duel.from, sizeof(duel.from), "%s", pool_path("from"));
	snprintf(duel.to, sizeof(duel.to), "%s", pool_path("to"));
	pid = start_child(move_and_remove, &duel);
	for (i = 0; i < ROUNDS; i++) {
		need(!nl_event(&events, 5000));
		missing += access(duel.from, F_OK) != 0;
		barrier_wait(duel.barrier);
		need(!nl_event(&events, 5000));
		old += access(duel.from, F_OK) == 0;
		missing += access(duel.to, F_OK) != 0;
		barrier_wait(duel.barrier);
		need(!nl_event(&events, 5000));
		left += access(duel.to, F_OK) == 0;
		barrier_wait(duel.barrier);
	}
	need(!wait_child(pid, 10));
	is_int(missing, 0, "a new name is there");
	is_int(old, 0, "an old name is not");
	is_int(left, 0, "what is removed is not");
}

static int join_as(void *arg)
{
	int flags = *(int *)arg, got;

	become_user(1000);
	if (flags)
		need(!unshare(flags));
	nl_open(&events);
	if (nl_join(&events))
		return errno;
	/* Joined, in a network namespace of his own.  What does he hear? */
	got = nl_event(&events, 1500);
	return got ? 200 : 201;
}

static void test_privilege(void)
{
	int none = 0, user = CLONE_NEWUSER, both = CLONE_NEWUSER | CLONE_NEWNET;
	pid_t pid;

	is_int(in_child(join_as, &none, 10), EPERM, "alice cannot listen");
	is_int(in_child(join_as, &user, 10), EPERM, "nor as root of a user namespace");
	pid = start_child(join_as, &both);
	usleep(700000);
	need(!mkdir(pool_path("heard"), 0700) && !rmdir(pool_path("heard")));
	is_int(wait_child(pid, 10), 200, "in a network namespace of her own she hears nothing");
}

int main(void)
{
	nl_open(&ask);
	nl_open(&events);
	is_int(nl_join(&events), 0, "an administrator listens");
	test_file_system();
	test_names();
	test_netlink();
	test_pools();
	test_absence();
	test_overrun();
	test_crowd();
	test_in_force();
	test_privilege();
	return done_testing();
}
