// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Media errors, told by the driver while a pool is mounted, or known to it before: who
 * maps the bytes gets SIGBUS with the address, who reads or writes them EIO; there is an
 * event, and the object says so.  All the rest goes on, also of the same 2 MiB.
 * nvdimm: 66M
 * modules: nfit nd_pmem hwpoison-inject
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store
 * timeout: 60
 * log-allow: .*Memory failure.*|.*Injecting memory failure.*|.*morsel: pool p: .*
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

#define DEV  "/dev/pmem0"
#define POOL "/mnt/p/"
#define PAGE 4096UL
#define HUGE (2UL << 20)

static struct nl events, nl;

/* ---- objects ---- */

/* Its pages say which ones they are. */
static int make(const char *path, unsigned long pages)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	static uint64_t page[PAGE / 8];

	need(fd >= 0 && !fallocate(fd, 0, 0, pages * PAGE));
	for (page[0] = 0; page[0] < pages; page[0]++)
		need(pwrite(fd, page, PAGE, page[0] * PAGE) == PAGE);
	return fd;
}

static volatile uint64_t *map(int fd, unsigned long pages)
{
	void *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED);
	return p;
}

static sigjmp_buf out;
static siginfo_t got;

static void caught(int sig, siginfo_t *info, void *context)
{
	got = *info;
	siglongjmp(out, 1);
}

enum outcome { SAME, OTHER, NO_WAY, ELSEWHERE };

/* Load page @i, or store to it. */
static enum outcome touch(volatile uint64_t *p, unsigned long i, bool store)
{
	volatile uint64_t *at = p + i * PAGE / 8;

	memset(&got, 0, sizeof(got));
	if (sigsetjmp(out, 1))
		return got.si_code == BUS_MCEERR_AR && got.si_addr == (void *)(at + store) ?
			       NO_WAY :
			       ELSEWHERE;
	if (store)
		at[1] = i;
	return *at == i ? SAME : OTHER;
}

/* Pages of @pages, without page @but, that are not as they were made. */
static unsigned long wrong(volatile uint64_t *p, unsigned long pages, unsigned long but)
{
	unsigned long i, bad = 0;

	for (i = 0; i < pages; i++)
		bad += i != but && touch(p, i, false) != SAME;
	return bad;
}

static bool poisoned(const char *path)
{
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", path);
	need(!nl_talk(&nl));
	return nl_has(&nl, MORSEL_A_OBJECT_POISONED);
}

/* ---- told while it is mounted ---- */

static volatile int *turn;

static int bystander(void *arg)
{
	volatile uint64_t *p = map(*(int *)arg, 8);

	if (wrong(p, 8, 8))
		return 1;
	*turn = 1;
	while (*turn != 2)
		usleep(1000);
	if (touch(p, 3, false) != NO_WAY)
		return 2;
	return wrong(p, 8, 3) ? 3 : 0;
}

static void told_of(const char *path, uint64_t page)
{
	/* There is one for each access to what was lost before as well. */
	while (!nl_event(&events, 2000 * time_scale()) &&
	       (events.command != MORSEL_CMD_ERROR_NTF ||
		strcmp(nl_string(&events, MORSEL_A_ALERT_PATH), path)))
		;
	is_int(events.command, MORSEL_CMD_ERROR_NTF, "%s: an event", path);
	ok(!strcmp(nl_string(&events, MORSEL_A_ALERT_PATH), path), "%s: of that object", path);
	is_int(nl_number(&events, MORSEL_A_ALERT_START), page * PAGE, "%s: where", path);
	is_int(nl_number(&events, MORSEL_A_ALERT_LENGTH), PAGE, "%s: how much", path);
	is_int(nl_number(&events, MORSEL_A_ALERT_ERROR), EIO, "%s: why", path);
}

static void small_frames(void)
{
	int fd = make(POOL "a", 8);
	volatile uint64_t *p = map(fd, 8);
	pid_t pid = start_child(bystander, &fd);
	char buf[2 * PAGE];

	is_int(wrong(p, 8, 8), 0, "all is there");
	while (!*turn)
		usleep(1000);
	ok(!poisoned("a"), "the object has no error yet");
	is_int(madvise((char *)p + 3 * PAGE, PAGE, MADV_HWPOISON), 0, "the fourth page is lost");
	told_of("a", 3);
	*turn = 2;
	is_int(touch(p, 3, false), NO_WAY, "a load: SIGBUS with the address");
	is_int(touch(p, 3, true), NO_WAY, "a store: SIGBUS with the address");
	is_int(wrong(p, 8, 3), 0, "the other pages are as they were");
	is_int(wait_child(pid, 20), 0, "another process sees the same");
	ok(poisoned("a"), "the object says so");
	ok(!system("morsel-admin -H stat -o poisoned p:a | grep -q ."), "the tool shows it");
	is_errno(pread(fd, buf, PAGE, 3 * PAGE), EIO, "read(2) of it");
	is_errno(pwrite(fd, buf, 1, 3 * PAGE), EIO, "write(2) to it");
	is_int(pread(fd, buf, 2 * PAGE, 2 * PAGE), PAGE, "read(2) from before it ends there");
	is_int(pread(fd, buf, PAGE, 4 * PAGE), PAGE, "read(2) of the next");
	is_int(fsync(fd), 0, "fsync");

	is_int(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 3 * PAGE, PAGE), 0,
	       "a hole is punched there");
	is_int(touch(p, 3, false), OTHER, "it reads zeros");
	buf[0] = 3;
	memset(buf + 1, 0, sizeof(buf) - 1);
	is_int(pwrite(fd, buf, PAGE, 3 * PAGE), PAGE, "it is written again");
	is_int(wrong(p, 8, 8), 0, "all is there again");
	munmap((void *)p, 8 * PAGE);
	close(fd);
}

