// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The power goes while names, attributes, limits and contents change.  After each cut
 * the pool has what was acknowledged, and of what was under way all or nothing:
 * the same operations, done again in memory, say what that is.  With LOSE=1
 * what was not flushed and fenced may be lost as well.
 * nvdimm: 66M
 * boots: 12
 * cut: 2
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store cut
 * timeout: 120
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/cut.h"

enum {
	SOME = 300,
	ENOUGH = 20000, /* operations; to do them all again takes its time */
};

#define POOL  "/mnt/morsel"
#define MODEL "/tmp/model"

static struct nl nl;

/* Do @n operations on an empty directory in memory. */
static void model(struct cut_place *at, unsigned long n)
{
	mkdir(MODEL, 0755);
	/* Not with the sticky bit, which keeps links of others from being followed. */
	need(!mount("none", MODEL, "tmpfs", MS_NOATIME, "mode=755"));
	*at = (struct cut_place){ .dir = open(MODEL, O_RDONLY | O_DIRECTORY), .model = true };
	need(at->dir >= 0);
	for (unsigned long i = 1; i <= n; i++)
		cut_operate(at, i);
}

/* Return: how many operations the pool has seen. */
static unsigned long verify(struct cut_place *pool, unsigned long done)
{
	static struct cut_state is, before, after;
	bool writes, first, second;
	struct cut_place at;

	model(&at, done);
	cut_look(pool, &is);
	cut_look(&at, &before);
	writes = cut_operate(&at, done + 1);
	cut_look(&at, &after);
	close(at.dir);
	first = cut_same(&is, &before);
	second = cut_same(&is, &after) || (writes && cut_partly(&is, &before, &after));
	ok(first || second, "after %lu operations the pool is as it should be", done);
	if (!first && !second)
		cut_show(&is, &before);
	umount2(MODEL, MNT_DETACH);
	cut_forget(&is);
	cut_forget(&before);
	cut_forget(&after);
	if (!first && writes) /* what may be there in part is to be there whole */
		cut_operate(pool, done + 1);
	return first ? done : done + 1;
}

/* ---- what verify() can see ---- */

static bool is_file(const struct cut_thing *thing)
{
	return S_ISREG(thing->mode);
}

static bool has_bytes(const struct cut_thing *thing)
{
	return is_file(thing) && thing->size;
}

static bool has_list(const struct cut_thing *thing)
{
	return thing->acl_len > 0;
}

static bool is_sealed(const struct cut_thing *thing)
{
	return thing->sealed;
}

static bool has_addr(const struct cut_thing *thing)
{
	return thing->addr;
}

#define DAMAGE(name, what)				\
	static void name(struct cut_thing *thing)	\
	{						\
		what;					\
	}
DAMAGE(damage_mode, thing->mode ^= 0001)
DAMAGE(damage_uid, thing->uid++)
DAMAGE(damage_gid, thing->gid++)
DAMAGE(damage_nlink, thing->nlink++)
DAMAGE(damage_size, thing->size--)
DAMAGE(damage_bytes, thing->bytes[thing->size - 1] ^= 1)
DAMAGE(damage_list, thing->acl[thing->acl_len - 1] ^= 1)
DAMAGE(damage_seal, thing->sealed = false)
DAMAGE(damage_addr, thing->addr = 0)
DAMAGE(damage_atime, thing->times.atime++)
DAMAGE(damage_mtime, thing->times.mtime = SOME + 1)
DAMAGE(damage_ctime, thing->times.ctime = SOME + 1)
DAMAGE(damage_btime, thing->times.btime--)

static const struct damage {
	const char *what;
	bool (*has)(const struct cut_thing *thing);
	void (*damage)(struct cut_thing *thing);
} damages[] = {
	{ "a mode", is_file, damage_mode },
	{ "an owner", is_file, damage_uid },
	{ "a group", is_file, damage_gid },
	{ "a number of links", is_file, damage_nlink },
	{ "a size", has_bytes, damage_size },
	{ "a byte", has_bytes, damage_bytes },
	{ "a list", has_list, damage_list },
	{ "a seal", is_sealed, damage_seal },
	{ "an address", has_addr, damage_addr },
	{ "atime", is_file, damage_atime },
	{ "mtime", is_file, damage_mtime },
	{ "ctime", is_file, damage_ctime },
	{ "btime", is_file, damage_btime },
};

static void is_found(struct cut_place *pool, const struct cut_state *expected,
		     const struct damage *damage)
{
	static struct cut_state is;
	unsigned int i = 0;

	cut_look(pool, &is);
	while (i < CUT_PATHS && !damage->has(&is.things[i]))
		i++;
	if (i < CUT_PATHS)
		damage->damage(&is.things[i]);
	ok(i < CUT_PATHS && !cut_same(&is, expected) && !cut_partly(&is, expected, expected),
	   "it would be seen if %s were wrong", damage->what);
	cut_forget(&is);
}

