// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"
#include <stdlib.h>
#include <string.h>

enum {
	WORD = 8,
	WORDS = LINE / WORD,
	FOLD = 256, /* stores of a line that nobody flushes, until they are made fewer */
};

struct store {
	uint32_t word; /* of the line */
	uint64_t value;
};

struct line {
	struct store *stores;
	uint32_t nr, room;
	uint32_t together; /* so many of the first ones come all or not at all */
	uint32_t flushed[MAX_CPUS]; /* stores that the next fence of each makes durable */
	uint32_t place;	   /* among those in flight */
};

/* Lines that a CPU has flushed and not fenced yet. */
struct flushed {
	uint32_t *numbers;
	size_t nr, room;
};

static uint8_t *durable;
static uint64_t size;
static struct line **lines; /* NULL: never stored to */
static uint32_t *in_flight;
static size_t nr_in_flight, room_in_flight;
static struct flushed flushed[MAX_CPUS];

static void *grow(void *array, size_t nr, size_t *room, size_t each)
{
	if (nr >= *room) {
		*room = *room ? *room * 2 : 16;
		array = realloc(array, *room * each);
	}
	if (!array)
		abort();
	return array;
}

static void forget(void)
{
	for (uint64_t i = 0; lines && i < size / LINE; i++) {
		if (lines[i])
			free(lines[i]->stores);
		free(lines[i]);
	}
	free(lines);
	nr_in_flight = 0;
	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++)
		flushed[cpu].nr = 0;
}

void lines_init(uint8_t *content, uint64_t length)
{
	forget();
	durable = content;
	size = length;
	lines = calloc(length / LINE, sizeof(struct line *));
	if (!lines)
		abort();
}

static struct line *line_at(uint32_t number)
{
	if (!lines[number])
		lines[number] = calloc(1, sizeof(struct line));
	if (!lines[number])
		abort();
	return lines[number];
}

static uint32_t most_flushed(const struct line *line)
{
	uint32_t most = 0;

	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++)
		if (line->flushed[cpu] > most)
			most = line->flushed[cpu];
	return most;
}

/* Keep of all stores the last to each word: they come together from now on. */
static void fold(struct line *line)
{
	struct store last[WORDS];
	bool have[WORDS] = { false };

	for (uint32_t i = 0; i < line->nr; i++) {
		last[line->stores[i].word] = line->stores[i];
		have[line->stores[i].word] = true;
	}
	line->nr = 0;
	for (unsigned int word = 0; word < WORDS; word++)
		if (have[word])
			line->stores[line->nr++] = last[word];
	line->together = line->nr;
}

static void add(struct line *line, uint32_t word, uint64_t value)
{
	size_t room = line->room;
	uint32_t most = most_flushed(line);
	struct store *stores = line->stores;

	/* The bytes of a word, one by one: nobody flushes in between. */
	if (stores && line->nr > most && stores[line->nr - 1].word == word) {
		stores[line->nr - 1].value = value;
		return;
	}
	if (stores && line->nr >= FOLD && !most)
		fold(line);
	stores = grow(stores, line->nr, &room, sizeof(struct store));
	stores[line->nr++] = (struct store){ word, value };
	line->stores = stores;
	line->room = room;
}

static void note_flushed(unsigned int cpu, uint32_t number, struct line *line)
{
	struct flushed *of = &flushed[cpu];

	if (!line->flushed[cpu]) {
		of->numbers = grow(of->numbers, of->nr, &of->room, sizeof(uint32_t));
		of->numbers[of->nr++] = number;
	}
	line->flushed[cpu] = line->nr;
}

void lines_store(unsigned int cpu, uint64_t offset, uint64_t value, bool stream)
{
	uint32_t number = offset / LINE;
	struct line *line;

	if (offset >= size)
		return;
	line = line_at(number);
	if (!line->nr) {
		in_flight = grow(in_flight, nr_in_flight, &room_in_flight, sizeof(uint32_t));
		line->place = nr_in_flight;
		in_flight[nr_in_flight++] = number;
	}
	add(line, offset % LINE / WORD, value);
	if (stream)
		note_flushed(cpu, number, line);
}

void lines_flush(unsigned int cpu, uint64_t offset)
{
	uint32_t number = offset / LINE;

	if (offset < size && lines[number] && lines[number]->nr)
		note_flushed(cpu, number, lines[number]);
}

static void apply(uint32_t number, uint32_t nr)
{
	const struct line *line = lines[number];
	uint8_t *to = durable + (uint64_t)number * LINE;

	for (uint32_t i = 0; i < nr; i++)
		memcpy(to + line->stores[i].word * WORD, &line->stores[i].value, WORD);
}

static void no_more_in_flight(struct line *line)
{
	uint32_t last = in_flight[--nr_in_flight];

	in_flight[line->place] = last;
	lines[last]->place = line->place;
}

/* The first stores of a line are durable: it has only the others left. */
static void drop(struct line *line, uint32_t nr)
{
	memmove(line->stores, line->stores + nr, (line->nr - nr) * sizeof(struct store));
	line->nr -= nr;
	line->together -= line->together < nr ? line->together : nr;
	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++)
		line->flushed[cpu] -= line->flushed[cpu] < nr ? line->flushed[cpu] : nr;
	if (!line->nr)
		no_more_in_flight(line);
}

void lines_fence(unsigned int cpu)
{
	struct flushed *of = &flushed[cpu];

	for (size_t i = 0; i < of->nr; i++) {
		struct line *line = lines[of->numbers[i]];
		uint32_t nr = line->flushed[cpu];

		/* Somebody else may have fenced all of it. */
		if (!nr)
			continue;
		apply(of->numbers[i], nr);
		drop(line, nr);
	}
	of->nr = 0;
}

static uint64_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

struct lines_cut lines_cut(unsigned int percent, uint64_t seed)
{
	struct lines_cut cut = { .in_flight = nr_in_flight };

	for (size_t i = 0; i < nr_in_flight; i++) {
		const struct line *line = lines[in_flight[i]];
		uint32_t nr = line->nr;

		if (draw(&seed) % 100 >= percent)
			continue;
		if (draw(&seed) % 4 == 0)
			nr = line->together + draw(&seed) % (line->nr - line->together + 1);
		apply(in_flight[i], nr);
		cut.whole += nr == line->nr;
		cut.part += nr && nr != line->nr;
	}
	return cut;
}
