// SPDX-License-Identifier: GPL-2.0-or-later
/* Options: those of all commands, and those of one. */
#include <getopt.h>
#include <string.h>
#include "admin.h"

enum {
	OPT_COLOR = 1000, /* beyond those of commands */
	OPT_BATCH,
};

const struct option_desc global_options[] = {
	{ 'j', "json", NULL, "Print JSON" },
	{ 'p', "pretty", NULL, "Indent the JSON" },
	{ 'o', "output", "COLUMNS", "Print these columns; +COLUMNS: these too; help: list them" },
	{ OPT_COLOR, "color", "WHEN", "Use colours auto (on a terminal), always or never" },
	{ 'b', "bytes", NULL, "Print sizes in bytes" },
	{ 'H', "no-header", NULL, "Print tables without their head" },
	{ 'n', "dry-run", NULL, "Only say what would be done" },
	{ 'y', "yes", NULL, "Do not ask before something is destroyed" },
	{ 'q', "quiet", NULL, "Print errors only" },
	{ 'v', "verbose", NULL, "Tell what is done; twice: also what is asked of the kernel" },
	{ 'V', "version", NULL, "Print the versions of tool, library and kernel module" },
	{ 'h', "help", NULL, "Explain the command" },
	{ 0 },
};

const struct option_desc batch_options[] = {
	{ OPT_BATCH, "batch", "FILE", "Run the commands in FILE, one a line; -: standard input" },
	{ 'f', "force", NULL, "With --batch: go on when one fails" },
	{ 0 },
};

/* What getopt_long() wants to know of two lists. */
struct tables {
	char letters[3 * (MAX_OPTIONS + ARRAY_SIZE(global_options)) + 3];
	struct option longs[MAX_OPTIONS + ARRAY_SIZE(global_options) + 2];
	size_t nr_longs;
};

bool is_listed(const struct option_desc *desc, int key)
{
	for (; desc && desc->name; desc++)
		if (desc->key == key)
			return true;
	return false;
}

/* Those of @desc, but not those whose letter @own has. */
static void add_options(struct tables *tables, const struct option_desc *desc,
			const struct option_desc *own)
{
	char *end = tables->letters + strlen(tables->letters);

	for (; desc && desc->name; desc++) {
		if (is_listed(own, desc->key))
			continue;
		tables->longs[tables->nr_longs++] = (struct option){
			.name = desc->name,
			.has_arg = desc->arg ? required_argument : no_argument,
			.val = desc->key,
		};
		if (desc->key > 255)
			continue;
		*end++ = (char)desc->key;
		if (desc->arg)
			*end++ = ':';
	}
	*end = '\0';
}

/* Return: whether @key is a global option; then it has been noted. */
static bool take_global(struct app *app, int key, const char *value)
{
	switch (key) {
	case 'p':
		app->pretty = true;
		app->json = true;
		return true;
	case 'j':
	case 'J':
		app->json = true;
		return true;
	case 'o':
		app->columns = value;
		return true;
	case 'b':
		app->bytes = true;
		return true;
	case 'H':
		app->no_header = true;
		return true;
	case 'n':
		app->dry_run = true;
		return true;
	case 'y':
		app->yes = true;
		return true;
	case 'q':
		app->quiet = true;
		return true;
	case 'v':
		app->verbose++;
		return true;
	case 'V':
		app->version = true;
		return true;
	case 'h':
		app->help = true;
		return true;
	case OPT_BATCH:
		app->batch = value;
		return true;
	case 'f':
		app->keep_going = true;
		return true;
	default:
		return false;
	}
}

/* Say what getopt_long() did not like. Return: STATUS_USAGE. */
static int complain(struct app *app, int key, char **argv)
{
	const char *word = argv[optind - 1];

	if (key == ':' && optopt > 0 && optopt < 256 && strncmp(word, "--", 2) != 0)
		return usage_error(app, "the option -%c needs an argument", optopt);
	if (key == ':')
		return usage_error(app, "the option %s needs an argument", shown(word));
	if (optopt > 0 && optopt < 256 && strncmp(word, "--", 2) != 0)
		return usage_error(app, "unknown option -%s", shown((char[]){ (char)optopt, 0 }));
	return usage_error(app, "unknown option, or one that is not clear: %s", shown(word));
}

/* An option of the command. */
static int take_option(struct app *app, int key, const char *value)
{
	if (app->nr_options == MAX_OPTIONS)
		return usage_error(app, "too many options");
	app->options[app->nr_options].key = key;
	app->options[app->nr_options++].value = value;
	return 0;
}

static int parse(struct app *app, struct tables *tables, int argc, char **argv)
{
	int key, status = 0;

	opterr = 0;
	optind = 0;
	while (!status) {
		key = getopt_long(argc, argv, tables->letters, tables->longs, NULL);
		if (key == -1)
			break;
		if (key == '?' || key == ':')
			status = complain(app, key, argv);
		else if (key == OPT_COLOR)
			status = set_color(app, optarg);
		else if ((app->command && is_listed(app->command->options, key)) ||
			 !take_global(app, key, optarg))
			status = take_option(app, key, optarg);
	}
	return status;
}

int parse_global(struct app *app, int argc, char **argv)
{
	struct tables tables = { .letters = "+:J" };

	add_options(&tables, global_options, NULL);
	add_options(&tables, batch_options, NULL);
	return parse(app, &tables, argc, argv) ? -1 : optind;
}

int parse_command(struct app *app, int argc, char **argv)
{
	const struct command *command = app->command;
	struct tables tables = { .letters = ":J" };
	int status;

	add_options(&tables, global_options, command->options);
	add_options(&tables, command->options, NULL);
	status = parse(app, &tables, argc, argv);
	if (status || app->help || app->version)
		return status;
	app->args = argv + optind;
	app->nr_args = argc - optind;
	if (app->columns && !strcmp(app->columns, "help") && command->sheet)
		return 0; /* that needs no words */
	if (app->nr_args < command->args_min)
		return usage_error(app, "%s is missing", command->args);
	if (command->args_max >= 0 && app->nr_args > command->args_max)
		return usage_error(app, "too many words, from \"%s\" on",
				   shown(app->args[command->args_max]));
	return 0;
}

const char *option_value(const struct app *app, int key)
{
	int i;

	for (i = app->nr_options - 1; i >= 0; i--)
		if (app->options[i].key == key)
			return app->options[i].value;
	return NULL;
}

bool has_option(const struct app *app, int key)
{
	int i;

	for (i = 0; i < app->nr_options; i++)
		if (app->options[i].key == key)
			return true;
	return false;
}
