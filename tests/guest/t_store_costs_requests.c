// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What requests, lists, objects without a name, zeroed ranges and mounts cost on
 * persistent memory, as t_store_costs has it of other calls.
 * nvdimm: 66M
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store fs nl
 * timeout: 60
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/costs.h"
#include "lib/grants.h"
#include "lib/quota.h"
#include "lib/space.h"

#define POOL COSTS_POOL

enum {
	SUPER_LINES = 8, /* of a superblock */
	REST = 100,	 /* bytes of the last page that stay */
	REST_LINES = (PAGE - REST) / 64,
};

static struct nl nl;
static char page[PAGE];
static int nameless, fd; /* of POOL "file": a page, a hole, a page */

static int ask(void)
{
	int err = nl_talk(&nl);

	if (err)
		diag("errno %d: %s", err, nl.text);
	return err;
}

/* ---- without a name ---- */

static int do_tmpfile(void)
{
	nameless = open(POOL, O_TMPFILE | O_RDWR, 0600);
	return nameless < 0 ? -1 : 0;
}

static int do_write_nameless(void)
{
	return pwrite(nameless, page, PAGE, 0) == PAGE ? 0 : -1;
}

static int do_chmod_nameless(void)
{
	return fchmod(nameless, 0640);
}

static int do_link_nameless(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", nameless);
	return linkat(AT_FDCWD, path, AT_FDCWD, POOL "first", AT_SYMLINK_FOLLOW);
}

static int do_link(void)
{
	return link(POOL "first", POOL "second");
}

static int do_unlink_first(void)
{
	return unlink(POOL "first");
}

static int do_unlink_last(void)
{
	return unlink(POOL "second");
}

/* The victim has two names, and loses its last one. */
static int do_rename_over(void)
{
	return rename(POOL "other", POOL "victim-2");
}

static int do_close(void)
{
	return close(nameless);
}

/* ---- lists ---- */

static void put_default_list(void)
{
	const int acl = MORSEL_A_OBJECT_DEFAULT_ACL;

	rights_entry(&nl, acl, MORSEL_ACL_TAG_USER_OBJ, 0, 7);
	rights_entry(&nl, acl, MORSEL_ACL_TAG_USER, ALICE, 6);
	rights_entry(&nl, acl, MORSEL_ACL_TAG_GROUP_OBJ, 0, 0);
	rights_entry(&nl, acl, MORSEL_ACL_TAG_MASK, 0, 7);
	rights_entry(&nl, acl, MORSEL_ACL_TAG_OTHER, 0, 0);
}

static int do_default_list(void)
{
	nl_object(&nl, MORSEL_CMD_RIGHTS_SET, "p", "dir");
	put_default_list();
	return ask();
}

static int do_create_inherited(void)
{
	return mknod(POOL "dir/new", S_IFREG | 0660, 0);
}

static int do_mkdir_inherited(void)
{
	return mkdir(POOL "dir/sub", 0770);
}

static int do_chmod_list(void)
{
	return chmod(POOL "dir/new", 0600);
}

static int do_chown_list(void)
{
	return chown(POOL "dir/new", ALICE, 0);
}

static int do_no_default_list(void)
{
	nl_object(&nl, MORSEL_CMD_RIGHTS_SET, "p", "dir");
	nl_flag(&nl, MORSEL_A_OBJECT_NO_DEFAULT_ACL);
	return ask();
}

static int do_rights_list(void)
{
	rights_list(&nl, "dir", ALICE, 4);
	return ask();
}

static int do_rights_mode(void)
{
	nl_object(&nl, MORSEL_CMD_RIGHTS_SET, "p", "file");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0640);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, ALICE);
	return ask();
}

static int do_rights_all(void)
{
	rights_list(&nl, "dir", ALICE, 6);
	put_default_list();
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0700);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, ALICE);
	return ask();
}

/* ---- ranges, and sizes with more than a size ---- */

static int zero(int pages, int from)
{
	return fallocate(fd, FALLOC_FL_ZERO_RANGE, (off_t)from * PAGE, (off_t)pages * PAGE);
}

static int do_zero_page(void)
{
	return zero(1, 0);
}

static int do_zero_hole(void)
{
	return zero(1, 1);
}

