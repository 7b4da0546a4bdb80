// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pkggraph - a Debian package index as a graph of pointers in a shared object
 *
 * One process builds the graph in a file that lies at a fixed address; any
 * number of others map the file and follow the pointers.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "arena.h"
#include "report.h"

enum { OUTPUT_BUFFER = 1 << 16 };

struct options {
	const char *questions; /* file with a question a line */
	bool touch;
	bool in_crowd;
	int send_fd, touch_fd, leave_fd;
};

static void help(FILE *out)
{
	fputs("usage: pkggraph build INDEX... OBJECT\n"
	      "       pkggraph query [-t] [-c SEND,TOUCH,LEAVE] [-f FILE] OBJECT [QUESTION...]\n"
	      "       pkggraph parse-query [-f FILE] INDEX... [-- QUESTION...]\n"
	      "  -f FILE  read questions from FILE, one a line\n"
	      "  -t       read every page of the object afterwards\n"
	      "  -c SEND,TOUCH,LEAVE  be one of a crowd: report to descriptor SEND; wait for the\n"
	      "           end of TOUCH, then read every page; keep the object until the end of "
	      "LEAVE\n"
	      "A QUESTION is one argument:\n",
	      out);
	pg_answer_help(out);
}

static void usage(void)
{
	help(stderr);
	exit(2);
}

static bool ask_file(const struct pg_graph *graph, const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	if (!in)
		err(1, "%s", path);
	while (getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			ok &= pg_answer(graph, line, stdout);
	}
	if (ferror(in))
		err(1, "%s: read", path);
	free(line);
	fclose(in);
	return ok;
}

static bool ask(const struct pg_graph *graph, const struct options *opt, char *const question[])
{
	bool ok = true;

	for (; *question; question++)
		ok &= pg_answer(graph, *question, stdout);
	if (opt->questions)
		ok &= ask_file(graph, opt->questions);
	return ok;
}

static void wait_for_end(int fd)
{
	ssize_t got;
	char byte;

	do {
		got = read(fd, &byte, 1);
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		err(1, "descriptor %d: read", fd);
}

static void keep_up_with_crowd(const struct options *opt, const struct arena *arena)
{
	report_send(opt->send_fd, STAGE_ANSWERED, arena->fd);
	wait_for_end(opt->touch_fd);
	arena_touch(arena);
	report_send(opt->send_fd, STAGE_TOUCHED, arena->fd);
	wait_for_end(opt->leave_fd);
}

static void get_crowd(struct options *opt, const char *arg)
{
	if (sscanf(arg, "%d,%d,%d", &opt->send_fd, &opt->touch_fd, &opt->leave_fd) != 3)
		usage();
	opt->in_crowd = true;
}

static char *const *get_options(struct options *opt, char *const argv[], int argc)
{
	int c;

	*opt = (struct options){ 0 };
	while ((c = getopt(argc, argv, "+f:tc:")) >= 0) {
		switch (c) {
		case 'f':
			opt->questions = optarg;
			break;
		case 't':
			opt->touch = true;
			break;
		case 'c':
			get_crowd(opt, optarg);
			break;
		default:
			usage();
		}
	}
	return argv + optind;
}

static void print_summary(const struct pg_graph *graph, const struct arena *arena)
{
	printf("%u packages in %u versions, %u dependency edges, %u provides, %u names\n",
	       graph->nr_real, graph->nr_versions, graph->nr_deps, graph->nr_provides,
	       graph->nr_pkgs);
	printf("%zu bytes, of which %zu of text\n", arena->used, (size_t)graph->text_bytes);
	if (graph->nr_foreign)
		printf("%u packages of other architectures left out\n", graph->nr_foreign);
}

static int cmd_build(int argc, char *const argv[])
{
	struct arena arena;
	struct pg_graph *graph;

	if (argc < 3)
		usage();
	arena_create(&arena, argv[argc - 1]);
	graph = pg_build(&arena, argv + 1, argc - 2);
	arena_publish(&arena, graph);
	print_summary(graph, &arena);
	return 0;
}

static int cmd_query(int argc, char *const argv[])
{
	struct options opt;
	struct arena arena;
	struct pg_graph *graph;
	char *const *arg = get_options(&opt, argv, argc);
	bool ok;

	if (!*arg)
		usage();
	if (opt.in_crowd)
		report_send(opt.send_fd, STAGE_STARTED, -1);
	graph = arena_open(&arena, *arg);
	ok = ask(graph, &opt, arg + 1);
	if (opt.touch)
		arena_touch(&arena);
	if (opt.in_crowd)
		keep_up_with_crowd(&opt, &arena);
	return !ok;
}

static int cmd_parse_query(int argc, char *const argv[])
{
	struct options opt;
	struct arena arena;
	struct pg_graph *graph;
	char *const *arg = get_options(&opt, argv, argc);
	int nr_index = 0;

	while (arg[nr_index] && strcmp(arg[nr_index], "--"))
		nr_index++;
	if (!nr_index)
		usage();
	arena_anonymous(&arena);
	graph = pg_build(&arena, arg, nr_index);
	return !ask(graph, &opt, arg + nr_index + !!arg[nr_index]);
}

static const struct command {
	const char *name;
	int (*run)(int argc, char *const argv[]);
} commands[] = {
	{ "build", cmd_build },
	{ "query", cmd_query },
	{ "parse-query", cmd_parse_query },
};

int main(int argc, char *argv[])
{
	static char buffer[OUTPUT_BUFFER];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (argc < 2)
		usage();
	if (!strcmp(argv[1], "--help")) {
		help(stdout);
		return 0;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	warnx("%s: unknown command", argv[1]);
	usage();
}
