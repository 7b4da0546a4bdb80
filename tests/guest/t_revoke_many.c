// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thousand processes have an object mapped, by descriptors that one of them opened;
 * one revoke takes it from all of them. The time is told, not judged: see tests/bench.
 * pool: size=64M,name=p
 * groups: rights slow
 * mem: 2G
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "lib/grants.h"

enum { SIZE = 2 << 20 };

struct shared {
	int ready, lost, kept; /* counted by the children */
	int go;		       /* a futex: so many pollers would leave no time for anything else */
};

static struct nl nl;
static struct shared *shared;
static volatile uint64_t *mapped;

static void mapper(void)
{
	int sig;

	touch_read(&mapped[0]);
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&shared->go, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &shared->go, FUTEX_WAIT, 0, NULL);
	sig = touch_read(&mapped[0]);
	__atomic_add_fetch(sig == SIGBUS ? &shared->lost : &shared->kept, 1, __ATOMIC_SEQ_CST);
	_exit(0);
}

/* Alice forks them; each touches what she has mapped. */
static int crowd(void *arg)
{
	int n = *(int *)arg, fd, i;

	become_user(ALICE);
	fd = open(pool_path("m"), O_RDWR);
	need(fd >= 0);
	mapped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(mapped != MAP_FAILED);
	mapped[0] = 1;
	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		need(pid >= 0);
		if (!pid)
			mapper();
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

/* Return: microseconds that the revoke took. */
static long revoke_from(int n)
{
	struct timespec a, b;
	pid_t pid;

	*shared = (struct shared){ 0 };
	rights_give(&nl, "m", ALICE, "rw", false);
	pid = start_child(crowd, &n);
	while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < n)
		usleep(10000);
	clock_gettime(CLOCK_MONOTONIC, &a);
	rights_give(&nl, "m", ALICE, "", true);
	clock_gettime(CLOCK_MONOTONIC, &b);
	__atomic_store_n(&shared->go, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &shared->go, FUTEX_WAKE, INT_MAX);
	is_int(wait_child(pid, 60), 0, "%d processes", n);
	is_int(shared->lost, n, "each of them has lost it");
	is_int(shared->kept, 0, "none has it");
	return (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
}

int main(void)
{
	int fd = make_morsel("m", SIZE), mappers = on_debug_kernel() ? 200 : 1000;
	long few, many;

	nl_open(&nl);
	shared = shared_page();
	few = revoke_from(mappers / 10);
	many = revoke_from(mappers);
	diag("%d mappers: %ld us, %d mappers: %ld us", mappers / 10, few, mappers, many);
	close(fd);
	return done_testing();
}
