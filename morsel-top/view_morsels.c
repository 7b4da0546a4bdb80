// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of morsels, and the menu of what it is sorted by. */
#include <stdio.h>
#include <string.h>
#include "ui.h"

/* Which columns there is room for, and how wide the name gets. */
struct layout {
	bool shown[32];
	int name;
};

static void lay_out(const struct grid *grid, struct layout *layout)
{
	int left, priority;
	size_t i;

	memset(layout, 0, sizeof(*layout));
	layout->shown[0] = true;
	left = grid->cols - fields[0].width;
	for (priority = 1; priority < (int)nr_fields; priority++) {
		for (i = 1; i < nr_fields && fields[i].priority != priority; i++)
			;
		/* The first one without room ends it, so that none comes and goes. */
		if (i == nr_fields || left < fields[i].width + 1)
			break;
		/* A longer name is worth more than a column of little use. */
		if (priority > 6 && left - fields[i].width - 1 < 10)
			break;
		layout->shown[i] = true;
		left -= fields[i].width + 1;
	}
	layout->name = fields[0].width + (left > 0 ? left : 0);
	if (layout->name > grid->cols)
		layout->name = grid->cols;
}

static void cell_text(const struct track *track, const struct field *field, char *text, size_t size)
{
	double number = field->number ? field->number(track) : -1;
	char buf[NUMBER_TEXT];

	switch (field->format) {
	case FORMAT_SIZE:
		size_text(number < 0 ? UNKNOWN : (uint64_t)number, buf);
		break;
	case FORMAT_COUNT:
		if (number < 0)
			snprintf(buf, sizeof(buf), "-");
		else
			snprintf(buf, sizeof(buf), "%.0f", number);
		break;
	case FORMAT_RATE:
		rate_text(number, buf);
		break;
	case FORMAT_ADDRESS:
		address_text(number < 0 ? UNKNOWN : (uint64_t)number, buf);
		break;
	case FORMAT_USER:
		snprintf(buf, sizeof(buf), "%.*s", field->width, user_of(track->now->uid));
		break;
	case FORMAT_RIGHTS:
		snprintf(buf, sizeof(buf), "%s", rights_text(track->now->rights));
		break;
	default:
		snprintf(buf, sizeof(buf), "%s", state_of(track));
	}
	snprintf(text, size, "%s", buf);
}

static bool is_left(const struct field *field)
{
	return field->format == FORMAT_NAME || field->format == FORMAT_USER ||
	       field->format == FORMAT_RIGHTS || field->format == FORMAT_STATE;
}

static const char *name_of(const struct ui *ui, const struct track *track)
{
	const char *name = track->now->name, *slash;

	if (!name)
		return "(no name)";
	if (!ui->model.tree || !track->depth)
		return name;
	slash = strrchr(name, '/');
	return slash ? slash + 1 : strchr(name, ':') + 1;
}

static void draw_name(const struct ui *ui, struct grid *grid, int row, const struct track *track,
		      const struct layout *layout, enum paint paint)
{
	int indent = 2 * track->depth;
	bool dir = track->now->type == TYPE_DIRECTORY;

	if (indent > layout->name / 2)
		indent = layout->name / 2;
	indent = grid_text(grid, row, indent, layout->name - indent,
			   dir && paint == PAINT_NORMAL ? PAINT_STRONG : paint, name_of(ui, track));
	if (dir && ui->model.tree && track->depth && indent < layout->name)
		grid_char(grid, row, indent, paint, L'/', '/');
}

static void draw_row(const struct ui *ui, struct grid *grid, int row, const struct track *track,
		     const struct layout *layout)
{
	enum paint paint = track->gone	  ? PAINT_GONE
			   : track->fresh ? PAINT_STRONG
					  : PAINT_NORMAL,
		   own;
	int col = layout->name + 1, width;
	char text[48];
	size_t i;

	draw_name(ui, grid, row, track, layout, paint);
	for (i = 1; i < nr_fields; i++) {
		if (!layout->shown[i])
			continue;
		cell_text(track, &fields[i], text, sizeof(text));
		width = (int)strlen(text);
		own = !strcmp(text, "POISON") ? PAINT_BAD : !strcmp(text, "sealed") ? PAINT_GOOD
								: text[0] == '-' && !text[1]
									? PAINT_DIM
									: paint;
		grid_text(grid, row, is_left(&fields[i]) ? col : col + fields[i].width - width,
			  fields[i].width, own, text);
		col += fields[i].width + 1;
	}
}

static void draw_head(const struct ui *ui, struct grid *grid, int row, const struct layout *layout)
{
	const struct model *model = &ui->model;
	int col = 0, width, start;
	size_t i;

	for (i = 0; i < nr_fields; i++) {
		bool sorted = (int)i == model->sort && !model->tree;

		if (!layout->shown[i])
			continue;
		width = i ? fields[i].width : layout->name;
		start = is_left(&fields[i]) ? col : col + width - (int)strlen(fields[i].title);
		grid_text(grid, row, start, width, PAINT_HEAD, fields[i].title);
		if (sorted && start > col)
			grid_char(grid, row, start - 1, PAINT_HEAD,
				  model->inverted ? L'\u25b3' : L'\u25bd',
				  model->inverted ? '^' : 'v');
		col += width + 1;
	}
	grid_paint_row(grid, row, PAINT_HEAD);
}

int morsels_field(const struct grid *grid, int col)
{
	struct layout layout;
	int start = 0, width;
	size_t i;

	lay_out(grid, &layout);
	for (i = 0; i < nr_fields; i++) {
		if (!layout.shown[i])
			continue;
		width = i ? fields[i].width : layout.name;
		if (col >= start && col <= start + width)
			return (int)i;
		start += width + 1;
	}
	return -1;
}

static const char *why_empty(const struct model *model)
{
	if (model->filter[0])
		return "Nothing fits the filter.";
	if (model->only_pid != UNKNOWN)
		return "No morsel of the process can be seen.";
	return "There are no morsels.";
}

void draw_morsels(struct ui *ui, struct grid *grid, int top, int bottom)
{
	struct list *list = &ui->lists[SCREEN_MORSELS];
	struct layout layout;
	int i, lines;

	lay_out(grid, &layout);
	draw_head(ui, grid, top++, &layout);
	lines = fit_list(ui, list, ui->model.nr_rows, bottom - top);
	for (i = 0; i < lines && list->top + (size_t)i < ui->model.nr_rows; i++) {
		draw_row(ui, grid, top + i, ui->model.rows[list->top + (size_t)i], &layout);
		if (list->top + (size_t)i == list->selected)
			grid_paint_row(grid, top + i, PAINT_SELECTED);
	}
	if (!ui->model.nr_rows && top < bottom)
		grid_text(grid, top, 0, -1, PAINT_DIM, why_empty(&ui->model));
}

void draw_sort(struct ui *ui, struct grid *grid, int top, int bottom)
{
	int i, lines;

	grid_text(grid, top, 0, -1, PAINT_HEAD, "Sort by");
	grid_paint_row(grid, top++, PAINT_HEAD);
	lines = fit_list(ui, &ui->menu, nr_fields, bottom - top);
	for (i = 0; i < lines && ui->menu.top + (size_t)i < nr_fields; i++) {
		const struct field *field = &fields[ui->menu.top + (size_t)i];

		grid_put(grid, top + i, 0, PAINT_NORMAL, " %-8s %s", field->title, field->help);
		if (ui->menu.top + (size_t)i == ui->menu.selected)
			grid_paint_row(grid, top + i, PAINT_SELECTED);
	}
}
