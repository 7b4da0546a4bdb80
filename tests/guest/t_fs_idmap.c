// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ids that are not those of the pool: through a mount that maps them (users 1000 and 1001
 * there are 11000 and 11001 in the pool), and in a user namespace.
 * pool: size=64M,name=p
 * groups: fs rights
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl_xattr.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "lib/grants.h"
#include "lib/quota.h"

enum {
	SHIFT = 10000,
	SIZE = 2 << 20,
	UNKNOWN = 65534,
};

static struct nl nl;
static int *notes; /* of a child */

/* Two may be in use at a time. */
static const char *mapped(const char *name)
{
	static char paths[2][256];
	static unsigned int n;
	char *path = paths[n++ % 2];

	snprintf(path, sizeof(paths[0]), "/tmp/mapped/%s", name);
	return path;
}

static long owner_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : (long)st.st_uid;
}

static long group_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : (long)st.st_gid;
}

/* 0, or why not. */
static int result(int ret)
{
	return ret < 0 ? errno : 0;
}

/* ---- the mount ---- */

static int sleep_in_userns(void *arg)
{
	need(!unshare(CLONE_NEWUSER));
	*(volatile int *)arg = 1;
	pause();
	return 0;
}

static void write_map(pid_t pid, const char *which)
{
	char path[64], map[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, which);
	snprintf(map, sizeof(map), "%d %d 2", SHIFT + ALICE, ALICE);
	need(!write_text(path, map));
}

/* A user namespace in which the users of the pool are those of the mount. */
static int new_userns(void)
{
	volatile int *there = shared_page();
	pid_t pid = start_child(sleep_in_userns, (void *)there);
	char path[64];
	int fd;

	while (!*there)
		usleep(1000);
	write_map(pid, "uid_map");
	write_map(pid, "gid_map");
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	need(fd >= 0);
	kill(pid, SIGKILL);
	wait_child(pid, 10);
	return fd;
}

static void make_mount(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = new_userns() };
	int tree = open_tree(AT_FDCWD, pool_path(""), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	need(tree >= 0 && !mkdir("/tmp/mapped", 0755));
	if (!is_int(result(mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr))), 0,
		    "ids of a mount are mapped"))
		bail_out("nothing to test");
	need(!move_mount(tree, "", AT_FDCWD, "/tmp/mapped", MOVE_MOUNT_F_EMPTY_PATH));
	close(tree);
	close(attr.userns_fd);
	need(!mkdir(pool_path("d"), 0777) && !chmod(pool_path("d"), 01777));
	need(!chown(pool_path("d"), SHIFT + ALICE, SHIFT + ALICE));
}

/* ---- what users do there ---- */

static int alice_makes(void *arg)
{
	int fd;

	(void)arg;
	become_user(ALICE);
	umask(0);
	fd = open(mapped("d/f"), O_RDWR | O_CREAT | O_EXCL, 0600);
	need(fd >= 0 && write(fd, "alice", 5) == 5);
	need(!ftruncate(fd, SIZE) && !fallocate(fd, 0, 0, SIZE));
	need(!mkdir(mapped("d/sub"), 0700) && !symlink("f", mapped("d/link")));
	fd = open(mapped("d"), O_RDWR | O_TMPFILE, 0600);
	need(fd >= 0);
	notes[0] = result(linkat(fd, "", AT_FDCWD, mapped("d/tmp"), AT_EMPTY_PATH));
	if (notes[0]) { /* without CAP_DAC_READ_SEARCH */
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		notes[0] = result(linkat(AT_FDCWD, path, AT_FDCWD, mapped("d/tmp"),
					 AT_SYMLINK_FOLLOW));
	}
	notes[1] = result(rename(mapped("d/tmp"), mapped("d/sub/tmp")));
	notes[2] = result(chown(mapped("d/f"), BOB, -1));
	return 0;
}

static int bob_tries(void *arg)
{
	(void)arg;
	become_user(BOB);
	notes[0] = result(open(mapped("d/f"), O_RDONLY));
	notes[1] = result(unlink(mapped("d/f")));
	notes[2] = result(open(mapped("d/b"), O_RDWR | O_CREAT, 0600));
	return 0;
}

static int carol_makes(void *arg)
{
	(void)arg;
	become_user(CAROL);
	notes[0] = result(open(mapped("d/c"), O_RDWR | O_CREAT, 0600));
	notes[1] = result(mkdir(mapped("d/c"), 0700));
	return 0;
}

