// SPDX-License-Identifier: GPL-2.0-or-later
/* What people see on a terminal: colours, tables, progress, questions. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include "cli.h"
#include "libmorsel/handle.h"

/* ---- a clock and morsels of straw ---- */

static int64_t now_ms, step_ms;
static int file_of_morsel = -1;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_morsel_open(struct morsel_ctx *ctx, const char *text, int flags, mode_t mode,
		       struct morsel **out);

/* Whoever looks at the clock finds that it has gone on by step_ms. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	(void)clock;
	now_ms += step_ms;
	*time = (struct timespec){ now_ms / 1000, now_ms % 1000 * 1000000 };
	return 0;
}

int __wrap_morsel_open(struct morsel_ctx *ctx, const char *text, int flags, mode_t mode,
		       struct morsel **out)
{
	(void)text;
	(void)flags;
	(void)mode;
	*out = malloc(sizeof(**out));
	**out = (struct morsel){ .owner = ctx->serial, .fd = dup(file_of_morsel) };
	return 0;
}

/* ---- a pool of straw ---- */

#define LONG_NAME "dir/sub/\xe6\xb1\x89\xe5\xad\x97-a-name-that-is-too-long-for-a-narrow-terminal"

static void add_item(struct fake_buf *buf, uint8_t cmd)
{
	fake_msg(buf, FAKE_FAMILY, 0);
	fake_genl(buf, cmd);
}

/* Large numbers: columns are as wide as they mostly get. */
static void add_mapping(struct fake_buf *buf)
{
	add_item(buf, MORSEL_CMD_ATTACHMENT_GET);
	fake_str(buf, MORSEL_A_OBJECT_POOL_NAME, "db");
	fake_str(buf, MORSEL_A_OBJECT_PATH, "dir/file");
	fake_u64(buf, MORSEL_A_OBJECT_ID, 3);
	fake_u32(buf, MORSEL_A_OBJECT_MAP_PID, 4194303);
	fake_u32(buf, MORSEL_A_OBJECT_MAP_UID, 4000000000);
	fake_str(buf, MORSEL_A_OBJECT_MAP_COMMAND, "fifteen-letters");
	fake_u64(buf, MORSEL_A_OBJECT_MAP_START, 0x7f0000000000);
	fake_u64(buf, MORSEL_A_OBJECT_MAP_LENGTH, 1023ULL << 30);
	fake_u32(buf, MORSEL_A_OBJECT_MAP_VIEW, MORSEL_MAP_VIEW_RW);
}

static void add_range(struct fake_buf *buf)
{
	add_item(buf, MORSEL_CMD_VAS_GET);
	fake_u32(buf, MORSEL_A_VAS_KIND, MORSEL_VAS_KIND_RESERVATION);
	fake_u64(buf, MORSEL_A_VAS_START, 0x200000000000);
	fake_u64(buf, MORSEL_A_VAS_LENGTH, 1023ULL << 30);
	fake_str(buf, MORSEL_A_VAS_POOL_NAME, "db");
	fake_str(buf, MORSEL_A_VAS_PATH, "dir/file");
	fake_u64(buf, MORSEL_A_VAS_ID, 3);
}

static void add_quota(struct fake_buf *buf)
{
	add_item(buf, MORSEL_CMD_QUOTA_GET);
	fake_str(buf, MORSEL_A_QUOTA_POOL_NAME, "db");
	fake_u32(buf, MORSEL_A_QUOTA_UID, 4000000000);
	fake_u64(buf, MORSEL_A_QUOTA_BYTES_USED, (1ULL << 40) + 1);
	fake_u64(buf, MORSEL_A_QUOTA_BYTES_HARD, 16ULL << 40);
	fake_u64(buf, MORSEL_A_QUOTA_OBJECTS_USED, 4000000000);
	fake_u64(buf, MORSEL_A_QUOTA_OBJECTS_HARD, 4000000000);
}

static void add_listed(struct fake_buf *buf, uint8_t cmd)
{
	if (cmd == MORSEL_CMD_POOL_GET)
		fake_pool(buf, 1, "db");
	if (cmd == MORSEL_CMD_ATTACHMENT_GET)
		add_mapping(buf);
	if (cmd == MORSEL_CMD_VAS_GET)
		add_range(buf);
	if (cmd == MORSEL_CMD_QUOTA_GET)
		add_quota(buf);
	if (cmd == MORSEL_CMD_MORSEL_GET) {
		fake_object(buf, 3, "db", "dir/file", 1 << 20);
		fake_object(buf, 4, "db", "dir/sub/", 0);
		fake_object(buf, 5, "db", LONG_NAME, 1);
	}
	fake_done(buf, 0, NULL, 0);
}

