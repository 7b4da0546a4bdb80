// SPDX-License-Identifier: GPL-2.0-or-later
/* Trees, colours, completion and check, against a kernel of straw. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include "cli.h"

/* What is wrong with the pool "db", for check to find. */
static enum {
	GOOD,
	HUGE_EXCEEDS,
	WRONG_PARENT,
	TWICE,
	TOO_MUCH,
	DIR_WITH_MEMORY,
	RESTLESS,
} fault;

static void object(struct fake_buf *buf, uint64_t id, uint64_t parent, const char *path,
		   uint64_t allocated)
{
	fake_object(buf, id, "db", path, 8 << 20);
	if (parent)
		fake_u64(buf, MORSEL_A_OBJECT_PARENT, parent);
	fake_u64(buf, MORSEL_A_OBJECT_ALLOCATED, allocated);
	if (fault == HUGE_EXCEEDS && id == 4)
		fake_u64(buf, MORSEL_A_OBJECT_HUGE, 6 << 20);
}

static void list_db(struct fake_buf *buf)
{
	/* The entries of a directory are without itself. */
	if (!*cli_string(MORSEL_A_OBJECT_POOL_NAME))
		object(buf, 1, 0, "", 0);
	object(buf, 2, 1, "dir/", fault == DIR_WITH_MEMORY ? 4096 : 0);
	object(buf, 3, 2, "dir/sub/", 0);
	object(buf, 4, 2, "dir/a", fault == TOO_MUCH ? 8 << 20 : 1 << 20);
	object(buf, 5, fault == WRONG_PARENT ? 2 : 3, "dir/sub/deep", 3 << 20);
	object(buf, 6, 1, "dir-b", 0);
	if (fault == TWICE)
		object(buf, 6, 1, "dir-c", 0);
	fake_done(buf, 0, NULL, 0);
}

static int answer_db(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	const char *path = cli_string(MORSEL_A_OBJECT_PATH);
	bool dump = request->nlmsg_flags & NLM_F_DUMP;
	static int looks;

	(void)round;
	if (cli_cmd(request) == MORSEL_CMD_POOL_GET) {
		fake_pool(buf, 1, "db");
		fake_u64(buf, MORSEL_A_POOL_GENERATION, fault == RESTLESS ? ++looks : 7);
		if (dump)
			fake_pool(buf, 2, "other");
	} else if (dump) {
		list_db(buf);
		return 0;
	} else if (!strcmp(path, "dir")) {
		object(buf, 2, 1, "dir/", 0);
	} else {
		object(buf, 1, 0, "", 0);
	}
	if (dump)
		fake_done(buf, 0, NULL, 0);
	else
		fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

/* ---- trees ---- */

static void test_tree(void **state)
{
	(void)state;
	fault = GOOD;
	assert_int_equal(cli_run(answer_db, "-H ls --tree -o name,size db:"), 0);
	/* "dir-b" sorts before "dir/a" as a string, but is not in dir. */
	assert_string_equal(cli.out, "db:          8M\n"
				     "├─dir        8M\n"
				     "│ ├─a        8M\n"
				     "│ └─sub      8M\n"
				     "│   └─deep   8M\n"
				     "└─dir-b      8M\n");
	assert_int_equal(cli_run(answer_db, "-j ls --tree -o name,parent db:"), 0);
	assert_memory_equal(cli.out, "[{\"name\":\"db:\",\"parent\":null},"
				     "{\"name\":\"db:dir\",\"parent\":1},",
			    strlen("[{\"name\":\"db:\",\"parent\":null},"
				   "{\"name\":\"db:dir\",\"parent\":1},"));
}

static void test_colors(void **state)
{
	(void)state;
	fault = GOOD;
	assert_int_equal(cli_run(answer_db, "-H ls -l -d db:dir"), 0);
	assert_null(strchr(cli.out, '\033'));
	assert_int_equal(cli_run(answer_db, "-H --color always ls -l -d db:dir"), 0);
	assert_non_null(strstr(cli.out, "\033[34mdb:dir\033["));
	assert_int_equal(cli_run(answer_db, "--color=always stat db:dir"), 0);
	assert_non_null(strstr(cli.out, "\033[34mdb:dir\033[0m\n"));
	assert_int_equal(cli_run(answer_db, "-j --color always stat db:dir"), 0);
	assert_null(strchr(cli.out, '\033'));
	assert_int_equal(cli_run(cli_unused, "--color=sometimes pool"), 2);
	assert_non_null(strstr(cli.err, "none of auto, always and never"));
}

/* ---- completion ---- */

static void test_complete(void **state)
{
	static const struct {
		const char *line, *out;
	} cases[] = {
		{ "re", "resize\n" },
		{ "pool re", "remove\n" },
		{ "--json pool li", "list\n" },
		{ "pool create --ma", "--max-objects\n" },
		{ "pool create --huge n", "never\n" },
		{ "--color a", "auto\nalways\n" },
		{ "pool show d", "db\n" },
		{ "pool create d", "" },
		{ "ls d", "db:\n" },
		{ "ls -l db:dir-", "db:dir-b\n" },
		{ "mv db:a o", "other:\n" },
		{ "mv db:a db:b o", "" },
		{ "export o", "other:\n" },
		{ "export db:a o", "" },
		{ "import o", "" },
		{ "import file o", "other:\n" },
		{ "create -s d", "" },
		{ "create -s 4 o", "other:\n" },
		{ "help res", "resize\n" },
		{ "frobnicate d", "" },
		{ "events --filter p", "pool=\npath=\n" },
		{ "events --filter kind=quota", "kind=quota-soft\nkind=quota-refused\n" },
		{ "events -f pool=d", "pool=db\n" },
		{ "events -f path=db:dir-", "path=db:dir-b\n" },
		{ "events -f uid=roo", "uid=root\n" },
		{ "rights check db:dir r --as roo", "root\n" },
		{ "rights check db:dir r --as root --gr", "--group\n" },
		{ "rights ch", "check\n" },
		{ "create --addr a", "auto\n" },
		{ "address db:a s", "slot:\n" },
		{ "address db:a n", "none\n" },
		{ "--ba", "--batch\n" },
		{ "events -f colour=r", "" },
	};
	const struct {
		const char *line;
	} tough[] = { { "__complete" }, { "__complete pool create --huge" }, { "__complete -" } };
	char line[128];
	size_t i;

	(void)state;
	fault = GOOD;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(line, sizeof(line), "__complete %s", cases[i].line);
		assert_int_equal(cli_run(answer_db, line), 0);
		if (strcmp(cli.out, cases[i].out) != 0)
			fail_msg("%s: %s", cases[i].line, cli.out);
	}
	assert_int_equal(cli_run(answer_db, "__complete ls db:dir/s"), 0);
	assert_string_equal(cli.out, "db:dir/sub/\ndb:dir/sub/deep\n");
	for (i = 0; i < sizeof(tough) / sizeof(*tough); i++)
		assert_int_equal(cli_run(answer_db, tough[i].line), 0);
	assert_int_equal(cli_run(answer_db, "__complete create --"), 0);
	assert_non_null(strstr(cli.out, "--size\n"));
	assert_non_null(strstr(cli.out, "--json\n"));
}

