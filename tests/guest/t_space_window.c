// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The morsel window: who gets which addresses, what is refused and why, and who
 * sees what is where.
 * pool: size=64M,name=p,mode=1777
 * groups: space
 * timeout: 60
 * log-allow: morsel: window=
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/space.h"

#define WINDOW_PARAM "/sys/module/morsel/parameters/window"
#define ADMIN_PARAM  "/sys/module/morsel/parameters/fixed_addr_admin_only"

#define USER_PARAM   "/sys/module/morsel/parameters/user_addresses"

enum { ALICE = 1000, BOB = 1001 };

static struct nl nl;

static void remove_object(const char *path)
{
	need(unlink(pool_path(path)) == 0);
}

static int write_param(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), error = 0;

	need(fd >= 0);
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static void test_places(void)
{
	uint64_t small = space_make(&nl, "s1", 0, 4096, 0);
	uint64_t large = space_make(&nl, "l1", 0, 4096, GIB + 1);

	is_int(small, WINDOW_START, "a small object gets the lowest 2 MiB");
	is_int(large, WINDOW_START + GIB, "a large one the lowest GiB");
	is_int(space_make(&nl, "s2", 0, 3 * MIB, 0), WINDOW_START + 2 * MIB,
	       "the next small one is beside the first");
	is_int(space_make(&nl, "l2", 0, 4096, GIB), WINDOW_START + 3 * GIB,
	       "2 GiB were reserved for 1 GiB and a byte");
	is_int(space_make(&nl, "f", 0x300000000000, 4096, 0), 0x300000000000, "a chosen address");
	remove_object("s1");
	is_int(space_make(&nl, "s1", 0, 2 * MIB, 0), small, "what is given back is used again");
	remove_object("s1");
	is_int(space_make(&nl, "s1", 0, 0, 6 * MIB), WINDOW_START + 6 * MIB,
	       "unless it does not fit");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "s1");
	nl_u64(&nl, MORSEL_A_OBJECT_ADDR, 0);
	nl_u64(&nl, MORSEL_A_OBJECT_SIZE, 1);
	granted(&nl, "what exists stays as it is");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MAX_SIZE), 6 * MIB, "its address, too");
}

static void refuse(const char *what, uint64_t addr, uint64_t size, uint64_t max, int error,
		   const char *text, int attr)
{
	space_begin(&nl, "no", addr, size, max);
	refused(&nl, error, text, attr, "%s", what);
	ok(access(pool_path("no"), F_OK) && errno == ENOENT, "%s: nothing is left", what);
}

static void test_refusals(void)
{
	refuse("overlap", WINDOW_START, 8 * MIB, 0, EADDRINUSE, "another object",
	       MORSEL_A_OBJECT_ADDR);
	refuse("overlap at the end", 0x300000000000 - 2 * MIB, 3 * MIB, 0, EADDRINUSE,
	       "another object", MORSEL_A_OBJECT_ADDR);
	refuse("below the window", WINDOW_START - 2 * MIB, 2 * MIB, 0, ERANGE,
	       "not in the morsel window", MORSEL_A_OBJECT_ADDR);
	refuse("over its end", WINDOW_END - 2 * MIB, 4 * MIB, 0, ERANGE,
	       "not in the morsel window", MORSEL_A_OBJECT_ADDR);
	refuse("far away", ~0UL << 21, 4 * MIB, 0, ERANGE, "not in the morsel window",
	       MORSEL_A_OBJECT_ADDR);
	refuse("not at 2 MiB", WINDOW_END - 8 * MIB + 4096, MIB, 0, EINVAL, "multiple of 2 MiB",
	       MORSEL_A_OBJECT_ADDR);
	refuse("not at 1 GiB", WINDOW_END - 4 * GIB + 2 * MIB, MIB, GIB, EINVAL, "of 1 GiB",
	       MORSEL_A_OBJECT_ADDR);
	refuse("larger than the window", 0, MIB, 49UL << 40, EFBIG, "larger than the morsel window",
	       MORSEL_A_OBJECT_MAX_SIZE);
	refuse("no gap", 0, MIB, 40UL << 40, ENOSPC, "no gap", MORSEL_A_OBJECT_ADDR);
	refuse("a size above the largest", 0, 5 * MIB, 4 * MIB, EFBIG, "larger than that",
	       MORSEL_A_OBJECT_MAX_SIZE);
	refuse("no size", 0, 0, 0, EINVAL, "needs a size", MORSEL_A_OBJECT_ADDR);
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "no");
	nl_u64(&nl, MORSEL_A_OBJECT_MAX_SIZE, MIB);
	refused(&nl, EINVAL, "with an address", MORSEL_A_OBJECT_MAX_SIZE, "a limit alone");
	space_begin(&nl, "no", 0, 0, MIB);
	nl_u32(&nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	refused(&nl, EINVAL, "directory", MORSEL_A_OBJECT_ADDR, "a directory");
}

