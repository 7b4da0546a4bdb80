/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The package graph: what the demo keeps in a morsel.
 *
 * All links are plain pointers, valid in every process because the object is
 * mapped at one address everywhere.  Strings are slices of the index text,
 * which lies in the object too.
 */
#ifndef PKGGRAPH_GRAPH_H
#define PKGGRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct pg_dep;
struct pg_pkg;
struct pg_provide;

/* The architecture whose packages have unqualified names. */
#define PG_NATIVE_ARCH "amd64"

/* In the order in which a package's relations are listed. */
enum pg_type {
	PG_PRE_DEPENDS,
	PG_DEPENDS,
	PG_CONFLICTS,
	PG_BREAKS,
	PG_RECOMMENDS,
	PG_SUGGESTS,
	PG_REPLACES,
	PG_ENHANCES,
	PG_NR_TYPES
};

enum pg_op {
	PG_OP_ANY, /* no version asked for */
	PG_OP_LT,
	PG_OP_LE,
	PG_OP_EQ,
	PG_OP_GE,
	PG_OP_GT
};

/* Part of a text; not terminated. */
struct pg_str {
	const char *s;
	size_t len;
};

/* A name; has versions only if such a package exists. */
struct pg_pkg {
	struct pg_str name;
	struct pg_pkg *hash_next;
	struct pg_version *versions; /* newest first; the newest is the candidate */
	struct pg_dep *rdeps;	     /* relations of other packages that name this one */
	struct pg_dep *rdeps_last;
	struct pg_provide *providers; /* versions that provide this name */
	struct pg_provide *providers_last;
	uint32_t hash;
	uint32_t id; /* index in pg_graph.pkgs */
};

struct pg_version {
	struct pg_pkg *pkg;
	struct pg_version *next; /* older, or equal and read later */
	struct pg_str version;
	struct pg_str sha256;
	struct pg_str record; /* the whole stanza */
	struct pg_dep *deps;  /* by type, then as written */
	struct pg_provide *provides;
};

/* One alternative of one relation: an edge. */
struct pg_dep {
	struct pg_version *owner;
	struct pg_pkg *target;
	struct pg_dep *next;	  /* of the same owner */
	struct pg_dep *next_rdep; /* of the same target */
	struct pg_str version;
	uint8_t type; /* enum pg_type */
	uint8_t op;   /* enum pg_op */
	bool first;   /* first alternative of its group */
	bool or_next; /* the next edge is an alternative to this one */
};

struct pg_provide {
	struct pg_version *owner;
	struct pg_pkg *name;
	struct pg_provide *next;	  /* of the same owner */
	struct pg_provide *next_provider; /* of the same name */
	struct pg_str version;		  /* empty: unversioned */
};

struct pg_graph {
	struct pg_pkg **bucket;
	struct pg_pkg **pkgs; /* all names, by id */
	uint32_t bucket_mask;
	uint32_t nr_pkgs; /* names, existing packages or not */
	uint32_t nr_real; /* names with versions */
	uint32_t nr_versions;
	uint32_t nr_deps;
	uint32_t nr_provides;
	uint32_t nr_foreign; /* stanzas of other architectures, left out */
	uint64_t text_bytes;
};

static inline struct pg_version *pg_candidate(const struct pg_pkg *pkg)
{
	return pkg->versions;
}

static inline bool pg_is_hard(const struct pg_dep *dep)
{
	return dep->type == PG_PRE_DEPENDS || dep->type == PG_DEPENDS;
}

bool pg_str_eq(struct pg_str a, struct pg_str b);
int pg_str_cmp(struct pg_str a, struct pg_str b);
uint32_t pg_hash(struct pg_str name);

/* Returns NULL if no package has, needs or provides the name. */
struct pg_pkg *pg_find(const struct pg_graph *graph, struct pg_str name);

/* build.c: reads the index files into @arena; exits with a message on bad input. */
struct pg_graph *pg_build(struct arena *arena, char *const index[], int nr_index);

#endif