static int do_zero_behind(void)
{
	return zero(1, 3);
}

static int do_punch_part(void)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE / 2, PAGE);
}

static int do_grow_over(void)
{
	return ftruncate(fd, 5L * PAGE);
}

static int do_shrink_part(void)
{
	return ftruncate(fd, 3L * PAGE + REST);
}

static int do_shrink_privileged(void)
{
	int ret;

	need(!seteuid(ALICE)); /* its owner, whose bits do not outlive a change */
	ret = ftruncate(fd, 2L * PAGE);
	need(!seteuid(0));
	return ret;
}

static int do_set_ids(void)
{
	return fchmod(fd, 06755);
}

/* ---- requests about objects ---- */

static int do_new(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "object");
	return ask();
}

static void put_attributes(void)
{
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 04751);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, ALICE);
	nl_u32(&nl, MORSEL_A_OBJECT_GID, BOB);
}

static int do_new_all(void)
{
	space_begin(&nl, "whole", 0, 2 * MIB, 4 * MIB);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, ALICE);
	nl_u32(&nl, MORSEL_A_OBJECT_GID, BOB);
	return ask();
}

static int do_new_directory(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "directory");
	nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	put_attributes();
	return ask();
}

static int do_new_inherited(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "dir/whole");
	put_attributes();
	return ask();
}

static int do_set(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "object");
	put_attributes();
	return ask();
}

static int do_set_all(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "object");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 2 * MIB);
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0600);
	return ask();
}

static int place(uint64_t addr)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "object");
	nl_u64(&nl, MORSEL_A_OBJECT_ADDR, addr);
	return ask();
}

static int do_reserve(void)
{
	return place(0);
}

static int do_reserve_elsewhere(void)
{
	return place(WINDOW_START + 4 * GIB);
}

static int do_unreserve(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "object");
	nl_flag(&nl, MORSEL_A_OBJECT_NO_ADDR);
	return ask();
}

static int do_rename(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "object");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "sealed");
	return ask();
}

static int do_seal(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_SEAL, "p", "sealed");
	return ask();
}

static int do_seal_stored(void)
{
	char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -1;
	map[0]++;
	munmap(map, PAGE);
	nl_object(&nl, MORSEL_CMD_MORSEL_SEAL, "p", "file");
	return ask();
}

static int do_remove(void)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "sealed");
	return ask();
}

/* ---- limits ---- */

static int do_quota(void)
{
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, BOB);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, MIB);
	return ask();
}

static int do_quota_change(void)
{
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, BOB);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, 2 * MIB);
	return ask();
}

static int do_quota_remove(void)
{
	quota_begin(&nl, MORSEL_CMD_QUOTA_SET, BOB);
	nl_flag(&nl, MORSEL_A_QUOTA_REMOVE);
	return ask();
}

static int do_quota_default(void)
{
	nl_begin(&nl, MORSEL_CMD_QUOTA_SET);
	nl_str(&nl, MORSEL_A_QUOTA_POOL_NAME, "p");
	nl_flag(&nl, MORSEL_A_QUOTA_DEFAULT);
	nl_u64(&nl, MORSEL_A_QUOTA_BYTES_HARD, GIB);
	return ask();
}

/* ---- mounts ---- */

