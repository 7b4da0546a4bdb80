// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dumps: complete at 100,000 objects, by directory, marked when names change.
 * pool: size=64M,name=p
 * mem: 2G
 * groups: nl slow
 * timeout: 150
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

enum {
	DIRECTORIES = 10,
	MOST = 10000, /* files in each; a tenth of it on the debug kernel */
};

static int files_each = MOST;

static struct nl nl;
static unsigned char seen[DIRECTORIES][MOST];

struct tally {
	unsigned int objects, files, wrong;
	uint64_t last;
	bool sorted;
};

static void see(struct nl *n, void *arg)
{
	struct tally *tally = arg;
	uint64_t id = nl_number(n, MORSEL_A_OBJECT_ID);
	unsigned int dir, file;

	tally->objects++;
	tally->sorted &= id > tally->last;
	tally->last = id;
	if (sscanf(nl_string(n, MORSEL_A_OBJECT_PATH), "d%u/f%u", &dir, &file) != 2)
		return;
	tally->files++;
	if (dir >= DIRECTORIES || file >= MOST || seen[dir][file]++)
		tally->wrong++;
}

static struct tally dump(const char *pool, const char *path, bool recursive, const char *what)
{
	struct tally tally = { .sorted = true };

	memset(seen, 0, sizeof(seen));
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	if (pool)
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, pool);
	if (path)
		nl_str(&nl, MORSEL_A_OBJECT_PATH, path);
	if (recursive)
		nl_flag(&nl, MORSEL_A_OBJECT_RECURSIVE);
	is_int(nl_dump(&nl, see, &tally), 0, "%s", what);
	ok(tally.sorted && !tally.wrong, "in the order of ids, each once");
	return tally;
}

static void populate(void)
{
	char name[32];
	int dir, file;

	for (dir = 0; dir < DIRECTORIES; dir++) {
		snprintf(name, sizeof(name), "d%d", dir);
		need(!mkdir(pool_path(name), 0755));
	}
	for (file = 0; file < files_each; file++) {
		for (dir = 0; dir < DIRECTORIES; dir++) {
			snprintf(name, sizeof(name), "d%d/f%d", dir, file);
			need(!mknod(pool_path(name), S_IFREG | 0644, 0));
		}
	}
}

static void test_complete(void)
{
	struct tally tally;
	int64_t start = now_ms();

	tally = dump("p", NULL, false, "dump the pool");
	diag("%u objects in %lld ms", tally.objects, (long long)(now_ms() - start));
	is_int(tally.files, DIRECTORIES * files_each, "all files are there");
	is_int(tally.objects, 1 + DIRECTORIES + DIRECTORIES * files_each, "and the directories");
	ok(!nl.interrupted, "undisturbed");
	tally = dump(NULL, NULL, false, "dump all pools");
	is_int(tally.files, DIRECTORIES * files_each, "all files are there");
	ok(!nl.interrupted, "undisturbed");
}

static void test_directories(void)
{
	struct tally tally;

	tally = dump("p", "d3", false, "dump a directory");
	is_int(tally.files, files_each, "its files");
	is_int(tally.objects, files_each, "and nothing else");
	tally = dump("p", "", false, "dump the root");
	is_int(tally.objects, DIRECTORIES, "its directories");
	tally = dump("p", "", true, "dump the root, recursive");
	is_int(tally.objects, DIRECTORIES + DIRECTORIES * files_each, "all but the root");
	need(!mkdir(pool_path("d3/e"), 0755) && !mkdir(pool_path("d3/e/e"), 0755));
	tally = dump("p", "d3", false, "dump a directory with others in it");
	is_int(tally.objects, files_each + 1, "one level");
	tally = dump("p", "d3", true, "and recursive");
	is_int(tally.objects, files_each + 2, "all levels");
	tally = dump("p", "d3/e/e", true, "dump an empty directory");
	is_int(tally.objects, 0, "nothing");
	need(!rmdir(pool_path("d3/e/e")) && !rmdir(pool_path("d3/e")));
}

static void refuse(const char *pool, const char *path, int error, const char *text)
{
	int got;

	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	if (pool)
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, pool);
	if (path)
		nl_str(&nl, MORSEL_A_OBJECT_PATH, path);
	got = nl_dump(&nl, NULL, NULL);
	nl_refused(&nl, got, error, text, 0, __FILE__, __LINE__, "dump %s of %s", path, pool);
}

