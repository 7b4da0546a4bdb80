// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands against a kernel of straw: what they ask, print and return. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "cli.h"

/* ---- JSON ---- */

/* The output as JSON, which is all of it. */
static struct json_object *parsed(void)
{
	enum json_tokener_error error;
	struct json_object *all = json_tokener_parse_verbose(cli.out, &error);

	if (!all)
		fail_msg("%s: %s", json_tokener_error_desc(error), cli.out);
	assert_ptr_equal(strchr(cli.out, '\n') + 1, strchr(cli.out, '\0'));
	return all;
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value))
		fail_msg("no %s in %s", key, json_object_to_json_string(object));
	return value;
}

static const char *text(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	assert_true(json_object_is_type(value, json_type_string));
	return json_object_get_string(value);
}

static int64_t number(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	assert_true(json_object_is_type(value, json_type_int));
	return json_object_get_int64(value);
}

static struct json_object *nth(struct json_object *all, size_t i)
{
	assert_true(json_object_is_type(all, json_type_array));
	assert_true(i < json_object_array_length(all));
	return json_object_array_get_idx(all, i);
}

/* ---- the straw ---- */

/*
 * A pool "db" with a directory and some morsels. What has "denied" in its path
 * may not be seen, what has "absent" is not there.
 */
static int answer_db(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	const char *path = cli_string(MORSEL_A_OBJECT_PATH);
	bool dump = request->nlmsg_flags & NLM_F_DUMP;

	(void)round;
	switch (cli_cmd(request)) {
	case MORSEL_CMD_POOL_NEW:
	case MORSEL_CMD_POOL_GET:
		fake_pool(buf, 1, "db");
		if (dump)
			fake_done(buf, 0, NULL, 0);
		break;
	case MORSEL_CMD_MORSEL_GET:
		if (strstr(path, "denied")) {
			fake_ack(buf, -EACCES, "no search permission on the directory", 0, 0);
			return 0;
		}
		if (strstr(path, "absent")) {
			fake_ack(buf, -ENOENT, "no such object", 0, 0);
			return 0;
		}
		if (dump) {
			fake_object(buf, 3, "db", "dir/b", 1 << 20);
			fake_object(buf, 4, "db", "dir/a\xff", 4096);
			fake_object(buf, 5, "db", "dir/sub/", 0);
			fake_object(buf, 6, "db", "dir/sub/\xc3\xa4", 1);
			fake_done(buf, 0, NULL, 0);
			return 0;
		}
		if (!strcmp(path, "dir"))
			fake_object(buf, 2, "db", "dir/", 0);
		else
			fake_object(buf, 9, "db", path, 4ULL << 30);
		break;
	case MORSEL_CMD_MORSEL_DEL:
		if (strstr(path, "sub/"))
			fake_ack(buf, -EPERM, "sticky directory", 0, 0);
		break;
	case MORSEL_CMD_MORSEL_NEW:
		if (strstr(path, "taken")) {
			fake_ack(buf, -EEXIST, "the path exists", 0, 0);
			return 0;
		}
		fake_object(buf, 9, "db", path, 0);
		fake_attr(buf, MORSEL_A_OBJECT_CREATED, "", 0);
		break;
	default:
		fake_object(buf, 9, "db", path, 1);
	}
	if (!dump)
		fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static int answer_no_module(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	fake_ack(buf, -ENODEV, "the kernel module morsel is not loaded", 0, 0);
	return 0;
}

/* ---- listing ---- */

static void test_ls(void **state)
{
	(void)state;
	assert_int_equal(cli_run(answer_db, "ls db:dir"), 0);
	assert_string_equal(cli.out, "db:dir/a\\xff\ndb:dir/b\ndb:dir/sub\ndb:dir/sub/\xc3\xa4\n");
	assert_int_equal(cli_run(answer_db, "ls -d db:dir"), 0);
	assert_string_equal(cli.out, "db:dir\n");
	assert_int_equal(cli_run(answer_db, "ls -l db:x"), 0);
	assert_non_null(strstr(cli.out, "RIGHTS"));
	assert_non_null(strstr(cli.out, "-rw-r-----"));
	assert_non_null(strstr(cli.out, " 4G "));
	assert_int_equal(cli_run(answer_db, "ls -Hbl db:x"), 0);
	assert_null(strstr(cli.out, "RIGHTS"));
	assert_non_null(strstr(cli.out, " 4294967296 "));
	assert_int_equal(cli_run(answer_db, "ls -o size,ID db:x"), 0);
	assert_string_equal(cli.out, "SIZE ID\n  4G  9\n");
	assert_int_equal(cli_run(answer_db, "ls -o +id db:x"), 0);
	assert_string_equal(cli.out, "NAME ID\ndb:x  9\n");
}

static void test_ls_json(void **state)
{
	struct json_object *all;

	(void)state;
	assert_int_equal(cli_run(answer_db, "-j ls db:dir"), 0);
	all = parsed();
	assert_int_equal(json_object_array_length(all), 4);
	/* a name that is not UTF-8: valid JSON, and nothing lost */
	assert_string_equal(text(nth(all, 0), "name"), "db:dir/a\xef\xbf\xbd");
	assert_string_equal(text(nth(all, 0), "name_hex"), "64623a6469722f61ff");
	assert_string_equal(text(nth(all, 1), "path"), "dir/b");
	assert_int_equal(number(nth(all, 1), "size"), 1 << 20);
	assert_string_equal(text(nth(all, 1), "mode"), "0640");
	assert_string_equal(text(nth(all, 1), "mtime"), "2023-11-14T22:13:20.123456789Z");
	assert_string_equal(text(nth(all, 2), "type"), "directory");
	assert_string_equal(text(nth(all, 3), "name"), "db:dir/sub/\xc3\xa4");
	assert_false(json_object_object_get_ex(nth(all, 3), "name_hex", NULL));
	json_object_put(all);

	/* the same types whatever the options */
	assert_int_equal(cli_run(answer_db, "-jbH ls -l -o size db:x"), 0);
	assert_string_equal(cli.out, "[{\"size\":4294967296}]\n");
	assert_int_equal(cli_run(answer_db, "-p ls -o id db:x"), 0);
	assert_non_null(strstr(cli.out, "\n  {"));
}

static void test_stat(void **state)
{
	(void)state;
	assert_int_equal(cli_run(answer_db, "stat db:x"), 0);
	assert_non_null(strstr(cli.out, "name          db:x\n"));
	assert_non_null(strstr(cli.out, "size          4G\n"));
	assert_int_equal(cli_run(answer_db, "stat db:x db:y"), 0);
	assert_non_null(strstr(cli.out, "\n\nname          db:y\n"));
}

/* ---- failures ---- */

static void test_failures(void **state)
{
	struct json_object *all;

	(void)state;
	assert_int_equal(cli_run(answer_db, "stat db:denied"), 1);
	assert_string_equal(cli.err, "morsel-admin: db:denied: no search permission on the "
				     "directory; it can be granted by the owner of db:, root, or "
				     "an administrator (EACCES)\n");
	assert_string_equal(cli.out, "");
	assert_int_equal(cli_run(answer_db, "stat nocolon"), 1);
	assert_string_equal(cli.err, "morsel-admin: nocolon: name \"nocolon\" has no colon: write "
				     "POOL:PATH (EINVAL)\n");
	assert_int_equal(cli_run(answer_db, "stat db:\x1b]0;x\a"), 1);
	assert_null(strchr(cli.err, '\x1b'));

	/* one failure alone is an object, among several it is an element */
	assert_int_equal(cli_run(answer_db, "-j stat db:denied"), 1);
	assert_string_equal(cli.err, "");
	all = parsed();
	assert_string_equal(text(member(all, "error"), "errno"), "EACCES");
	assert_string_equal(text(member(all, "error"), "name"), "db:denied");
	assert_string_equal(text(member(all, "error"), "msg"),
			    "no search permission on the directory; it can be granted by the owner of "
			    "db:, root, or an administrator");
	json_object_put(all);
	assert_int_equal(cli_run(answer_db, "-j stat db:denied db:x db:absent"), 5);
	all = parsed();
	assert_int_equal(json_object_array_length(all), 3);
	assert_string_equal(text(member(nth(all, 0), "error"), "errno"), "EACCES");
	assert_string_equal(text(nth(all, 1), "name"), "db:x");
	assert_string_equal(text(member(nth(all, 2), "error"), "errno"), "ENOENT");
	json_object_put(all);
	assert_int_equal(cli_run(answer_db, "-j stat db:denied db:absent"), 1);
	assert_int_equal(cli_run(answer_db, "stat db:denied db:x"), 5);
	assert_int_equal(cli_run(answer_db, "ls db:denied db:x"), 5);
	assert_int_equal(cli_run(answer_db, "create db:taken db:x"), 5);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

/* There is no memory for this one. */
char *__wrap_strdup(const char *text)
{
	return strcmp(text, "u:0:r,o::-") ? __real_strdup(text) : NULL;
}

static void test_no_memory(void **state)
{
	(void)state;
	assert_int_equal(cli_run(cli_unused, "rights grant db:x u:0:r,o::-"), 1);
	assert_string_equal(cli.err, "morsel-admin: Cannot allocate memory (ENOMEM)\n");
	assert_int_equal(cli_run(cli_unused, "rights revoke db:x u:0:r,o::-"), 1);
}

static void test_no_driver(void **state)
{
	static const char *const lines[] = { "pool", "ls", "ls p:", "stat p:a p:b", "rm p:a",
					     "create p:a", "mv p:a p:b", "resize p:a 1",
					     "pool create p", "pool show p", "pool remove p",
					     "check p", "export p:a /nowhere/a" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_int_equal(cli_run(answer_no_module, lines[i]), 3);
		assert_non_null(strstr(cli.err,
				       "the kernel module morsel is not loaded; as root: "
				       "modprobe morsel (ENODEV)\n"));
		assert_string_equal(cli.out, "");
	}
}

/* ---- changes ---- */

static void test_create(void **state)
{
	(void)state;
	assert_int_equal(cli_run(answer_db, "create -s 2pmd -m 640 db:x"), 0);
	assert_string_equal(cli.out, "");
	assert_int_equal(cli_run(answer_db, "-v create db:x"), 0);
	assert_string_equal(cli.out, "db:x is created\n");
	assert_int_equal(cli_run(answer_db, "-vv create -P db:dir/y/x"), 0);
	assert_string_equal(cli.err, "morsel-admin: morsel-new: done\n"
				     "morsel-admin: morsel-new: done\n"
				     "morsel-admin: morsel-new: done\n");
	assert_int_equal(cli_run(answer_db, "-j create db:x"), 0);
	json_object_put(parsed());
	assert_int_equal(cli_run(answer_db, "create db:taken"), 1);
	assert_string_equal(cli.err, "morsel-admin: db:taken: the path exists (EEXIST)\n");
	assert_int_equal(cli_run(cli_unused, "-n create db:x"), 0);
	assert_string_equal(cli.out, "db:x: would create the morsel\n");
}

static void test_destructive(void **state)
{
	(void)state;
	/* no terminal, no --yes: a usage error, and nothing happens */
	assert_int_equal(cli_run(answer_db, "resize db:x 1G"), 2);
	assert_non_null(strstr(cli.err, "cut db:x from 4G (4294967296 bytes) to 1G (1073741824 "
					"bytes), say --yes"));
	assert_int_equal(cli_run(answer_db, "resize -y db:x 1G"), 0);
	assert_int_equal(cli_run(answer_db, "resize db:x 8G"), 0);
	assert_int_equal(cli_run(answer_db, "-n resize db:x 1G"), 0);
	assert_string_equal(cli.out, "db:x: would resize from 4G to 1G\n");

	assert_int_equal(cli_run(answer_db, "rm -r db:dir"), 2);
	assert_non_null(strstr(cli.err, "remove db:dir with 4 objects"));
	assert_int_equal(cli_run(answer_db, "rm -r -n db:dir"), 0);
	assert_non_null(strstr(cli.out, "db:dir: would remove the directory with 4 objects"));
	assert_int_equal(cli_run(answer_db, "-j rm -r -n db:dir"), 0);
	json_object_put(parsed());
	assert_int_equal(cli_run(answer_db, "rm -n db:x"), 0);
	assert_string_equal(cli.out, "db:x: would remove the file\n");

	/* what is inside goes first; what cannot be removed keeps its directory */
	assert_int_equal(cli_run(answer_db, "-v rm -ry db:dir"), 1);
	assert_string_equal(cli.out, "db:dir/sub is removed\ndb:dir/b is removed\n"
				     "db:dir/a\\xff is removed\n");
	assert_string_equal(cli.err, "morsel-admin: db:dir/sub/\xc3\xa4: sticky directory (EPERM)\n");

	assert_int_equal(cli_run(answer_db, "rm db:absent"), 1);
	assert_int_equal(cli_run(answer_db, "rm -f db:absent"), 0);
	assert_int_equal(cli_run(answer_db, "rm -f db:denied"), 1);
}

/* On a terminal it asks; only a yes is a yes. */
static void test_questions(void **state)
{
	(void)state;
	assert_int_equal(cli_run_tty(answer_db, "-v resize db:x 1G", "y\n"), 0);
	assert_string_equal(cli.err, "morsel-admin: cut db:x from 4G (4294967296 bytes) to 1G "
				     "(1073741824 bytes)? [y/N] ");
	assert_string_equal(cli.out, "db:x has 1G now\n");
	assert_int_equal(cli_run_tty(answer_db, "resize db:x 1G", "YES\n"), 0);
	assert_int_equal(cli_run_tty(answer_db, "-v resize db:x 1G", "n\n"), 1);
	assert_non_null(strstr(cli.err, "not confirmed, nothing is changed (ECANCELED)"));
	assert_string_equal(cli.out, "");
	assert_int_equal(cli_run_tty(answer_db, "resize db:x 1G", "\n"), 1);
	assert_int_equal(cli_run_tty(answer_db, "resize db:x 1G", "yup\n"), 1);
	assert_int_equal(cli_run_tty(answer_db, "resize db:x 1G", "\4"), 1); /* end of file */
	assert_int_equal(cli_run_tty(answer_db, "-v rm -r db:dir", "n\n"), 1);
	assert_string_equal(cli.out, "");
	/* nothing is lost: nothing is asked */
	assert_int_equal(cli_run_tty(answer_db, "resize db:x 5G", ""), 0);
	assert_string_equal(cli.err, "");
}

static int answer_mv(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	const uint32_t *flags = fake_sent(MORSEL_A_OBJECT_RENAME_FLAGS, NULL);

	(void)round;
	assert_int_equal(cli_cmd(request), MORSEL_CMD_MORSEL_RENAME);
	fprintf(stderr, "%s>%s %u\n", cli_string(MORSEL_A_OBJECT_PATH),
		cli_string(MORSEL_A_OBJECT_NEW_PATH), flags ? *flags : 0);
	fake_object(buf, 9, "db", "x", 1);
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static void test_mv(void **state)
{
	(void)state;
	assert_int_equal(cli_run(answer_mv, "mv db:a/x db:y"), 0);
	assert_string_equal(cli.err, "a/x>y 1\n");
	assert_int_equal(cli_run(answer_mv, "mv --replace db:a/x db:y"), 0);
	assert_string_equal(cli.err, "a/x>y 0\n");
	assert_int_equal(cli_run(answer_mv, "mv --exchange db:a/x db:y"), 0);
	assert_string_equal(cli.err, "a/x>y 2\n");
	assert_int_equal(cli_run(answer_mv, "mv db:a/x db:b/"), 0);
	assert_string_equal(cli.err, "a/x>b/x 1\n");
	assert_int_equal(cli_run(answer_mv, "mv db:a/x// db:"), 0);
	assert_string_equal(cli.err, "a/x>x 1\n");
	assert_int_equal(cli_run(cli_unused, "mv db:a other:a"), 1);
	assert_non_null(strstr(cli.err, "\"other:a\" is in another pool (EXDEV)"));
}

/* ---- pools ---- */

static void test_pools(void **state)
{
	struct json_object *all;

	(void)state;
	assert_int_equal(cli_run(answer_db, "pool"), 0);
	assert_string_equal(cli.out, "NAME SIZE USED  FREE OBJECTS MOUNT\n"
				     "db     1G   4M 1020M       3 -\n");
	assert_int_equal(cli_run(answer_db, "-j pool show db"), 0);
	all = parsed();
	assert_int_equal(number(nth(all, 0), "size"), 1 << 30);
	assert_int_equal(number(nth(all, 0), "free"), (1 << 30) - (4 << 20));
	assert_true(json_object_is_type(member(nth(all, 0), "mount"), json_type_null));
	assert_true(json_object_get_boolean(member(nth(all, 0), "pinned")));
	json_object_put(all);
	assert_int_equal(cli_run(answer_db, "pool remove db"), 2);
	assert_non_null(strstr(cli.err, "remove the pool db with 2 objects and 4M in it"));
	assert_int_equal(cli_run(answer_db, "-n pool remove db"), 0);
	assert_int_equal(cli_run(answer_db, "pool create --no-mount x"), 0);
	assert_int_equal(cli_run(cli_unused, "pool create a:b"), 1);
	assert_non_null(strstr(cli.err, "pool name \"a:b\" has a slash or a colon (EINVAL)"));
}

/* ---- pool detach ---- */

/* A persistent pool "db"; who has found it and asks for it by name is told of another one. */
static int answer_replaced(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	bool dump = request->nlmsg_flags & NLM_F_DUMP;

	(void)round;
	assert_int_equal(cli_cmd(request), MORSEL_CMD_POOL_GET);
	fake_pool(buf, dump ? 1 : 2, "db");
	fake_u32(buf, MORSEL_A_POOL_FLAGS, MORSEL_POOL_FLAG_PERSISTENT);
	if (dump)
		fake_done(buf, 0, NULL, 0);
	else
		fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

static void test_detach(void **state)
{
	(void)state;
	assert_int_equal(cli_run(answer_replaced, "pool detach db"), 1);
	assert_string_equal(cli.err, "morsel-admin: db: it is detached already, and another pool "
				     "has its name, db (ENOENT)\n");
	assert_string_equal(cli.out, "");
}

/* ---- output that cannot be written ---- */

static void test_output_errors(void **state)
{
	int full = open("/dev/full", O_WRONLY), pipes[2];

	(void)state;
	assert_int_equal(cli_run_to(answer_db, "ls -l db:dir", full), 1);
	assert_string_equal(cli.err, "morsel-admin: standard output: No space left on device\n");
	assert_int_equal(cli_run_to(answer_db, "-j ls db:dir", full), 1);
	assert_int_equal(cli_run_to(cli_unused, "help", full), 1);
	/* the worse of the two statuses stays */
	assert_int_equal(cli_run_to(cli_unused, "-j frob", full), 2);
	close(full);

	assert_int_equal(pipe(pipes), 0);
	close(pipes[0]);
	assert_int_equal(cli_run_to(answer_db, "ls -l db:dir", pipes[1]), 128 + SIGPIPE);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(cli_run_to(answer_db, "ls -l db:dir", pipes[1]), 1);
	assert_string_equal(cli.err, "");
	signal(SIGPIPE, SIG_DFL);
	close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ls),
		cmocka_unit_test(test_ls_json),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_no_driver),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_destructive),
		cmocka_unit_test(test_mv),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_pools),
		cmocka_unit_test(test_detach),
		cmocka_unit_test(test_output_errors),
	};

	setenv("LC_ALL", "C.UTF-8", 1);
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("cli_run", tests, NULL, NULL);
}
