// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may ask for what: alice's rights over netlink are those she has on files.
 * pool: size=64M,name=p
 * groups: nl
 * timeout: 30
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

enum {
	ALICE = 1000,
	BOB = 1001,
	TEAM = 2000,
};

static struct nl nl;

static void make_dir(const char *name, mode_t mode, uid_t uid, gid_t gid)
{
	need(!mkdir(pool_path(name), 0700));
	need(!chown(pool_path(name), uid, gid) && !chmod(pool_path(name), mode));
}

static void make_file(const char *name, mode_t mode, uid_t uid)
{
	close(make_morsel(name, 4096));
	need(!chown(pool_path(name), uid, uid) && !chmod(pool_path(name), mode));
}

static void populate(void)
{
	make_dir("open", 0755, 0, 0);
	make_file("open/readable", 0644, 0);
	make_file("open/writable", 0666, 0);
	make_file("open/closed", 0600, 0);
	make_dir("hidden", 0700, 0, 0);
	make_file("hidden/secret", 0666, 0);
	make_dir("search", 0711, 0, 0);
	make_file("search/file", 0644, 0);
	make_dir("search/list", 0755, 0, 0);
	make_file("search/list/file", 0644, 0);
	make_dir("list", 0744, 0, 0);
	make_file("list/file", 0644, 0);
	make_dir("own", 0755, ALICE, ALICE);
	make_file("own/file", 0600, ALICE);
	make_dir("team", 0770, 0, TEAM);
	make_file("team/file", 0600, BOB);
	make_dir("sticky", 01777, 0, 0);
	make_file("sticky/of-bob", 0666, BOB);
	make_file("sticky/of-alice", 0666, ALICE);
}

/* alice, bob: with their groups. */
static void become_member(uid_t uid)
{
	gid_t team = TEAM;

	need(!setgroups(1, &team) && !setresgid(uid, uid, uid) && !setresuid(uid, uid, uid));
}

/* What alice asks for, and what she gets. */
struct request {
	int command;
	const char *path;
	int attr; /* beside the path: a number, or NEW_PATH */
	uint64_t value;
	const char *new_path;
	int error;
	const char *text;
};

#define GET  MORSEL_CMD_MORSEL_GET
#define NEW  MORSEL_CMD_MORSEL_NEW
#define SET  MORSEL_CMD_MORSEL_SET
#define MOVE MORSEL_CMD_MORSEL_RENAME
#define DEL  MORSEL_CMD_MORSEL_DEL
#define SIZE MORSEL_A_OBJECT_SIZE
#define MODE MORSEL_A_OBJECT_MODE
#define UID  MORSEL_A_OBJECT_UID
#define GID  MORSEL_A_OBJECT_GID
#define TO   MORSEL_A_OBJECT_NEW_PATH

static const struct request requests[] = {
	{ GET, "open/readable", 0, 0, NULL, 0, "" },
	{ GET, "open/closed", 0, 0, NULL, 0, "" },
	{ GET, "hidden", 0, 0, NULL, 0, "" },
	{ GET, "hidden/secret", 0, 0, NULL, EACCES, "search permission" },
	{ GET, "hidden/none", 0, 0, NULL, EACCES, "search permission" },
	{ GET, "search/file", 0, 0, NULL, 0, "" },
	{ GET, "search/list/file", 0, 0, NULL, 0, "" },
	{ GET, "list/file", 0, 0, NULL, EACCES, "search permission" },
	{ GET, "own/file", 0, 0, NULL, 0, "" },
	{ GET, "team/file", 0, 0, NULL, 0, "" },
	{ SET, "open/readable", SIZE, 1, NULL, EACCES, "no write permission on the object" },
	{ SET, "open/writable", SIZE, 1, NULL, 0, "" },
	{ SET, "open/writable", MODE, 0777, NULL, EPERM, "only the owner" },
	{ SET, "open/writable", UID, ALICE, NULL, EPERM, "only CAP_CHOWN" },
	{ SET, "own/file", MODE, 0640, NULL, 0, "" },
	{ SET, "own/file", GID, TEAM, NULL, 0, "" },
	{ SET, "own/file", GID, 0, NULL, EPERM, "to a group of his" },
	{ SET, "own/file", UID, BOB, NULL, EPERM, "only CAP_CHOWN" },
	{ SET, "own/file", UID, ALICE, NULL, 0, "" },
	{ SET, "team/file", SIZE, 1, NULL, EACCES, "no write permission on the object" },
	{ NEW, "open/new", 0, 0, NULL, EACCES, "write and search permission on the directory" },
	{ NEW, "new", 0, 0, NULL, EACCES, "write and search permission on the directory" },
	{ NEW, "open/readable", 0, 0, NULL, 0, "" },
	{ NEW, "hidden/new", 0, 0, NULL, EACCES, "permission on the directory" },
	{ NEW, "own/new", SIZE, 8192, NULL, 0, "" },
	{ NEW, "own/of-team", GID, TEAM, NULL, 0, "" },
	{ NEW, "own/of-bob", UID, BOB, NULL, EPERM, "only CAP_CHOWN" },
	{ GET, "own/of-bob", 0, 0, NULL, ENOENT, "no such object" },
	{ NEW, "own/of-root", GID, 0, NULL, EPERM, "to a group of his" },
	{ GET, "own/of-root", 0, 0, NULL, ENOENT, "no such object" },
	{ NEW, "team/new", 0, 0, NULL, 0, "" },
	{ NEW, "own/no-mode", MODE, 0, NULL, 0, "" },
	{ MOVE, "own/new", TO, 0, "own/newer", 0, "" },
	{ MOVE, "own/newer", TO, 0, "open/newer", EACCES, "permission on the directory" },
	{ MOVE, "open/readable", TO, 0, "own/taken", EACCES, "permission on the directory" },
	{ MOVE, "hidden/secret", TO, 0, "own/taken", EACCES, "permission on the directory" },
	{ MOVE, "sticky/of-bob", TO, 0, "own/taken", EPERM, "only the owner" },
	{ MOVE, "sticky/of-alice", TO, 0, "own/taken", 0, "" },
	{ MOVE, "own/taken", TO, 0, "sticky/of-bob", EPERM, "only the owner" },
	{ DEL, "open/readable", 0, 0, NULL, EACCES, "permission on the directory" },
	{ DEL, "hidden/secret", 0, 0, NULL, EACCES, "permission on the directory" },
	{ DEL, "sticky/of-bob", 0, 0, NULL, EPERM, "only the owner" },
	{ DEL, "own/newer", 0, 0, NULL, 0, "" },
};

