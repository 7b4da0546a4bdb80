// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of a persistent pool.
 *
 * A frame is taken from the outside in: first from a counter (of the CPU's
 * reservation, or of a grove), which makes sure that there is one, then from
 * the counter of an area, last its bit.  It is given back from the inside out.
 * So a counter never promises what is not there, and who has been promised
 * something finds it, if not in the first area then in another.
 */
#include "frames_internal.h"

static u32 local_grove(u64 state)
{
	return state & LOCAL_GROVE;
}

static u32 local_count(u64 state)
{
	return (state & ~LOCAL_VALID) >> 32;
}

static bool swap64(struct fa *fa, unsigned int cpu, u64 *word, u64 old, u64 new)
{
	fa->local[cpu].atomics++;
	return cmpxchg(word, old, new) == old;
}

static bool swap32(struct fa *fa, unsigned int cpu, u32 *word, u32 old, u32 new)
{
	fa->local[cpu].atomics++;
	return cmpxchg(word, old, new) == old;
}

static void grove_add(struct fa *fa, unsigned int cpu, u32 grove, u32 frames, u32 clear)
{
	u32 *word = &fa->groves[grove];
	u32 old;

	do {
		old = READ_ONCE(*word);
	} while (!swap32(fa, cpu, word, old, (old + frames) & ~clear));
}

/* Take the bit of a frame of an area whose counter has promised one. */
static u64 take_bit(struct fa *fa, unsigned int cpu, u32 area)
{
	u64 *word = fa_area_bits(fa, area);
	unsigned int i, bit;
	u64 old;

	for (i = 0; ; i = (i + 1) % AREA_WORDS) {
		for (old = READ_ONCE(word[i]); ~old; old = READ_ONCE(word[i])) {
			bit = __ffs((unsigned long)~old);
			if (swap64(fa, cpu, &word[i], old, old | 1ULL << bit))
				return (u64)area * AREA_FRAMES + i * 64 + bit;
		}
	}
}

static u64 take_small(struct fa *fa, unsigned int cpu, u32 area, u32 at_most)
{
	u32 old;

	for (;;) {
		old = READ_ONCE(fa->areas[area]);
		if (old & AREA_HUGE || !old || old > at_most)
			return FA_NONE;
		if (swap32(fa, cpu, &fa->areas[area], old, old - 1))
			return take_bit(fa, cpu, area);
	}
}

/* Take a frame out of a grove that is loaded.  Areas that are in use in part come first. */
static u64 take(struct fa *fa, unsigned int cpu, u32 grove, unsigned int order)
{
	u32 first = grove * GROVE_AREAS, last = min(first + GROVE_AREAS, fa->nr_areas), area;
	u64 frame = FA_NONE;

	if (order) {
		for (area = first; area < last; area++)
			if (READ_ONCE(fa->areas[area]) == AREA_FRAMES &&
			    swap32(fa, cpu, &fa->areas[area], AREA_FRAMES, AREA_HUGE))
				return (u64)area * AREA_FRAMES;
		return FA_NONE;
	}
	for (area = first; area < last && frame == FA_NONE; area++)
		frame = take_small(fa, cpu, area, AREA_FRAMES - 1);
	for (area = first; area < last && frame == FA_NONE; area++)
		frame = take_small(fa, cpu, area, AREA_FRAMES);
	return frame;
}

/* Get @frames promised from the reservation of CPU @of.  Return: it before, or 0. */
static u64 promise_local(struct fa *fa, unsigned int cpu, unsigned int of, u32 frames)
{
	u64 *word = &fa->local[of].state;
	u64 old;

	for (;;) {
		old = READ_ONCE(*word);
		if (!(old & LOCAL_VALID) || local_count(old) < frames)
			return 0;
		if (swap64(fa, cpu, word, old, old - frames * LOCAL_ONE))
			return old;
	}
}

static u64 get_local(struct fa *fa, unsigned int cpu, unsigned int of, unsigned int order)
{
	u32 frames = 1U << order;
	u64 had = promise_local(fa, cpu, of, frames), frame;

	if (!had)
		return FA_NONE;
	frame = take(fa, cpu, local_grove(had), order);
	if (frame == FA_NONE)	/* no area is free as a whole */
		grove_add(fa, cpu, local_grove(had), frames, 0);
	return frame;
}

/* What others have given back to the grove that this CPU has reserved is for this CPU. */
static bool refill(struct fa *fa, unsigned int cpu)
{
	u64 *word = &fa->local[cpu].state;
	u64 old = READ_ONCE(*word);
	u32 *grove, had;

	if (!(old & LOCAL_VALID))
		return false;
	grove = &fa->groves[local_grove(old)];
	had = READ_ONCE(*grove);
	if (!(had & GROVE_COUNT) || !swap32(fa, cpu, grove, had, had & GROVE_RESERVED))
		return false;
	if (swap64(fa, cpu, word, old, old + (had & GROVE_COUNT) * LOCAL_ONE))
		return true;
	grove_add(fa, cpu, local_grove(old), had & GROVE_COUNT, 0);
	return false;
}

