// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Read, write, splice and sendfile, with all kinds of buffers.
 * groups: fs
 * timeout: 40
 * pool: size=64M
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <unistd.h>
#include "tap.h"

#define KIB	1024L
#define MIB	(1024 * KIB)

static char buf[8 << 20], other[8 << 20];

static long pool_kib(void)
{
	struct statfs fs;

	need(statfs(pool_path("."), &fs) == 0);
	return (fs.f_blocks - fs.f_bfree) * 4;
}

static void drop(int fd, const char *name)
{
	close(fd);
	need(unlink(pool_path(name)) == 0);
	is_int(pool_kib(), 0, "all memory is back");
}

static void fill(char *p, long n, unsigned int seed)
{
	for (long i = 0; i < n; i++)
		p[i] = (seed = seed * 1103515245 + 12345) >> 16;
}

static void plain(void)
{
	struct iovec v[3] = { { buf, 5 }, { buf + 5, 3 * MIB }, { buf + 5 + 3 * MIB, 4097 } };
	struct iovec w[2] = { { other, 4099 }, { other + 4099, 3 * MIB + 3 } };
	long n = 5 + 3 * MIB + 4097;
	int fd = make_morsel("io", 0), app;

	fill(buf, n, 1);
	is_int(writev(fd, v, 3), n, "writev");
	is_int(lseek(fd, 0, SEEK_CUR), n, "the position");
	is_int(preadv(fd, w, 2, 0), n, "preadv");
	ok(!memcmp(buf, other, n), "the same bytes");
	is_int(pread(fd, other, 100, n - 10), 10, "read at the end");
	is_int(pread(fd, other, 100, n), 0, "read behind the end");
	is_int(pread(fd, other, 0, 0), 0, "read nothing");
	is_int(write(fd, other, 0), 0, "write nothing");
	app = open(pool_path("io"), O_WRONLY | O_APPEND);
	need(app >= 0 && pwrite(fd, "x", 1, n) == 1);
	is_int(write(app, "abc", 3), 3, "append");
	is_int(pread(fd, other, 10, n), 4, "behind what another has written");
	ok(!memcmp(other, "xabc", 4), "the bytes");
	is_errno(read(app, other, 1), EBADF, "read without the right");
	ok(fsync(fd) == 0 && fdatasync(fd) == 0, "fsync has nothing to do");
	ok(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED) == 0, "advice is taken");
	is_errno(preadv2(fd, w, 1, 0, RWF_NOWAIT), EOPNOTSUPP, "RWF_NOWAIT is not to be had");
	close(app);
	drop(fd, "io");
}

static void direct(void)
{
	int fd = open(pool_path("d"), O_RDWR | O_CREAT | O_DIRECT, 0600);

	ok(fd >= 0, "O_DIRECT is granted");
	is_int(pwrite(fd, buf + 1, 4097, 3), 4097, "and asks for no alignment");
	ok(pread(fd, other, 4097, 3) == 4097 && !memcmp(buf + 1, other, 4097), "the same bytes");
	close(fd);
	fd = open(pool_path("d"), O_RDWR);
	ok(fcntl(fd, F_SETFL, O_DIRECT) == 0, "it can be had later");
	drop(fd, "d");
}

static void bad_buffers(void)
{
	int fd = make_morsel("bad", 0);
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(p != MAP_FAILED && mprotect(p + 4096, 4096, PROT_NONE) == 0);
	memset(p, 'g', 4096);
	is_errno(write(fd, p + 4096, 4096), EFAULT, "write from nowhere");
	is_int(pool_kib(), 0, "takes no memory");
	is_int(lseek(fd, 0, SEEK_END), 0, "and changes no size");
	is_int(pwrite(fd, p + 4000, 4096, 0), 96, "write from what is readable in part");
	is_int(lseek(fd, 0, SEEK_END), 96, "the size");
	need(ftruncate(fd, 3 * MIB) == 0 && pwrite(fd, "e", 1, 8191) == 1);
	is_errno(pread(fd, p + 4096, 10, 0), EFAULT, "read to nowhere");
	is_errno(pread(fd, p + 4096, 10, 2 * MIB), EFAULT, "read a hole to nowhere");
	is_int(pread(fd, p + 4000, 4096, 0), 96, "read to what is writable in part");
	ok(!memcmp(p + 4000, p, 96), "the bytes");
	munmap(p, 8192);
	drop(fd, "bad");
}

/* The user's buffer is a mapping of the object itself: whoever holds a lock over it hangs. */
static void own_mapping(void)
{
	int fd = make_morsel("own", 8 * MIB), ro;
	char *p = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *q;

	need(p != MAP_FAILED);
	fill(buf, MIB, 2);
	need(pwrite(fd, buf, MIB, 0) == MIB);
	is_int(pwrite(fd, p, MIB, 4 * MIB), MIB, "write from a mapping into a hole");
	ok(!memcmp(p + 4 * MIB, buf, MIB), "the bytes");
	is_int(pread(fd, p + 6 * MIB + 5, MIB, 0), MIB, "read into a mapped hole");
	ok(!memcmp(p + 6 * MIB + 5, buf, MIB), "the bytes");
	is_int(pwrite(fd, p + 2 * MIB, MIB, 3 * MIB), MIB, "write from a hole into a hole");
	is_int(p[3 * MIB + 17], 0, "zeros");
	is_int(pread(fd, p, MIB, 0), MIB, "read onto itself");
	ok(!memcmp(p, buf, MIB), "nothing has changed");
	ro = open(pool_path("own"), O_RDONLY);
	q = mmap(NULL, 8 * MIB, PROT_READ, MAP_SHARED, ro, 0);
	need(q != MAP_FAILED);
	is_errno(pread(fd, q, 100, 4 * MIB), EFAULT, "read into a read-only mapping");
	ok(!memcmp(p, buf, MIB), "nothing has changed");
	munmap(q, 8 * MIB);
	munmap(p, 8 * MIB);
	close(ro);
	drop(fd, "own");
}