static void large_frames(void)
{
	int fd = make(POOL "h", 1024);
	volatile uint64_t *p = map(fd, 1024);

	is_int(wrong(p, 1024, 1024), 0, "4 MiB in large frames");
	is_int(madvise((char *)p + 700 * PAGE, PAGE, MADV_HWPOISON), 0, "a page of them is lost");
	told_of("h", 700);
	is_int(touch(p, 700, false), NO_WAY, "SIGBUS there");
	is_int(wrong(p, 1024, 700), 0, "and nowhere else");
	is_int(ftruncate(fd, 700 * PAGE + 100), 0, "cut in the middle of it");
	is_int(touch(p, 700, false), NO_WAY, "it is lost still");
	is_int(ftruncate(fd, 702 * PAGE), 0, "and grown over it");
	is_int(wrong(p, 700, 700), 0, "what is before it is there");
	is_int(touch(p, 701, false), OTHER, "what is behind it is zeros");
	is_int(fallocate(fd, FALLOC_FL_ZERO_RANGE, 698 * PAGE, 4 * PAGE), 0, "zeroed around it");
	munmap((void *)p, 1024 * PAGE);
	close(fd);
	is_int(unlink(POOL "h"), 0, "removed");
}

/* Bytes that are no object's: here the first superblock. */
static void no_contents(uint64_t first_pfn)
{
	char text[32];

	kmsg_mark();
	snprintf(text, sizeof(text), "%#jx", (uintmax_t)first_pfn);
	is_errno(write_text("/sys/kernel/debug/hwpoison/corrupt-pfn", text), EIO,
		 "what is not contents is not settled so");
	ok(kmsg_has("perhaps some of it is not contents"), "and the log says it");
}

/* ---- known before ---- */

static uint64_t first_byte(void)
{
	char text[32] = "";
	int fd = open("/sys/block/pmem0/device/resource", O_RDONLY);

	need(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return strtoull(text, NULL, 0);
}

static void known(uint64_t lost)
{
	char text[64];
	volatile uint64_t *p;
	int fd;

	snprintf(text, sizeof(text), "%ju 8", (uintmax_t)(lost / 512));
	need(!write_text("/sys/block/pmem0/badblocks", text));
	is_int(mount(DEV, POOL, "morsel", 0, NULL), 0, "a pool with a bad block is mounted");
	ok(poisoned("b"), "the object says so");
	ok(!poisoned("a"), "the other one does not");
	fd = open(POOL "b", O_RDWR);
	need(fd >= 0);
	p = map(fd, 8);
	is_int(touch(p, 5, false), NO_WAY, "a load of what is known to be lost");
	is_int(wrong(p, 8, 5), 0, "the rest is there");
	is_errno(pread(fd, text, 1, 5 * PAGE), EIO, "read(2) of what is known to be lost");
	munmap((void *)p, 8 * PAGE);
	close(fd);
	is_int(unlink(POOL "b"), 0, "the object is removed");
}

/* All that is free, and none of it is what was lost. */
static void fill_up(uint64_t lost)
{
	int fd = open(POOL "full", O_RDWR | O_CREAT, 0600);
	unsigned long pages = 0, i, again = 0;
	volatile uint64_t *p;
	uint64_t page[PAGE / 8] = { 0 };

	need(fd >= 0);
	for (; pwrite(fd, page, PAGE, pages * PAGE) == PAGE; page[0]++)
		pages++;
	is_int(errno, ENOSPC, "the pool is filled");
	p = map(fd, pages);
	is_int(wrong(p, pages, pages), 0, "with %lu pages that are as they were written", pages);
	for (i = 0; i < pages; i++)
		again += frame_of(p + i * PAGE / 8) == lost;
	is_int(again, 0, "none of which is the one that was lost");
	munmap((void *)p, pages * PAGE);
	close(fd);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO };
	volatile uint64_t *p;
	uint64_t lost;
	int fd;

	sigaction(SIGBUS, &action, NULL);
	turn = shared_page();
	mkdir(POOL, 0755);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " p"));
	need(!mount(DEV, POOL, "morsel", 0, NULL));
	nl_open(&nl);
	nl_open(&events);
	nl_join(&events);
	small_frames();
	large_frames();
	fd = make(POOL "b", 8);
	p = map(fd, 8);
	is_int(wrong(p, 8, 8), 0, "other objects can be made");
	lost = frame_of(p + 5 * PAGE / 8);
	munmap((void *)p, 8 * PAGE);
	close(fd);
	no_contents(first_byte() / PAGE);
	is_int(umount(POOL), 0, "unmounted");
	known(lost * PAGE - first_byte());
	fill_up(lost);
	is_int(umount(POOL), 0, "unmounted again");
	ok(!system("pool_format --check " DEV), "nothing is wrong with it");
	return done_testing();
}
