// SPDX-License-Identifier: GPL-2.0-or-later
/* All about one morsel; and the help. */
#include <stdio.h>
#include "ui.h"

enum { CREATED = 24 }; /* columns that tell when something was created */

static void put_numbers(struct grid *grid, int row, const struct top_morsel *m)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT], d[NUMBER_TEXT], e[NUMBER_TEXT];
	int col;

	col = grid_put(grid, row, 0, PAINT_NORMAL,
		       " size %s  resident %s (2 MiB leaves %s)  active %s  dirty %s",
		       size_text(m->size, a), size_text(m->allocated, b), size_text(m->huge, c),
		       size_text(m->active, d), size_text(m->dirty, e));
	if (m->interval && m->interval != UNKNOWN)
		grid_put(grid, row, col, PAINT_DIM, " in %.1fs", (double)m->interval / 1e9);
}

static void put_count(struct grid *grid, int row, int *col, const char *what, uint64_t number)
{
	if (number == UNKNOWN)
		*col = grid_put(grid, row, *col, PAINT_DIM, " %s -", what);
	else
		*col = grid_put(grid, row, *col, PAINT_NORMAL, " %s %llu", what,
				(unsigned long long)number);
}

static void put_attachment(struct grid *grid, int row, const struct top_attachment *a, uint64_t now)
{
	char start[NUMBER_TEXT], size[NUMBER_TEXT], offset[NUMBER_TEXT], age[NUMBER_TEXT];

	grid_put(grid, row, 0, PAINT_NORMAL, "%8llu %-8.8s", (unsigned long long)a->pid,
		 user_of(a->uid));
	grid_text(grid, row, 18, 15, PAINT_NORMAL, a->command ? a->command : "?");
	grid_put(grid, row, 34, PAINT_NORMAL, "%-4s %14s %7s %7s %6s",
		 a->writable == UNKNOWN ? "?" : a->writable ? "rw" : "ro",
		 address_text(a->start, start), size_text(a->end - a->start, size),
		 size_text(a->offset, offset),
		 a->since && a->since != UNKNOWN && a->since < now ? age_text(now - a->since, age)
								   : "-");
}

static int draw_attachments(struct ui *ui, struct grid *grid, const struct track *track, int top,
			    int bottom)
{
	const struct snapshot *now = ui->model.now;
	size_t i, skip = ui->menu.top, count = 0;

	grid_text(grid, top, 0, -1, PAINT_HEAD,
		  "     PID USER     COMMAND         VIEW        ADDRESS  LENGTH  OFFSET    AGE");
	grid_paint_row(grid, top++, PAINT_HEAD);
	for (i = 0; i < now->nr_attachments; i++) {
		const struct top_attachment *a = &now->attachments[i];

		if (a->pool_id != track->pool_id || a->id != track->id)
			continue;
		if (count++ < skip || top >= bottom)
			continue;
		put_attachment(grid, top++, a, now->time);
	}
	if (!count && top < bottom)
		grid_text(grid, top++, 0, -1, PAINT_DIM, "No process that you may see maps it.");
	return top;
}

/* As setfacl(1) writes it: "u:alice:rw-". */
static int put_right(struct grid *grid, int row, int col, const struct top_right *right)
{
	static const char kinds[] = "?uuggmo";
	const char *who = right->tag == 2 ? user_of(right->id) : right->tag == 4
							   ? group_of(right->id) : "";

	return grid_put(grid, row, col, PAINT_NORMAL, " %s%c:%s:%s", right->is_default ? "d:" : "",
			kinds[right->tag < sizeof(kinds) - 1 ? right->tag : 0], who,
			rights_text(right->perm));
}

static void put_rights(const struct snapshot *now, struct grid *grid, int row,
		       const struct track *track)
{
	int col = grid_put(grid, row, 0, PAINT_NORMAL, " rights");
	size_t i;

	if (now->rights_id != track->id || now->rights_pool != track->pool_id)
		grid_put(grid, row, col, PAINT_DIM, " -");
	else
		for (i = 0; i < now->nr_rights; i++)
			col = put_right(grid, row, col, &now->rights[i]);
}

