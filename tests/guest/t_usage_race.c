// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading usage beside who maps, faults and unmaps: children do that beside loops of usage with
 * scans, of dumps of usage and of attachments, and beside dumps that nobody reads on with, which
 * hold nobody up.  What is told meanwhile is possible, and exact at the end.
 * pool: size=64M,name=p
 * groups: usage race
 * cpus: 3
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nltest.h"

enum {
	PAGE = 4096,
	CHUNK = 2 << 20,
	SIZE = 8 * CHUNK,
	MAPPERS = 3,
	LOOPS = 3,
	HELD = 300, /* mappings that stay: more than a datagram tells of */
};

struct board {
	volatile int held, go, stop;
	volatile pid_t holder;
	volatile long rounds[MAPPERS];
	volatile long maps[MAPPERS], asked[LOOPS];
};

static struct board *board;
static long rounds;

/* A link for the GiB, for each 2 MiB, and copies of leaves. */
static const size_t lengths[] = { 1 << 30, SIZE, SIZE - 3 * PAGE };

static bool one_round(int fd, long n)
{
	size_t len = lengths[n % 3], off;
	int prot = n % 2 ? PROT_READ : PROT_READ | PROT_WRITE;
	volatile char *p = mmap(NULL, len, prot, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return false;
	for (off = n % CHUNK; off < SIZE - 4 * PAGE; off += CHUNK / 2)
		if (n % 2)
			(void)p[off];
		else
			p[off] = 1;
	if (n % 5 == 0 && munmap((void *)(p + CHUNK), CHUNK))
		return false;
	return munmap((void *)p, len) == 0;
}

/* What is cut out of a mapping makes it three. */
static int mapper(void *arg)
{
	int fd = open(pool_path("m"), O_RDWR), i = (intptr_t)arg;
	long n;

	need(fd >= 0);
	while (!board->go)
		sched_yield();
	for (n = 0; n < rounds; n++) {
		need(one_round(fd, n));
		board->maps[i] += n % 5 ? 1 : 3;
		board->rounds[i]++;
	}
	return 0;
}

static void usage_begin(struct nl *nl, uint64_t max_age)
{
	nl_object(nl, MORSEL_CMD_USAGE_GET, "p", "m");
	nl_u64(nl, MORSEL_A_OBJECT_MAX_AGE, max_age);
}

/* At most three mappings at a time of each mapper, beside those that stay. */
static bool possible(const struct nl *nl)
{
	uint64_t maps = nl_number(nl, MORSEL_A_OBJECT_MAPS);
	uint64_t unmaps = nl_number(nl, MORSEL_A_OBJECT_UNMAPS);
	uint64_t processes = nl_number(nl, MORSEL_A_OBJECT_PROCESSES);
	uint64_t mappings = nl_number(nl, MORSEL_A_OBJECT_ATTACHMENTS);

	return maps >= unmaps && processes >= 1 && processes <= 1 + MAPPERS && mappings >= HELD &&
	       mappings <= HELD + 3 * MAPPERS && nl_number(nl, MORSEL_A_OBJECT_ACTIVE) <= SIZE;
}

static int scans(struct nl *nl)
{
	usage_begin(nl, 0);
	need(nl_talk(nl) == 0);
	return !possible(nl);
}

static void each_usage(struct nl *nl, void *bad)
{
	if (nl_has(nl, MORSEL_A_OBJECT_MAPS) && !possible(nl))
		++*(int *)bad;
}

static int dumps_usage(struct nl *nl)
{
	int bad = 0;

	nl_begin(nl, MORSEL_CMD_USAGE_GET);
	nl_str(nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(nl, MORSEL_A_OBJECT_MAX_AGE, 0);
	need(nl_dump(nl, each_usage, &bad) == 0);
	return bad;
}

struct told {
	int all, held;
};

static void each_attachment(struct nl *nl, void *arg)
{
	struct told *told = arg;

	told->all++;
	told->held += nl_number(nl, MORSEL_A_OBJECT_MAP_PID) == (uint64_t)board->holder;
}

static int dumps_attachments(struct nl *nl)
{
	struct told told = { 0 };

	nl_object(nl, MORSEL_CMD_ATTACHMENT_GET, "p", "m");
	need(nl_dump(nl, each_attachment, &told) == 0);
	return told.held != HELD;
}

static int (*const loops[LOOPS])(struct nl *) = { scans, dumps_usage, dumps_attachments };

static int loop(void *arg)
{
	int i = (intptr_t)arg;
	static struct nl nl;

	nl_open(&nl);
	for (; !board->stop; board->asked[i]++)
		need(loops[i](&nl) == 0);
	return 0;
}

static void no_more(struct nl *nl, void *arg)
{
	(void)nl;
	(void)arg;
}

/* The mappers go on meanwhile; the rest is asked for when they have ended. */
static void begin_dump(struct nl *nl)
{
	nl_open(nl);
	nl_object(nl, MORSEL_CMD_ATTACHMENT_GET, "p", "m");
	nl_send(nl, NLM_F_DUMP);
	is_int(nl_dump_answer(nl, no_more, NULL, true), EAGAIN, "a dump that is not read on with");
}

static int holder(void *arg)
{
	int fd = open(pool_path("m"), O_RDONLY), i;
	volatile char *p;

	(void)arg;
	for (i = 0; i < HELD; i++) {
		p = mmap(NULL, lengths[i % 3], PROT_READ, MAP_SHARED, fd, 0);
		need(p != MAP_FAILED);
		(void)p[i * PAGE];
	}
	board->held = 1;
	pause();
	return 0;
}

static void start_holder(void)
{
	board->holder = start_child(holder, NULL);
	while (!board->held)
		usleep(1000);
}

static void map_beside_loops(void)
{
	pid_t mappers[MAPPERS], readers[LOOPS];
	static struct nl begun;
	int i;

	for (i = 0; i < MAPPERS; i++)
		mappers[i] = start_child(mapper, (void *)(intptr_t)i);
	for (i = 0; i < LOOPS; i++)
		readers[i] = start_child(loop, (void *)(intptr_t)i);
	for (i = 0; i < LOOPS; i++)
		while (!board->asked[i])
			usleep(1000);
	begin_dump(&begun);
	board->go = 1;
	for (i = 0; i < MAPPERS; i++)
		is_int(wait_child(mappers[i], 60), 0, "mapper %d ends", i);
	board->stop = 1;
	for (i = 0; i < LOOPS; i++)
		is_int(wait_child(readers[i], 20), 0, "loop %d was told what can be", i);
	is_int(nl_dump_answer(&begun, no_more, NULL, false), 0, "its rest is there");
	nl_close(&begun);
}

static long sum_of_maps(void)
{
	long sum = 0;
	int i;

	for (i = 0; i < MAPPERS; i++)
		sum += board->maps[i];
	return sum;
}

static void check_end(void)
{
	static struct nl nl;

	nl_open(&nl);
	usage_begin(&nl, 0);
	granted(&nl, "usage at the end");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_PROCESSES), 1, "one process is left");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ATTACHMENTS), HELD, "with its mappings");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_UNMAPS), sum_of_maps(), "all others have ended");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MAPS), HELD + sum_of_maps(), "and each has counted");
	nl_close(&nl);
}

int main(void)
{
	int fd = make_morsel("m", SIZE), i;

	board = shared_page();
	rounds = on_debug_kernel() ? 200 : 1000;
	need(fallocate(fd, 0, 0, SIZE) == 0);
	start_holder();
	map_beside_loops();
	for (i = 0; i < MAPPERS; i++)
		is_int(board->rounds[i], rounds, "mapper %d was held up for ever by nothing", i);
	for (i = 0; i < LOOPS; i++)
		ok(board->asked[i] > 1, "loop %d asked %ld times", i, board->asked[i]);
	check_end();
	kill(board->holder, SIGKILL);
	wait_child(board->holder, 20);
	return done_testing();
}
