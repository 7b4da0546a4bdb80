// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The power goes while names, attributes and contents change.  After each cut
 * the pool has what was acknowledged, and of what was under way all or nothing:
 * the same operations, done again in memory, say what that is.  With LOSE=1
 * what was not flushed and fenced may be lost as well.
 * nvdimm: 66M
 * boots: 12
 * cut: 2
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store cut
 * timeout: 120
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/fs.h>
#include "tap.h"

enum {
	NAMES = 6,  /* in each place */
	PLACES = 3, /* the top, and two directories that come and go */
	PATHS = NAMES * PLACES + 2,
	SIZE_MAX_ = 40000,
	ENOUGH = 20000, /* operations; to do them all again takes its time */
};

#define POOL  "/mnt/morsel"
#define MODEL "/tmp/model"

/* ---- operations: the n-th is always the same ---- */

static uint64_t state;

static unsigned int pick(unsigned int below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % below;
}

static const char *path_of(unsigned int i)
{
	static char path[2][32];
	static int next;
	char *to = path[next++ % 2];

	if (i >= NAMES * PLACES)
		snprintf(to, sizeof(path[0]), "d%u", i - NAMES * PLACES);
	else if (i < NAMES)
		snprintf(to, sizeof(path[0]), "n%u", i);
	else
		snprintf(to, sizeof(path[0]), "d%u/n%u", i / NAMES - 1, i % NAMES);
	return to;
}

static void write_some(int dir, const char *path, unsigned long n)
{
	unsigned int at = pick(SIZE_MAX_), length = 1 + pick(9000);
	char buf[9000];
	int fd = openat(dir, path, O_WRONLY | O_NOFOLLOW);

	memset(buf, 'a' + n % 26, length);
	if (fd < 0)
		return;
	if (pwrite(fd, buf, length, at) != length)
		bail_out("write: %m");
	close(fd);
}

static void store_some(int dir, const char *path, unsigned long n)
{
	unsigned int at = pick(SIZE_MAX_), length = 1 + pick(9000);
	int fd = openat(dir, path, O_RDWR | O_NOFOLLOW);
	struct stat st;
	char *map;

	if (fd < 0)
		return;
	need(!fstat(fd, &st));
	if (at < st.st_size) {
		map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		need(map != MAP_FAILED);
		if (length > st.st_size - at)
			length = st.st_size - at;
		memset(map + at, 'a' + n % 26, length);
		need(!(n % 2 ? fsync(fd) : msync(map, st.st_size, MS_SYNC)));
		munmap(map, st.st_size);
	}
	close(fd);
}

static void resize(int dir, const char *path)
{
	unsigned int size = pick(SIZE_MAX_);
	int fd = openat(dir, path, O_WRONLY | O_NOFOLLOW);

	if (fd >= 0 && ftruncate(fd, size))
		bail_out("truncate: %m");
	close(fd);
}

/* Return: it was a write, which may be done in part; all others are all or nothing. */
static bool operate(int dir, unsigned long n)
{
	const char *a, *b;
	unsigned int kind;

	state = n * 2654435761U + 1;
	pick(2);
	kind = pick(17);
	a = path_of(pick(PATHS));
	b = path_of(pick(PATHS));
	switch (kind) {
	case 0 ... 2:
		close(openat(dir, a, O_WRONLY | O_CREAT | O_EXCL, 0600 + pick(64)));
		break;
	case 3 ... 4:
		mkdirat(dir, path_of(NAMES * PLACES + pick(2)), 0711);
		break;
	case 5:
		unlinkat(dir, a, 0);
		break;
	case 6:
		unlinkat(dir, path_of(NAMES * PLACES + pick(2)), AT_REMOVEDIR);
		break;
	case 7 ... 8:
		renameat(dir, a, dir, b);
		break;
	case 9:
		syscall(SYS_renameat2, dir, a, dir, b, RENAME_EXCHANGE);
		break;
	case 10:
		linkat(dir, a, dir, b, 0);
		break;
	case 11:
		symlinkat(b, dir, a);
		break;
	case 12:
		fchmodat(dir, a, 0600 + pick(64), 0);
		break;
	case 13:
		fchownat(dir, a, pick(5), pick(5), AT_SYMLINK_NOFOLLOW);
		break;
	case 14:
		resize(dir, a);
		break;
	case 15:
		store_some(dir, a, n);
		return true;
	default:
		write_some(dir, a, n);
		return true;
	}
	return false;
}

