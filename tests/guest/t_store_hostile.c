// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pools that somebody has tampered with, mounted and used: each page of each
 * object is its own, what was not tampered with is whole, and nothing hangs.
 * What no object has is shown by none.  Where all trees were walked no page is a
 * table either; where they were not, an object may have what was a table of another
 * one, which then is damaged itself.
 * KARGS="hostile.mounts=400 hostile.seed=1" for more.
 * nvdimm: 34M
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl /usr/bin/setfacl
 * pool: none
 * groups: store fs
 * timeout: 300
 * log-allow: .*morsel: .*
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 * ldflags: ../../build/guest/libengine.a
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/fs.h>
#include "lib/hostile.h"
#include "tap.h"

#define DEV   "/dev/pmem0"
#define POOL  "/mnt/p"
#define DEBUG "/sys/kernel/debug/morsel/pmem0/trusted"
#define MAGIC 0x4547415047415453ULL

enum {
	PAGE = 4096,
	FILES = 12,
	LOOK = 64, /* pages of each file, and as many from 2 MiB on */
	HUGE = 512,
	MAX_SEEN = 256,
};

struct tag {
	uint64_t magic;
	uint64_t id;
	uint64_t page;
	uint64_t round;
};

static char *whole; /* the pool before anybody has tampered with it */
static uint64_t size;
static uint64_t ids[FILES];

/* ---- what there is ---- */

static const char *file(unsigned int i)
{
	static char path[64];

	snprintf(path, sizeof(path), POOL "/%sf%u", i % 3 ? "d/" : "", i);
	return path;
}

static unsigned int pages_of(unsigned int i)
{
	return i == FILES - 1 ? HUGE + 5 : 1 + i * 3;
}

static void fill(unsigned int i)
{
	int fd = open(file(i), O_RDWR | O_CREAT | O_EXCL, 0640);
	struct tag tag = { .magic = MAGIC };
	struct stat st;

	need(fd >= 0 && !fstat(fd, &st));
	ids[i] = tag.id = st.st_ino;
	for (tag.page = 0; tag.page < pages_of(i); tag.page++) {
		if (tag.page >= 40 && tag.page < HUGE)
			continue;
		need(pwrite(fd, &tag, sizeof(tag), tag.page * PAGE) == sizeof(tag));
	}
	need(!ftruncate(fd, pages_of(i) * PAGE));
	close(fd);
}

static void build(void)
{
	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " hostile"));
	mkdir(POOL, 0755);
	need(!mount(DEV, POOL, "morsel", 0, NULL));
	need(!mkdir(POOL "/d", 0755) && !mkdir(POOL "/e", 0755));
	for (unsigned int i = 0; i < FILES; i++)
		fill(i);
	need(!link(file(0), POOL "/e/again") && !symlink("d/f1", POOL "/e/symlink"));
	need(!system("setfacl -m u:1000:rw " POOL "/f0 && setfacl -m d:u:1001:r " POOL "/d"));
	need(!umount(POOL));
}

static char *map_device(void)
{
	int fd = open(DEV, O_RDWR);
	char *base;

	need(fd >= 0 && !ioctl(fd, BLKGETSIZE64, &size));
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(base != MAP_FAILED);
	close(fd);
	return base;
}

static void unmap_device(char *base)
{
	need(!msync(base, size, MS_SYNC));
	munmap(base, size);
}

/* ---- pages ---- */

static bool trusted; /* no tree was walked when the pool was mounted */
static sigjmp_buf out;

static void jump(int sig)
{
	siglongjmp(out, sig);
}

struct seen {
	uint64_t id;
	uint64_t pages;
	char *map;
};

static struct seen seen[MAX_SEEN];
static int nr_seen;

static bool shows_no_contents(const char *page)
{
	bool zero = !page[0] && !memcmp(page, page + 1, PAGE - 1);

	return trusted ? hostile_is_metadata(whole, page, PAGE) : !zero;
}

/* Return: a problem in words, or NULL. */
static const char *visit(volatile struct tag *tag, uint64_t id, uint64_t page, unsigned int round)
{
	const char *wrong = NULL;

	if (sigsetjmp(out, 1))
		return NULL;
	if (!round) {
		if (tag->magic != MAGIC && shows_no_contents((const void *)tag))
			wrong = "shows what is no contents";
		*tag = (struct tag){ MAGIC, id, page, 1 };
	} else if (tag->magic != MAGIC || tag->id != id || tag->page != page) {
		wrong = "is another's as well";
	}
	return wrong;
}

static uint64_t next_page(uint64_t page)
{
	return page + 1 == LOOK ? HUGE : page + 1;
}

static bool visit_all(const struct seen *s, unsigned int round)
{
	const char *wrong;

	for (uint64_t page = 0; page < s->pages && page < HUGE + LOOK; page = next_page(page)) {
		wrong = visit((void *)(s->map + page * PAGE), s->id, page, round);
		if (!wrong)
			continue;
		diag("page %ju of object %ju %s", (uintmax_t)page, (uintmax_t)s->id, wrong);
		return false;
	}
	return true;
}

