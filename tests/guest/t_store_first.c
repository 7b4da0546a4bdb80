// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After an unmount, objects are judged table by table as they are used: opening, mapping
 * and touching one costs what its tree is high, whatever its size; who comes later finds
 * all of it done.  What changes a part judges that part.  Damage far away shows there, not
 * before, and nobody is shown another object's frame.
 * nvdimm: 114M
 * modules: nfit nd_pmem
 * programs: /usr/bin/ndctl
 * pool: none
 * groups: store
 * timeout: 90
 * log-allow: .*morsel: pool p on .*
 * leak-check: no, the kernel makes the map of the device's pages while the test runs
 * ldflags: ../../build/guest/libengine.a
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "lib/hostile.h"
#include "lib/mm.h"
#include "nltest.h"

#define DEV   "/dev/pmem0"
#define POOL  "/mnt/p/"
#define DEBUG "/sys/kernel/debug/morsel/pmem0/"

enum {
	FAR = 300,	/* the 2 MiB of an object that are damaged */
	LEAF = 0x7,	/* flags of an entry */
	TABLE = 0x27,
};

static const struct shape {
	const char *name;
	bool huge;	/* leaves of 2 MiB, else of 4 KiB */
	size_t size, step;	/* a leaf at each step */
	long high;	/* tables on the way to a leaf */
	long tables;
} shapes[] = {
	{ "small64M", false, 64 * MiB, HUGE, 2, 32 + 1 },
	{ "small1G", false, GiB, HUGE, 2, 512 + 1 },
	{ "small4G", false, 4 * GiB, HUGE, 3, 2048 + 4 + 1 },
	{ "huge64M", true, 64 * MiB, 16 * MiB, 1, 1 },
	{ "huge1G", true, GiB, 256 * MiB, 1, 1 },
	{ "huge4G", true, 4 * GiB, 256 * MiB, 2, 4 + 1 },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static bool device_pmds; /* 2 MiB of a device are one leaf */

static char *path_of(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), POOL "%s", name);
	return path;
}

static long tables(void)
{
	return read_long(DEBUG "tables");
}

/* ---- mounts ---- */

static void mount_pool(const char *options)
{
	need(!mount(DEV, POOL, "morsel", MS_NOATIME, options));
}

static bool is_trusted(void)
{
	int fd = open(DEBUG "trusted", O_RDONLY);
	char c = 0;

	need(fd >= 0 && read(fd, &c, 1) == 1);
	close(fd);
	return c == 'Y';
}

static void mount_trusted(void)
{
	mount_pool(NULL);
	need(is_trusted());
}

static void mount_again(void)
{
	need(!umount(POOL));
	mount_trusted();
}

static void make(const struct shape *s)
{
	int fd = open(path_of(s->name), O_RDWR | O_CREAT | O_EXCL, 0600);

	need(fd >= 0 && !ftruncate(fd, s->size));
	for (size_t at = 0; at < s->size; at += s->step) {
		if (s->huge)
			need(!fallocate(fd, 0, at, HUGE));
		need(pwrite(fd, &at, sizeof(at), at) == sizeof(at));
	}
	is_int(mm_fdinfo(fd, "morsel-canonical-tables"), s->tables, "%s: its tables", s->name);
	is_int(mm_fdinfo(fd, "morsel-huge-pages"), s->huge ? (long)(s->size / s->step) : 0,
	       "%s: its leaves of 2 MiB", s->name);
	close(fd);
}

static void build(void)
{
	need(!system(". /tests/lib/pmem.sh; make_fsdax && pool_format " DEV " p"));
	mkdir(POOL, 0755);
	mount_pool("huge=never");
	for (int i = 0; i < SHAPES; i++) {
		if (shapes[i].huge)
			need(!mount(DEV, POOL, "morsel", MS_REMOUNT | MS_NOATIME, "huge=always"));
		make(&shapes[i]);
	}
}

/* ---- first use ---- */

/*
 * All GiB that it reaches into, so that whole GiB can be linked; within the 512 GiB of a table,
 * as a fault fills one.
 */