static void test_refused(void)
{
	refuse("q", NULL, ENOENT, "no such pool");
	refuse("p", "none", ENOENT, "no such object");
	refuse("p", "d1/f1", ENOTDIR, "not a directory");
	refuse("p", "d1/f1/x", ENOTDIR, "not a directory");
	refuse("p", "../p", EINVAL, "name no object");
	refuse(NULL, "d1", EINVAL, "a path needs a pool");
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	nl_u64(&nl, MORSEL_A_OBJECT_ID, 1);
	is_int(nl_dump(&nl, NULL, NULL), EINVAL, "dump with an id");
	ok(strstr(nl.text, "does not take an object id"), "says why: %s", nl.text);
}

enum change {
	NOTHING,
	CREATE,
	REMOVE,
	RENAME,
	CHMOD,
	POOL_CREATE,
};

static void change_something(enum change change)
{
	static const char *const made[] = { "late", "later" };
	char from[128], to[128];

	snprintf(from, sizeof(from), "%s", pool_path(made[0]));
	snprintf(to, sizeof(to), "%s", pool_path(made[1]));
	switch (change) {
	case NOTHING:
		break;
	case CREATE:
		need(!mknod(from, S_IFREG | 0644, 0));
		break;
	case RENAME:
		need(!rename(from, to));
		break;
	case CHMOD:
		need(!chmod(to, 0));
		break;
	case REMOVE:
		need(!unlink(to));
		break;
	case POOL_CREATE:
		need(!system("mkdir -p /mnt/other && mount -t morsel -o size=1M none /mnt/other"));
		break;
	}
}

/* A dump that is under way when something changes. */
static bool is_interrupted(enum change change, const char *pool)
{
	nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
	if (pool)
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, pool);
	nl.interrupted = false;
	nl_send(&nl, NLM_F_DUMP);
	need(nl_dump_answer(&nl, NULL, NULL, true) == EAGAIN);
	change_something(change);
	need(nl_dump_answer(&nl, NULL, NULL, false) == 0);
	return nl.interrupted;
}

static void test_interrupted(void)
{
	ok(!is_interrupted(NOTHING, "p"), "a pause does not interrupt");
	ok(is_interrupted(CREATE, "p"), "a new name does");
	ok(is_interrupted(RENAME, "p"), "a move does");
	ok(is_interrupted(CHMOD, "p"), "a change of rights does");
	ok(is_interrupted(REMOVE, "p"), "a removal does");
	ok(!is_interrupted(POOL_CREATE, "p"), "another pool does not");
	need(!umount2("/mnt/other", 0));
	ok(is_interrupted(POOL_CREATE, NULL), "but it does when all are dumped");
	need(!umount2("/mnt/other", 0));
	ok(is_interrupted(CREATE, NULL), "and so does a new name");
	change_something(RENAME);
	change_something(REMOVE);
}

/* Dumps that are not finished hold nothing up. */
static void test_abandoned(void)
{
	struct nl idle[4];
	int i;

	need(!system("mkdir -p /mnt/other && mount -t morsel -o size=1M,name=o none /mnt/other"));
	need(!system("cd /mnt/other && for i in $(seq 200); do : > $i; done"));
	for (i = 0; i < 4; i++) {
		nl_open(&idle[i]);
		nl_begin(&idle[i], MORSEL_CMD_MORSEL_GET);
		nl_str(&idle[i], MORSEL_A_OBJECT_POOL_NAME, "o");
		nl_send(&idle[i], NLM_F_DUMP);
	}
	is_int(umount2("/mnt/other", 0), 0, "umount while dumps are under way");
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "o");
	refused(&nl, ENOENT, "no such pool", 0, "the pool is gone");
	idle[0].interrupted = false;
	is_int(nl_dump_answer(&idle[0], NULL, NULL, false), 0, "one of them goes on, and ends");
	ok(idle[0].interrupted, "and is marked");
	for (i = 0; i < 4; i++)
		nl_close(&idle[i]);
}

int main(void)
{
	if (on_debug_kernel())
		files_each = MOST / 10;
	nl_open(&nl);
	populate();
	test_complete();
	test_directories();
	test_refused();
	test_interrupted();
	test_abandoned();
	return done_testing();
}
