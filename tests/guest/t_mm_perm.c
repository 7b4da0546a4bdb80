// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of rights (hazards 2b): mprotect in all directions, what is refused,
 * and that no way leads from a read-only or closed mapping to more.
 * groups: mm hazard
 * timeout: 120
 * may-skip: no protection keys
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/mm.h"

#define RW (PROT_READ | PROT_WRITE)

static bool rights_are(char *at, int prot)
{
	return mm_probe(at, false) == (prot & PROT_READ ? 0 : SIGSEGV) &&
	       mm_probe(at, true) == (prot & PROT_WRITE ? 0 : SIGSEGV);
}

static bool has_rights(struct actor *a, int prot)
{
	return rights_are(mm_first(a->obj, a->map), prot) &&
	       rights_are(mm_last(a->obj, a->map), prot);
}

static int steps_of(struct actor *a, const int *prots, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		want(mprotect(a->map, a->len, prots[i]) == 0);
		want(has_rights(a, prots[i]));
		if (prots[i])
			want(mm_check(a->obj, a->map));
		if (prots[i] & PROT_WRITE)
			mm_rewrite(a->obj, a->map);
	}
	return 0;
}

/* Every right to every other. */
static int transitions(struct actor *a)
{
	static const int prots[] = { PROT_READ, RW, PROT_NONE, RW, PROT_READ, PROT_NONE, PROT_READ,
				     PROT_READ, RW, RW };

	return steps_of(a, prots, sizeof(prots) / sizeof(prots[0]));
}

static int transitions_ro(struct actor *a)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_READ };

	return steps_of(a, prots, sizeof(prots) / sizeof(prots[0]));
}

/* Before anything was touched, so that nothing is linked. */
static int untouched(struct actor *a)
{
	munmap(a->map, a->len);
	a->map = mm_map(a->obj, a->mode);
	want(mprotect(a->map, a->len, PROT_NONE) == 0);
	want(has_rights(a, PROT_NONE));
	want(mprotect(a->map, a->len, PROT_READ) == 0);
	want(has_rights(a, PROT_READ) && mm_check(a->obj, a->map));
	return 0;
}

static int parts(struct actor *a)
{
	size_t tail = (a->len - 1) & -HUGE;
	char *middle = a->map + HUGE, *behind = mm_last(a->obj, a->map);

	want(mprotect(middle, HUGE, PROT_READ) == 0);
	want(rights_are(middle, PROT_READ) && rights_are(middle - PAGE, RW));
	if (behind >= middle + HUGE)
		want(rights_are(behind, RW));
	want(mprotect(a->map + tail, a->len - tail, PROT_NONE) == 0);
	want(rights_are(a->map + tail, PROT_NONE) && rights_are(a->map, RW));
	want(mprotect(a->map + tail, a->len - tail, PROT_READ) == 0);
	want(mm_check(a->obj, a->map));
	want(mprotect(a->map, a->len, RW) == 0);
	want(has_rights(a, RW) && mm_check(a->obj, a->map));
	mm_rewrite(a->obj, a->map);
	want(munmap(middle, HUGE) == 0);
	want(rights_are(middle - PAGE, RW));
	if (behind >= middle + HUGE)
		want(rights_are(behind, RW));
	return 0;
}

static int refused_parts(struct actor *a)
{
	int now = a->writable ? RW : PROT_READ;

	want_errno(mprotect(a->map, PAGE, PROT_NONE), EINVAL);
	want_errno(mprotect(a->map + PAGE, PAGE, PROT_NONE), EINVAL);
	want_errno(mprotect(a->map + PAGE, a->len - PAGE, PROT_NONE), EINVAL);
	want(has_rights(a, now) && mm_check(a->obj, a->map));
	if (a->len > HUGE)
		want_errno(mprotect(a->map, HUGE + PAGE, PROT_NONE), EINVAL);
	want(has_rights(a, now) && mm_check(a->obj, a->map));
	want_errno(mprotect(a->map, a->len, PROT_READ | PROT_GROWSDOWN), EINVAL);
	return 0;
}

static int no_execution(struct actor *a)
{
	int fd = open(a->obj->path, O_RDWR);

	want(fd >= 0);
	want_errno(mmap(NULL, a->len, PROT_READ | PROT_EXEC, MAP_SHARED, fd, a->geo->offset),
		   EPERM);
	want_errno(mmap(NULL, a->len, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, a->geo->offset),
		   EPERM);
	want_errno(mprotect(a->map, a->len, PROT_READ | PROT_EXEC), EACCES);
	want_errno(mprotect(a->map, a->len, PROT_EXEC), EACCES);
	want(mm_check(a->obj, a->map));
	close(fd);
	return 0;
}

/* What /proc/self/maps says of the VMA at @map. */
static bool executable(const char *map)
{
	char line[512], rights[8];
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long start;
	bool x = true;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%*x %7s", &start, rights) == 2 && start == (unsigned long)map)
			x = rights[2] == 'x';
	if (f)
		fclose(f);
	return x;
}

/* Old binaries ask for execution with every right to read; they do not get it and go on. */
static int read_implies_exec(struct actor *a)
{
	char *map;

	want(personality(READ_IMPLIES_EXEC) >= 0);
	map = mm_map(a->obj, a->mode);
	want(mm_check(a->obj, map));
	want(mprotect(map, a->len, PROT_NONE) == 0 && mprotect(map, a->len, PROT_READ) == 0);
	want(mm_check(a->obj, map));
	want(!executable(map) && !executable(a->map));
	return 0;
}