/* ---- morsel-set ---- */

static void begin_set(struct nl *to, const char *path, uint64_t addr)
{
	nl_object(to, MORSEL_CMD_MORSEL_SET, "p", path);
	nl_u64(to, MORSEL_A_OBJECT_ADDR, addr);
}

static void begin_take_away(struct nl *to, const char *path)
{
	nl_object(to, MORSEL_CMD_MORSEL_SET, "p", path);
	nl_flag(to, MORSEL_A_OBJECT_NO_ADDR);
}

static int set_as_alice(void *arg)
{
	struct nl mine;

	become_user(ALICE);
	nl_open(&mine);
	begin_set(&mine, "plain", 0);
	return nl_talk(&mine) == EPERM && strstr(mine.text, "owner") ? 0 : 1;
}

static int hold(void *arg)
{
	sleep(60);
	return 0;
}

static void test_set(void)
{
	int fd = make_morsel("plain", 3 * MIB);
	char *map = mmap(NULL, 2 * MIB, PROT_READ, MAP_SHARED, fd, 0);
	uint64_t addr;
	pid_t child;

	need(map != MAP_FAILED);
	begin_set(&nl, "plain", 0);
	refused(&nl, EBUSY, "mapped", MORSEL_A_OBJECT_ADDR, "not while it is mapped");
	child = start_child(hold, NULL);
	need(munmap(map, 2 * MIB) == 0);
	begin_set(&nl, "plain", 0);
	refused(&nl, EBUSY, "mapped", MORSEL_A_OBJECT_ADDR, "not while a child has it mapped");
	kill(child, 9);
	wait_child(child, 10);
	is_int(in_child(set_as_alice, NULL, 10), 0, "not by others");
	begin_set(&nl, "plain", 0);
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0600);
	refused(&nl, EINVAL, "by itself", MORSEL_A_OBJECT_ADDR, "not with other attributes");
	begin_take_away(&nl, "plain");
	refused(&nl, ENOENT, "no address", MORSEL_A_OBJECT_NO_ADDR, "none to take away");
	begin_set(&nl, "plain", 0);
	granted(&nl, "an object that is not mapped gets an address");
	addr = nl_number(&nl, MORSEL_A_OBJECT_ADDR);
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MAX_SIZE), 3 * MIB, "for its size");
	begin_set(&nl, "plain", WINDOW_START + 100 * GIB);
	granted(&nl, "another address");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ADDR), WINDOW_START + 100 * GIB, "is what it has then");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MAX_SIZE), 3 * MIB, "for as much");
	begin_set(&nl, "plain", 2 * MIB);
	refused(&nl, ERANGE, "window", MORSEL_A_OBJECT_ADDR, "one that cannot be is refused");
	begin_set(&nl, "plain", 0);
	granted(&nl, "the lowest that is free");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ADDR), addr, "is the one that it had");
	map = mmap(NULL, 2 * MIB, PROT_READ, MAP_SHARED, fd, 0);
	is_int((long)map, addr, "it is mapped there");
	begin_take_away(&nl, "plain");
	refused(&nl, EBUSY, "mapped", MORSEL_A_OBJECT_NO_ADDR, "and keeps it as long");
	need(munmap(map, 2 * MIB) == 0);
	begin_take_away(&nl, "plain");
	granted(&nl, "then it is taken away");
	ok(!nl_has(&nl, MORSEL_A_OBJECT_ADDR), "it has none");
	ok(ftruncate(fd, 64 * MIB) == 0, "and no limit");
	close(fd);
	remove_object("plain");
}

/* ---- who may ---- */

static int choose_as_alice(void *arg)
{
	struct nl mine;

	become_user(ALICE);
	nl_open(&mine);
	space_begin(&mine, "alice", 0x400000000000, MIB, 0);
	if (nl_talk(&mine) != EPERM || !strstr(mine.text, "CAP_SYS_ADMIN"))
		return 1;
	space_begin(&mine, "alice", 0, MIB, 0);
	if (nl_talk(&mine))
		return 2;
	nl_object(&mine, MORSEL_CMD_MORSEL_NEW, "p", "d/alice");
	nl_u64(&mine, MORSEL_A_OBJECT_ADDR, 0);
	nl_u64(&mine, MORSEL_A_OBJECT_SIZE, MIB);
	return nl_talk(&mine) == EACCES ? 0 : 3;
}

