// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What has begun when a right is taken (hazards T8).  A system call that waits for user
 * memory holds the revoke up no longer than that it does, and goes no further afterwards.
 * What holds references on pages of the object, a pipe or a store from outside, has these
 * pages and no others: that cannot be taken back.
 * pool: size=64M,name=p
 * groups: rights gup hazard
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/served.h"
#include "lib/turns.h"

/* What a thread of alice's does until it waits for the page that is served. */
struct call {
	void *(*fn)(void *call);
	const char *what;
	const char *left; /* of her rights */
	size_t from;	  /* where in the served memory it begins: 0 or PAGE */
	int fd;
	volatile uint64_t *rw;
	pid_t target; /* a child that has it mapped */
	struct served buffer;
	ssize_t ret;
	int error;
};

static struct nl events;
static struct call call; /* of alice's process, as the test has set it up */

/* ---- the test's side ---- */

static void fill(int fd, off_t page, char with)
{
	char bytes[PAGE];

	memset(bytes, with, PAGE);
	need(pwrite(fd, bytes, PAGE, page * PAGE) == PAGE);
}

/* How many bytes of the object are this one, from an offset on. */
static ssize_t count(int fd, char byte, off_t from)
{
	static char bytes[SIZE];
	ssize_t n, i;

	for (n = 0, i = pread(fd, bytes, SIZE - from, from); i > 0; i--)
		n += bytes[i - 1] == byte;
	return n;
}

/* Take her right, and overwrite three pages, which needs the turn of a writer. */
static void take_in_time(int fd, const char *left, const char *what)
{
	int64_t start = now_ms();
	int i;

	take(left);
	ok(now_ms() - start < 3000 * time_scale(), "%s: the revoke does not wait", what);
	for (i = 0; i < 3; i++)
		fill(fd, i, 'O');
	ok(now_ms() - start < 3000 * time_scale(), "%s: nor does who writes then", what);
}

/* What the event of the last revoke says: were pages in use? */
static bool told_pinned(void)
{
	int pinned = -1, error;

	while (!(error = nl_event(&events, 100)))
		if (events.command == MORSEL_CMD_MORSEL_REVOKE_NTF)
			pinned = nl_has(&events, MORSEL_A_OBJECT_PINNED);
	need(error == EAGAIN && pinned >= 0);
	return pinned;
}

/* ---- alice's ---- */

static void *write_it(void *arg)
{
	call.ret = write(call.fd, call.buffer.at + call.from, 2UL * PAGE - call.from);
	call.error = call.ret < 0 ? errno : 0;
	return arg;
}

static void *read_it(void *arg)
{
	call.ret = read(call.fd, call.buffer.at + call.from, 2UL * PAGE - call.from);
	call.error = call.ret < 0 ? errno : 0;
	return arg;
}

/* The load waits; the store comes after it. */
static void *store_it(void *arg)
{
	call.error = touch_write(&call.rw[0], *(uint64_t *)(call.buffer.at + PAGE));
	return arg;
}

/* Pages of the object are pinned before the first byte is read from where it waits. */
static void *store_from_outside(void *arg)
{
	static char more[SIZE - PAGE];
	struct iovec mine[] = { { call.buffer.at + PAGE, PAGE }, { more, sizeof(more) } };
	struct iovec theirs = { (void *)call.rw, SIZE };

	memset(more, 's', sizeof(more));
	call.ret = process_vm_writev(call.target, mine, 2, &theirs, 1, 0);
	call.error = call.ret < 0 ? errno : 0;
	notes[5] = error_of(process_vm_writev(call.target, mine, 2, &theirs, 1, 0));
	return arg;
}

static int idle(void *arg)
{
	return pause();
}

