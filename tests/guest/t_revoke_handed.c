// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A right that is revoked is gone from mappings and descriptors that went from hand to
 * hand: sent, on their way, used by somebody else, inherited.
 * pool: size=64M,name=p
 * groups: rights
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/descriptors.h"
#include "lib/turns.h"

static int socks[2];

static int open_as_alice(void *arg)
{
	need(!seteuid(ALICE));
	int fd = open_m(O_RDWR);

	need(!seteuid(0));
	close(socks[1]);
	descriptor_send(socks[0], fd, "x", 1);
	return 0;
}

static int receives(void *arg)
{
	int fd = descriptor_receive(socks[1], &(char){ 0 }, 1);
	volatile uint64_t *rw = map(fd, PROT_READ | PROT_WRITE);

	rw[0] = 1;
	turn();
	turn();
	notes[0] = touch_write(&rw[0], 2);
	notes[1] = error_of(pwrite(fd, "x", 1, 0));
	return 0;
}

/* Root uses what alice has opened: he has every right, but the descriptor is hers. */
static void test_handed_on(void)
{
	int fd = fresh();
	pid_t pid;

	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, socks));
	pid = start_child(open_as_alice, NULL);
	close(socks[0]);
	is_int(wait_child(pid, 10), 0, "alice opens, and sends it on");
	pid = start_child(receives, NULL);
	turn();
	take("");
	turn();
	is_int(wait_child(pid, 10), 0, "root has what alice has opened");
	is_int(notes[0], SIGBUS, "his mapping is gone with her right");
	is_int(notes[1], EACCES, "so is the descriptor");
	close(socks[1]);
	close(fd);
}

/* On its way while it is revoked: nobody has it. */
static void test_in_flight(void)
{
	int fd = fresh();
	pid_t pid;

	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, socks));
	pid = start_child(open_as_alice, NULL);
	is_int(wait_child(pid, 10), 0, "a descriptor is in a socket");
	take("");
	int got = descriptor_receive(socks[1], &(char){ 0 }, 1);

	is_int(error_of(pread(got, notes, 1, 0)), EACCES, "received after the revoke");
	ok(mmap(NULL, SIZE, PROT_READ, MAP_SHARED, got, 0) == MAP_FAILED && errno == EACCES,
	   "and it cannot be mapped");
	close(got);
	close(socks[0]);
	close(socks[1]);
	close(fd);
}

static int bob_maps(void *arg)
{
	int fd = descriptor_receive(socks[1], &(char){ 0 }, 1);

	become_user(BOB);
	volatile uint64_t *rw = map(fd, PROT_READ | PROT_WRITE);

	rw[0] = 1;
	turn();
	turn();
	notes[0] = touch_read(&rw[0]);
	notes[1] = error_of(pread(fd, &notes[9], 1, 0));
	return 0;
}

/* Bob uses a descriptor of root's: his right is revoked, root's is not. */
static void test_mapper(void)
{
	int fd = fresh();
	pid_t pid;

	rights_give(&nl, "m", BOB, "rw", false);
	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, socks));
	pid = start_child(bob_maps, NULL);
	descriptor_send(socks[0], fd, "x", 1);
	turn();
	rights_give(&nl, "m", ALICE, "rw", true);
	turn();
	is_int(wait_child(pid, 10), 0, "bob has what root has opened");
	is_int(notes[0], SIGBUS, "his mapping is gone with his own right");
	is_int(notes[1], EACCES, "he cannot use the descriptor");
	is_int(error_of(pread(fd, &notes[9], 1, 0)), 0, "root can");
	close(socks[0]);
	close(socks[1]);
	close(fd);
}

static volatile uint64_t *inherited;
static int inherited_fd;

static int child_of_alice(void *arg)
{
	notes[NOTES / 2] = 1;
	turn();
	turn();
	notes[0] = touch_read(&inherited[0]);
	notes[1] = touch_write(&inherited[CHUNK / 8], 7);
	notes[2] = error_of(pread(inherited_fd, &notes[9], 1, 0));
	return 0;
}

/* The child has touched nothing when the right goes; its VMA has no attachment yet. */
static int alice_forks(void *arg)
{
	inherited_fd = open_m(O_RDWR);
	inherited = map(inherited_fd, PROT_READ | PROT_WRITE);
	inherited[0] = 1;
	return wait_child(start_child(child_of_alice, NULL), 15);
}

static void test_child(void)
{
	int fd = fresh();
	pid_t pid = start_child(as_alice, alice_forks);

	turn();
	take("");
	turn();
	is_int(wait_child(pid, 20), 0, "a child has what alice has mapped");
	is_int(notes[0], SIGBUS, "a read");
	is_int(notes[1], SIGBUS, "a write");
	is_int(notes[2], EACCES, "the descriptor");
	close(fd);
}

int main(void)
{
	turns_begin();
	test_handed_on();
	test_in_flight();
	test_mapper();
	test_child();
	return done_testing();
}