static int never_writable(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	struct iovec mine = { (char[8]){ 0 }, 8 }, theirs = { first, 8 };
	int zero = open("/dev/zero", O_RDONLY), mem = open("/proc/self/mem", O_RDWR);

	want(zero >= 0 && mem >= 0);
	want(mm_probe(first, true) == SIGSEGV);
	want_errno(mprotect(a->map, a->len, RW), EACCES);
	want_errno(read(zero, first, 64), EFAULT);
	want_errno(getrandom(first, 64, 0), EFAULT);
	want_errno(pwrite(mem, &mine, 8, (off_t)first), EIO);
	want_errno(process_vm_writev(getpid(), &mine, 1, &theirs, 1, 0), EFAULT);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int read_only_of_writable(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	int zero = open("/dev/zero", O_RDONLY), mem = open("/proc/self/mem", O_RDWR);
	uint64_t word = mm_word(a->obj, first - a->map + a->geo->offset), other = 0;

	want(mm_probe(first, true) == SIGSEGV);
	want_errno(read(zero, first, 64), EFAULT);
	want_errno(pwrite(mem, &other, 8, (off_t)first), EIO);
	want(*(uint64_t *)first == word);
	want(mprotect(a->map, a->len, RW) == 0);
	want(pwrite(mem, &word, 8, (off_t)first) == 8);
	mm_rewrite(a->obj, a->map);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* A debugger's look into closed memory must not open it for the process. */
static int peek_into_none(struct actor *a)
{
	char *first = mm_first(a->obj, a->map);
	struct iovec mine = { (char[8]){ 0 }, 8 }, theirs = { first, 8 };
	int mem = open("/proc/self/mem", O_RDWR), i;
	uint64_t word = 0;

	for (i = 0; i < 2; i++) {
		want(mprotect(a->map, a->len, PROT_NONE) == 0);
		if (i)
			want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
		want(pread(mem, &word, 8, (off_t)first) == 8);
		want(word == mm_word(a->obj, first - a->map + a->geo->offset));
		want(mm_probe(first, false) == SIGSEGV);
		want(mm_probe(mm_last(a->obj, a->map), false) == SIGSEGV);
		want(pwrite(mem, &word, 8, (off_t)first) == -1);
		want_errno(process_vm_readv(getpid(), &mine, 1, &theirs, 1, 0), EFAULT);
		want(madvise(a->map, a->len, MADV_POPULATE_READ) == -1);
		want(mm_probe(first, false) == SIGSEGV);
	}
	want(mprotect(a->map, a->len, PROT_READ) == 0);
	want(mm_check(a->obj, a->map));
	return 0;
}

/* Protection keys sit in leaves, and these belong to everybody. */
static int protection_keys(struct actor *a)
{
	int key = syscall(SYS_pkey_alloc, 0, 0);

	if (key < 0)
		return 0;
	want_errno(syscall(SYS_pkey_mprotect, a->map, a->len, PROT_READ, key), EINVAL);
	want(mm_check(a->obj, a->map));
	want(syscall(SYS_pkey_mprotect, a->map, a->len, PROT_READ, 0) == 0);
	want(syscall(SYS_pkey_mprotect, a->map, a->len, PROT_READ, -1) == 0);
	want(mm_check(a->obj, a->map));
	return 0;
}

static int bad_maps(struct actor *a)
{
	int rw = open(a->obj->path, O_RDWR), ro = open(a->obj->path, O_RDONLY);
	off_t off = a->geo->offset;
	size_t len = a->len;

	want(rw >= 0 && ro >= 0);
	want_errno(mmap(NULL, len, RW, MAP_PRIVATE | MAP_NORESERVE, rw, off), EINVAL);
	want_errno(mmap(NULL, len, PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, ro, off), EINVAL);
	want_errno(mmap(NULL, len, RW, MAP_SHARED, ro, off), EACCES);
	want_errno(mmap(NULL, len, RW, MAP_SHARED_VALIDATE | 0x80000 /* MAP_SYNC */, rw, off),
		   EOPNOTSUPP);
	want_errno(mmap(a->map + PAGE, len, PROT_READ, MAP_SHARED | MAP_FIXED, rw, off), EINVAL);
	want_errno(mmap(a->map, len, PROT_READ, MAP_SHARED | MAP_FIXED, rw, off + PAGE), EINVAL);
	want(mm_check(a->obj, a->map));
	close(rw);
	close(ro);
	return 0;
}

static const struct mm_case cases[] = {
	{ "mprotect between all rights", transitions, MM_IF_SHARED },
	{ "mprotect to nothing and back", transitions_ro, MM_IF_RO },
	{ "mprotect before the first touch", untouched, 0 },
	{ "mprotect of parts", parts, MM_IF_RW | MM_IF_PARTS },
	{ "mprotect within 2 MiB is refused", refused_parts, 0 },
	{ "execution is refused", no_execution, 0 },
	{ "READ_IMPLIES_EXEC", read_implies_exec, 0 },
	{ "nothing makes it writable", never_writable, MM_IF_NEVER_RW },
	{ "not written while read-only", read_only_of_writable, MM_IF_SHARED | MM_IF_RO },
	{ "a look into closed memory does not open it", peek_into_none, 0 },
	{ "protection keys are refused", protection_keys, 0 },
	{ "mappings that are refused", bad_maps, 0 },
};

int main(void)
{
	int key = syscall(SYS_pkey_alloc, 0, 0);

	if (key < 0)
		skip("protection keys", "no protection keys");
	else
		syscall(SYS_pkey_free, key);
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	return done_testing();
}
