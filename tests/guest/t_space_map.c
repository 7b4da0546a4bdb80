// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An object with an address has it in every process, or is not mapped.
 * pool: size=64M,name=p,mode=1777
 * groups: space
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/space.h"

static struct nl nl;
static int fd;
static char *home; /* where the object is to be */

enum { SIZE = 8 * MIB };

static void *map_at(void *addr, size_t len, int flags, off_t offset)
{
	return mmap(addr, len, PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, offset);
}

/* Map it, and see that it is at home and has what it should. */
static int map_and_look(void *arg)
{
	char *map = map_at(NULL, SIZE, 0, 0);

	(void)arg;
	return map == home && map[5] == 42 ? 0 : 1;
}

static void *map_in_thread(void *arg)
{
	return (void *)(long)map_and_look(arg);
}

static void test_everywhere(void)
{
	pthread_t thread;
	void *result;

	ok(map_at(NULL, SIZE, 0, 0) == home, "mmap(NULL) returns the address");
	home[5] = 42;
	need(munmap(home, SIZE) == 0);
	is_int(in_child(map_and_look, NULL, 10), 0, "in a child");
	need(pthread_create(&thread, NULL, map_in_thread, NULL) == 0);
	need(pthread_join(thread, &result) == 0);
	ok(!result, "in a thread");
	need(munmap(home, SIZE) == 0);
}

/* What a program says of itself. */
struct place {
	void *map, *stack, *program;
	int byte;
};

static struct place run_program(const char *name)
{
	char line[128] = "";
	struct place place = {};
	FILE *pipe;

	snprintf(line, sizeof(line), "%s /mnt/morsel/a", name);
	pipe = popen(line, "r");
	need(pipe && fgets(line, sizeof(line), pipe) && pclose(pipe) == 0);
	need(sscanf(line, "%p %d %p %p", &place.map, &place.byte, &place.stack,
		    &place.program) == 4);
	return place;
}

/* Twenty programs, one after the other, with everything else at random places. */
static void test_programs(const char *name, bool movable, const char *what)
{
	struct place first = run_program(name);
	int there = 0, stacks = 0, moved = 0;

	for (int i = 0; i < 20; i++) {
		struct place place = run_program(name);

		there += place.map == (void *)home && place.byte == 42;
		stacks += place.stack != first.stack;
		moved += place.program != first.program;
	}
	is_int(there, 20, "in another program, which is %s", what);
	ok(stacks > 10, "whose stack is elsewhere each time");
	ok(movable ? moved > 10 : !moved, "and whose code is %s", movable ? "as well" : "not");
}

static void test_parts(void)
{
	char *map;

	map = map_at(NULL, 2 * MIB, 0, 4 * MIB);
	ok(map == home + 4 * MIB, "a part is at its place");
	ok(map_at(NULL, 2 * MIB, 0, 0) == home, "another one, too");
	is_errno((long)map_at(NULL, 4 * MIB, 0, 2 * MIB), EEXIST, "not over the first one");
	need(munmap(home, SIZE) == 0);
	map = map_at((void *)0x100000000, SIZE, 0, 0);
	ok(map == home, "a hint does not count");
	need(munmap(home, SIZE) == 0);
	ok(map_at(home, SIZE, MAP_FIXED, 0) == home, "MAP_FIXED where it belongs");
	ok(map_at(home, SIZE, MAP_FIXED, 0) == home, "in place of itself");
	is_errno((long)map_at(home, SIZE, MAP_FIXED_NOREPLACE, 0), EEXIST,
		 "MAP_FIXED_NOREPLACE does not replace it");
	need(munmap(home, SIZE) == 0);
	ok(map_at(home, SIZE, MAP_FIXED_NOREPLACE, 0) == home, "but maps it where nothing is");
	need(munmap(home, SIZE) == 0);
	map = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
	ok(map == home, "a private mapping for reading");
	need(munmap(home, SIZE) == 0);
}

