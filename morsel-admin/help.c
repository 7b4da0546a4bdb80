// SPDX-License-Identifier: GPL-2.0-or-later
/* Help out of the table of commands; and finding a command in it. */
#include <string.h>
#include "admin.h"

const char *command_name(const struct command *command)
{
	static char name[32];

	snprintf(name, sizeof(name), "%s%s%s", command->noun, command->verb ? " " : "",
		 command->verb ? command->verb : "");
	return name;
}

const char *command_page(const struct command *command)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s-%s%s%s", PROGRAM, command->noun, command->verb ? "-" : "",
		 command->verb ? command->verb : "");
	return name;
}

/* ---- finding ---- */

/* How well does @word fit @name? 0: not, 1: abbreviates it, 2: is it. */
static int fits(const char *word, const char *name)
{
	if (!strcmp(word, name))
		return 2;
	return *word && !strncmp(word, name, strlen(word)) ? 1 : 0;
}

/* The noun that @word stands for, or NULL after a message. */
static const char *find_noun(struct app *app, const char *word)
{
	const char *found = NULL;
	bool ambiguous = false;
	size_t i;

	for (i = 0; i < nr_commands; i++) {
		const char *noun = commands[i].noun;

		switch (fits(word, noun)) {
		case 2:
			return noun;
		case 1:
			ambiguous = ambiguous || (found && strcmp(found, noun) != 0);
			found = noun;
		}
	}
	if (found && !ambiguous)
		return found;
	usage_error(app,
		    ambiguous ? "\"%s\" may stand for several commands"
			      : "there is no command \"%s\"",
		    shown(word));
	return NULL;
}

/* The command of @noun that @word stands for; without a word, list. */
static const struct command *find_verb(struct app *app, const char *noun, const char *word)
{
	const struct command *found = NULL, *c;
	bool ambiguous = false;

	for (c = commands; c < commands + nr_commands; c++) {
		if (strcmp(c->noun, noun) != 0)
			continue;
		switch (fits(word ? word : "list", c->verb)) {
		case 2:
			return c;
		case 1:
			ambiguous = found;
			found = c;
		}
	}
	if (found && !ambiguous)
		return found;
	if (!word)
		return find_verb(app, noun, "show");
	usage_error(app,
		    ambiguous ? "\"%s\" may stand for several commands of %s"
			      : "there is no command \"%s\" of %s",
		    shown(word), noun);
	return NULL;
}

const struct command *find_command(struct app *app, int argc, char **argv, int *words)
{
	const char *noun = find_noun(app, argv[0]), *verb;
	const struct command *c;

	if (!noun)
		return NULL;
	*words = 1;
	for (c = commands; c < commands + nr_commands; c++)
		if (!strcmp(c->noun, noun) && !c->verb)
			return c;
	verb = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
	if (verb && !strcmp(verb, "help")) {
		app->help = true;
		verb = NULL;
	}
	if (verb)
		*words = 2;
	return find_verb(app, noun, verb);
}

const struct command *known_command(const char *noun, const char *verb)
{
	const struct command *c;

	for (c = commands; c < commands + nr_commands; c++)
		if (!strcmp(c->noun, noun) && (!c->verb || !verb || !strcmp(c->verb, verb)))
			return c;
	return NULL;
}

/* ---- explaining ---- */

/* @own: those whose letters are something else here. */
static void print_options(const struct option_desc *desc, const struct option_desc *own)
{
	char left[40];

	for (; desc && desc->name; desc++) {
		if (is_listed(own, desc->key))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", desc->name, desc->arg ? " " : "",
			 desc->arg ? desc->arg : "");
		if (desc->key < 256)
			printf("  -%c, %-22s %s\n", desc->key, left, desc->help);
		else
			printf("      %-22s %s\n", left, desc->help);
	}
}

/* Those of @noun; NULL: all. */
static void print_commands(const char *noun)
{
	const struct command *c;
	char left[64];

	for (c = commands; c < commands + nr_commands; c++) {
		if (noun && strcmp(c->noun, noun) != 0)
			continue;
		snprintf(left, sizeof(left), "%s %s", command_name(c), c->args);
		printf("  %-30s %s\n", left, c->help);
	}
}

static int print_noun_help(struct app *app, const char *noun)
{
	app->raw = true;
	printf("Usage: %s %s VERB [OPTION...] [WORD...]\n\nCommands:\n", PROGRAM, noun);
	print_commands(noun);
	printf("\n'%s %s VERB --help' tells more.\n", PROGRAM, noun);
	return STATUS_OK;
}

int print_command_help(struct app *app, const struct command *command, int words)
{
	if (command->verb && words < 2)
		return print_noun_help(app, command->noun);
	app->raw = true;
	printf("Usage: %s %s [OPTION...]%s%s\n\n%s.\n", PROGRAM, command_name(command),
	       command->args[0] ? " " : "", command->args, command->help);
	if (command->details)
		printf("%s\n", command->details);
	if (command->options) {
		printf("\nOptions:\n");
		print_options(command->options, NULL);
	}
	printf("\nOptions of all commands:\n");
	print_options(global_options, command->options);
	printf("\nMore: man %s\n", command_page(command));
	return STATUS_OK;
}

int print_overview(struct app *app)
{
	app->raw = true;
	printf("Usage: %s [OPTION...] COMMAND [OPTION...] [WORD...]\n\nCommands:\n", PROGRAM);
	print_commands(NULL);
	printf("\nOptions:\n");
	print_options(global_options, NULL);
	printf("\nOptions in the place of a command:\n");
	print_options(batch_options, NULL);
	printf("\n'%s COMMAND --help' tells more.\n", PROGRAM);
	return STATUS_OK;
}

int run_help(struct app *app)
{
	const struct command *command;
	int words;

	if (!app->nr_args)
		return print_overview(app);
	command = find_command(app, app->nr_args, app->args, &words);
	return command ? print_command_help(app, command, words) : STATUS_USAGE;
}
