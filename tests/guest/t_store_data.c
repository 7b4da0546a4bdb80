// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Contents of objects on persistent memory: written and stored, they are there after
 * a reboot; what was punched or cut is not; a tree that is damaged is mapped by nobody.
 * nvdimm: 258M
 * boots: 2
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store
 * timeout: 120
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 * ldflags: ../../build/guest/libengine.a
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/fs.h>
#include "engine.h"
#include "tap.h"

#define DEV "/dev/pmem0"
#define MIB (1UL << 20)
#define PAGE 4096UL
#define ODD_SIZE 12345678L	/* by which the object to be damaged is known on the media */

static bool mount_pool(void)
{
	mkdir("/mnt/morsel", 0755);
	return !mount(DEV, "/mnt/morsel", "morsel", 0, NULL);
}

static bool unmount_pool(void)
{
	return !umount("/mnt/morsel");
}

/* A byte that says where it is. */
static unsigned char mark(size_t at, int seed)
{
	return (at / 64 * 7 + at + seed) % 251 + 1;
}

static void fill(unsigned char *to, size_t from, size_t length, int seed)
{
	for (size_t i = 0; i < length; i++)
		to[i] = mark(from + i, seed);
}

/* Bytes [@from, @to) of the object that are not as @seed says (0: zeros). */
static size_t wrong(const char *name, size_t from, size_t to, int seed)
{
	int fd = open(pool_path(name), O_RDONLY);
	unsigned char buf[PAGE];
	size_t bad = 0;

	need(fd >= 0);
	for (; from < to; from += sizeof(buf)) {
		size_t n = to - from < sizeof(buf) ? to - from : sizeof(buf);

		if (pread(fd, buf, n, from) != (ssize_t)n) {
			bad += n;
			continue;
		}
		for (size_t i = 0; i < n; i++)
			bad += buf[i] != (seed ? mark(from + i, seed) : 0);
	}
	close(fd);
	return bad;
}

static void write_marks(const char *name, size_t from, size_t to, int seed)
{
	int fd = open(pool_path(name), O_RDWR | O_CREAT, 0644);
	unsigned char *buf = malloc(to - from);

	need(fd >= 0 && buf);
	fill(buf, from, to - from, seed);
	ok(pwrite(fd, buf, to - from, from) == (ssize_t)(to - from), "%s: written", name);
	free(buf);
	close(fd);
}

static unsigned char *map(const char *name, size_t length, int prot, int flags)
{
	int fd = open(pool_path(name), prot & PROT_WRITE ? O_RDWR : O_RDONLY);
	unsigned char *p = mmap(NULL, length, prot, flags, fd, 0);

	close(fd);
	return p;
}

/* By stores into holes, some of them by a page's own table entries. */
static void store_marks(const char *name, size_t length)
{
	unsigned char *p;
	int fd = make_morsel(name, length);

	close(fd);
	p = map(name, length, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC);
	ok(p != MAP_FAILED, "%s: mapped with MAP_SYNC", name);
	if (p == MAP_FAILED)
		return;
	fill(p, 0, length, 3);
	ok(!msync(p, length, MS_SYNC), "%s: msync", name);
	munmap(p, length);
}

static void build(void)
{
	int fd;

	write_marks("w", 0, 3 * MIB + 100, 1);
	write_marks("w", 8 * MIB + 5, 8 * MIB + 900, 1);
	store_marks("m", 6 * MIB + 3 * PAGE);
	store_marks("small", 3 * PAGE - 7);

	fd = make_morsel("f", 0);
	ok(!fallocate(fd, 0, 0, 4 * MIB), "allocated");
	ok(!fallocate(fd, FALLOC_FL_KEEP_SIZE, 4 * MIB, MIB), "and behind the end");
	close(fd);

	write_marks("p", 0, 4 * MIB, 2);
	fd = open(pool_path("p"), O_RDWR);
	ok(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE - 3, 2 * MIB), "punched");
	close(fd);

	write_marks("t", 0, 2 * MIB, 4);
	ok(!truncate(pool_path("t"), 5000), "cut");
	ok(!truncate(pool_path("t"), 3 * MIB), "and grown again");
	write_marks("t", 2 * MIB, 2 * MIB + 10, 4);

	write_marks("damaged", 0, PAGE, 5);
	ok(!truncate(pool_path("damaged"), ODD_SIZE), "one to be damaged");
}

static long blocks(const char *name)
{
	struct stat st;

	return stat(pool_path(name), &st) ? -1 : st.st_blocks;
}