/* Bytes [0, 3M) random, [3M, 5M) a hole, then one random page. */
static int sample(const char *name)
{
	int fd = make_morsel(name, 5 * MIB + 4096);

	memset(buf, 0, sizeof(buf));
	fill(buf, 3 * MIB, 3);
	fill(buf + 5 * MIB, 4096, 4);
	need(pwrite(fd, buf, 3 * MIB, 0) == 3 * MIB);
	need(pwrite(fd, buf + 5 * MIB, 4096, 5 * MIB) == 4096);
	return fd;
}

static bool is_sample(int fd)
{
	memset(other, 1, sizeof(other));
	return pread(fd, other, sizeof(other), 0) == 5 * MIB + 4096 &&
	       !memcmp(buf, other, 5 * MIB + 4096);
}

static void sendfiles(void)
{
	int fd = sample("from"), to = make_morsel("to", 0), tmp;
	off_t at = 0;
	long n, sum = 0;

	while ((n = sendfile(to, fd, &at, 8 * MIB)) > 0)
		sum += n;
	is_int(sum, 5 * MIB + 4096, "sendfile between morsels");
	ok(is_sample(to), "the bytes");
	need(ftruncate(to, 0) == 0);
	is_int(copy_file_range(fd, &(off_t){ 0 }, to, &(off_t){ 0 }, 8 * MIB, 0), 5 * MIB + 4096,
	       "copy_file_range");
	ok(is_sample(to), "the bytes");
	is_errno(copy_file_range(to, &(off_t){ 0 }, to, &(off_t){ 4096 }, 8192, 0), EINVAL,
		 "copy_file_range over itself");
	ok(is_sample(to), "changes nothing");
	tmp = open("/tmp/sendfile", O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(tmp >= 0);
	for (at = 0, sum = 0; (n = sendfile(tmp, fd, &at, 8 * MIB)) > 0;)
		sum += n;
	is_int(sum, 5 * MIB + 4096, "sendfile to another file system");
	ok(is_sample(tmp), "the bytes");
	need(ftruncate(to, 0) == 0 && lseek(to, 0, SEEK_SET) == 0);
	for (at = 0, sum = 0; (n = sendfile(to, tmp, &at, 8 * MIB)) > 0;)
		sum += n;
	ok(sum == 5 * MIB + 4096 && is_sample(to), "and back");
	close(tmp);
	unlink("/tmp/sendfile");
	close(to);
	need(unlink(pool_path("to")) == 0);
	drop(fd, "from");
}

static void splices(void)
{
	int fd = sample("s"), to = make_morsel("t", 0), pipes[2], tees[2];
	loff_t at = 0, out = 0;
	long n, sum = 0;

	need(pipe(pipes) == 0 && pipe(tees) == 0);
	for (;;) {
		n = splice(fd, &at, pipes[1], NULL, MIB, SPLICE_F_MOVE);
		if (n <= 0)
			break;
		sum += n;
		while (n > 0) {
			long m = splice(pipes[0], NULL, to, &out, n, SPLICE_F_MOVE);

			need(m > 0);
			n -= m;
		}
	}
	is_int(sum, 5 * MIB + 4096, "splice through a pipe");
	ok(is_sample(to), "the bytes");
	at = 5 * MIB;
	is_int(splice(fd, &at, pipes[1], NULL, MIB, 0), 4096, "splice the last page");
	is_int(tee(pipes[0], tees[1], MIB, 0), 4096, "twice");
	need(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 5 * MIB, 4096) == 0);
	need(pwrite(to, buf + 1, 4096, 6 * MIB) == 4096);
	ok(read(pipes[0], other, 8192) == 4096 && !memcmp(other, buf + 5 * MIB, 4096),
	   "a pipe keeps what was punched out of the object");
	close(fd);
	need(unlink(pool_path("s")) == 0);
	ok(read(tees[0], other, 8192) == 4096 && !memcmp(other, buf + 5 * MIB, 4096),
	   "even when the object has gone");
	at = 10 * MIB;
	is_int(splice(to, &at, pipes[1], NULL, MIB, 0), 0, "splice behind the end");
	need(write(pipes[1], "piped", 5) == 5);
	out = 1;
	is_int(splice(pipes[0], NULL, to, &out, 5, 0), 5, "splice into a morsel");
	ok(pread(to, other, 5, 1) == 5 && !memcmp(other, "piped", 5), "the bytes");
	for (int i = 0; i < 2; i++) {
		close(pipes[i]);
		close(tees[i]);
	}
	drop(to, "t");
}

int main(void)
{
	plain();
	direct();
	bad_buffers();
	own_mapping();
	sendfiles();
	splices();
	return done_testing();
}