static volatile char *map(int fd, size_t size)
{
	static unsigned int n;
	size_t length = (size + GiB - 1) / GiB * GiB;
	char *hint = (char *)(1ULL << 44) + n++ % 32 * 8 * GiB;
	void *p = mmap(hint, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(p != MAP_FAILED);
	return p;
}

struct use {
	const struct shape *shape;
	long faults;	/* that are to come */
	bool all;	/* all of its leaves are touched, else one */
};

/* Faults of touching it; -1: its contents are not what they were. */
static long touch(volatile char *p, const struct use *use)
{
	long before = mm_faults();

	for (size_t at = 0; at < use->shape->size; at += use->shape->step) {
		if (*(volatile size_t *)(p + at) != at)
			return -1;
		if (!use->all)
			break;
	}
	return mm_faults() - before;
}

/* Return: 0: as many faults as there were to come. */
static int use_it(void *arg)
{
	const struct use *use = arg;
	int fd = open(path_of(use->shape->name), O_RDWR);
	volatile char *p = map(fd, use->shape->size);
	long faults = touch(p, use);

	munmap((void *)p, (use->shape->size + GiB - 1) / GiB * GiB);
	close(fd);
	if (faults != use->faults)
		diag("%s: %ld faults, not %ld", use->shape->name, faults, use->faults);
	return faults != use->faults;
}

static void use_first(const struct shape *s)
{
	struct use use = { s, .faults = 1 };
	long before = tables();
	int fd = open(path_of(s->name), O_RDWR);

	need(fd >= 0);
	is_int(tables() - before, 1, "%s: opening it: its top table", s->name);
	close(fd);
	is_int(use_it(&use), 0, "%s: a byte: one fault", s->name);
	is_int(tables() - before, s->high, "%s: the tables on the way to it", s->name);
	is_int(in_child(use_it, &use, 10), 0, "%s: a second process: one fault", s->name);
	is_int(tables() - before, s->high, "%s: no table is judged again", s->name);
}

static void use_all(const struct shape *s)
{
	size_t unit = s->huge && device_pmds ? GiB : s->step;
	struct use use = { s, .faults = (s->size + unit - 1) / unit, .all = true };
	long before = tables();

	is_int(use_it(&use), 0, "%s: all of it: a fault for each %zu MiB", s->name, unit / MiB);
	is_int(tables() - before, s->tables - s->high, "%s: each table is judged once", s->name);
	use.faults = 1;
	is_int(in_child(use_it, &use, 10), 0, "%s: all of it, a second process: one fault",
	       s->name);
	is_int(tables() - before, s->tables - s->high, "%s: nothing is judged again", s->name);
}

/* ---- changes ---- */

static long blocks(int fd)
{
	struct stat st;

	need(!fstat(fd, &st));
	return st.st_blocks / 8;
}

static void change(void)
{
	const struct shape *s = &shapes[1];
	long before = tables();
	int fd = open(path_of(s->name), O_RDWR);
	volatile char *p = map(fd, s->size);

	is_int(blocks(fd), s->size / s->step, "what it has is known before it is judged");
	p[8] = 1;
	is_int(fsync(fd), 0, "it is written back");
	is_int(tables() - before, 2, "what nobody has seen is left alone");
	need(pwrite(fd, "x", 1, 100 * HUGE + PAGE) == 1);
	is_int(tables() - before, 3, "a write judges its way");
	need(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 101 * HUGE, 2 * HUGE));
	is_int(tables() - before, 5, "a hole judges what goes");
	need(!ftruncate(fd, s->size - HUGE));
	is_int(tables() - before, 6, "so does a cut");
	is_int(lseek(fd, 101 * HUGE, SEEK_DATA), 103 * HUGE, "the hole is there");
	is_int(blocks(fd), s->size / s->step + 1 - 2 - 1, "and counted");
	munmap((void *)p, GiB);
	close(fd);
	mount_again();
	fd = open(path_of(s->name), O_RDWR);
	is_int(blocks(fd), s->size / s->step + 1 - 2 - 1, "also after a mount");
	close(fd);
	is_int(unlink(path_of("small4G")), 0, "an object goes that nobody has used");
	need(!umount(POOL));
	is_int(system("pool_format --check " DEV " > /tmp/check"), 0, "nothing is wrong");
	mount_pool(NULL);
}

/* ---- damage ---- */

static struct nl events;

#define TALL	(1LL << 46)		/* bytes; no object has more */
#define BEHIND	(200ULL << 27)		/* a page for which there is an entry all the same */

/* The entry of height @level for page @page of an object; changed to @*to if that is not NULL. */
static uint64_t entry_of(uint64_t id, uint64_t page, unsigned int level, const uint64_t *to)
{
	uint64_t size, *at, was;
	int fd = open(DEV, O_RDWR);
	char *base;

	need(fd >= 0 && !ioctl(fd, BLKGETSIZE64, &size));
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(base != MAP_FAILED);
	at = hostile_entry(base, size, id, page, level);
	need(at);
	was = *at;
	if (to)
		*at = *to;
	need(!msync(base, size, MS_SYNC));
	munmap(base, size);
	close(fd);
	return was;
}

