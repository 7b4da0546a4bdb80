// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of commands: complete, without contradictions, and what its words do. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli.h"
#include "morsel-admin/output.h"

/* @no_table: nothing prints columns, and --output's letter may be something else. */
static void check_list(const struct option_desc *list, const struct option_desc *other,
		       bool no_table)
{
	const struct option_desc *a, *b;

	for (a = list; a && a->name; a++) {
		assert_true(a->help && *a->help && a->help[strlen(a->help) - 1] != '.');
		assert_true(a->key > 255 || isalpha(a->key));
		for (b = a + 1; b->name; b++)
			if (a->key == b->key || !strcmp(a->name, b->name))
				fail_msg("--%s and --%s collide", a->name, b->name);
		for (b = other; b && b->name; b++)
			if ((a->key == b->key && !(a->key == 'o' && no_table)) ||
			    !strcmp(a->name, b->name))
				fail_msg("--%s collides with the global --%s", a->name, b->name);
	}
}

static void test_table(void **state)
{
	size_t i, j;

	(void)state;
	check_list(global_options, NULL, false);
	check_list(batch_options, global_options, false);
	for (i = 0; i < nr_commands; i++) {
		const struct command *c = &commands[i];

		assert_non_null(c->noun);
		assert_non_null(c->run);
		assert_true(c->help && *c->help && c->help[strlen(c->help) - 1] != '.');
		assert_non_null(c->args);
		assert_true(c->args_max < 0 || c->args_max >= c->args_min);
		assert_true(!c->args[0] == (c->args_max == 0));
		check_list(c->options, global_options, !c->sheet);
		for (j = i + 1; j < nr_commands; j++)
			assert_true(strcmp(c->noun, commands[j].noun) != 0 ||
				    (c->verb && strcmp(c->verb, commands[j].verb) != 0));
	}
}

/* --help of every command: on stdout, status 0, naming every option and the usage. */
static void test_help(void **state)
{
	const struct option_desc *option;
	char line[128], word[64];
	size_t i;

	(void)state;
	for (i = 0; i < nr_commands; i++) {
		const struct command *c = &commands[i];

		snprintf(line, sizeof(line), "%s --help", command_name(c));
		assert_int_equal(cli_run(cli_unused, line), 0);
		assert_string_equal(cli.err, "");
		assert_non_null(strstr(cli.out, c->help));
		snprintf(line, sizeof(line), "Usage: morsel-admin %s [OPTION...]", command_name(c));
		assert_non_null(strstr(cli.out, line));
		for (option = c->options; option && option->name; option++) {
			snprintf(word, sizeof(word), "--%s", option->name);
			assert_non_null(strstr(cli.out, word));
			assert_non_null(strstr(cli.out, option->help));
		}
		snprintf(line, sizeof(line), "help %s", command_name(c));
		assert_int_equal(cli_run(cli_unused, line), 0);
		assert_non_null(strstr(cli.out, c->help));
	}
	assert_int_equal(cli_run(cli_unused, "--help"), 0);
	for (i = 0; i < nr_commands; i++)
		assert_non_null(strstr(cli.out, commands[i].help));
	assert_int_equal(cli_run(cli_unused, "help"), 0);
	assert_int_equal(cli_run(cli_unused, "pool list --help --json"), 0);
	assert_non_null(strstr(cli.out, "Usage: "));
	assert_null(strstr(cli.out, "[]"));
}

/* Of a noun with verbs: all of them, and no others. */
static void test_noun_help(void **state)
{
	static const char *const lines[] = { "rights help", "rights --help", "help rights",
					     "ri -h", "rights help grant" };
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_int_equal(cli_run(cli_unused, lines[i]), 0);
		assert_non_null(strstr(cli.out, "Usage: morsel-admin rights VERB"));
		for (j = 0; j < nr_commands; j++)
			assert_int_equal(!strstr(cli.out, commands[j].help),
					 strcmp(commands[j].noun, "rights") != 0);
	}
}

/* The source of the manual page @name. */
static const char *page(const char *name)
{
	static char text[65536];
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "../../docs/man/%s.8", name);
	file = fopen(path, "re");
	if (!file)
		fail_msg("no manual page %s", name);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void check_page(const char *text, const char *name, const struct option_desc *option)
{
	char word[128];

	for (; option && option->name; option++) {
		snprintf(word, sizeof(word), "Fl -%s", option->name);
		if (!strstr(text, word))
			fail_msg("%s: nothing on --%s", name, option->name);
	}
}

