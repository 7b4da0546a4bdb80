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

static void ask_and_note(void)
{
	result->error = ask();
	snprintf(result->text, sizeof(result->text), "%.119s", nl.text);
}

static int opened_as_root(void *arg)
{
	nl_open(&nl);
	need(!setgroups(0, NULL) && !setresgid(ALICE, ALICE, ALICE) &&
	     !setresuid(ALICE, ALICE, ALICE));
	ask_and_note();
	return 0;
}

/* As a set-user-id program does whose socket somebody else has opened. */
static int opened_as_alice(void *arg)
{
	need(!setgroups(0, NULL) && !setresgid(ALICE, ALICE, 0) && !setresuid(ALICE, ALICE, 0));
	nl_open(&nl);
	need(!setresuid(0, 0, 0) && !setresgid(0, 0, 0));
	ask_and_note();
	return 0;
}

static void test_command(int (*opened)(void *arg), const char *who)
{
	memset(result, 0, sizeof(*result));
	in_child(opened, NULL, 10);
	is_int(result->error, EPERM, "%s: command %d%s", who, command, dumping ? ", a dump" : "");
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
		test_command(opened_as_root, "root opens, alice asks");
		test_command(opened_as_alice, "alice opens, root asks");
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