static int do_read_only(void)
{
	close(fd);
	return mount(NULL, POOL, NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

static int do_writable(void)
{
	return mount(NULL, POOL, NULL, MS_REMOUNT, NULL);
}

static int do_mount(void)
{
	return umount(POOL) ?: mount(COSTS_DEV, POOL, "morsel", 0, NULL);
}

static int do_mount_read_only(void)
{
	return umount(POOL) ?: mount(COSTS_DEV, POOL, "morsel", MS_RDONLY, NULL);
}

static const struct cost operations[] = {
	{ "O_TMPFILE", do_tmpfile, 0, 0 },
	{ "first write to an object without a name", do_write_nameless, 2, 3 * PAGE_LINES },
	{ "chmod of an object without a name", do_chmod_nameless, 0, 0 },
	{ "link of an object without a name", do_link_nameless, 1, RECORD },
	{ "link of the first name", do_link, 1, RECORD },
	{ "unlink of the first of two names", do_unlink_first, 1, RECORD },
	{ "unlink of the last name, a link", do_unlink_last, 2, 2 * RECORD },
	{ "rename over the last name, a link", do_rename_over, 3, 13 + RECORD },
	{ "close of a removed object", do_close, 0, 0 },

	{ "rights-set, default list", do_default_list, 2, PAGE_LINES + RECORD },
	{ "create with inherited lists", do_create_inherited, 2, PAGE_LINES + RECORD },
	{ "mkdir with inherited lists", do_mkdir_inherited, 2, PAGE_LINES + RECORD },
	{ "chmod with an ACL", do_chmod_list, 2, PAGE_LINES + RECORD },
	{ "chown with an ACL", do_chown_list, 1, RECORD },
	{ "morsel-new with inherited lists", do_new_inherited, 2, PAGE_LINES + RECORD },
	{ "rights-set, no default list", do_no_default_list, 1, RECORD },
	{ "rights-set, list", do_rights_list, 2, PAGE_LINES + RECORD },
	{ "rights-set, mode and owner", do_rights_mode, 1, RECORD },
	{ "rights-set, lists, mode and owner", do_rights_all, 6, 3 * (PAGE_LINES + RECORD) },

	{ "zero a page", do_zero_page, 1, PAGE_LINES },
	{ "zero a hole", do_zero_hole, 2, PAGE_LINES + 1 },
	{ "zero behind the end", do_zero_behind, 5, 2 * PAGE_LINES + 1 + RECORD },
	{ "punch parts of pages", do_punch_part, 2, PAGE_LINES },
	{ "shrink to a part of a page", do_shrink_part, 2, REST_LINES + RECORD },
	{ "grow over a part of a page", do_grow_over, 2, REST_LINES + RECORD },
	{ "chmod to set-id", do_set_ids, 1, RECORD },
	{ "shrink with set-id bits", do_shrink_privileged, 3, 2 + 2 * RECORD },

	{ "morsel-new", do_new, 1, RECORD },
	{ "morsel-new with all attributes and an address", do_new_all, 1, RECORD },
	{ "morsel-new of a directory", do_new_directory, 1, RECORD },
	{ "morsel-set, mode and owner", do_set, 1, RECORD },
	{ "morsel-set, size and mode", do_set_all, 2, 2 * RECORD },
	{ "an address", do_reserve, 1, RECORD },
	{ "another address", do_reserve_elsewhere, 1, RECORD },
	{ "no address", do_unreserve, 1, RECORD },
	{ "morsel-rename", do_rename, 1, RECORD },
	{ "seal", do_seal, 1, RECORD },
	{ "seal of what was mapped", do_seal_stored, 2, PAGE_LINES + RECORD },
	{ "morsel-del", do_remove, 1, RECORD },

	{ "limits of a user", do_quota, 1, RECORD },
	{ "other limits of a user", do_quota_change, 1, RECORD },
	{ "no limits of a user", do_quota_remove, 1, RECORD },
	{ "limits of all others", do_quota_default, 1, RECORD },

	{ "remount read-only", do_read_only, 0, 0 },
	{ "remount writable", do_writable, 0, 0 },
	{ "mount", do_mount, 2, 2 * SUPER_LINES, true },
	{ "mount read-only", do_mount_read_only, 0, 0, true },
};

static void set_up(void)
{
	costs_mount();
	nl_open(&nl);
	umask(0);
	memset(page, 'x', sizeof(page));
	fd = open(POOL "file", O_RDWR | O_CREAT, 0644);
	need(fd >= 0 && !ftruncate(fd, 3L * PAGE) && !mkdir(POOL "dir", 0755));
	need(pwrite(fd, page, PAGE, 0) == PAGE && pwrite(fd, page, PAGE, 2L * PAGE) == PAGE);
	need(!mknod(POOL "other", S_IFREG, 0) && !mknod(POOL "victim", S_IFREG, 0));
	need(!link(POOL "victim", POOL "victim-2") && !unlink(POOL "victim"));
	need(!mkdir(POOL "spare", 0755) && !rmdir(POOL "spare")); /* records are there then */
	sync();
}

int main(void)
{
	set_up();
	costs_check(operations, sizeof(operations) / sizeof(operations[0]));
	is_int(umount(POOL), 0, "the pool is unmounted");
	return done_testing();
}
