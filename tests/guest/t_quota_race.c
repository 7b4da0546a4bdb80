// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quotas when many allocate at once: writers end exactly at the limit, and what is
 * charged adds up, whoever owns the objects meanwhile.
 * pool: size=256M,name=p,mode=1777
 * groups: quota race
 * cpus: 4
 * timeout: 90
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/quota.h"

#define MIB (1L << 20)

enum {
	ALICE = 1000,
	BOB = 1001,
	WRITERS = 8,
	LIMIT = 37 * MIB + 5 * 4096,
	FILE_SIZE = 64 * MIB,
};

static struct nl nl;
static struct barrier *barrier;

/* ---- eight writers and one limit ---- */

static void at_limit(int signal)
{
	(void)signal;
	_exit(0);
}

static char *map_of(int fd)
{
	char *map = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(map != MAP_FAILED);
	return map;
}

/* Allocate by one of three ways until it is refused. */
static int write_until_refused(void *arg)
{
	long way = (long)arg % 3, at;
	char name[32], *map, page[4096];
	int fd;

	become_user(ALICE);
	snprintf(name, sizeof(name), "w%ld", (long)arg);
	fd = open(pool_path(name), O_CREAT | O_RDWR, 0600);
	need(fd >= 0 && ftruncate(fd, way ? FILE_SIZE : 0) == 0);
	memset(page, 1, sizeof(page));
	map = map_of(fd);
	signal(SIGBUS, at_limit);
	barrier_wait(barrier);
	for (at = 0; at < FILE_SIZE; at += 4096) {
		if (way == 0 && pwrite(fd, page, 4096, at) != 4096)
			return errno == EDQUOT ? 0 : 1;
		if (way == 1 && fallocate(fd, 0, at, 4096))
			return errno == EDQUOT ? 0 : 2;
		if (way == 2)
			map[at] = 1;
	}
	return 3;
}

/* All begin at once, and each comes to the limit. */
static void all_are_refused(int (*until_refused)(void *), const char *what)
{
	pid_t pids[WRITERS];
	long i;

	barrier = barrier_new(WRITERS);
	for (i = 0; i < WRITERS; i++)
		pids[i] = start_child(until_refused, (void *)i);
	for (i = 0; i < WRITERS; i++)
		is_int(wait_child(pids[i], 30), 0, "%s %ld is refused", what, i);
}

static void test_writers(void)
{
	char name[32];
	long i;

	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_BYTES_HARD, LIMIT);
	all_are_refused(write_until_refused, "writer");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), LIMIT,
	       "eight writers end exactly at the limit");
	quota_check_sums(&nl);
	for (i = 0; i < WRITERS; i++) {
		snprintf(name, sizeof(name), "w%ld", i);
		need(unlink(pool_path(name)) == 0);
	}
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), 0, "all is given back");
}

/* ---- eight that make names, and one limit of objects ---- */

enum { OBJECTS = 501 };

static bool make_name(long way, const char *first, const char *name)
{
	int fd;

	if (way == 1)
		return link(first, name) == 0;
	if (way == 2)
		return mkdir(name, 0700) == 0;
	fd = open(name, O_CREAT | O_RDWR, 0600);
	return fd >= 0 && close(fd) == 0;
}

/* Make names by one of three ways until it is refused. */
static int name_until_refused(void *arg)
{
	char first[64], name[80];
	int n;

	become_user(ALICE);
	snprintf(first, sizeof(first), "%s/%ld", pool_path("names"), (long)arg);
	need(make_name(0, NULL, first));
	barrier_wait(barrier);
	for (n = 0; n < OBJECTS; n++) {
		snprintf(name, sizeof(name), "%s-%d", first, n);
		if (!make_name((long)arg % 3, first, name))
			return errno == EDQUOT ? 0 : 1;
	}
	return 2;
}

/* Return: how many names there were. */
static int remove_names(void)
{
	DIR *dir = opendir(pool_path("names"));
	struct dirent *entry;
	int n = 0;

	need(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		if (unlinkat(dirfd(dir), entry->d_name, 0))
			need(unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR) == 0);
	}
	closedir(dir);
	need(rmdir(pool_path("names")) == 0);
	return n;
}

static void test_names(void)
{
	need(mkdir(pool_path("names"), 0777) == 0 && chmod(pool_path("names"), 0777) == 0);
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, OBJECTS);
	all_are_refused(name_until_refused, "maker of names");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), OBJECTS,
	       "eight that make names end exactly at the limit");
	is_int(remove_names(), OBJECTS, "so many names there are");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 0, "all are given back");
	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_HARD, 0);
}

