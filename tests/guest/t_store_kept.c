// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Seals, times to the nanosecond, addresses and lists of a persistent pool do what they
 * did after an unmount, after a cut, and after a boot: not only are they told.
 * nvdimm: 66M
 * boots: 3
 * cut: 2
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl setfacl
 * pool: none
 * groups: store fs
 * timeout: 60
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/space.h"

#define DEV  "/dev/pmem0"
#define POOL "/mnt/morsel/"

enum {
	ALICE = 1000,
	BOB = 1001,
};

static const char *const timed[] = { "sealed", "set", "written", "dir", "symlink", "list" };

enum { TIMED = sizeof(timed) / sizeof(timed[0]) };

/* What there must be, kept in the pool itself. */
struct kept {
	struct statx stat[TIMED];
	uint64_t addr;
};

static struct nl nl;

static void mount_pool(void)
{
	mkdir(POOL, 0755);
	need(!mount(DEV, POOL, "morsel", MS_NOATIME, NULL));
	nl_open(&nl);
}

static void unmount_pool(void)
{
	nl_close(&nl);
	need(!umount(POOL));
}

static int file(const char *name, const char *text)
{
	int fd = open(pool_path(name), O_RDWR | O_CREAT, 0600);

	need(fd >= 0 && pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text));
	return fd;
}

static struct statx look(const char *name)
{
	struct statx st;

	memset(&st, 0, sizeof(st));
	need(!statx(AT_FDCWD, pool_path(name), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
		    &st));
	return st;
}

/* Let the times be what they are now, to the nanosecond. */
static void keep(uint64_t addr)
{
	struct kept kept = { .addr = addr };
	int fd = open(pool_path("kept"), O_RDWR | O_CREAT, 0600);

	for (int i = 0; i < TIMED; i++)
		kept.stat[i] = look(timed[i]);
	need(fd >= 0 && pwrite(fd, &kept, sizeof(kept), 0) == sizeof(kept));
	close(fd);
}

/* ---- what there is ---- */

/* An object that has its own address in it. */
static uint64_t make_placed(void)
{
	uint64_t addr = space_make(&nl, "placed", 0, 2 * MIB, 4 * MIB), *p;
	int fd = open(pool_path("placed"), O_RDWR);

	p = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need((uintptr_t)p == addr);
	p[1] = (uintptr_t)&p[7];
	p[7] = 0x6d6f7273656c;
	need(!msync(p, 2 * MIB, MS_SYNC));
	munmap(p, 2 * MIB);
	close(fd);
	return addr;
}

static void build(void)
{
	static const struct timespec times[2] = { { 1234567890, 987654321 }, { -5, 123456789 } };
	uint64_t addr;

	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " p"));
	mount_pool();
	close(file("sealed", "for ever"));
	need(!system("morsel-admin -y seal p:sealed"));
	close(file("set", "x"));
	need(!mkdir(pool_path("dir"), 0700) && !symlink("set", pool_path("symlink")));
	close(file("list", "of alice"));
	need(!system("setfacl -m u:alice:rw " POOL "list && setfacl -m u:alice:x " POOL "dir"));
	need(!system("setfacl -d -m u:alice:rw " POOL "dir && chmod 755 " POOL));
	addr = make_placed();
	need(!utimensat(AT_FDCWD, pool_path("set"), times, 0));
	close(file("written", "now"));
	sync();	/* times that nobody has set */
	keep(addr);
}

/* ---- what of it is in force ---- */

