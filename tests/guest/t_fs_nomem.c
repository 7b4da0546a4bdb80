// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of every operation fails once: the operation says so, changes
 * nothing, leaves nothing, and works when it is tried again.
 * groups: fs nomem
 * kernel: debug
 * timeout: 120
 * pool: none
 * programs: setfacl
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "lib/failnth.h"
#include "tap.h"

#define MIB	(1L << 20)
#define DIR	"/mnt/nomem"

/* All that must be as before when an operation was refused. */
struct state {
	long frames, inodes, size, blocks, mode, links, made; /* no padding: compared whole */
};

static struct state state(void)
{
	struct state s;
	struct statfs fs;
	struct stat st;

	memset(&s, 0, sizeof(s));
	if (!statfs(DIR "/pool", &fs)) {
		s.frames = fs.f_bfree;
		s.inodes = fs.f_ffree;
	}
	if (!stat(DIR "/pool/object", &st)) {
		s.size = st.st_size;
		s.blocks = st.st_blocks;
		s.mode = st.st_mode;
		s.links = st.st_nlink;
	}
	s.made = !lstat(DIR "/pool/new", &st);
	return s;
}

static struct state noted;

static void note(void)
{
	noted = state();
}

static bool as_noted(void)
{
	struct state s = state();

	if (!memcmp(&s, &noted, sizeof(s)))
		return true;
	diag("frames %ld, inodes %ld, size %ld, blocks %ld", s.frames - noted.frames,
	     s.inodes - noted.inodes, s.size, s.blocks);
	return false;
}

static int closed(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

static int run_create(int fd)
{
	return closed(open(DIR "/pool/new", O_CREAT | O_EXCL | O_RDWR, 0600));
}

static int run_mkdir(int fd)
{
	return mkdir(DIR "/pool/new", 0700);
}

static int run_symlink(int fd)
{
	return symlink("a target of some length", DIR "/pool/new");
}

static int run_link(int fd)
{
	return link(DIR "/pool/object", DIR "/pool/new");
}

static int run_rename(int fd)
{
	return rename(DIR "/pool/other", DIR "/pool/new");
}

static int run_exchange(int fd)
{
	return renameat2(AT_FDCWD, DIR "/pool/other", AT_FDCWD, DIR "/pool/dir", RENAME_EXCHANGE);
}

static int run_inherit(int fd)
{
	return closed(open(DIR "/pool/dir/new", O_CREAT | O_EXCL | O_RDWR, 0600));
}

static int run_tmpfile(int fd)
{
	return closed(open(DIR "/pool", O_TMPFILE | O_RDWR, 0600));
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

	return setxattr(DIR "/pool/object", "system.posix_acl_access", acl, sizeof(acl), 0);
}

static int run_chmod(int fd)
{
	return chmod(DIR "/pool/other", 0640);
}

static int run_truncate(int fd)
{
	return ftruncate(fd, 3 * MIB + 5);
}

static int run_write(int fd)
{
	return pwrite(fd, "x", 1, 5 * MIB) == 1 ? 0 : -1;
}

static int run_allocate(int fd)
{
	return fallocate(fd, 0, 0, 5 * MIB);
}

static int run_sparse(int fd)
{
	return fallocate(fd, FALLOC_FL_ZERO_RANGE, 1L << 40, 8192);
}

static int run_punch(int fd)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8192);
}

static int run_read(int fd)
{
	char buf[100];

	return pread(fd, buf, sizeof(buf), 0) < 0 ? -1 : 0;
}

static int run_mount(int fd)
{
	return mount("none", DIR "/more", "morsel", 0, "size=1M,nr_inodes=5,name=more");
}

static int run_remount(int fd)
{
	return mount("none", DIR "/pool", "morsel", MS_REMOUNT, "size=32M");
}

static void undo_new(int fd)
{
	if (unlink(DIR "/pool/new"))
		need(rmdir(DIR "/pool/new") == 0);
}

static void undo_rename(int fd)
{
	need(rename(DIR "/pool/new", DIR "/pool/other") == 0);
}

static void undo_exchange(int fd)
{
	need(run_exchange(fd) == 0);
}

static void undo_inherit(int fd)
{
	need(unlink(DIR "/pool/dir/new") == 0);
}

static void undo_mode(int fd)
{
	need(removexattr(DIR "/pool/object", "system.posix_acl_access") == 0);
	need(chmod(DIR "/pool/object", 0600) == 0);
}

static void undo_size(int fd)
{
	need(ftruncate(fd, 0) == 0 && ftruncate(fd, 2 * MIB) == 0);
}

static void undo_mount(int fd)
{
	need(umount(DIR "/more") == 0);
}

static const struct failnth_operation operations[] = {
	{ "create", run_create, undo_new },
	{ "mkdir", run_mkdir, undo_new },
	{ "symlink", run_symlink, undo_new },
	{ "link", run_link, undo_new },
	{ "rename", run_rename, undo_rename },
	{ "exchange", run_exchange, undo_exchange },
	{ "create with ACLs to inherit", run_inherit, undo_inherit },
	{ "O_TMPFILE", run_tmpfile, NULL },
	{ "set an ACL", run_acl, undo_mode },
	{ "chmod with an ACL", run_chmod, NULL },
	{ "truncate", run_truncate, undo_size },
	{ "write", run_write, undo_size },
	{ "allocate", run_allocate, undo_size },
	{ "zero far out", run_sparse, undo_size },
	{ "punch", run_punch, NULL },
	{ "read", run_read, NULL },
	{ "mount", run_mount, undo_mount },
	{ "remount", run_remount, NULL },
};

int main(void)
{
	unsigned int i;
	int fd;

	need(!mkdir(DIR, 0700) && !mkdir(DIR "/pool", 0700) && !mkdir(DIR "/more", 0700));
	need(!mount("none", DIR "/pool", "morsel", 0, "size=32M,nr_inodes=50,name=nomem"));
	fd = open(DIR "/pool/object", O_CREAT | O_RDWR, 0600);
	need(fd >= 0 && ftruncate(fd, 2 * MIB) == 0);
	need(close(open(DIR "/pool/other", O_CREAT | O_RDWR, 0600)) == 0);
	need(mkdir(DIR "/pool/dir", 0700) == 0);
	need(system("setfacl -d -m u:bob:rwx " DIR "/pool/dir") == 0);
	need(system("setfacl -m u:bob:rw " DIR "/pool/other") == 0);
	failnth_start();
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		is_int(failnth_try(&operations[i], fd, note, as_noted), 0,
		       "%s: changes nothing when it fails", operations[i].name);
	close(fd);
	need(umount(DIR "/pool") == 0);
	return done_testing();
}
