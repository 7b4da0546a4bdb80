// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of a snapshot. */
#include <stdlib.h>
#include <string.h>
#include "source.h"

enum { CHUNK = 1 << 16 };

/* Strings are put one behind the other. */
struct chunk {
	struct chunk *next;
	size_t used, room;
	char text[];
};

struct snapshot *snapshot_new(void)
{
	return calloc(1, sizeof(struct snapshot));
}

void snapshot_free(struct snapshot *snapshot)
{
	struct chunk *chunk, *next;

	if (!snapshot)
		return;
	for (chunk = snapshot->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(snapshot->pools);
	free(snapshot->morsels);
	free(snapshot->attachments);
	free(snapshot->reservations);
	free(snapshot->gaps);
	free(snapshot->rights);
	free(snapshot->vmas);
	free(snapshot->users);
	free(snapshot->events);
	free(snapshot);
}

const char *snapshot_string(struct snapshot *snapshot, const char *text)
{
	struct chunk *chunk = snapshot->chunks;
	size_t len, room;

	if (!text)
		return NULL;
	len = strlen(text) + 1;
	if (!chunk || chunk->room - chunk->used < len) {
		room = len > CHUNK ? len : CHUNK;
		chunk = malloc(sizeof(*chunk) + room);
		if (!chunk)
			return "";
		*chunk = (struct chunk){ .next = snapshot->chunks, .room = room };
		snapshot->chunks = chunk;
	}
	chunk->used += len;
	return memcpy(chunk->text + chunk->used - len, text, len);
}

void *snapshot_add(void *array, size_t *count, size_t size)
{
	char **base = array, *bigger;

	/* Full whenever the count is 0 or a power of two from 16 up. */
	if (!*count || (*count >= 16 && !(*count & (*count - 1)))) {
		bigger = reallocarray(*base, *count ? 2 * *count : 16, size);
		if (!bigger)
			return NULL;
		*base = bigger;
	}
	return memset(*base + size * (*count)++, 0, size);
}

static int compare(const void *a, const void *b)
{
	const struct top_morsel *first = a, *second = b;

	if (first->pool_id != second->pool_id)
		return first->pool_id < second->pool_id ? -1 : 1;
	return (first->id > second->id) - (first->id < second->id);
}

void snapshot_sort(struct snapshot *snapshot)
{
	size_t i;

	for (i = 1; i < snapshot->nr_morsels; i++) {
		if (compare(&snapshot->morsels[i - 1], &snapshot->morsels[i]) > 0) {
			qsort(snapshot->morsels, snapshot->nr_morsels, sizeof(*snapshot->morsels),
			      compare);
			return;
		}
	}
}
