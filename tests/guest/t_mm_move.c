// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What moves and reshapes mappings (hazards 2c): mremap, remap_file_pages.
 * groups: mm hazard
 * timeout: 120
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* Free addresses at @off behind a GiB. */
static char *place(size_t len, size_t off)
{
	char *p = mmap(NULL, len + 2 * GiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	munmap(p, len + 2 * GiB);
	return (char *)(((uintptr_t)p + GiB - 1) & -GiB) + off;
}

/* Where the address is as far into a GiB as now. */
static char *like_now(struct actor *a)
{
	return place(a->len, (uintptr_t)a->map % GiB);
}

static int move_to(struct actor *a, char *to)
{
	char *from = a->map;

	want(to);
	want(mremap(from, a->len, a->len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	a->map = to;
	want(mm_probe(from, false) == SIGSEGV);
	want(mm_check(a->obj, to));
	if (a->writable)
		mm_rewrite(a->obj, to);
	return 0;
}

static int move_and_back(struct actor *a)
{
	char *from = a->map;

	if (move_to(a, like_now(a)))
		return 1;
	return move_to(a, from);
}

/* Aligned to 2 MiB but elsewhere in the GiB: no link of a whole GiB fits any more. */
static int move_askew(struct actor *a)
{
	char *to = place(a->len, ((uintptr_t)a->map + 3 * HUGE) % GiB);

	return move_to(a, to) ?: move_to(a, like_now(a));
}

static int move_unaligned(struct actor *a)
{
	char *to = like_now(a);

	want_errno(mremap(a->map, a->len, a->len, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE),
		   EINVAL);
	want_errno(mremap(a->map, a->len, a->len, MREMAP_MAYMOVE | MREMAP_FIXED, to + HUGE / 2),
		   EINVAL);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int move_onto_another(struct actor *a)
{
	char *other = mm_map(a->obj, MM_RO);

	want(mm_check(a->obj, other));
	return move_to(a, other);
}

static int move_untouched(struct actor *a)
{
	munmap(a->map, a->len);
	a->map = mm_map(a->obj, a->mode);
	return move_to(a, like_now(a));
}

static int move_part(struct actor *a)
{
	char *to = place(HUGE, 0), *part = a->map + HUGE;
	off_t off = a->geo->offset + HUGE;

	want(mremap(part, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	want(mm_probe(part, false) == SIGSEGV);
	/* mm_check_range() reckons addresses from where the mapping began. */
	want(mm_check_range(a->obj, to - HUGE, off, HUGE));
	want(mm_check_range(a->obj, a->map, a->geo->offset, HUGE));
	want(mm_check_range(a->obj, a->map, off + HUGE, a->len - 2 * HUGE));
	want(munmap(to, HUGE) == 0);
	return 0;
}

static int move_part_refused(struct actor *a)
{
	char *to = place(HUGE, 0);

	want_errno(mremap(a->map + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to), EINVAL);
	want_errno(mremap(a->map, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to), EINVAL);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int grow(struct actor *a)
{
	want_errno(mremap(a->map, a->len, a->len + HUGE, 0), EFAULT);
	want_errno(mremap(a->map, a->len, a->len + HUGE, MREMAP_MAYMOVE), EFAULT);
	want_errno(mremap(a->map, a->len, 2 * a->len, MREMAP_MAYMOVE), EFAULT);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int shrink(struct actor *a)
{
	want_errno(mremap(a->map, a->len, HUGE + PAGE, 0), EINVAL);
	want(mm_check(a->obj, a->map));
	want(mremap(a->map, a->len, 2 * HUGE, 0) == a->map);
	want(mm_probe(a->map + 2 * HUGE, false) == SIGSEGV);
	want(mm_check_range(a->obj, a->map, a->geo->offset, 2 * HUGE));
	return 0;
}

static int duplicate(struct actor *a)
{
	want_errno(mremap(a->map, 0, a->len, MREMAP_MAYMOVE),
		   a->mode == MM_PRIVATE ? EINVAL : EFAULT);
	want_errno(mremap(a->map, a->len, a->len, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL), EINVAL);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* The object's second 2 MiB over its first. */
static int remap_pages(struct actor *a)
{
	off_t off = a->geo->offset + HUGE;

	want(syscall(SYS_remap_file_pages, a->map, HUGE, 0, off / PAGE, 0) == 0);
	want(mm_check_range(a->obj, a->map - HUGE, off, HUGE));
	want(mm_check_range(a->obj, a->map, off, a->len - HUGE));
	return 0;
}

static int remap_pages_refused(struct actor *a)
{
	want(syscall(SYS_remap_file_pages, a->map, PAGE, 0, a->geo->offset / PAGE + 1, 0) == -1);
	want(syscall(SYS_remap_file_pages, a->map + PAGE, PAGE, 0, a->geo->offset / PAGE, 0) == -1);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* A child that has not touched the mapping has no attachment yet. */
static int moved_by_child(struct actor *a)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(a->len >= 6 * MiB ? move_part(a) : move_askew(a));
	want(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status) || WEXITSTATUS(status))
		return 1;
	want(mm_check(a->obj, a->map));
	return 0;
}

static const struct mm_case cases[] = {
	{ "mremap away and back", move_and_back, 0 },
	{ "mremap to another place in the GiB", move_askew, 0 },
	{ "mremap to an unaligned place is refused", move_unaligned, 0 },
	{ "mremap onto another mapping", move_onto_another, 0 },
	{ "mremap before the first touch", move_untouched, 0 },
	{ "mremap of 2 MiB", move_part, MM_IF_PARTS },
	{ "mremap of less is refused", move_part_refused, 0 },
	{ "mremap does not grow", grow, 0 },
	{ "mremap shrinks at 2 MiB", shrink, MM_IF_PARTS },
	{ "mremap does not duplicate", duplicate, 0 },
	{ "remap_file_pages", remap_pages, MM_IF_SHARED | MM_IF_PARTS },
	{ "remap_file_pages within 2 MiB is refused", remap_pages_refused, 0 },
	{ "mremap by a child before its first touch", moved_by_child, 0 },
};

int main(void)
{
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
