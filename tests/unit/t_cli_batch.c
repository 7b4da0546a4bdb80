// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands out of a file: their words, and that each is run as if it were alone. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "cli.h"
#include "morsel-admin/admin.h"

/* Run the lines of @text with these options of the batch. Return: the status. */
static int run(const char *options, const char *text, size_t len)
{
	char path[] = "/tmp/t_cli_batch.XXXXXX", line[128];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	snprintf(line, sizeof(line), "%s --batch %s", options, path);
	cli_run(cli_unused, line);
	unlink(path);
	return cli.status;
}

/* Does @text, with --dry-run, make exactly these morsels? */
static void makes(const char *text, const char *wanted)
{
	if (run("-n", text, strlen(text)))
		fail_msg("%s: %d %s", text, cli.status, cli.err);
	assert_string_equal(cli.out, wanted);
	assert_string_equal(cli.err, "");
}

static void test_words(void **state)
{
	(void)state;
	makes("", "");
	makes("\n# create p:a\n \t# x\n\r\n", "");
	makes("create p:a", "p:a: would create the morsel\n");
	makes("  create\tp:a # p:b\r\n", "p:a: would create the morsel\n");
	makes("create p:a#b p:'#'\n",
	      "p:a#b: would create the morsel\np:#: would create the morsel\n");
	makes("create 'p:a b' p:c\\ d \"p:e f\"\n",
	      "p:a b: would create the morsel\np:c d: would create the morsel\n"
	      "p:e f: would create the morsel\n");
	makes("create p:'a\"'\"b'\"\\\"\\$ 'p:\\n' \"p:\\n\" p:\\n\n",
	      "p:a\"b'\"$: would create the morsel\np:\\x5cn: would create the morsel\n"
	      "p:\\x5cn: would create the morsel\n"
	      "p:n: would create the morsel\n");
	makes("'create' \"\"p:$HOME\n", "p:$HOME: would create the morsel\n");
}

/* The first line that fails ends it, with its number and its status. */
static void test_stop(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "create p:a\n\ncreate 'p:b\ncreate p:c\n", "a quote is not closed" },
		{ "create p:a\n\ncreate \"p:b\n", "a quote is not closed" },
		{ "create p:a\n\ncreate p:b\\\n", "a backslash is the last of the line" },
		{ "create p:a\n\nfrob\n", "there is no command \"frob\"" },
		{ "create p:a\n\ncreate\n", "POOL:PATH... is missing" },
		{ "create p:a\n\n''\n", "there is no command \"\"" },
		{ "create p:a\n\n--bytes\n", "what is to be done?" },
		{ "create p:a\n\n--batch x\n", "this is a batch already" },
		{ "create p:a\n\ncreate --batch x p:b\n", "--batch" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (run("-n", cases[i].text, strlen(cases[i].text)) != 2)
			fail_msg("%s: %d", cases[i].text, cli.status);
		assert_non_null(strstr(cli.err, cases[i].words));
		assert_memory_equal(cli.out, "p:a: would create the morsel\n", 29);
		assert_null(strstr(cli.out, "p:c"));
		assert_non_null(strstr(cli.err, ":3: failed with status 2, the lines"));
	}
	assert_int_equal(run("-n", "create p:a\0b\n", 13), 2);
	assert_non_null(strstr(cli.err, "there is a NUL in it"));
	assert_int_equal(cli_run(cli_unused, "--batch /nowhere/file"), 1);
	assert_non_null(strstr(cli.err, "/nowhere/file: No such file or directory (ENOENT)"));
	assert_int_equal(cli_run(cli_unused, "--batch /tmp"), 1);
	assert_non_null(strstr(cli.err, "EISDIR"));
}

static int run_text(const char *options, const char *text)
{
	return run(options, text, strlen(text));
}

static void test_force(void **state)
{
	(void)state;
	assert_int_equal(run_text("-nf", "frob\ncreate p:a\nfrob\n"), 5);
	assert_string_equal(cli.out, "p:a: would create the morsel\n");
	assert_non_null(strstr(cli.err, ":1: failed with status 2\n"));
	assert_non_null(strstr(cli.err, ":3: failed with status 2\n"));
	assert_int_equal(run_text("--force", "frob\nfrob\n"), 2);
	assert_int_equal(run_text("-nf", "create p:a\n"), 0);
	assert_int_equal(cli_run(cli_unused, "-f"), 2);
	assert_int_equal(cli_run(cli_unused, "-f ls"), 2);
	assert_int_equal(cli_run(cli_unused, "--batch /dev/null ls"), 2);
	assert_non_null(strstr(cli.err, "stand in the place of a command"));
}

/* Options hold for their line, those of the batch for all. */
static void test_options(void **state)
{
	(void)state;
	makes("create -d p:a\ncreate p:b\n-j create p:c\ncreate p:d\n",
	      "p:a: would create the directory\np:b: would create the morsel\n"
	      "[{\"name\":\"p:c\",\"would\":\"create the morsel\"}]\np:d: would create the morsel\n");
	assert_int_equal(run_text("", "-n create p:a\ncreate -s x p:b\n"), 2);
	assert_non_null(strstr(cli.err, "size \"x\""));
	assert_int_equal(run_text("", "create --help\npool list --help\n"), 0);
	assert_non_null(strstr(cli.out, "Usage: morsel-admin create"));
	assert_non_null(strstr(cli.out, "Usage: morsel-admin pool list"));
}

/* A value a line, errors with the number of their line. */
static void test_json(void **state)
{
	(void)state;
	assert_int_equal(run_text("-jnf", "create p:a\n# x\nfrob\ncreate p:b p:c\n"), 5);
	assert_string_equal(cli.err, "");
	assert_string_equal(cli.out,
			    "[{\"name\":\"p:a\",\"would\":\"create the morsel\"}]\n"
			    "{\"error\":{\"errno\":\"EINVAL\",\"msg\":\"there is no command "
			    "\\\"frob\\\"\",\"line\":3}}\n"
			    "[{\"name\":\"p:b\",\"would\":\"create the morsel\"},"
			    "{\"name\":\"p:c\",\"would\":\"create the morsel\"}]\n");
	assert_int_equal(run_text("-j", "# nothing\n"), 0);
	assert_string_equal(cli.out, "");
	assert_int_equal(cli_run(cli_unused, "-j --batch /nowhere"), 1);
	assert_non_null(strstr(cli.out, "{\"error\":{\"name\":\"/nowhere\",\"errno\":\"ENOENT\""));
}

/* Once nobody takes what is said, no more is done. */
static void test_output(void **state)
{
	static const char text[] = "-n create p:a\nfrob\n";
	char path[] = "/tmp/t_cli_batch.XXXXXX", line[64];
	int fd = mkstemp(path), full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(line, sizeof(line), "--batch %s", path);
	assert_int_equal(cli_run_to(cli_unused, line, full), 1);
	assert_string_equal(cli.err, "morsel-admin: standard output: No space left on device\n");
	unlink(path);
	close(fd);
	close(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),  cmocka_unit_test(test_stop),
		cmocka_unit_test(test_force),  cmocka_unit_test(test_options),
		cmocka_unit_test(test_json),   cmocka_unit_test(test_output),
	};

	return cmocka_run_group_tests_name("cli_batch", tests, NULL, NULL);
}
