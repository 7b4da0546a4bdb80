// SPDX-License-Identifier: GPL-2.0-or-later
/* What is above and below each view: header, bars of pools, tabs; keys, questions, messages. */
#include <stdio.h>
#include <string.h>
#include "ui.h"

enum {
	SMALL = 12, /* with fewer rows there are no bars and tabs */
	BARS = 3,
	LEAST = 20, /* columns of a bar; what does not fit beside it is left out */
};

/* ---- above ---- */

/* What there is room for on the right. */
static void draw_version(const struct snapshot *now, struct grid *grid, int col)
{
	char text[2 * NUMBER_TEXT + 64], age[NUMBER_TEXT];
	int len = snprintf(text, sizeof(text), "  up %s  module %s", age_text(now->monotonic, age),
			   now->module ? now->module : "-");

	if (col + len <= grid->cols)
		grid_text(grid, 0, col, -1, PAINT_DIM, text);
}

static void draw_title(const struct ui *ui, struct grid *grid)
{
	const struct snapshot *now = ui->model.now;
	char clock[NUMBER_TEXT], active[NUMBER_TEXT], dirty[NUMBER_TEXT], rate[NUMBER_TEXT];
	int col;

	clock_text(now ? now->time : 0, clock);
	col = grid_put(grid, 0, 0, PAINT_STRONG, "morsel-top %s ", clock);
	if (!now)
		return;
	col = grid_put(grid, 0, col, PAINT_NORMAL, " %zu obj%s", now->nr_morsels,
		       now->inexact ? "~" : "");
	if (now->hidden)
		col = grid_put(grid, 0, col, PAINT_DIM, " (+%llu hidden)",
			       (unsigned long long)now->hidden);
	col = grid_put(grid, 0, col, PAINT_NORMAL, "  act %s dirty %s  ev/s %s",
		       size_text(ui->model.active, active), size_text(ui->model.dirty, dirty),
		       rate_text(ui->model.events_rate, rate));
	if (now->lost)
		col = grid_put(grid, 0, col, PAINT_BAD, " lost %llu",
			       (unsigned long long)now->lost);
	if (ui->cpu >= 0)
		col = grid_put(grid, 0, col, PAINT_NORMAL, "  cpu %.1f%%", ui->cpu);
	draw_version(now, grid, col);
}

/* Append @more, unless all is longer than @room then. */
static void append(char *text, size_t size, size_t room, const char *more)
{
	size_t len = strlen(text);

	if (len + strlen(more) <= room && len + strlen(more) < size)
		strcpy(text + len, more); /* NOLINT: it has room */
}

/* What is wrong with a pool, and then how it is used. */
static void pool_notes(const struct top_pool *pool, size_t room, char bad[], char notes[],
		       size_t size)
{
	char more[2 * NUMBER_TEXT], poison[NUMBER_TEXT];

	if (pool->poisoned && pool->poisoned != UNKNOWN) {
		snprintf(more, sizeof(more), " poison %s", size_text(pool->poisoned, poison));
		append(bad, size, room, more);
	}
	if (pool->refused && pool->refused != UNKNOWN) {
		snprintf(more, sizeof(more), " quota hits %llu", (unsigned long long)pool->refused);
		append(bad, size, room, more);
	}
	snprintf(more, sizeof(more), " %llu maps", (unsigned long long)pool->maps);
	if (strlen(bad) + strlen(more) <= room)
		append(notes, size, size, more);
}

