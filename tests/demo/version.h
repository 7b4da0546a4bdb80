/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian version numbers: their order, and whether one satisfies a relation. */
#ifndef PKGGRAPH_VERSION_H
#define PKGGRAPH_VERSION_H

#include "graph.h"

/* Less than, equal to or greater than 0, as @a sorts before, like or after @b. */
int deb_version_cmp(struct pg_str a, struct pg_str b);

/* An empty @have satisfies only a relation that asks for no version. */
bool deb_version_satisfies(struct pg_str have, enum pg_op op, struct pg_str want);

#endif
