// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Landlock: what it forbids in the file tree it forbids in a pool, and who is confined by it
 * does not get around that by netlink.
 * pool: size=64M,name=p
 * groups: rights nl
 * timeout: 60
 * may-skip: the debug kernel has no Landlock
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "lib/confined.h"

enum {
	FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_READ_DIR,
	NAMES = LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
		LANDLOCK_ACCESS_FS_MAKE_SYM,
};

struct rules {
	uint64_t handled;
	const char *beneath; /* but for what is in this directory; NULL: everywhere */
};

static int *tmpfiles; /* what a file without a name gives outside and inside */

static void confine(const void *arg)
{
	const struct rules *wanted = arg;
	struct landlock_ruleset_attr attr = { .handled_access_fs = wanted->handled };
	struct landlock_path_beneath_attr rule = { .allowed_access = wanted->handled };
	int rules = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	need(rules >= 0);
	if (wanted->beneath) {
		rule.parent_fd = open(pool_path(wanted->beneath), O_PATH | O_CLOEXEC);
		need(rule.parent_fd >= 0);
		need(!syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
		close(rule.parent_fd);
	}
	need(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	need(!syscall(SYS_landlock_restrict_self, rules, 0));
	close(rules);
}

static int makes_tmpfiles(void *rules)
{
	become_user(ALICE);
	confine(rules);
	tmpfiles[0] = open(confined_out(""), O_RDWR | O_TMPFILE, 0600) < 0 ? errno : 0;
	tmpfiles[1] = open(confined_in(""), O_RDWR | O_TMPFILE, 0600) < 0 ? errno : 0;
	return 0;
}

static void test_files(void)
{
	static struct rules only_in = { FILES | NAMES, "in" };
	static const struct confinement how = { "Landlock", confine, &only_in };

	confined_files(&how, EACCES);
	is_int(in_child(makes_tmpfiles, &only_in, 20), 0, "alice makes files without a name");
	is_int(tmpfiles[0], EACCES, "elsewhere: a file without a name");
	is_int(tmpfiles[1], 0, "there: a file without a name");
}

static void test_netlink(void)
{
	static const struct rules names = { NAMES, NULL }, files = { FILES, NULL };
	static const struct rules devices = { LANDLOCK_ACCESS_FS_MAKE_BLOCK, NULL };
	static const struct confinement all[] = {
		{ "names", confine, &names },
		{ "files", confine, &files },
		{ "devices only", confine, &devices },
	};
	int i;

	for (i = 0; i < 3; i++)
		confined_netlink(&all[i], EPERM);
	confined_operator(&all[1]);
}

int main(void)
{
	int version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			      LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 1 && on_debug_kernel()) {
		skip("what Landlock forbids", "the debug kernel has no Landlock");
		return done_testing();
	}
	ok(version >= 1, "there is Landlock, version %d", version);
	tmpfiles = shared_page();
	confined_prepare();
	test_files();
	test_netlink();
	return done_testing();
}
