// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events of mappings: each attachment that comes or goes, with who did it; and
 * who did the rest.
 * pool: size=64M,name=p
 * groups: nl event
 * timeout: 60
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nltest.h"

enum { CHUNK = 2 << 20 };

static struct nl events;
static uint64_t last;

static bool next_event(int command, const char *what)
{
	uint64_t seq;

	if (!is_int(nl_event(&events, 3000), 0, "%s: an event", what))
		return false;
	if (!is_int(events.command, command, "%s: of that kind", what))
		return false;
	seq = nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ);
	if (last)
		is_int(seq, last + 1, "%s: the next number", what);
	last = seq;
	return true;
}

static void by(pid_t pid, uid_t uid, const char *what)
{
	is_int(nl_number(&events, MORSEL_A_OBJECT_ACTOR_PID), pid, "%s: by that process", what);
	ok(nl_has(&events, MORSEL_A_OBJECT_ACTOR_UID), "%s: with a user", what);
	is_int(nl_number(&events, MORSEL_A_OBJECT_ACTOR_UID), uid, "%s: that user", what);
}

static void mapping(int command, const void *at, size_t length, uint64_t offset, int view,
		    const char *what)
{
	if (!next_event(command, what))
		return;
	ok(!strcmp(nl_string(&events, MORSEL_A_OBJECT_PATH), "m"), "%s: path", what);
	is_int(nl_number(&events, MORSEL_A_OBJECT_MAP_START), (intptr_t)at, "%s: start", what);
	is_int(nl_number(&events, MORSEL_A_OBJECT_MAP_LENGTH), length, "%s: length", what);
	is_int(nl_number(&events, MORSEL_A_OBJECT_MAP_OFFSET), offset, "%s: offset", what);
	is_int(nl_number(&events, MORSEL_A_OBJECT_MAP_VIEW), view, "%s: view", what);
}

static char *map(int fd, size_t length, int prot, off_t offset)
{
	char *p = mmap(NULL, length, prot, MAP_SHARED, fd, offset);

	need(p != MAP_FAILED);
	return p;
}

static void test_one(int fd)
{
	char *p = map(fd, 4 * CHUNK, PROT_READ | PROT_WRITE, 0);

	mapping(MORSEL_CMD_MORSEL_MAP_NTF, p, 4 * CHUNK, 0, MORSEL_MAP_VIEW_RW, "mmap");
	by(getpid(), 0, "mmap");
	is_int(nl_number(&events, MORSEL_A_OBJECT_ATTACHMENTS), 1, "it counts already");
	need(!munmap(p, 4 * CHUNK));
	mapping(MORSEL_CMD_MORSEL_UNMAP_NTF, p, 4 * CHUNK, 0, MORSEL_MAP_VIEW_RW, "munmap");
	by(getpid(), 0, "munmap");
	is_int(nl_number(&events, MORSEL_A_OBJECT_ATTACHMENTS), 0, "it does not count any more");
	p = map(fd, CHUNK, PROT_READ, CHUNK);
	mapping(MORSEL_CMD_MORSEL_MAP_NTF, p, CHUNK, CHUNK, MORSEL_MAP_VIEW_RO, "read-only");
	need(!munmap(p, CHUNK));
	mapping(MORSEL_CMD_MORSEL_UNMAP_NTF, p, CHUNK, CHUNK, MORSEL_MAP_VIEW_RO, "read-only");
}

/* A split is one attachment more; then each piece ends on its own. */
static void test_split(int fd)
{
	char *p = map(fd, 4 * CHUNK, PROT_READ | PROT_WRITE, 0);
	int command, balance = 0;

	mapping(MORSEL_CMD_MORSEL_MAP_NTF, p, 4 * CHUNK, 0, MORSEL_MAP_VIEW_RW, "whole");
	need(!munmap(p + CHUNK, CHUNK));
	need(!munmap(p, 4 * CHUNK));
	while (!nl_event(&events, 200)) {
		command = events.command;
		need(command == MORSEL_CMD_MORSEL_MAP_NTF ||
		     command == MORSEL_CMD_MORSEL_UNMAP_NTF);
		balance += command == MORSEL_CMD_MORSEL_MAP_NTF ? 1 : -1;
		last = nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ);
	}
	is_int(balance, -1, "as many ends as beginnings");
	is_int(nl_number(&events, MORSEL_A_OBJECT_ATTACHMENTS), 0, "none is left");
}

