// SPDX-License-Identifier: GPL-2.0-or-later
/* The allocator of persistent frames: alone, on several CPUs, and what is left of 2 MiB later. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "kmod/engine.h"

enum {
	HUGE_FRAMES = 512,
	AREAS = 256, /* 512 MiB */
	FRAMES = AREAS * HUGE_FRAMES,
	CPUS = 8,
	ROUNDS = 20000, /* of each CPU */
	HELD = 256,	/* frames that a CPU has at a time */
	HUGE_ONE_IN = 64,
};

struct held {
	u64 frame;
	unsigned int order;
};

static struct fa *fa;
static u8 *owned;	     /* of each frame: has somebody got it? */
static unsigned long loaded; /* parts */
static bool no_memory;

static int prepare(void *arg, u64 part, gfp_t gfp)
{
	(void)arg;
	(void)part;
	return no_memory && !(gfp & __GFP_NOFAIL) ? -ENOMEM : 0;
}

/* @arg: the map of all parts, or NULL: nothing is in use. */
static void load(void *arg, u64 part, u64 *map)
{
	loaded++;
	if (arg)
		memcpy(map, (u64 *)arg + part * PP_PART_WORDS, PP_PART_WORDS * sizeof(*map));
}

static const struct fa_source source = { prepare, load };

/* An allocator that expects what the map has. */
static struct fa *make_fa(u64 nr, unsigned int cpus, u64 *map)
{
	static const u64 none[PP_PART_WORDS];
	struct fa *new = fa_new(nr, cpus, &source, map);
	struct fa_sums sums;
	u64 part;

	assert_non_null(new);
	for (part = 0; part < pp_nr_parts(nr); part++) {
		fa_count(map ? map + part * PP_PART_WORDS : none, pp_part_frames(nr, part), &sums);
		fa_expect(new, part, &sums);
	}
	loaded = 0;
	return new;
}

static int start(void **state)
{
	(void)state;
	fa = make_fa(FRAMES, CPUS, NULL);
	owned = calloc(FRAMES, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fa_free(fa);
	free(owned);
	return 0;
}

/* Return: false: somebody else had one of the frames. */
static bool mark(const struct held *held, u8 from, u8 to)
{
	u64 at, last = held->frame + (1ULL << held->order);
	bool good = true;

	for (at = held->frame; at < last; at++)
		good &= __atomic_exchange_n(&owned[at], to, __ATOMIC_RELAXED) == from;
	return good;
}

static bool get(struct held *held, unsigned int cpu, unsigned int order)
{
	held->frame = fa_get(fa, cpu, order);
	held->order = order;
	if (held->frame == FA_NONE)
		return false;
	if (held->frame % (1ULL << order) || held->frame + (1ULL << order) > FRAMES ||
	    !mark(held, 0, 1))
		abort();
	return true;
}

static void put(const struct held *held, unsigned int cpu)
{
	if (!mark(held, 1, 0))
		abort();
	fa_put(fa, cpu, held->frame, held->order);
}

/* ---- alone ---- */

static void test_all(void **state)
{
	struct held *held = calloc(FRAMES, sizeof(*held)), none;
	int i;

	(void)state;
	assert_int_equal(fa_nr_free(fa), FRAMES);
	for (i = 0; i < FRAMES; i++)
		assert_true(get(&held[i], i % CPUS, 0));
	assert_int_equal(fa_nr_free(fa), 0);
	assert_false(get(&none, 0, 0));
	assert_false(get(&none, 3, 9));
	for (i = 0; i < FRAMES; i++)
		put(&held[i], (i + 1) % CPUS);
	assert_int_equal(fa_nr_free(fa), FRAMES);
	assert_int_equal(fa_nr_free_huge(fa), AREAS);
	free(held);
}

static void test_huge(void **state)
{
	struct held held[AREAS], none;
	int i;

	(void)state;
	for (i = 0; i < AREAS; i++)
		assert_true(get(&held[i], i % CPUS, 9));
	assert_false(get(&none, 0, 9));
	assert_false(get(&none, 0, 0));
	for (i = 0; i < AREAS; i++)
		put(&held[i], 0);
	assert_int_equal(fa_nr_free_huge(fa), AREAS);
}

/* Small frames of one CPU stay together: 2 MiB are left where they can be. */
static void test_together(void **state)
{
	struct held held[3 * HUGE_FRAMES];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(held); i++)
		assert_true(get(&held[i], 2, 0));
	assert_int_equal(fa_nr_free_huge(fa), AREAS - 3);
	/* A hole is filled before another area is begun. */
	put(&held[5], 2);
	put(&held[700], 2);
	assert_true(get(&held[5], 2, 0));
	assert_true(get(&held[700], 2, 0));
	assert_int_equal(fa_nr_free_huge(fa), AREAS - 3);
}