#define NR_REQUESTS (sizeof(requests) / sizeof(requests[0]))

struct answer {
	int error;
	char text[60];
};

static void begin(const struct request *request)
{
	nl_object(&nl, request->command, "p", request->path);
	if (request->attr == TO)
		nl_str(&nl, TO, request->new_path);
	else if (request->attr == SIZE)
		nl_u64(&nl, SIZE, request->value);
	else if (request->attr)
		nl_u32(&nl, request->attr, request->value);
}

static int ask_as_alice(void *arg)
{
	struct answer *answers = arg;
	size_t i;

	become_member(ALICE);
	nl_open(&nl);
	for (i = 0; i < NR_REQUESTS; i++) {
		begin(&requests[i]);
		answers[i].error = nl_talk(&nl);
		snprintf(answers[i].text, sizeof(answers[i].text), "%.59s", nl.text);
	}
	return 0;
}

static void test_matrix(void)
{
	struct answer *answers = shared_page();
	size_t i;

	_Static_assert(NR_REQUESTS * sizeof(struct answer) <= 4096, "one page of answers");
	is_int(in_child(ask_as_alice, answers, 10), 0, "alice asks");
	for (i = 0; i < NR_REQUESTS; i++) {
		const struct request *r = &requests[i];

		is_int(answers[i].error, r->error, "command %d on %s, attribute %d", r->command,
		       r->path, r->attr);
		ok(strstr(answers[i].text, r->text), "and the text: %s", answers[i].text);
	}
}

static uint64_t id_of(const char *path)
{
	struct stat st;

	need(!lstat(pool_path(path), &st));
	return st.st_ino;
}