static void put_history(struct grid *grid, int row, const struct track *track)
{
	int width = (grid->cols - 44) / 2, col;

	if (width > HISTORY)
		width = HISTORY;
	if (width < 8)
		width = 8;
	col = grid_put(grid, row, 0, PAINT_NORMAL, " history of %s ",
		       track->now->faults != UNKNOWN ? "faults" : "memory");
	draw_sparkline(grid, row, col, track->history, track->samples, width);
	col = grid_put(grid, row, col + width, PAINT_NORMAL, "  of active memory ");
	draw_sparkline(grid, row, col, track->active_history, track->samples, width);
}

static int draw_facts(const struct ui *ui, struct grid *grid, int top, const struct track *track)
{
	const struct top_morsel *m = track->now;
	char start[NUMBER_TEXT], faults[NUMBER_TEXT], maps[NUMBER_TEXT], most[NUMBER_TEXT];
	char age[NUMBER_TEXT], made[NUMBER_TEXT];
	int col;

	col = grid_put(grid, top, 0, PAINT_HEAD, "%s", m->name ? m->name : "(no name)");
	if (m->created && m->created != UNKNOWN && col + CREATED < grid->cols)
		grid_put(grid, top, grid->cols - CREATED, PAINT_HEAD, "created %s",
			 date_text(m->created, made));
	grid_paint_row(grid, top++, PAINT_HEAD);
	col = grid_put(grid, top, 0, PAINT_NORMAL, " id %llu  owner %s", (unsigned long long)m->id,
		       user_of(m->uid));
	grid_put(grid, top++, col, PAINT_NORMAL, "  group %s  mode %04o  you may %s  %s",
		 group_of(m->gid), (unsigned int)m->mode, rights_text(m->rights), state_of(track));
	put_rights(ui->model.now, grid, top++, track);
	put_numbers(grid, top++, m);
	col = 0;
	put_count(grid, top, &col, "mappings", m->mappers);
	put_count(grid, top, &col, " processes", m->processes);
	put_count(grid, top, &col, " links", m->links);
	put_count(grid, top, &col, " tables: rw", m->rw_tables);
	put_count(grid, top, &col, "ro", m->ro_tables);
	put_count(grid, top, &col, "tree", m->tree_tables);
	if (m->last_mapped && m->last_mapped != UNKNOWN && m->last_mapped < ui->model.now->time)
		grid_put(grid, top, col, PAINT_NORMAL, "  mapped %s ago",
			 age_text(ui->model.now->time - m->last_mapped, age));
	top++;
	col = grid_put(grid, top, 0, PAINT_NORMAL, " faults/s %s  maps/s %s  address %s",
		       rate_text(track->fault_rate, faults), rate_text(track->map_rate, maps),
		       address_text(m->address, start));
	if (m->max_size && m->max_size != UNKNOWN)
		grid_put(grid, top, col, PAINT_NORMAL, " up to %s", size_text(m->max_size, most));
	put_history(grid, ++top, track);
	return top + 1;
}

void draw_detail(struct ui *ui, struct grid *grid, int top, int bottom)
{
	const struct track *track = ui_track(ui);

	if (!track) {
		grid_text(grid, top, 0, -1, PAINT_WARN, "It has gone.");
		return;
	}
	top = draw_facts(ui, grid, top, track);
	if (top < bottom)
		draw_attachments(ui, grid, track, top, bottom);
}

void draw_help(struct ui *ui, struct grid *grid, int top, int bottom)
{
	size_t i, skip = ui->menu.top;
	int row = top;

	grid_text(grid, row, 0, -1, PAINT_HEAD, "Keys");
	grid_paint_row(grid, row++, PAINT_HEAD);
	for (i = skip; i < nr_bindings && row < bottom; i++) {
		if (!bindings[i].names || (bindings[i].only_rw && !ui->rw))
			continue;
		grid_put(grid, row++, 0, PAINT_NORMAL, " %-14s %s", bindings[i].names,
			 bindings[i].help);
	}
}
