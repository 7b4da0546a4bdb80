/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The resolved graph: which packages a package leads to.
 *
 * Nodes are the names that have versions.  A package leads, for each Depends
 * and Pre-Depends group of its candidate version, to what the first
 * alternative names, and to every other package whose candidate version
 * provides that name in a version that satisfies the alternative.  This is
 * what "apt-cache depends --recurse" follows under APT::Cache::ShowOnlyFirstOr.
 */
#ifndef PKGGRAPH_WALK_H
#define PKGGRAPH_WALK_H

#include "graph.h"

struct pg_walk {
	const struct pg_pkg *pkg;
	const struct pg_dep *dep; /* where the walk stands */
	const struct pg_provide *prv;
	bool started;
};

static inline struct pg_walk pg_walk(const struct pg_pkg *pkg)
{
	return (struct pg_walk){ .pkg = pkg };
}

typedef const struct pg_pkg *pg_walk_fn(struct pg_walk *walk);

/* The next package that walk->pkg leads to, or NULL; repeats are possible. */
pg_walk_fn pg_next_needed;

/* The next package that leads to walk->pkg, or NULL; repeats are possible. */
pg_walk_fn pg_next_needing;

struct pg_set {
	const struct pg_pkg **member;
	uint32_t nr;
};

/* What is reached from @start, itself included, sorted by name; member is malloc'ed. */
struct pg_set pg_reach(const struct pg_graph *graph, const struct pg_pkg *start, pg_walk_fn *next);

void pg_sort(struct pg_set *set);

#endif
