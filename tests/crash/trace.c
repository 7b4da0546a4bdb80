// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace.h"
#include <stdio.h>

enum {
	LINE = 64,
};

struct site sites[MAX_SITES];
int nr_sites;

static int site_of(const char *file, int line, bool fence)
{
	int i;

	for (i = 0; i < nr_sites; i++)
		if (sites[i].line == line && sites[i].fence == fence &&
		    !strcmp(sites[i].file, file))
			break;
	if (i == nr_sites) {
		assert(nr_sites < MAX_SITES);
		sites[nr_sites++] = (struct site){ .file = file, .line = line, .fence = fence };
	}
	sites[i].hits++;
	return i;
}

static void add_store(struct memory *memory, u64 offset, u64 value, bool stream)
{
	u32 number = offset / LINE;
	struct line *line = &memory->lines[number];

	memcpy(memory->now + offset, &value, 8);
	if (!line->pending) {
		line->pending = true;
		memory->pending[memory->nr_pending++] = number;
	}
	if (line->nr == line->room) {
		line->room = line->room ? line->room * 2 : 8;
		line->stores = realloc(line->stores, line->room * sizeof(*line->stores));
		assert(line->stores);
	}
	line->stores[line->nr++] = (struct store){ .at = offset % LINE / 8, .value = value };
	if (stream)
		line->flushed[memory->cpu] = line->nr;
}

static void on_store(struct pm_trace *trace, u64 offset, const void *from, size_t length,
		     bool stream)
{
	struct memory *memory = container_of(trace, struct memory, trace);
	const u8 *bytes = from;
	u64 end = offset + length, at, value;
	size_t skip, part;

	assert(end <= memory->size && end >= offset);
	for (; offset < end; offset += part) {
		at = offset & ~7ULL;
		skip = offset - at;
		part = min_t(size_t, 8 - skip, end - offset);
		memcpy(&value, memory->now + at, 8);
		if (bytes)
			memcpy((u8 *)&value + skip, bytes, part);
		else
			memset((u8 *)&value + skip, 0, part);
		if (bytes)
			bytes += part;
		add_store(memory, at, value, stream);
	}
	if (stream)
		memory->flushes += DIV_ROUND_UP(length, LINE);
}

static void on_flush(struct pm_trace *trace, u64 offset, size_t length, const char *file,
		     int number)
{
	struct memory *memory = container_of(trace, struct memory, trace);
	u64 line;

	assert(length && offset + length <= memory->size);
	if (site_of(file, number, false) == memory->skip)
		return;
	for (line = offset / LINE; line <= (offset + length - 1) / LINE; line++) {
		memory->lines[line].flushed[memory->cpu] = memory->lines[line].nr;
		memory->flushes++;
	}
}

/* The first stores of a line are durable: it has only the others left. */
static void drop_stores(struct line *line, u32 nr)
{
	int cpu;

	memmove(line->stores, line->stores + nr, (line->nr - nr) * sizeof(*line->stores));
	line->nr -= nr;
	for (cpu = 0; cpu < CPUS; cpu++)
		line->flushed[cpu] -= min(line->flushed[cpu], nr);
}

static void settle(struct memory *memory)
{
	u32 i, k, nr, kept = 0;

	for (i = 0; i < memory->nr_pending; i++) {
		u32 number = memory->pending[i];
		struct line *line = &memory->lines[number];
		u8 *durable = memory->durable + (u64)number * LINE;

		nr = line->flushed[memory->cpu];
		for (k = 0; k < nr; k++)
			memcpy(durable + 8 * line->stores[k].at, &line->stores[k].value, 8);
		drop_stores(line, nr);
		line->pending = line->nr;
		if (line->pending)
			memory->pending[kept++] = number;
	}
	memory->nr_pending = kept;
}

static void on_fence(struct pm_trace *trace, const char *file, int number)
{
	struct memory *memory = container_of(trace, struct memory, trace);

	if (site_of(file, number, true) == memory->skip)
		return;
	memory->fences++;
	if (memory->point)
		memory->point(memory);
	settle(memory);
}