static void check(void)
{
	is_int(wrong("w", 0, 3 * MIB + 100, 1), 0, "what was written");
	is_int(wrong("w", 3 * MIB + 100, 8 * MIB + 5, 0), 0, "nothing in between");
	is_int(wrong("w", 8 * MIB + 5, 8 * MIB + 900, 1), 0, "and behind");
	is_int(wrong("m", 0, 6 * MIB + 3 * PAGE, 3), 0, "what was stored");
	is_int(wrong("small", 0, 3 * PAGE - 7, 3), 0, "in a small one, too");
	is_int(wrong("f", 0, 4 * MIB, 0), 0, "what was allocated");
	is_int(blocks("f"), 6 * MIB / 512, "and all of it is there, the last of it in a 2 MiB frame");
	is_int(wrong("p", 0, PAGE - 3, 2), 0, "in front of the hole");
	is_int(wrong("p", PAGE - 3, 2 * MIB + PAGE - 3, 0), 0, "the hole");
	is_int(wrong("p", 2 * MIB + PAGE - 3, 4 * MIB, 2), 0, "behind the hole");
	is_int(wrong("t", 0, 5000, 4), 0, "what was left");
	is_int(wrong("t", 5000, 2 * MIB, 0), 0, "what was cut off did not come back");
	is_int(wrong("t", 2 * MIB, 2 * MIB + 10, 4), 0, "what was written later");
}

/* Through mappings, from which nobody has read yet in this boot. */
static void check_mapped(void)
{
	unsigned char *p = map("m", 6 * MIB + 3 * PAGE, PROT_READ, MAP_SHARED);
	size_t bad = 0;

	need(p != MAP_FAILED);
	for (size_t i = 0; i < 6 * MIB + 3 * PAGE; i += 61)
		bad += p[i] != mark(i, 3);
	is_int(bad, 0, "the same through a mapping");
	munmap(p, 6 * MIB + 3 * PAGE);
}

/* ---- damage ---- */

static struct pp_pool pool;

static void open_media(void)
{
	struct pp_open how = { .read_only = true };
	struct pp_scan scan;
	const char *why = "?";
	int fd = open(DEV, O_RDWR);

	memset(&pool, 0, sizeof(pool));
	need(fd >= 0 && !ioctl(fd, BLKGETSIZE64, &pool.pm.size));
	pool.pm.base = mmap(NULL, pool.pm.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	need(pool.pm.base != MAP_FAILED);
	if (pp_identify(&pool, &why, NULL) || pp_start(&pool, &how, &scan))
		bail_out("the pool cannot be opened: %s", why);
	for (u64 i = 0; i < scan.nr; i++)
		if (scan.items[i].type == MEDIA_REG && scan.items[i].size == ODD_SIZE)
			pool.next_id = scan.items[i].root;	/* what we want of it */
	pp_scan_free(&scan);
}

/* Let the first leaf of the object to be damaged say @entry. */
static void set_leaf(u64 entry)
{
	u64 table, at, level;

	open_media();
	table = pp_entry_frame(pool.next_id);
	for (level = pp_height(pool.next_id); level > 1; level--) {
		pm_load8(&pool.pm, pp_entry_offset(table, 0), &at);
		table = pp_entry_frame(at);
	}
	pm_store8(&pool.pm, pp_entry_offset(table, 0), entry);
	need(!msync(pool.pm.base, pool.pm.size, MS_SYNC));
	munmap(pool.pm.base, pool.pm.size);
	pp_close(&pool);
}

static void refuses(u64 entry, const char *what)
{
	ok(unmount_pool(), "unmounted");
	set_leaf(entry);
	ok(mount_pool(), "mounted with %s", what);
	is_errno(open(pool_path("damaged"), O_RDONLY), EUCLEAN, "it cannot be opened");
	is_errno(truncate(pool_path("damaged"), 0), EUCLEAN, "nor cut");
	is_int(blocks("w") > 0, 1, "others are there");
}

static void damage(void)
{
	refuses((1ULL << 40) | MEDIA_E_LEAF, "a frame that is not in the pool");
	refuses((1ULL << 12) | MEDIA_E_LEAF, "a frame of the log");
	refuses((5ULL << 12) | MEDIA_E_LEAF | 0x10, "flags that leaves do not have");
	is_int(wrong("w", 0, 3 * MIB + 100, 1), 0, "others have what they had");
	ok(!unlink(pool_path("damaged")), "it can be removed");
	ok(unmount_pool() && mount_pool(), "the next mount finds its frames");
	is_errno(open(pool_path("damaged"), O_RDONLY), ENOENT, "and it is gone");
}

static int first(void)
{
	unsigned char *p;

	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " data"));
	ok(mount_pool(), "mounted");
	build();
	check();
	check_mapped();
	ok(unmount_pool(), "unmounted");
	need(!mount("none", "/mnt/morsel", "morsel", 0, "size=4M"));
	close(make_morsel("v", PAGE));
	p = map("v", PAGE, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC);
	ok(p == MAP_FAILED && errno == EOPNOTSUPP, "no MAP_SYNC in a volatile pool");
	ok(unmount_pool(), "unmounted");
	return done_testing();
}

static int second(void)
{
	ok(mount_pool(), "mounted");
	check_mapped();
	check();
	damage();
	ok(unmount_pool(), "unmounted");
	return done_testing();
}

int main(void)
{
	const char *boot = getenv("MORSEL_BOOT");

	return boot && !strcmp(boot, "1") ? first() : second();
}