static void test_make(void)
{
	is_int(in_child(alice_makes, NULL, 20), 0, "alice makes what there is to make");
	is_int(notes[0], 0, "a file without a name gets one");
	is_int(notes[1], 0, "it is moved");
	is_int(notes[2], EPERM, "she cannot give one away");
	is_int(owner_of(mapped("d/f")), ALICE, "it is hers");
	is_int(owner_of(pool_path("d/f")), SHIFT + ALICE, "in the pool it is another's");
	is_int(group_of(pool_path("d/f")), SHIFT + ALICE, "and of another group");
	is_int(owner_of(pool_path("d/sub")), SHIFT + ALICE, "a directory");
	is_int(owner_of(pool_path("d/sub/tmp")), SHIFT + ALICE, "what had no name");
	is_int(quota_number(&nl, SHIFT + ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 5,
	       "its owner in the pool is charged");
	in_child(bob_tries, NULL, 20);
	is_int(notes[0], EACCES, "bob cannot read it");
	is_int(notes[1], EPERM, "nor remove it from a sticky directory");
	is_int(notes[2], 0, "but make one of his own");
	in_child(carol_makes, NULL, 20);
	ok(notes[0] == EOVERFLOW && notes[1] == EOVERFLOW, "who has no id in the pool makes none");
	is_int(owner_of(mapped("")), UNKNOWN, "who has none in the mount is nobody");
}

static void test_chown(void)
{
	is_int(result(chown(mapped("d/f"), BOB, BOB)), 0, "given to bob");
	is_int(owner_of(pool_path("d/f")), SHIFT + BOB, "the pool has his id there");
	is_int(group_of(pool_path("d/f")), SHIFT + BOB, "and group");
	is_int(quota_number(&nl, SHIFT + BOB, MORSEL_A_QUOTA_BYTES_USED), SIZE, "he is charged");
	is_errno(chown(mapped("d/f"), CAROL, -1), EOVERFLOW, "to who has no id there");
	is_int(result(chown(pool_path("d/f"), SHIFT + ALICE, SHIFT + ALICE)), 0, "and back");
	is_int(owner_of(mapped("d/f")), ALICE, "seen by the mount");
}

/* ---- access lists ---- */

struct list {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entries[5];
};

#define ENTRY(tag_, perm_, id_)                                   \
	{                                                         \
		.e_tag = (tag_), .e_perm = (perm_), .e_id = (id_) \
	}

static int alice_lists(void *arg)
{
	static const struct list list = {
		{ POSIX_ACL_XATTR_VERSION },
		{ ENTRY(0x01, 6, -1), ENTRY(0x02, 4, BOB), ENTRY(0x04, 0, -1),
		  ENTRY(0x10, 6, -1), ENTRY(0x20, 0, -1) },
	};

	(void)arg;
	become_user(ALICE);
	notes[0] = result(setxattr(mapped("d/f"), "system.posix_acl_access", &list,
				   sizeof(list), 0));
	notes[1] = result(setxattr(mapped("d/sub"), "system.posix_acl_default", &list,
				   sizeof(list), 0));
	need(!close(open(mapped("d/sub/new"), O_RDWR | O_CREAT, 0660)));
	return 0;
}

static int bob_opens(void *arg)
{
	(void)arg;
	become_user(BOB);
	notes[0] = result(open(mapped("d/f"), O_RDONLY));
	notes[1] = result(open(mapped("d/f"), O_RDWR));
	return 0;
}

/* The user whom an access list names. */
static long named_user(const char *path)
{
	struct list list;

	if (getxattr(path, "system.posix_acl_access", &list, sizeof(list)) != sizeof(list))
		return -1;
	return list.entries[1].e_id;
}

static void test_lists(void)
{
	in_child(alice_lists, NULL, 20);
	is_int(notes[0], 0, "a list that names bob");
	is_int(notes[1], 0, "and one for what will be in a directory");
	is_int(named_user(mapped("d/f")), BOB, "it names him");
	is_int(named_user(pool_path("d/f")), SHIFT + BOB, "in the pool by his id there");
	is_int(named_user(pool_path("d/sub/new")), SHIFT + BOB, "as does what was inherited");
	in_child(bob_opens, NULL, 20);
	is_int(notes[0], 0, "he may read");
	is_int(notes[1], EACCES, "and not write");
}

/* ---- rights that are taken back ---- */

static struct barrier *barrier;

/* Each time he is asked: what a load, a store and a read(2) give. */
static int bob_holds(void *arg)
{
	volatile uint64_t *p;
	char c;
	int fd;

	(void)arg;
	become_user(BOB);
	fd = open(mapped("d/f"), O_RDWR);
	need(fd >= 0);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(p != MAP_FAILED);
	for (;;) {
		notes[0] = touch_read(p);
		notes[1] = touch_write(p, 1);
		notes[2] = result(pread(fd, &c, 1, 0));
		barrier_wait(barrier);
		barrier_wait(barrier);
	}
}

static void holds(int load, int store, int call, const char *what)
{
	barrier_wait(barrier);
	ok(notes[0] == load && notes[1] == store && notes[2] == call, "%s: %d, %d, %d", what,
	   notes[0], notes[1], notes[2]);
}

static void leave(const char *left)
{
	rights_give(&nl, "d/f", SHIFT + BOB, left, true);
	barrier_wait(barrier);
}

static void test_revoke(void)
{
	pid_t pid;

	barrier = barrier_new(2);
	rights_give(&nl, "d/f", SHIFT + BOB, "rw", false);
	pid = start_child(bob_holds, NULL);
	holds(0, 0, 0, "bob uses it");
	leave("rw");
	holds(0, 0, 0, "who keeps his rights keeps what he has");
	leave("r");
	holds(0, SIGSEGV, 0, "the right to write is revoked");
	leave("");
	holds(SIGBUS, SIGSEGV, EACCES, "all is revoked");
	kill(pid, SIGKILL);
	wait_child(pid, 10);
}

/* ---- quota ---- */

static int alice_makes_more(void *arg)
{
	(void)arg;
	become_user(ALICE);
	notes[0] = result(open(mapped("d/1"), O_RDWR | O_CREAT, 0600));
	notes[1] = result(open(mapped("d/2"), O_RDWR | O_CREAT, 0600));
	return 0;
}

static void test_quota(void)
{
	uint64_t has = quota_number(&nl, SHIFT + ALICE, MORSEL_A_QUOTA_OBJECTS_USED);

	quota_limit(&nl, SHIFT + ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, has + 1);
	in_child(alice_makes_more, NULL, 20);
	is_int(notes[0], 0, "one more, up to the limit of the owner in the pool");
	is_int(notes[1], EDQUOT, "and no further");
	quota_check_sums(&nl);
}

/* ---- user namespaces ---- */

static void become_root_of_userns(uid_t uid)
{
	char map[32];

	become_user(uid);
	need(!prctl(PR_SET_DUMPABLE, 1)); /* procfs is the user's own */
	need(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	snprintf(map, sizeof(map), "0 %d 1", uid);
	need(!write_text("/proc/self/setgroups", "deny"));
	need(!write_text("/proc/self/uid_map", map) && !write_text("/proc/self/gid_map", map));
	need(!setresuid(0, 0, 0));
}

static int in_userns(void *arg)
{
	(void)arg;
	become_root_of_userns(ALICE);
	notes[0] = owner_of(pool_path("mine"));
	notes[1] = owner_of(pool_path("bobs"));
	notes[2] = result(open(pool_path("bobs"), O_RDONLY));
	notes[3] = result(chmod(pool_path("bobs"), 0777));
	notes[4] = result(chown(pool_path("bobs"), 0, 0));
	notes[5] = result(chown(pool_path("mine"), BOB, -1));
	notes[6] = result(unlink(pool_path("d/b")));
	notes[7] = result(open(pool_path("d/new"), O_RDWR | O_CREAT, 0600));
	notes[8] = owner_of(pool_path("d/new"));
	need(!mkdir("/tmp/d/own", 0700));
	notes[9] = result(mount("none", "/tmp/d/own", "morsel", 0, NULL));
	notes[10] = result(mount("none", "/tmp/d/own", "morsel", 0, "name=p"));
	return 0;
}

static void test_userns(void)
{
	int fd = make_morsel("mine", SIZE);

	need(!fchown(fd, ALICE, ALICE) && !close(fd));
	fd = make_morsel("bobs", SIZE);
	need(!fchown(fd, BOB, BOB) && !fchmod(fd, 0600) && !close(fd));
	need(!mkdir("/tmp/d", 0777) && !chmod("/tmp/d", 0777));
	is_int(in_child(in_userns, NULL, 20), 0, "alice as root of a user namespace");
	is_int(notes[0], 0, "what is hers is root's there");
	is_int(notes[1], UNKNOWN, "what is another's is nobody's");
	is_int(notes[2], EACCES, "her capabilities do not open it");
	is_int(notes[3], EPERM, "nor change its mode");
	is_int(notes[4], EPERM, "nor make it hers");
	is_int(notes[5], EINVAL, "there is nobody to give hers to");
	is_int(notes[6], EPERM, "nor remove what is another's in a sticky directory");
	is_int(notes[7], 0, "she can make one");
	is_int(notes[8], 0, "which is root's there");
	is_int(owner_of(pool_path("d/new")), ALICE, "and hers everywhere else");
	is_int(notes[9], EPERM, "she cannot make a pool by mount");
	is_int(notes[10], EPERM, "nor mount one that is there");
}

int main(void)
{
	notes = shared_page();
	nl_open(&nl);
	make_mount();
	test_make();
	test_chown();
	test_lists();
	test_revoke();
	test_quota();
	test_userns();
	need(!umount2("/tmp/mapped", 0));
	return done_testing();
}