static void test_who(void)
{
	need(mkdir(pool_path("d"), 0755) == 0);
	need(write_param(ADMIN_PARAM, "1") == 0);
	is_int(in_child(choose_as_alice, NULL, 10), 0, "users do not choose if they may not");
	is_int(space_make(&nl, "root", 0x400000000000, MIB, 0), 0x400000000000,
	       "administrators do");
	need(write_param(ADMIN_PARAM, "0") == 0);
	remove_object("root");
}

/* ---- dumps ---- */

struct seen {
	uint64_t next; /* where the last range ended */
	int gaps, reservations, mappings;
	bool tiled, hidden;
};

static void see(struct nl *each, void *arg)
{
	struct seen *seen = arg;
	uint64_t start = nl_number(each, MORSEL_A_VAS_START);

	seen->tiled &= start == seen->next;
	seen->next = start + nl_number(each, MORSEL_A_VAS_LENGTH);
	switch (nl_number(each, MORSEL_A_VAS_KIND)) {
	case MORSEL_VAS_KIND_GAP:
		seen->gaps++;
		break;
	case MORSEL_VAS_KIND_RESERVATION:
		seen->reservations++;
		break;
	case MORSEL_VAS_KIND_MAPPING:
		seen->mappings++;
		break;
	}
	seen->hidden |= !strcmp(nl_string(each, MORSEL_A_VAS_PATH), "hidden/x");
}

static struct seen look(struct nl *from, bool gaps, pid_t pid)
{
	struct seen seen = { .next = WINDOW_START, .tiled = true };

	nl_begin(from, MORSEL_CMD_VAS_GET);
	if (gaps)
		nl_flag(from, MORSEL_A_VAS_GAPS);
	if (pid)
		nl_u32(from, MORSEL_A_VAS_PID, pid);
	if (nl_dump(from, see, &seen))
		seen = (struct seen){};
	return seen;
}

static int look_as_alice(void *arg)
{
	struct seen seen;
	struct nl mine;

	become_user(ALICE);
	nl_open(&mine);
	seen = look(&mine, true, 0);
	if (!seen.reservations || seen.hidden)
		return 1;
	nl_begin(&mine, MORSEL_CMD_VAS_GET);
	nl_u32(&mine, MORSEL_A_VAS_PID, getppid());
	if (nl_dump(&mine, see, &seen) != EPERM)
		return 2;
	return 0;
}

static void test_dump(void)
{
	struct seen seen;
	char name[16];
	void *map;
	int i, fd;

	need(mkdir(pool_path("hidden"), 0700) == 0);
	space_make(&nl, "hidden/x", 0, MIB, 0);
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		space_make(&nl, name, WINDOW_START + 100 * GIB + i * 4 * MIB, MIB, 0);
	}
	seen = look(&nl, true, 0);
	ok(seen.tiled && seen.next == WINDOW_END, "reservations and gaps are all of the window");
	ok(seen.reservations >= 301 && seen.gaps >= 300, "both of them: %d, %d", seen.reservations,
	   seen.gaps);
	ok(seen.hidden, "root sees everything");
	is_int(look(&nl, false, 0).gaps, 0, "gaps are not told unasked");
	is_int(in_child(look_as_alice, NULL, 20), 0, "users see what they may see");

	fd = open(pool_path("n7"), O_RDWR);
	map = mmap(NULL, 2 * MIB, PROT_READ, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	seen = look(&nl, false, getpid());
	is_int(seen.mappings, 1, "what a process has mapped");
	is_int(seen.next, (long)map + 2 * MIB, "and where");
	nl_begin(&nl, MORSEL_CMD_VAS_GET);
	nl_u32(&nl, MORSEL_A_VAS_PID, 4000000);
	is_int(nl_dump(&nl, see, &seen), ESRCH, "of a process that is not there");
	nl_begin(&nl, MORSEL_CMD_VAS_GET);
	nl_u32(&nl, MORSEL_A_VAS_PID, getpid());
	nl_flag(&nl, MORSEL_A_VAS_GAPS);
	is_int(nl_dump(&nl, see, &seen), EINVAL, "a process has no gaps");
	need(munmap(map, 2 * MIB) == 0);
	close(fd);
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		remove_object(name);
	}
	remove_object("hidden/x");
}

/* ---- how much a user may have ---- */

static struct nl alice, bob;

static int reserve_as_alice(void *arg)
{
	become_user(ALICE);
	nl_open(&alice);
	if (!space_make(&alice, "mine", 0, 4096, GIB))
		return 1;
	space_begin(&alice, "too-much", 0, 4096, 2 * GIB);
	if (nl_talk(&alice) != EDQUOT || !strstr(alice.text, "user_addresses"))
		return 2;
	space_begin(&alice, "too-much", 0x300000000000, 4096, 2 * GIB);
	if (nl_talk(&alice) != EDQUOT || !access(pool_path("too-much"), F_OK))
		return 3;
	remove_object("mine");
	return space_make(&alice, "all", 0, 4096, 2 * GIB) ? 0 : 4;
}

