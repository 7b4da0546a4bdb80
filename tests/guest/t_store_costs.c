// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each operation costs on persistent memory: fences, and lines that are flushed or
 * go past the caches, as the module counts them.
 * nvdimm: 66M
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store fs
 * timeout: 60
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "lib/costs.h"
#include "tap.h"

#define POOL COSTS_POOL

enum {
	EXCHANGE = 2, /* RENAME_EXCHANGE */
};

static char page[PAGE];
static int fd; /* of POOL "file", four pages, of which the last two are holes */
static char *map; /* of all of it, or NULL */
static int pipes[2];

/* ---- names ---- */

static int do_create(void)
{
	return mknod(POOL "new", S_IFREG | 0644, 0);
}

static int do_mkdir(void)
{
	return mkdir(POOL "dir", 0755);
}

static int do_symlink(void)
{
	return symlink("file", POOL "symlink");
}

static int do_link(void)
{
	return link(POOL "new", POOL "link");
}

static int do_rename(void)
{
	return rename(POOL "new", POOL "other");
}

static int do_rename_far(void)
{
	return rename(POOL "other", POOL "dir/other");
}

static int do_exchange(void)
{
	return syscall(SYS_renameat2, AT_FDCWD, POOL "dir/other", AT_FDCWD, POOL "file", EXCHANGE);
}

static int do_unlink_link(void)
{
	return unlink(POOL "link");
}

static int do_rename_over(void)
{
	return rename(POOL "dir/other", POOL "victim");
}

static int do_unlink(void)
{
	return unlink(POOL "victim");
}

static int do_unlink_symlink(void)
{
	return unlink(POOL "symlink");
}

static int do_rmdir(void)
{
	return rmdir(POOL "dir");
}

/* ---- attributes ---- */

static int do_chmod(void)
{
	return fchmod(fd, 0600);
}

static int do_chown(void)
{
	return fchown(fd, 1000, 1000);
}

static int do_times(void)
{
	return futimens(fd, (struct timespec[2]){ { 1, 2 }, { 3, 4 } });
}

static int do_acl(void)
{
	static const struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entry[5];
	} acl = { { POSIX_ACL_XATTR_VERSION },
		  { { ACL_USER_OBJ, 6, -1U },
		    { ACL_USER, 4, 1001 },
		    { ACL_GROUP_OBJ, 4, -1U },
		    { ACL_MASK, 4, -1U },
		    { ACL_OTHER, 0, -1U } } };

	return fsetxattr(fd, "system.posix_acl_access", &acl, sizeof(acl), 0);
}

static int do_no_acl(void)
{
	return fremovexattr(fd, "system.posix_acl_access");
}

/* ---- contents ---- */

static int do_write(void)
{
	return pwrite(fd, page, PAGE, 0) == PAGE ? 0 : -1;
}

static int do_write_some(void)
{
	return pwrite(fd, page, 64, 128) == 64 ? 0 : -1;
}

static int do_write_hole(void)
{
	return pwrite(fd, page, PAGE, 2L * PAGE) == PAGE ? 0 : -1;
}

static int do_append(void)
{
	return pwrite(fd, page, PAGE, 4L * PAGE) == PAGE ? 0 : -1;
}

static int do_fsync(void)
{
	return fsync(fd);
}

static int write_with(int flag)
{
	int sync = open(POOL "file", O_WRONLY | flag);
	int ret = pwrite(sync, page, PAGE, PAGE) == PAGE ? 0 : -1;

	close(sync);
	return ret;
}

static int do_write_dsync(void)
{
	return write_with(O_DSYNC);
}

static int do_write_sync(void)
{
	return write_with(O_SYNC);
}

static int do_punch(void)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2L * PAGE, PAGE);
}

/* ---- through a mapping ---- */

static int do_store(void)
{
	map = mmap(NULL, 5L * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -1;
	map[1]++;
	map[PAGE + 1]++;
	return 0;
}

static int do_msync(void)
{
	return msync(map, 2L * PAGE, MS_SYNC);
}

static int do_unmap(void)
{
	return munmap(map, 5L * PAGE);
}

static int do_store_unmap(void)
{
	return do_store() ?: do_unmap();
}

static int do_sync(void)
{
	sync();
	return 0;
}

/* A reference on a page outlives the mapping, as that of direct I/O does. */
static int do_store_hold(void)
{
	struct iovec part = { NULL, 16 };

	if (pipe(pipes) || do_store())
		return -1;
	part.iov_base = map;
	return vmsplice(pipes[1], &part, 1, 0) == 16 ? do_unmap() : -1;
}

static int do_let_go(void)
{
	return close(pipes[0]) ?: close(pipes[1]);
}

/* ---- sizes ---- */

static int do_preallocate(void)
{
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, 5L * PAGE, PAGE);
}

