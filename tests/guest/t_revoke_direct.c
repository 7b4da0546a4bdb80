// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revoke against direct I/O: a RAM disk is read into mappings of an object and written
 * from them, by a process that loses its rights again and again.  What was in flight may
 * end; nothing that begins after the reply gets at the object.
 * pool: size=64M,name=p
 * groups: rights race gup
 * cpus: 3
 * timeout: 90
 * modules: brd
 * leak-check: no, a RAM disk keeps what was written to it
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/grants.h"
#include "lib/parameter.h"

enum {
	CHUNK = 2 << 20,
	LEN = 64 << 10, /* of one transfer */
	ROUNDS = 200,
};

/* What a process and the main program say to each other. */
struct direct {
	bool into; /* the object; else out of it */
	int disk, place;
	atomic_long revoked; /* the round in which its right is gone; 0: it is not */
	atomic_long granted; /* transfers that went well, in all */
	atomic_long refused; /* and those that did not, for EFAULT */
	atomic_long late;    /* went well though they began after the reply */
	atomic_long strange; /* ended in another way */
	pid_t pid;
};

enum {
	PROCESSES = 3,
};

static struct nl nl;
static struct direct *directs;
static atomic_int *stop;

static int transfer(void *arg)
{
	struct direct *d = arg;
	char *map, *at;
	int fd;

	become_user(ALICE);
	fd = open(pool_path("m"), d->into ? O_RDWR : O_RDONLY);
	map = mmap(NULL, CHUNK, d->into ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	need(fd >= 0 && map != MAP_FAILED);
	at = map + (long)d->place * LEN;
	while (!atomic_load(stop)) {
		long before = atomic_load(&d->revoked);
		ssize_t n = d->into ? pread(d->disk, at, LEN, 0) : pwrite(d->disk, at, LEN, LEN);
		int error = n < 0 ? errno : 0;

		if (n == LEN)
			d->granted++;
		else if (error == EFAULT)
			d->refused++;
		else
			d->strange++;
		if (n > 0 && before && before == atomic_load(&d->revoked))
			d->late++;
		/* A mapping that has become read-only stays so until somebody asks. */
		if (error && d->into)
			(void)!mprotect(map, CHUNK, PROT_READ | PROT_WRITE);
	}
	return 0;
}

/* Wait until each of those that @count looks at has come further, or for a second. */
static int wait_for(atomic_long *(*count)(struct direct *d), bool all)
{
	int64_t end = now_ms() + 1000 * time_scale();
	long since[PROCESSES];
	int i, moved;

	for (i = 0; i < PROCESSES; i++)
		since[i] = atomic_load(count(&directs[i]));
	do {
		for (i = 0, moved = 0; i < PROCESSES; i++)
			moved += (!all && !directs[i].into) ||
				 atomic_load(count(&directs[i])) != since[i];
		if (moved < PROCESSES)
			sched_yield();
	} while (moved < PROCESSES && now_ms() < end);
	return moved == PROCESSES;
}

static atomic_long *granted_of(struct direct *d)
{
	return &d->granted;
}

static atomic_long *refused_of(struct direct *d)
{
	return &d->refused;
}

/* Those that only read the object have lost nothing while they @may_read. */
static void set_revoked(long round, bool may_read)
{
	int i;

	for (i = 0; i < PROCESSES; i++)
		if (directs[i].into || !may_read)
			atomic_store(&directs[i].revoked, round);
}

/* @left: the rights that stay; with "r" those who only read the object go on. */
static void run_rounds(const char *left, const char *what)
{
	long round, went = 0, ended = 0, late = 0, strange = 0;
	long n = parameter("revoke.rounds=", ROUNDS);
	int i;

	for (round = 1; round <= n; round++) {
		rights_give(&nl, "m", ALICE, "rw", round & 1);
		went += wait_for(granted_of, true);
		rights_give(&nl, "m", ALICE, left, true);
		set_revoked(round, *left);
		ended += wait_for(refused_of, !*left);
		set_revoked(0, *left);
	}
	for (i = 0; i < PROCESSES; i++) {
		late += atomic_load(&directs[i].late);
		strange += atomic_load(&directs[i].strange);
	}
	is_int(late, 0, "%s: nothing that begins after the reply, in %ld rounds", what, n);
	is_int(strange, 0, "%s: what is refused is refused with EFAULT", what);
	is_int(went, n, "%s: each time all of them had got at it", what);
	is_int(ended, n, "%s: and each time they could not any more", what);
}

int main(void)
{
	int fd = make_morsel("m", CHUNK), disk = open("/dev/ram0", O_RDWR | O_DIRECT), i;

	need(disk >= 0 && !fallocate(fd, 0, 0, CHUNK));
	nl_open(&nl);
	directs = shared_page();
	stop = shared_page();
	rights_give(&nl, "m", ALICE, "rw", false);
	for (i = 0; i < PROCESSES; i++) {
		directs[i].into = i < PROCESSES - 1;
		directs[i].disk = disk;
		directs[i].place = i;
		directs[i].pid = start_child(transfer, &directs[i]);
	}
	run_rounds("", "all is revoked");
	run_rounds("r", "the right to write is revoked");
	rights_give(&nl, "m", ALICE, "rw", true);
	atomic_store(stop, 1);
	for (i = 0; i < PROCESSES; i++)
		is_int(wait_child(directs[i].pid, 20), 0, "process %d ends", i);
	close(disk);
	close(fd);
	return done_testing();
}
