// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tarjan's strongly connected components, without recursion.  Components are
 * completed after everything they lead to, so a component's longest chain is
 * known as soon as the component is.
 */
#include <err.h>
#include <stdlib.h>

#include "chain.h"
#include "walk.h"

#define NONE UINT32_MAX

struct node {
	const struct pg_pkg *pkg;
	uint32_t order; /* of discovery; NONE: not yet discovered */
	uint32_t low;	/* earliest discovery known to be in the same circle */
	uint32_t comp;	/* NONE: still on the stack */
};

struct comp {
	struct pg_link link;
	uint32_t depth; /* links in the longest chain from here */
	uint32_t next;	/* component that this chain goes on with, or NONE */
};

struct search {
	struct node *node; /* by package id */
	struct comp *comp;
	struct pg_walk *path; /* from the root to where the search is */
	uint32_t *stack;      /* discovered, not yet in a component */
	uint32_t nr_comps, nr_path, nr_stack, nr_seen;
};

static void *array(uint32_t nr, size_t size)
{
	void *at = calloc((size_t)nr + 1, size);

	if (!at)
		err(1, "cannot search the graph");
	return at;
}

static void search_init(struct search *s, const struct pg_graph *graph)
{
	*s = (struct search){
		.node = array(graph->nr_pkgs, sizeof(*s->node)),
		.comp = array(graph->nr_pkgs, sizeof(*s->comp)),
		.path = array(graph->nr_pkgs, sizeof(*s->path)),
		.stack = array(graph->nr_pkgs, sizeof(*s->stack)),
	};
	for (uint32_t i = 0; i < graph->nr_pkgs; i++)
		s->node[i] = (struct node){ graph->pkgs[i], NONE, NONE, NONE };
}

static void search_free(struct search *s)
{
	free(s->node);
	free(s->comp);
	free(s->path);
	free(s->stack);
}

static void discover(struct search *s, const struct pg_pkg *pkg)
{
	struct node *node = &s->node[pkg->id];

	node->order = s->nr_seen++;
	node->low = node->order;
	s->stack[s->nr_stack++] = pkg->id;
	s->path[s->nr_path++] = pg_walk(pkg);
}

static bool is_better(const struct search *s, uint32_t comp, uint32_t than)
{
	const struct comp *a = &s->comp[comp], *b;

	if (than == NONE)
		return true;
	b = &s->comp[than];
	if (a->depth != b->depth)
		return a->depth > b->depth;
	return pg_str_cmp(a->link.name->name, b->link.name->name) < 0;
}

static uint32_t best_after(const struct search *s, const struct pg_pkg *pkg, uint32_t comp,
			   uint32_t best)
{
	struct pg_walk walk = pg_walk(pkg);
	const struct pg_pkg *to;

	while ((to = pg_next_needed(&walk))) {
		uint32_t next = s->node[to->id].comp;

		if (next != comp && is_better(s, next, best))
			best = next;
	}
	return best;
}

/* Makes a component of @root and all that is above it on the stack. */
static void complete(struct search *s, const struct pg_pkg *root)
{
	const uint32_t id = s->nr_comps++;
	struct comp *comp = &s->comp[id];
	uint32_t first = s->nr_stack, next = NONE;

	*comp = (struct comp){ .link = { root, 0 } };
	do {
		struct node *node = &s->node[s->stack[--first]];

		node->comp = id;
		comp->link.size++;
		if (pg_str_cmp(node->pkg->name, comp->link.name->name) < 0)
			comp->link.name = node->pkg;
	} while (s->stack[first] != root->id);
	for (uint32_t i = first; i < s->nr_stack; i++)
		next = best_after(s, s->node[s->stack[i]].pkg, id, next);
	s->nr_stack = first;
	comp->next = next;
	comp->depth = 1 + (next == NONE ? 0 : s->comp[next].depth);
}

/* The walk at the end of the path has nothing left: goes back one step. */
static void leave(struct search *s)
{
	const struct pg_pkg *pkg = s->path[--s->nr_path].pkg;
	const struct node *node = &s->node[pkg->id];
	struct node *above;

	if (node->low == node->order)
		complete(s, pkg);
	if (!s->nr_path)
		return;
	above = &s->node[s->path[s->nr_path - 1].pkg->id];
	if (node->low < above->low)
		above->low = node->low;
}

static void search_from(struct search *s, const struct pg_pkg *root)
{
	discover(s, root);
	while (s->nr_path) {
		struct pg_walk *walk = &s->path[s->nr_path - 1];
		struct node *from = &s->node[walk->pkg->id], *to;
		const struct pg_pkg *pkg = pg_next_needed(walk);

		if (!pkg) {
			leave(s);
			continue;
		}
		to = &s->node[pkg->id];
		if (to->order == NONE)
			discover(s, pkg);
		else if (to->comp == NONE && to->order < from->low)
			from->low = to->order;
	}
}

static uint32_t search_all(struct search *s, const struct pg_graph *graph)
{
	uint32_t best = NONE;

	for (uint32_t i = 0; i < graph->nr_pkgs; i++)
		if (s->node[i].order == NONE && pg_candidate(graph->pkgs[i]))
			search_from(s, graph->pkgs[i]);
	for (uint32_t i = 0; i < s->nr_comps; i++)
		if (is_better(s, i, best))
			best = i;
	return best;
}

struct pg_chain pg_longest_chain(const struct pg_graph *graph, const struct pg_pkg *start)
{
	struct pg_chain chain = { 0 };
	struct search s;
	uint32_t at;

	search_init(&s, graph);
	if (start) {
		search_from(&s, start);
		at = s.node[start->id].comp;
	} else {
		at = search_all(&s, graph);
	}
	chain.link = array(at == NONE ? 0 : s.comp[at].depth, sizeof(*chain.link));
	for (; at != NONE; at = s.comp[at].next)
		chain.link[chain.nr++] = s.comp[at].link;
	search_free(&s);
	return chain;
}
