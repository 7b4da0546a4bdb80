// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An object of several names is known by any of them that the reader may see; a
 * directory that may not be read is not dumped, and the reader is told.
 * pool: size=16M,name=p
 * groups: nl
 * timeout: 30
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

enum {
	ALICE = 1000,
};

struct found {
	int get, dump, closed, closed_deep, text;
	unsigned int objects;
	char path[64], dumped[64];
};

static struct nl nl;
static uint64_t id;
static const char *within;

static void note(struct nl *n, void *arg)
{
	struct found *f = arg;

	if (nl_number(n, MORSEL_A_OBJECT_ID) != id)
		return;
	f->objects++;
	snprintf(f->dumped, sizeof(f->dumped), "%.60s", nl_string(n, MORSEL_A_OBJECT_PATH));
}

static void dump_of(const char *dir)
{
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	if (dir)
		nl_str(&nl, MORSEL_A_OBJECT_PATH, dir);
}

static int look(void *arg)
{
	struct found *f = arg;

	need(!setgroups(0, NULL) && !setresgid(ALICE, ALICE, ALICE) &&
	     !setresuid(ALICE, ALICE, ALICE));
	nl_open(&nl);
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, id);
	f->get = nl_talk(&nl);
	snprintf(f->path, sizeof(f->path), "%.60s", nl_string(&nl, MORSEL_A_OBJECT_PATH));
	dump_of(within);
	f->dump = nl_dump(&nl, note, f);
	dump_of("closed");
	f->closed = nl_dump(&nl, note, f);
	f->text = strstr(nl.text, "no read permission on the directory") != NULL;
	dump_of("closed");
	nl_flag(&nl, MORSEL_A_OBJECT_RECURSIVE);
	f->closed_deep = nl_dump(&nl, note, f);
	return 0;
}

/* Give the object exactly these names, in this order. */
static void name(const char *const *names, unsigned int n)
{
	char first[128], path[128];
	struct stat st;
	unsigned int i;

	close(make_morsel(names[0], 4096));
	snprintf(first, sizeof(first), "%s", pool_path(names[0]));
	need(!stat(first, &st));
	id = st.st_ino;
	for (i = 1; i < n; i++) {
		snprintf(path, sizeof(path), "%s", pool_path(names[i]));
		need(!link(first, path));
	}
}

static void try(const char *const *names, unsigned int n, const char *visible)
{
	struct found *f = shared_page();
	unsigned int i;

	memset(f, 0, sizeof(*f));
	name(names, n);
	is_int(in_child(look, f, 10), 0, "%s first of %u: alice looks", names[0], n);
	is_int(f->get, visible ? 0 : ENOENT, "%s first of %u: by id", names[0], n);
	is_int(f->dump, 0, "%s first of %u: a dump", names[0], n);
	is_int(f->objects, visible ? 1 : 0, "%s first of %u: how often it is there", names[0], n);
	if (visible) {
		ok(!strcmp(f->path, visible), "by id it is %s: %s", visible, f->path);
		ok(!strcmp(f->dumped, visible), "in the dump too: %s", f->dumped);
	}
	is_int(f->closed, EACCES, "a directory to be searched but not read");
	ok(f->text, "and says so");
	is_int(f->closed_deep, EACCES, "with all below it");
	for (i = 0; i < n; i++)
		need(!unlink(pool_path(names[i])));
}

int main(void)
{
	const char *const order[][3] = { { "hidden/x", "open/x", "closed/x" },
					 { "open/x", "closed/x", "hidden/x" },
					 { "closed/x", "hidden/x", "open/x" } };
	unsigned int i;

	need(!mkdir(pool_path("hidden"), 0700) && !mkdir(pool_path("open"), 0755));
	need(!mkdir(pool_path("closed"), 0711));
	for (i = 0; i < 3; i++)
		try(order[i], 3, "open/x");
	within = "open";
	for (i = 0; i < 3; i++)
		try(order[i], 3, "open/x");
	within = NULL;
	try((const char *const[]){ "hidden/x", "closed/x" }, 2, NULL);
	return done_testing();
}
