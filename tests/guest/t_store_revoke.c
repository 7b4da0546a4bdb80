// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A right that is revoked on a persistent pool is gone from mappings at once, and stays
 * gone after an unmount and when there was none; who has his goes on.
 * nvdimm: 66M
 * boots: 2
 * unmount: no
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store rights
 * timeout: 60
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/turns.h"

#define DEV  "/dev/pmem0"
#define POOL "/mnt/morsel"

/* Words of the object: what of it is 2 MiB in one piece, 4 KiB, and a hole. */
enum {
	HUGE = 0,
	SMALL = CHUNK / 8,
	HOLE = 2 * CHUNK / 8,
	BOBS = 1,	/* beside each of them: that of the owner */
};

/* What the children have found out. */
enum {
	BOB_STORES,	/* + round */
	BOB_READS = BOB_STORES + 4,
	ALICE_READS = 16,
	ALICE_READ_ONLY = ALICE_READS + 4,
	ALICE_HUGE = ALICE_READ_ONLY + 4,
	ALICE_SMALL = ALICE_HUGE + 4,
	ALICE_HOLE = ALICE_SMALL + 4,
	ALICE_CALL = ALICE_HOLE + 4,
	ALICE_SEES = ALICE_CALL + 4,
};

enum { ROUNDS = 4 };

static struct barrier *step;

static void mount_pool(void)
{
	mkdir(POOL, 0755);
	need(!mount(DEV, POOL, "morsel", 0, "name=p"));
	turns_begin();
}

static void unmount_pool(void)
{
	nl_close(&nl);
	need(!umount(POOL));
}

static int owner(void *arg)
{
	volatile uint64_t *p;

	become_user(BOB);
	p = map(open_m(O_RDWR), PROT_READ | PROT_WRITE);
	for (int i = 0; i < ROUNDS; i++) {
		barrier_wait(step); /* her right is what it is now */
		notes[BOB_STORES + i] = touch_write(&p[HUGE + BOBS], 10 + i) ?:
					touch_write(&p[SMALL + BOBS], 10 + i);
		barrier_wait(step);
		notes[BOB_READS + i] = p[HUGE];
		barrier_wait(step);
	}
	return 0;
}

static int other(void *arg)
{
	volatile uint64_t *rw[2], *p, *ro;
	int fd;

	become_user(ALICE);
	fd = open_m(O_RDWR);
	rw[0] = map(fd, PROT_READ | PROT_WRITE);
	rw[1] = map(fd, PROT_READ | PROT_WRITE);
	ro = map(fd, PROT_READ);
	rw[1][HUGE] = 1;
	rw[1][SMALL] = 1;
	for (int i = 0; i < ROUNDS; i++) {
		/* A store without the right to write makes a mapping read-only. */
		p = rw[i == 1];
		barrier_wait(step);
		barrier_wait(step); /* bob has stored */
		notes[ALICE_READS + i] = touch_read(&p[SMALL]);
		notes[ALICE_READ_ONLY + i] = touch_read(&ro[HUGE]);
		notes[ALICE_HUGE + i] = touch_write(&p[HUGE], 100 + i);
		notes[ALICE_SMALL + i] = touch_write(&p[SMALL], 100 + i);
		if (i)
			notes[ALICE_HOLE + i] = touch_write(&p[HOLE], 100 + i);
		notes[ALICE_CALL + i] = error_of(pwrite(fd, "x", 1, SIZE - 1));
		notes[ALICE_SEES + i] = notes[ALICE_READ_ONLY + i] ? 0 : ro[HUGE + BOBS];
		barrier_wait(step);
	}
	return 0;
}

static void one_round(int i, const char *name, int reads, int writes, int calls)
{
	is_int(notes[ALICE_READS + i], reads, "%s: alice reads where she wrote", name);
	is_int(notes[ALICE_READ_ONLY + i], reads, "%s: she reads", name);
	is_int(notes[ALICE_HUGE + i], writes, "%s: she stores to 2 MiB", name);
	is_int(notes[ALICE_SMALL + i], writes, "%s: she stores to 4 KiB", name);
	if (i)
		is_int(notes[ALICE_HOLE + i], writes, "%s: she stores to a hole", name);
	is_int(notes[ALICE_CALL + i], calls, "%s: she writes", name);
	is_int(notes[ALICE_SEES + i], reads ? 0 : 10 + i, "%s: she sees what bob stores", name);
	is_int(notes[BOB_STORES + i], 0, "%s: bob stores", name);
}

