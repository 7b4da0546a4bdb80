// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory errors and attempts to move frames (hazards 2c): poisoning, soft
 * offlining, compaction, offlining of memory blocks, cache dropping.  Frames stay
 * where they are; a poisoned one is never used again.
 * groups: mm hazard
 * timeout: 120
 * boots: own
 * leak-check: no, a frame with a memory error is withdrawn for good
 * log-allow: Memory failure|MCE|soft_offline|Bad page state.*hwpoison
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

struct poisoner {
	struct object *obj;
	enum mm_mode mode;
	int advice;
};

/* The one who meets the error may be killed; that is his part. */
static int poison(void *arg)
{
	struct poisoner *p = arg;
	char *map = mm_map(p->obj, p->mode);

	if (!mm_check(p->obj, map))
		return 1;
	madvise(mm_first(p->obj, map), PAGE, p->advice);
	return 0;
}

/* All frames of the pool, none of which may be the poisoned one. */
static bool comes_back(const char *dir, uint64_t frame, size_t unit)
{
	bool back = false;
	char path[128], *map;
	size_t len = 32 * MiB, i;
	int fd;

	snprintf(path, sizeof(path), "%sagain", dir);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && ftruncate(fd, len) == 0);
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	for (i = 0; i < len && fallocate(fd, 0, i, HUGE) == 0; i += HUGE)
		;
	for (len = i, i = 0; i < len; i += PAGE) {
		map[i] = 1;
		back |= frame_of(map + i) / unit == frame / unit;
	}
	munmap(map, 32 * MiB);
	close(fd);
	unlink(path);
	return back;
}

static void poisoned(const char *name, enum mm_mode mode, int advice, const char *what)
{
	struct survivor s;
	struct object obj;
	char dir[128];
	const char *why;
	uint64_t frame;

	mm_object(&obj, mm_geometry(name));
	strcpy(dir, obj.path);
	strrchr(dir, '/')[1] = '\0';
	mm_survivor(&s, &obj);
	frame = frame_of(mm_first(&obj, s.rw));
	in_child(poison, &(struct poisoner){ &obj, mode, advice }, 20);
	why = mm_survivor_check(&s);
	ok(!why, "%s: %s: the survivor: %s", name, what, why ? why : "all is well");
	mm_survivor_end(&s);
	mm_object_drop(&obj);
	if (advice == MADV_HWPOISON)
		ok(!comes_back(dir, frame, obj.geo->huge ? 512 : 1),
		   "%s: %s: the frame is not used again", name, what);
}

/* The kernel is asked to move and to drop what it can. */
static void shaken(const char *name)
{
	struct survivor s;
	struct object obj;
	const char *why;

	mm_object(&obj, mm_geometry(name));
	mm_survivor(&s, &obj);
	write_text("/proc/sys/vm/compact_memory", "1");
	write_text("/proc/sys/vm/drop_caches", "3");
	why = mm_survivor_check(&s);
	ok(!why, "%s: compaction: the survivor: %s", name, why ? why : "all is well");
	mm_survivor_end(&s);
	mm_object_drop(&obj);
}

static void block_path(char *path, size_t size, uint64_t nr)
{
	snprintf(path, size, "/sys/devices/system/memory/memory%lu/state", nr);
}

/* The firmware keeps the end of the last block of memory, which may be refused for that. */
static bool stays(uint64_t nr)
{
	char path[128], next[128];

	block_path(path, sizeof(path), nr);
	block_path(next, sizeof(next), nr + 1);
	if (!write_text(path, "offline"))
		return false;
	return errno == EBUSY || (errno == EINVAL && access(next, F_OK));
}