struct memory *memory_new(u64 size)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	assert(memory);
	memory->trace = (struct pm_trace){ on_store, on_flush, on_fence, NULL };
	memory->size = size;
	memory->now = malloc(size);
	memory->durable = malloc(size);
	memory->lines = calloc(size / LINE, sizeof(*memory->lines));
	memory->pending = calloc(size / LINE, sizeof(*memory->pending));
	memory->skip = -1;
	assert(memory->now && memory->durable && memory->lines && memory->pending);
	return memory;
}

void memory_free(struct memory *memory)
{
	u64 i;

	for (i = 0; i < memory->size / LINE; i++)
		free(memory->lines[i].stores);
	free(memory->lines);
	free(memory->pending);
	free(memory->now);
	free(memory->durable);
	free(memory);
}

void memory_set(struct memory *memory, const u8 *content)
{
	u32 i;

	for (i = 0; i < memory->nr_pending; i++) {
		struct line *line = &memory->lines[memory->pending[i]];

		drop_stores(line, line->nr);
		line->pending = false;
	}
	memory->nr_pending = 0;
	memory->cpu = 0;
	memcpy(memory->now, content, memory->size);
	memcpy(memory->durable, content, memory->size);
}

struct pm memory_pm(struct memory *memory)
{
	return (struct pm){ memory->now, memory->size, &memory->trace };
}

/* ---- scratch ---- */

static void touch(struct scratch *scratch, u64 line)
{
	if (!scratch->is_touched[line]) {
		scratch->is_touched[line] = true;
		scratch->touched[scratch->nr_touched++] = line;
	}
}

static void scratch_store(struct pm_trace *trace, u64 offset, const void *from, size_t length,
			  bool stream)
{
	struct scratch *scratch = container_of(trace, struct scratch, trace);
	u64 line;

	(void)stream;
	assert(offset + length <= scratch->size && offset + length >= offset);
	for (line = offset / LINE; line <= (offset + length - 1) / LINE; line++)
		touch(scratch, line);
	if (from)
		memcpy(scratch->image + offset, from, length);
	else
		memset(scratch->image + offset, 0, length);
}

static void scratch_flush(struct pm_trace *trace, u64 offset, size_t length, const char *file,
			  int line)
{
	(void)trace;
	(void)offset;
	(void)length;
	(void)file;
	(void)line;
}

static void scratch_fence(struct pm_trace *trace, const char *file, int line)
{
	(void)trace;
	(void)file;
	(void)line;
}

struct scratch *scratch_new(u64 size)
{
	struct scratch *scratch = calloc(1, sizeof(*scratch));

	assert(scratch);
	scratch->trace = (struct pm_trace){ scratch_store, scratch_flush, scratch_fence, NULL };
	scratch->size = size;
	scratch->image = malloc(size);
	scratch->touched = calloc(size / LINE, sizeof(*scratch->touched));
	scratch->is_touched = calloc(size / LINE, sizeof(*scratch->is_touched));
	assert(scratch->image && scratch->touched && scratch->is_touched);
	return scratch;
}

void scratch_free(struct scratch *scratch)
{
	free(scratch->image);
	free(scratch->touched);
	free(scratch->is_touched);
	free(scratch);
}

struct pm scratch_pm(struct scratch *scratch)
{
	return (struct pm){ scratch->image, scratch->size, &scratch->trace };
}

void scratch_apply(struct scratch *scratch, const struct memory *memory, u32 number, u32 count)
{
	const struct line *line = &memory->lines[number];
	u32 k;

	touch(scratch, number);
	for (k = 0; k < count; k++)
		memcpy(scratch->image + (u64)number * LINE + 8 * line->stores[k].at,
		       &line->stores[k].value, 8);
}

void scratch_undo(struct scratch *scratch, const u8 *content)
{
	u32 i;

	for (i = 0; i < scratch->nr_touched; i++) {
		u64 offset = (u64)scratch->touched[i] * LINE;

		memcpy(scratch->image + offset, content + offset, LINE);
		scratch->is_touched[scratch->touched[i]] = false;
	}
	scratch->nr_touched = 0;
}