/* Begin; the right goes while the call waits; serve, and see how it ends. */
static int waits(void *arg)
{
	pthread_t thread;
	size_t i;

	served_make(&call.buffer); /* for which one has to be root */
	become_user(ALICE);
	call.fd = open_m(O_RDWR);
	call.rw = map(call.fd, PROT_READ | PROT_WRITE);
	need(!prctl(PR_SET_DUMPABLE, 1)); /* for the store from outside */
	call.target = start_child(idle, NULL);
	memset(call.buffer.at, 'a', PAGE); /* there again, after the fork */
	need(!pthread_create(&thread, NULL, call.fn, NULL));
	served_wait(&call.buffer);
	turn();
	turn();
	served_fill(&call.buffer, 's');
	need(!pthread_join(thread, NULL));
	notes[0] = call.ret;
	notes[1] = call.error;
	for (i = 0; i < 2UL * PAGE; i++)
		notes[2] += call.buffer.at[i] == 'o';
	notes[3] = error_of(pwrite(call.fd, "x", 1, 0));
	kill(call.target, SIGKILL);
	served_drop(&call.buffer);
	return 0;
}

/* The object is full of 'o' in three pages, and when the right has gone of 'O'. */
static int lose_while_waiting(struct call as)
{
	int fd = fresh(), i;
	pid_t pid;

	for (i = 0; i < 3; i++)
		fill(fd, i, 'o');
	call = as;
	pid = start_child(waits, NULL);
	turn();
	take_in_time(fd, as.left, as.what);
	turn();
	is_int(wait_child(pid, 20), 0, "%s: it ends", as.what);
	is_int(notes[3], EACCES, "%s: and can no more", as.what);
	return fd;
}

#define CALL(FN, WHAT, LEFT, FROM) \
	((struct call){ .fn = (FN), .what = (WHAT), .left = (LEFT), .from = (FROM) })

static void test_write(const char *left)
{
	int fd = lose_while_waiting(CALL(write_it, "write(2)", left, 0));

	is_int(notes[0], PAGE, "it has written what it could before");
	is_int(count(fd, 's', 0), 0, "and nothing after the revoke");
	close(fd);
	fd = lose_while_waiting(CALL(write_it, "write(2), first byte", left, PAGE));
	is_int(notes[1], EACCES, "it has written nothing");
	is_int(count(fd, 'O', 0), 3L * PAGE, "and the object is as it is");
	close(fd);
}

static void test_read(void)
{
	close(lose_while_waiting(CALL(read_it, "read(2)", "", 0)));
	is_int(notes[0], PAGE, "it has read what it could before");
	is_int(notes[2], PAGE, "and nothing after the revoke");
	close(lose_while_waiting(CALL(read_it, "read(2), first byte", "", PAGE)));
	is_int(notes[1], EACCES, "it has read nothing");
	is_int(notes[2], 0, "not a byte");
}

static void test_store(void)
{
	int fd = lose_while_waiting(CALL(store_it, "a store", "", 0));

	ok(!told_pinned(), "the event says that no page was in use");
	is_int(notes[1], SIGBUS, "the store that follows the load is a fault");
	is_int(count(fd, 'O', 0), 3L * PAGE, "and stores nothing");
	close(fd);
	fd = lose_while_waiting(CALL(store_it, "a store, reading may stay", "r", 0));
	ok(!told_pinned(), "none of who keeps a mapping, too");
	is_int(notes[1], SIGSEGV, "the store that follows the load is a fault");
	is_int(count(fd, 'O', 0), 3L * PAGE, "and stores nothing");
	close(fd);
}

/* What is pinned is written to; what would have to be pinned then is not. */
static void test_pinned(const char *left)
{
	int fd = lose_while_waiting(CALL(store_from_outside, "pinned", left, 0));

	ok(told_pinned(), "the event says that pages were in use");
	ok(notes[0] > 0 && notes[0] < SIZE, "it ends with the pages that it had: %ld of %d",
	   (long)notes[0], SIZE);
	is_int(count(fd, 's', 0), notes[0], "it has stored into those");
	is_int(count(fd, 's', notes[0]), 0, "and into no other");
	is_int(notes[5], EFAULT, "and cannot do so again");
	close(fd);
}

/* ---- pipes ---- */

