// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Races in which the object loses and regains pages: punched and truncated while
 * it is touched, mapped, unmapped, forked and left by exit and SIGKILL.  Nobody
 * sees anything but the right words, zeros or SIGBUS, and no frame that was freed.
 * groups: race hazard
 * timeout: 150
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

static __thread unsigned int seed = 7;

/* Put a page back, by the mapping or by write(2). */
static int put_back(struct actor *a, off_t off)
{
	uint64_t words[PAGE / 8];
	unsigned int i;

	for (i = 0; i < PAGE / 8; i++)
		words[i] = mm_word(a->obj, off + i * 8);
	if (rand_r(&seed) % 2 && a->writable) {
		char *at = a->map + (off - a->geo->offset);

		for (i = 0; i < PAGE; i += PAGE - 8) {
			int sig = mm_try_store(at + i, words[i / 8]);

			want(!sig || sig == SIGBUS);
		}
		return 0;
	}
	want(pwrite(a->obj->fd, words, PAGE, off) == PAGE);
	return 0;
}

static int punch(struct actor *a, unsigned int n)
{
	off_t off = mm_random_page(a->obj, &seed), len = PAGE;

	if (n % 4 == 0) {
		off &= -HUGE;
		len = HUGE;
	}
	want(fallocate(a->obj->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, len) == 0);
	return put_back(a, mm_random_page(a->obj, &seed));
}

/* write(2) beyond the end would make the object longer for good. */
static int truncate_and_back(struct actor *a, unsigned int n)
{
	off_t to = mm_random_page(a->obj, &seed) + (n % 3 ? 0 : 100);

	want(ftruncate(a->obj->fd, n % 8 ? to : 0) == 0);
	want(ftruncate(a->obj->fd, a->geo->size) == 0);
	return put_back(a, mm_random_page(a->obj, &seed));
}

static int map_unmap(struct actor *a, unsigned int n)
{
	struct actor mine = *a;

	mine.map = mm_map(a->obj, n % 2 ? a->mode : MM_RO);
	mine.writable = a->writable && n % 2;
	if (race_touch_zero(&mine, n))
		return 1;
	if (n % 3 == 0 && a->len > 2 * HUGE)
		want(munmap(mine.map + HUGE, HUGE) == 0);
	if (n % 5 == 0)
		want(mprotect(mine.map, HUGE, PROT_NONE) == 0 || a->len < HUGE);
	want(munmap(mine.map, a->len) == 0);
	return 0;
}

/* A child that is killed, or exits, while it touches the object. */
static int die(struct actor *a, unsigned int n)
{
	struct actor mine = *a;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		unsigned int i;

		if (n % 2)
			mine.map = mm_map(a->obj, a->mode);
		for (i = 0; i < 200 || n % 4 < 2; i++)
			if (race_touch_zero(&mine, i))
				_exit(1);
		_exit(0);
	}
	want(pid > 0);
	usleep(rand_r(&seed) % 4000);
	if (n % 4 < 2)
		kill(pid, SIGKILL);
	want(waitpid(pid, &status, 0) == pid);
	want(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : !WEXITSTATUS(status));
	return 0;
}

/* Who gets frames that others have just lost must have them alone. */
static int alien(struct actor *a, unsigned int n)
{
	uint64_t mark = ((uint64_t)gettid() << 32) + n, *p;
	size_t i, len = 256 * KiB;

	p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	want(p != MAP_FAILED);
	for (i = 0; i < len / 8; i += 64) {
		want(p[i] == 0);
		p[i] = mark;
	}
	sched_yield();
	for (i = 0; i < len / 8; i += 64)
		want(p[i] == mark);
	want(munmap(p, len) == 0);
	return 0;
}

static const struct race races[] = {
	{ "fault and punch", 3, true,
	  { { "touches", race_touch_zero, 2 }, { "punches", punch, 1 }, { "others", alien, 1 } } },
	{ "fault and truncate", 3, true,
	  { { "touches", race_touch_zero, 2 }, { "truncates", truncate_and_back, 1 },
	    { "others", alien, 1 } } },
	{ "mmap and munmap and punch", 3, true,
	  { { "maps", map_unmap, 2 }, { "punches", punch, 1 }, { "touches", race_touch_zero, 1 },
	    { "others", alien, 1 } } },
	{ "mmap and munmap and truncate", 3, true,
	  { { "maps", map_unmap, 2 }, { "truncates", truncate_and_back, 1 },
	    { "walks", race_walk, 1 }, { "windows", race_window_zero, 1 } } },
	{ "exit and truncate", 3, true,
	  { { "deaths", die, 2 },
	    { "truncates", truncate_and_back, 1 },
	    { "punches", punch, 1 } } },
	{ "fork and truncate", 2, true,
	  { { "forks", race_fork, 2 }, { "idle forks", race_fork_idle, 1 },
	    { "truncates", truncate_and_back, 1 }, { "touches", race_touch_zero, 1 } } },
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
