// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A right goes while processes map: no mapping can be used after the reply to the revoke.  The
 * core kernel calls ->mmap before it puts the VMA where a walk over all mappings of the object
 * finds it.  A revoke that is judged after the one and walks before the other leaves the mapping
 * as it is, so that it must have nothing linked yet.  The mappings are of a whole GiB, in a
 * process that has the table already that such a link would be in.
 * pool: size=64M,name=p
 * groups: rights race
 * cpus: 3
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/grants.h"
#include "lib/mm.h"

enum {
	MAPPERS = 3,
	ROUNDS = 100,
};

struct shared {
	volatile int begun, taken; /* the last round whose right was given, and was taken */
	struct mapper {
		volatile long mapped;	/* how often in this round */
		volatile int ended;	/* the last round that it is done with */
		volatile long used, refused; /* mappings after the reply */
		volatile int error;	/* of an mmap(), other than that the right has gone */
	} mappers[MAPPERS];
};

static struct nl nl;
static struct shared *shared;

/* Room for two GiB with pages on both sides, so that the tables above are there. */
static char *room_for_two(void)
{
	const size_t len = 4 * GiB;
	char *all = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *room;

	need(all != MAP_FAILED);
	room = (char *)(((uintptr_t)all + GiB) & -GiB);
	need(!madvise(all, len, MADV_NOHUGEPAGE));
	room[-1] = 1;
	room[2 * GiB] = 1;
	need(!munmap(room, 2 * GiB));
	return room;
}

static void *map_at(void *at, int fd)
{
	return mmap(at, GiB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
}

/* Maps until that is refused; the last mapping is there then.  Return: where. */
static void *map_on(char *room, int fd, struct mapper *own)
{
	char *last = NULL;
	int n;

	for (n = 0;; n++) {
		char *at = room + (n & 1) * GiB;

		if (map_at(at, fd) == MAP_FAILED)
			break;
		own->mapped++;
		if (last)
			munmap(last, GiB);
		last = at;
	}
	if (errno != EACCES)
		own->error = errno;
	return last;
}

static void wait_until(volatile int *round, int n)
{
	while (*round < n)
		sched_yield();
}

static int mapper(void *arg)
{
	struct mapper *own = arg;
	int fd, round;
	char *room, *last;

	become_user(ALICE);
	fd = open(pool_path("m"), O_RDWR);
	need(fd >= 0);
	room = room_for_two();
	for (round = 1; round <= ROUNDS; round++) {
		wait_until(&shared->begun, round);
		last = map_on(room, fd, own);
		wait_until(&shared->taken, round);
		if (last) {
			if (touch_read((volatile uint64_t *)last) == SIGBUS)
				own->refused++;
			else
				own->used++;
			munmap(last, GiB);
		}
		own->ended = round;
	}
	return 0;
}

static void run_round(int round)
{
	int i;

	rights_give(&nl, "m", ALICE, "rw", false);
	for (i = 0; i < MAPPERS; i++)
		shared->mappers[i].mapped = 0;
	shared->begun = round;
	for (i = 0; i < MAPPERS; i++)
		while (!shared->mappers[i].mapped && !shared->mappers[i].error)
			sched_yield();
	rights_give(&nl, "m", ALICE, "", true);
	shared->taken = round;
	for (i = 0; i < MAPPERS; i++)
		wait_until(&shared->mappers[i].ended, round);
}

/* Once the object's own tables are there, a link is all that is missing. */
static void look_at_one(int fd)
{
	char *room = room_for_two();
	volatile char *at = map_at(room, fd);

	need(at != MAP_FAILED);
	is_int(*at, 1, "the touch of a mapping finds the contents");
	ok(frame_of(at) && mm_fdinfo(fd, "morsel-links") == 1, "and has linked them");
	at = map_at(room + GiB, fd);
	need(at != MAP_FAILED);
	is_int(frame_of(at), 0, "another one, which nobody has touched: nothing is there");
	is_int(mm_fdinfo(fd, "morsel-links"), 1, "nor has it a link");
	need(!munmap(room, 2 * GiB));
}

int main(void)
{
	int fd = make_morsel("m", HUGE), i, round;
	pid_t pids[MAPPERS];

	need(pwrite(fd, "\1", 1, 0) == 1);
	nl_open(&nl);
	shared = shared_page();
	look_at_one(fd);
	rights_give(&nl, "m", ALICE, "rw", false);
	for (i = 0; i < MAPPERS; i++)
		pids[i] = start_child(mapper, &shared->mappers[i]);
	for (round = 1; round <= ROUNDS; round++)
		run_round(round);
	for (i = 0; i < MAPPERS; i++) {
		is_int(wait_child(pids[i], 20), 0, "mapper %d ends", i);
		is_int(shared->mappers[i].error, 0, "mapper %d: refused for its right only", i);
		is_int(shared->mappers[i].used, 0, "mapper %d: no use after the reply", i);
		is_int(shared->mappers[i].used + shared->mappers[i].refused, ROUNDS,
		       "mapper %d: a mapping in each round", i);
	}
	return done_testing();
}
