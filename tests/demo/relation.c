// SPDX-License-Identifier: GPL-2.0-or-later
/* Relation fields: "a (>= 1) | b, c:any". */
#include <string.h>

#include "index.h"

static char peek(struct pg_str field)
{
	return field.len ? *field.s : '\0';
}

static void skip(struct pg_str *field, size_t n)
{
	field->s += n;
	field->len -= n;
}

static void skip_blanks(struct pg_str *field)
{
	while (field->len && strchr(" \t\r\n", *field->s))
		skip(field, 1);
}

/* Takes what comes before any of @ends. */
static struct pg_str take_until(struct pg_str *field, const char *ends)
{
	struct pg_str word = { field->s, 0 };

	while (field->len && !strchr(ends, *field->s)) {
		word.len++;
		skip(field, 1);
	}
	return word;
}

/* "<" and ">" alone are old spellings of "<=" and ">=". */
static enum pg_op take_op(struct pg_str *field)
{
	const char first = peek(*field);
	char second;

	if (first != '<' && first != '>' && first != '=')
		return PG_OP_ANY;
	skip(field, 1);
	if (first == '=')
		return PG_OP_EQ;
	second = peek(*field);
	if (second == first || second == '=')
		skip(field, 1);
	if (second == first)
		return first == '<' ? PG_OP_LT : PG_OP_GT;
	return first == '<' ? PG_OP_LE : PG_OP_GE;
}

static bool take_version(struct pg_str *field, struct relation *rel)
{
	skip(field, 1);
	skip_blanks(field);
	rel->op = take_op(field);
	skip_blanks(field);
	rel->version = take_until(field, ") \t\r\n");
	skip_blanks(field);
	if (rel->op == PG_OP_ANY || !rel->version.len || peek(*field) != ')')
		return false;
	skip(field, 1);
	return true;
}

/* Architecture lists and build profiles do not occur in binary packages' relations. */
static bool take_separator(struct pg_str *field, struct relation *rel)
{
	skip_blanks(field);
	if (!field->len)
		return true;
	if (*field->s != ',' && *field->s != '|')
		return false;
	rel->or_next = *field->s == '|';
	skip(field, 1);
	skip_blanks(field);
	return !rel->or_next || field->len;
}

enum relation_result relation_next(struct pg_str *field, struct relation *rel)
{
	memset(rel, 0, sizeof(*rel));
	skip_blanks(field);
	if (!field->len)
		return RELATION_END;
	rel->name = take_until(field, " \t\r\n(,|[<)");
	if (!rel->name.len)
		return RELATION_BAD;
	skip_blanks(field);
	if (peek(*field) == '(' && !take_version(field, rel))
		return RELATION_BAD;
	return take_separator(field, rel) ? RELATION_OK : RELATION_BAD;
}
