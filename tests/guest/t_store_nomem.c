// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of every operation on a persistent pool fails once: the operation
 * says so, and neither the pool nor its media has changed.  A mount that is refused
 * writes no record.
 * kernel: debug
 * nvdimm: 34M
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl setfacl
 * files: build/guest/t_nl_nomem
 * pool: none
 * groups: store nomem
 * timeout: 300
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 * ldflags: ../../build/guest/libengine.a
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "engine.h"
#include "lib/failnth.h"
#include "lib/space.h"
#include "tap.h"

#define DEV  "/dev/pmem0"
#define POOL "/mnt/morsel"
#define PAGE 4096L

enum {
	RECORDS = 64,	/* that are looked at */
};

/* ---- what must be as before ---- */

struct state {
	struct pp_object records[RECORDS]; /* as the media has them */
	long free, size, blocks, mode;
};

static struct state noted, now;
static bool mounted;
static uint64_t size;

/* The device without what the kernel has cached of it. */
static char *map_device(int *fd)
{
	char *base;

	*fd = open(DEV, O_RDONLY);
	need(*fd >= 0 && !ioctl(*fd, BLKFLSBUF) && !ioctl(*fd, BLKGETSIZE64, &size));
	base = mmap(NULL, size, PROT_READ, MAP_SHARED, *fd, 0);
	need(base != MAP_FAILED);
	return base;
}

static void load_records(struct pp_object *records)
{
	struct pp_pool pool = { .read_only = true };
	const char *why;
	int fd;

	pool.pm.base = (u8 *)map_device(&fd);
	pool.pm.size = size;
	if (pp_identify(&pool, &why, NULL))
		bail_out("%s", why);
	for (u64 id = 1; id < RECORDS; id++) {
		memset(&records[id], 0, sizeof(records[id]));
		if (pp_record_load(&pool, id, &records[id]))
			memset(&records[id].rec, 0, sizeof(records[id].rec));
		if (mounted) {	/* what was done and undone is in order */
			records[id].seq = 0;
			records[id].slot = 0;
		}
	}
	munmap(pool.pm.base, size);
	close(fd);
}

static void look(struct state *s)
{
	struct statfs fs;
	struct stat st;

	memset(s, 0, sizeof(*s));
	load_records(s->records);
	if (!mounted)
		return;
	need(!statfs(POOL, &fs) && !stat(POOL "/object", &st));
	s->free = fs.f_bfree;
	s->size = st.st_size;
	s->blocks = st.st_blocks;
	s->mode = st.st_mode;
}

static void note(void)
{
	look(&noted);
}

/* Of what was all zeros, padding included, before it was filled in. */
static bool same(const void *one, const void *other, size_t len)
{
	return !memcmp(one, other, len);
}

static bool as_noted(void)
{
	look(&now);
	if (same(&now, &noted, sizeof(now)))
		return true;
	for (unsigned int id = 1; id < RECORDS; id++)
		if (!same(&now.records[id], &noted.records[id], sizeof(now.records[id])))
			diag("record %u, %s: sequence %llu, was %llu; address 0x%llx, was 0x%llx",
			     id, now.records[id].rec.name,
			     (unsigned long long)now.records[id].seq,
			     (unsigned long long)noted.records[id].seq,
			     (unsigned long long)now.records[id].rec.addr,
			     (unsigned long long)noted.records[id].rec.addr);
	diag("free %ld, was %ld; size %ld, was %ld; blocks %ld, were %ld", now.free, noted.free,
	     now.size, noted.size, now.blocks, noted.blocks);
	return false;
}

/* ---- names ---- */

static int run_create(int fd)
{
	return mknod(POOL "/new", S_IFREG | 0600, 0);
}

static int run_mkdir(int fd)
{
	return mkdir(POOL "/new", 0700);
}

static int run_symlink(int fd)
{
	return symlink("a target of some length", POOL "/new");
}

static int run_link(int fd)
{
	return link(POOL "/object", POOL "/new");
}

static int run_inherit(int fd)
{
	return mknod(POOL "/dir/new", S_IFREG | 0600, 0);
}

static int run_rename(int fd)
{
	return rename(POOL "/other", POOL "/new");
}

static int run_exchange(int fd)
{
	return renameat2(AT_FDCWD, POOL "/other", AT_FDCWD, POOL "/object", RENAME_EXCHANGE);
}

