// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random operations on one object by two processes, against a model of its bytes.
 *
 * Both processes draw the same random numbers and keep the same model, so that
 * nothing but the object is shared: one carries an operation out, both compare.
 * usage: t_fsx [SEED [OPERATIONS]]
 *
 * timeout: 120
 * groups: fs soak
 * pool: size=256M
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define MIB	(1L << 20)
#define MAX	(9 * MIB + 12345)
#define MAP_MAX (1L << 30)

enum op {
	OP_WRITE, OP_MAP_WRITE, OP_TRUNCATE, OP_PUNCH, OP_ZERO, OP_ALLOC, OP_READ, OP_MAP_READ,
	OP_REMAP, OP_FORK, OP_DONTNEED, OP_PROTECT, OP_HOLES, NR_OPS
};

static const char *const op_names[NR_OPS] = {
	"write", "map-write", "truncate", "punch", "zero", "allocate", "read", "map-read",
	"remap", "fork", "dontneed", "mprotect", "holes"
};

struct step {
	enum op op;
	long off, len;		/* len > 0, off + len <= MAX */
	unsigned int arg;
};

static unsigned char model[MAX], scratch[MAX];
static long size;		/* of the model */
static int fd;
static unsigned char *map;	/* maps map_len bytes from offset map_off */
static long map_off, map_len;
static bool map_writable;
static uint64_t state;

