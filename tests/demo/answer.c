// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "chain.h"
#include "walk.h"

#define STR(str) (int)(str).len, (str).s

/* As apt-cache prints it: in angle brackets if there is no such package. */
static void print_name(FILE *out, const struct pg_pkg *pkg)
{
	fprintf(out, pkg->versions ? "%.*s\n" : "<%.*s>\n", STR(pkg->name));
}

static void print_edge(FILE *out, const struct pg_dep *dep, const char *type,
		       const struct pg_pkg *pkg)
{
	fprintf(out, " %c%s", dep->or_next ? '|' : ' ', type);
	print_name(out, pkg);
}

static void answer_depends(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	(void)graph;
	print_name(out, pkg);
	for (const struct pg_dep *dep = pkg->versions->deps; dep; dep = dep->next)
		if (pg_is_hard(dep))
			print_edge(out, dep, dep->type == PG_DEPENDS ? "Depends: " : "PreDepends: ",
				   dep->target);
}

static void answer_rdepends(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	(void)graph;
	print_name(out, pkg);
	fputs("Reverse Depends:\n", out);
	for (const struct pg_dep *dep = pkg->rdeps; dep; dep = dep->next_rdep)
		if (pg_is_hard(dep))
			print_edge(out, dep, "", dep->owner->pkg);
}

static void print_reached(const struct pg_graph *graph, const struct pg_pkg *pkg, pg_walk_fn *next,
			  FILE *out)
{
	struct pg_set set = pg_reach(graph, pkg, next);

	for (uint32_t i = 0; i < set.nr; i++)
		fprintf(out, "%.*s\n", STR(set.member[i]->name));
	free(set.member);
}

static void answer_closure(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	print_reached(graph, pkg, pg_next_needed, out);
}

static void answer_needed_by(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	print_reached(graph, pkg, pg_next_needing, out);
}

static void answer_count(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	struct pg_set up = pg_reach(graph, pkg, pg_next_needing);
	struct pg_set down = pg_reach(graph, pkg, pg_next_needed);
	unsigned int direct = 0;

	for (const struct pg_dep *dep = pkg->rdeps; dep; dep = dep->next_rdep)
		direct += pg_is_hard(dep);
	fprintf(out, "%.*s: needs %u packages; named in %u dependencies; needed by %u packages\n",
		STR(pkg->name), down.nr - 1, direct, up.nr - 1);
	free(up.member);
	free(down.member);
}

static void answer_chain(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	struct pg_chain chain = pg_longest_chain(graph, pkg);

	fprintf(out, "%u links\n", chain.nr);
	for (uint32_t i = 0; i < chain.nr; i++) {
		fprintf(out, "  %.*s", STR(chain.link[i].name->name));
		if (chain.link[i].size > 1)
			fprintf(out, " (a circle of %u)", chain.link[i].size);
		fputc('\n', out);
	}
	free(chain.link);
}

static void answer_show(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out)
{
	(void)graph;
	fprintf(out, "%.*s\n", STR(pkg->versions->record));
}

enum {
	NEEDS_NAME = 1,	   /* the name of something known */
	NEEDS_PACKAGE = 3, /* which has a version */
	MAY_NAME_PACKAGE = 4,
};

static const struct question {
	const char *verb;
	unsigned int flags;
	void (*answer)(const struct pg_graph *graph, const struct pg_pkg *pkg, FILE *out);
	const char *help;
} questions[] = {
	{ "depends", NEEDS_PACKAGE, answer_depends, "PACKAGE: what it directly depends on" },
	{ "rdepends", NEEDS_NAME, answer_rdepends, "NAME: what directly depends on it" },
	{ "closure", NEEDS_PACKAGE, answer_closure, "PACKAGE: all packages it leads to" },
	{ "needed-by", NEEDS_NAME, answer_needed_by, "NAME: all packages that lead to it" },
	{ "count", NEEDS_NAME, answer_count, "NAME: how many those are" },
	{ "chain", MAY_NAME_PACKAGE, answer_chain, "[PACKAGE]: longest chain of dependencies" },
	{ "show", NEEDS_PACKAGE, answer_show, "PACKAGE: its entry in the index" },
};

#define NR_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

void pg_answer_help(FILE *out)
{
	for (size_t i = 0; i < NR_QUESTIONS; i++)
		fprintf(out, "  %s %s\n", questions[i].verb, questions[i].help);
}

static const struct question *question_by_verb(struct pg_str verb)
{
	for (size_t i = 0; i < NR_QUESTIONS; i++)
		if (pg_str_eq(verb,
			      (struct pg_str){ questions[i].verb, strlen(questions[i].verb) }))
			return &questions[i];
	return NULL;
}

static bool check_name(const struct question *q, struct pg_str name, const struct pg_pkg *pkg)
{
	const bool needs_version = q->flags != NEEDS_NAME;

	if (!name.len && (q->flags & NEEDS_NAME))
		warnx("%s: needs the name of a package", q->verb);
	else if (name.len && !pkg)
		warnx("%s %.*s: no such package", q->verb, STR(name));
	else if (name.len && needs_version && !pkg->versions)
		warnx("%s %.*s: is not a package, only a name", q->verb, STR(name));
	else
		return true;
	return false;
}

bool pg_answer(const struct pg_graph *graph, const char *question, FILE *out)
{
	const size_t verb_len = strcspn(question, " ");
	const char *arg = question + verb_len + strspn(question + verb_len, " ");
	const struct pg_str name = { arg, strcspn(arg, " ") };
	const struct question *q = question_by_verb((struct pg_str){ question, verb_len });
	const struct pg_pkg *pkg = name.len ? pg_find(graph, name) : NULL;

	if (!q || arg[name.len]) {
		warnx("\"%s\": not a question; try --help", question);
		return false;
	}
	if (!check_name(q, name, pkg))
		return false;
	q->answer(graph, pkg, out);
	fputc('\n', out);
	if (fflush(out) || ferror(out))
		err(1, "cannot write the answer");
	return true;
}