static int run_rename_over(int fd)
{
	return rename(POOL "/mover", POOL "/victim");
}

static int run_unlink(int fd)
{
	return unlink(POOL "/victim");
}

static int run_rmdir(int fd)
{
	return rmdir(POOL "/empty");
}

static void undo_new(int fd)
{
	if (unlink(POOL "/new"))
		need(!rmdir(POOL "/new"));
}

static void undo_inherit(int fd)
{
	need(!unlink(POOL "/dir/new"));
}

static void undo_rename(int fd)
{
	need(!rename(POOL "/new", POOL "/other"));
}

static void undo_exchange(int fd)
{
	need(!run_exchange(fd));
}

static void undo_rename_over(int fd)
{
	need(!rename(POOL "/victim", POOL "/mover"));
	need(!mknod(POOL "/victim", S_IFREG | 0600, 0));
}

static void undo_unlink(int fd)
{
	need(!mknod(POOL "/victim", S_IFREG | 0600, 0));
}

static void undo_rmdir(int fd)
{
	need(!mkdir(POOL "/empty", 0700));
}

/* ---- attributes ---- */

static int run_chmod(int fd)
{
	return fchmod(fd, 0640);
}

static int run_chown(int fd)
{
	return fchown(fd, 1000, 1000);
}

static int run_times(int fd)
{
	return futimens(fd, (struct timespec[2]){ { 1, 2 }, { 3, 4 } });
}

static int run_acl(int fd)
{
	static const unsigned char acl[] = {
		2, 0, 0, 0,
		1, 0, 6, 0, 255, 255, 255, 255,
		2, 0, 4, 0, 0xe9, 3, 0, 0,
		4, 0, 0, 0, 255, 255, 255, 255,
		16, 0, 4, 0, 255, 255, 255, 255,
		32, 0, 0, 0, 255, 255, 255, 255,
	};

	return fsetxattr(fd, "system.posix_acl_access", acl, sizeof(acl), 0);
}

static int run_acl_chmod(int fd)
{
	return chmod(POOL "/other", 0640);
}

static void undo_chmod(int fd)
{
	need(!fchmod(fd, 0600));
}

static void undo_chown(int fd)
{
	need(!fchown(fd, 0, 0));
}

static void undo_acl(int fd)
{
	need(!fremovexattr(fd, "system.posix_acl_access") && !fchmod(fd, 0600));
}

/* ---- contents ---- */

static int run_write_hole(int fd)
{
	return pwrite(fd, "x", 1, PAGE) == 1 ? 0 : -1;
}

static int run_append(int fd)
{
	return pwrite(fd, "x", 1, 8 * PAGE) == 1 ? 0 : -1;
}

static int run_allocate(int fd)
{
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, 8 * PAGE, 2 * PAGE);
}

static int run_punch(int fd)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
}

static int run_grow(int fd)
{
	return ftruncate(fd, 20 * PAGE + 5);
}

static int run_shrink(int fd)
{
	return ftruncate(fd, 100);
}

static int run_fsync(int fd)
{
	return fsync(fd);
}

static void undo_size(int fd)
{
	need(!ftruncate(fd, 0) && !ftruncate(fd, 4 * PAGE) && pwrite(fd, "x", 1, 0) == 1);
}

/* The next one has something to write. */
static void undo_fsync(int fd)
{
	need(pwrite(fd, "y", 1, 0) == 1);
	usleep(20000);
}

static const struct failnth_operation operations[] = {
	{ "stored create", run_create, undo_new },
	{ "stored mkdir", run_mkdir, undo_new },
	{ "stored symlink", run_symlink, undo_new },
	{ "stored link", run_link, undo_new },
	{ "stored create with an ACL", run_inherit, undo_inherit },
	{ "stored rename", run_rename, undo_rename },
	{ "stored exchange", run_exchange, undo_exchange },
	{ "stored rename over", run_rename_over, undo_rename_over },
	{ "stored unlink", run_unlink, undo_unlink },
	{ "stored rmdir", run_rmdir, undo_rmdir },
	{ "stored chmod", run_chmod, undo_chmod },
	{ "stored chown", run_chown, undo_chown },
	{ "stored times", run_times, NULL },
	{ "stored ACL", run_acl, undo_acl },
	{ "stored chmod with an ACL", run_acl_chmod, NULL },
	{ "stored write into a hole", run_write_hole, undo_size },
	{ "stored append", run_append, undo_size },
	{ "stored allocate", run_allocate, undo_size },
	{ "stored punch", run_punch, undo_size },
	{ "stored grow", run_grow, undo_size },
	{ "stored shrink", run_shrink, undo_size },
	{ "stored fsync", run_fsync, undo_fsync },
};