/* The pool "db"; "new" is not there, "denied" is for others. */
static int answer_db(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	const char *path = cli_string(MORSEL_A_OBJECT_PATH);
	uint8_t cmd = cli_cmd(request);

	(void)round;
	if (request->nlmsg_flags & NLM_F_DUMP) {
		add_listed(buf, cmd);
		return 0;
	}
	if (!strcmp(path, "denied")) {
		fake_ack(buf, -EACCES, "no search permission", 0, 0);
		return 0;
	}
	if (cmd == MORSEL_CMD_MORSEL_GET && !strcmp(path, "new")) {
		fake_ack(buf, -ENOENT, "no such object", 0, 0);
		return 0;
	}
	if (cmd == MORSEL_CMD_POOL_GET)
		fake_pool(buf, 1, "db");
	else if (cmd != MORSEL_CMD_MORSEL_DEL)
		fake_object(buf, 2, "db", strcmp(path, "dir") ? path : "dir/", 4096);
	if (!strcmp(path, "dir") && cmd == MORSEL_CMD_MORSEL_GET)
		fake_u64(buf, MORSEL_A_OBJECT_PARENT, 1);
	if (cmd == MORSEL_CMD_MORSEL_NEW)
		fake_attr(buf, MORSEL_A_OBJECT_CREATED, "", 0);
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

/* ---- colours ---- */

static bool colored(const char *line)
{
	cli_run_pty(answer_db, line, "", 80);
	return strchr(cli.out, '\x1b');
}

static void test_colors(void **state)
{
	(void)state;
	assert_int_equal(cli_run_pty(answer_db, "ls -o id,name db:dir", "", 80), 0);
	assert_string_equal(cli.out, "ID NAME\n 3 db:dir/file\n"
				     " 4 \x1b[34mdb:dir/sub\x1b[0m\n"
				     " 5 db:" LONG_NAME "\n");
	assert_int_equal(cli_run_pty(answer_db, "stat -o name,type db:dir", "", 80), 0);
	assert_string_equal(cli.out, "name          \x1b[34mdb:dir\x1b[0m\n"
				     "type          directory\n");
	assert_int_equal(cli_run_pty(answer_db, "stat db:denied", "", 80), 1);
	assert_memory_equal(cli.out, "\x1b[31mmorsel-admin:\x1b[0m db:denied: no search permission",
			    50);
}

static void test_no_colors(void **state)
{
	static const char *const lines[] = { "ls -l db:dir", "ls --tree db:dir", "stat db:dir",
					     "stat db:denied" };
	char line[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_true(colored(lines[i]));
		snprintf(line, sizeof(line), "--color never %s", lines[i]);
		assert_false(colored(line));
		snprintf(line, sizeof(line), "--color auto %s", lines[i]);
		assert_true(colored(line));
		setenv("NO_COLOR", "1", 1);
		assert_false(colored(lines[i]));
		snprintf(line, sizeof(line), "--color always %s", lines[i]);
		assert_true(colored(line));
		setenv("NO_COLOR", "", 1); /* which says nothing */
		assert_true(colored(lines[i]));
		unsetenv("NO_COLOR");
		setenv("TERM", "dumb", 1);
		assert_false(colored(lines[i]));
		unsetenv("TERM");
		assert_false(colored(lines[i]));
		setenv("TERM", "xterm", 1);
	}
	assert_false(colored("-j ls db:dir"));
}

/* ---- tables ---- */

/* Columns of the widest line of @text, which has no escape sequences but colours. */
static int width_of(const char *text)
{
	int width = 0, widest = 0, len;
	wchar_t ch;

	for (; *text; text += len) {
		if (*text == '\x1b') {
			len = (int)strcspn(text, "mK") + 1;
			continue;
		}
		len = mbtowc(&ch, text, MB_CUR_MAX);
		assert_true(len > 0);
		width = ch == L'\n' || ch == L'\r' ? 0 : width + wcwidth(ch);
		if (width > widest)
			widest = width;
	}
	return widest;
}

/* The normal tables are made for 80 columns. */
static void test_widths(void **state)
{
	static const char *const lines[] = { "pool list", "usage db:file", "ps", "vas",
					     "quota show db" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		cli_run_pty(answer_db, lines[i], "", 80);
		assert_int_equal(cli.status, 0);
		if (!strchr(cli.out, '\n') || width_of(cli.out) < 30 || width_of(cli.out) > 80)
			fail_msg("%s: %s", lines[i], cli.out);
	}
}

/* A name at the end of the line is whole: who copies it from the screen has all of it. */
static void test_narrow(void **state)
{
	char wide[sizeof(cli.out)];

	(void)state;
	assert_int_equal(cli_run_pty(answer_db, "ls -l db:dir", "", 300), 0);
	assert_non_null(strstr(cli.out, " db:" LONG_NAME "\n"));
	snprintf(wide, sizeof(wide), "%s", cli.out);
	assert_int_equal(cli_run_pty(answer_db, "ls -l db:dir", "", 20), 0);
	assert_string_equal(cli.out, wide);
}

/* What was printed, without blanks at the ends of lines. */
static const char *trimmed(void)
{
	char *from, *to = cli.out;

	for (from = cli.out; *from; from++) {
		while (*from == '\n' && to > cli.out && to[-1] == ' ')
			to--;
		*to++ = *from;
	}
	*to = '\0';
	return cli.out;
}

/* What a narrow terminal makes of a table: no line is wider, but for a name at its end. */
static void test_fits(void **state)
{
	(void)state;
	cli_run_pty(answer_db, "ps -o name,command,pid", "", 80);
	assert_string_equal(cli.out, "NAME        COMMAND             PID\n"
				     "db:dir/file fifteen-letters 4194303\n");
	/* Names go on in the next line, commands are cut, numbers are whole. */
	cli_run_pty(answer_db, "ps -o name,command,pid", "", 30);
	assert_string_equal(trimmed(), "NAME     COMMAND           PID\n"
				       "db:dir/f fifteen-lette 4194303\n"
				       "ile\n");
	assert_true(width_of(cli.out) <= 30);
	/* Half the number of a user is another user. */
	cli_run_pty(answer_db, "ps -o user,pid,name", "", 24);
	assert_string_equal(trimmed(), "USER     PID NAME\n"
				       "4000 4194303 db:dir/file\n"
				       "0000\n"
				       "00\n");
	cli_run_pty(answer_db, "ls -o name,size db:dir", "", 30);
	assert_true(width_of(cli.out) <= 30);
	/* The last column does not make the others smaller. */
	cli_run_pty(answer_db, "ls --tree -o name,size db:", "", 30);
	assert_non_null(strstr(cli.out, "db:" LONG_NAME "\n"));
	assert_non_null(strstr(cli.out, "file               1M\n"));
}

/* A file, a pipe: the table is as wide as it has to be, whatever COLUMNS says. */
static void test_no_terminal(void **state)
{
	(void)state;
	setenv("COLUMNS", "30", 1);
	cli_run(answer_db, "ps -o name,command,pid");
	assert_string_equal(cli.out, "NAME        COMMAND             PID\n"
				     "db:dir/file fifteen-letters 4194303\n");
	cli_run(answer_db, "ls -o name,size db:dir");
	assert_non_null(strstr(cli.out, "db:" LONG_NAME));
	assert_int_equal(width_of(cli.out), 66);
	unsetenv("COLUMNS");
}

/* ---- progress ---- */

enum { PIECES = 20 };

/* Data in each 2 MiB: the clock is looked at once for each. */
static void fill(int fd)
{
	int i;

	for (i = 0; i < PIECES; i++)
		assert_int_equal(pwrite(fd, "x", 1, (off_t)i << 21), 1);
}

static size_t count(const char *what)
{
	const char *at = cli.out;
	size_t times = 0;

	for (; (at = strstr(at, what)); at++)
		times++;
	return times;
}

/* Run with a clock that goes on by @step for each piece. Return: how often the bar was drawn. */
static size_t draws(const char *line, int64_t step, int columns)
{
	step_ms = step;
	assert_int_equal(cli_run_pty(answer_db, line, "", columns), 0);
	step_ms = 0;
	assert_true(width_of(cli.out) < columns);
	if (!cli.out_len)
		return 0;
	/* One stroke is over the other, and the last one wipes. */
	assert_int_equal(count("\r"), count("\x1b[K"));
	assert_memory_equal(cli.out, "\r", 1);
	assert_string_equal(cli.out + cli.out_len - 4, "\r\x1b[K");
	assert_null(strchr(cli.out, '\n'));
	return count("\r") - 1;
}

static void test_progress(void **state)
{
	static const char line[] = "export db:x /dev/null";

	(void)state;
	/* nothing before half a second, then every tenth */
	assert_int_equal(draws(line, 20, 80), 0);
	assert_string_equal(cli.out, "");
	assert_int_equal(draws(line, 25, 80), 1);
	assert_int_equal(draws(line, 50, 80), 6);
	assert_int_equal(draws(line, 100, 80), PIECES - 4);
	assert_int_equal(draws(line, 1000, 80), PIECES);
	assert_non_null(strstr(cli.out, "\rdb:x 18M 1.8M/s [########          ]  47%\x1b[K"));
	assert_non_null(strstr(cli.out, " 100%\x1b[K\r\x1b[K"));
	assert_int_equal(draws(line, 1000, 200), PIECES);
	assert_non_null(strstr(cli.out, " [########################################] 100%"));
	/* where there is no terminal, or a poor one, or where nobody wants it */
	assert_int_equal(draws("-q export db:x /dev/null", 1000, 80), 0);
	assert_string_equal(cli.out, "");
	setenv("TERM", "dumb", 1);
	assert_int_equal(draws(line, 1000, 80), 0);
	assert_string_equal(cli.out, "");
	setenv("TERM", "xterm", 1);
	step_ms = 1000;
	assert_int_equal(cli_run(answer_db, line), 0);
	assert_string_equal(cli.err, "");
	step_ms = 0;
}

/* Names and terminals of all widths: no half character, and never more than a line. */
static void test_progress_fits(void **state)
{
	static const char *const names[] = {
		"x", LONG_NAME, "a\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89"
		"\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89"
		"\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89\xe6\xb1\x89", "bytes-\xff\xfe-that-are-no-text"
	};
	char line[256];
	size_t i;
	int columns;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(line, sizeof(line), "export db:%s /dev/null", names[i]);
		for (columns = 20; columns < 110; columns += 11)
			assert_int_equal(draws(line, 1000, columns), PIECES);
	}
}

