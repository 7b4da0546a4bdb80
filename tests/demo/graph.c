// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings and the lookup by name. */
#include <string.h>

#include "graph.h"

bool pg_str_eq(struct pg_str a, struct pg_str b)
{
	return a.len == b.len && !memcmp(a.s, b.s, a.len);
}

int pg_str_cmp(struct pg_str a, struct pg_str b)
{
	int diff = memcmp(a.s, b.s, a.len < b.len ? a.len : b.len);

	if (diff)
		return diff;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* FNV-1a */
uint32_t pg_hash(struct pg_str name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.s[i]) * 16777619u;
	return hash;
}

struct pg_pkg *pg_find(const struct pg_graph *graph, struct pg_str name)
{
	uint32_t hash = pg_hash(name);
	struct pg_pkg *pkg = graph->bucket[hash & graph->bucket_mask];

	while (pkg && (pkg->hash != hash || !pg_str_eq(pkg->name, name)))
		pkg = pkg->hash_next;
	return pkg;
}