/* ---- mounts ---- */

static char superblocks[2][4096]; /* as of a pool that was not unmounted */

static int run_mount(int fd)
{
	return mount(DEV, POOL, "morsel", 0, NULL);
}

static void undo_mount(int fd)
{
	need(!umount(POOL));
}

static void copy_superblocks(int flags, ssize_t (*copy)(int fd, char *buf, off_t at))
{
	static char buf[4096] __attribute__((aligned(4096)));
	int fd = open(DEV, flags | O_DIRECT);
	int i;

	for (i = 0; i < 2; i++) {
		memcpy(buf, superblocks[i], sizeof(buf));
		need(fd >= 0 && copy(fd, buf, i ? (off_t)size - PAGE : 0) == PAGE);
		memcpy(superblocks[i], buf, sizeof(buf));
	}
	close(fd);
}

static ssize_t take(int fd, char *buf, off_t at)
{
	return pread(fd, buf, PAGE, at);
}

static ssize_t put(int fd, char *buf, off_t at)
{
	return pwrite(fd, buf, PAGE, at);
}

/* Each attempt finds the pool as a cut has left it. */
static void note_cut(void)
{
	copy_superblocks(O_WRONLY, put);
	note();
}

static bool as_noted_cut(void)
{
	bool is = as_noted();

	copy_superblocks(O_WRONLY, put);
	return is;
}

static const struct failnth_operation clean = { "stored mount", run_mount, undo_mount };
static const struct failnth_operation cut = { "stored mount after a cut", run_mount, undo_mount };

/* ---- all of it ---- */

static int build(void)
{
	struct nl nl;
	int fd;

	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " p"));
	mkdir(POOL, 0755);
	need(!mount(DEV, POOL, "morsel", 0, "huge=never"));
	mounted = true;
	fd = open(POOL "/object", O_CREAT | O_RDWR, 0600);
	need(fd >= 0);
	undo_size(fd);
	need(!mknod(POOL "/other", S_IFREG | 0600, 0) && !mknod(POOL "/mover", S_IFREG | 0600, 0));
	undo_unlink(fd);
	undo_rmdir(fd);
	need(!mkdir(POOL "/dir", 0700) && !symlink("object", POOL "/symlink"));
	need(!link(POOL "/object", POOL "/link"));
	need(!system("setfacl -d -m u:bob:rwx " POOL "/dir && setfacl -m u:bob:rw " POOL "/other"));
	nl_open(&nl);
	space_make(&nl, "placed", 0, PAGE, GIB);
	nl_close(&nl);
	need(!system("setfacl -m u:bob:rw " POOL "/placed"));
	sync();
	return fd;
}

/* How many allocations there are to fail is another number where others have come before. */
static void netlink(void)
{
	system("MORSEL_DIR=" POOL " /build/guest/t_nl_nomem > /tmp/out 2>&1");
	ok(!system("grep -q '^1\\.\\.' /tmp/out"), "netlink commands on a persistent pool");
	ok(!system("! grep '^not ok' /tmp/out | grep -v 'allocations have failed' | sed 's/^/# /' |"
		   " grep ."),
	   "each of them is done, or nothing of it");
}

int main(void)
{
	unsigned int i;
	int fd = build();

	failnth_start();
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		is_int(failnth_try(&operations[i], fd, note, as_noted), 0,
		       "%s: changes nothing when it fails", operations[i].name);
	close(fd);
	netlink();
	sync();
	copy_superblocks(O_RDONLY, take);
	need(!umount(POOL));
	mounted = false;
	is_int(failnth_try(&clean, -1, note, as_noted), 0, "a refused mount writes no record");
	is_int(failnth_try(&cut, -1, note_cut, as_noted_cut), 0,
	       "a refused mount after a cut writes no record");
	ok(!system("pool_format --check " DEV), "nothing is wrong with it");
	return done_testing();
}
