// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>

#include "version.h"
#include "walk.h"

static bool leads_on(const struct pg_dep *dep)
{
	return dep->first && pg_is_hard(dep);
}

static bool provides(const struct pg_provide *prv, const struct pg_dep *dep)
{
	return prv->owner == pg_candidate(prv->owner->pkg) &&
	       deb_version_satisfies(prv->version, dep->op, dep->version);
}

static const struct pg_dep *skip_to_leading(const struct pg_dep *dep)
{
	while (dep && !leads_on(dep))
		dep = dep->next;
	return dep;
}

/* Goes to the next edge; it is looked at before its providers are. */
static const struct pg_pkg *needed_by_next_dep(struct pg_walk *walk)
{
	const struct pg_version *ver = pg_candidate(walk->pkg);

	if (!walk->started)
		walk->dep = skip_to_leading(ver ? ver->deps : NULL);
	else
		walk->dep = skip_to_leading(walk->dep->next);
	walk->started = true;
	if (!walk->dep)
		return NULL;
	walk->prv = walk->dep->target->providers;
	return walk->dep->target;
}

static const struct pg_pkg *next_provider(struct pg_walk *walk)
{
	while (walk->prv) {
		const struct pg_provide *prv = walk->prv;

		walk->prv = prv->next_provider;
		if (provides(prv, walk->dep))
			return prv->owner->pkg;
	}
	return NULL;
}

const struct pg_pkg *pg_next_needed(struct pg_walk *walk)
{
	const struct pg_pkg *pkg;

	while (!walk->started || walk->dep) {
		pkg = walk->started ? next_provider(walk) : NULL;
		if (pkg)
			return pkg;
		pkg = needed_by_next_dep(walk);
		if (pkg && pg_candidate(pkg))
			return pkg;
	}
	return NULL;
}

/* The edge's owner, if the edge is one of its candidate version's and leads here. */
static const struct pg_pkg *owner_of(const struct pg_dep *dep, const struct pg_provide *via)
{
	if (!leads_on(dep) || dep->owner != pg_candidate(dep->owner->pkg))
		return NULL;
	if (via && !provides(via, dep))
		return NULL;
	return dep->owner->pkg;
}

/* First the edges that name the package, then those that name what it provides. */
static bool next_name(struct pg_walk *walk)
{
	const struct pg_version *ver = pg_candidate(walk->pkg);

	if (!walk->started) {
		walk->started = true;
		walk->dep = walk->pkg->rdeps;
		return true;
	}
	if (walk->prv)
		walk->prv = walk->prv->next;
	else
		walk->prv = ver ? ver->provides : NULL;
	if (walk->prv)
		walk->dep = walk->prv->name->rdeps;
	return walk->prv;
}

const struct pg_pkg *pg_next_needing(struct pg_walk *walk)
{
	do {
		while (walk->dep) {
			const struct pg_pkg *pkg = owner_of(walk->dep, walk->prv);

			walk->dep = walk->dep->next_rdep;
			if (pkg)
				return pkg;
		}
	} while (next_name(walk));
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct pg_pkg *const *x = a, *const *y = b;

	return pg_str_cmp((*x)->name, (*y)->name);
}

void pg_sort(struct pg_set *set)
{
	qsort(set->member, set->nr, sizeof(struct pg_pkg *), by_name);
}

struct pg_set pg_reach(const struct pg_graph *graph, const struct pg_pkg *start, pg_walk_fn *next)
{
	struct pg_set set = { malloc(graph->nr_pkgs * sizeof(struct pg_pkg *)), 1 };
	bool *seen = calloc(graph->nr_pkgs, sizeof(*seen));

	if (!set.member || !seen)
		err(1, "cannot follow the graph");
	set.member[0] = start;
	seen[start->id] = true;
	for (uint32_t i = 0; i < set.nr; i++) {
		struct pg_walk walk = pg_walk(set.member[i]);
		const struct pg_pkg *pkg;

		while ((pkg = next(&walk))) {
			if (seen[pkg->id])
				continue;
			seen[pkg->id] = true;
			set.member[set.nr++] = pkg;
		}
	}
	free(seen);
	pg_sort(&set);
	return set;
}