static void test_import(void **state)
{
	char line[64];
	int in = memfd_create("in", 0);

	(void)state;
	fill(in);
	snprintf(line, sizeof(line), "import /proc/self/fd/%d db:new", in);
	assert_int_equal(draws(line, 20, 80), 0);
	assert_string_equal(cli.out, "");
	assert_int_equal(draws(line, 1000, 80), PIECES);
	snprintf(line, sizeof(line), "\r/proc/self/fd/%d 18M ", in);
	assert_non_null(strstr(cli.out, line));
	/* what is said afterwards stands on a line without it */
	step_ms = 1000;
	snprintf(line, sizeof(line), "-v import /proc/self/fd/%d db:new", in);
	assert_int_equal(cli_run_pty(answer_db, line, "", 80), 0);
	assert_non_null(strstr(cli.out, "100%\x1b[K\r\x1b[Kdb:new is imported\n"));
	step_ms = 0;
	close(in);
}

/* ---- questions ---- */

#define QUESTION "morsel-admin: remove db:dir with 3 objects and 0B in it? [y/N] "
#define REFUSAL	 "\x1b[31mmorsel-admin:\x1b[0m not confirmed, nothing is changed (ECANCELED)\n"

static void test_rm(void **state)
{
	(void)state;
	assert_int_equal(cli_run_pty(answer_db, "-v rm -r db:dir", "y\n", 80), 0);
	assert_string_equal(cli.out, QUESTION "db:" LONG_NAME " is removed\n"
					      "db:dir/sub is removed\ndb:dir/file is removed\n"
					      "db:dir is removed\n");
	assert_int_equal(cli_run_pty(answer_db, "-v rm -r db:dir", "n\n", 80), 1);
	assert_string_equal(cli.out, QUESTION REFUSAL);
	/* the end of file has no line of its own */
	assert_int_equal(cli_run_pty(answer_db, "-v rm -r db:dir", "\4", 80), 1);
	assert_string_equal(cli.out, QUESTION "\n" REFUSAL);
	assert_int_equal(cli_run_pty(answer_db, "-v rm -ry db:dir", "", 80), 0);
	assert_null(strstr(cli.out, "[y/N]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colors),	 cmocka_unit_test(test_no_colors),
		cmocka_unit_test(test_widths),	 cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_fits),	 cmocka_unit_test(test_no_terminal),
		cmocka_unit_test(test_progress), cmocka_unit_test(test_progress_fits),
		cmocka_unit_test(test_import),	 cmocka_unit_test(test_rm),
	};

	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	setlocale(LC_ALL, "");
	file_of_morsel = memfd_create("morsel", 0);
	fill(file_of_morsel);
	return cmocka_run_group_tests_name("cli_pty", tests, NULL, NULL);
}