/* ---- check ---- */

static void test_check(void **state)
{
	static const struct {
		int fault;
		const char *words;
	} cases[] = {
		{ HUGE_EXCEEDS, "db:dir/a: more in 2 MiB frames" },
		{ WRONG_PARENT, "db:dir/sub/deep: its parent is called \"dir\"" },
		{ TWICE, "two objects have the id 6" },
		{ TOO_MUCH, "db: objects have 11534336 bytes, but only 4194304 are used" },
		{ DIR_WITH_MEMORY, "db:dir: a directory with memory or mappings" },
	};
	size_t i;

	(void)state;
	fault = GOOD;
	assert_int_equal(cli_run(answer_db, "check db"), 0);
	assert_string_equal(cli.out, "db: 6 objects, 4M used: no damage found\n");
	assert_int_equal(cli_run(answer_db, "-j check db"), 0);
	assert_string_equal(cli.out, "[{\"pool\":\"db\",\"objects\":6,\"allocated\":4194304,"
				     "\"used\":4194304,\"data\":0,\"changing\":false,"
				     "\"findings\":[]}]\n");
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		fault = cases[i].fault;
		if (cli_run(answer_db, "check db") != 4 || !strstr(cli.out, cases[i].words))
			fail_msg("%d: %d %s", fault, cli.status, cli.out);
		assert_int_equal(cli_run(answer_db, "-j check db"), 4);
		assert_non_null(strstr(cli.out, "\"findings\":[{\"name\":\""));
		assert_string_equal(cli.err, "");
	}
	fault = RESTLESS;
	assert_int_equal(cli_run(answer_db, "check db"), 0);
	assert_non_null(strstr(cli.err, "it keeps changing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_colors),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_check),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("LC_ALL", "C.UTF-8", 1);
	return cmocka_run_group_tests_name("cli_tree", tests, NULL, NULL);
}