static bool grove_has_huge(const struct fa *fa, u32 grove)
{
	u32 first = grove * GROVE_AREAS, last = min(first + GROVE_AREAS, fa->nr_areas), area;

	if (!fa_is_loaded(fa, grove / PART_GROVES))
		return fa->huge[grove];
	for (area = first; area < last; area++)
		if (READ_ONCE(fa->areas[area]) == AREA_FRAMES)
			return true;
	return false;
}

/* Reserve @grove for the CPU, with what it has; the one before goes back. */
static bool reserve(struct fa *fa, unsigned int cpu, u32 grove)
{
	u64 *word = &fa->local[cpu].state;
	u64 old, new;
	u32 had;

	if (!fa_load_part(fa, grove / PART_GROVES, GFP_KERNEL))
		return false;
	had = READ_ONCE(fa->groves[grove]);
	if (had & GROVE_RESERVED || !had || !swap32(fa, cpu, &fa->groves[grove], had,
						    GROVE_RESERVED))
		return false;
	new = LOCAL_VALID | (u64)had << 32 | grove;
	do {
		old = READ_ONCE(*word);
	} while (!swap64(fa, cpu, word, old, new));
	if (old & LOCAL_VALID)
		grove_add(fa, cpu, local_grove(old), local_count(old), GROVE_RESERVED);
	return true;
}

/* Look for a grove from the present one on; one in use in part first, for small frames. */
static bool reserve_any(struct fa *fa, unsigned int cpu, unsigned int order)
{
	u64 state = READ_ONCE(fa->local[cpu].state);
	u32 start = state & LOCAL_VALID ? local_grove(state) + 1 :
		    (u64)cpu * fa->nr_groves / fa->nr_cpus;
	unsigned int pass;
	u32 i, grove, had;

	for (pass = order ? 1 : 0; pass < 2; pass++) {
		for (i = 0; i < fa->nr_groves; i++) {
			grove = (start + i) % fa->nr_groves;
			had = READ_ONCE(fa->groves[grove]);
			if (had & GROVE_RESERVED || !had)
				continue;
			if (!pass && (had == GROVE_FRAMES || had < GROVE_FRAMES / 16))
				continue;
			if ((!order || grove_has_huge(fa, grove)) && reserve(fa, cpu, grove))
				return true;
		}
	}
	return false;
}

/*
 * The last resort: the groves and the other CPUs' reservations, one by one.  What is free is
 * had: that there was no memory to look at it must not look as if the pool were full.
 */
static u64 get_anywhere(struct fa *fa, unsigned int cpu, unsigned int order)
{
	u32 frames = 1U << order, grove, old;
	u64 frame = FA_NONE;
	unsigned int of;

	for (grove = 0; grove < fa->nr_groves && frame == FA_NONE; grove++) {
		if (!READ_ONCE(fa->groves[grove]) || (order && !grove_has_huge(fa, grove)))
			continue;
		fa_load_part(fa, grove / PART_GROVES, GFP_KERNEL | __GFP_NOFAIL);
		do {
			old = READ_ONCE(fa->groves[grove]);
		} while ((old & GROVE_COUNT) >= frames &&
			 !swap32(fa, cpu, &fa->groves[grove], old, old - frames));
		if ((old & GROVE_COUNT) < frames)
			continue;
		frame = take(fa, cpu, grove, order);
		if (frame == FA_NONE)
			grove_add(fa, cpu, grove, frames, 0);
	}
	for (of = 0; of < fa->nr_cpus && frame == FA_NONE; of++)
		frame = get_local(fa, cpu, of, order);
	/* Free frames of a 2 MiB area may be promised in part here and in part there. */
	for (grove = 0; order && grove < fa->nr_groves && frame == FA_NONE; grove++)
		if (fa_is_loaded(fa, grove / PART_GROVES) && grove_has_huge(fa, grove))
			for (of = 0; of < fa->nr_cpus && frame == FA_NONE; of++)
				if (refill(fa, of))
					frame = get_local(fa, cpu, of, order);
	return frame;
}

u64 fa_get(struct fa *fa, unsigned int cpu, unsigned int order)
{
	u64 frame;

	cpu %= fa->nr_cpus;
	frame = get_local(fa, cpu, cpu, order);
	if (frame == FA_NONE && refill(fa, cpu))
		frame = get_local(fa, cpu, cpu, order);
	if (frame == FA_NONE && reserve_any(fa, cpu, order))
		frame = get_local(fa, cpu, cpu, order);
	if (frame == FA_NONE)
		frame = get_anywhere(fa, cpu, order);
	return frame;
}

static void clear_area(struct fa *fa, unsigned int cpu, u32 area)
{
	unsigned int i;

	if (swap32(fa, cpu, &fa->areas[area], AREA_HUGE, AREA_FRAMES))
		return;
	/* It was built from a tree: nobody else has a frame of it. */
	for (i = 0; i < AREA_WORDS; i++)
		WRITE_ONCE(fa_area_bits(fa, area)[i], 0);
	/* The bits first: pairs with who finds the area free. */
	smp_store_release(&fa->areas[area], (u32)AREA_FRAMES);
}

