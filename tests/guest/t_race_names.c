// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A name that means another object all the time (hazard T5): who opens it and maps has
 * one object from then on, and a command that says which object it means changes that
 * one or none.
 * groups: race fs nl
 * timeout: 60
 * pool: size=256M,name=p
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "lib/mm.h"
#include "nltest.h"

#define ROUNDS	400
#define MAPPERS 3
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

/* Shared: how often the storm has gone round, and what the others have seen. */
struct seen {
	atomic_int storms;
	atomic_long maps, others, granted, refused;
};

static struct seen *seen;

/* An object whose first word is its own id, 2 MiB long so that views are linked. */
static void make_marked(const char *name)
{
	int fd = open(pool_path(name), O_RDWR | O_CREAT | O_EXCL, 0600);
	struct stat st;
	uint64_t id;

	if (fd < 0 || ftruncate(fd, HUGE) || fstat(fd, &st))
		_exit(1);
	id = st.st_ino;
	if (pwrite(fd, &id, 8, 0) != 8)
		_exit(2);
	close(fd);
}

static int storm(void *arg)
{
	char from[128], to[128], spare[128];

	(void)arg;
	strcpy(from, pool_path("new"));
	strcpy(to, pool_path("x"));
	strcpy(spare, pool_path("y"));
	for (;;) {
		make_marked("new");
		if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0))
			return 3;
		if (syscall(SYS_renameat2, AT_FDCWD, to, AT_FDCWD, spare, RENAME_EXCHANGE))
			return 4;
		atomic_fetch_add(&seen->storms, 1);
	}
}

static int map_by_name(void *arg)
{
	uint64_t last = 0;

	(void)arg;
	for (int round = 0; round < ROUNDS; round++) {
		int fd = open(pool_path("x"), O_RDWR);
		volatile uint64_t *map;
		struct stat st;

		if (fd < 0 || fstat(fd, &st))
			return 1;
		map = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			return 2;
		if (map[0] != st.st_ino)
			return 3;
		map[round + 1] = st.st_ino;
		if (map[0] != st.st_ino || map[round + 1] != st.st_ino)
			return 4;
		munmap((void *)map, HUGE);
		close(fd);
		atomic_fetch_add(&seen->maps, 1);
		atomic_fetch_add(&seen->others, st.st_ino != last);
		last = st.st_ino;
	}
	return 0;
}

/* Its mode says whether an object was meant: 0600 as made, 0640 changed. */
static int change_by_id(void *arg)
{
	struct nl nl;

	(void)arg;
	nl_open(&nl);
	for (int round = 0; round < ROUNDS; round++) {
		int fd = open(pool_path("x"), O_RDONLY), error;
		struct stat st;

		if (fd < 0 || fstat(fd, &st))
			return 1;
		nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "x");
		nl_u64(&nl, MORSEL_A_OBJECT_ID, st.st_ino);
		nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0640);
		error = nl_talk(&nl);
		if (error && error != ESTALE && error != ENOENT)
			return 2;
		if (!error && nl_number(&nl, MORSEL_A_OBJECT_ID) != st.st_ino)
			return 3;
		if (fstat(fd, &st) || (!error && (st.st_mode & 0777) != 0640))
			return 4;
		atomic_fetch_add(error ? &seen->refused : &seen->granted, 1);
		close(fd);
	}
	return 0;
}

int main(void)
{
	pid_t mappers[MAPPERS], stormy, changer;
	int bad = 0;

	seen = shared_page();
	make_marked("x");
	make_marked("y");
	stormy = start_child(storm, NULL);
	for (int i = 0; i < MAPPERS; i++)
		mappers[i] = start_child(map_by_name, NULL);
	changer = start_child(change_by_id, NULL);
	for (int i = 0; i < MAPPERS; i++)
		bad += wait_child(mappers[i], 40) != 0;
	is_int(bad, 0, "who opens a name and maps has that object");
	is_int(wait_child(changer, 40), 0, "a command changes the object that it means, or none");
	kill(stormy, SIGKILL);
	is_int(wait_child(stormy, 10), 128 + SIGKILL, "the storm went on");
	diag("%d changes, %ld mappings of %ld objects, %ld commands granted, %ld refused",
	     atomic_load(&seen->storms), atomic_load(&seen->maps), atomic_load(&seen->others),
	     atomic_load(&seen->granted), atomic_load(&seen->refused));
	ok(atomic_load(&seen->others) > MAPPERS * 2, "and they met many");
	ok(atomic_load(&seen->granted) && atomic_load(&seen->refused), "some commands came in time, some late");
	return done_testing();
}
