/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The longest chain of packages of which each leads to the next (walk.h).
 *
 * Packages that need each other in a circle count as one link.  Of chains of
 * equal length the one is taken whose links' names come first, link by link; a
 * link is named after the first of its packages in name order.
 */
#ifndef PKGGRAPH_CHAIN_H
#define PKGGRAPH_CHAIN_H

#include "graph.h"

struct pg_link {
	const struct pg_pkg *name;
	uint32_t size; /* packages in the circle, or 1 */
};

struct pg_chain {
	struct pg_link *link; /* malloc'ed */
	uint32_t nr;
};

/* From @start, or from wherever it is longest if @start is NULL. */
struct pg_chain pg_longest_chain(const struct pg_graph *graph, const struct pg_pkg *start);

#endif
