// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The helpers for tests in C do what they say.
 * pool: unloaded
 * timeout: 20
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tap.h"

static int exit_with(void *arg)
{
	return *(int *)arg;
}

static int raise_bus(void *arg)
{
	return raise(SIGBUS);
}

static int hang(void *arg)
{
	pause();
	return 0;
}

static int own_uid(void *arg)
{
	become_user(1000);
	return getuid() == 1000 && getgid() == 1000 && open("/dev/kmsg", O_WRONLY) < 0;
}

struct meeting {
	struct barrier *barrier;
	atomic_int *page;
};

static int meet(void *arg)
{
	struct meeting *m = arg;

	atomic_store(m->page, 7);
	barrier_wait(m->barrier);
	barrier_wait(m->barrier);
	return atomic_load(m->page) == 8 ? 0 : 1;
}

int main(void)
{
	struct meeting m = { barrier_new(2), shared_page() };
	void *anon = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int three = 3;
	pid_t pid;

	is_int(in_child(exit_with, &three, 5), 3, "the status of a child");
	is_int(in_child(raise_bus, NULL, 5), 128 + SIGBUS, "the signal of a child");
	is_int(in_child(hang, NULL, 1), -1, "the limit of a child");
	is_int(in_child(own_uid, NULL, 5), 1, "another user");
	pid = start_child(meet, &m);
	barrier_wait(m.barrier);
	is_int(atomic_load(m.page), 7, "a shared page");
	atomic_store(m.page, 8);
	barrier_wait(m.barrier);
	is_int(wait_child(pid, 5), 0, "a barrier");
	is_errno(open("/nonexistent", O_RDONLY), ENOENT, "an errno");
	ok(smaps_kb(anon, "Rss") >= 1024, "smaps of a mapping");
	ok(status_kb(0, "VmPTE") > 0, "page tables in status");
	ok(meminfo_kb("MemTotal") > 100000, "meminfo");
	kmsg_mark();
	ok(!kmsg_has("smoke-c-mark"), "a mark hides older lines");
	is_int(system("echo smoke-c-mark > /dev/kmsg"), 0, "write a line");
	ok(kmsg_has("smoke-c-mark"), "a line in the kernel log");
	return done_testing();
}