/* Return: it was in use.  One that a damaged image gives back twice is not counted twice. */
static bool clear_frame(struct fa *fa, unsigned int cpu, u64 frame)
{
	u64 *word = fa_area_bits(fa, frame / AREA_FRAMES) + frame % AREA_FRAMES / 64, old;
	u32 *area = &fa->areas[frame / AREA_FRAMES], count;

	do {
		old = READ_ONCE(*word);
		if (!(old >> frame % 64 & 1))
			return false;
	} while (!swap64(fa, cpu, word, old, old & ~(1ULL << frame % 64)));
	do {
		count = READ_ONCE(*area);
	} while (!swap32(fa, cpu, area, count, count + 1));
	return true;
}

void fa_put(struct fa *fa, unsigned int cpu, u64 frame, unsigned int order)
{
	u32 grove = frame / GROVE_FRAMES;
	u64 *word, old;

	cpu %= fa->nr_cpus;
	if (order)
		clear_area(fa, cpu, frame / AREA_FRAMES);
	else if (!clear_frame(fa, cpu, frame))
		return;
	word = &fa->local[cpu].state;
	old = READ_ONCE(*word);
	if (old & LOCAL_VALID && local_grove(old) == grove &&
	    swap64(fa, cpu, word, old, old + ((u64)LOCAL_ONE << order)))
		return;
	grove_add(fa, cpu, grove, 1U << order, 0);
}

struct fa *fa_new(u64 nr_frames, unsigned int nr_cpus, const struct fa_source *source, void *arg)
{
	struct fa *fa = kvzalloc(sizeof(*fa), GFP_KERNEL);

	if (!fa)
		return NULL;
	fa->nr_frames = nr_frames;
	fa->nr_areas = DIV_ROUND_UP(nr_frames, AREA_FRAMES);
	fa->nr_groves = DIV_ROUND_UP(fa->nr_areas, GROVE_AREAS);
	fa->nr_cpus = nr_cpus;
	fa->source = source;
	fa->source_arg = arg;
	mutex_init(&fa->lock);
	fa->bits = kvcalloc(pp_nr_parts(nr_frames), sizeof(*fa->bits), GFP_KERNEL);
	fa->areas = kvcalloc(fa->nr_areas, sizeof(u32), GFP_KERNEL);
	fa->groves = kvcalloc(fa->nr_groves, sizeof(u32), GFP_KERNEL);
	fa->huge = kvcalloc(fa->nr_groves, sizeof(u16), GFP_KERNEL);
	fa->local = kvcalloc(nr_cpus, sizeof(struct fa_local), GFP_KERNEL);
	if (fa->bits && fa->areas && fa->groves && fa->huge && fa->local)
		return fa;
	fa_free(fa);
	return NULL;
}

void fa_free(struct fa *fa)
{
	u64 part;

	if (!fa)
		return;
	for (part = 0; fa->bits && part < pp_nr_parts(fa->nr_frames); part++)
		kvfree(fa->bits[part]);
	kvfree(fa->bits);
	kvfree(fa->areas);
	kvfree(fa->groves);
	kvfree(fa->huge);
	kvfree(fa->local);
	kvfree(fa);
}

u64 fa_nr_free(const struct fa *fa)
{
	unsigned int cpu;
	u64 sum = 0;
	u32 grove;

	for (grove = 0; grove < fa->nr_groves; grove++)
		sum += READ_ONCE(fa->groves[grove]) & GROVE_COUNT;
	for (cpu = 0; cpu < fa->nr_cpus; cpu++)
		sum += local_count(READ_ONCE(fa->local[cpu].state));
	return sum;
}

u64 fa_nr_free_huge(const struct fa *fa)
{
	u32 grove, area;
	u64 sum = 0;

	for (grove = 0; grove < fa->nr_groves; grove++)
		if (!fa_is_loaded(fa, grove / PART_GROVES))
			sum += fa->huge[grove];
	for (area = 0; area < fa->nr_areas; area++)
		sum += READ_ONCE(fa->areas[area]) == AREA_FRAMES;
	return sum;
}

bool fa_is_free(struct fa *fa, u64 frame)
{
	u64 area = frame / AREA_FRAMES;

	if (!fa_load_part(fa, frame / PP_PART_FRAMES, GFP_KERNEL) ||
	    READ_ONCE(fa->areas[area]) & AREA_HUGE)
		return false;
	return !(READ_ONCE(fa_area_bits(fa, area)[frame % AREA_FRAMES / 64]) >> frame % 64 & 1);
}

bool fa_any_free_huge(const struct fa *fa, u64 frame)
{
	const u64 *words = fa_area_bits(fa, frame / AREA_FRAMES);
	unsigned int i;

	if (READ_ONCE(fa->areas[frame / AREA_FRAMES]) & AREA_HUGE)
		return false;
	for (i = 0; i < AREA_WORDS; i++)
		if (~READ_ONCE(words[i]))
			return true;
	return false;
}

u64 fa_atomics(const struct fa *fa)
{
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < fa->nr_cpus; cpu++)
		sum += READ_ONCE(fa->local[cpu].atomics);
	return sum;
}
