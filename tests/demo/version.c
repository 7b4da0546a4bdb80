// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * [epoch:]upstream[-revision], compared part by part as deb-version(7) says:
 * runs of non-digits and runs of digits in turn, "~" before the end of the
 * part, the end before letters, letters before everything else.
 */
#define _GNU_SOURCE
#include <string.h>

#include "version.h"

struct parts {
	struct pg_str epoch, upstream, revision;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The end of the text and a digit both end a run of non-digits: weight 0. */
static int weight(struct pg_str s)
{
	if (!s.len || is_digit(*s.s))
		return 0;
	if (*s.s == '~')
		return -1;
	if (is_letter(*s.s))
		return (unsigned char)*s.s;
	return (unsigned char)*s.s + 256;
}

static void advance(struct pg_str *s)
{
	s->s++;
	s->len--;
}

static int cmp_nondigits(struct pg_str *a, struct pg_str *b)
{
	while ((a->len && !is_digit(*a->s)) || (b->len && !is_digit(*b->s))) {
		int diff = weight(*a) - weight(*b);

		if (diff)
			return diff;
		advance(a);
		advance(b);
	}
	return 0;
}

static struct pg_str take_number(struct pg_str *s)
{
	struct pg_str number;

	while (s->len && *s->s == '0')
		advance(s);
	number = (struct pg_str){ s->s, 0 };
	while (s->len && is_digit(*s->s)) {
		number.len++;
		advance(s);
	}
	return number;
}

static int cmp_digits(struct pg_str *a, struct pg_str *b)
{
	struct pg_str x = take_number(a), y = take_number(b);

	if (x.len != y.len)
		return x.len < y.len ? -1 : 1;
	return memcmp(x.s, y.s, x.len);
}

static int cmp_part(struct pg_str a, struct pg_str b)
{
	int diff = 0;

	while (!diff && (a.len || b.len)) {
		diff = cmp_nondigits(&a, &b);
		if (!diff)
			diff = cmp_digits(&a, &b);
	}
	return diff;
}

static struct parts split(struct pg_str v)
{
	struct parts p = { .epoch = { v.s, 0 }, .upstream = v };
	const char *colon = memchr(v.s, ':', v.len);
	const char *dash;

	if (colon) {
		p.epoch.len = colon - v.s;
		p.upstream.s = colon + 1;
		p.upstream.len = v.len - p.epoch.len - 1;
	}
	p.revision = (struct pg_str){ p.upstream.s + p.upstream.len, 0 };
	dash = memrchr(p.upstream.s, '-', p.upstream.len);
	if (dash) {
		p.revision.len = p.revision.s - dash - 1;
		p.revision.s = dash + 1;
		p.upstream.len = dash - p.upstream.s;
	}
	return p;
}

int deb_version_cmp(struct pg_str a, struct pg_str b)
{
	struct parts x, y;
	int diff;

	if (pg_str_eq(a, b))
		return 0;
	x = split(a);
	y = split(b);
	diff = cmp_part(x.epoch, y.epoch);
	if (!diff)
		diff = cmp_part(x.upstream, y.upstream);
	if (!diff)
		diff = cmp_part(x.revision, y.revision);
	return diff;
}

bool deb_version_satisfies(struct pg_str have, enum pg_op op, struct pg_str want)
{
	int diff;

	if (op == PG_OP_ANY)
		return true;
	if (!have.len)
		return false;
	diff = deb_version_cmp(have, want);
	switch (op) {
	case PG_OP_LT:
		return diff < 0;
	case PG_OP_LE:
		return diff <= 0;
	case PG_OP_EQ:
		return diff == 0;
	case PG_OP_GE:
		return diff >= 0;
	default:
		return diff > 0;
	}
}
