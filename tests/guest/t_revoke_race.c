// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No store lands after the reply to a revoke: writers spin on every CPU, through
 * mappings, system calls and children that come and go; after each reply their words
 * are read through another mapping and must not change.  Nor does a load: a reader must
 * not show what is stored through another mapping after the reply.  The kernel's command
 * line may say revoke.rounds=, how often of each kind.
 * pool: size=64M,name=p
 * groups: rights race
 * cpus: 3
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/grants.h"
#include "lib/parameter.h"

enum {
	CHUNK = 2 << 20,
	SIZE = 2 * CHUNK,
	WRITERS = 4,
	ROUNDS = 25,
	WORDS_APART = 512,		 /* a writer's word is in a page of its own */
	TO_READ = WRITERS * WORDS_APART, /* the word that the main program alone stores to */
};

static struct nl nl;
static volatile uint64_t *words; /* of the main program, by its own descriptor */
static volatile int *stop;
static volatile uint64_t *seen; /* what the reader has found */

static sigjmp_buf again;

static void caught(int sig)
{
	siglongjmp(again, sig);
}

static volatile uint64_t *map_m(int *fd)
{
	volatile uint64_t *p;

	*fd = open(pool_path("m"), O_RDWR);
	if (*fd < 0)
		return NULL;
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (p != MAP_FAILED)
		return p;
	close(*fd);
	return NULL;
}

static void catch_faults(void)
{
	struct sigaction action = { .sa_handler = caught, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

/* One that has become read-only stays so until somebody asks. */
static void make_writable(volatile uint64_t *p)
{
	(void)!mprotect((void *)p, SIZE, PROT_READ | PROT_WRITE);
}

/* Stores as fast as it can; a fault means: try again. */
static int by_mapping(void *arg)
{
	volatile uint64_t *p, *word;
	int fd;

	become_user(ALICE);
	p = map_m(&fd);
	need(p);
	word = p + (intptr_t)arg * WORDS_APART;
	catch_faults();
	if (sigsetjmp(again, 0))
		make_writable(p);
	while (!*stop)
		++*word;
	return 0;
}

/* The descriptor alone. */
static int by_write(void *arg)
{
	uint64_t value = 1;
	int fd;

	become_user(ALICE);
	fd = open(pool_path("m"), O_RDWR);
	need(fd >= 0);
	for (; !*stop; value++)
		(void)!pwrite(fd, &value, 8, (intptr_t)arg * WORDS_APART * 8);
	return 0;
}

/* Children that inherit the mapping and store at once. */
static int by_children(void *arg)
{
	volatile uint64_t *p;
	int fd, status;

	become_user(ALICE);
	p = map_m(&fd);
	need(p);
	while (!*stop) {
		pid_t pid = fork();

		if (!pid) {
			volatile uint64_t *word = p + (intptr_t)arg * WORDS_APART;
			int i;

			for (i = 0; i < 1000; i++)
				++*word;
			_exit(0);
		}
		need(waitpid(pid, &status, 0) == pid);
		if (status)
			make_writable(p);
	}
	return 0;
}

/* Maps and unmaps all the time. */
static int by_mapping_anew(void *arg)
{
	volatile uint64_t *volatile p = NULL;
	volatile int fd = -1;
	int i, got;

	become_user(ALICE);
	catch_faults();
	while (!*stop) {
		if (!sigsetjmp(again, 0)) {
			p = map_m(&got);
			fd = got;
			if (p)
				for (i = 0; i < 1000; i++)
					++p[(intptr_t)arg * WORDS_APART];
		}
		if (p) {
			munmap((void *)p, SIZE);
			close(fd);
			p = NULL;
		}
	}
	return 0;
}

/* Shows what it finds as fast as it can. */
static int by_reading(void *arg)
{
	int fd;
	volatile uint64_t *p;

	(void)arg;
	become_user(ALICE);
	fd = open(pool_path("m"), O_RDONLY);
	need(fd >= 0);
	p = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	need(p != MAP_FAILED);
	catch_faults();
	sigsetjmp(again, 0);
	while (!*stop)
		*seen = p[TO_READ];
	return 0;
}

static void read_words(uint64_t *to)
{
	int i;

	for (i = 0; i < WRITERS; i++)
		to[i] = words[i * WORDS_APART];
}

static int count_moved(const uint64_t *since)
{
	uint64_t now[WRITERS];
	int i, moved;

	read_words(now);
	for (i = 0, moved = 0; i < WRITERS; i++)
		moved += now[i] != since[i];
	return moved;
}

static bool is_shown(void)
{
	return *seen == words[TO_READ];
}

/* How often each had done something while it might, and did after the reply. */
struct tally {
	long stores, late_stores;
	long loads, late_loads;
};

/* Wait until each of them has stored something and the reader has it, or for a second. */
static void wait_for_use(const uint64_t *since, struct tally *tally)
{
	int64_t end = now_ms() + 1000 * time_scale();
	bool shown, all;
	int moved;

	do {
		moved = count_moved(since);
		shown = is_shown();
		all = moved == WRITERS && shown;
		if (!all)
			sched_yield();
	} while (!all && now_ms() < end);
	tally->stores += moved;
	tally->loads += shown;
}

/* Whose words change, and what is seen of a new one, within some time after the reply. */
static void look_for_late(struct tally *tally)
{
	uint64_t before[WRITERS];

	read_words(before);
	words[TO_READ]++;
	usleep(500);
	tally->late_stores += count_moved(before);
	tally->late_loads += is_shown();
}

static void run_rounds(const char *left, const char *what)
{
	long round, n = parameter("revoke.rounds=", ROUNDS);
	struct tally tally = { 0 };
	uint64_t since[WRITERS];

	for (round = 0; round < n; round++) {
		read_words(since);
		rights_give(&nl, "m", ALICE, "rw", round & 1);
		wait_for_use(since, &tally);
		rights_give(&nl, "m", ALICE, left, true);
		look_for_late(&tally);
	}
	is_int(tally.late_stores, 0, "%s: no store after the reply, in %ld rounds", what, n);
	if (!*left)
		is_int(tally.late_loads, 0, "%s: nor a load", what);
	ok(tally.stores > n * (WRITERS - 1), "each time the writers had written: %ld of %ld",
	   tally.stores, n * WRITERS);
	ok(tally.loads > n * 9 / 10, "and the reader had read: %ld of %ld", tally.loads, n);
}

int main(void)
{
	int (*const writers[WRITERS])(void *) = { by_mapping, by_write, by_children,
						  by_mapping_anew };
	int fd = make_morsel("m", SIZE), i;
	pid_t pids[WRITERS], reader;

	nl_open(&nl);
	words = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(words != MAP_FAILED);
	stop = shared_page();
	seen = shared_page();
	rights_give(&nl, "m", ALICE, "rw", false);
	for (i = 0; i < WRITERS; i++)
		pids[i] = start_child(writers[i], (void *)(intptr_t)i);
	reader = start_child(by_reading, NULL);
	run_rounds("", "all is revoked");
	run_rounds("r", "the right to write is revoked");
	rights_give(&nl, "m", ALICE, "rw", true);
	*stop = 1;
	for (i = 0; i < WRITERS; i++)
		is_int(wait_child(pids[i], 20), 0, "writer %d ends", i);
	is_int(wait_child(reader, 20), 0, "the reader ends");
	munmap((void *)words, SIZE);
	close(fd);
	return done_testing();
}
