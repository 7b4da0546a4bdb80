/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to a package graph, such as "rdepends libc6", and their answers. */
#ifndef PKGGRAPH_ANSWER_H
#define PKGGRAPH_ANSWER_H

#include <stdio.h>

#include "graph.h"

/*
 * Prints the answer and an empty line, and flushes @out.  Returns false after
 * a message if the question is not one or no such package is known.
 */
bool pg_answer(const struct pg_graph *graph, const char *question, FILE *out);

/* The lines of the help text that say what may be asked. */
void pg_answer_help(FILE *out);

#endif