static uint64_t id_of(const char *name)
{
	struct stat st;

	need(!stat(path_of(name), &st));
	return st.st_ino;
}

/* Was there an event of damage at byte @where, among others? */
static bool told(uint64_t where)
{
	while (!nl_event(&events, 2000 * time_scale()))
		if (events.command == MORSEL_CMD_ERROR_NTF &&
		    nl_number(&events, MORSEL_A_ALERT_START) == where &&
		    nl_number(&events, MORSEL_A_ALERT_ERROR) == EUCLEAN)
			return true;
	return false;
}

/* small64M is in use.  Return: a mapping of it. */
static volatile char *use_victim(void)
{
	int fd = open(path_of("small64M"), O_RDWR);
	volatile char *p = map(fd, 64 * MiB);

	close(fd);
	p[16] = 0x5a;
	return p;
}

static int punch(int fd, off_t offset, off_t length)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

/* The far 2 MiB of small1G are damaged. */
static void find_damage(const char *what, const char *text)
{
	volatile char *own = use_victim(), *p;
	int fd = open(path_of("small1G"), O_RDWR);
	char byte = 0;

	p = map(fd, GiB);
	ok(!*(volatile size_t *)p, "%s: what is whole is there", what);
	is_int(mm_probe((void *)(p + HUGE), true), 0, "%s: beside it, too", what);
	kmsg_mark();
	while (!nl_event(&events, 0))
		;
	is_int(mm_probe((void *)(p + FAR * HUGE), true), SIGBUS, "%s: there is nothing", what);
	ok(told(FAR * HUGE), "%s: an event", what);
	ok(kmsg_has(text), "%s: the kernel log", what);
	is_int(mm_probe((void *)(p + HUGE), true), 0, "%s: who has a part has it still", what);
	is_int(mm_probe((void *)(p + 2 * HUGE), false), SIGBUS, "%s: no more of it", what);
	is_errno(pread(fd, &byte, 1, 0), EUCLEAN, "%s: it is not read", what);
	is_errno(pwrite(fd, &byte, 1, 0), EUCLEAN, "%s: nor written", what);
	is_errno(ftruncate(fd, 0), EUCLEAN, "%s: nor cut", what);
	is_errno(punch(fd, 0, 8 * HUGE), EUCLEAN, "%s: nor punched", what);
	is_int(mm_probe((void *)(p + HUGE), true), 0, "%s: who has a part has it still", what);
	is_errno(fallocate(fd, 0, 0, 8 * HUGE), EUCLEAN, "%s: nor filled", what);
	is_errno(open(path_of("small1G"), O_RDONLY), EUCLEAN, "%s: nor opened", what);
	ok(own[16] == 0x5a && !own[0], "%s: others have what they had", what);
	munmap((void *)p, GiB);
	munmap((void *)own, GiB);
	close(fd);
}

/* What finds the damage is refused, and has taken nothing from who uses the rest. */
static void cut_damage(const char *what, int (*cut)(int fd))
{
	int fd = open(path_of("small1G"), O_RDWR);
	volatile char *p = map(fd, GiB);

	p[3 * HUGE + 5] = 0x77;
	is_errno(cut(fd), EUCLEAN, "%s: refused", what);
	is_int(mm_probe((void *)(p + 3 * HUGE), true), 0, "%s: it is there still", what);
	ok(p[3 * HUGE + 5] == 0x77, "%s: with its contents", what);
	munmap((void *)p, GiB);
	close(fd);
}

static int punch_middle(int fd)
{
	return punch(fd, 2 * HUGE, FAR * HUGE);
}

static int cut_to_little(int fd)
{
	return ftruncate(fd, 2 * HUGE);
}

/* A pool in which an entry for the far 2 MiB is another one is mounted.  Return: what it was. */
static uint64_t plant(uint64_t id, unsigned int level, uint64_t entry)
{
	uint64_t was;

	need(!umount(POOL));
	was = entry_of(id, FAR * (HUGE / PAGE), level, &entry);
	mount_trusted();
	return was;
}

/*
 * Behind all that an object may have, its tree has tables that lead to what another one has:
 * pages of a file that look like them.
 */