static unsigned int draw(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

/* Lengths of all orders of magnitude; offsets often near a boundary of 2 MiB. */
static struct step draw_step(void)
{
	struct step s = { .op = draw() % NR_OPS, .arg = draw() };
	long near = (long)(draw() % 5) * 2 * MIB + (long)(draw() % 8193) - 4096;

	s.len = 1 + (draw() & ((1L << (1 + draw() % 22)) - 1));
	s.off = draw() % 2 ? (long)(draw() % MAX) : near;
	if (draw() % 3 == 0) {
		s.off &= ~4095L;
		s.len = (s.len + 4095) & ~4095L;
	}
	if (s.off < 0 || s.off >= MAX)
		s.off = 0;
	if (s.off + s.len > MAX)
		s.len = MAX - s.off;
	return s;
}

static void grow_to(long end)
{
	if (end > size)
		size = end;
}

static void pattern(unsigned char *to, const struct step *s)
{
	for (long i = 0; i < s->len; i++)
		to[i] = (unsigned char)(s->arg + i * 7 + (i >> 12));
}

/* What the operation does to the model. */
static void apply(const struct step *s)
{
	long to = s->off + s->len;

	switch (s->op) {
	case OP_WRITE:
		pattern(model + s->off, s);
		grow_to(to);
		break;
	case OP_TRUNCATE:
		if (s->off < size)
			memset(model + s->off, 0, size - s->off);
		size = s->off;
		break;
	case OP_PUNCH:
		memset(model + s->off, 0, s->len);
		break;
	case OP_ZERO:
		memset(model + s->off, 0, s->len);
		if (!(s->arg & 1))
			grow_to(to);
		break;
	case OP_ALLOC:
		if (!(s->arg & 1))
			grow_to(to);
		break;
	default:
		break;
	}
}

/* The part of a step that lies in the mapping and in the object. */
static bool in_map(const struct step *s, long *off, long *len)
{
	long end = s->off + s->len;

	*off = s->off > map_off ? s->off : map_off;
	if (end > size)
		end = size;
	if (end > map_off + map_len)
		end = map_off + map_len;
	*len = end - *off;
	return *len > 0;
}

static bool remap(unsigned int how)
{
	int prot = PROT_READ | (how & 1 ? PROT_WRITE : 0);

	if (map && munmap(map, map_len))
		return false;
	map_writable = how & 1;
	map_off = (how >> 1) % 3 == 0 ? (long)(how >> 4) % (MAX & ~4095L) & ~4095L : 0;
	map_len = (how >> 1) % 3 == 2 ? 4096 * (1 + (how >> 4) % 3000) : MAP_MAX;
	map = mmap(NULL, map_len, prot, MAP_SHARED, fd, map_off);
	return map != MAP_FAILED;
}

static bool same(const unsigned char *got, long off, long len)
{
	if (!memcmp(got, model + off, len))
		return true;
	for (long i = 0; i < len; i++)
		if (got[i] != model[off + i]) {
			diag("byte %ld is %02x, not %02x (size %ld)", off + i, got[i],
			     model[off + i], size);
			break;
		}
	return false;
}

static bool check_read(long off, long len)
{
	long want = off >= size ? 0 : off + len > size ? size - off : len;

	return pread(fd, scratch, len, off) == want && same(scratch, off, want);
}

static bool check_map(const struct step *s)
{
	long off, len;

	return !in_map(s, &off, &len) || same(map + (off - map_off), off, len);
}

static bool check_all(void)
{
	const struct step all = { .off = 0, .len = MAX };

	return lseek(fd, 0, SEEK_END) == size && check_read(0, MAX) && check_map(&all);
}

/* Between SEEK_HOLE and SEEK_DATA there is nothing but zeros. */
static bool check_holes(void)
{
	long hole = 0, data;

	while ((hole = lseek(fd, hole, SEEK_HOLE)) >= 0 && hole < size) {
		data = lseek(fd, hole, SEEK_DATA);
		if (data < 0)
			data = size;
		for (; hole < data; hole++)
			if (model[hole])
				return false;
	}
	return true;
}

static bool check_in_child(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(check_all() ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool map_write(const struct step *s)
{
	struct step part = *s;

	if (!map_writable || !in_map(s, &part.off, &part.len))
		return true;
	pattern(map + (part.off - map_off), &part);
	return true;
}

/* Both models learn of it, but only if the process that carries it out maps writable. */
static void apply_map_write(const struct step *s, long off, long len)
{
	struct step part = *s;

	part.off = off;
	part.len = len;
	pattern(model + off, &part);
}

static bool protect(unsigned int arg)
{
	bool want = arg & 1;

	if (mprotect(map, map_len, PROT_READ | (want ? PROT_WRITE : 0)))
		return false;
	map_writable = want;
	return true;
}

static bool carry_out(const struct step *s)
{
	int keep = s->arg & 1 ? FALLOC_FL_KEEP_SIZE : 0;

	switch (s->op) {
	case OP_WRITE:
		pattern(scratch, s);
		return pwrite(fd, scratch, s->len, s->off) == s->len;
	case OP_MAP_WRITE:
		return map_write(s);
	case OP_TRUNCATE:
		return !ftruncate(fd, s->off);
	case OP_PUNCH:
		return !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, s->off, s->len);
	case OP_ZERO:
		return !fallocate(fd, FALLOC_FL_ZERO_RANGE | keep, s->off, s->len);
	case OP_ALLOC:
		return !fallocate(fd, keep, s->off, s->len);
	case OP_READ:
		return check_read(s->off, s->len);
	case OP_MAP_READ:
		return check_map(s);
	case OP_REMAP:
		return remap(s->arg);
	case OP_FORK:
		return check_in_child();
	case OP_DONTNEED:
		return !madvise(map, map_len & ~4095L, MADV_DONTNEED);
	case OP_PROTECT:
		return protect(s->arg);
	default:
		return check_holes();
	}
}

/* What was written through a mapping, told to the other process. */
struct told {
	long off, len;
	bool failed;
};

static bool one_step(int me, long i, struct barrier *barrier, struct told *told)
{
	struct step s = draw_step();
	bool mine = (int)(draw() & 1) == me, good = true;

	if (mine) {
		told->len = 0;
		if (s.op == OP_MAP_WRITE && map_writable && !in_map(&s, &told->off, &told->len))
			told->len = 0;
		good = carry_out(&s);
		if (!good)
			diag("step %ld: %s at %ld+%ld (%x) by process %d: %m", i, op_names[s.op],
			     s.off, s.len, s.arg, me);
	}
	barrier_wait(barrier);
	apply(&s);
	if (told->len > 0)
		apply_map_write(&s, told->off, told->len);
	if (good && (i % 16 == 0 ? !check_all() : !check_map(&s))) {
		diag("step %ld: after %s at %ld+%ld (%x), seen by process %d", i, op_names[s.op],
		     s.off, s.len, s.arg, me);
		good = false;
	}
	if (!good)
		told->failed = true;
	barrier_wait(barrier);
	return !told->failed;
}

struct job {
	struct barrier *barrier;
	struct told *told;
	uint64_t seed;
	long steps;
	int me;
};

static int run(void *arg)
{
	const struct job *job = arg;
	long i;

	fd = open(pool_path("fsx"), O_RDWR);
	map = NULL;
	state = job->seed;
	if (fd < 0 || !remap(job->me))
		return 2;
	for (i = 0; i < job->steps; i++)
		if (!one_step(job->me, i, job->barrier, job->told))
			return 1;
	return check_all() ? 0 : 1;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20261122;
	long steps = argc > 2 ? atol(argv[2]) : on_debug_kernel() ? 300 : 1000;
	struct barrier *barrier = barrier_new(2);
	struct told *told = shared_page();
	struct job one = { barrier, told, seed, steps, 0 }, two = { barrier, told, seed, steps, 1 };
	pid_t pid;

	diag("seed %llu, %ld steps", (unsigned long long)seed, steps);
	close(make_morsel("fsx", 0));
	pid = start_child(run, &two);
	is_int(in_child(run, &one, 100), 0, "process one agrees with the model");
	is_int(wait_child(pid, 20), 0, "process two agrees with the model");
	return done_testing();
}
