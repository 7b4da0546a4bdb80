// SPDX-License-Identifier: GPL-2.0-or-later
/* Each flush and each fence is left out once: somebody must notice. */
#include "crash.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- two at once ---- */

static struct explorer *interrupted;

/*
 * The first one has got an id and has not written its record: in between the
 * other CPU makes an object, which must be there when that returns.
 */
static void on_unlock(struct mutex *mutex)
{
	struct explorer *explorer = interrupted;
	struct world *w = explorer->world;
	static struct state with_first;

	if (mutex != &w->pool.id_lock)
		return;
	shim_unlocked = NULL;
	w->memory->cpu ^= 1;
	with_first = w->after;
	w->after = w->before;
	run(explorer, operation_of("create, long name"));
	w->memory->cpu ^= 1;
	/* Now the first one goes on. */
	w->before = w->after;
	*state_add(&w->after, "/t") = *state_find(&with_first, "/t");
	state_sort(&w->after);
	w->busy = true;
}

static void make_two(struct explorer *explorer, const u8 *base)
{
	struct world *w = explorer->world;

	snprintf(explorer->what, sizeof(explorer->what), "two CPUs create");
	memory_set(w->memory, base);
	world_open(w);
	explorer->on = true;
	interrupted = explorer;
	shim_unlocked = on_unlock;
	run(explorer, operation_of("symlink"));
	assert(!shim_unlocked);
	explorer->on = false;
	world_close(w);
}

/*
 * A CPU finds a frame for the table of the records that it needs, and none for them.  When there
 * are more, the other CPU has records there: whoever made the table, it must last.
 */
static void records_in_its_table(struct explorer *explorer, const u8 *base)
{
	struct world *w = explorer->world;
	u64 frames[POOL_FRAMES], frame;
	bool applies;
	int n = 0;

	snprintf(explorer->what, sizeof(explorer->what), "records in the table of another CPU");
	memory_set(w->memory, base);
	world_open(w);
	while ((frame = pp_frame_get(&w->pool, 0)))
		frames[n++] = frame;
	assert(n);
	pp_frame_put(&w->pool, frames[--n], 0);
	applies = operation_of("symlink")->run(w);
	assert(applies && w->error == -ENOSPC && !pp_frame_get(&w->pool, 0));
	w->error = 0;
	w->after = w->before;
	while (n)
		pp_frame_put(&w->pool, frames[--n], 0);
	w->memory->cpu ^= 1;
	explorer->on = true;
	applies = run(explorer, operation_of("create, long name"));
	assert(applies);
	explorer->on = false;
	world_close(w);
}

void two_at_once(struct explorer *explorer, u8 *const base[BASES])
{
	make_two(explorer, base[2]);
	make_two(explorer, base[BASES - 1]);
	records_in_its_table(explorer, base[BASES - 1]);
}

/* ---- a flush or a fence less ---- */

/* Which one of its kind and file a site is, from 1. */
static int place_of(int site)
{
	int k, nth = 0;

	for (k = 0; k < nr_sites; k++)
		if (sites[k].fence == sites[site].fence &&
		    !strcmp(sites[k].file, sites[site].file) && sites[k].line <= sites[site].line)
			nth++;
	return nth;
}

static void pairs(struct explorer *explorer, const u8 *base)
{
	int ops[2];

	for (ops[0] = 0; ops[0] < nr_operations; ops[0]++)
		for (ops[1] = 0; ops[1] < nr_operations && !explorer->violations; ops[1]++)
			sequence(explorer, base, ops, 2, 1);
}

/* Return: was it noticed that site @skip does nothing? */
static bool mutant_is_found(u64 size, int one_of, int skip)
{
	struct explorer *explorer;
	u8 *base[BASES];
	int status, op, b;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid) {
		waitpid(pid, &status, 0);
		return !WIFEXITED(status) || WEXITSTATUS(status);
	}
	if (!freopen("/dev/null", "w", stderr))
		_exit(0);
	explorer = explorer_new(size);
	explorer->quiet = true;
	explorer->world->memory->point = on_fence;
	make_bases(explorer, base);
	explorer->world->memory->skip = skip;
	make_again(explorer, base[1]);
	for (b = 0; b < BASES && !explorer->violations; b++)
		for (op = 0; op < nr_operations && !explorer->violations; op++)
			sequence(explorer, base[b], &op, 1, 0);
	if (!explorer->violations)
		two_at_once(explorer, base);
	if (!explorer->violations)
		after_cuts(explorer, base[1], one_of);
	pairs(explorer, base[1]);
	_exit(explorer->violations != 0);
}

void mutants(u64 size, int one_of)
{
	int i, all = nr_sites, count = 0, missed = 0;

	for (i = 0; i < all; i++) {
		if (!strstr(sites[i].file, "/kmod/"))
			continue; /* what a test flushes for itself */
		count++;
		if (mutant_is_found(size, one_of, i))
			continue;
		missed++;
		printf("# nobody notices: %s %d of %s, line %d\n",
		       sites[i].fence ? "fence" : "flush", place_of(i), sites[i].file,
		       sites[i].line);
	}
	printf("# %d flushes and fences left out one by one: %d noticed\n", count, count - missed);
	point(!missed && count > 15, "a flush or a fence less is noticed");
}
