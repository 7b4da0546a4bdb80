// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every crash state of every sequence of one and two operations, and of longer
 * ones at random until there are enough: recovered by the code that the kernel
 * runs, and compared with a model.
 */
#include "crash.h"
#include <stdio.h>
#include <unistd.h>

enum {
	ALL_CUTS = 3200000, /* with so many states every operation runs after every cut */
};

static int points, failures;

void point(bool ok, const char *what)
{
	points++;
	failures += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", points, what);
	fflush(stdout);
}

static void one_and_two(struct explorer *explorer, u8 *const base[BASES], int *applied)
{
	int ops[2], b;

	for (b = 0; b < BASES; b++)
		for (ops[0] = 0; ops[0] < nr_operations; ops[0]++) {
			if (!sequence(explorer, base[b], ops, 1, 0))
				continue;
			applied[0]++;
			for (ops[1] = 0; b < PAIRED_BASES && ops[1] < nr_operations; ops[1]++)
				applied[1] += sequence(explorer, base[b], ops, 2, 1);
		}
}

static void longer(struct explorer *explorer, u8 *const base[BASES], unsigned long enough)
{
	int ops[LONGEST], n, i;

	while (explorer->states < enough && !explorer->violations) {
		n = 3 + random_below(explorer, LONGEST - 2);
		for (i = 0; i < n; i++)
			ops[i] = random_below(explorer, nr_operations);
		sequence(explorer, base[random_below(explorer, BASES)], ops, n, 2);
	}
}

/* ---- what an operation costs ---- */

static void pin_costs(struct explorer *explorer, const u8 *base)
{
	struct memory *memory = explorer->world->memory;
	int wrong = 0, i;
	unsigned long fences, flushes;

	for (i = 0; i < nr_operations; i++) {
		memory_set(memory, base);
		world_open(explorer->world);
		fences = memory->fences;
		flushes = memory->flushes;
		if (run(explorer, &operations[i])) {
			fences = memory->fences - fences;
			flushes = memory->flushes - flushes;
			printf("# %-28s fences %lu, lines %lu\n", operations[i].name, fences,
			       flushes);
			if ((int)fences != operations[i].fences) {
				printf("# %s: %lu fences, not %d\n", operations[i].name, fences,
				       operations[i].fences);
				wrong++;
			}
		}
		world_close(explorer->world);
	}
	point(!wrong, "each operation has the fences that it is said to have");
}

/* ---- without memory, without space ---- */

/* After a refused operation the pool has what it had. */
static bool refused_well(struct explorer *explorer)
{
	struct world *w = explorer->world;
	unsigned long before = explorer->violations;

	explore(explorer);
	return explorer->violations == before && w->error < 0;
}

static int starve(struct explorer *explorer, const u8 *base, int op, int n, bool frames,
		  bool *ended)
{
	struct world *w = explorer->world;
	int wrong = 0;

	memory_set(w->memory, base);
	world_open(w);
	if (frames) {
		u64 keep[8];
		int i;

		for (i = 0; i < n; i++)
			keep[i] = pp_frame_get(&w->pool, 0);
		while (pp_frame_get(&w->pool, 0))
			;
		for (i = 0; i < n; i++)
			pp_frame_put(&w->pool, keep[i], 0);
	}
	w->before = w->after;
	w->mixed = false;
	shim_fail_alloc = frames ? 0 : n + 1;
	*ended = !operations[op].run(w) || !w->error;
	shim_fail_alloc = 0;
	snprintf(explorer->what, sizeof(explorer->what), "%s, refused for lack of %s (%d)",
		 operations[op].name, frames ? "frames" : "memory", n);
	if (!*ended)
		wrong = !refused_well(explorer);
	w->busy = false;
	world_close(w);
	return wrong;
}

