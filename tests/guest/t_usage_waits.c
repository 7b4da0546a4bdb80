// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who maps, faults and unmaps is not held up by who reads usage: in the time of reads as many
 * rounds of a process end on one CPU as between them, but for what a busy machine takes.  Reads
 * last much longer than rounds: with a lock held over a read one round would end in it.
 * pool: size=256M,name=p,huge=never
 * groups: usage race
 * cpus: 3
 * timeout: 90
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "nltest.h"

enum {
	PAGE = 4096,
	CHUNK = 2 << 20,
	SIZE = 224 << 20, /* in 4 KiB frames: their bits are many */
	HELD = 1000,	  /* mappings to be told of */
	READS = 20,	  /* of a kind */
	PAUSE = 120,	  /* ms; what was scanned less than 100 ms ago is not scanned */
	SLOWER = 10,	  /* that a busy machine may make it */
};

struct kind {
	const char *name;
	void (*read)(struct nl *nl);
};

enum { KINDS = 3, PAUSES = KINDS };

static struct board {
	volatile int doing; /* a kind of read, or PAUSES */
	volatile int end;
	volatile long rounds[KINDS + 1]; /* that ended meanwhile */
	int64_t us[KINDS + 1];
} * board;

static char *touched; /* a mapping of all of it */
static struct nl nl;

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(!sched_setaffinity(0, sizeof(set), &set));
}

/* ---- reads ---- */

static void ignore(struct nl *n, void *arg)
{
	(void)n;
	++*(int *)arg;
}

static void scan(struct nl *n)
{
	nl_object(n, MORSEL_CMD_USAGE_GET, "p", "m");
	nl_u64(n, MORSEL_A_OBJECT_MAX_AGE, 0);
	need(!nl_talk(n));
}

static void dump_usage(struct nl *n)
{
	int told = 0;

	nl_begin(n, MORSEL_CMD_USAGE_GET);
	nl_str(n, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(n, MORSEL_A_OBJECT_MAX_AGE, 0);
	need(!nl_dump(n, ignore, &told) && told >= 1);
}

static void dump_attachments(struct nl *n)
{
	int told = 0;

	nl_object(n, MORSEL_CMD_ATTACHMENT_GET, "p", "m");
	need(!nl_dump(n, ignore, &told) && told >= HELD);
}

static const struct kind kinds[KINDS] = {
	{ "a scan", scan },
	{ "a dump of usage", dump_usage },
	{ "a dump of mappings", dump_attachments },
};

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* From now on. */
static void now_doing(int what)
{
	static int64_t since;
	int64_t now = now_us();

	board->us[board->doing] += since ? now - since : 0;
	board->doing = what;
	since = now;
}

static void touch_all(void)
{
	size_t off;

	for (off = 0; off < SIZE; off += PAGE)
		((volatile char *)touched)[off] = 1;
}

static void read_all(void)
{
	int i;

	for (i = 0; i < READS * KINDS; i++) {
		now_doing(PAUSES);
		touch_all();
		usleep(PAUSE * 1000);
		now_doing(i % KINDS);
		kinds[i % KINDS].read(&nl);
	}
	now_doing(PAUSES);
}

/* ---- rounds ---- */

static int mapper(void *arg)
{
	int fd = *(int *)arg;
	volatile char *p;
	long n;

	on_cpu(1);
	for (n = 0; !board->end; n++) {
		p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		need(p != MAP_FAILED);
		p[n * PAGE % CHUNK] = 1;
		need(!munmap((void *)p, CHUNK));
		board->rounds[board->doing]++;
	}
	return 0;
}

static double in_a_second(int what)
{
	return 1e6 * board->rounds[what] / board->us[what];
}

static void judge(void)
{
	int i;

	diag("between reads: %.0f rounds a second", in_a_second(PAUSES));
	for (i = 0; i < KINDS; i++) {
		diag("during %s: %.0f; %ld rounds in a read", kinds[i].name, in_a_second(i),
		     board->rounds[i] / READS);
		ok(in_a_second(i) * SLOWER >= in_a_second(PAUSES),
		   "%s holds up nobody who maps, faults and unmaps", kinds[i].name);
	}
}

/* Both views have all their leaves. */
static void fill(int fd)
{
	int i, prot, flags;

	for (i = 0; i < HELD; i++) {
		prot = i % 2 ? PROT_READ : PROT_READ | PROT_WRITE;
		flags = MAP_SHARED | (i < 2 ? MAP_POPULATE : 0);
		touched = mmap(NULL, SIZE, prot, flags, fd, 0);
		need(touched != MAP_FAILED);
	}
	touched = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(touched != MAP_FAILED);
}

int main(void)
{
	int fd = make_morsel("m", SIZE);
	pid_t child;

	board = shared_page();
	board->doing = PAUSES;
	need(!fallocate(fd, 0, 0, SIZE));
	child = start_child(mapper, &fd);
	on_cpu(2);
	nl_open(&nl);
	fill(fd);
	read_all();
	board->end = 1;
	is_int(wait_child(child, 20), 0, "the mapper ends");
	judge();
	return done_testing();
}
