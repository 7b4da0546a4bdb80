// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The library in a guest: opening and mapping morsels, threads, fork, changed rights.
 * pool: size=128M,name=p,mode=1777
 * groups: cli
 * timeout: 60
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <errno.h>
#include <fcntl.h>
#include <morsel.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tap.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

#define RUN_DIR "/run/morsel/p"

static struct morsel_ctx *ctx;

static struct morsel *opened(const char *name, int flags, uint64_t size)
{
	struct morsel *morsel = NULL;

	if (morsel_open(ctx, name, flags, 0600, &morsel))
		bail_out("%s: %s", name, morsel_error(ctx));
	if (size)
		need(!ftruncate(morsel_fd(morsel), (off_t)size));
	return morsel;
}

static struct morsel_mapping *mapped(struct morsel *morsel, void *addr, unsigned int flags)
{
	struct morsel_mapping *mapping = NULL;

	if (morsel_map(morsel, 0, 0, addr, flags, &mapping))
		bail_out("map: %s", morsel_error(ctx));
	return mapping;
}

static uint64_t links_of(const char *name)
{
	struct morsel_info *info;
	uint64_t links;

	if (morsel_stat(ctx, name, &info))
		bail_out("%s: %s", name, morsel_error(ctx));
	links = morsel_info_links(info);
	morsel_info_free(info);
	return links;
}

/* ---- opening ---- */

static void test_open(void)
{
	struct morsel *morsel = NULL;
	uint64_t size = 0;
	struct stat st;

	umask(027);
	morsel = opened("p:new", O_RDWR | O_CREAT | O_EXCL, 12345);
	ok(!fstat(morsel_fd(morsel), &st) && st.st_mode == (S_IFREG | 0600), "a new morsel");
	ok(!morsel_size(morsel, &size) && size == 12345, "its size");
	ok(fcntl(morsel_fd(morsel), F_GETFD) == FD_CLOEXEC, "closed on exec");
	morsel_close(morsel);
	is_int(morsel_open(ctx, "p:new", O_RDWR | O_CREAT | O_EXCL, 0600, &morsel), -EEXIST,
	       "O_EXCL on what exists");
	is_int(morsel_open(ctx, "p:none", O_RDONLY, 0, &morsel), -ENOENT, "what does not exist");
	is_int(morsel_open(ctx, "p:", O_RDONLY, 0, &morsel), -EISDIR, "the root, to read");
	need(!mkdir(pool_path("dir"), 0755));
	is_int(morsel_open(ctx, "p:dir", O_RDWR, 0, &morsel), -EISDIR, "a directory, to write");
	is_int(morsel_open(ctx, "q:a", O_RDONLY, 0, &morsel), -ENXIO, "a pool that is not there");
	if (!symlink("/etc/passwd", pool_path("link")))
		is_int(morsel_open(ctx, "p:link", O_RDONLY, 0, &morsel), -ELOOP, "a symbolic link");
	need(!mount("none", pool_path("dir"), "tmpfs", 0, NULL));
	is_int(morsel_open(ctx, "p:dir/a", O_RDWR | O_CREAT, 0600, &morsel), -EXDEV,
	       "another file system on the way");
	need(!umount(pool_path("dir")));
}

/* ---- mapping ---- */

static void test_one_entry(void)
{
	struct morsel *morsel = opened("p:wide", O_RDWR | O_CREAT, 16 * MIB);
	struct morsel_mapping *mapping = mapped(morsel, NULL, MORSEL_MAP_WRITE);
	volatile char *memory = morsel_mapping_addr(mapping);
	uint64_t i;

	is_int(morsel_mapping_length(mapping), 16 * MIB, "all of it");
	is_int(morsel_mapping_mapped_length(mapping), GIB, "rounded up to a span");
	ok((uintptr_t)memory % GIB == 0, "aligned to it");
	for (i = 0; i < 16 * MIB; i += 2 * MIB)
		memory[i] = (char)(i >> 21);
	is_int(links_of("p:wide"), 1, "one entry serves 16 MiB");
	morsel_close(morsel);
	is_int(memory[14 * MIB], 7, "the mapping outlives the descriptor");
	ok(!morsel_unmap(mapping), "unmapped");
	is_int(links_of("p:wide"), 0, "no entry is left");

	/* what is small takes no more address space than it must */
	morsel = opened("p:small", O_RDWR | O_CREAT, 5 * MIB);
	mapping = mapped(morsel, NULL, MORSEL_MAP_WRITE);
	is_int(morsel_mapping_mapped_length(mapping), 6 * MIB, "a small one");
	memory = morsel_mapping_addr(mapping);
	memory[0] = memory[2 * MIB] = memory[4 * MIB] = 1;
	is_int(links_of("p:small"), 3, "three entries serve it");
	ok(!morsel_unmap(mapping), "unmapped");
	morsel_close(morsel);
}

