// SPDX-License-Identifier: GPL-2.0-or-later
/* The state of what is looked at, and drawing all of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ui.h"

void ui_init(struct ui *ui, struct source *source)
{
	memset(ui, 0, sizeof(*ui));
	model_init(&ui->model);
	ui->source = source;
	ui->delay = 2;
	ui->map_width = 64;
	ui->cpu = -1;
}

struct list *ui_list(struct ui *ui)
{
	return ui->overlay ? &ui->menu : &ui->lists[ui->screen];
}

size_t ui_list_length(const struct ui *ui)
{
	const struct model *model = &ui->model;
	const size_t lengths[NR_SCREENS] = {
		[SCREEN_MORSELS] = model->nr_rows,
		[SCREEN_PROCESSES] = model->nr_processes,
		[SCREEN_POOLS] = model->now ? model->now->nr_pools : 0,
		[SCREEN_USERS] = model->nr_users,
		[SCREEN_EVENTS] = model->nr_shown_events,
	};

	return lengths[ui->screen];
}

struct track *ui_track(const struct ui *ui)
{
	const struct list *list = &ui->lists[SCREEN_MORSELS];

	if (ui->screen != SCREEN_MORSELS || list->selected >= ui->model.nr_rows)
		return NULL;
	return ui->model.rows[list->selected];
}

/* Note which morsel is selected, as rows are about to move. */
static void hold_focus(struct ui *ui)
{
	const struct list *list = &ui->lists[SCREEN_MORSELS];
	const struct track *track;

	ui->focus_id = 0;
	if (list->selected >= ui->model.nr_rows || (!list->selected && !ui->overlay && !ui->prompt))
		return; /* who is at the top stays there, unless he is asked about what is */
	track = ui->model.rows[list->selected];
	ui->focus_pool = track->pool_id;
	ui->focus_id = track->id;
}

static void find_focus(struct ui *ui)
{
	size_t i;

	for (i = 0; ui->focus_id && i < ui->model.nr_rows; i++)
		if (ui->model.rows[i]->id == ui->focus_id &&
		    ui->model.rows[i]->pool_id == ui->focus_pool)
			ui->lists[SCREEN_MORSELS].selected = i;
}

/* The morsels in sight. */
static size_t find_keys(const struct ui *ui, struct top_key *keys)
{
	const struct list *list = &ui->lists[SCREEN_MORSELS];
	size_t i, count = 0;

	if (ui->screen != SCREEN_MORSELS || ui->overlay)
		return 0;
	for (i = list->top;
	     i < ui->model.nr_rows && count < (size_t)ui->page && count < MAX_KEYS; i++)
		if (!ui->model.rows[i]->gone)
			keys[count++] = (struct top_key){ ui->model.rows[i]->pool_id,
							  ui->model.rows[i]->id };
	return count;
}

static struct snapshot *take(struct ui *ui)
{
	const struct track *track = ui->overlay == OVERLAY_DETAIL ? ui_track(ui) : NULL;
	struct top_key keys[MAX_KEYS];
	struct wanted wanted = {
		.all = ui->all,
		.names = ui->names,
		.attachments = ui->screen == SCREEN_PROCESSES || ui->model.only_pid != UNKNOWN,
		.space = ui->screen == SCREEN_SPACE,
		.users = ui->screen == SCREEN_USERS,
		.keys = keys,
		.nr_keys = find_keys(ui, keys),
		.pid = ui->all || ui->screen == SCREEN_SPACE ? ui->pid : 0,
		.period = (uint64_t)(ui->delay * 1e9),
	};

	if (track) {
		wanted.detail = (struct top_key){ track->pool_id, track->id };
		keys[wanted.nr_keys++] = wanted.detail;
	}
	ui->names = false;
	return ui->source->take(ui->source, &wanted);
}

bool ui_lacks_process(const struct ui *ui)
{
	return ui->model.only_pid != UNKNOWN && ui->source->has_process &&
	       !ui->source->has_process(ui->model.only_pid);
}

