/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LISTING_H
#define LISTING_H

#include <morsel.h>
#include <stddef.h>

/* What is to be listed, and the lists that it belongs to. */
struct listing {
	const void **items;
	size_t nr_items;
	struct morsel_list **lists;
	size_t nr_lists;
	struct morsel_info **infos;
	size_t nr_infos;
};

/* Take over a list, or one morsel. Return: 0 or -ENOMEM; either way it is taken over. */
int listing_add_list(struct listing *listing, struct morsel_list *list);
int listing_add_info(struct listing *listing, struct morsel_info *info);
void listing_free(struct listing *listing);
/* For qsort(3) of the items: by name; what has none comes last. */
int listing_compare_names(const void *a, const void *b);

#endif