static void make_object(void)
{
	int fd = make_morsel("m", CHUNK + PAGE); /* the end of an object is in 4 KiB */

	need(!fallocate(fd, 0, 0, CHUNK) && pwrite(fd, "", 1, CHUNK) == 1);
	need(!ftruncate(fd, SIZE));
	need(!fchown(fd, BOB, BOB));
	close(fd);
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "m");
	granted(&nl, "an object");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_HUGE), CHUNK, "has a part in 2 MiB");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_ALLOCATED), CHUNK + PAGE, "and one in 4 KiB");
}

static void test_mapped(void)
{
	pid_t bob, alice;

	grant("rw");
	step = barrier_new(3);
	bob = start_child(owner, NULL);
	alice = start_child(other, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		if (i == 1)
			take("r");
		else if (i == 2)
			take("");
		else if (i == 3)
			grant("rw");
		for (int j = 0; j < 3; j++)
			barrier_wait(step);
	}
	is_int(wait_child(bob, 20), 0, "bob, the owner, and");
	is_int(wait_child(alice, 20), 0, "alice have it mapped");
	one_round(0, "at first", 0, 0, 0);
	one_round(1, "the right to write is revoked", 0, SIGSEGV, EACCES);
	one_round(2, "all is revoked", SIGBUS, SIGBUS, EACCES);
	one_round(3, "it is given back", 0, 0, 0);
	is_int(notes[BOB_READS + 1], 100, "what she stored is there");
	is_int(notes[BOB_READS + 2], 100, "and nothing of what she stored without the right");
}

/* ---- what is left of it later ---- */

static int lose(void *arg)
{
	volatile uint64_t *p = map(open_m(O_RDWR), PROT_READ | PROT_WRITE);

	notes[0] = touch_write(&p[HUGE], 1000);
	turn();
	turn();
	notes[1] = touch_write(&p[HUGE], 2000);
	return 0;
}

/* The last thing before the pool goes. */
static void lose_while_mapped(const char *perm, int signal)
{
	pid_t alice = start_child(as_alice, lose);

	turn();
	take(perm);
	turn();
	is_int(wait_child(alice, 20), 0, "alice has it mapped, and may only \"%s\"", perm);
	is_int(notes[0], 0, "she had stored");
	is_int(notes[1], signal, "she does not any more");
}

/* Return: the errno of opening it. */
static int opens(void *flags)
{
	become_user(ALICE);
	return error_of(open(pool_path("m"), *(int *)flags));
}

static void check(const char *when, int reading, int writing)
{
	int fd = open_m(O_RDONLY), flags = O_RDONLY;
	volatile uint64_t *p = map(fd, PROT_READ);

	is_int(in_child(opens, &flags, 10), reading, "%s: alice opens it to read", when);
	flags = O_RDWR;
	is_int(in_child(opens, &flags, 10), writing, "%s: and to write", when);
	is_int(p[HUGE], 1000, "%s: what she stored with the right", when);
	is_int(p[SMALL + BOBS], 10 + ROUNDS - 1, "%s: what the owner stored", when);
	is_int(p[HOLE], 100 + ROUNDS - 1, "%s: what was a hole", when);
	munmap((void *)p, SIZE);
	close(fd);
}

int main(void)
{
	const char *boot = getenv("MORSEL_BOOT");

	if (!boot || atoi(boot) == 1) {
		need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " p"));
		mount_pool();
		make_object();
		test_mapped();
		lose_while_mapped("r", SIGSEGV);
		unmount_pool();
		mount_pool();
		check("after an unmount", 0, EACCES);
		grant("rw");
		lose_while_mapped("", SIGBUS);
		return done_testing();
	}
	mount_pool();
	is_int(system(". /tests/lib/pmem.sh; test \"$(trusted)\" = N"), 0, "it was not unmounted");
	check("after a boot", EACCES, EACCES);
	grant("rw");
	check("given back", 0, 0);
	unmount_pool();
	ok(!system("pool_format --check " DEV), "nothing is wrong with it");
	return done_testing();
}