/* What is kept of an allocator makes another one with the same frames in use. */
static void test_saved(void **state)
{
	enum { NR = PP_PART_FRAMES + 3 * HUGE_FRAMES + 100 }; /* no whole areas, no whole words */
	u64 map[2 * PP_PART_WORDS], whole[2], frame, i;
	struct fa *first = make_fa(NR, 2, NULL), *second;

	(void)state;
	assert_int_equal(fa_nr_free(first), NR);
	assert_int_equal(fa_nr_free_huge(first), NR / HUGE_FRAMES);
	for (i = 0; i < 2; i++) {
		whole[i] = fa_get(first, i, 9);
		assert_int_not_equal(whole[i], FA_NONE);
	}
	for (i = 0; i < 77; i++)
		assert_int_not_equal(fa_get(first, i % 2, 0), FA_NONE);
	assert_true(fa_is_free(first, NR - 1)); /* both parts are loaded by now */
	memset(map, 0x5a, sizeof(map));
	assert_true(fa_save(first, 0, map));
	assert_true(fa_save(first, 1, map + PP_PART_WORDS));
	assert_int_equal(map[NR / 64] >> NR % 64, 0); /* nothing is said of what is not there */
	memset(&map[NR / 64 + 1], 0, sizeof(map) - (NR / 64 + 1) * sizeof(*map));
	second = make_fa(NR, 2, map);
	assert_int_equal(fa_nr_free(second), NR - 2 * HUGE_FRAMES - 77);
	assert_int_equal(fa_nr_free_huge(second), fa_nr_free_huge(first));
	for (frame = 0; frame < NR; frame++)
		assert_int_equal(fa_is_free(first, frame), fa_is_free(second, frame));
	for (i = 0; fa_get(second, i, 0) != FA_NONE; i++)
		;
	assert_int_equal(i, NR - 2 * HUGE_FRAMES - 77);
	fa_free(first);
	fa_free(second);
}

/* Parts are loaded when a frame of them is asked for, and only those. */
static void test_parts(void **state)
{
	struct fa_sums nothing = { { 0 }, { 0 } };
	u64 map[PP_PART_WORDS], frame;

	(void)state;
	assert_int_equal(fa_nr_free(fa), FRAMES);
	assert_int_equal(fa_nr_free_huge(fa), AREAS);
	assert_int_equal(loaded, 0);
	assert_false(fa_save(fa, 0, map));
	frame = fa_get(fa, 0, 0);
	assert_true(frame < PP_PART_FRAMES);
	assert_int_equal(loaded, 1);
	assert_true(fa_save(fa, 0, map));
	assert_false(fa_save(fa, 1, map));
	frame = fa_get(fa, CPUS - 1, 9);
	assert_true(frame >= FRAMES - PP_PART_FRAMES);
	assert_int_equal(loaded, 2);
	fa_put(fa, 0, frame, 9);
	assert_int_equal(fa_nr_free(fa), FRAMES - 1);
	assert_int_equal(fa_nr_free_huge(fa), AREAS - 1);
	assert_int_equal(loaded, 2);
	/* Nobody loads it as long as somebody holds it. */
	assert_false(fa_hold_unloaded(fa, 0));
	assert_true(fa_hold_unloaded(fa, PP_PART_FRAMES));
	fa_let_go(fa);
	assert_true(fa_is_free(fa, PP_PART_FRAMES));
	assert_int_equal(loaded, 3);
	assert_false(fa_hold_unloaded(fa, PP_PART_FRAMES));

	/* What was expected and is not there is not promised. */
	fa_free(fa);
	memset(map, 0xff, sizeof(map));
	fa = fa_new(PP_PART_FRAMES, 1, &source, map);
	memset(map, 0, sizeof(map));
	fa_count(map, PP_PART_FRAMES, &nothing);
	fa_expect(fa, 0, &nothing);
	memset(map, 0xff, sizeof(map));
	assert_int_equal(fa_nr_free(fa), PP_PART_FRAMES);
	assert_int_equal(fa_get(fa, 0, 0), FA_NONE);
	assert_int_equal(fa_get(fa, 0, 9), FA_NONE);
	assert_int_equal(fa_nr_free(fa), 0);
	assert_int_equal(fa_nr_free_huge(fa), 0);
}

