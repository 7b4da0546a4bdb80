// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fallocate: what each mode does to size, memory and content; what is refused.
 * groups: fs
 * timeout: 40
 * pool: size=64M
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "tap.h"

#define KIB	1024L
#define MIB	(1024 * KIB)
#define PUNCH	(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

static const char zeros[4 << 20];
static char buf[4 << 20];

static struct stat st_of(int fd)
{
	struct stat st;

	need(fstat(fd, &st) == 0);
	return st;
}

static long kib_of(int fd)
{
	return st_of(fd).st_blocks / 2;
}

static long pool_kib(void)
{
	struct statfs fs;

	need(statfs(pool_path("."), &fs) == 0);
	return (fs.f_blocks - fs.f_bfree) * 4;
}

static int make(long size, char fill)
{
	int fd = make_morsel("f", size);

	memset(buf, fill, sizeof(buf));
	if (fill)
		need(pwrite(fd, buf, size, 0) == size);
	return fd;
}

static void drop(int fd)
{
	close(fd);
	need(unlink(pool_path("f")) == 0);
	is_int(pool_kib(), 0, "all memory is back");
}

/* Bytes [0, @from) and [@to, @end) are @fill, those between are zeros. */
static bool zeroed(int fd, long from, long to, long end, char fill)
{
	static char want[4 << 20];

	memset(want, fill, end);
	memset(want + from, 0, to - from);
	return pread(fd, buf, sizeof(buf), 0) == end && !memcmp(buf, want, end);
}

static void allocate(void)
{
	int fd = make(0, 0);

	ok(fallocate(fd, 0, 0, 3 * MIB + 1) == 0, "allocate");
	is_int(st_of(fd).st_size, 3 * MIB + 1, "the size follows");
	is_int(kib_of(fd), 4 * KIB, "two 2 MiB frames");
	ok(fallocate(fd, FALLOC_FL_KEEP_SIZE, 8 * MIB, MIB) == 0, "allocate behind the end");
	is_int(st_of(fd).st_size, 3 * MIB + 1, "the size stays");
	is_int(kib_of(fd), 6 * KIB, "but not the memory");
	need(pwrite(fd, "data", 4, MIB) == 4);
	ok(fallocate(fd, 0, 0, 12 * MIB) == 0, "allocate what is there in part");
	ok(pread(fd, buf, 4, MIB) == 4 && !memcmp(buf, "data", 4), "data stays");
	is_int(kib_of(fd), 12 * KIB, "holes are filled");
	ok(fallocate(fd, 0, 0, 12 * MIB) == 0, "allocate what is there already");
	is_int(pool_kib(), 12 * KIB, "costs nothing");
	ok(ftruncate(fd, 12 * MIB) == 0, "truncate to the same size");
	need(fallocate(fd, FALLOC_FL_KEEP_SIZE, 20 * MIB, MIB) == 0);
	ok(ftruncate(fd, 12 * MIB) == 0, "once more");
	is_int(kib_of(fd), 12 * KIB, "frees what was allocated behind the end");
	drop(fd);
	fd = make(0, 0);
	ok(fallocate(fd, 0, 5 * KIB, 1) == 0, "allocate one byte");
	is_int(kib_of(fd), 4, "a 4 KiB frame");
	is_int(st_of(fd).st_size, 5 * KIB + 1, "the size");
	drop(fd);
}

