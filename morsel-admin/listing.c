// SPDX-License-Identifier: GPL-2.0-or-later
/* What a command is going to show of several morsels. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "listing.h"

/* Make room for @more pointers behind @count. */
static bool grow(void *array, size_t count, size_t more)
{
	void **pointer = array;
	void *bigger = reallocarray(*pointer, count + more + 1, sizeof(void *));

	if (bigger)
		*pointer = bigger;
	return bigger;
}

int listing_add_list(struct listing *listing, struct morsel_list *list)
{
	size_t count = morsel_list_count(list), i;

	if (!grow(&listing->lists, listing->nr_lists, 1) ||
	    !grow(&listing->items, listing->nr_items, count)) {
		morsel_list_free(list);
		return -ENOMEM;
	}
	listing->lists[listing->nr_lists++] = list;
	for (i = 0; i < count; i++)
		listing->items[listing->nr_items++] = morsel_list_at(list, i);
	return 0;
}

int listing_add_info(struct listing *listing, struct morsel_info *info)
{
	if (!grow(&listing->infos, listing->nr_infos, 1) ||
	    !grow(&listing->items, listing->nr_items, 1)) {
		morsel_info_free(info);
		return -ENOMEM;
	}
	listing->infos[listing->nr_infos++] = info;
	listing->items[listing->nr_items++] = info;
	return 0;
}

void listing_free(struct listing *listing)
{
	size_t i;

	for (i = 0; i < listing->nr_lists; i++)
		morsel_list_free(listing->lists[i]);
	for (i = 0; i < listing->nr_infos; i++)
		morsel_info_free(listing->infos[i]);
	free(listing->lists);
	free(listing->infos);
	free(listing->items);
}

int listing_compare_names(const void *a, const void *b)
{
	const char *first = morsel_info_name(*(const struct morsel_info *const *)a);
	const char *second = morsel_info_name(*(const struct morsel_info *const *)b);

	if (!first || !second)
		return !first - !second;
	return strcmp(first, second);
}