/* Without memory to look at more, nobody is told that all is in use. */
static void test_no_memory(void **state)
{
	(void)state;
	no_memory = true;
	assert_false(fa_is_free(fa, 5));
	assert_int_equal(loaded, 0);
	test_huge(state);
	no_memory = false;
}

/* ---- several CPUs ---- */

static u64 next(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void *churn(void *arg)
{
	unsigned int cpu = (uintptr_t)arg, i, at;
	struct held held[HELD];
	u64 seed = 0x9e3779b97f4a7c15ULL * (cpu + 1);
	int round;

	for (i = 0; i < HELD; i++)
		held[i].frame = FA_NONE;
	for (round = 0; round < ROUNDS; round++) {
		at = next(&seed) % HELD;
		if (held[at].frame != FA_NONE)
			put(&held[at], cpu);
		get(&held[at], cpu, next(&seed) % HUGE_ONE_IN ? 0 : 9);
	}
	for (i = 0; i < HELD; i++)
		if (held[i].frame != FA_NONE)
			put(&held[i], cpu);
	return NULL;
}

/* Return: atomic operations for a frame that is taken, and given back. */
static double run_on(unsigned int cpus)
{
	u64 before = fa_atomics(fa);
	pthread_t threads[CPUS];
	uintptr_t i;

	for (i = 0; i < cpus; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)i), 0);
	for (i = 0; i < cpus; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(fa_nr_free(fa), FRAMES);
	assert_int_equal(fa_nr_free_huge(fa), AREAS);
	return (double)(fa_atomics(fa) - before) / ROUNDS / cpus;
}

static void test_cpus(void **state)
{
	double one = 0, cost;
	unsigned int cpus;

	(void)state;
	for (cpus = 1; cpus <= CPUS; cpus++) {
		cost = run_on(cpus);
		if (cpus == 1)
			one = cost;
		printf("# %u CPUs: %.2f atomic operations to take a frame and give it back\n", cpus,
		       cost);
		/* Other CPUs may make some of them fail, and no more. */
		assert_true(cost < one * 1.25);
	}
	assert_true(one < 7);
}

/* ---- after a while ---- */

/* Half of the memory in small frames that come and go: how many 2 MiB can be had? */
static void test_fragments(void **state)
{
	struct held *held = calloc(FRAMES / 2, sizeof(*held));
	u64 seed = 4711, whole;
	int i, at;

	(void)state;
	for (i = 0; i < FRAMES / 2; i++)
		assert_true(get(&held[i], next(&seed) % CPUS, 0));
	for (i = 0; i < 4 * FRAMES; i++) {
		at = (int)(next(&seed) % (FRAMES / 2));
		put(&held[at], next(&seed) % CPUS);
		assert_true(get(&held[at], next(&seed) % CPUS, 0));
	}
	whole = fa_nr_free_huge(fa);
	printf("# half of it in use by small frames that came and went: %llu of %d free areas of 2 MiB "
	       "are whole\n", (unsigned long long)whole, AREAS / 2);
	assert_true(whole > AREAS / 2 * 3 / 4);
	for (i = 0; i < FRAMES / 2; i++)
		put(&held[i], 0);
	assert_int_equal(fa_nr_free_huge(fa), AREAS);
	free(held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all, start, end),
		cmocka_unit_test_setup_teardown(test_huge, start, end),
		cmocka_unit_test_setup_teardown(test_together, start, end),
		cmocka_unit_test(test_saved),
		cmocka_unit_test_setup_teardown(test_parts, start, end),
		cmocka_unit_test_setup_teardown(test_no_memory, start, end),
		cmocka_unit_test_setup_teardown(test_cpus, start, end),
		cmocka_unit_test_setup_teardown(test_fragments, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
