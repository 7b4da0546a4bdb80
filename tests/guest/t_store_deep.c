// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the library does to make stores last: lines by the CPU alone, or with the device
 * asked to empty its queues, which costs the pages of the range and no more.
 * nvdimm: 66M
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store
 * timeout: 60
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <errno.h>
#include <fcntl.h>
#include <morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tap.h"

#define DEV "/dev/pmem0"

enum {
	PAGE = 4096,
	PAGE_LINES = PAGE / 64,
	HUGE_PAGE = 2 << 20,
	SIZE = 2 * HUGE_PAGE,
};

/*
 * Writes that the device has finished.  Contents are no I/O here: what it is asked for is to
 * empty its queues, which counts as a write of nothing.
 */
static long device_flushes(void)
{
	char text[512] = "", *word, *rest = text;
	int fd = open("/sys/block/pmem0/stat", O_RDONLY), field = 5;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		bail_out("no statistics of the device: %s", strerror(errno));
	close(fd);
	while ((word = strtok_r(rest, " ", &rest)) && --field)
		;
	return word ? atol(word) : -1;
}

static long lines(void)
{
	return read_long("/sys/kernel/debug/morsel/pmem0/lines");
}

static char *map_pool(void)
{
	char *p;
	int fd;

	mkdir("/mnt/p", 0755);
	if (mount(DEV, "/mnt/p", "morsel", 0, NULL))
		bail_out("mount: %s", strerror(errno));
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	fd = open("/mnt/p/a", O_RDWR | O_CREAT, 0666);
	if (fd < 0 || fallocate(fd, 0, 0, SIZE))
		bail_out("an object: %s", strerror(errno));
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	if (p == MAP_FAILED)
		bail_out("mmap: %s", strerror(errno));
	close(fd);
	return p;
}

static void test_persist(char *p)
{
	long flushes = device_flushes(), had = lines();

	memset(p + 100, 1, 5000);
	morsel_persist(p + 100, 5000);
	is_int(device_flushes() - flushes, 0, "the CPU alone: the device is not asked");
	is_int(lines() - had, 0, "nor is the module");
}

static void test_deep(char *p)
{
	long flushes, had;

	memset(p, 2, SIZE);
	is_int(morsel_deep_flush(p, SIZE), 0, "all of it, deep");
	flushes = device_flushes();
	had = lines();
	p[3 * PAGE + 5] = 3;
	is_int(morsel_deep_flush(p + 3 * PAGE + 5, 1), 0, "one byte, deep");
	ok(device_flushes() > flushes, "the device has emptied its queues");
	ok(lines() - had >= PAGE_LINES && lines() - had < 4 * PAGE_LINES,
	   "its page was written back, not the object");
	diag("%ld lines", lines() - had);
	flushes = device_flushes();
	is_int(morsel_deep_flush(p, 0), 0, "nothing, deep");
	is_int(device_flushes() - flushes, 0, "asks nobody");
}

static void test_errors(char *p)
{
	char *own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(!munmap(p + HUGE_PAGE, HUGE_PAGE));
	is_int(morsel_deep_flush(p + HUGE_PAGE - PAGE, 2 * PAGE), -ENOMEM,
	       "a part that is not mapped");
	is_int(morsel_deep_flush(own, PAGE), 0, "other memory: nothing to do");
}

/* Who has nothing but the mapping. */
static int as_anybody(void *p)
{
	long flushes = device_flushes();

	become_user(1000);
	return morsel_deep_flush(p, PAGE) || device_flushes() == flushes;
}

int main(void)
{
	char *p;

	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " deep > /dev/null"));
	need(!write_text("/sys/block/pmem0/queue/iostats", "1"));
	p = map_pool();
	test_persist(p);
	test_deep(p);
	is_int(in_child(as_anybody, p, 10), 0, "it takes no right but the mapping");
	test_errors(p);
	return done_testing();
}