/*
 * Each command has a page that has its words, every option, an example of it, and
 * is named by the command's help and by the page of the whole.
 */
static void test_manual(void **state)
{
	char line[128];
	size_t i;

	(void)state;
	check_page(page(PROGRAM), PROGRAM, global_options);
	check_page(page(PROGRAM), PROGRAM, batch_options);
	for (i = 0; i < nr_commands; i++) {
		const struct command *c = &commands[i];
		const char *name = command_page(c), *text = page(name), *example;

		check_page(text, name, c->options);
		snprintf(line, sizeof(line), "\n.Cm %s\n", command_name(c));
		assert_non_null(strstr(text, line));
		example = strstr(text, "\n.Sh EXAMPLES\n");
		assert_non_null(example);
		if (!strstr(example, command_name(c)))
			fail_msg("%s: no example", name);
		snprintf(line, sizeof(line), "\n.It Xr %s 8\n", name);
		if (!strstr(page(PROGRAM), line))
			fail_msg("%s does not name %s", PROGRAM, name);
		snprintf(line, sizeof(line), "help %s", command_name(c));
		assert_int_equal(cli_run(cli_unused, line), 0);
		snprintf(line, sizeof(line), "\nMore: man %s\n", name);
		assert_non_null(strstr(cli.out, line));
	}
}

static void test_usage_errors(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "", "what is to be done?" },
		{ "frobnicate", "there is no command \"frobnicate\"" },
		{ "\x1b[2J", "there is no command \"\\x1b[2J\"" },
		{ "r", "\"r\" may stand for several commands" },
		{ "pool frob", "there is no command \"frob\" of pool" },
		{ "stat", "stat: POOL:PATH... is missing" },
		{ "mv p:a", "mv: POOL:PATH POOL:NEW-PATH is missing" },
		{ "mv p:a p:b p:c", "too many words, from \"p:c\" on" },
		{ "vas x", "too many words, from \"x\" on" },
		{ "stat -z p:a", "unknown option -z" },
		{ "stat --frob p:a", "--frob" },
		{ "create -s", "the option -s needs an argument" },
		{ "create p:a --size", "the option --size needs an argument" },
		{ "-o", "the option -o needs an argument" },
		{ "create -s 12Q p:a", "size \"12Q\": there is no unit \"Q\"" },
		{ "create -s G p:a", "size \"G\" does not begin with a number" },
		{ "create -s -1 p:a", "size \"-1\" does not begin with a number" },
		{ "create -s 0.3 p:a", "size \"0.3\" is not a whole number of bytes" },
		{ "create -s 99999P p:a", "size \"99999P\" is too large" },
		{ "create -m 888 p:a", "mode \"888\" is not an octal number up to 7777" },
		{ "create -m 77777 p:a", "mode \"77777\"" },
		{ "create -m -1 p:a", "mode \"-1\"" },
		{ "create -u no-such-user p:a", "there is no user \"no-such-user\"" },
		{ "create -g no-such-group p:a", "there is no group \"no-such-group\"" },
		{ "create -u 4294967295 p:a", "there is no user \"4294967295\"" },
		{ "create -d -s 1M p:a", "a directory has none" },
		{ "pool create --huge maybe p", "--huge \"maybe\" is neither always nor never" },
		{ "pool create --max-objects x p", "--max-objects \"x\" is not a number" },
		{ "pool create -s 0 p", "size \"0\": a pool needs some" },
		{ "pool create --mount /x --no-mount p", "exclude each other" },
		{ "mv --replace --exchange p:a p:b", "exclude each other" },
		{ "ls -o name,frob", "there is no column \"frob\"" },
		{ "create -o frob p:a", "there is no column \"frob\"" },
		{ "ls -o +", "there is no column \"\"" },
		{ "events -c 0", "that is no event at all" },
		{ "events -c x", "--count \"x\" is not a number" },
		{ "events -t 99999999999", "is too long" },
		{ "events -R", "--recursive needs a directory" },
		{ "events -f kind=none", "there are no such events" },
		{ "events -f pool=a:b", "that is no name of a pool" },
		{ "events -f path=a", "--filter path=a: " },
		{ "events -f colour=red", "it is kind=, pool=, path= or uid= and a value" },
		{ "rights check p:a q", "\"q\" is no permission" },
		{ "rights check p:a r --as no-such-user", "there is no user \"no-such-user\"" },
		{ "rights check p:a r -g no-such-group", "there is no group \"no-such-group\"" },
		{ "help frob", "there is no command \"frob\"" },
	};
	char json[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (cli_run(cli_unused, cases[i].line) != 2 || !strstr(cli.err, cases[i].words))
			fail_msg("\"%s\": %d %s", cases[i].line, cli.status, cli.err);
		assert_string_equal(cli.out, "");
		assert_non_null(strstr(cli.err, "--help' tells more.\n"));
		/* two lines */
		assert_ptr_equal(strchr(strchr(cli.err, '\n') + 1, '\n') + 1,
				 strchr(cli.err, '\0'));
		snprintf(json, sizeof(json), "-j %s", cases[i].line);
		assert_int_equal(cli_run(cli_unused, json), 2);
		assert_string_equal(cli.err, "");
		assert_memory_equal(cli.out, "{\"error\":{\"errno\":\"EINVAL\",\"msg\":", 33);
	}
}

