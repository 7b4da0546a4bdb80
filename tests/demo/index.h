/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a Debian package index: stanzas of fields, and relation fields. */
#ifndef PKGGRAPH_INDEX_H
#define PKGGRAPH_INDEX_H

#include "graph.h"

enum field {
	FIELD_PACKAGE,
	FIELD_VERSION,
	FIELD_ARCHITECTURE,
	FIELD_MULTI_ARCH,
	FIELD_SHA256,
	FIELD_PROVIDES,
	FIELD_RELATIONS, /* one per enum pg_type, in that order */
	NR_FIELDS = FIELD_RELATIONS + PG_NR_TYPES
};

struct stanza {
	struct pg_str field[NR_FIELDS]; /* empty if absent */
	struct pg_str whole;
};

/* Takes the next stanza off the front of @text; false at the end. */
bool stanza_next(struct pg_str *text, struct stanza *stanza);

struct relation {
	struct pg_str name;
	struct pg_str version;
	enum pg_op op;
	bool or_next;
};

enum relation_result {
	RELATION_OK,
	RELATION_END,
	RELATION_BAD, /* @field is left at the offending text */
};

/* Takes the next alternative off the front of a relation field. */
enum relation_result relation_next(struct pg_str *field, struct relation *rel);

#endif
