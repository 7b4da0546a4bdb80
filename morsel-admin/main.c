// SPDX-License-Identifier: GPL-2.0-or-later
/* morsel-admin: how a command gets to run. */
#include <json-c/json.h>
#include <string.h>
#include "../libmorsel/version.h"
#include "output.h"

void module_version(char *buf, size_t size)
{
	FILE *file = fopen("/sys/module/morsel/version", "re");

	snprintf(buf, size, "not loaded");
	if (!file)
		return;
	if (fgets(buf, (int)size, file))
		buf[strcspn(buf, "\n")] = '\0';
	fclose(file);
}

static void print_version(struct app *app)
{
	struct json_object *object;
	char module[64];

	module_version(module, sizeof(module));
	if (!app->json) {
		printf("%s %s, libmorsel %s, kernel module %s\n", PROGRAM, MORSEL_VERSION,
		       morsel_version(), module);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "tool", json_object_new_string(MORSEL_VERSION));
	json_object_object_add(object, "library", json_object_new_string(morsel_version()));
	json_object_object_add(object, "module", json_object_new_string(module));
	json_object_array_add(app->results, object);
}

static void log_request(void *data, const char *line)
{
	(void)data;
	fprintf(stderr, "%s: %s\n", PROGRAM, line);
}

static int run(struct app *app)
{
	const struct sheet *sheet = app->command->sheet;
	int status;

	if (app->command->sheet_of)
		sheet = app->command->sheet_of(app);
	if (sheet && app->columns) {
		if (!strcmp(app->columns, "help"))
			return list_columns(app, sheet);
		status = check_columns(app, sheet);
		if (status)
			return status;
	}
	morsel_ctx_set_log(app->ctx, app->verbose > 1 ? log_request : NULL, NULL);
	return app->command->run(app);
}

/* What options ask for that stand in the place of a command. */
static int run_without(struct app *app)
{
	if (app->batch && app->line)
		return usage_error(app, "this is a batch already");
	if (app->batch)
		return run_batch(app);
	if (app->keep_going)
		return usage_error(app, "--force goes with --batch");
	return usage_error(app, "what is to be done?");
}

int run_command(struct app *app, int argc, char **argv)
{
	int first = parse_global(app, argc, argv), words = 0, status;

	if (first < 0)
		return STATUS_USAGE;
	if (first < argc && !strcmp(argv[first], COMPLETE_WORD))
		return run_complete(app, argc - first - 1, argv + first + 1);
	if (first < argc && !app->version) {
		app->command = find_command(app, argc - first, argv + first, &words);
		if (!app->command)
			return STATUS_USAGE;
		first += words - 1; /* the last of them is in the place of argv[0] */
		status = parse_command(app, argc - first, argv + first);
		if (status)
			return status;
	}
	if (app->version)
		print_version(app);
	else if (app->help && app->command)
		return print_command_help(app, app->command, words);
	else if (app->help)
		return print_overview(app);
	else if (!app->command)
		return run_without(app);
	else if (app->batch || app->keep_going)
		return usage_error(app, "--batch and --force stand in the place of a command");
	else
		return run(app);
	return STATUS_OK;
}

int admin_main(int argc, char **argv)
{
	struct app app = { .results = json_object_new_array() };
	int status;

	if (!app.results || morsel_ctx_new(&app.ctx)) {
		fprintf(stderr, "%s: out of memory\n", PROGRAM);
		json_object_put(app.results);
		return STATUS_FAILED;
	}
	default_color(&app);
	status = run_command(&app, argc, argv);
	status = finish(&app, status);
	morsel_ctx_free(app.ctx);
	json_object_put(app.results);
	return status;
}
