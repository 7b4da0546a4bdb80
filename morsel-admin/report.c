// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors, remarks, questions, and the end of the program. */
#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "admin.h"
#include "output.h"

const char *shown(const char *name)
{
	static char results[2][1024];
	static unsigned int turn;
	char *result = results[turn++ % ARRAY_SIZE(results)];

	if (morsel_name_escape(name, result, sizeof(results[0])) >= sizeof(results[0]))
		memcpy(result + sizeof(results[0]) - 4, "...", 4);
	return result;
}

/* ---- errors ---- */

static void add_error(struct app *app, const char *name, int err, const char *attr,
		      const char *text)
{
	struct json_object *error = json_object_new_object(), *item = json_object_new_object();
	const char *symbol = strerrorname_np(-err);

	if (name)
		json_add_name(error, "name", name);
	json_object_object_add(error, "errno", json_object_new_string(symbol ? symbol : "?"));
	if (attr)
		json_object_object_add(error, "attr", json_object_new_string(attr));
	json_object_object_add(error, "msg", json_object_new_string(text));
	if (app->line)
		json_object_object_add(error, "line", json_object_new_uint64(app->line));
	json_object_object_add(item, "error", error);
	json_object_array_add(app->results, item);
}

static void emit_error(struct app *app, const char *name, int err, const char *attr,
		       const char *text)
{
	const char *symbol = strerrorname_np(-err);

	app->failed++;
	if (err == -ENODEV)
		app->status = STATUS_NO_DRIVER;
	if (app->json) {
		add_error(app, name, err, attr, text);
		return;
	}
	fprintf(stderr, "%s%s:%s %s%s%s (%s", color_on(app->color_errors, "red"), PROGRAM,
		color_off(app->color_errors, "red"), name ? shown(name) : "", name ? ": " : "",
		text, symbol ? symbol : "?");
	if (attr)
		fprintf(stderr, ", attribute %s", attr);
	fprintf(stderr, ")\n");
}

void report(struct app *app, const char *name, int err)
{
	report_charge(app, name, err, NULL);
}

void report_charge(struct app *app, const char *name, int err, const struct charge *charge)
{
	const char *said = morsel_error(app->ctx), *attr = morsel_error_attr(app->ctx);
	char text[2048], bad[64];

	snprintf(text, sizeof(text), "%s", *said ? said : strerror(-err));
	snprintf(bad, sizeof(bad), "%s", attr ? attr : "");
	add_grantor(app, name, err, text, sizeof(text));
	add_advice(app, name, err, charge, text, sizeof(text));
	emit_error(app, name, err, attr ? bad : NULL, text);
}

void report_text(struct app *app, const char *name, int err, const char *format, ...)
{
	char text[2048];
	va_list args;

	if (!app)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	emit_error(app, name, err, NULL, text);
}

char *copy_text(struct app *app, const char *name, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		report_text(app, name, -ENOMEM, "%s", strerror(ENOMEM));
	return copy;
}

int usage_error(struct app *app, const char *format, ...)
{
	const char *name = app->command ? command_name(app->command) : NULL;
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	app->status = STATUS_USAGE;
	if (app->json) {
		add_error(app, NULL, -EINVAL, NULL, text);
		return STATUS_USAGE;
	}
	fprintf(stderr, "%s: %s%s%s\n", PROGRAM, name ? name : "", name ? ": " : "", text);
	fprintf(stderr, "'%s %s%s--help' tells more.\n", PROGRAM, name ? name : "",
		name ? " " : "");
	return STATUS_USAGE;
}

/* ---- remarks ---- */