/* In another process: find what test_one_entry() wrote, by name alone. */
static int reader(void *arg)
{
	struct morsel_mapping *mapping;
	struct morsel *morsel;

	(void)arg;
	if (morsel_open(ctx, "p:wide", O_RDONLY, 0, &morsel) ||
	    morsel_map(morsel, 6 * MIB, 1, NULL, 0, &mapping))
		return 1;
	if (*(char *)morsel_mapping_addr(mapping) != 3)
		return 2;
	if (morsel_map(morsel, 0, 0, NULL, MORSEL_MAP_WRITE, &mapping) != -EACCES)
		return 3;
	return 0;
}

static void test_address(void)
{
	struct morsel *morsel = opened("p:wide", O_RDWR, 0);
	char *wanted = (char *)0x300000000000;
	struct morsel_mapping *mapping = mapped(morsel, wanted, MORSEL_MAP_WRITE), *second = NULL;

	ok(morsel_mapping_addr(mapping) == wanted, "at a given address");
	is_int(((char *)morsel_mapping_addr(mapping))[8 * MIB], 4, "with the contents");
	is_int(morsel_map(morsel, 0, 0, wanted, 0, &second), -EEXIST, "which is taken then");
	ok(strstr(morsel_error(ctx), "0x300000000000"), "and named: %s", morsel_error(ctx));
	is_int(morsel_map(morsel, 0, 0, wanted + 4096, 0, &second), -EINVAL, "an odd one");
	ok(!morsel_unmap(mapping), "unmapped");
	morsel_close(morsel);
}

/* One that has an address of its own. */
static void test_place(void)
{
	struct morsel_attr attr = { .set = MORSEL_SET_SIZE | MORSEL_SET_ADDR, .size = 4 * MIB };
	struct morsel_mapping *second = NULL;
	struct morsel_info *info;
	struct morsel *morsel;
	char *home, *other;

	need(!morsel_create(ctx, "p:placed", &attr, 0, &info));
	home = (char *)morsel_info_addr(info);
	attr.addr = morsel_info_addr(info);
	morsel_info_free(info);
	is_int(morsel_create(ctx, "p:there", &attr, 0, &info), -EADDRINUSE,
	       "addresses of another morsel");
	ok(strstr(morsel_error(ctx), "another object has addresses there"), "that is told: %s",
	   morsel_error(ctx));
	morsel = opened("p:placed", O_RDWR, 0);
	other = mmap(home + 2 * MIB, 4096, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	need(other == home + 2 * MIB);
	is_int(morsel_map(morsel, 0, 0, NULL, 0, &second), -EEXIST, "something is in the way");
	ok(!strcmp(morsel_error(ctx), "something is mapped where the morsel has its address"),
	   "that is told, too: %s", morsel_error(ctx));
	need(!munmap(other, 4096));
	is_int(morsel_map(morsel, 0, 8 * MIB, NULL, 0, &second), -EFBIG, "more than is reserved");
	ok(!strcmp(morsel_error(ctx), "the addresses of the morsel end before that"),
	   "and that: %s", morsel_error(ctx));
	morsel_close(morsel);
}

/* Where there is no room for a wide mapping, there may be for a narrow one. */
static int cramped(void *arg)
{
	struct rlimit limit = { 512 * MIB, 512 * MIB };
	struct morsel_mapping *mapping;
	struct morsel *morsel;

	(void)arg;
	if (setrlimit(RLIMIT_AS, &limit) || morsel_open(ctx, "p:wide", O_RDWR, 0, &morsel) ||
	    morsel_map(morsel, 0, 0, NULL, MORSEL_MAP_WRITE, &mapping))
		return 1;
	return morsel_mapping_mapped_length(mapping) == 16 * MIB ? 0 : 2;
}

/* ---- threads and processes ---- */

struct worker {
	pthread_t thread;
	int number, bad;
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct morsel_info *info;
	char name[64], missing[64];
	int i;

	snprintf(missing, sizeof(missing), "p:%d/none", worker->number);
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "p:t%d-%d", worker->number, i);
		if (morsel_create(ctx, name, NULL, MORSEL_CREATE_EXCLUSIVE, &info)) {
			worker->bad++;
			continue;
		}
		worker->bad += strcmp(morsel_info_name(info), name) != 0;
		/* the words for a failure are those of this thread */
		worker->bad += morsel_stat(ctx, missing, NULL) != -ENOENT;
		worker->bad += morsel_name_parse(ctx, missing + 2, NULL, NULL) != -EINVAL;
		worker->bad += !strstr(morsel_error(ctx), missing + 2);
		worker->bad += morsel_remove(ctx, name, morsel_info_id(info)) != 0;
		morsel_info_free(info);
	}
	return NULL;
}