/* The first block of memory belongs to two zones and is refused for that. */
static void offlined(void)
{
	int fd = make_morsel("offline", 192 * MiB), tried = 0;
	uint64_t block, last = 0, *map;
	bool same = true;
	size_t i;
	FILE *f;

	f = fopen("/sys/devices/system/memory/block_size_bytes", "re");
	need(f && fscanf(f, "%lx", &block) == 1);
	fclose(f);
	need(fallocate(fd, 0, 0, 192 * MiB) == 0);
	map = mmap(NULL, 192 * MiB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	for (i = 0; i < 192 * MiB / 8; i += PAGE / 8)
		map[i] = i;
	for (i = 0; i < 192 * MiB / 8; i += HUGE / 8) {
		uint64_t nr = frame_of(map + i) * PAGE / block;

		if (!nr || nr == last)
			continue;
		last = nr;
		tried++;
		ok(stays(nr), "memory block %lu stays", nr);
	}
	for (i = 0; i < 192 * MiB / 8; i += PAGE / 8)
		same &= map[i] == i;
	ok(tried && same, "no frame has moved");
	munmap(map, 192 * MiB);
	close(fd);
	unlink(pool_path("offline"));
}

/* What a process finds that was not there when the error came. */
struct meeting {
	const char *path;
	bool write;
};

static sigjmp_buf back;
static int bus_code;

static void on_bus(int sig, siginfo_t *info, void *context)
{
	bus_code = info->si_code;
	siglongjmp(back, sig);
}

static int touch_it(void *arg)
{
	const struct meeting *m = arg;
	struct sigaction action = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	int fd = open(m->path, O_RDWR | O_CLOEXEC);
	char *volatile map;

	need(fd >= 0 && !sigaction(SIGBUS, &action, NULL));
	map = mmap(NULL, 4L * PAGE, m->write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd,
		   0);
	need(map != MAP_FAILED);
	if (sigsetjmp(back, 1))
		return bus_code == BUS_MCEERR_AR ? 0 : 2;
	if (m->write)
		map[PAGE] = 1;
	else
		(void)*(volatile char *)(map + PAGE);
	return 1;
}

static int poison_second(void *arg)
{
	char *map = mmap(NULL, 4L * PAGE, PROT_READ, MAP_SHARED, *(int *)arg, 0);

	need(map != MAP_FAILED);
	madvise(map + PAGE, PAGE, MADV_HWPOISON);
	return 0;
}

static void poisoned_file(const char *name, off_t size)
{
	static char buf[4 * PAGE];
	int fd = make_morsel(name, size), pipes[2];
	struct meeting reader = { pool_path(name), false }, writer = { reader.path, true };
	struct stat before, after;

	memset(buf, 'x', sizeof(buf));
	need(pwrite(fd, buf, sizeof(buf), 0) == sizeof(buf) && !pipe(pipes));
	in_child(poison_second, &fd, 20);
	is_int(pread(fd, buf, sizeof(buf), 0), PAGE, "%s: read(2) up to the error", name);
	is_int(pread(fd, buf, 100, 2L * PAGE), 100, "%s: read(2) behind it", name);
	is_errno(pread(fd, buf, 1, PAGE + 7), EIO, "%s: read(2) of it", name);
	is_errno(pwrite(fd, buf, 1, PAGE + 7), EIO, "%s: write(2) to it", name);
	is_int(pwrite(fd, buf, 2L * PAGE, 0), PAGE, "%s: write(2) up to it", name);
	need(pwrite(fd, "y", 1, size + HUGE) == 1 && fstat(fd, &before) == 0);
	is_errno(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, size + 2 * HUGE), EIO,
		 "%s: zeroing a range with it", name);
	need(fstat(fd, &after) == 0);
	ok(after.st_blocks == before.st_blocks && after.st_size == before.st_size,
	   "%s: fills no hole of that range", name);
	need(pread(fd, buf, 1, 3L * PAGE) == 1 && pread(fd, buf + 1, 1, size + HUGE) == 1);
	ok(!buf[0] && !buf[1], "%s: and zeroes what can be zeroed", name);
	is_int(splice(fd, &(off_t){ 0 }, pipes[1], NULL, 3L * PAGE, 0), PAGE,
	       "%s: splice(2) up to it", name);
	is_errno(splice(fd, &(off_t){ PAGE }, pipes[1], NULL, PAGE, 0), EIO,
		 "%s: splice(2) of it", name);
	is_int(in_child(touch_it, &reader, 20), 0, "%s: a load raises SIGBUS, memory error", name);
	is_int(in_child(touch_it, &writer, 20), 0, "%s: a store raises SIGBUS, memory error", name);
	close(pipes[0]);
	close(pipes[1]);
	close(fd);
	unlink(reader.path);
}

int main(void)
{
	static const char *const where[] = { "1 GiB, 2 MiB frames", "1 GiB, 4 KiB frames",
					     "8 MiB, 2 MiB frames", "8 MiB, 4 KiB frames",
					     "64 KiB" };
	unsigned int i;

	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++)
		shaken(where[i]);
	offlined();
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		poisoned(where[i], MM_RW, MADV_SOFT_OFFLINE, "soft-offlined");
		poisoned(where[i], MM_RW, MADV_HWPOISON, "poisoned");
		poisoned(where[i], MM_RO, MADV_HWPOISON, "poisoned by a reader");
	}
	poisoned_file("small", 4L * PAGE);
	poisoned_file("large", 2 * HUGE);
	return done_testing();
}
