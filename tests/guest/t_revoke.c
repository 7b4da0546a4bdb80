// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A right that is revoked is gone from mappings and descriptors; what is left of it
 * stays; who is given it back has it again.
 * pool: size=64M,name=p
 * groups: rights
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/turns.h"

/* Every call that needs the right to write, or to read. */
static int write_calls(int fd, int64_t *errors)
{
	int n = 0, pipes[2];

	need(!pipe(pipes) && write(pipes[1], "x", 1) == 1);
	errors[n++] = error_of(pwrite(fd, "x", 1, 0));
	errors[n++] = error_of(ftruncate(fd, SIZE + PAGE));
	errors[n++] = error_of(fallocate(fd, 0, 0, PAGE));
	errors[n++] = error_of(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
	errors[n++] = error_of(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, PAGE));
	errors[n++] = error_of(splice(pipes[0], NULL, fd, NULL, 1, 0));
	errors[n++] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ?
			      errno : 0;
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

static int read_calls(int fd, int64_t *errors)
{
	int n = 0, pipes[2];
	char c;

	need(!pipe(pipes));
	errors[n++] = error_of(pread(fd, &c, 1, 0));
	errors[n++] = error_of(splice(fd, &(loff_t){ 0 }, pipes[1], NULL, 1, 0));
	errors[n++] = error_of(sendfile(pipes[1], fd, &(off_t){ 0 }, 1));
	errors[n++] = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? errno : 0;
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

static void all_are(const int64_t *errors, int n, int want, const char *what)
{
	int i;

	for (i = 0; i < n; i++)
		is_int(errors[i], want, "%s, call %d", what, i);
}

enum {
	WRITES = 7,
	READS = 4,
};

static int all_is_lost(void *arg)
{
	int fd = open_m(O_RDWR);
	volatile uint64_t *rw = map(fd, PROT_READ | PROT_WRITE), *ro = map(fd, PROT_READ);
	char name[32];

	rw[0] = 1;
	rw[CHUNK / 8] = 2;
	notes[0] = ro[0] + ro[CHUNK / 8];
	turn(); /* revoked */
	turn();
	notes[1] = touch_read(&rw[0]);
	notes[2] = touch_write(&rw[CHUNK / 8], 9);
	notes[3] = touch_read(&ro[0]);
	need(write_calls(fd, &notes[10]) == WRITES && read_calls(fd, &notes[20]) == READS);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	notes[4] = error_of(open(name, O_RDONLY));
	notes[5] = mprotect((void *)ro, SIZE, PROT_READ | PROT_WRITE) ? errno : 0;
	turn(); /* granted again */
	turn();
	notes[6] = touch_write(&rw[0], 3) ?: touch_read(&ro[0]);
	notes[7] = ro[0] == 3 && rw[CHUNK / 8] == 2;
	notes[8] = error_of(pwrite(fd, "x", 1, 0));
	return 0;
}

static void test_all(void)
{
	int fd = fresh();
	pid_t pid = start_child(as_alice, all_is_lost);

	turn();
	take("");
	turn();
	turn();
	grant("rw");
	turn();
	is_int(wait_child(pid, 20), 0, "alice loses everything and gets it back");
	is_int(notes[0], 3, "she had it");
	is_int(notes[1], SIGBUS, "a read through a writable mapping");
	is_int(notes[2], SIGBUS, "a write");
	is_int(notes[3], SIGBUS, "a read through a read-only mapping");
	all_are(&notes[10], WRITES, EACCES, "what needs the right to write");
	all_are(&notes[20], READS, EACCES, "what needs the right to read");
	is_int(notes[4], EACCES, "opened again by /proc/self/fd");
	is_int(notes[5], EACCES, "mprotect");
	is_int(notes[6], 0, "given back: the mappings are good again");
	is_int(notes[7], 1, "and see each other, and nothing was stored meanwhile");
	is_int(notes[8], 0, "and so is the descriptor");
	close(fd);
}

static int write_is_lost(void *arg)
{
	int fd = open_m(O_RDWR);
	volatile uint64_t *rw = map(fd, PROT_READ | PROT_WRITE), *ro = map(fd, PROT_READ);
	struct iovec iov = { &notes[40], 8 }, from;
	int pipes[2];

	need(!pipe(pipes));
	rw[0] = 1;
	rw[CHUNK / 8] = 2;
	turn();
	turn();
	notes[0] = touch_read(&rw[0]);
	notes[1] = rw[0] + rw[CHUNK / 8] + ro[0];
	notes[2] = touch_write(&rw[CHUNK / 8], 9);
	notes[3] = touch_write(&rw[2 * CHUNK / 8], 9); /* a hole, never touched */
	need(write_calls(fd, &notes[10]) == WRITES && read_calls(fd, &notes[20]) == READS);
	notes[4] = mprotect((void *)rw, SIZE, PROT_READ | PROT_WRITE) ? errno : 0;
	notes[5] = error_of(pread(fd, (void *)&rw[0], 8, PAGE)); /* the kernel as the writer */
	need(write(pipes[1], "12345678", 8) == 8);
	notes[6] = error_of(readv(pipes[0], &(struct iovec){ (void *)&rw[1], 8 }, 1));
	need(process_vm_readv(getpid(), &iov, 1, &(struct iovec){ (void *)rw, 8 }, 1, 0) == 8);
	iov.iov_base = (void *)&rw[0];
	from = (struct iovec){ &notes[41], 8 };
	notes[7] = error_of(process_vm_writev(getpid(), &from, 1, &iov, 1, 0));
	turn();
	turn();
	notes[8] = mprotect((void *)rw, SIZE, PROT_READ | PROT_WRITE) ? errno : 0;
	notes[9] = touch_write(&rw[0], 5);
	return 0;
}

static void test_write(void)
{
	int fd = fresh();
	uint64_t word = 0;
	pid_t pid = start_child(as_alice, write_is_lost);

	turn();
	take("r");
	turn();
	turn();
	need(pread(fd, &word, 8, 0) == 8);
	is_int(word, 1, "nothing was stored");
	grant("rw");
	turn();
	is_int(wait_child(pid, 20), 0, "alice loses the right to write only");
	is_int(notes[0], 0, "she goes on reading where she wrote");
	is_int(notes[1], 4, "what is there");
	is_int(notes[2], SIGSEGV, "a write is a fault");
	is_int(notes[3], SIGSEGV, "also where nothing was mapped yet");
	all_are(&notes[10], WRITES, EACCES, "what needs the right to write");
	all_are(&notes[20], READS, 0, "what needs the right to read");
	is_int(notes[4], EACCES, "mprotect does not bring it back");
	is_int(notes[5], EFAULT, "a system call does not store there");
	is_int(notes[6], EFAULT, "nor does a pipe");
	is_int(notes[40], 1, "another process reads there");
	is_int(notes[7], EFAULT, "but does not write");
	is_int(notes[8], 0, "once it is given back mprotect does");
	is_int(notes[9], 0, "and she writes");
	close(fd);
}

static int keeps(void *arg)
{
	int fd = open_m(O_RDWR);
	volatile uint64_t *rw = map(fd, PROT_READ | PROT_WRITE);

	rw[0] = 7;
	turn();
	turn();
	notes[0] = touch_read(&rw[0]);
	notes[1] = touch_write(&rw[CHUNK / 8], 8);
	notes[2] = rw[0];
	notes[3] = error_of(pwrite(fd, "x", 1, SIZE - 1));
	return 0;
}

static void test_others(void)
{
	int fd = fresh();
	pid_t pid = start_child(as_alice, keeps);

	turn();
	take("rw");
	turn();
	is_int(wait_child(pid, 20), 0, "a revoke that takes nothing from alice");
	ok(!notes[0] && !notes[1] && notes[2] == 7 && !notes[3], "she goes on");
	close(fd);
}

/* Without revoke a descriptor is good for what it was opened for, as everywhere. */
static void test_without(void)
{
	int fd = fresh();
	pid_t pid = start_child(as_alice, keeps);

	turn();
	grant("");
	turn();
	is_int(wait_child(pid, 20), 0, "a right is taken without revoke");
	ok(!notes[0] && !notes[1] && notes[2] == 7 && !notes[3], "alice keeps what she has");
	close(fd);
}

static int stopped(void *arg)
{
	int fd = open_m(O_RDWR);
	volatile uint64_t *rw = map(fd, PROT_READ | PROT_WRITE);

	rw[0] = 1;
	turn();
	raise(SIGSTOP);
	notes[0] = touch_write(&rw[0], 2);
	return 0;
}

static void test_stopped(void)
{
	int fd = fresh();
	pid_t pid = start_child(as_alice, stopped);
	int64_t before;

	turn();
	usleep(100 * 1000);
	before = now_ms();
	take("");
	ok(now_ms() - before < 2000 * time_scale(), "a process that is stopped holds nobody up");
	kill(pid, SIGCONT);
	is_int(wait_child(pid, 20), 0, "it goes on");
	is_int(notes[0], SIGBUS, "without the right");
	close(fd);
}

static void test_counts(void)
{
	int fd = fresh();

	nl_object(&nl, MORSEL_CMD_RIGHTS_GET, "p", "m");
	granted(&nl, "get");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_REVOKES), 0, "no revoke so far");
	take("r");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_REVOKES), 1, "the reply counts it");
	nl_object(&nl, MORSEL_CMD_RIGHTS_SET, "p", "m");
	nl_flag(&nl, MORSEL_A_OBJECT_REVOKE);
	granted(&nl, "revoke alone");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_REVOKES), 2, "is one more");
	close(fd);
}

int main(void)
{
	turns_begin();
	test_all();
	test_write();
	test_others();
	test_without();
	test_stopped();
	test_counts();
	return done_testing();
}
