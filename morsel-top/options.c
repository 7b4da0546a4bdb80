// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line. */
#include <getopt.h>
#include <langinfo.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../libmorsel/version.h"
#include "options.h"

enum {
	OPT_SORT = 256,
	OPT_RW,
	OPT_REPLAY,
};

static const struct option longs[] = {
	{ "delay", required_argument, NULL, 'd' },
	{ "iterations", required_argument, NULL, 'n' },
	{ "batch", no_argument, NULL, 'b' },
	{ "once", no_argument, NULL, '1' },
	{ "pid", required_argument, NULL, 'p' },
	{ "user", required_argument, NULL, 'u' },
	{ "filter", required_argument, NULL, 'F' },
	{ "sort", required_argument, NULL, 's' },
	{ "tree", no_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "no-color", no_argument, NULL, 'C' },
	{ "ascii", no_argument, NULL, 'U' },
	{ "rw", no_argument, NULL, OPT_RW },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static void print_help(void)
{
	size_t i;

	puts("Usage: morsel-top [OPTION...]\n"
	     "Show morsels, who maps them, and what happens to them.\n\n"
	     "  -d, --delay SECONDS      time between looks, from 0.1 on; default: 2\n"
	     "  -n, --iterations NUMBER  end after so many looks\n"
	     "  -b, --batch              print text, one look after the other; needs no terminal\n"
	     "  -1, --once               the same as -b -n 1\n"
	     "  -j, --json               print one JSON object for each look, everything or\n"
	     "                           what -F, -p, -s and -u choose of the morsels\n"
	     "  -p, --pid PID            only the morsels that this process maps\n"
	     "  -u, --user USER          only the morsels of this user\n"
	     "  -F, --filter TEXT        only names that contain it\n"
	     "  -s, --sort COLUMN        sort by this column, see below\n"
	     "  -t, --tree               by directory\n"
	     "  -C, --no-color           no colours\n"
	     "  -U, --ascii              ASCII only\n"
	     "      --rw                 allow to kill processes, to remove and seal morsels, to\n"
	     "                           change their mode, take them from users, set limits\n"
	     "      --replay FILE        show what --json has printed\n"
	     "  -h, --help               this\n"
	     "  -V, --version            the version\n\n"
	     "Columns:");
	for (i = 0; i < nr_fields; i++)
		printf("  %-9s %s\n", fields[i].key, fields[i].help);
}

static int complain(const char *what, const char *text)
{
	fprintf(stderr, "morsel-top: %s \"%s\"\n'morsel-top --help' tells more.\n", what, text);
	return 2;
}

static int parse_uid(const char *text, struct ui *ui)
{
	const struct passwd *pw = getpwnam(text);
	char *end;

	ui->model.only_uid = pw ? pw->pw_uid : strtoull(text, &end, 10);
	return pw || (*text && !*end) ? -1 : complain("there is no user", text);
}

static int parse_count(const char *text, const char *what, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return *number && text[0] != '-' && !*end ? -1 : complain(what, text);
}

static int parse_delay(const char *text, struct ui *ui)
{
	char *end;

	ui->delay = strtod(text, &end);
	return *text && !*end && ui->delay >= 0.1 && ui->delay <= 3600
		       ? -1
		       : complain("no good delay", text);
}

static int take(int key, struct options *options, struct ui *ui)
{
	switch (key) {
	case 'd':
		return parse_delay(optarg, ui);
	case 'n':
		return parse_count(optarg, "no good number of looks", &options->looks);
	case '1':
		options->looks = 1;
		options->batch = true;
		return -1;
	case 'b':
		options->batch = true;
		return -1;
	case 'j':
		options->json = true;
		return -1;
	case 'p':
		if (parse_count(optarg, "no process id", &ui->model.only_pid) >= 0)
			return 2;
		ui->pid = ui->model.only_pid;
		return -1;
	case 'u':
		return parse_uid(optarg, ui);
	case 'F':
		snprintf(ui->model.filter, sizeof(ui->model.filter), "%s", optarg);
		return -1;
	case 's':
		ui->model.sort = find_field(optarg);
		options->sorted = true;
		return ui->model.sort >= 0 ? -1 : complain("there is no column", optarg);
	case 't':
		ui->model.tree = true;
		return -1;
	case 'C':
		options->no_color = true;
		return -1;
	case 'U':
		options->ascii = true;
		return -1;
	case OPT_RW:
		ui->rw = true;
		return -1;
	case OPT_REPLAY:
		options->replay = optarg;
		return -1;
	case 'h':
		print_help();
		return 0;
	case 'V':
		printf("morsel-top %s\n", MORSEL_VERSION);
		return 0;
	default:
		fputs("'morsel-top --help' tells more.\n", stderr);
		return 2;
	}
}

int parse_options(int argc, char **argv, struct options *options, struct ui *ui)
{
	const char *none = getenv("NO_COLOR");
	int key, status = -1;

	options->no_color = none && *none;
	options->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	while (status < 0) {
		key = getopt_long(argc, argv, "d:n:b1jp:u:F:s:tCUhV", longs, NULL);
		if (key == -1)
			break;
		status = take(key, options, ui);
	}
	if (status < 0 && optind < argc)
		return complain("there is nothing to do with", argv[optind]);
	return status;
}