static void draw_bar(struct grid *grid, int row, const struct top_pool *pool)
{
	char used[NUMBER_TEXT], size[NUMBER_TEXT], right[4 * NUMBER_TEXT];
	char bad[4 * NUMBER_TEXT] = "";
	double share = pool->size ? (double)pool->used / (double)pool->size : 0;
	enum paint paint = share > 0.9 ? PAINT_BAD : share > 0.7 ? PAINT_WARN : PAINT_GOOD;
	int col, end, i, full, room;

	snprintf(right, sizeof(right), "%s/%s] %llu obj", size_text(pool->used, used),
		 size_text(pool->size, size), (unsigned long long)pool->objects);
	col = grid_put(grid, row, 0, PAINT_NORMAL, " %s ", pool->persistent ? "PMEM" : "DRAM");
	grid_text(grid, row, col, 12, PAINT_STRONG, pool->name);
	col += 12;
	grid_text(grid, row, col, 2, PAINT_NORMAL, " [");
	col += 2;
	room = grid->cols - col - LEAST - 1 - (int)strlen(right);
	if (room > 0)
		pool_notes(pool, (size_t)room, bad, right, sizeof(right));
	end = grid->cols - (int)(strlen(right) + strlen(bad)) - 1;
	if (end > col + 60)
		end = col + 60;
	full = end > col ? (int)(share * (end - col) + 0.5) : 0;
	if (full > end - col)
		full = end - col;
	for (i = 0; i < full; i++)
		grid_char(grid, row, col + i, paint, L'|', '|');
	if (end < col)
		end = col;
	col = grid_text(grid, row, end, -1, PAINT_NORMAL, right);
	grid_text(grid, row, col, -1, PAINT_BAD, bad);
}

static const char *const tabs[NR_SCREENS] = { "Morsels", "Processes", "Map",
					      "Pools",	 "Users",     "Events" };

int tab_at(int col)
{
	int i, start = 1, end;

	for (i = 0; i < NR_SCREENS; i++, start = end + 1) {
		end = start + 2 + (int)strlen(tabs[i]);
		if (col >= start && col < end)
			return i;
	}
	return -1;
}

static void draw_tabs(const struct ui *ui, struct grid *grid, int row)
{
	const struct model *model = &ui->model;
	char right[64];
	int i, col = 1, len;

	for (i = 0; i < NR_SCREENS; i++) {
		col = grid_put(grid, row, col, i == (int)ui->screen ? PAINT_SELECTED : PAINT_NORMAL,
			       "%d:%s", i + 1, tabs[i]);
		col++;
	}
	if (model->filter[0])
		col = grid_put(grid, row, col + 1, PAINT_WARN, "filter: %s", model->filter);
	if (model->only_uid != UNKNOWN)
		col = grid_put(grid, row, col + 1, PAINT_WARN, "user: %s",
			       user_of(model->only_uid));
	if (model->only_pid != UNKNOWN)
		col = grid_put(grid, row, col + 1, PAINT_WARN, "pid: %llu",
			       (unsigned long long)model->only_pid);
	len = snprintf(right, sizeof(right), "%s%.1fs %s", ui->paused ? "PAUSED " : "", ui->delay,
		       ui->rw ? "READ-WRITE" : "READ-ONLY");
	if (col + len < grid->cols)
		grid_text(grid, row, grid->cols - len, -1, ui->rw ? PAINT_WARN : PAINT_DIM, right);
}

int draw_header(const struct ui *ui, struct grid *grid)
{
	const struct snapshot *now = ui->model.now;
	int row = 1;
	size_t i;

	draw_title(ui, grid);
	if (grid->rows < SMALL)
		return row;
	for (i = 0; now && i < now->nr_pools && i < BARS; i++)
		draw_bar(grid, row++, &now->pools[i]);
	if (now && now->nr_pools > BARS)
		grid_put(grid, row - 1, 0, PAINT_DIM, "+");
	draw_tabs(ui, grid, row++);
	return row;
}

/* ---- below ---- */