int ui_refresh(struct ui *ui)
{
	struct snapshot *snapshot = take(ui);
	bool lacking;

	if (!snapshot) {
		if (!ui->source->ended)
			snprintf(ui->message, sizeof(ui->message), "%s",
				 ui->source->error(ui->source));
		return -1;
	}
	/* Now that there are morsels, some are in sight. */
	if (!ui->model.now && ui->source->lazy && !ui->all)
		ui->refresh = true;
	hold_focus(ui);
	if (model_update(&ui->model, snapshot)) {
		snapshot_free(snapshot);
		snprintf(ui->message, sizeof(ui->message), "out of memory");
		return -1;
	}
	find_focus(ui);
	lacking = ui_lacks_process(ui);
	if (lacking && !ui->lacking)
		snprintf(ui->message, sizeof(ui->message), "process %llu has gone",
			 (unsigned long long)ui->model.only_pid);
	ui->lacking = lacking;
	return 0;
}

void ui_count(struct ui *ui, double used, double now)
{
	if (ui->counted > 0 && now > ui->counted)
		ui->cpu = 100 * (used - ui->used) / (now - ui->counted);
	ui->used = used;
	ui->counted = now;
}

void ui_draw(struct ui *ui, struct grid *grid)
{
	static draw_fn *const views[NR_SCREENS] = {
		draw_morsels, draw_processes, draw_space, draw_pools, draw_users, draw_events,
	};
	int top, bottom = grid->rows - 1;

	grid_clear(grid);
	if (grid->rows < 2 || grid->cols < 2)
		return;
	top = draw_header(ui, grid);
	if (top < bottom) {
		if (ui->overlay == OVERLAY_HELP)
			draw_help(ui, grid, top, bottom);
		else if (ui->overlay == OVERLAY_SORT)
			draw_sort(ui, grid, top, bottom);
		else if (ui->overlay == OVERLAY_DETAIL)
			draw_detail(ui, grid, top, bottom);
		else
			views[ui->screen](ui, grid, top, bottom);
	}
	/* What a view has drawn too much goes under the keys. */
	for (top = 0; top < grid->cols; top++)
		grid->cells[bottom * grid->cols + top] = (struct cell){ .ch = L' ' };
	draw_footer(ui, grid);
}

/* ---- the mouse ---- */

void ui_wheel(struct ui *ui, int direction)
{
	int i;

	for (i = 0; i < 3; i++)
		ui_key(ui, direction < 0 ? K_UP : K_DOWN);
}

/* The row of the head of the table, as draw_header() leaves it. */
static int head_row(const struct ui *ui, const struct grid *grid)
{
	size_t pools = ui->model.now ? ui->model.now->nr_pools : 0;

	return grid->rows < 12 ? 1 : 2 + (int)(pools > 3 ? 3 : pools);
}

/* Another column to sort by, or the other way round. */
static void click_head(struct ui *ui, const struct grid *grid, int col)
{
	int field = morsels_field(grid, col);

	if (field < 0)
		return;
	if (field == ui->model.sort)
		ui->model.inverted = !ui->model.inverted;
	ui->model.sort = field;
	ui->model.tree = false;
	model_arrange(&ui->model);
}

/* Twice on the same is Enter. */
static void click_map(struct ui *ui, int row, int col)
{
	int cell = space_at(ui, row, col);

	if (cell < 0)
		return;
	if (cell == ui->space.cursor)
		ui_key(ui, K_ENTER);
	else
		ui->space.cursor = cell;
}

static void click_line(struct ui *ui, size_t line)
{
	struct list *list = ui_list(ui);
	size_t index = list->top + line;

	if (index >= (ui->overlay == OVERLAY_SORT ? nr_fields : ui_list_length(ui)))
		return;
	if (index == list->selected)
		ui_key(ui, K_ENTER);
	else
		list->selected = index;
}

void ui_click(struct ui *ui, const struct grid *grid, int row, int col)
{
	int head = head_row(ui, grid), key;

	ui->message[0] = '\0';
	if (row == grid->rows - 1) {
		key = footer_key(ui, grid, col);
		if (key)
			ui_key(ui, key);
		return;
	}
	if (ui->prompt) /* it waits for an answer */
		return;
	if (row == head - 1 && row > 0) {
		if (tab_at(col) >= 0)
			ui_key(ui, '1' + tab_at(col));
		return;
	}
	if (ui->overlay == OVERLAY_HELP || ui->overlay == OVERLAY_DETAIL)
		return;
	if (ui->screen == SCREEN_SPACE && !ui->overlay)
		click_map(ui, row, col);
	else if (row == head && ui->screen == SCREEN_MORSELS && !ui->overlay)
		click_head(ui, grid, col);
	else if (row > head)
		click_line(ui, (size_t)(row - head - 1));
}
