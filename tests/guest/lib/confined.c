// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "confined.h"

enum {
	SIZE = 2 << 20,
	STEPS = 9,    /* of use() */
	REQUESTS = 9, /* of ask() */
};

/* What each request of ask() gives, and how many objects its dump tells of. */
struct answers {
	int error[REQUESTS], told;
};

/* What a child notes. */
static struct notes {
	int mapped, moved, linked;
	int out[STEPS], in[STEPS];
	struct answers before, after, again;
	int error;
	char text[200];
} * notes;

static struct nl nl;

static const char *beneath(char *path, const char *dir, const char *name)
{
	snprintf(path, 256, "%s/%s", pool_path(dir), name);
	return path;
}

const char *confined_in(const char *name)
{
	static char path[256];

	return beneath(path, "in", name);
}

const char *confined_out(const char *name)
{
	static char path[256];

	return beneath(path, "out", name);
}

static void give(const char *name)
{
	need(!chown(pool_path(name), ALICE, ALICE));
}

static void give_dir(const char *name)
{
	need(!mkdir(pool_path(name), 0777));
	give(name);
}

static void give_file(const char *name)
{
	need(!close(make_morsel(name, SIZE)));
	give(name);
}

void confined_prepare(void)
{
	notes = shared_page();
	give_dir("in");
	give_dir("in/sub");
	give_file("in/f");
	give_dir("out");
	give_dir("out/sub");
	give_file("out/f");
	need(!close(make_morsel("out/g", SIZE)));
}

/* ---- the file system ---- */

static int result(int ret)
{
	return ret < 0 ? errno : 0;
}

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
}

static int confined(void *arg)
{
	const struct confinement *how = arg;
	volatile char *p;
	int fd;

	become_user(ALICE);
	fd = open(confined_out("f"), O_RDWR);
	need(fd >= 0);
	how->begin(how->arg);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	notes->mapped = p == MAP_FAILED ? errno : touch_write((volatile uint64_t *)p, 1);
	notes->moved = result(rename(confined_in("f"), confined_out("f2")));
	notes->linked = result(link(confined_in("f"), confined_out("f2")));
	use(confined_out, notes->out);
	use(confined_in, notes->in);
	return 0;
}

/* What goes from one directory to another may be told to be on another device. */
static bool is_kept(int got, int error)
{
	return got == error || got == EXDEV;
}

void confined_files(const struct confinement *how, int error)
{
	static const char *const what[STEPS] = {
		"open to read", "open to write", "list",   "create", "mkdir",
		"symlink",	"rename",	 "unlink", "rmdir",
	};
	size_t i;

	is_int(in_child(confined, (void *)how, 20), 0, "%s: alice is kept in a directory",
	       how->what);
	is_int(notes->mapped, 0, "what she has open she can map");
	ok(is_kept(notes->moved, error), "nothing is moved out: %d", notes->moved);
	ok(is_kept(notes->linked, error), "nor linked: %d", notes->linked);
	for (i = 0; i < STEPS; i++) {
		is_int(notes->out[i], error, "elsewhere: %s", what[i]);
		is_int(notes->in[i], 0, "there: %s", what[i]);
	}
	ok(access(confined_out("f"), F_OK) == 0 && access(confined_out("new"), F_OK) < 0,
	   "nothing has changed");
}

/* ---- netlink ---- */

static void no_object(struct nl *n, void *arg)
{
	(void)n;
	++*(int *)arg;
}

/* @watched: not twice by the same socket. */
static void ask(struct answers *answers, const char *watched)
{
	int *error = answers->error;

	nl_pool(&nl, MORSEL_CMD_POOL_GET, "p");
	error[0] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "out/g");
	error[1] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "out/nl");
	error[2] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "p", "out/nl");
	nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "out/nl2");
	error[3] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "out/nl2");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, SIZE);
	error[4] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_RIGHTS_GET, "p", "out/nl2");
	error[5] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_WATCH, "p", watched);
	error[6] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "p", "out/nl2");
	error[7] = nl_talk(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "out");
	answers->told = 0;
	error[8] = nl_dump(&nl, no_object, &answers->told);
}

static int asks(void *arg)
{
	const struct confinement *how = arg;

	become_user(ALICE);
	nl_open(&nl);
	ask(&notes->before, "out/f");
	how->begin(how->arg);
	ask(&notes->after, "out/g");
	nl_close(&nl);
	nl_open(&nl);
	ask(&notes->again, "out/g");
	return 0;
}

static int how_many(const struct answers *answers, int error)
{
	int i, many = 0;

	for (i = 0; i < REQUESTS; i++)
		many += answers->error[i] == error;
	return many;
}

void confined_netlink(const struct confinement *how, int error)
{
	const char *then = error ? "refused" : "granted";

	is_int(in_child(asks, (void *)how, 20), 0, "%s: alice asks before and after", how->what);
	is_int(how_many(&notes->before, 0), REQUESTS, "%s: before that all is granted", how->what);
	is_int(how_many(&notes->after, error), REQUESTS, "%s: then all is %s, by the socket she has",
	       how->what, then);
	is_int(how_many(&notes->again, error), REQUESTS, "%s: all is %s, by another one",
	       how->what, then);
	ok(notes->before.told && !notes->after.told == !!error && !notes->again.told == !!error,
	   "%s: so is what there is", how->what);
}

static int operator_asks(void *arg)
{
	const struct confinement *how = arg;

	how->begin(how->arg);
	nl_open(&nl);
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "q");
	nl_u64(&nl, MORSEL_A_POOL_SIZE, 1 << 20);
	notes->error = nl_talk(&nl);
	snprintf(notes->text, sizeof(notes->text), "%.199s", nl.text);
	return 0;
}

void confined_operator(const struct confinement *how)
{
	is_int(in_child(operator_asks, (void *)how, 20), 0, "%s: an operator is confined",
	       how->what);
	is_int(notes->error, EPERM, "%s: he is refused as well", how->what);
	if (!ok(strstr(notes->text, "security module"), "%s: he is told why", how->what))
		diag("told: \"%s\"", notes->text);
}