/* ---- owners change while objects are filled, emptied, named and removed ---- */

static atomic_int *stop;
static int shared_fd;

static int change_owner(void *arg)
{
	long rounds = 0;

	(void)arg;
	barrier_wait(barrier);
	while (!atomic_load(stop)) {
		need(fchown(shared_fd, rounds % 2 ? ALICE : BOB, -1) == 0 || errno == EDQUOT);
		rounds++;
	}
	return rounds > 10 ? 0 : 1;
}

static sigjmp_buf behind_end;

static void go_on(int signal)
{
	(void)signal;
	siglongjmp(behind_end, 1);
}

static int store(void *arg)
{
	char *map = map_of(shared_fd);
	static unsigned int seed;

	seed = (long)arg;
	signal(SIGBUS, go_on);
	barrier_wait(barrier);
	sigsetjmp(behind_end, 1);
	while (!atomic_load(stop))
		map[rand_r(&seed) % (FILE_SIZE / 4096) * 4096L] = 1;
	return 0;
}

static int punch(void *arg)
{
	unsigned int seed = (long)arg;

	barrier_wait(barrier);
	while (!atomic_load(stop)) {
		off_t at = rand_r(&seed) % (FILE_SIZE / MIB) * MIB;

		need(fallocate(shared_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
			       MIB * (1 + rand_r(&seed) % 8)) == 0);
	}
	return 0;
}

static int make_and_remove(void *arg)
{
	char a[64], b[64];
	int fd;

	snprintf(a, sizeof(a), "%s%ld", pool_path("a"), (long)arg);
	snprintf(b, sizeof(b), "%s%ld", pool_path("b"), (long)arg);
	barrier_wait(barrier);
	while (!atomic_load(stop)) {
		fd = open(a, O_CREAT | O_RDWR, 0600);
		need(fd >= 0 && fallocate(fd, 0, 0, 3 * 4096) == 0);
		need(link(a, b) == 0 && fchown(fd, BOB, -1) == 0);
		need(unlink(a) == 0 && fchown(fd, ALICE, -1) == 0 && unlink(b) == 0);
		need(fchown(fd, BOB, -1) == 0);
		close(fd);
	}
	return 0;
}

static int cut(void *arg)
{
	(void)arg;
	barrier_wait(barrier);
	while (!atomic_load(stop)) {
		need(ftruncate(shared_fd, FILE_SIZE / 2) == 0);
		usleep(2000);
		need(ftruncate(shared_fd, FILE_SIZE) == 0);
		usleep(1000);
	}
	return 0;
}

static void test_owners(void)
{
	static int (*const actors[])(void *) = {
		change_owner, store, store, punch, make_and_remove, make_and_remove, cut,
	};
	enum { ACTORS = sizeof(actors) / sizeof(actors[0]) };
	pid_t pids[ACTORS];
	struct stat st;
	long i;

	quota_limit(&nl, ALICE, MORSEL_A_QUOTA_BYTES_HARD, 0);
	shared_fd = make_morsel("shared", FILE_SIZE);
	stop = shared_page();
	barrier = barrier_new(ACTORS + 1);
	for (i = 0; i < ACTORS; i++)
		pids[i] = start_child(actors[i], (void *)i);
	barrier_wait(barrier);
	usleep(6000000 * time_scale());
	atomic_store(stop, 1);
	for (i = 0; i < ACTORS; i++)
		is_int(wait_child(pids[i], 30), 0, "actor %ld", i);
	quota_check_sums(&nl);
	need(fstat(shared_fd, &st) == 0);
	is_int(quota_number(&nl, st.st_uid, MORSEL_A_QUOTA_BYTES_USED), st.st_blocks * 512,
	       "the owner has what the object has");
	close(shared_fd);
	need(unlink(pool_path("shared")) == 0);
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_BYTES_USED), 0, "nothing is left of one");
	is_int(quota_number(&nl, BOB, MORSEL_A_QUOTA_BYTES_USED), 0, "nor of the other");
	is_int(quota_number(&nl, ALICE, MORSEL_A_QUOTA_OBJECTS_USED), 0, "no objects either");
	is_int(quota_number(&nl, BOB, MORSEL_A_QUOTA_OBJECTS_USED), 0, "nor of the other");
}

int main(void)
{
	nl_open(&nl);
	test_writers();
	test_names();
	test_owners();
	nl_close(&nl);
	return done_testing();
}