/* ---- what there is ---- */

struct thing {
	mode_t mode;
	uid_t uid;
	gid_t gid;
	nlink_t nlink;
	off_t size;
	uint64_t hash;
};

static uint64_t hash_of(int dir, const char *path, mode_t mode)
{
	unsigned char buf[4096];
	uint64_t hash = 14695981039346656037ULL;
	ssize_t n;
	int fd;

	if (S_ISLNK(mode)) {
		n = readlinkat(dir, path, (char *)buf, sizeof(buf));
		for (ssize_t i = 0; i < n; i++)
			hash = (hash ^ buf[i]) * 1099511628211ULL;
		return hash;
	}
	fd = openat(dir, path, O_RDONLY);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			hash = (hash ^ buf[i]) * 1099511628211ULL;
	if (n < 0)
		bail_out("%s: %m", path);
	close(fd);
	return hash;
}

static void look(int dir, struct thing *things)
{
	struct stat st;

	memset(things, 0, PATHS * sizeof(*things));
	for (unsigned int i = 0; i < PATHS; i++) {
		if (fstatat(dir, path_of(i), &st, AT_SYMLINK_NOFOLLOW))
			continue;
		things[i].mode = st.st_mode;
		things[i].uid = st.st_uid;
		things[i].gid = st.st_gid;
		if (S_ISDIR(st.st_mode))
			continue;
		things[i].nlink = st.st_nlink;
		things[i].size = st.st_size;
		things[i].hash = hash_of(dir, path_of(i), st.st_mode);
	}
}

static bool alike(const struct thing *a, const struct thing *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
	       a->nlink == b->nlink && a->size == b->size && a->hash == b->hash;
}

static bool same(const struct thing *a, const struct thing *b)
{
	for (unsigned int i = 0; i < PATHS; i++)
		if (!alike(&a[i], &b[i]))
			return false;
	return true;
}

/* May @is be in the middle of a write that makes @after of @before?  It has one file's names. */
static bool partly(const struct thing *is, const struct thing *before, const struct thing *after)
{
	for (unsigned int i = 0; i < PATHS; i++) {
		struct thing x = is[i];

		if (!alike(&before[i], &after[i])) {
			if (x.size != after[i].size)
				x.size = before[i].size == x.size ? after[i].size : -1;
			x.hash = after[i].hash;
		}
		if (!alike(&x, &after[i]))
			return false;
	}
	return true;
}

/* Do @n operations on an empty directory in memory. */
static int model(unsigned long n)
{
	int dir;

	mkdir(MODEL, 0755);
	/* Not with the sticky bit, which keeps links of others from being followed. */
	need(!mount("none", MODEL, "tmpfs", 0, "mode=755"));
	dir = open(MODEL, O_RDONLY | O_DIRECTORY);
	need(dir >= 0);
	for (unsigned long i = 1; i <= n; i++)
		operate(dir, i);
	return dir;
}

static void show(const struct thing *a, const struct thing *b)
{
	for (unsigned int i = 0; i < PATHS; i++)
		if (!alike(&a[i], &b[i]))
			diag("%s: %o %u:%u %ld links %jd bytes, but %o %u:%u %ld links %jd bytes",
			     path_of(i), a[i].mode, a[i].uid, a[i].gid, (long)a[i].nlink,
			     (intmax_t)a[i].size, b[i].mode, b[i].uid, b[i].gid, (long)b[i].nlink,
			     (intmax_t)b[i].size);
}

