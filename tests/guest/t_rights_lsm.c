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
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "lib/grants.h"

enum {
	SIZE = 2 << 20,
	FILES = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
		LANDLOCK_ACCESS_FS_READ_DIR,
	NAMES = LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
		LANDLOCK_ACCESS_FS_MAKE_SYM,
};

static struct nl nl;
static int *notes; /* of a child */

/* The directory that is allowed, and one that is not, alike. */
static const char *in(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", pool_path("in"), name);
	return path;
}

static const char *out(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", pool_path("out"), name);
	return path;
}

static int result(int ret)
{
	return ret < 0 ? errno : 0;
}

/* Forbid @handled from now on, but for what is in the directory at @beneath. */
static void confine(uint64_t handled, const char *beneath)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = handled };
	struct landlock_path_beneath_attr rule = { .allowed_access = handled };
	int rules = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	need(rules >= 0);
	if (beneath) {
		rule.parent_fd = open(beneath, O_PATH | O_CLOEXEC);
		need(rule.parent_fd >= 0);
		need(!syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
		close(rule.parent_fd);
	}
	need(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	need(!syscall(SYS_landlock_restrict_self, rules, 0));
	close(rules);
}

static void prepare(const char *dir)
{
	char name[64];

	need(!mkdir(pool_path(dir), 0777) && !chown(pool_path(dir), ALICE, ALICE));
	snprintf(name, sizeof(name), "%s/f", dir);
	need(!close(make_morsel(name, SIZE)) && !chown(pool_path(name), ALICE, ALICE));
	snprintf(name, sizeof(name), "%s/sub", dir);
	need(!mkdir(pool_path(name), 0755) && !chown(pool_path(name), ALICE, ALICE));
}

/* ---- the file system ---- */

/* All of it in one directory; what each step gives. */
static void use(const char *(*at)(const char *name), int *note)
{
	char other[256];

	note[0] = result(open(at("f"), O_RDONLY));
	note[1] = result(open(at("f"), O_WRONLY));
	note[2] = result(open(at(""), O_RDONLY | O_DIRECTORY));
	note[3] = result(open(at("new"), O_RDWR | O_CREAT, 0600));
	note[4] = result(mkdir(at("d"), 0700));
	note[5] = result(symlink("f", at("link")));
	strcpy(other, at("moved"));
	note[6] = result(rename(at("f"), other));
	note[7] = result(unlink(note[6] ? at("f") : other));
	note[8] = result(rmdir(at("sub")));
	note[9] = result(open(at(""), O_RDWR | O_TMPFILE, 0600));
}

static int confined(void *arg)
{
	volatile char *p;
	int fd;

	(void)arg;
	become_user(ALICE);
	fd = open(out("f"), O_RDWR);
	need(fd >= 0);
	confine(FILES | NAMES, pool_path("in"));
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	notes[0] = p == MAP_FAILED ? errno : touch_write((volatile uint64_t *)p, 1);
	notes[1] = result(rename(in("f"), out("f2")));
	notes[2] = result(link(in("f"), out("f2")));
	use(out, notes + 20);
	use(in, notes + 40);
	return 0;
}

static void test_files(void)
{
	static const char *const what[] = {
		"open to read",
		"open to write",
		"list",
		"create",
		"mkdir",
		"symlink",
		"rename",
		"unlink",
		"rmdir",
		"a file without a name",
	};
	size_t i;

	is_int(in_child(confined, NULL, 20), 0, "alice confines herself to a directory");
	is_int(notes[0], 0, "what she has open she can map");
	ok(notes[1] == EXDEV || notes[1] == EACCES, "nothing is moved out: %d", notes[1]);
	ok(notes[2] == EXDEV || notes[2] == EACCES, "nor linked: %d", notes[2]);
	for (i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		is_int(notes[20 + i], EACCES, "elsewhere: %s", what[i]);
		is_int(notes[40 + i], 0, "there: %s", what[i]);
	}
	ok(access(out("f"), F_OK) == 0 && access(out("new"), F_OK) < 0, "nothing has changed");
}

/* ---- netlink ---- */

static void no_object(struct nl *n, void *arg)
{
	++*(int *)arg;
}

/* What each request gives. */
static void ask(struct nl *n, int *note)
{
	int told = 0;

	nl_pool(n, MORSEL_CMD_POOL_GET, "p");
	note[0] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_GET, "p", "out/g");
	note[1] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_NEW, "p", "out/nl");
	note[2] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_RENAME, "p", "out/nl");
	nl_str(n, MORSEL_A_OBJECT_NEW_PATH, "out/nl2");
	note[3] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_SET, "p", "out/nl2");
	nl_u64(n, MORSEL_A_OBJECT_SIZE, SIZE);
	note[4] = nl_talk(n);
	nl_object(n, MORSEL_CMD_RIGHTS_GET, "p", "out/nl2");
	note[5] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_WATCH, "p", "out");
	note[6] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_DEL, "p", "out/nl2");
	note[7] = nl_talk(n);
	nl_object(n, MORSEL_CMD_MORSEL_GET, "p", "out");
	note[8] = nl_dump(n, no_object, &told);
	note[9] = told;
}

/* With a socket that was there before, and with one that is opened then. */
static int asks(void *arg)
{
	const uint64_t *handled = arg;

	become_user(ALICE);
	nl_open(&nl);
	ask(&nl, notes);
	confine(*handled, NULL);
	ask(&nl, notes + 20);
	nl_close(&nl);
	nl_open(&nl);
	ask(&nl, notes + 40);
	return 0;
}

static int operator_asks(void *arg)
{
	(void)arg;
	confine(FILES, NULL);
	nl_open(&nl);
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "q");
	nl_u64(&nl, MORSEL_A_POOL_SIZE, 1 << 20);
	notes[0] = nl_talk(&nl);
	strcpy((char *)(notes + 1), nl.text);
	return 0;
}

static void test_netlink(const char *what, uint64_t handled)
{
	int i, granted = 0, before = 0, after = 0;

	is_int(in_child(asks, &handled, 20), 0, "%s: alice asks before and after", what);
	for (i = 0; i < 9; i++) {
		granted += notes[i] == 0;
		before += notes[20 + i] == EPERM;
		after += notes[40 + i] == EPERM;
	}
	is_int(granted, 9, "%s: before that all is granted", what);
	is_int(before, 9, "%s: then nothing, by the socket she has", what);
	is_int(after, 9, "%s: nor by another", what);
	ok(notes[9] > 0 && !notes[29] && !notes[49], "%s: nor is she told what there is", what);
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
	notes = shared_page();
	prepare("in");
	prepare("out");
	need(!close(make_morsel("out/g", SIZE)));
	test_files();
	test_netlink("names", NAMES);
	test_netlink("files", FILES);
	test_netlink("devices only", LANDLOCK_ACCESS_FS_MAKE_BLOCK);
	is_int(in_child(operator_asks, NULL, 20), 0, "an operator confines himself");
	is_int(notes[0], EPERM, "he is refused as well");
	if (!ok(strstr((char *)(notes + 1), "security module"), "he is told why"))
		diag("told: \"%s\"", (char *)(notes + 1));
	return done_testing();
}