static void punch(void)
{
	const long spots[][2] = {
		{ 0, 4096 }, { 4096, 8192 }, { 1, 4095 }, { 100, 200 }, { 4000, 5000 },
		{ 4000, 20000 }, { 0, 2 * MIB }, { MIB, 3 * MIB }, { 2 * MIB - 1, 2 * MIB + 1 },
		{ 5, 4 * MIB - 5 }, { 3 * MIB, 4 * MIB },
	};
	bool good = true;
	int fd;

	for (unsigned int i = 0; i < sizeof(spots) / sizeof(spots[0]); i++) {
		fd = make(4 * MIB, 'x');
		good &= fallocate(fd, PUNCH, spots[i][0], spots[i][1] - spots[i][0]) == 0;
		good &= zeroed(fd, spots[i][0], spots[i][1], 4 * MIB, 'x');
		if (!good)
			bail_out("punch %ld-%ld", spots[i][0], spots[i][1]);
		close(fd);
		need(unlink(pool_path("f")) == 0);
	}
	ok(good, "punched ranges are zeros, and nothing else is");
	fd = make(4 * MIB, 'x');
	need(fallocate(fd, PUNCH, MIB, 3 * MIB) == 0);
	is_int(kib_of(fd), 2 * KIB, "a 2 MiB frame goes when all of it is punched");
	is_int(lseek(fd, 2 * MIB, SEEK_DATA), -1, "and is a hole then");
	ok(fallocate(fd, PUNCH, 3 * MIB, 100 * MIB) == 0, "punch behind the end");
	is_int(st_of(fd).st_size, 4 * MIB, "the size stays");
	drop(fd);
}

static void zero(void)
{
	int fd = make(2 * MIB, 'z');
	char *p = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED && p[MIB] == 'z');
	ok(fallocate(fd, FALLOC_FL_ZERO_RANGE, MIB + 1, MIB - 2) == 0, "zero");
	ok(zeroed(fd, MIB + 1, 2 * MIB - 1, 2 * MIB, 'z'), "exactly that");
	ok(p[MIB] == 'z' && !p[MIB + 1] && p[2 * MIB - 1] == 'z', "a mapping sees it");
	is_int(kib_of(fd), 2 * KIB, "memory stays");
	ok(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, MIB, 3 * MIB) == 0,
	   "zero behind the end, keeping the size");
	is_int(st_of(fd).st_size, 2 * MIB, "the size stays");
	is_int(kib_of(fd), 4 * KIB, "holes are filled");
	ok(fallocate(fd, FALLOC_FL_ZERO_RANGE, 3 * MIB, MIB + 7) == 0, "zero behind the end");
	is_int(st_of(fd).st_size, 4 * MIB + 7, "the size follows");
	need(fallocate(fd, PUNCH, 0, 2 * MIB) == 0 && pwrite(fd, "q", 1, 600 * KIB) == 1);
	need(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, MIB) == 0);
	ok(pread(fd, buf, MIB, 0) == MIB && !memcmp(buf, zeros, MIB), "zero over holes and data");
	munmap(p, 4 * MIB);
	drop(fd);
}

static void refused(void)
{
	int fd = make(MIB, 'r'), ro = open(pool_path("f"), O_RDONLY), dir;

	is_errno(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4096), EOPNOTSUPP, "punch, no KEEP_SIZE");
	is_errno(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096), EOPNOTSUPP, "collapse");
	is_errno(fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, 4096), EOPNOTSUPP, "insert");
	is_errno(fallocate(fd, FALLOC_FL_UNSHARE_RANGE, 0, 4096), EOPNOTSUPP, "unshare");
	is_errno(fallocate(fd, PUNCH | FALLOC_FL_ZERO_RANGE, 0, 4096), EOPNOTSUPP, "two at once");
	is_errno(fallocate(fd, 0x4000, 0, 4096), EOPNOTSUPP, "what there is not");
	is_errno(fallocate(fd, 0, -1, 4096), EINVAL, "a negative offset");
	is_errno(fallocate(fd, 0, 0, 0), EINVAL, "nothing");
	is_errno(fallocate(ro, 0, 0, 4096), EBADF, "without the right to write");
	dir = open(pool_path("."), O_RDONLY);
	is_errno(fallocate(dir, 0, 0, 4096), EBADF, "a directory");
	is_int(st_of(fd).st_size, MIB, "nothing has changed");
	is_int(kib_of(fd), MIB / KIB, "not the memory either");
	close(dir);
	close(ro);
	drop(fd);
}

int main(void)
{
	allocate();
	punch();
	zero();
	refused();
	return done_testing();
}