/* Return: how many operations the pool has seen. */
static unsigned long verify(int pool, unsigned long done)
{
	struct thing is[PATHS], before[PATHS], after[PATHS];
	int dir = model(done);
	bool writes, first, second;

	look(pool, is);
	look(dir, before);
	writes = operate(dir, done + 1);
	look(dir, after);
	close(dir);
	first = same(is, before);
	second = same(is, after) || (writes && partly(is, before, after));
	ok(first || second, "after %lu operations the pool is as it should be", done);
	if (!first && !second)
		show(is, before);
	umount2(MODEL, MNT_DETACH);
	if (!first && writes) /* what may be there in part is to be there whole */
		operate(pool, done + 1);
	return first ? done : done + 1;
}

/* What is kept in the pool itself. */
struct kept {
	unsigned long done;  /* operations */
	unsigned long boots; /* with operations that the power ended */
	unsigned long all;   /* operations before those */
	unsigned long anew;  /* what there is goes, and everything begins anew */
};

/* The next word of what is kept is not changed before this one has lasted. */
static void keep(volatile unsigned long *word, unsigned long value)
{
	asm volatile("movq %1, (%0)\n\tclflush (%0)\n\tsfence"
		     : : "r" (word), "r" (value) : "memory");
}

/* What one CPU has done is acknowledged by the other, whose fences do not make it last. */
static void go_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Every fourth time the power may go before the work, while the pool is being mounted. */
static bool cut_early(int boot)
{
	return boot % 4 == 2;
}

static void begin_anew(volatile struct kept *kept)
{
	keep(&kept->anew, 1);
	need(!system("rm -rf " POOL "/work"));
	keep(&kept->all, kept->all + kept->done);
	keep(&kept->done, 0);
	keep(&kept->anew, 0);
}

static void under_load(void)
{
	puts("# under load");
	fflush(stdout);
}

static void work(int pool, volatile struct kept *kept, unsigned long until)
{
	unsigned long before = kept->done;

	while (kept->done < until) {
		go_to(0);
		operate(pool, kept->done + 1);
		go_to(1);
		keep(&kept->done, kept->done + 1);
		if (kept->done == before + 1)
			keep(&kept->boots, kept->boots + 1);
	}
}

int main(void)
{
	const char *number = getenv("MORSEL_BOOT"), *last = getenv("MORSEL_BOOTS");
	int boot = number ? atoi(number) : 0, boots = last ? atoi(last) : 1, pool, fd;
	struct kept *kept;

	umask(0);
	if (cut_early(boot))
		under_load();
	if (boot == 1)
		need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format /dev/pmem0 cut"));
	else
		ok(!system("cat /dev/pmem0 > /tmp/image && pool_format --check /tmp/image"),
		   "the checker finds nothing wrong");
	unlink("/tmp/image"); /* the module recovers the pool itself */
	mkdir(POOL, 0755);
	need(!mount("/dev/pmem0", POOL, "morsel", 0, NULL));
	fd = open(POOL "/done", O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && !ftruncate(fd, 4096));
	kept = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	need(kept != MAP_FAILED);
	if (kept->anew)
		begin_anew(kept);
	mkdir(POOL "/work", 0755);
	pool = open(POOL "/work", O_RDONLY | O_DIRECTORY);
	need(pool >= 0);
	keep(&kept->done, verify(pool, kept->done));
	if (kept->done > ENOUGH) {
		close(pool);
		begin_anew(kept);
		mkdir(POOL "/work", 0755);
		pool = open(POOL "/work", O_RDONLY | O_DIRECTORY);
		need(pool >= 0);
	}
	if (boot == 1) {
		work(pool, kept, 300);
	} else if (boot < boots) {
		if (!cut_early(boot))
			under_load();
		work(pool, kept, -1UL);
	} else {
		diag("%lu operations; %lu of %d cuts under load", kept->all + kept->done,
		     kept->boots - 1, boots - 2);
		ok(kept->boots - 1 >= (unsigned long)(boots - 2) * 7 / 10, "most cuts meet work");
	}
	return done_testing();
}