void note(const struct app *app, const char *format, ...)
{
	va_list args;

	if (app->quiet)
		return;
	fprintf(stderr, "%s: ", PROGRAM);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* Sizes that do not tell the two apart are printed in bytes. */
void note_rounded(const struct app *app, const char *name, uint64_t asked, uint64_t got,
		  const char *unit)
{
	char from[32], to[32];

	if (asked == got || app->json)
		return;
	morsel_size_format(asked, from);
	morsel_size_format(got, to);
	if (app->bytes || !strcmp(from, to)) {
		snprintf(from, sizeof(from), "%llu", (unsigned long long)asked);
		snprintf(to, sizeof(to), "%llu bytes", (unsigned long long)got);
	}
	note(app, "%s: rounded %s to %s%s", shown(name), from, to, unit);
}

/* As the kernel does it: whole page-table entries, of the level that @max has room for. */
void note_reserved(const struct app *app, const char *name, uint64_t max)
{
	const uint64_t gib = 1ULL << 30, entry = max < gib ? gib / 512 : gib;
	const uint64_t entries = (max + entry - 1) / entry;
	char unit[96];

	snprintf(unit, sizeof(unit), " of addresses, %llu page-table %s of %s",
		 (unsigned long long)entries, entries == 1 ? "entry" : "entries",
		 max < gib ? "2M" : "1G");
	note_rounded(app, name, max, entries * entry, unit);
}

void tell(const struct app *app, const char *format, ...)
{
	va_list args;

	if (!app->verbose || app->json)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void would(struct app *app, const char *name, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	app->done++;
	if (app->json) {
		struct json_object *item = json_object_new_object();

		json_add_name(item, "name", name);
		json_object_object_add(item, "would", json_object_new_string(text));
		json_object_array_add(app->results, item);
	} else {
		printf("%s: would %s\n", shown(name), text);
	}
}

/* ---- questions ---- */

static bool ask(const char *question)
{
	char *line = NULL;
	size_t room = 0;
	bool said, yes;

	fprintf(stderr, "%s: %s? [y/N] ", PROGRAM, question);
	said = getline(&line, &room, stdin) > 0;
	if (!said)
		fputc('\n', stderr); /* which nobody has typed */
	yes = said && (!strcasecmp(line, "y\n") || !strcasecmp(line, "yes\n"));
	free(line);
	return yes;
}

bool confirm(struct app *app, const char *format, ...)
{
	char question[2048];
	va_list args;

	if (app->yes)
		return true;
	va_start(args, format);
	vsnprintf(question, sizeof(question), format, args);
	va_end(args);
	if (!isatty(STDIN_FILENO)) {
		usage_error(app, "to %s, say --yes", question);
		return false;
	}
	if (ask(question))
		return true;
	report_text(app, NULL, -ECANCELED, "not confirmed, nothing is changed");
	return false;
}

/* ---- the end ---- */

int final_status(const struct app *app)
{
	if (app->status)
		return app->status;
	if (!app->failed)
		return STATUS_OK;
	return app->done ? STATUS_PARTIAL : STATUS_FAILED;
}

/*
 * One error and nothing else is printed as it is, everything else as an array:
 * who reads it finds either {"error":...} or a list in which some may be so.
 */
static void print_json(struct app *app)
{
	struct json_object *all = app->results;

	if (json_object_array_length(all) == 1 && (app->failed || app->status) &&
	    json_object_object_get_ex(json_object_array_get_idx(all, 0), "error", NULL))
		all = json_object_array_get_idx(all, 0);
	puts(json_object_to_json_string_ext(all, json_flags(app)));
}

int print_results(struct app *app)
{
	if (app->json && (!app->raw || json_object_array_length(app->results)))
		print_json(app);
	if (!app->output_error && (ferror(stdout) || fflush(stdout)))
		app->output_error = errno ? errno : EIO;
	return app->output_error;
}

int finish(struct app *app, int status)
{
	int err = print_results(app);

	if (close(STDOUT_FILENO) && errno != EBADF && !err)
		err = errno;
	if (!err)
		return status;
	/* A reader that has seen enough needs no message. */
	if (err != EPIPE)
		fprintf(stderr, "%s: standard output: %s\n", PROGRAM, strerror(err));
	return status ? status : STATUS_FAILED;
}