static int answer_no_pools(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)round;
	assert_int_equal(cli_cmd(request), MORSEL_CMD_POOL_GET);
	fake_done(buf, 0, NULL, 0);
	return 0;
}

static void test_abbreviations(void **state)
{
	static const char *const lines[] = {
		"pool list",
		"po li",
		"po l",
		"pool",
		"po --no-header",
		"-H pool -b",
		"pool -j",
		"--js po",
		"pool list --bytes",
		"po l -o name",
		"-J pool",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		if (cli_run(answer_no_pools, lines[i]))
			fail_msg("%s: %d %s", lines[i], cli.status, cli.err);
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(cli_run(cli_unused, "ls -o help"), 0);
	assert_non_null(strstr(cli.out, "attachments"));
	assert_int_equal(cli_run(cli_unused, "stat -o help"), 0);
	assert_int_equal(cli_run(cli_unused, "pool -o help"), 0);
	assert_non_null(strstr(cli.out, "mount"));
}

static void test_completion(void **state)
{
	FILE *file;
	int status;

	(void)state;
	assert_int_equal(cli_run(cli_unused, "completion"), 0);
	file = popen("exec bash", "w");
	assert_non_null(file);
	fputs(cli.out, file);
	/* In the place of the program: it offers what would need quotes, too. */
	fputs("compopt() { nospace=1; }\n"
	      "morsel-admin() { args=(\"$@\"); printf '%s\\n' \"${offer[@]}\"\n"
	      "[[ $1 == __complete ]] && printf '%s\\n' \"${@: -1}\" \"$#\" >&3; }\n"
	      "COMP_WORDBREAKS=$' \\t\\n:='\n"
	      "try() { COMP_LINE=$1; COMP_POINT=${#1}; nospace=; _morsel_admin; }\n"
	      "exec 3> /dev/null\n"
	      "offer=(remove); try 'morsel-admin pool re'\n"
	      "[[ ${COMPREPLY[*]} == remove && ! $nospace ]] || exit 3\n"
	      "offer=(db:dir/); try 'morsel-admin ls db:d'\n"
	      "[[ ${COMPREPLY[*]} == dir/ && $nospace ]] || exit 4\n"
	      "offer=('db:a b' 'db:a;c'); try 'morsel-admin ls db:a'\n"
	      "[[ ${COMPREPLY[*]} == 'a\\ b a\\;c' ]] || exit 5\n"
	      "offer=(kind=map kind=error); try 'morsel-admin events -f kind='\n"
	      "[[ ${COMPREPLY[*]} == 'map error' ]] || exit 7\n"
	      "offer=(path=); try 'morsel-admin events -f pat'\n"
	      "[[ ${COMPREPLY[*]} == path= && $nospace ]] || exit 8\n"
	      "offer=(path=db:a); try 'morsel-admin events -f path=db:'\n"
	      "[[ ${COMPREPLY[*]} == a ]] || exit 9\n"
	      "COMP_WORDBREAKS=' '; offer=('db:a b'); try 'morsel-admin ls db:a'\n"
	      "[[ ${COMPREPLY[0]} == 'db:a\\ b' ]] || exit 6\n",
	      file);
	status = pclose(file);
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_version(void **state)
{
	(void)state;
	assert_int_equal(cli_run(cli_unused, "-V"), 0);
	assert_memory_equal(cli.out, "morsel-admin 0.", 15);
	assert_non_null(strstr(cli.out, "kernel module "));
	assert_int_equal(cli_run(cli_unused, "-jV"), 0);
	assert_memory_equal(cli.out, "[{\"tool\":\"0.", 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_noun_help),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_usage_errors),
		cmocka_unit_test(test_abbreviations),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_version),
	};

	return cmocka_run_group_tests_name("cli_table", tests, NULL, NULL);
}
