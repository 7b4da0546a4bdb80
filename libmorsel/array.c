// SPDX-License-Identifier: LGPL-2.1-or-later
/* Growing arrays of pointers. */
#include <errno.h>
#include <stdlib.h>
#include "internal.h"

int morsel_array_add(struct morsel_array *array, void *item)
{
	if (array->count == array->room) {
		size_t room = array->room ? array->room * 2 : 16;
		void **items = reallocarray(array->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		array->items = items;
		array->room = room;
	}
	array->items[array->count++] = item;
	return 0;
}

void *morsel_array_at(const struct morsel_array *array, size_t index)
{
	return index < array->count ? array->items[index] : NULL;
}

void morsel_array_clear(struct morsel_array *array, void (*destroy)(void *item))
{
	size_t i;

	for (i = 0; i < array->count; i++)
		destroy(array->items[i]);
	free(array->items);
	*array = (struct morsel_array){ 0 };
}
