// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every crash state of every sequence of one and two operations, and of longer
 * ones at random until there are enough: recovered by the code that the kernel
 * runs, and compared with a model.
 */
#include "explore.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	POOL_FRAMES = 112,
	LONGEST = 6,
	GONE = 0xab, /* what is in the memory before it is a pool */
	BASES = 4,
};

static const struct pp_format the_format = {
	.uuid = "crash-state-pool", .label = "crash", .mode = 0755, .now = 7,
};

static int points, failures;

static void point(bool ok, const char *what)
{
	points++;
	failures += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", points, what);
	fflush(stdout);
}

static void on_fence(struct memory *memory)
{
	struct explorer *explorer = memory->context;

	if (explorer->on)
		explore(explorer);
}

/* A pool where @old was.  Legal: what w->before says, no pool, the new one. */
static void make_pool(struct explorer *explorer, const u8 *old)
{
	struct world *w = explorer->world;
	struct pm pm;
	int err;

	memory_set(w->memory, old);
	memset(&w->after, 0, sizeof(w->after));
	pm = memory_pm(w->memory);
	snprintf(explorer->what, sizeof(explorer->what), "format");
	explorer->may_be_none = true;
	w->busy = true;
	err = pp_format(&pm, &the_format);
	assert(!err);
	w->busy = false;
	explorer->may_be_none = false;
	w->before = w->after;
	if (explorer->on)
		explore(explorer);
}

/* One operation.  Return: false: it does not apply. */
static bool run(struct explorer *explorer, const struct operation *operation)
{
	struct world *w = explorer->world;

	w->before = w->after;
	w->mixed = false;
	if (!operation->run(w))
		return false;
	w->busy = false;
	w->before = w->after;
	if (w->error)
		violation(explorer, "an operation failed");
	if (!explorer->on)
		return true;
	explore(explorer);	/* it has returned: what it did is there, whatever comes */
	return true;
}

static void name_it(struct explorer *explorer, const int *ops, int n)
{
	size_t at = 0;
	int i;

	for (i = 0; i < n && at < sizeof(explorer->what); i++)
		at += snprintf(explorer->what + at, sizeof(explorer->what) - at, "%s%s",
			       i ? " + " : "", operations[ops[i]].name);
}

/* Nothing is lost: what the pool has in use is what recovery finds. */
static void check_leak(struct explorer *explorer)
{
	struct world *w = explorer->world;
	u64 in_use = 0, frame;

	for (frame = 0; frame < w->pool.nr_frames; frame++)
		in_use += !fa_is_free(w->pool.frames, frame);
	if (in_use != explorer->in_use)
		violation(explorer, "the pool has lost frames while it was in use");
}

/* A sequence from @base; states are looked at from operation @from on. */
static bool sequence(struct explorer *explorer, const u8 *base, const int *ops, int n, int from)
{
	struct world *w = explorer->world;
	bool applies = true;
	int i;

	name_it(explorer, ops, n);
	explorer->on = false;
	memory_set(w->memory, base);
	world_open(w);
	for (i = 0; i < n && applies; i++) {
		explorer->on = i >= from;
		applies = run(explorer, &operations[ops[i]]);
	}
	if (explorer->on && applies)
		check_leak(explorer);
	explorer->on = false;
	world_close(w);
	return applies;
}

static u8 *image_of(const struct explorer *explorer)
{
	const struct memory *memory = explorer->world->memory;
	u8 *image = malloc(memory->size);

	assert(image && !memory->nr_pending);
	memcpy(image, memory->now, memory->size);
	return image;
}

/* What operations @ops (ended by NULL) make of @from. */
static u8 *base_after(struct explorer *explorer, const u8 *from, const char *const *ops)
{
	struct world *w = explorer->world;
	int i;

	memory_set(w->memory, from);
	world_open(w);
	for (; *ops; ops++)
		for (i = 0; i < nr_operations; i++)
			if (!strcmp(operations[i].name, *ops) && !run(explorer, &operations[i]))
				violation(explorer, "it cannot be set up");
	world_close(w);
	return image_of(explorer);
}

/*
 * Where to start from: an empty pool; one with something of each kind; one in
 * which the next object needs more records; one with a large hole and with
 * frames behind an end.  The first is made on memory with something in it, and
 * again over a pool.
 */
static void make_bases(struct explorer *explorer, u8 *base[BASES])
{
	static const char *const full[] = { "create", "mkdir", NULL };
	static const char *const large[] = { "preallocate", "grow far", NULL };
	struct world *w = explorer->world;
	bool on = explorer->on;
	u8 *old = malloc(w->memory->size);

	assert(old);
	memset(old, GONE, w->memory->size);
	memset(&w->before, 0, sizeof(w->before));
	make_pool(explorer, old);
	free(old);
	base[0] = image_of(explorer);
	explorer->on = false;
	snprintf(explorer->what, sizeof(explorer->what), "setting up");
	world_open(w);
	set_up(w);
	w->busy = false;
	w->before = w->after;
	explore(explorer);
	check_leak(explorer);
	world_close(w);
	base[1] = image_of(explorer);
	base[2] = base_after(explorer, base[0], full);
	base[3] = base_after(explorer, base[1], large);
	explorer->on = on;
}

