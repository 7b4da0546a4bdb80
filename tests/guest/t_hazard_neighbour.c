// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Neighbours in the same 2 MiB and the same GiB of addresses (hazards 1): their
 * faults must never reach a shared table, and tables they leave behind must not
 * be in the way.
 * groups: hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#define RW (PROT_READ | PROT_WRITE)

static char *anon_at(char *at, size_t len)
{
	return mmap(at, len, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
}

/* A pattern of the neighbour's own in its first and last pages. */
static void mark(char *at, size_t len, int value)
{
	size_t step = len > 2 * MiB ? HUGE / 2 : PAGE, i;

	for (i = 0; i < len; i += step)
		at[i] = value;
	at[len - 1] = value;
}

static bool marked(const char *at, size_t len, int value)
{
	size_t step = len > 2 * MiB ? HUGE / 2 : PAGE, i;

	for (i = 0; i < len; i += step)
		if (at[i] != value)
			return false;
	return at[len - 1] == value;
}

static int use_both(struct actor *a, char *n, size_t len)
{
	int round;

	want(n != MAP_FAILED);
	mark(n, len, 0x31);
	for (round = 0; round < 3; round++) {
		want(mm_check(a->obj, a->map));
		want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
		mark(n, len, 0x32 + round);
		want(mm_check(a->obj, a->map));
		if (a->writable)
			mm_rewrite(a->obj, a->map);
		want(marked(n, len, 0x32 + round));
		want(madvise(n, len, MADV_DONTNEED) == 0);
		want(n[0] == 0 && n[len - 1] == 0);
		want(mm_check(a->obj, a->map));
	}
	return 0;
}

static char *end_of(struct actor *a)
{
	return a->map + ((a->len + PAGE - 1) & -PAGE);
}

static int right_behind(struct actor *a)
{
	char *n = anon_at(end_of(a), 256 * KiB);

	if (use_both(a, n, 256 * KiB))
		return 1;
	want(munmap(a->map, a->len) == 0);
	want(n[0] == 0);
	mark(n, 256 * KiB, 0x44);
	want(marked(n, 256 * KiB, 0x44));
	return 0;
}

/* Up to here there may be something of the program. */
static char *right_before_at(struct actor *a, size_t len)
{
	return anon_at(a->map - len, len);
}

static int right_before(struct actor *a)
{
	char *n = right_before_at(a, 256 * KiB);

	if (n == MAP_FAILED && errno == EEXIST)
		return 0;
	return use_both(a, n, 256 * KiB);
}

/* The neighbour is there first: its tables are what the object finds. */
static int before_the_object(struct actor *a)
{
	size_t len = a->len, gib = len >= GiB ? GiB : HUGE;
	char *at = a->map, *n, *m;

	want(munmap(at, len) == 0);
	/* Wholly within what the object will take. */
	n = anon_at(at + gib / 2 / PAGE * PAGE, 64 * KiB);
	want(n != MAP_FAILED);
	mark(n, 64 * KiB, 0x51);
	m = anon_at(at + (gib == GiB ? 4 * MiB : 0), 64 * KiB);
	if (m != MAP_FAILED)
		mark(m, 64 * KiB, 0x52);
	want(munmap(n, 64 * KiB) == 0);
	if (m != MAP_FAILED)
		want(munmap(m, 64 * KiB) == 0);
	a->map = mm_map(a->obj, a->mode);
	want(mm_check(a->obj, a->map));
	if (a->writable)
		mm_rewrite(a->obj, a->map);
	return 0;
}

/* A table of the process's own, from a fault without huge pages, stays in the way. */
static int own_table_first(struct actor *a)
{
	char *first;

	want(munmap(a->map, a->len) == 0);
	a->map = mm_map(a->obj, a->mode);
	first = mm_first(a->obj, a->map);
	want(madvise(a->map, a->len, MADV_NOHUGEPAGE) == 0);
	want(mm_probe(first, false) == 0);
	want(madvise(a->map, a->len, MADV_HUGEPAGE) == 0);
	want(mm_check(a->obj, a->map));
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* Half of a GiB goes: what was linked whole is linked in parts, beside a stranger. */
static int beside_own_rest(struct actor *a)
{
	size_t from = a->len > 64 * MiB ? 64 * MiB : 2 * HUGE;
	char *n;

	want(munmap(a->map + from, a->len - from) == 0);
	n = anon_at(a->map + from, 64 * KiB);
	want(n != MAP_FAILED);
	mark(n, 64 * KiB, 0x61);
	want(mm_check_range(a->obj, a->map, a->geo->offset, from));
	want(madvise(a->map, from, MADV_DONTNEED) == 0);
	mark(n, 64 * KiB, 0x62);
	want(mm_check_range(a->obj, a->map, a->geo->offset, from));
	want(marked(n, 64 * KiB, 0x62));
	want(munmap(a->map, from) == 0);
	want(marked(n, 64 * KiB, 0x62));
	return 0;
}

/* The neighbour is another mapping of the same object. */
static int beside_itself(struct actor *a)
{
	char *at = (char *)(((uintptr_t)end_of(a) + HUGE - 1) & -HUGE);
	int fd = open(a->obj->path, O_RDONLY);

	if (mmap(at, a->len, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, fd,
		 a->geo->offset) != at) {
		want(errno == EEXIST);
		return 0;
	}
	close(fd);
	want(mm_check(a->obj, at) && mm_check(a->obj, a->map));
	want(munmap(a->map, a->len) == 0);
	want(mm_check(a->obj, at));
	want(munmap(at, a->len) == 0);
	return 0;
}

/* fork copies the neighbour and leaves the object alone. */
static int forked(struct actor *a)
{
	char *n = anon_at(end_of(a), 256 * KiB);
	int status;
	pid_t pid;

	want(n != MAP_FAILED);
	mark(n, 256 * KiB, 0x71);
	pid = fork();
	if (pid == 0) {
		if (!marked(n, 256 * KiB, 0x71))
			_exit(1);
		mark(n, 256 * KiB, 0x72);
		if (!mm_check(a->obj, a->map))
			_exit(2);
		_exit(use_both(a, n, 256 * KiB));
	}
	want(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	want(marked(n, 256 * KiB, 0x71));
	want(mm_check(a->obj, a->map));
	return 0;
}

static const struct mm_case cases[] = {
	{ "right behind", right_behind, 0 },
	{ "right before", right_before, 0 },
	{ "there before the object", before_the_object, 0 },
	{ "an own table from a time without huge pages", own_table_first, 0 },
	{ "where a part of the object was", beside_own_rest, MM_IF_PARTS },
	{ "another mapping of the object", beside_itself, 0 },
	{ "fork with a neighbour", forked, 0 },
};

int main(void)
{
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
