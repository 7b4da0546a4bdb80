// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Races in which the contents do not change: faults beside MADV_DONTNEED, beside
 * walkers of page tables, mprotect, mmap and munmap, fork.  A fault that links
 * while somebody zaps would let him erase the shared tables.
 * groups: race hazard
 * timeout: 150
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

static int dontneed(struct actor *a, unsigned int n)
{
	static __thread unsigned int seed = 1;
	off_t off = mm_random_page(a->obj, &seed) - a->geo->offset;

	if (n % 4)
		want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	else
		want(madvise(a->map + off, PAGE, MADV_DONTNEED) == 0);
	return 0;
}

static int protect(struct actor *a, unsigned int n)
{
	static const int prots[] = { PROT_READ, PROT_NONE, PROT_READ | PROT_WRITE, PROT_READ };
	int prot = prots[n % 4];

	if (!a->writable)
		prot &= ~PROT_WRITE;
	want(mprotect(a->map, a->len, prot) == 0);
	return 0;
}

/* Another mapping of the same object, used a little, gone in one go or in parts. */
static int map_unmap(struct actor *a, unsigned int n)
{
	struct actor mine = *a;

	mine.map = mm_map(a->obj, n % 2 ? a->mode : MM_RO);
	mine.writable = a->writable && n % 2;
	if (n % 3 && race_touch(&mine, n))
		return 1;
	if (n % 5 == 0 && a->len > 2 * HUGE)
		want(munmap(mine.map + HUGE, HUGE) == 0);
	want(munmap(mine.map, a->len) == 0);
	return 0;
}

/* Over and over at the same place: a fault must not find what the mapping before it had. */
static int map_fixed(struct actor *a, unsigned int n)
{
	static __thread char *at;
	struct actor mine = *a;
	int fd;

	if (!at)
		at = mm_map(a->obj, MM_RO);
	fd = open(a->obj->path, a->writable ? O_RDWR : O_RDONLY);
	want(fd >= 0);
	mine.writable = a->writable && n % 2;
	mine.map = mmap(at, a->len, PROT_READ | (mine.writable ? PROT_WRITE : 0),
			MAP_SHARED | MAP_FIXED, fd, a->geo->offset);
	close(fd);
	want(mine.map == at);
	return race_touch(&mine, n);
}

static int clear_refs(struct actor *a, unsigned int n)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY);
	char what = '1' + n % 4;

	want(fd >= 0);
	want(write(fd, &what, 1) == 1);
	close(fd);
	return 0;
}

static int pageout(struct actor *a, unsigned int n)
{
	want(madvise(a->map, a->len, n % 2 ? MADV_PAGEOUT : MADV_COLD) == 0);
	return 0;
}

/* A process is emptied while its threads still run and fault. */
static int mrelease(struct actor *a, unsigned int n)
{
	struct actor mine = *a;
	int pidfd, status, i;
	pid_t pid = fork();

	if (pid == 0) {
		mine.map = mm_map(a->obj, MM_RO);
		mine.writable = false;
		for (i = 0;; i++)
			if (race_touch(&mine, i))
				_exit(1);
	}
	want(pid > 0);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	want(pidfd >= 0);
	usleep(n % 8 * 1000);
	kill(pid, SIGKILL);
	for (i = 0; i < 20; i++)
		if (syscall(SYS_process_mrelease, pidfd, 0) && errno == ESRCH)
			break;
	close(pidfd);
	want(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	return 0;
}

static const struct race races[] = {
	{ "fault and MADV_DONTNEED", 2, false,
	  { { "touches", race_touch, 2 }, { "zaps", dontneed, 1 } } },
	{ "walkers and MADV_DONTNEED", 2, false,
	  { { "touches", race_touch, 1 }, { "zaps", dontneed, 1 }, { "walks", race_walk, 1 } } },
	{ "fault and mprotect", 2, false,
	  { { "touches", race_touch_segv, 2 }, { "changes", protect, 1 },
	    { "walks", race_walk, 1 } } },
	{ "mmap and munmap", 3, false,
	  { { "touches", race_touch, 1 }, { "maps", map_unmap, 2 }, { "fixed maps", map_fixed, 1 },
	    { "zaps", dontneed, 1 }, { "windows", race_window, 1 } } },
	{ "fork and MADV_DONTNEED", 2, false,
	  { { "touches", race_touch, 1 }, { "zaps", dontneed, 1 }, { "forks", race_fork, 1 },
	    { "idle forks", race_fork_idle, 1 } } },
	{ "process_mrelease", 2, false,
	  { { "touches", race_touch, 1 }, { "reapings", mrelease, 2 },
	    { "windows", race_window, 1 } } },
	{ "clear_refs and pageout", 2, false,
	  { { "touches", race_touch, 1 }, { "clears", clear_refs, 1 }, { "pageouts", pageout, 1 },
	    { "zaps", dontneed, 1 }, { "walks", race_walk, 1 } } },
};

int main(void)
{
	static const char *const where[] = { "1 GiB, 2 MiB frames", "1 GiB, 4 KiB frames",
					     "8 MiB, 2 MiB frames", "8 MiB, 4 KiB frames",
					     "5 MiB and 12 KiB" };
	unsigned int i, j;

	mm_baseline();
	for (i = 0; i < sizeof(races) / sizeof(races[0]); i++)
		for (j = 0; j < sizeof(where) / sizeof(where[0]); j++)
			mm_race(&races[i], mm_geometry(where[j]), 0.8);
	mm_baseline_check();
	return done_testing();
}