/* The operations so far have made something of each kind, and a difference in it is seen. */
static void is_able_to_fail(struct cut_place *pool)
{
	static struct cut_state is, expected;
	struct cut_place at;

	model(&at, SOME);
	cut_look(pool, &is);
	cut_look(&at, &expected);
	close(at.dir);
	umount2(MODEL, MNT_DETACH);
	ok(cut_same(&is, &expected), "without a cut the pool is as it should be");
	if (!cut_same(&is, &expected))
		cut_show(&is, &expected);
	for (unsigned int i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		is_found(pool, &expected, &damages[i]);
	is.limits[1].bytes++;
	ok(!cut_same(&is, &expected), "it would be seen if a limit were wrong");
	cut_forget(&is);
	nl_pool(&nl, MORSEL_CMD_POOL_GET, CUT_POOL);
	granted(&nl, "the pool");
	ok(expected.limits[1].bytes || expected.limits[2].bytes, "there are limits");
	ok(expected.things[CUT_BIG].size && nl_number(&nl, MORSEL_A_POOL_USED_HUGE),
	   "there are contents in a frame of 2 MiB");
	cut_forget(&expected);
}

/* What is kept in the pool itself. */
struct kept {
	unsigned long done;  /* operations */
	unsigned long boots; /* with operations that the power ended */
	unsigned long all;   /* operations before those */
	unsigned long anew;  /* what there is goes, and everything begins anew */
};

/* The next word of what is kept is not changed before this one has lasted. */
static void keep(volatile unsigned long *word, unsigned long value)
{
	asm volatile("movq %1, (%0)\n\tclflush (%0)\n\tsfence"
		     : : "r" (word), "r" (value) : "memory");
}

/* What one CPU has done is acknowledged by the other, whose fences do not make it last. */
static void go_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Every fourth time the power may go before the work, while the pool is being mounted. */
static bool cut_early(int boot)
{
	return boot % 4 == 2;
}

static void begin_anew(volatile struct kept *kept)
{
	keep(&kept->anew, 1);
	cut_no_limits(&nl);
	need(!system("rm -rf " POOL "/work"));
	keep(&kept->all, kept->all + kept->done);
	keep(&kept->done, 0);
	keep(&kept->anew, 0);
}

static void open_work(struct cut_place *pool)
{
	mkdir(POOL "/work", 0755);
	*pool = (struct cut_place){ .dir = open(POOL "/work", O_RDONLY | O_DIRECTORY), .nl = &nl };
	need(pool->dir >= 0);
}

static void under_load(void)
{
	puts("# under load");
	fflush(stdout);
}

static void work(struct cut_place *pool, volatile struct kept *kept, unsigned long until)
{
	unsigned long before = kept->done;

	while (kept->done < until) {
		go_to(0);
		cut_operate(pool, kept->done + 1);
		go_to(1);
		keep(&kept->done, kept->done + 1);
		if (kept->done == before + 1)
			keep(&kept->boots, kept->boots + 1);
	}
}

int main(void)
{
	const char *number = getenv("MORSEL_BOOT"), *last = getenv("MORSEL_BOOTS");
	int boot = number ? atoi(number) : 0, boots = last ? atoi(last) : 1, fd;
	struct cut_place pool;
	struct kept *kept;

	umask(0);
	if (cut_early(boot))
		under_load();
	if (boot == 1)
		need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format /dev/pmem0 cut"));
	else
		ok(!system("cat /dev/pmem0 > /tmp/image && pool_format --check /tmp/image"),
		   "the checker finds nothing wrong");
	unlink("/tmp/image"); /* the module recovers the pool itself */
	mkdir(POOL, 0755);
	need(!mount("/dev/pmem0", POOL, "morsel", MS_NOATIME, NULL));
	nl_open(&nl);
	fd = open(POOL "/done", O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && !ftruncate(fd, 4096));
	kept = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	need(kept != MAP_FAILED);
	if (kept->anew)
		begin_anew(kept);
	open_work(&pool);
	keep(&kept->done, verify(&pool, kept->done));
	if (kept->done > ENOUGH) {
		close(pool.dir);
		begin_anew(kept);
		open_work(&pool);
	}
	if (boot == 1) {
		work(&pool, kept, SOME);
		is_able_to_fail(&pool);
	} else if (boot < boots) {
		if (!cut_early(boot))
			under_load();
		work(&pool, kept, -1UL);
	} else {
		diag("%lu operations; %lu of %d cuts under load", kept->all + kept->done,
		     kept->boots - 1, boots - 2);
		ok(kept->boots - 1 >= (unsigned long)(boots - 2) * 7 / 10, "most cuts meet work");
	}
	return done_testing();
}