static int reserve_as_bob(void *arg)
{
	become_user(BOB);
	nl_open(&bob);
	return space_make(&bob, "bob", 0, 4096, 2 * GIB) ? 0 : 1;
}

static int reserve_more_as_bob(void *arg)
{
	become_user(BOB);
	nl_open(&bob);
	space_begin(&bob, "more", 0, 4096, GIB);
	return nl_talk(&bob) == EDQUOT ? 0 : 1;
}

static void test_users(void)
{
	is_int(write_param(USER_PARAM, "2149580800"), 0, "a user may have 2050 MiB of the window");
	is_int(in_child(reserve_as_alice, NULL, 20), 0,
	       "not more, and what is given back does not count");
	is_int(in_child(reserve_as_bob, NULL, 20), 0, "another user has as much");
	space_make(&nl, "root", 0, 4096, 8 * GIB);
	ok(true, "root has no limit");
	need(chown(pool_path("bob"), ALICE, -1) == 0 && chown(pool_path("all"), BOB, -1) == 0);
	remove_object("bob");
	is_int(in_child(reserve_more_as_bob, NULL, 20), 0, "what is given to a user counts");
	remove_object("all");
	is_int(in_child(reserve_as_bob, NULL, 20), 0, "until it is gone");
	remove_object("bob");
	remove_object("root");
	is_int(write_param(USER_PARAM, "4398046511104"), 0, "the default again");
}

/* ---- the window ---- */

static void test_window(void)
{
	char text[64] = "";
	int fd;

	space_window(&nl, WINDOW_START, WINDOW_END + GIB);
	refused(&nl, EBUSY, "reservations", MORSEL_A_WINDOW_START, "not while it is used");
	kmsg_mark();
	is_int(write_param(WINDOW_PARAM, "0x300000000000-0x400000000000"), EBUSY, "nor by sysfs");
	ok(kmsg_has("there are reservations"), "the log says why");
	kmsg_mark();
	is_int(write_param(WINDOW_PARAM, " 0x300000000000-0x400000000000\n"), EBUSY, "with a newline");
	ok(kmsg_has("morsel: window=0x300000000000-0x400000000000: there are reservations"),
	   "the log says it in one line");
	is_int(write_param(WINDOW_PARAM, "here-there"), EINVAL, "not an address");
	is_int(write_param(WINDOW_PARAM, "0x300000000000"), EINVAL, "half a window");
	remove_object("s1");
	remove_object("s2");
	remove_object("l1");
	remove_object("l2");
	remove_object("f");
	remove_object("alice");
	nl_begin(&nl, MORSEL_CMD_WINDOW_GET);
	granted(&nl, "a window can be looked at");
	is_int(nl_number(&nl, MORSEL_A_WINDOW_RESERVATIONS), 0, "nothing is left in it");
	is_int(nl_number(&nl, MORSEL_A_WINDOW_LARGEST_GAP), WINDOW_END - WINDOW_START,
	       "it is whole");
	space_window(&nl, 2 * GIB, GIB);
	refused(&nl, EINVAL, "ends before", 0, "an end before the start");
	space_window(&nl, 4096, GIB);
	refused(&nl, EINVAL, "multiple of 1 GiB", 0, "not at a GiB");
	space_window(&nl, GIB, 1UL << 47);
	refused(&nl, EINVAL, "user space", 0, "into the kernel's half");
	space_window(&nl, 0x300000000000, 0x300000000000 + 2 * GIB);
	granted(&nl, "a small window");
	is_int(space_make(&nl, "a", 0, MIB, GIB), 0x300000000000, "objects go there");
	is_int(space_make(&nl, "b", 0, MIB, GIB), 0x300000000000 + GIB, "until it is full");
	refuse("a full window", 0, MIB, 0, ENOSPC, "no gap", MORSEL_A_OBJECT_ADDR);
	remove_object("a");
	remove_object("b");
	is_int(write_param(WINDOW_PARAM, "0x200000000000-0x500000000000\n"), 0, "by sysfs");
	fd = open(WINDOW_PARAM, O_RDONLY);
	need(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	ok(!strcmp(text, "0x200000000000-0x500000000000\n"), "which tells what it is");
	close(fd);
}

int main(void)
{
	nl_open(&nl);
	test_places();
	test_refusals();
	test_set();
	test_who();
	test_dump();
	test_users();
	test_window();
	nl_close(&nl);
	return done_testing();
}