static int do_grow(void)
{
	return ftruncate(fd, 8L * PAGE);
}

static int do_shrink(void)
{
	return ftruncate(fd, PAGE + 100);
}

static int do_truncate(void)
{
	return ftruncate(fd, 0);
}

static const struct cost operations[] = {
	{ "create", do_create, 1, RECORD },
	{ "mkdir", do_mkdir, 1, RECORD },
	{ "symlink", do_symlink, 2, PAGE_LINES + RECORD },
	{ "link", do_link, 1, RECORD },
	{ "rename", do_rename, 1, RECORD },
	{ "rename to another directory", do_rename_far, 1, RECORD },
	{ "exchange", do_exchange, 2, 13 },
	{ "exchange back", do_exchange, 2, 13 },
	{ "unlink of a link", do_unlink_link, 1, RECORD },
	{ "rename over", do_rename_over, 2, 13 },
	{ "unlink", do_unlink, 1, RECORD },
	{ "unlink of a symlink", do_unlink_symlink, 1, RECORD },
	{ "rmdir", do_rmdir, 1, RECORD },
	{ "chmod", do_chmod, 1, RECORD },
	{ "chown", do_chown, 1, RECORD },
	{ "utimensat", do_times, 1, RECORD },
	{ "an ACL", do_acl, 2, PAGE_LINES + RECORD },
	{ "no ACL", do_no_acl, 1, RECORD },
	/* What is written goes past the caches; its times are written by fsync. */
	{ "write of a page", do_write, 1, PAGE_LINES },
	{ "fsync", do_fsync, 1, RECORD },
	{ "fsync of what is durable", do_fsync, 0, 0 },
	{ "write of a line", do_write_some, 1, 1 },
	{ "write into a hole", do_write_hole, 3, PAGE_LINES + 1 + PAGE_LINES },
	{ "append", do_append, 4, PAGE_LINES + 1 + PAGE_LINES + RECORD },
	{ "write with O_DSYNC", do_write_dsync, 2, PAGE_LINES + RECORD },
	{ "write with O_SYNC", do_write_sync, 2, PAGE_LINES + RECORD },
	{ "fsync after O_SYNC", do_fsync, 0, 0 },
	{ "punch", do_punch, 1, 1 },
	{ "sync of two records' times", do_sync, 2, 2 * RECORD },
	/* Three pages are left, and may all have been stored to. */
	{ "stores", do_store, 0, 0 },
	{ "msync of two pages", do_msync, 2, 2 * PAGE_LINES + RECORD },
	{ "msync of two pages again", do_msync, 1, 2 * PAGE_LINES },
	{ "fsync of what is mapped", do_fsync, 1, 3 * PAGE_LINES },
	{ "munmap", do_unmap, 0, 0 },
	{ "fsync of what was mapped", do_fsync, 1, 3 * PAGE_LINES },
	{ "fsync of what is durable again", do_fsync, 0, 0 },
	{ "stores, then munmap", do_store_unmap, 0, 0 },
	{ "sync", do_sync, 1, 3 * PAGE_LINES },
	{ "sync of what is durable", do_sync, 0, 0 },
	{ "stores, a page in a pipe, munmap", do_store_hold, 0, 0 },
	{ "fsync with a page held", do_fsync, 1, 3 * PAGE_LINES },
	{ "fsync with a page still held", do_fsync, 1, 3 * PAGE_LINES },
	{ "it is let go of", do_let_go, 0, 0 },
	{ "fsync after a page was let go of", do_fsync, 1, 3 * PAGE_LINES },
	{ "fsync after that, and again", do_fsync, 0, 0 },
	{ "preallocate", do_preallocate, 4, PAGE_LINES + 4 },
	{ "grow", do_grow, 1, RECORD },
	{ "shrink", do_shrink, 3, PAGE_LINES + RECORD },
	{ "truncate", do_truncate, 1, RECORD },
};

static void set_up(void)
{
	costs_mount();
	fd = open(POOL "victim", O_RDWR | O_CREAT, 0644);
	need(fd >= 0 && pwrite(fd, page, PAGE, 0) == PAGE && !close(fd));
	memset(page, 'x', sizeof(page));
	fd = open(POOL "file", O_RDWR | O_CREAT, 0644);
	need(fd >= 0 && !ftruncate(fd, 4L * PAGE));
	need(pwrite(fd, page, PAGE, 0) == PAGE && pwrite(fd, page, PAGE, PAGE) == PAGE);
	need(!mkdir(POOL "spare", 0755) && !rmdir(POOL "spare")); /* records are there then */
	sync();
}

int main(void)
{
	set_up();
	costs_check(operations, sizeof(operations) / sizeof(operations[0]));
	close(fd);
	is_int(umount(POOL), 0, "the pool is unmounted");
	return done_testing();
}