static void starve_all(struct explorer *explorer, u8 *const base[BASES])
{
	int op, n, b, wrong = 0, refused = 0;
	bool ended;

	for (b = 0; b < 2; b++)
		for (op = 0; op < nr_operations; op++) {
			if (operations[op].mounts)
				continue;
			for (n = 0, ended = false; n < 40 && !ended; n++, refused += !ended)
				wrong += starve(explorer, base[b], op, n, false, &ended);
			for (n = 0, ended = false; n < 8 && !ended; n++, refused += !ended)
				wrong += starve(explorer, base[b], op, n, true, &ended);
		}
	printf("# %d refusals\n", refused);
	point(!wrong && refused > 50, "an operation without memory or space leaves what there was");
}

struct options {
	unsigned long states; /* that are enough */
	bool mutants;
	u64 seed; /* 0: the usual one */
};

static struct options options_of(int argc, char **argv)
{
	struct options options = { .mutants = false };
	int c;

	while ((c = getopt(argc, argv, "ms:")) != -1) {
		if (c == 'm')
			options.mutants = true;
		else if (c == 's')
			options.seed = strtoull(optarg, NULL, 0);
		else
			exit(2);
	}
	options.states = optind < argc ? strtoul(argv[optind], NULL, 0) : 100000;
	return options;
}

/* In a larger pool, whose images take longer to make. */
static void explore_huge(struct explorer *small)
{
	struct explorer *explorer = explorer_new((u64)HUGE_POOL_FRAMES * MEDIA_FRAME);
	u8 *base = make_huge_base(explorer);
	char text[128];
	int done;

	explorer->seed = small->seed;
	explorer->world->memory->point = on_fence;
	done = huge_frames(explorer, base);
	snprintf(text, sizeof(text), "%d sequences with a frame of 2 MiB", done);
	point(!explorer->violations && done > 20, text);
	small->points += explorer->points;
	small->states += explorer->states;
	small->exhaustive += explorer->exhaustive;
	small->sampled += explorer->sampled;
	small->crashes_of_recovery += explorer->crashes_of_recovery;
	free(base);
	explorer_free(explorer);
}

static void explore_all(struct explorer *explorer, u8 *const base[BASES],
			const struct options *options, int one_of)
{
	int applied[2] = { 0, 0 };
	char text[128];

	one_and_two(explorer, base, applied);
	snprintf(text, sizeof(text), "%d sequences of one and %d of two operations", applied[0],
		 applied[1]);
	point(!explorer->violations && applied[0] > 40 && applied[1] > 1000, text);
	two_at_once(explorer, base);
	point(!explorer->violations, "two CPUs that need new records at once");
	snprintf(text, sizeof(text), "%d operations after one that was cut short",
		 after_cuts(explorer, base[1], one_of));
	point(!explorer->violations, text);
	starve_all(explorer, base);
	explore_huge(explorer);
	longer(explorer, base, options->states);
	snprintf(text, sizeof(text), "%lu crash states recovered", explorer->states);
	point(!explorer->violations && explorer->states >= options->states, text);
	printf("# %lu points, %lu states: %lu all there are, %lu sampled; %lu crashes of recovery\n",
	       explorer->points, explorer->states, explorer->exhaustive, explorer->sampled,
	       explorer->crashes_of_recovery);
}

/* usage: crash [-m] [-s SEED] [STATES]; -m: with the mutants */
int main(int argc, char **argv)
{
	struct options options = options_of(argc, argv);
	u64 size = (u64)POOL_FRAMES * MEDIA_FRAME;
	struct explorer *explorer = explorer_new(size);
	int one_of = max_t(int, 1, ALL_CUTS / (int)min_t(unsigned long, options.states, ALL_CUTS));
	u8 *base[BASES];
	int i;

	if (options.seed)
		explorer->seed = options.seed;
	printf("# seed %#llx\n", (unsigned long long)explorer->seed);
	explorer->world->memory->point = on_fence;
	explorer->on = true;
	make_bases(explorer, base);
	make_again(explorer, base[1]);
	point(!explorer->violations, "a pool is made whole or not at all");
	pin_costs(explorer, base[1]);
	explore_all(explorer, base, &options, one_of);
	if (options.mutants && !explorer->violations)
		mutants(size, one_of);
	printf("1..%d\n", points);
	for (i = 0; i < BASES; i++)
		free(base[i]);
	explorer_free(explorer);
	return failures != 0;
}