static int get_id(uint64_t id)
{
	nl_begin(&nl, GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(&nl, MORSEL_A_OBJECT_ID, id);
	return nl_talk(&nl);
}

struct ids {
	uid_t uid;
	uint64_t ids[8];
	int errors[8];
};

static int get_ids(void *arg)
{
	struct ids *ids = arg;
	int i;

	if (ids->uid)
		become_member(ids->uid);
	nl_open(&nl);
	for (i = 0; i < 8; i++)
		ids->errors[i] = get_id(ids->ids[i]);
	return 0;
}

static void test_by_id(void)
{
	static const char *const paths[] = { "open/closed", "hidden", "hidden/secret", "search/file",
					     "search/list/file", "list/file" };
	struct ids *ids = shared_page();
	int i, fd = make_morsel("open/removed", 4096), tmp;

	need(!fchown(fd, ALICE, ALICE));
	for (i = 0; i < 6; i++)
		ids->ids[i] = id_of(paths[i]);
	ids->ids[6] = id_of("open/removed");
	need(!unlink(pool_path("open/removed")));
	tmp = open(pool_path("open"), O_TMPFILE | O_RDWR, 0666);
	need(tmp >= 0);
	struct stat st;

	need(!fstat(tmp, &st));
	ids->ids[7] = st.st_ino;

	ids->uid = ALICE;
	is_int(in_child(get_ids, ids, 10), 0, "alice asks by id");
	is_int(ids->errors[0], 0, "what she may list");
	is_int(ids->errors[1], 0, "a directory she may not enter");
	is_int(ids->errors[2], ENOENT, "what is in it");
	is_int(ids->errors[3], ENOENT, "what she may not list");
	is_int(ids->errors[4], 0, "what is below that, and she may list");
	is_int(ids->errors[5], ENOENT, "what she may list, but not search");
	is_int(ids->errors[6], 0, "what has no name, but is hers");
	is_int(ids->errors[7], ENOENT, "what never had a name and is root's");
	ids->uid = BOB;
	is_int(in_child(get_ids, ids, 10), 0, "bob asks by id");
	is_int(ids->errors[6], ENOENT, "what has no name, and is not his");
	ids->uid = 0;
	is_int(in_child(get_ids, ids, 10), 0, "root asks by id");
	for (i = 0; i < 8; i++)
		is_int(ids->errors[i], 0, "everything");
	close(fd);
	close(tmp);
}

/* Which paths a dump has. */
struct listing {
	uid_t uid;
	int error, pools;
	unsigned int count;
	char paths[3500];
};

static void list_object(struct nl *n, void *arg)
{
	struct listing *listing = arg;
	size_t len = strlen(listing->paths);

	listing->count++;
	snprintf(listing->paths + len, sizeof(listing->paths) - len, "%s\n",
		 nl_string(n, MORSEL_A_OBJECT_PATH));
}

static void count_pool(struct nl *n, void *arg)
{
	++*(int *)arg;
}

static int list_as(void *arg)
{
	struct listing *listing = arg;

	become_member(listing->uid);
	nl_open(&nl);
	nl_begin(&nl, GET);
	listing->error = nl_dump(&nl, list_object, listing);
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	listing->error = listing->error ?: nl_dump(&nl, count_pool, &listing->pools);
	return 0;
}

static bool lists(const struct listing *listing, const char *path)
{
	char line[64];

	snprintf(line, sizeof(line), "\n%s\n", path);
	return strstr(listing->paths, line);
}

static void test_dump(void)
{
	struct listing *listing = shared_page();

	listing->uid = ALICE;
	is_int(in_child(list_as, listing, 10), 0, "alice dumps");
	is_int(listing->error, 0, "it works");
	is_int(listing->pools, 1, "the pool is shown");
	ok(lists(listing, "open/closed") && lists(listing, "hidden") && lists(listing, "own/file"),
	   "what she may list is there");
	ok(lists(listing, "search/list/file") && lists(listing, "team/file"), "also deeper down");
	ok(listing->paths[0] == '\n', "and the root, whose path is empty");
	ok(!strstr(listing->paths, "secret"), "no secret");
	ok(!lists(listing, "search/file") && !lists(listing, "search/list"),
	   "nor what she may only search");
	ok(!lists(listing, "list/file"), "or only list");
}

static int hidden_pool(void *arg)
{
	int *errors = arg;

	become_member(ALICE);
	nl_open(&nl);
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "p");
	errors[0] = nl_talk(&nl);
	nl_object(&nl, GET, "p", "open/readable");
	errors[1] = nl_talk(&nl);
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	errors[2] = nl_dump(&nl, count_pool, &errors[3]);
	nl_begin(&nl, GET);
	errors[4] = nl_dump(&nl, count_pool, &errors[5]);
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "alice");
	errors[6] = nl_talk(&nl);
	errors[7] = strstr(nl.text, "needs CAP_SYS_ADMIN") != NULL;
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "p");
	errors[8] = nl_talk(&nl);
	errors[9] = strstr(nl.text, "needs CAP_SYS_ADMIN") != NULL;
	return 0;
}

static void test_pool(void)
{
	int *errors = shared_page();

	need(!chmod(pool_path(""), 0750));
	is_int(in_child(hidden_pool, errors, 10), 0, "alice and a pool she may not enter");
	is_int(errors[0], ENOENT, "get it");
	is_int(errors[1], ENOENT, "get what is in it");
	ok(!errors[2] && !errors[3], "a dump of pools shows none");
	ok(!errors[4] && !errors[5], "a dump of objects shows none");
	ok(errors[6] == EPERM && errors[7], "make a pool");
	ok(errors[8] == EPERM && errors[9], "drop a pool");
	need(!chmod(pool_path(""), 0755));
}

int main(void)
{
	populate();
	test_matrix();
	test_by_id();
	test_dump();
	test_pool();
	return done_testing();
}