/* Over a pool with something in it. */
static void make_again(struct explorer *explorer, const u8 *base)
{
	memory_set(explorer->world->memory, base);
	explorer->on = false;
	world_open(explorer->world);
	world_close(explorer->world);
	explorer->on = true;
	make_pool(explorer, base);
	explorer->on = false;
}

static void one_and_two(struct explorer *explorer, u8 *const base[BASES], int *applied)
{
	int ops[2], b;

	for (b = 0; b < BASES; b++)
		for (ops[0] = 0; ops[0] < nr_operations; ops[0]++) {
			if (!sequence(explorer, base[b], ops, 1, 0))
				continue;
			applied[0]++;
			for (ops[1] = 0; b < 2 && ops[1] < nr_operations; ops[1]++)
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

/* ---- a flush or a fence less ---- */

/* Needed as far as anybody knows, and yet no state that is looked at shows it. */
static const struct {
	const char *file;
	bool fence;
	int nth; /* of the file's, from 1 */
} not_shown[] = {
	{ "record.c", true, 2 },  /* frames of records are zeros before they are named */
	{ "ptree.c", true, 3 },	  /* a new tree is there before its record names it */
	{ "ptree_cut.c", true, 1 }, /* entries are clear before their frames are free */
	{ "log.c", true, 2 },	  /* records are durable before the entry is used again */
	{ "log.c", true, 3 },	  /* the same, in recovery */
	{ "recover.c", true, 2 }, /* the checkpoint is there before the superblock says so */
	{ "recover.c", true, 3 }, /* what had no name is free before its frames are */
};

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

static bool is_not_shown(int site)
{
	const char *name = strrchr(sites[site].file, '/');
	size_t i;

	name = name ? name + 1 : sites[site].file;
	for (i = 0; i < ARRAY_SIZE(not_shown); i++)
		if (!strcmp(name, not_shown[i].file) && not_shown[i].fence == sites[site].fence &&
		    not_shown[i].nth == place_of(site))
			return true;
	return false;
}

/* Return: was it noticed that site @skip does nothing? */
static bool mutant_is_found(u64 size, int skip)
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
	_exit(explorer->violations != 0);
}

static void mutants(u64 size)
{
	int i, count = nr_sites, missed = 0, known = 0;
	bool listed;

	for (i = 0; i < count; i++) {
		if (mutant_is_found(size, i))
			continue;
		listed = is_not_shown(i);
		known += listed;
		missed += !listed;
		printf("# %s: %s %d of %s, line %d\n", listed ? "not shown yet" : "nobody notices",
		       sites[i].fence ? "fence" : "flush", place_of(i), sites[i].file,
		       sites[i].line);
	}
	printf("# %d flushes and fences left out one by one: %d noticed, %d not shown yet\n", count,
	       count - missed - known, known);
	point(!missed && count > 15, "a flush or a fence less is noticed, but for those listed");
}

int main(int argc, char **argv)
{
	unsigned long enough = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
	u64 size = (u64)POOL_FRAMES * MEDIA_FRAME;
	struct explorer *explorer = explorer_new(size);
	int applied[2] = { 0, 0 }, i;
	u8 *base[BASES];
	char text[128];

	if (argc > 2)
		explorer->seed = strtoull(argv[2], NULL, 0);
	printf("# seed %#llx\n", (unsigned long long)explorer->seed);
	explorer->world->memory->point = on_fence;
	explorer->on = true;
	make_bases(explorer, base);
	make_again(explorer, base[1]);
	point(!explorer->violations, "a pool is made whole or not at all");
	pin_costs(explorer, base[1]);
	one_and_two(explorer, base, applied);
	snprintf(text, sizeof(text), "%d sequences of one and %d of two operations", applied[0],
		 applied[1]);
	point(!explorer->violations && applied[0] > 40 && applied[1] > 1000, text);
	starve_all(explorer, base);
	longer(explorer, base, enough);
	snprintf(text, sizeof(text), "%lu crash states recovered", explorer->states);
	point(!explorer->violations && explorer->states >= enough, text);
	printf("# %lu points, %lu states: %lu all there are, %lu sampled; %lu crashes of recovery\n",
	       explorer->points, explorer->states, explorer->exhaustive, explorer->sampled,
	       explorer->crashes_of_recovery);
	if (!explorer->violations)
		mutants(size);
	printf("1..%d\n", points);
	for (i = 0; i < BASES; i++)
		free(base[i]);
	explorer_free(explorer);
	return failures != 0;
}