static int map_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct seen *s = &seen[nr_seen];
	uint64_t length = st->st_size < 4 << 20 ? st->st_size : 4 << 20;
	char buf[64];
	int fd;

	if (type == FTW_SL && readlink(path, buf, sizeof(buf)) < 0)
		return 0;
	getxattr(path, "system.posix_acl_access", buf, sizeof(buf));
	if (type != FTW_F || nr_seen == MAX_SEEN || !st->st_size)
		return 0;
	for (int i = 0; i < nr_seen; i++)
		if (seen[i].id == st->st_ino)
			return 0;
	fd = open(path, O_RDWR | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	s->map = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (s->map == MAP_FAILED)
		return 0;
	s->id = st->st_ino;
	s->pages = (length + PAGE - 1) / PAGE;
	nr_seen++;
	return 0;
}

/* An object that nobody has touched is as it was. */
static bool intact(unsigned int i)
{
	struct stat st;
	struct tag tag;
	int fd = open(file(i), O_RDONLY);

	if (fd < 0 || fstat(fd, &st) || st.st_ino != ids[i] || st.st_size != pages_of(i) * PAGE) {
		diag("%s: %m", file(i));
		close(fd);
		return false;
	}
	for (uint64_t page = 0; page < pages_of(i); page = next_page(page)) {
		if (page >= 40 && page < HUGE)
			continue;
		if (pread(fd, &tag, sizeof(tag), page * PAGE) == sizeof(tag) &&
		    tag.magic == MAGIC && tag.id == ids[i] && tag.page == page)
			continue;
		diag("%s: page %ju is not what it was", file(i), (uintmax_t)page);
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

/* Frames are given back, and given out again. */
static void churn(void)
{
	int fd;

	for (unsigned int i = 0; i < 3; i++) {
		unlink(file(i));
		truncate(file(i + 3), 0);
		rename(file(i + 6), POOL "/renamed");
	}
	mkdir(POOL "/new", 0700);
	for (unsigned int i = 0; i < 4; i++) {
		char path[32];

		snprintf(path, sizeof(path), POOL "/new%u", i);
		fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0)
			fallocate(fd, 0, 0, 40 * PAGE);
		close(fd);
	}
}

struct job {
	struct hostile what;
	bool mounted;
};

/* In a child: what goes wrong here ends with it.  Return: 0: all is well. */
static int use(void *arg)
{
	const struct job *job = arg;
	bool good = true;

	signal(SIGBUS, jump);
	for (unsigned int i = 0; i < FILES && !job->what.anything; i++)
		if (!(job->what.hurt >> ids[i] & 1) && !intact(i))
			good = false;
	for (int again = 0; again < 2; again++) {
		nftw(POOL, map_one, 16, FTW_PHYS);
		for (int round = 0; round < 2; round++)
			for (int i = 0; i < nr_seen; i++)
				good &= visit_all(&seen[i], round);
		if (!again)
			churn();
		for (int i = 0; i < nr_seen; i++)
			munmap(seen[i].map, seen[i].pages * PAGE);
		nr_seen = 0;
	}
	return good ? 0 : 1;
}

static void restore(char *base)
{
	for (uint64_t at = 0; at < size; at += PAGE)
		if (memcmp(base + at, whole + at, PAGE))
			memcpy(base + at, whole + at, PAGE);
}

static bool is_trusted(void)
{
	FILE *f = fopen(DEBUG, "r");
	int c;

	need(f);
	c = fgetc(f);
	fclose(f);
	return c == 'Y';
}

/* Return: it could be mounted. */
static bool one(uint64_t seed, bool *good)
{
	struct job job;
	char *base = map_device();
	int status = 0;

	restore(base);
	hostile_change(base, size, seed, &job.what);
	unmap_device(base);
	job.mounted = !mount(DEV, POOL, "morsel", 0, NULL);
	trusted = job.mounted && is_trusted();
	*good = job.mounted || job.what.anything;
	if (job.mounted) {
		status = in_child(use, &job, 30);
		*good = !status;
		if (umount(POOL)) {
			diag("umount: %m");
			*good = false;
			umount2(POOL, MNT_DETACH);
		}
	}
	if (!*good)
		diag("seed %ju, %s, status %d:%s", (uintmax_t)seed,
		     job.mounted ? "mounted" : "not mounted", status, job.what.text);
	return job.mounted;
}

static uint64_t argument(const char *name, uint64_t otherwise)
{
	char line[4096] = "", *found;
	FILE *f = fopen("/proc/cmdline", "r");

	if (f && fgets(line, sizeof(line), f))
		fclose(f);
	found = strstr(line, name);
	return found ? strtoull(found + strlen(name), NULL, 0) : otherwise;
}

int main(void)
{
	uint64_t mounts = argument("hostile.mounts=", 40), seed = argument("hostile.seed=", 1);
	unsigned int mounted = 0, walked = 0, bad = 0;
	char *base;
	bool good;

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	build();
	base = map_device();
	whole = malloc(size);
	need(whole);
	memcpy(whole, base, size);
	unmap_device(base);
	for (uint64_t i = 0; i < mounts; i++) {
		bool is_mounted = one(seed + i, &good);

		mounted += is_mounted;
		walked += is_mounted && !trusted;
		bad += !good;
	}
	diag("seeds %ju to %ju: %u of %ju mounted, the others refused; all trees of %u walked",
	     (uintmax_t)seed, (uintmax_t)(seed + mounts - 1), mounted, (uintmax_t)mounts, walked);
	is_int(bad, 0, "pools in which something is as it must not be");
	ok(mounted > mounts / 2, "most of them can be mounted");
	ok(walked > mounted / 4 && walked < mounted - mounted / 4,
	   "some as the checkpoint says, some by their trees");
	return done_testing();
}
