// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A user fills his quota with all that costs the kernel something (hazards T14): names in a
 * directory that others use, too, the longest lists, directories in directories, memory.
 * He is stopped at his limits, and what others do takes them no more than twice as many
 * instructions: QEMU counts them, and makes them the guest's time.
 * pool: size=64M,name=p,mode=1777
 * groups: quota hazard
 * cpus: 1
 * icount: shift=0,sleep=off
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "lib/grants.h"
#include "lib/quota.h"

enum {
	OBJECTS = 3000,
	BYTES = 8 << 20,
	DEEP = 100,
	LISTS = 200, /* objects with the longest one */
	ENTRIES = 256,
	ROUNDS = 40,
	PAGE = 4096,
};

static struct nl nl;

struct found {
	int64_t fastest; /* round of bob's, in instructions */
	int names, deep, lists;
	int refused[3]; /* errno: an object, a directory, memory */
	int listed;
};

static struct found *found;

static int64_t instructions(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* ---- bob ---- */

static void use_once(void)
{
	char name[128];
	int fd;
	char *map;

	strcpy(name, pool_path("bob"));
	fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	need(fd >= 0 && pwrite(fd, "x", 1, 0) == 1);
	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	map[1] = 'y';
	nl_object(&nl, MORSEL_CMD_RIGHTS_GET, "p", "bob");
	need(!nl_talk(&nl));
	rights_list(&nl, "bob", CAROL, 4);
	need(!nl_talk(&nl));
	need(!rename(name, pool_path("bob2")) && !unlink(pool_path("bob2")));
	munmap(map, PAGE);
	close(fd);
}

static int bob_works(void *arg)
{
	int64_t start, took;
	int i;

	become_user(BOB);
	nl_open(&nl);
	found->fastest = INT64_MAX;
	for (i = 0; i < ROUNDS; i++) {
		start = instructions();
		use_once();
		took = instructions() - start;
		if (took < found->fastest)
			found->fastest = took;
	}
	return 0;
}

static void count(struct nl *n, void *arg)
{
	found->listed++;
}

static int bob_lists(void *arg)
{
	become_user(BOB);
	nl_open(&nl);
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	return nl_dump(&nl, count, NULL);
}

/* ---- alice ---- */

static const char *name_of(int i)
{
	static char name[16];

	snprintf(name, sizeof(name), "a%d", i);
	return name;
}

/* Directories in directories. */
static void go_deep(void)
{
	need(!chdir(pool_path("")));
	for (; found->deep < DEEP && !mkdir("d", 0700); found->deep++)
		need(!chdir("d"));
	need(!chdir("/"));
}

static void fill_names(void)
{
	int fd;

	for (;; found->names++) {
		fd = open(pool_path(name_of(found->names)), O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			break;
		close(fd);
	}
	found->refused[0] = errno;
	found->refused[1] = mkdir(pool_path("another"), 0700) ? errno : 0;
}

static void set_long_list(const char *name)
{
	int i;

	/* Five that are needed, and as many users as there is room for. */
	rights_list(&nl, name, BOB, 0);
	for (i = 0; i < ENTRIES - 5; i++)
		rights_entry(&nl, MORSEL_A_OBJECT_ACL, MORSEL_ACL_TAG_USER, 5000 + i, 4);
	if (!nl_talk(&nl))
		found->lists++;
}

static int alice_floods(void *arg)
{
	static char bytes[1 << 20];
	int i, fd;

	become_user(ALICE);
	nl_open(&nl);
	go_deep();
	fill_names();
	for (i = 0; i < LISTS; i++)
		set_long_list(name_of(i));
	fd = open(pool_path(name_of(0)), O_WRONLY);
	need(fd >= 0);
	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
	found->refused[2] = errno;
	return 0;
}

int main(void)
{
	int64_t before;

	nl_open(&nl);
	found = shared_page();
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, OBJECTS);
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_BYTES_HARD, BYTES);
	is_int(in_child(bob_works, NULL, 20), 0, "bob works");
	before = found->fastest;
	is_int(in_child(alice_floods, NULL, 40), 0, "alice takes all she can have");
	is_int(found->deep, DEEP, "directories in directories");
	is_int(found->names + found->deep, OBJECTS, "names up to the limit");
	is_int(found->lists, LISTS, "lists of %d entries", ENTRIES);
	is_int(found->refused[0], EDQUOT, "then no object more");
	is_int(found->refused[1], EDQUOT, "nor a directory");
	is_int(found->refused[2], EDQUOT, "nor memory");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), BYTES, "which is all charged");
	is_int(in_child(bob_works, NULL, 20), 0, "bob works on");
	diag("%ld instructions then, %ld before", (long)found->fastest, (long)before);
	ok(found->fastest < 2 * before, "with as many instructions as before, or twice as many at most");
	is_int(in_child(bob_lists, NULL, 20), 0, "and lists what there is");
	is_int(found->listed, found->names + 1, "all of it");
	nl_close(&nl);
	return done_testing();
}