static int child_of_threads(void *arg)
{
	(void)arg;
	return morsel_stat(ctx, "p:wide", NULL) ? 1 : 0;
}

static void test_threads(void)
{
	struct worker workers[4] = { 0 };
	int i, bad = 0, forks = 0;

	for (i = 0; i < 4; i++) {
		workers[i].number = i;
		need(!pthread_create(&workers[i].thread, NULL, work, &workers[i]));
	}
	/* a fork may catch any of them with the lock held */
	for (i = 0; i < 20; i++)
		forks += in_child(child_of_threads, NULL, 20) != 0;
	for (i = 0; i < 4; i++) {
		need(!pthread_join(workers[i].thread, NULL));
		bad += workers[i].bad;
	}
	is_int(bad, 0, "four threads share a context");
	is_int(forks, 0, "children of such a process use it, too");
}

/* ---- rights ---- */

/* A process that gives up its rights is judged by those it has left. */
static int demoted(void *arg)
{
	struct morsel_info *info;
	int err;

	(void)arg;
	if (morsel_stat(ctx, "p:wide", NULL))
		return 1;
	become_user(1000);
	if (morsel_create(ctx, "p:hers", NULL, 0, &info))
		return 2;
	if (morsel_info_uid(info) != 1000)
		return 3;
	err = morsel_resize(ctx, "p:wide", 1);
	return err == -EACCES ? 0 : 4;
}

/* Without the network namespace there is no control plane, but there are files. */
static int contained(void *arg)
{
	struct morsel *morsel;

	(void)arg;
	if (unshare(CLONE_NEWNET))
		return 1;
	become_user(1000);
	if (morsel_open(ctx, "p:hers", O_RDWR, 0, &morsel))
		return 2;
	if (morsel_stat(ctx, "p:hers", NULL) != -EPERM)
		return 3;
	return *morsel_error(ctx) ? 0 : 4;
}

/* ---- mounts ---- */

static int removals; /* how often somebody removes a directory that is to be mounted on */

/* In place of that of the C library. */
int move_mount(int from, const char *from_path, int to, const char *to_path, unsigned int flags)
{
	if (removals && !rmdir(to_path))
		removals--;
	return syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

static void test_mount(void)
{
	removals = 1;
	is_int(morsel_pool_mount(ctx, "p", NULL), 0, "its directory goes: it is made again");
	need(!removals);
	is_int(umount(RUN_DIR), 0, "there it is mounted");
	removals = 2;
	is_int(morsel_pool_mount(ctx, "p", NULL), -ENOENT, "it goes again and again");
	ok(strstr(morsel_error(ctx), RUN_DIR), "that is told: %s", morsel_error(ctx));
	need(!removals);
	is_errno(access(RUN_DIR, F_OK), ENOENT, "nothing is left of it");
	is_errno(umount(RUN_DIR), ENOENT, "nor is it mounted");
}

int main(void)
{
	need(!morsel_ctx_new(&ctx));
	test_open();
	test_one_entry();
	is_int(in_child(reader, NULL, 20), 0, "another process finds it by name");
	test_address();
	test_place();
	is_int(in_child(cramped, NULL, 20), 0, "little address space");
	test_threads();
	is_int(in_child(demoted, NULL, 20), 0, "rights that were given up");
	is_int(in_child(contained, NULL, 20), 0, "a container");
	test_mount();
	morsel_ctx_free(ctx);
	return done_testing();
}