/* What is asked; %s: the name of the morsel, the user, or the process. */
static const struct {
	const char *words;
	bool yes_or_no;
} questions[] = {
	[PROMPT_SEARCH] = { "Search: ", false },
	[PROMPT_FILTER] = { "Filter: ", false },
	[PROMPT_USER] = { "User (empty: all): ", false },
	[PROMPT_DELAY] = { "Seconds between looks: ", false },
	[PROMPT_KILL] = { "Send SIGTERM to process %s? [y/N]", true },
	[PROMPT_REMOVE] = { "Remove %s? [y/N]", true },
	[PROMPT_SEAL] = { "Make the contents of %s final? [y/N]", true },
	[PROMPT_CHMOD] = { "Mode of %s: ", false },
	[PROMPT_REVOKE] = { "Take %s from (user, g:GROUP, o): ", false },
	[PROMPT_LIMIT] = { "Limit of %s (POOL SIZE or none): ", false },
};

static const char *subject(const struct ui *ui)
{
	const struct track *track = ui_track(ui);

	if (ui->prompt == PROMPT_KILL)
		return ui->input;
	if (ui->prompt == PROMPT_LIMIT)
		return user_of(ui->whose);
	return track && track->now->name ? track->now->name : "?";
}

static void draw_prompt(const struct ui *ui, struct grid *grid, int row)
{
	const char *words = questions[ui->prompt].words, *place = strstr(words, "%s");
	enum paint paint = questions[ui->prompt].yes_or_no ? PAINT_BAD : PAINT_STRONG;
	int col = 0;

	if (place) {
		col = grid_put(grid, row, 0, paint, "%.*s%s", (int)(place - words), words,
			       subject(ui));
		words = place + 2;
	}
	col = grid_text(grid, row, col, -1, paint, words);
	if (questions[ui->prompt].yes_or_no)
		return;
	col = grid_text(grid, row, col, -1, PAINT_NORMAL, ui->input);
	grid_char(grid, row, col, PAINT_NORMAL, L'_', '_');
}

static void key_name(int key, char *name, size_t size)
{
	if (key >= K_F1 && key <= K_F10)
		snprintf(name, size, "F%d", key - K_F1 + 1);
	else if (key == K_ENTER)
		snprintf(name, size, "Ent:");
	else
		snprintf(name, size, "%c:", key);
}

/* Labels in their order; @col asks for the key at a column. Return: it, or 0. */
static int lay_keys(const struct ui *ui, struct grid *grid, int row, int wanted)
{
	char name[16];
	size_t i;
	int col = 0, start;

	for (i = 0; i < nr_bindings && col < grid->cols; i++) {
		const struct binding *b = &bindings[i];

		if (!b->label || (b->only_rw && !ui->rw))
			continue;
		start = col;
		key_name(b->key, name, sizeof(name));
		if (wanted < 0) {
			col = grid_text(grid, row, col, -1, PAINT_STRONG, name);
			col = grid_text(grid, row, col, -1, PAINT_KEY, b->label);
		} else {
			col += (int)strlen(name) + (int)strlen(b->label);
		}
		if (wanted >= start && wanted < col)
			return b->key;
	}
	return 0;
}

void draw_footer(const struct ui *ui, struct grid *grid)
{
	int row = grid->rows - 1;

	if (ui->prompt)
		draw_prompt(ui, grid, row);
	else if (ui->message[0])
		grid_text(grid, row, 0, -1, PAINT_WARN, ui->message);
	else
		lay_keys(ui, grid, row, -1);
}

int footer_key(const struct ui *ui, const struct grid *grid, int col)
{
	struct grid shape = *grid;

	return ui->prompt || ui->message[0] ? 0 : lay_keys(ui, &shape, grid->rows - 1, col);
}

int fit_list(struct ui *ui, struct list *list, size_t length, int lines)
{
	if (lines < 1)
		lines = 1;
	ui->page = lines;
	if (list->selected >= length)
		list->selected = length ? length - 1 : 0;
	if (list->top + (size_t)lines > length)
		list->top = length > (size_t)lines ? length - (size_t)lines : 0;
	if (list->selected < list->top)
		list->top = list->selected;
	if (list->selected >= list->top + (size_t)lines)
		list->top = list->selected + 1 - (size_t)lines;
	return lines;
}
