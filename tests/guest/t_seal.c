// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is sealed does not change any more, by nobody and no way; it can be read,
 * renamed, granted and removed as before.
 * pool: size=64M,name=p
 * groups: rights
 * timeout: 40
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/grants.h"

enum {
	CHUNK = 2 << 20,
	SIZE = 2 * CHUNK,
	PAGE = 4096,
};

static struct nl nl;
static int64_t *notes;
static struct barrier *step;

static void seal(const char *path)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SEAL, "p", path);
}

static bool is_sealed(const char *path)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", path);
	need(!nl_talk(&nl));
	return nl_has(&nl, MORSEL_A_OBJECT_SEALED);
}

static bool is_immutable(const char *path)
{
	struct statx stx;

	need(!syscall(SYS_statx, AT_FDCWD, pool_path(path), 0, STATX_BASIC_STATS, &stx));
	return stx.stx_attributes_mask & stx.stx_attributes & STATX_ATTR_IMMUTABLE;
}

static int writer(void *arg)
{
	int fd = open(pool_path("m"), O_RDWR);
	volatile uint64_t *rw = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(rw != MAP_FAILED);
	rw[0] = 7;
	barrier_wait(step);
	barrier_wait(step);
	notes[0] = touch_read(&rw[0]);
	notes[1] = rw[0];
	notes[2] = touch_write(&rw[0], 8);
	notes[3] = touch_write(&rw[CHUNK / 8], 8);
	notes[4] = mprotect((void *)rw, SIZE, PROT_READ | PROT_WRITE) ? errno : 0;
	return 0;
}

static int error_of(ssize_t ret)
{
	return ret < 0 ? errno : 0;
}

static void test_calls(int fd)
{
	char c = 0;

	is_int(error_of(pwrite(fd, "x", 1, 0)), EPERM, "write");
	is_int(error_of(ftruncate(fd, PAGE)), EPERM, "shrink");
	is_int(error_of(ftruncate(fd, SIZE + PAGE)), EPERM, "grow");
	is_int(error_of(truncate(pool_path("m"), PAGE)), EPERM, "truncate by name");
	is_int(error_of(fallocate(fd, 0, CHUNK, PAGE)), EPERM, "allocate");
	is_int(error_of(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE)), EPERM,
	       "punch");
	is_int(error_of(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, PAGE)), EPERM, "zero");
	is_errno(open(pool_path("m"), O_RDWR), EPERM, "open for writing, as root");
	is_errno(open(pool_path("m"), O_WRONLY | O_TRUNC), EPERM, "open and truncate");
	ok(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED,
	   "map for writing");
	is_int(errno, EPERM, "is refused");
	is_int(pread(fd, &c, 1, 0), 1, "read");
	is_int(c, 7, "what is there");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "m");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, PAGE);
	is_int(nl_talk(&nl), EPERM, "morsel-set of the size");
}

static void test_reading(int fd)
{
	volatile uint64_t *ro = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);

	need(ro != MAP_FAILED);
	is_int(touch_read(&ro[0]), 0, "a read-only mapping");
	is_int(ro[0], 7, "shows it");
	is_int(ro[CHUNK / 8], 0, "and a hole");
	is_errno(mprotect((void *)ro, SIZE, PROT_READ | PROT_WRITE), EACCES, "made writable");
	munmap((void *)ro, SIZE);
}

static void test_names(void)
{
	is_int(rename(pool_path("m"), pool_path("n")), 0, "renamed");
	is_int(chmod(pool_path("n"), 0644), 0, "chmod");
	rights_give(&nl, "n", ALICE, "rw", true);
	ok(is_sealed("n"), "it is sealed still");
	seal("n");
	granted(&nl, "sealed twice");
	is_int(unlink(pool_path("n")), 0, "removed");
}

/* A pipe that holds a page could be a direct I/O in flight: nobody can tell. */
static void test_pinned(void)
{
	int fd = make_morsel("m", SIZE), pipes[2], file;
	struct iovec iov;
	char *p;

	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(p != MAP_FAILED && !pipe(pipes));
	p[0] = 1;
	iov = (struct iovec){ p, PAGE };
	need(vmsplice(pipes[1], &iov, 1, 0) == PAGE);
	seal("m");
	refused(&nl, EBUSY, "try again", 0, "a pipe holds a page");
	ok(!is_sealed("m"), "it is not sealed");
	is_int(touch_write((void *)p, 2), 0, "and can be written");
	is_int(pwrite(fd, "x", 1, PAGE), 1, "by write, too");
	file = open("/dev/null", O_WRONLY);
	need(splice(pipes[0], NULL, file, NULL, PAGE, 0) == PAGE);
	seal("m");
	granted(&nl, "when the pipe is empty it is sealed");
	is_int(touch_write((void *)p, 3), SIGSEGV, "and cannot be written");
	munmap(p, SIZE);
	close(file);
	close(pipes[0]);
	close(pipes[1]);
	close(fd);
	unlink(pool_path("m"));
}

static int as_bob(void *arg)
{
	become_user(BOB);
	nl_open(&nl);
	seal("m");
	notes[0] = nl_talk(&nl);
	notes[1] = strstr(nl.text, "only the owner of the object, or CAP_FOWNER") != NULL;
	return 0;
}

static void test_refused(void)
{
	close(make_morsel("m", SIZE));
	need(!chmod(pool_path("m"), 0666) && !mkdir(pool_path("d"), 0755) &&
	     !symlink("m", pool_path("l")));
	is_int(in_child(as_bob, NULL, 10), 0, "bob would like to seal what he may write");
	ok(notes[0] == EPERM && notes[1], "he is not the owner");
	ok(!is_sealed("m"), "and it is not sealed");
	seal("d");
	refused(&nl, EISDIR, "no contents", 0, "a directory");
	seal("l");
	refused(&nl, EINVAL, "symbolic link", 0, "a symbolic link");
	need(!chown(pool_path("m"), BOB, BOB));
	memset(notes, 0, 64);
	is_int(in_child(as_bob, NULL, 10), 0, "bob is the owner");
	is_int(notes[0], 0, "he may");
	ok(is_sealed("m"), "it is sealed");
}

int main(void)
{
	int fd = make_morsel("m", SIZE);
	pid_t pid;

	nl_open(&nl);
	notes = shared_page();
	step = barrier_new(2);
	pid = start_child(writer, NULL);
	barrier_wait(step);
	ok(!is_sealed("m") && !is_immutable("m"), "not sealed");
	seal("m");
	granted(&nl, "sealed, while it is mapped for writing");
	ok(nl_has(&nl, MORSEL_A_OBJECT_SEALED), "the reply says so");
	barrier_wait(step);
	is_int(wait_child(pid, 10), 0, "who had it mapped");
	ok(!notes[0] && notes[1] == 7, "goes on reading");
	is_int(notes[2], SIGSEGV, "but does not write");
	is_int(notes[3], SIGSEGV, "nor where there was a hole");
	is_int(notes[4], EACCES, "nor by mprotect");
	ok(is_sealed("m") && is_immutable("m"), "the seal is to be seen");
	test_calls(fd);
	test_reading(fd);
	test_names();
	close(fd);
	test_pinned();
	test_refused();
	return done_testing();
}