struct child {
	struct barrier *barrier;
	char *p;
};

static int touch_as_alice(void *arg)
{
	struct child *child = arg;

	become_user(1000);
	barrier_wait(child->barrier);
	*(volatile char *)child->p = 1;
	barrier_wait(child->barrier);
	return 0;
}

/* A child has the mapping with its first touch, and it ends with the child. */
static void test_fork(int fd)
{
	struct child child = { .barrier = barrier_new(2) };
	pid_t pid;

	child.p = map(fd, CHUNK, PROT_READ | PROT_WRITE, 0);
	mapping(MORSEL_CMD_MORSEL_MAP_NTF, child.p, CHUNK, 0, MORSEL_MAP_VIEW_RW, "parent");
	pid = start_child(touch_as_alice, &child);
	is_int(nl_event(&events, 200), EAGAIN, "fork alone is no event");
	barrier_wait(child.barrier);
	mapping(MORSEL_CMD_MORSEL_MAP_NTF, child.p, CHUNK, 0, MORSEL_MAP_VIEW_RW, "child");
	by(pid, 1000, "child");
	is_int(nl_number(&events, MORSEL_A_OBJECT_ATTACHMENTS), 2, "two attachments");
	barrier_wait(child.barrier);
	need(!wait_child(pid, 10));
	mapping(MORSEL_CMD_MORSEL_UNMAP_NTF, child.p, CHUNK, 0, MORSEL_MAP_VIEW_RW, "its end");
	by(pid, 1000, "its end");
	need(!munmap(child.p, CHUNK));
	mapping(MORSEL_CMD_MORSEL_UNMAP_NTF, child.p, CHUNK, 0, MORSEL_MAP_VIEW_RW, "parent");
}

static int chmod_as_alice(void *arg)
{
	(void)arg;
	become_user(1000);
	return chmod(pool_path("alices"), 0640) != 0;
}

static void test_actor(void)
{
	pid_t pid;

	close(make_morsel("alices", 0));
	next_event(MORSEL_CMD_MORSEL_NEW_NTF, "new");
	by(getpid(), 0, "new");
	next_event(MORSEL_CMD_MORSEL_SET_NTF, "size");
	need(!chown(pool_path("alices"), 1000, 1000));
	next_event(MORSEL_CMD_MORSEL_SET_NTF, "chown");
	pid = start_child(chmod_as_alice, NULL);
	next_event(MORSEL_CMD_MORSEL_SET_NTF, "chmod");
	by(pid, 1000, "chmod");
	need(!wait_child(pid, 10));
}

/* What nobody heard of is not counted, but it leaves a gap. */
static void test_unheard(int fd)
{
	char *p;
	int i;

	nl_close(&events);
	for (i = 0; i < 10; i++) {
		p = map(fd, CHUNK, PROT_READ, 0);
		need(!munmap(p, CHUNK));
	}
	nl_open(&events);
	need(!nl_join(&events));
	p = map(fd, CHUNK, PROT_READ, 0);
	need(!nl_event(&events, 2000));
	is_int(nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ), last + 2, "a gap of one");
	last += 2;
	need(!munmap(p, CHUNK));
	mapping(MORSEL_CMD_MORSEL_UNMAP_NTF, p, CHUNK, 0, MORSEL_MAP_VIEW_RO, "and none after it");
}

int main(void)
{
	int fd;

	nl_open(&events);
	need(!nl_join(&events));
	fd = make_morsel("m", 8 * CHUNK);
	next_event(MORSEL_CMD_MORSEL_NEW_NTF, "new");
	next_event(MORSEL_CMD_MORSEL_SET_NTF, "size");
	test_one(fd);
	test_split(fd);
	test_fork(fd);
	test_actor();
	test_unheard(fd);
	close(fd);
	return done_testing();
}
