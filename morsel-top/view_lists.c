// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes, pools, users, events: one line each. */
#include <stdio.h>
#include <string.h>
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

/* What the memory of a pool is used for, and what is left in 2 MiB of it. */
static int pool_memory(const struct top_pool *pool, struct grid *grid, int row, int col)
{
	uint64_t small = pool->used_huge < pool->used ? pool->used - pool->used_huge : 0;
	uint64_t tables = pool->tree_tables + pool->rw_tables + pool->ro_tables;
	char huge[NUMBER_TEXT], rest[NUMBER_TEXT], table[NUMBER_TEXT], left[NUMBER_TEXT];

	return grid_put(grid, row, col, PAINT_NORMAL, " %6s %6s %6s %6s",
			size_text(pool->used_huge, huge), size_text(small, rest),
			size_text(tables * 4096, table),
			pool->available_huge == UNKNOWN ? "-" :
			size_text(pool->available_huge, left));
}

static void pool_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct top_pool *pool = &ui->model.now->pools[index];
	char size[NUMBER_TEXT], used[NUMBER_TEXT], left[NUMBER_TEXT], poison[NUMBER_TEXT];
	int col;

	grid_text(grid, row, 0, 12, PAINT_NORMAL, pool->name);
	col = grid_put(grid, row, 13, PAINT_NORMAL, "%-4s %6s %6s %6s %3.0f%%",
		       pool->persistent ? "PMEM" : "DRAM", size_text(pool->size, size),
		       size_text(pool->used, used), size_text(pool->available, left),
		       pool->size ? 100.0 * (double)pool->used / (double)pool->size : 0);
	col = pool_memory(pool, grid, row, col);
	col = grid_put(grid, row, col, PAINT_NORMAL, " %7llu %6s %5llu",
		       (unsigned long long)pool->objects, size_text(pool->poisoned, poison),
		       (unsigned long long)pool->maps);
	if (pool->refused == UNKNOWN)
		col = grid_put(grid, row, col, PAINT_DIM, " %7s", "-");
	else
		col = grid_put(grid, row, col, PAINT_NORMAL, " %7llu",
			       (unsigned long long)pool->refused);
	grid_put(grid, row, col, PAINT_NORMAL, " %8llu", (unsigned long long)pool->generation);
}

void draw_pools(struct ui *ui, struct grid *grid, int top, int bottom)
{
	draw_list(ui, grid, top, bottom,
		  "POOL         KIND   SIZE   USED   FREE USE%     2M     4K TABLES FREE2M OBJECTS "
		  "POISON  MAPS REFUSED      GEN",
		  ui->model.now ? ui->model.now->nr_pools : 0, pool_line);
}

/* What a user has of what he may have, in all pools together where he has a limit. */
struct sums {
	uint64_t bytes, bytes_soft, bytes_hard, objects, objects_soft, objects_hard;
};

static struct sums sum_quotas(const struct snapshot *now, uint64_t uid)
{
	struct sums sums = { 0 };
	size_t i;

	for (i = 0; i < now->nr_users; i++) {
		const struct top_user *user = &now->users[i];

		if (user->uid != uid)
			continue;
		if (user->bytes_soft || user->bytes_hard)
			sums.bytes += user->bytes;
		if (user->objects_soft || user->objects_hard)
			sums.objects += user->objects;
		sums.bytes_soft += user->bytes_soft;
		sums.bytes_hard += user->bytes_hard;
		sums.objects_soft += user->objects_soft;
		sums.objects_hard += user->objects_hard;
	}
	return sums;
}

static enum paint paint_of_use(uint64_t used, uint64_t soft, uint64_t hard)
{
	if (hard && used >= hard)
		return PAINT_BAD;
	return soft && used > soft ? PAINT_WARN : PAINT_NORMAL;
}

static void user_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct tally *tally = &ui->model.users[index];
	const struct sums sums = sum_quotas(ui->model.now, tally->key);
	char allocated[NUMBER_TEXT], used[NUMBER_TEXT], soft[NUMBER_TEXT], hard[NUMBER_TEXT];
	int col;

	col = grid_put(grid, row, 0, PAINT_NORMAL, "%-16.16s %8llu %8s %6llu ", user_of(tally->key),
		       (unsigned long long)tally->objects, size_text(tally->bytes, allocated),
		       (unsigned long long)tally->mappings);
	if (!sums.bytes_soft && !sums.bytes_hard)
		col = grid_put(grid, row, col, PAINT_DIM, "%20s", "-");
	else
		col = grid_put(grid, row, col,
			       paint_of_use(sums.bytes, sums.bytes_soft, sums.bytes_hard),
			       "%6s %6s %6s", size_text(sums.bytes, used),
			       sums.bytes_soft ? size_text(sums.bytes_soft, soft) : "-",
			       sums.bytes_hard ? size_text(sums.bytes_hard, hard) : "-");
	if (!sums.objects_soft && !sums.objects_hard)
		grid_put(grid, row, col, PAINT_DIM, "%18s", "-");
	else
		grid_put(grid, row, col,
			 paint_of_use(sums.objects, sums.objects_soft, sums.objects_hard),
			 " %7llu %4llu %4llu", (unsigned long long)sums.objects,
			 (unsigned long long)sums.objects_soft,
			 (unsigned long long)sums.objects_hard);
}

void draw_users(struct ui *ui, struct grid *grid, int top, int bottom)
{
	draw_list(ui, grid, top, bottom,
		  "USER              OBJECTS      RES   MAPS  QUOTA   SOFT   HARD OBJECTS SOFT HARD",
		  ui->model.nr_users, user_line);
}

static enum paint paint_of_event(const char *type)
{
	if (!strcmp(type, "error") || !strcmp(type, "lost"))
		return PAINT_BAD;
	return !strncmp(type, "quota", 5) || !strcmp(type, "collision") ||
			       !strcmp(type, "morsel-revoke")
		       ? PAINT_WARN
		       : PAINT_NORMAL;
}

static void event_line(const struct ui *ui, struct grid *grid, int row, size_t index)
{
	const struct logged *event = model_event(&ui->model, index);
	char clock[NUMBER_TEXT];

	grid_put(grid, row, 0, paint_of_event(event->type), "%s %8llu %-16s %s",
		 clock_text(event->time, clock),
		 (unsigned long long)event->seq, event->type, event->text);
}

void draw_events(struct ui *ui, struct grid *grid, int top, int bottom)
{
	const struct snapshot *now = ui->model.now;

	draw_list(ui, grid, top, bottom, "TIME          SEQ EVENT            WHAT (newest first)",
		  ui->model.nr_shown_events, event_line);
	if (now && !now->events_known)
		grid_text(grid, top + 1, 0, -1, PAINT_DIM, "There are no events for you.");
	else if (!ui->model.nr_shown_events)
		grid_text(grid, top + 1, 0, -1, PAINT_DIM,
			  ui->model.nr_events ? "Nothing fits the filter." : "Nothing has happened yet.");
}
