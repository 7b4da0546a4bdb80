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
static u8 *owned; /* of each frame: has somebody got it? */

static int start(void **state)
{
	(void)state;
	fa = fa_new(FRAMES, CPUS);
	owned = calloc(FRAMES, 1);
	assert_non_null(fa);
	memset(fa_map(fa), 0, FRAMES / 8);
	fa_build(fa);
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
	enum { NR = 3 * HUGE_FRAMES + 100 }; /* neither whole areas nor whole words */
	struct fa *first = fa_new(NR, 2), *second = fa_new(NR, 2);
	u64 map[4 * HUGE_FRAMES / 64], whole, frame;
	int i;

	(void)state;
	memset(fa_map(first), 0, NR / 8 + 1);
	fa_build(first);
	assert_int_equal(fa_nr_free(first), NR);
	whole = fa_get(first, 0, 9);
	assert_int_not_equal(whole, FA_NONE);
	for (i = 0; i < 77; i++)
		assert_int_not_equal(fa_get(first, 1, 0), FA_NONE);
	memset(map, 0x5a, sizeof(map));
	fa_save(first, 0, 4, map);
	assert_int_equal(map[NR / 64] >> NR % 64, 0); /* nothing is said of what is not there */
	memcpy(fa_map(second), map, DIV_ROUND_UP(NR, 64) * 8);
	fa_build(second);
	assert_int_equal(fa_nr_free(second), NR - HUGE_FRAMES - 77);
	assert_int_equal(fa_nr_free_huge(second), fa_nr_free_huge(first));
	for (frame = 0; frame < NR; frame++)
		assert_int_equal(fa_is_free(first, frame), fa_is_free(second, frame));
	for (i = 0; fa_get(second, i, 0) != FA_NONE; i++)
		;
	assert_int_equal(i, NR - HUGE_FRAMES - 77);
	fa_free(first);
	fa_free(second);
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
		cmocka_unit_test_setup_teardown(test_cpus, start, end),
		cmocka_unit_test_setup_teardown(test_fragments, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