static void test_elsewhere(void)
{
	struct nl events;
	char *map;

	is_errno((long)map_at(home + 2 * MIB, SIZE, MAP_FIXED, 0), EINVAL, "MAP_FIXED elsewhere");
	is_errno((long)map_at(home, 2 * MIB, MAP_FIXED, 2 * MIB), EINVAL, "with a wrong offset");
	is_errno((long)map_at(home - 16 * MIB, SIZE, MAP_FIXED_NOREPLACE, 0), EINVAL,
		 "MAP_FIXED_NOREPLACE elsewhere");
	is_errno((long)map_at(NULL, 64 * MIB, 0, 0), EFBIG, "more than is reserved");
	is_errno((long)map_at(NULL, SIZE, 0, 12 * MIB), EFBIG, "behind what is reserved");
	is_errno((long)map_at(home, 64 * MIB, MAP_FIXED, 0), EFBIG, "with MAP_FIXED, too");

	nl_open(&events);
	need(nl_join(&events) == 0);
	map = mmap(home + 2 * MIB, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(map == home + 2 * MIB);
	is_errno((long)map_at(NULL, SIZE, 0, 0), EEXIST, "another mapping is in the way");
	ok(nl_event(&events, 1000) == 0 && events.command == MORSEL_CMD_COLLISION_NTF,
	   "that is told");
	is_int(nl_number(&events, MORSEL_A_ALERT_START), (long)home, "the address");
	is_int(nl_number(&events, MORSEL_A_ALERT_LENGTH), SIZE, "the length");
	is_int(nl_number(&events, MORSEL_A_ALERT_ERROR), EEXIST, "the errno");
	nl_close(&events);
	ok(map_at(NULL, 2 * MIB, 0, 0) == home, "what fits beside it is mapped");
	need(munmap(home, SIZE) == 0);

	need(map_at(NULL, SIZE, 0, 0) == home);
	is_errno((long)mremap(home, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, home + 64 * MIB),
		 EINVAL, "it does not move");
	is_errno((long)mremap(home, 2 * MIB, 4 * MIB, MREMAP_MAYMOVE), EFAULT, "nor grow");
	ok(home[5] == 42, "it is where it was");
	need(munmap(home, SIZE) == 0);
}

static void test_size(void)
{
	static char page[8192];

	is_errno(ftruncate(fd, 16 * MIB + 1), EFBIG, "it cannot be larger than its place");
	ok(ftruncate(fd, 16 * MIB) == 0, "but as large");
	is_errno(fallocate(fd, 0, 16 * MIB - 4096, 8192), EFBIG, "fallocate");
	is_errno(fallocate(fd, FALLOC_FL_KEEP_SIZE, 16 * MIB, 4096), EFBIG, "without the size");
	is_int(pwrite(fd, page, 8192, 16 * MIB - 4096), 4096, "a write is cut short");
	is_errno(pwrite(fd, page, 1, 16 * MIB), EFBIG, "or refused");
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "a");
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 17 * MIB);
	refused(&nl, EFBIG, "too large", MORSEL_A_OBJECT_SIZE, "by netlink");
	need(ftruncate(fd, SIZE) == 0);
}

/* The place is the object's, whatever its name, and as long as it lives. */
static void test_life(void)
{
	char from[64];

	snprintf(from, sizeof(from), "%s", pool_path("a"));
	need(rename(from, pool_path("b")) == 0);
	is_int(space_addr(&nl, "b"), (long)home, "a new name changes nothing");
	need(map_at(NULL, SIZE, 0, 0) == home && unlink(pool_path("b")) == 0);
	close(fd);
	space_begin(&nl, "c", (long)home, 2 * MIB, 0);
	refused(&nl, EADDRINUSE, "another object", MORSEL_A_OBJECT_ADDR, "removed but mapped");
	need(munmap(home, SIZE) == 0);
	is_int(space_make(&nl, "c", (long)home, 2 * MIB, 0), (long)home,
	       "with the object its place is free");
	need(unlink(pool_path("c")) == 0);
}

int main(void)
{
	nl_open(&nl);
	home = (char *)space_make(&nl, "a", 0, SIZE, 16 * MIB);
	is_int((long)home, WINDOW_START, "the first one gets the lowest address");
	fd = open(pool_path("a"), O_RDWR);
	need(fd >= 0);
	test_everywhere();
	is_int(read_long("/proc/sys/kernel/randomize_va_space"), 2, "addresses are at random");
	test_programs("space_map", true, "position-independent");
	test_programs("space_map_fixed", false, "not position-independent");
	test_parts();
	test_elsewhere();
	test_size();
	test_life();
	nl_close(&nl);
	return done_testing();
}
