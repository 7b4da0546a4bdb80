// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every request and dump there is, on a socket that was opened with other rights: the
 * caller is judged before what he asks for is.
 * pool: size=64M,name=p
 * groups: nl
 * timeout: 40
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "nltest.h"

enum { ALICE = 1000 };

/* What a child found out. */
struct result {
	int error;
	char text[120];
};

static struct result *result;
static struct nl nl;
static int command;
static bool dumping;

static void ignore(struct nl *n, void *arg)
{
}

/* Ask for the command without attributes. */
static int ask(void)
{
	nl_begin(&nl, command);
	return dumping ? nl_dump(&nl, ignore, NULL) : nl_talk(&nl);
}

/* Its attributes are missing, so that root is refused, too, or harmless. */
static bool is_known(void)
{
	int error;

	nl_open(&nl);
	error = ask();
	nl_close(&nl);
	return error != EOPNOTSUPP;
}

static int opened_as_root(void *arg)
{
	nl_open(&nl);
	need(!setgroups(0, NULL) && !setresgid(ALICE, ALICE, ALICE) &&
	     !setresuid(ALICE, ALICE, ALICE));
	result->error = ask();
	snprintf(result->text, sizeof(result->text), "%.119s", nl.text);
	return 0;
}

static void test_command(void)
{
	memset(result, 0, sizeof(*result));
	in_child(opened_as_root, NULL, 10);
	is_int(result->error, EPERM, "root opens, alice asks: command %d%s", command,
	       dumping ? ", a dump" : "");
	ok(strstr(result->text, "opened with other rights"), "and the text: %s", result->text);
}

static void test_all(bool dump, int least)
{
	int known = 0;

	dumping = dump;
	for (command = 1; command <= MORSEL_CMD_MAX; command++) {
		if (!is_known())
			continue;
		known++;
		test_command();
	}
	ok(known >= least, "%d of them", known);
}

int main(void)
{
	result = shared_page();
	test_all(false, 17);
	test_all(true, 7);
	return done_testing();
}