static bool same_time(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static void check_times(const struct kept *kept, const char *when)
{
	for (int i = 0; i < TIMED; i++) {
		const struct statx *was = &kept->stat[i];
		struct statx is = look(timed[i]);

		ok(same_time(&is.stx_atime, &was->stx_atime), "%s: %s: atime", when, timed[i]);
		ok(same_time(&is.stx_mtime, &was->stx_mtime), "%s: %s: mtime", when, timed[i]);
		ok(same_time(&is.stx_ctime, &was->stx_ctime), "%s: %s: ctime", when, timed[i]);
		ok(is.stx_mask & STATX_BTIME && same_time(&is.stx_btime, &was->stx_btime),
		   "%s: %s: btime", when, timed[i]);
	}
	ok(kept->stat[1].stx_atime.tv_nsec == 987654321 && kept->stat[1].stx_mtime.tv_sec == -5,
	   "%s: they are those that were set", when);
}

static void check_seal(const char *when)
{
	char text[16] = "";
	int fd = open(pool_path("sealed"), O_RDONLY);

	is_errno(open(pool_path("sealed"), O_RDWR), EPERM, "%s: a seal: no writer", when);
	is_errno(truncate(pool_path("sealed"), 0), EPERM, "%s: a seal: no other size", when);
	ok(look("sealed").stx_attributes & STATX_ATTR_IMMUTABLE, "%s: a seal: statx", when);
	is_errno(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EACCES,
		 "%s: a seal: no writable mapping", when);
	ok(pread(fd, text, sizeof(text), 0) == 8 && !strcmp(text, "for ever"),
	   "%s: a seal: the contents", when);
	close(fd);
}

static void check_place(uint64_t addr, const char *when)
{
	int fd = open(pool_path("placed"), O_RDWR);
	uint64_t *p = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ok((uintptr_t)p == addr, "%s: mapped at its address", when);
	need(p != MAP_FAILED);
	ok(*(uint64_t *)(uintptr_t)p[1] == 0x6d6f7273656c, "%s: a pointer in it leads there", when);
	munmap(p, 2 * MIB);
	addr += GIB;
	p = mmap((void *)(uintptr_t)addr, 2 * MIB, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	addr -= GIB;
	is_errno(p, EINVAL, "%s: not elsewhere", when);
	is_errno(ftruncate(fd, 4 * MIB + 1), EFBIG, "%s: not larger than its place", when);
	space_begin(&nl, "other", addr, 4096, MIB);
	is_int(nl_talk(&nl), EADDRINUSE, "%s: nobody else gets the address", when);
	is_errno(open(pool_path("other"), O_RDONLY), ENOENT, "%s: who wanted it is not there",
		 when);
	close(fd);
}

/* Return: which of the files a user can open to write, as bits. */
static int opens(void *arg)
{
	const char *const names[] = { POOL "list", POOL "set", POOL "dir/new" };
	int i, can = 0;

	become_user(*(uid_t *)arg);
	for (i = 0; i < 3; i++) {
		int fd = open(names[i], O_RDWR);

		can |= (fd >= 0) << i;
		close(fd);
	}
	return can;
}

static void check_lists(const char *when)
{
	uid_t alice = ALICE, bob = BOB;
	mode_t mask = umask(0);

	close(open(pool_path("dir/new"), O_CREAT | O_RDWR, 0660));
	umask(mask);
	is_int(in_child(opens, &alice, 10), 5, "%s: alice is let in by the lists", when);
	is_int(in_child(opens, &bob, 10), 0, "%s: bob is not", when);
	need(!unlink(pool_path("dir/new")));
}

static struct kept check(const char *when)
{
	int fd = open(pool_path("kept"), O_RDONLY);
	struct kept kept;

	need(fd >= 0 && pread(fd, &kept, sizeof(kept), 0) == sizeof(kept));
	close(fd);
	check_times(&kept, when);
	check_seal(when);
	check_place(kept.addr, when);
	check_lists(when);
	return kept;
}

/* Was the pool unmounted before? */
static bool was_unmounted(void)
{
	char answer = 0;
	int fd;

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	fd = open("/sys/kernel/debug/morsel/pmem0/trusted", O_RDONLY);
	need(fd >= 0 && read(fd, &answer, 1) == 1);
	close(fd);
	return answer == 'Y';
}

static void be_cut_off(void)
{
	puts("# under load");
	fflush(stdout);
	for (;;)
		close(file("busy", "at work"));
}

int main(void)
{
	const char *boot = getenv("MORSEL_BOOT");
	struct kept kept;

	switch (boot ? atoi(boot) : 1) {
	case 1:
		build();
		kept = check("at once");
		keep(kept.addr);	/* "dir" has had an entry */
		unmount_pool();
		mount_pool();
		kept = check("after an unmount");
		close(file("written", "once more"));	/* its times are written by the unmount */
		keep(kept.addr);
		unmount_pool();
		break;
	case 2:
		mount_pool();
		ok(was_unmounted(), "the pool was unmounted");
		kept = check("after a boot");
		close(file("written", "and once more"));
		sync();
		keep(kept.addr);
		be_cut_off();
		break;
	case 3:
		mount_pool();
		ok(!was_unmounted(), "the pool was not unmounted");
		check("after a cut");
		unmount_pool();
		ok(!system("pool_format --check " DEV), "nothing is wrong with it");
		break;
	}
	return done_testing();
}
