// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes, pools, users, events: one line each. */
#include <stdio.h>
#include "ui.h"

/* The head, and the lines of a list that are in sight, each by @line. */
static void draw_list(struct ui *ui, struct grid *grid, int top, int bottom, const char *head,
		      size_t length,
		      void (*line)(const struct ui *ui, struct grid *grid, int row, size_t index))
{
	struct list *list = &ui->lists[ui->screen];
	int i, lines;

	grid_text(grid, top, 0, -1, PAINT_HEAD, head);
	grid_paint_row(grid, top++, PAINT_HEAD);
	lines = fit_list(ui, list, length, bottom - top);
	for (i = 0; i < lines && list->top + (size_t)i < length; i++) {
		line(ui, grid, top + i, list->top + (size_t)i);
		if (list->top + (size_t)i == list->selected)
			grid_paint_row(grid, top + i, PAINT_SELECTED);
	}
}

static void process_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct tally *tally = &ui->model.processes[index];
	char mapped[NUMBER_TEXT];

	grid_put(grid, row, 0, PAINT_NORMAL, "%8llu %-8.8s %5llu %8s %s",
		 (unsigned long long)tally->key, user_of(tally->uid),
		 (unsigned long long)tally->mappings, size_text(tally->bytes, mapped),
		 tally->command ? tally->command : "?");
}

void draw_processes(struct ui *ui, struct grid *grid, int top, int bottom)
{
	draw_list(ui, grid, top, bottom, "     PID USER      MAPS   MAPPED COMMAND",
		  ui->model.nr_processes, process_line);
	if (!ui->model.nr_processes)
		grid_text(grid, top + 1, 0, -1, PAINT_DIM, "No process that you may see maps a morsel.");
}

static void pool_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct top_pool *pool = &ui->model.now->pools[index];
	char size[NUMBER_TEXT], used[NUMBER_TEXT], left[NUMBER_TEXT], poison[NUMBER_TEXT];
	uint64_t gone = pool->used + (pool->poisoned == UNKNOWN ? 0 : pool->poisoned);

	grid_text(grid, row, 0, 16, PAINT_NORMAL, pool->name);
	grid_put(grid, row, 17, PAINT_NORMAL, "%-4s %7s %7s %7s %3.0f%% %8llu %7s",
		 pool->persistent ? "PMEM" : "DRAM", size_text(pool->size, size),
		 size_text(pool->used, used),
		 size_text(gone < pool->size ? pool->size - gone : 0, left),
		 pool->size ? 100.0 * (double)pool->used / (double)pool->size : 0,
		 (unsigned long long)pool->objects, size_text(pool->poisoned, poison));
}

void draw_pools(struct ui *ui, struct grid *grid, int top, int bottom)
{
	draw_list(ui, grid, top, bottom,
		  "POOL             KIND    SIZE    USED    FREE USE%  OBJECTS  POISON",
		  ui->model.now ? ui->model.now->nr_pools : 0, pool_line);
}

/* The limits of a user, where the source knows them: of all pools together. */
static void quota_text(const struct ui *ui, uint64_t uid, char *text, size_t size)
{
	const struct snapshot *now = ui->model.now;
	char used[NUMBER_TEXT], most[NUMBER_TEXT];
	uint64_t bytes = 0, hard = 0;
	size_t i;

	for (i = 0; i < now->nr_users; i++) {
		if (now->users[i].uid != uid || !now->users[i].bytes_hard)
			continue;
		bytes += now->users[i].bytes;
		hard += now->users[i].bytes_hard;
	}
	if (hard)
		snprintf(text, size, "%s of %s", size_text(bytes, used), size_text(hard, most));
	else
		snprintf(text, size, "-");
}

static void user_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct tally *tally = &ui->model.users[index];
	char allocated[NUMBER_TEXT], quota[3 * NUMBER_TEXT];

	quota_text(ui, tally->key, quota, sizeof(quota));
	grid_put(grid, row, 0, PAINT_NORMAL, "%-16.16s %8llu %8s %6llu  %s", user_of(tally->key),
		 (unsigned long long)tally->objects, size_text(tally->bytes, allocated),
		 (unsigned long long)tally->mappings, quota);
}

void draw_users(struct ui *ui, struct grid *grid, int top, int bottom)
{
	draw_list(ui, grid, top, bottom, "USER              OBJECTS      RES   MAPS  QUOTA",
		  ui->model.nr_users, user_line);
}

static void event_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct logged *event = model_event(&ui->model, index);
	char clock[NUMBER_TEXT];

	grid_put(grid, row, 0, PAINT_NORMAL, "%s %8llu %-16s %s", clock_text(event->time, clock),
		 (unsigned long long)event->seq, event->type, event->text);
}

void draw_events(struct ui *ui, struct grid *grid, int top, int bottom)
{
	const struct snapshot *now = ui->model.now;

	draw_list(ui, grid, top, bottom, "TIME          SEQ EVENT            WHAT (newest first)",
		  ui->model.nr_events, event_line);
	if (now && !now->events_known)
		grid_text(grid, top + 1, 0, -1, PAINT_DIM, "Events are for administrators.");
	else if (!ui->model.nr_events)
		grid_text(grid, top + 1, 0, -1, PAINT_DIM, "Nothing has happened yet.");
}
