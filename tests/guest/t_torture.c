// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many processes do everything at once to a few objects, for a while: see lib/torture.h.
 * They live for some thousand operations, or until they are killed, and are begun again.
 * The kernel's command line may say soak.seconds=, soak.seed= and soak.processes=
 * (make soak does).
 *
 * timeout: 60
 * groups: mm race soak
 * pool: size=192M,name=torture
 * modules: brd
 * leak-check: no, a RAM disk keeps what was written to it
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/parameter.h"
#include "lib/torture.h"

static const struct torture_op *const tables[] = {
	torture_map_ops, torture_file_ops, torture_io_ops, torture_world_ops,
};

static const struct torture_op *ops[64];
static unsigned int nr_ops, total_weight;

static void collect(void)
{
	const struct torture_op *op;
	unsigned int i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (op = tables[i]; op->name; op++) {
			ops[nr_ops++] = op;
			total_weight += op->weight;
		}
}

static void one_operation(void)
{
	unsigned int n = draw() % total_weight, i;

	for (i = 0; n >= ops[i]->weight; i++)
		n -= ops[i]->weight;
	ops[i]->run();
	__atomic_add_fetch(&board->kinds[i], 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&board->operations, 1, __ATOMIC_RELAXED);
}

static _Noreturn void life(uint64_t seed)
{
	int n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	torture_seed(seed);
	for (n = draw() % 4000; n > 0 && !board->stop && !board->bad; n--)
		one_operation();
	_exit(board->bad);
}

/* One life after the other.  A third of them end in the middle of something. */
static int keeper(void *arg)
{
	int status = 0;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	torture_seed(*(uint64_t *)arg);
	while (!board->stop && !board->bad) {
		uint64_t seed = (uint64_t)draw() << 32 | draw();

		pid = fork();
		if (pid == 0)
			life(seed);
		if (pid < 0)
			continue;
		if (draw() % 3 == 0) {
			usleep(draw() % 1000000);
			kill(pid, SIGKILL);
		}
		waitpid(pid, &status, 0);
		if (status && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
			diag("a life of seed %#llx ended with status %#x",
			     (unsigned long long)seed, status);
			board->bad = 1;
		}
	}
	return board->bad;
}

static uint64_t fresh_seed(void)
{
	uint32_t seed;

	need(getrandom(&seed, sizeof(seed), 0) == sizeof(seed));
	return seed;
}

static void report(void)
{
	unsigned int i;

	diag("%ld operations, %ld SIGBUS", board->operations, board->sigbus);
	for (i = 0; i < nr_ops; i++)
		diag("%s: %ld", ops[i]->name, board->kinds[i]);
}

int main(void)
{
	uint64_t seed = parameter("soak.seed=", fresh_seed());
	int64_t end = now_ms() + 1000 * parameter("soak.seconds=", 10);
	int processes = parameter("soak.processes=", 6), i;
	uint64_t seeds[64];
	pid_t pids[64];

	if (processes > 64)
		processes = 64;
	board = shared_page();
	collect();
	torture_seed(seed);
	torture_io_start();
	torture_world_start();
	diag("seed %llu", (unsigned long long)seed);
	for (i = 0; i < OBJECTS; i++)
		close(open(name(i), O_RDWR | O_CREAT, 0644));
	for (i = 0; i < processes; i++) {
		seeds[i] = (uint64_t)draw() << 32 | draw();
		pids[i] = start_child(keeper, &seeds[i]);
	}
	while (now_ms() < end && !board->bad)
		usleep(50000);
	board->stop = 1;
	for (i = 0; i < processes; i++)
		is_int(wait_child(pids[i], 60), 0, "process %d found nothing amiss", i);
	report();
	torture_world_end();
	ok(board->operations > 100, "there was work");
	ok(!board->bad, "no word was out of place");
	return done_testing();
}
