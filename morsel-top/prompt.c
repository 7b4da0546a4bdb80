// SPDX-License-Identifier: GPL-2.0-or-later
/* What the user is asked on the last line, and what the answers do. */
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ui.h"

void ui_ask(struct ui *ui, enum prompt what, const char *start)
{
	ui->prompt = what;
	snprintf(ui->input, sizeof(ui->input), "%s", start);
}

void ui_find_next(struct ui *ui)
{
	struct list *list = &ui->lists[SCREEN_MORSELS];
	size_t i, at, count = ui->model.nr_rows;

	for (i = 1; ui->search[0] && i <= count; i++) {
		at = (list->selected + i) % count;
		if (contains(ui->model.rows[at]->now->name, ui->search)) {
			list->selected = at;
			return;
		}
	}
	snprintf(ui->message, sizeof(ui->message), "\"%s\" is not there", ui->search);
}

static void set_user(struct ui *ui)
{
	const struct passwd *pw = getpwnam(ui->input);
	char *end;
	unsigned long uid = strtoul(ui->input, &end, 10);

	if (!ui->input[0])
		ui->model.only_uid = UNKNOWN;
	else if (pw)
		ui->model.only_uid = pw->pw_uid;
	else if (!*end)
		ui->model.only_uid = uid;
	else
		snprintf(ui->message, sizeof(ui->message), "there is no user \"%s\"", ui->input);
	model_arrange(&ui->model);
}

static void set_delay(struct ui *ui)
{
	char *end;
	double delay = strtod(ui->input, &end);

	if (*end || !(delay >= 0.1 && delay <= 3600))
		snprintf(ui->message, sizeof(ui->message), "between 0.1 and 3600 seconds");
	else
		ui->delay = delay;
}

static void say_error(struct ui *ui)
{
	snprintf(ui->message, sizeof(ui->message), "%s", ui->source->error(ui->source));
}

static void do_kill(struct ui *ui)
{
	if (ui->source->kill(ui->source, strtoull(ui->input, NULL, 10), SIGTERM))
		say_error(ui);
	ui->refresh = true;
}

static void do_to_morsel(struct ui *ui, enum deed deed)
{
	const struct track *track = ui_track(ui);

	/* It has to be the one that was asked about. */
	if (!track || track->gone || track->id != ui->focus_id || track->pool_id != ui->focus_pool)
		snprintf(ui->message, sizeof(ui->message), "it has gone");
	else if (ui->source->act(ui->source, deed, track->now->pool, track->id, ui->input))
		say_error(ui);
	ui->refresh = true;
}

static void do_limit(struct ui *ui)
{
	if (ui->source->act(ui->source, DEED_LIMIT, NULL, ui->whose, ui->input))
		say_error(ui);
	ui->refresh = true;
}

static void confirmed(struct ui *ui, enum prompt prompt)
{
	if (prompt == PROMPT_KILL)
		do_kill(ui);
	else
		do_to_morsel(ui, prompt == PROMPT_SEAL ? DEED_SEAL : DEED_REMOVE);
}

static void answered(struct ui *ui, enum prompt prompt)
{
	switch (prompt) {
	case PROMPT_SEARCH:
		snprintf(ui->search, sizeof(ui->search), "%s", ui->input);
		ui_find_next(ui);
		break;
	case PROMPT_USER:
		set_user(ui);
		break;
	case PROMPT_DELAY:
		set_delay(ui);
		break;
	case PROMPT_CHMOD:
		do_to_morsel(ui, DEED_CHMOD);
		break;
	case PROMPT_REVOKE:
		do_to_morsel(ui, DEED_REVOKE);
		break;
	case PROMPT_LIMIT:
		do_limit(ui);
		break;
	default:
		break; /* a filter is in force while it is typed */
	}
}

/* Append a character as UTF-8, if there is room. */
static void append(char *text, size_t size, int ch)
{
	char utf8[5];
	wchar_t wide[2] = { (wchar_t)ch, 0 };
	size_t len = wcstombs(utf8, wide, sizeof(utf8));

	if (len != (size_t)-1 && strlen(text) + len < size)
		memcpy(text + strlen(text), utf8, len + 1);
}

/* Take off the last character. */
static void chop(char *text)
{
	size_t len = strlen(text);

	while (len && ((unsigned char)text[--len] & 0xc0) == 0x80)
		;
	text[len] = '\0';
}

void ui_answer(struct ui *ui, int key)
{
	enum prompt prompt = ui->prompt;

	if (prompt == PROMPT_KILL || prompt == PROMPT_REMOVE || prompt == PROMPT_SEAL) {
		ui->prompt = PROMPT_NONE;
		if (key == 'y' || key == 'Y')
			confirmed(ui, prompt);
		return;
	}
	if (key == K_ENTER || key == KEY_ESC) {
		ui->prompt = PROMPT_NONE;
		if (key == K_ENTER)
			answered(ui, prompt);
		else if (prompt == PROMPT_FILTER)
			ui->input[0] = '\0';
	} else if (key == K_BACKSPACE) {
		chop(ui->input);
	} else if (key >= ' ' && key < KEY_SPECIAL && key != 0x7f) {
		append(ui->input, sizeof(ui->input), key);
	}
	if (prompt == PROMPT_FILTER) {
		snprintf(ui->model.filter, sizeof(ui->model.filter), "%s", ui->input);
		model_arrange(&ui->model);
	}
}
