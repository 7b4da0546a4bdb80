/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings of the morsels that a command names, or of all. */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include "admin.h"

/* Which of them; all zeros: all. */
struct wanted {
	uint64_t pid; /* 0: any */
	uint32_t uid;
	bool by_user; /* @uid counts */
	bool quiet;   /* say nothing of names that are not there */
};

/* The mappings, and the lists that they belong to. */
struct mappings {
	struct morsel_attachment_list **lists;
	const void **items; /* struct morsel_attachment */
	size_t nr_lists, nr_items;
};

/* What the recursive option says, for libmorsel. */
unsigned int list_flags(const struct app *app);
/* Look at those of all names. What goes wrong is reported. Free with free_mappings(). */
void look_at_mappings(struct app *app, const struct wanted *wanted, struct mappings *m);
void free_mappings(struct mappings *m);

#endif
