// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sizes: sparse objects up to the limit, growing and shrinking, holes and data.
 * groups: fs
 * timeout: 30
 * pool: size=64M
 * log-allow: .*SIGXFSZ.*
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tap.h"

#define KIB	1024L
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)
#define TIB	(1024 * GIB)
#define LIMIT	(64 * TIB)

static const char zeros[2 << 20];

static long size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -1 : st.st_size;
}

static long kib_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -1 : st.st_blocks / 2;
}

static bool reads(int fd, long off, const char *want, long len)
{
	static char buf[2 << 20];

	return pread(fd, buf, len, off) == len && !memcmp(buf, want, len);
}

static void drop(int fd, const char *name)
{
	close(fd);
	need(unlink(pool_path(name)) == 0);
}

static void sparse(void)
{
	int fd = make_morsel("sparse", 16 * TIB);
	char *p;

	is_int(size_of(fd), 16 * TIB, "16 TiB");
	is_int(kib_of(fd), 0, "of nothing");
	ok(reads(fd, 8 * TIB + 1, zeros, 2 * MIB), "which reads as zeros");
	ok(pwrite(fd, "end", 3, 16 * TIB - 3) == 3, "write to its end");
	ok(pwrite(fd, "mid", 3, 5 * TIB + 7) == 3, "and into the middle");
	ok(reads(fd, 16 * TIB - 3, "end", 3) && reads(fd, 5 * TIB + 7, "mid", 3), "both are there");
	is_int(kib_of(fd), 4 * KIB, "it is as large as two frames");
	is_int(lseek(fd, 0, SEEK_DATA), 5 * TIB, "the first data");
	is_int(lseek(fd, 5 * TIB, SEEK_HOLE), 5 * TIB + 2 * MIB, "the hole after it");
	is_int(lseek(fd, 6 * TIB, SEEK_DATA), 16 * TIB - 2 * MIB, "the last data");
	p = mmap(NULL, 16 * TIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ok(p != MAP_FAILED, "mapped whole");
	ok(p[16 * TIB - 1] == 'd' && p[5 * TIB + 7] == 'm' && !p[9 * TIB], "seen by a mapping");
	p[9 * TIB] = '9';
	ok(reads(fd, 9 * TIB, "9", 1), "a store into a hole");
	ok(ftruncate(fd, 4 * TIB) == 0, "shrink by 12 TiB");
	is_int(kib_of(fd), 0, "all data was beyond");
	ok(ftruncate(fd, 16 * TIB) == 0 && !p[9 * TIB] && !p[16 * TIB - 1], "grown again: zeros");
	munmap(p, 16 * TIB);
	drop(fd, "sparse");
}

static void limits(void)
{
	int fd = make_morsel("limit", 0);

	ok(ftruncate(fd, LIMIT) == 0, "the largest object");
	is_errno(ftruncate(fd, LIMIT + 1), EFBIG, "one byte more");
	is_errno(ftruncate(fd, INT64_MAX), EFBIG, "as large as can be said");
	is_errno(ftruncate(fd, -1), EINVAL, "negative");
	is_int(size_of(fd), LIMIT, "refusals change nothing");
	ok(pwrite(fd, "xyz", 3, LIMIT - 2) == 2, "a write is cut off at the limit");
	is_errno(pwrite(fd, "x", 1, LIMIT), EFBIG, "a write beyond it");
	is_errno(fallocate(fd, 0, LIMIT - 4096, 8192), EFBIG, "allocate beyond it");
	is_errno(fallocate(fd, FALLOC_FL_ZERO_RANGE, LIMIT, 1), EFBIG, "zero beyond it");
	is_errno(lseek(fd, LIMIT + 1, SEEK_SET), EINVAL, "seek beyond it");
	is_int(lseek(fd, 0, SEEK_END), LIMIT, "seek to the end");
	is_int(lseek(fd, LIMIT - 1, SEEK_DATA), LIMIT - 1, "data in the last page");
	ok(ftruncate(fd, 0) == 0, "shrink to nothing");
	is_int(kib_of(fd), 0, "nothing is left");
	drop(fd, "limit");
}

static void process_limit(void)
{
	struct rlimit old, one_mib;
	int fd = make_morsel("rlimit", 0);
	static char buf[2 << 20];

	getrlimit(RLIMIT_FSIZE, &old);
	one_mib = (struct rlimit){ MIB, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	need(setrlimit(RLIMIT_FSIZE, &one_mib) == 0);
	is_int(pwrite(fd, buf, sizeof(buf), 0), MIB, "a write is cut off at RLIMIT_FSIZE");
	is_errno(pwrite(fd, buf, 1, MIB), EFBIG, "a write beyond it");
	is_errno(ftruncate(fd, MIB + 1), EFBIG, "truncate beyond it");
	is_errno(fallocate(fd, 0, 0, MIB + 1), EFBIG, "allocate beyond it");
	is_int(size_of(fd), MIB, "the size is the limit");
	need(setrlimit(RLIMIT_FSIZE, &old) == 0);
	drop(fd, "rlimit");
}

static void seek(void)
{
	int fd = make_morsel("seek", 0);

	is_errno(lseek(fd, 0, SEEK_DATA), ENXIO, "data of an empty object");
	is_errno(lseek(fd, 0, SEEK_HOLE), ENXIO, "a hole of an empty object");
	need(ftruncate(fd, MIB + 5) == 0);
	is_errno(lseek(fd, 0, SEEK_DATA), ENXIO, "data of a hole");
	is_int(lseek(fd, 7, SEEK_HOLE), 7, "a hole begins where it is looked for");
	need(pwrite(fd, "x", 1, 64 * KIB) == 1 && pwrite(fd, "x", 1, 68 * KIB) == 1);
	is_int(lseek(fd, 0, SEEK_DATA), 64 * KIB, "data");
	is_int(lseek(fd, 65 * KIB, SEEK_DATA), 65 * KIB, "within data");
	is_int(lseek(fd, 64 * KIB, SEEK_HOLE), 72 * KIB, "the end of data");
	is_errno(lseek(fd, 72 * KIB, SEEK_DATA), ENXIO, "no more data");
	is_errno(lseek(fd, MIB + 5, SEEK_HOLE), ENXIO, "at the end");
	is_errno(lseek(fd, -1, SEEK_DATA), ENXIO, "before the beginning");
	need(fallocate(fd, 0, 0, MIB + 5) == 0);
	is_int(lseek(fd, 0, SEEK_HOLE), MIB + 5, "the end of the object counts as a hole");
	need(fallocate(fd, FALLOC_FL_KEEP_SIZE, 4 * MIB, MIB) == 0);
	is_errno(lseek(fd, 4 * MIB, SEEK_DATA), ENXIO, "what is allocated beyond the end");
	is_int(lseek(fd, -5, SEEK_END), MIB, "SEEK_END");
	is_int(lseek(fd, 10, SEEK_CUR), MIB + 10, "SEEK_CUR");
	drop(fd, "seek");
}

static int touch_beyond(void *arg)
{
	volatile char *p = arg;

	p[MIB - 1] = 'a';	/* in the last page */
	return p[MIB] == 0x7f;
}

enum way { TRUNCATE, WRITE, ALLOCATE, ZERO, NR_WAYS };

static const char *const way_names[NR_WAYS] = { "truncate", "write", "allocate", "zero" };

static void grow(int fd, enum way way, long end)
{
	switch (way) {
	case TRUNCATE:
		need(ftruncate(fd, end) == 0);
		break;
	case WRITE:
		need(pwrite(fd, "", 1, end - 1) == 1);
		break;
	case ALLOCATE:
		need(fallocate(fd, 0, end - 4096, 4096) == 0);
		break;
	default:
		need(fallocate(fd, FALLOC_FL_ZERO_RANGE, end - 4096, 4096) == 0);
	}
}

/* An object of 4 MiB is cut, stored to behind its end, and grown again. */
static bool clean_tail(enum way way, long cut)
{
	long end = 4 * MIB, rest = -cut & 4095, at;
	int fd = make_morsel("tail", end);
	char *p = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	bool clean;

	need(p != MAP_FAILED);
	memset(p, 'o', end);
	need(ftruncate(fd, cut) == 0);
	memset(p + cut, 'b', rest);
	grow(fd, way, end);
	clean = p[0] == 'o' && p[cut - 1] == 'o' && !memcmp(p + cut, zeros, rest);
	for (at = cut; at < end; at += 2 * MIB)
		clean &= reads(fd, at, zeros, at + 2 * MIB > end ? end - at : 2 * MIB);
	munmap(p, end);
	drop(fd, "tail");
	return clean;
}

/* What was stored behind the end through a mapping must never come into sight. */
static void tails(void)
{
	static const long cuts[] = {
		5, 4096 + 5, MIB - 100, 2 * MIB - 1, 2 * MIB + 1, 3 * MIB + 17
	};

	for (enum way way = 0; way < NR_WAYS; way++)
		for (unsigned int i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
			ok(clean_tail(way, cuts[i]), "cut to %ld, grown by %s: zeros behind it",
			   cuts[i], way_names[way]);
}

static void shrink_under_a_mapping(void)
{
	int fd = make_morsel("map", 4 * MIB);
	char *p = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED);
	memset(p, 'x', 4 * MIB);
	is_int(in_child(touch_beyond, p, 5), 0, "touch what is there");
	is_int(kib_of(fd), 4 * KIB, "two frames");
	need(ftruncate(fd, MIB - 1) == 0);
	is_int(kib_of(fd), 2 * KIB, "the frame that is cut stays");
	is_int(in_child(touch_beyond, p, 5), 128 + SIGBUS, "touch what is gone");
	ok(p[0] == 'x' && p[MIB - 2] == 'x', "what is left is what it was");
	need(ftruncate(fd, 4 * MIB) == 0);
	is_int(in_child(touch_beyond, p, 5), 0, "touch what is there again");
	ok(reads(fd, MIB, zeros, MIB), "zeros");
	munmap(p, 4 * MIB);
	drop(fd, "map");
}

int main(void)
{
	sparse();
	limits();
	process_limit();
	seek();
	tails();
	shrink_under_a_mapping();
	return done_testing();
}