/* How many of the next @len bytes of the pipe are one of these two. */
static int64_t count_in_pipe(int pipe, char byte, char other, size_t len)
{
	char bytes[2 * PAGE];
	ssize_t n = read(pipe, bytes, len);
	int64_t found = 0;

	while (n-- > 0)
		found += bytes[n] == byte || bytes[n] == other;
	return found;
}

/* Since Linux 6.5 splice(2) out of such an inode copies: then it is what was there before. */
static int64_t count_spliced(int pipe)
{
	return count_in_pipe(pipe, 'O', 'o', PAGE);
}

static int holds_pages(void *arg)
{
	int fd = open_m(O_RDWR), held[2], copy[2], later[2], file = memfd_create("file", 0);
	char *rw = map(fd, PROT_READ | PROT_WRITE);
	struct iovec first = { rw, PAGE };

	need(!pipe(held) && !pipe2(copy, O_NONBLOCK) && !pipe(later) && file >= 0);
	need(vmsplice(held[1], &first, 1, SPLICE_F_GIFT) == PAGE);
	need(splice(fd, &(loff_t){ PAGE }, held[1], NULL, PAGE, 0) == PAGE);
	need(tee(held[0], copy[1], 2UL * PAGE, 0) == 2L * PAGE);
	turn();
	turn();
	notes[0] = error_of(vmsplice(later[1], &first, 1, 0));
	notes[1] = error_of(splice(fd, &(loff_t){ 0 }, later[1], NULL, PAGE, 0));
	/* What is written to a pipe goes behind its pages, and what takes them copies. */
	need(write(held[1], "xxx", 3) == 3);
	notes[2] = tee(held[0], later[1], PAGE, 0);
	notes[3] = splice(later[0], NULL, file, NULL, PAGE, SPLICE_F_MOVE);
	need(pwrite(file, "xxx", 3, 0) == 3);
	notes[4] = count_in_pipe(held[0], 'O', 'O', PAGE);
	notes[5] = count_spliced(held[0]);
	notes[6] = count_in_pipe(held[0], 'x', 'x', PAGE);
	turn(); /* the object goes, and its frames are free */
	turn();
	notes[7] = count_in_pipe(copy[0], 'O', 'O', PAGE) + count_spliced(copy[0]);
	notes[8] = count_in_pipe(copy[0], 'S', 'S', 1);
	return 0;
}

static void test_pipe(void)
{
	int fd = fresh(), other, i;
	pid_t pid;

	for (i = 0; i < 3; i++)
		fill(fd, i, 'o');
	pid = start_child(as_alice, holds_pages);
	turn();
	take_in_time(fd, "", "a pipe holds two pages");
	ok(told_pinned(), "the event says so");
	turn();
	turn();
	is_int(count(fd, 'O', 0), 3L * PAGE, "nothing is stored by way of the pipe");
	close(fd);
	need(!unlink(pool_path("m")));
	other = make_morsel("other", 0);
	for (i = 0;; i++) {
		char bytes[PAGE];

		memset(bytes, 'S', PAGE);
		if (pwrite(other, bytes, PAGE, (off_t)i * PAGE) != PAGE)
			break;
	}
	turn();
	is_int(wait_child(pid, 20), 0, "alice has a pipe with two pages");
	is_int(notes[0], EFAULT, "no further page comes from the mapping");
	is_int(notes[1], EACCES, "nor from the descriptor");
	is_int(notes[2], PAGE, "she hands on the page that the pipe holds");
	is_int(notes[3], PAGE, "also to a file");
	is_int(notes[4] + notes[5], 2L * PAGE, "the pages show what is there when they are read");
	is_int(notes[6], 3, "then comes what was written to the pipe");
	is_int(notes[7], 2L * PAGE, "when the object has gone, what was there last");
	is_int(notes[8], 0, "and nothing of what others have stored since");
	close(other);
	unlink(pool_path("other"));
}

int main(void)
{
	turns_begin();
	nl_open(&events);
	need(!nl_join(&events));
	test_write("");
	test_write("r");
	test_read();
	test_store();
	test_pinned("");
	test_pinned("r");
	test_pipe();
	return done_testing();
}
