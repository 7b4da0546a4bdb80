// SPDX-License-Identifier: GPL-2.0-or-later
/* --batch: commands out of a file, one a line, in this process and by its connection. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "copy.h"

static const char blanks[] = " \t\r\n";
/* What commands catch or ignore until the program ends, which here is the line. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGBUS };

struct signals {
	struct sigaction actions[ARRAY_SIZE(caught)];
	sigset_t mask;
};

struct batch {
	struct app *app; /* what holds for all lines */
	const char *name;
	FILE *file;
	struct signals signals;
	unsigned long line;
	int status; /* of the first line that has failed */
	int done, failed;
};

/* ---- words ---- */

/*
 * Take the quotes and backslashes of the word at @in away, in place.
 * Return: what is wrong, or NULL; @in goes on behind it.
 */
static const char *unquote(char **in, char *out)
{
	char quote = '\0', *c;

	for (c = *in; *c && (quote || !strchr(blanks, *c)); c++) {
		if (*c == quote) {
			quote = '\0';
		} else if (!quote && (*c == '\'' || *c == '"')) {
			quote = *c;
		} else if (*c == '\\' && quote != '\'') {
			if (!c[1] || c[1] == '\n')
				return "a backslash is the last of the line";
			if (quote && !strchr("\"\\$`", c[1]))
				*out++ = '\\';
			*out++ = *++c;
		} else {
			*out++ = *c;
		}
	}
	if (quote)
		return "a quote is not closed";
	*in = *c ? c + 1 : c;
	*out = '\0';
	return NULL;
}

/* The words of @text, up to a comment. Return: what is wrong, or NULL. */
static const char *split(char *text, char **words, int *count)
{
	const char *wrong = NULL;

	for (*count = 0; !wrong; (*count)++) {
		text += strspn(text, blanks);
		if (!*text || *text == '#')
			break;
		words[*count] = text;
		wrong = unquote(&text, text);
	}
	words[*count] = NULL;
	return wrong;
}

/* ---- a line ---- */

static void save_signals(struct signals *signals)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caught); i++)
		sigaction(caught[i], NULL, &signals->actions[i]);
	sigprocmask(SIG_SETMASK, NULL, &signals->mask);
}

static void restore_signals(const struct signals *signals)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caught); i++)
		sigaction(caught[i], &signals->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

/* Which line it was, where that is not in the JSON. */
static void tell_line(const struct batch *batch, const struct app *app, int status)
{
	if (!app->json)
		fprintf(stderr, "%s: %s:%lu: failed with status %d%s\n", PROGRAM,
			shown(batch->name), batch->line, status,
			batch->app->keep_going ? "" : ", the lines behind it are left out");
}

/* @words has room for the name of the program in front of those of @text. */
static void run_words(struct batch *batch, struct app *app, char *text, size_t len, char **words)
{
	const char *wrong = strlen(text) < len ? "there is a NUL in it" : NULL;
	int count = 0, status;

	words[0] = (char *)PROGRAM;
	if (!wrong)
		wrong = split(text, words + 1, &count);
	if (!wrong && !count)
		return;
	status = wrong ? usage_error(app, "%s", wrong) : run_command(app, count + 1, words);
	if (print_results(app))
		batch->app->output_error = app->output_error;
	restore_signals(&batch->signals);
	if (status) {
		if (!batch->failed++)
			batch->status = status;
		tell_line(batch, app, status);
	} else {
		batch->done++;
	}
}

/* Return: may the next line come? */
static bool run_line(struct batch *batch, char *text, size_t len)
{
	char **words = calloc(len / 2 + 3, sizeof(*words));
	struct app app = *batch->app;

	app.batch = NULL;
	app.keep_going = app.raw = false;
	app.line = ++batch->line;
	app.results = json_object_new_array();
	if (words && app.results)
		run_words(batch, &app, text, len, words);
	else
		report_text(batch->app, batch->name, -ENOMEM, "%s", strerror(ENOMEM));
	json_object_put(app.results);
	free(words);
	return !batch->app->failed && !batch->app->output_error && !was_interrupted() &&
	       (!batch->failed || batch->app->keep_going);
}

/* ---- the file ---- */

/* No line shall read what is meant for the batch. */
static FILE *open_stdin(void)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	FILE *file = NULL;

	if (null >= 0 && fd >= 0 && dup2(null, STDIN_FILENO) >= 0)
		file = fdopen(fd, "r");
	if (!file && fd >= 0)
		close(fd);
	if (null > STDIN_FILENO)
		close(null);
	return file;
}

static void run_lines(struct batch *batch)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	do
		len = getline(&text, &room, batch->file);
	while (len >= 0 && run_line(batch, text, (size_t)len));
	if (len < 0 && !feof(batch->file))
		report_text(batch->app, batch->name, -errno, "%s", strerror(errno));
	free(text);
}

int run_batch(struct app *app)
{
	bool is_stdin = !strcmp(app->batch, "-");
	struct batch batch = { .app = app, .name = is_stdin ? "standard input" : app->batch };

	batch.file = is_stdin ? open_stdin() : fopen(app->batch, "re");
	if (!batch.file) {
		report_text(app, batch.name, -errno, "%s", strerror(errno));
		return final_status(app);
	}
	app->raw = true;
	save_signals(&batch.signals);
	run_lines(&batch);
	fclose(batch.file);
	if (app->failed)
		return STATUS_FAILED;
	return batch.done && app->keep_going && batch.failed ? STATUS_PARTIAL : batch.status;
}