static void forge(uint64_t leaf)
{
	uint64_t table[3], page[PAGE / 8] = { 0 }, entry;
	volatile char *own;
	int fd, i;

	fd = open(path_of("forged"), O_CREAT | O_RDWR, 0600);
	need(fd >= 0 && !fallocate(fd, 0, 0, 3 * PAGE) && !close(fd));
	fd = open(path_of("tall"), O_CREAT | O_RDWR, 0600);
	need(fd >= 0 && !ftruncate(fd, TALL) && pwrite(fd, "x", 1, TALL - 1) == 1 && !close(fd));
	need(!umount(POOL));
	mount_pool(NULL);
	const uint64_t forged = id_of("forged"), tall = id_of("tall");

	need(!umount(POOL));
	for (i = 0; i < 3; i++)
		table[i] = (entry_of(forged, i, 1, NULL) & ~0xfffULL) | TABLE;
	mount_pool(NULL);
	fd = open(path_of("forged"), O_RDWR);
	for (i = 0; i < 3; i++) {
		page[0] = i < 2 ? table[i + 1] : leaf;
		need(pwrite(fd, page, PAGE, i * PAGE) == PAGE);
	}
	need(!close(fd) && !umount(POOL));
	entry = table[0];
	is_int(entry_of(tall, BEHIND, 4, &entry), 0, "there is nothing behind the last page");
	mount_trusted();

	own = use_victim();
	is_int(unlink(path_of("tall")), 0, "what is tall is removed");
	fd = open(path_of("taker"), O_CREAT | O_RDWR, 0600);
	memset(page, 0x33, PAGE);
	while (write(fd, page, PAGE) == PAGE)	/* all that is free */
		;
	is_int(errno, ENOSPC, "somebody takes all that is free");
	ok(own[16] == 0x5a && !own[0], "what it led to is still its owner's");
	munmap((void *)own, GiB);
	close(fd);
	need(!unlink(path_of("taker")) && !unlink(path_of("forged")) && !umount(POOL));
	mount_pool(NULL);
	ok(!is_trusted(), "and the next mount walks all trees");
	need(!umount(POOL));
	mount_trusted();
}

static void damage(void)
{
	const uint64_t id = id_of("small1G"), victim = id_of("small64M"), outside = 1ULL << 40;
	uint64_t leaf, table, was;

	need(!umount(POOL));
	leaf = entry_of(victim, 0, 1, NULL);
	table = entry_of(victim, 0, 2, NULL);
	mount_trusted();

	was = plant(id, 1, leaf);
	find_damage("another's frame", "another owner");
	plant(id, 1, (table & ~0xfffULL) | LEAF);
	find_damage("another's table", "another owner");
	plant(id, 1, outside | LEAF);
	find_damage("no frame of the pool", "not in the pool");
	plant(id, 1, 0x12345678);
	find_damage("no flags of a leaf", "flags that leaves do not have");
	plant(id, 1, 0x12345678);
	cut_damage("punched", punch_middle);
	plant(id, 1, 0x12345678);
	cut_damage("made smaller", cut_to_little);
	plant(id, 1, was);

	was = plant(id, 2, table);
	munmap((void *)use_victim(), GiB);
	is_errno(open(path_of("small1G"), O_RDONLY), EUCLEAN, "damage of its top shows at once");
	plant(id, 2, was);
	is_int(in_child(use_it, &(struct use){ &shapes[0], 1, false }, 10), 0, "others are there");

	forge(leaf);
	sleep(6);	/* the kernel log takes ten lines in five seconds */
	plant(id, 1, leaf);
	find_damage("to be removed", "another owner");
	is_int(unlink(path_of("small1G")), 0, "it can be removed");
	need(!umount(POOL));
	mount_pool(NULL);
	ok(!is_trusted(), "the next mount walks all trees");
	need(!umount(POOL));
	is_int(system("pool_format --check " DEV " > /tmp/check"), 0, "and all is well");
	mount_pool(NULL);
}

int main(void)
{
	struct utsname name;
	unsigned int major = 0, minor = 0;

	need(!uname(&name) && sscanf(name.release, "%u.%u", &major, &minor) == 2);
	device_pmds = major > 6 || (major == 6 && minor >= 5);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	build();
	mount_again();
	is_int(tables(), 0, "mounted: no table is judged");
	for (int i = 0; i < SHAPES; i++)
		use_first(&shapes[i]);
	for (int i = 0; i < SHAPES; i++)
		use_all(&shapes[i]);
	mount_again();
	change();
	nl_open(&events);
	nl_join(&events);
	damage();
	nl_close(&events);
	need(!umount(POOL));
	return done_testing();
}
