// SPDX-License-Identifier: GPL-2.0-or-later
/* Alice loses rights and gets them back. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "turns.h"

struct nl nl;
int64_t *notes;
static struct barrier *step;

void turns_begin(void)
{
	nl_open(&nl);
	notes = shared_page();
	step = barrier_new(2);
}

void turn(void)
{
	barrier_wait(step);
}

int as_alice(void *fn)
{
	int (*does)(void *) = fn;

	become_user(ALICE);
	return does(NULL);
}

void grant(const char *perm)
{
	rights_give(&nl, "m", ALICE, perm, false);
}

void take(const char *perm)
{
	rights_give(&nl, "m", ALICE, perm, true);
}

int fresh(void)
{
	int fd;

	unlink(pool_path("m"));
	fd = make_morsel("m", SIZE);
	memset(notes, 0, NOTES * sizeof(*notes));
	grant("rw");
	return fd;
}

int open_m(int flags)
{
	int fd = open(pool_path("m"), flags);

	need(fd >= 0);
	return fd;
}

void *map(int fd, int prot)
{
	void *p = mmap(NULL, SIZE, prot, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED);
	return p;
}

int error_of(ssize_t ret)
{
	return ret < 0 ? errno : 0;
}
