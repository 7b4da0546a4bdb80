// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts an index into stanzas and picks out the fields that the graph is made of. */
#define _GNU_SOURCE
#include <string.h>
#include <strings.h>

#include "index.h"

#define NAME(text) .s = (text), .len = sizeof(text) - 1

static const struct pg_str field_name[NR_FIELDS] = {
	[FIELD_PACKAGE] = { NAME("Package") },
	[FIELD_VERSION] = { NAME("Version") },
	[FIELD_ARCHITECTURE] = { NAME("Architecture") },
	[FIELD_MULTI_ARCH] = { NAME("Multi-Arch") },
	[FIELD_SHA256] = { NAME("SHA256") },
	[FIELD_PROVIDES] = { NAME("Provides") },
	[FIELD_RELATIONS + PG_PRE_DEPENDS] = { NAME("Pre-Depends") },
	[FIELD_RELATIONS + PG_DEPENDS] = { NAME("Depends") },
	[FIELD_RELATIONS + PG_CONFLICTS] = { NAME("Conflicts") },
	[FIELD_RELATIONS + PG_BREAKS] = { NAME("Breaks") },
	[FIELD_RELATIONS + PG_RECOMMENDS] = { NAME("Recommends") },
	[FIELD_RELATIONS + PG_SUGGESTS] = { NAME("Suggests") },
	[FIELD_RELATIONS + PG_REPLACES] = { NAME("Replaces") },
	[FIELD_RELATIONS + PG_ENHANCES] = { NAME("Enhances") },
};

static struct pg_str line_next(struct pg_str *text)
{
	const char *eol = memchr(text->s, '\n', text->len);
	struct pg_str line = { text->s, eol ? (size_t)(eol - text->s) : text->len };
	size_t step = line.len + (eol != NULL);

	text->s += step;
	text->len -= step;
	return line;
}

static bool is_continuation(struct pg_str line)
{
	return line.len && (*line.s == ' ' || *line.s == '\t');
}

static int field_by_name(const char *name, size_t len)
{
	for (int i = 0; i < NR_FIELDS; i++)
		if (field_name[i].len == len && !strncasecmp(field_name[i].s, name, len))
			return i;
	return -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct pg_str trim(struct pg_str s)
{
	while (s.len && is_blank(*s.s)) {
		s.s++;
		s.len--;
	}
	while (s.len && is_blank(s.s[s.len - 1]))
		s.len--;
	return s;
}

/* Returns the field that the line starts, or -1. */
static int start_field(struct stanza *stanza, struct pg_str line)
{
	const char *colon = memchr(line.s, ':', line.len);
	int field;

	if (!colon)
		return -1;
	field = field_by_name(line.s, colon - line.s);
	if (field >= 0)
		stanza->field[field] = (struct pg_str){ colon + 1, line.s + line.len - colon - 1 };
	return field;
}

static struct pg_str skip_empty_lines(struct pg_str *text)
{
	struct pg_str line = { text->s, 0 };

	while (!line.len && text->len)
		line = line_next(text);
	return line;
}

bool stanza_next(struct pg_str *text, struct stanza *stanza)
{
	struct pg_str line = skip_empty_lines(text);
	int field = -1;

	if (!line.len)
		return false;
	memset(stanza, 0, sizeof(*stanza));
	stanza->whole.s = line.s;
	for (; line.len; line = line_next(text)) {
		if (!is_continuation(line))
			field = start_field(stanza, line);
		else if (field >= 0)
			stanza->field[field].len = line.s + line.len - stanza->field[field].s;
		stanza->whole.len = line.s + line.len - stanza->whole.s;
	}
	for (int i = 0; i < NR_FIELDS; i++)
		stanza->field[i] = trim(stanza->field[i]);
	return true;
}
