// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "space.h"

uint64_t space_span(int level)
{
	return 1ULL << (39 - 9 * level);
}

int space_cells(int level)
{
	return level ? SPACE_CELLS : SPACE_CELLS / 2;
}

uint64_t space_address(const struct space *space, int cell)
{
	return space->base + (uint64_t)cell * space_span(space->level);
}

bool space_in(struct space *space)
{
	if (space->level == SPACE_LEVELS - 1)
		return false;
	space->base = space_address(space, space->cursor);
	space->level++;
	space->cursor = 0;
	return true;
}

void space_go(struct space *space, uint64_t address)
{
	uint64_t span = space_span(space->level);

	space->base = space->level ? address & ~(SPACE_CELLS * span - 1) : 0;
	space->cursor = (int)((address - space->base) / span);
	if (space->cursor >= space_cells(space->level))
		space->cursor = space_cells(space->level) - 1;
}

bool space_out(struct space *space)
{
	uint64_t here = space->base;

	if (!space->level)
		return false;
	space->level--;
	space_go(space, here);
	return true;
}

/* ---- filling ---- */

struct range {
	uint64_t start, end;
};

/* The part of @range in the cell @cell. */
static uint64_t overlap(const struct space *space, int cell, struct range range)
{
	uint64_t start = space_address(space, cell), end = start + space_span(space->level);

	if (range.start > start)
		start = range.start;
	if (range.end < end)
		end = range.end;
	return start < end ? end - start : 0;
}

/* The cells that @range touches: [first, last). */
static int first_cell(const struct space *space, struct range range)
{
	if (range.start <= space->base)
		return 0;
	if (range.start >= space_address(space, space_cells(space->level)))
		return space_cells(space->level);
	return (int)((range.start - space->base) / space_span(space->level));
}

static int end_cell(const struct space *space, struct range range)
{
	if (range.end <= space->base)
		return 0;
	if (range.end >= space_address(space, space_cells(space->level)))
		return space_cells(space->level);
	return (int)((range.end - 1 - space->base) / space_span(space->level)) + 1;
}

static void fill_reservations(const struct space *space, const struct snapshot *snapshot,
			      struct space_cell *cells)
{
	size_t i;
	int cell;

	for (i = 0; i < snapshot->nr_reservations; i++) {
		const struct top_reservation *r = &snapshot->reservations[i];
		struct range range = { r->start, r->start + r->size };

		for (cell = first_cell(space, range); cell < end_cell(space, range); cell++) {
			cells[cell].reserved += overlap(space, cell, range);
			cells[cell].objects++;
			cells[cell].collision |= r->collides && r->collides != UNKNOWN;
			if (cells[cell].name)
				continue;
			cells[cell].name = r->name ? r->name : "?";
			cells[cell].start = r->start;
			cells[cell].size = r->size;
		}
	}
}

/* What of the window is neither free nor reserved for a morsel that is seen. */
static void fill_hidden(const struct space *space, const struct snapshot *snapshot,
			struct space_cell *cells)
{
	struct range window = { snapshot->window_start, snapshot->window_end };
	uint64_t taken;
	size_t i;
	int cell;

	if (!snapshot->nr_gaps)
		return;
	for (cell = first_cell(space, window); cell < end_cell(space, window); cell++)
		cells[cell].hidden = overlap(space, cell, window);
	for (i = 0; i < snapshot->nr_gaps; i++) {
		const struct top_gap *gap = &snapshot->gaps[i];
		struct range range = { gap->start, gap->start + gap->size };

		for (cell = first_cell(space, range); cell < end_cell(space, range); cell++) {
			taken = overlap(space, cell, range);
			cells[cell].hidden -= taken < cells[cell].hidden ? taken
									 : cells[cell].hidden;
		}
	}
	for (cell = first_cell(space, window); cell < end_cell(space, window); cell++) {
		taken = cells[cell].reserved;
		cells[cell].hidden -= taken < cells[cell].hidden ? taken : cells[cell].hidden;
	}
}

/* Does something else of the process lie where a morsel has to be? */
static bool in_the_way(const struct snapshot *snapshot, struct range range)
{
	size_t i;

	for (i = 0; i < snapshot->nr_reservations; i++) {
		const struct top_reservation *r = &snapshot->reservations[i];

		if (range.start < r->start + r->size && r->start < range.end)
			return true;
	}
	return false;
}

static void fill_vmas(const struct space *space, const struct snapshot *snapshot,
		      struct space_cell *cells)
{
	size_t i;
	int cell;

	for (i = 0; i < snapshot->nr_vmas; i++) {
		const struct top_vma *vma = &snapshot->vmas[i];
		struct range range = { vma->start, vma->end };
		bool collides = !vma->is_morsel && in_the_way(snapshot, range);

		for (cell = first_cell(space, range); cell < end_cell(space, range); cell++) {
			if (vma->is_morsel)
				cells[cell].morsel += overlap(space, cell, range);
			else
				cells[cell].other += overlap(space, cell, range);
			cells[cell].collision |= collides;
			if (!cells[cell].name)
				cells[cell].name = vma->name;
		}
	}
}

void space_fill(const struct space *space, const struct snapshot *snapshot,
		struct space_cell cells[SPACE_CELLS])
{
	struct range window = { snapshot->window_start, snapshot->window_end };
	int cell;

	memset(cells, 0, SPACE_CELLS * sizeof(*cells));
	for (cell = first_cell(space, window); cell < end_cell(space, window); cell++)
		cells[cell].window = true;
	fill_reservations(space, snapshot, cells);
	fill_hidden(space, snapshot, cells);
	fill_vmas(space, snapshot, cells);
}

uint64_t space_next(const struct snapshot *snapshot, uint64_t address, bool forward)
{
	uint64_t best = UNKNOWN, start;
	size_t i;

	for (i = 0; i < snapshot->nr_reservations; i++) {
		start = snapshot->reservations[i].start;
		if (forward ? start <= address : start >= address)
			continue;
		if (best == UNKNOWN || (forward ? start < best : start > best))
			best = start;
	}
	return best;
}

/* The lower one, but rather behind @from than not. */
static void nearer(uint64_t *best, uint64_t address, uint64_t from)
{
	bool behind = address > from;

	if (*best == UNKNOWN || behind > (*best > from) ||
	    (behind == (*best > from) && address < *best))
		*best = address;
}

uint64_t space_next_collision(const struct snapshot *snapshot, uint64_t address)
{
	uint64_t best = UNKNOWN;
	size_t i;

	for (i = 0; i < snapshot->nr_reservations; i++)
		if (snapshot->reservations[i].collides &&
		    snapshot->reservations[i].collides != UNKNOWN)
			nearer(&best, snapshot->reservations[i].start, address);
	for (i = 0; i < snapshot->nr_vmas; i++) {
		const struct top_vma *vma = &snapshot->vmas[i];

		if (!vma->is_morsel &&
		    in_the_way(snapshot, (struct range){ vma->start, vma->end }))
			nearer(&best, vma->start, address);
	}
	return best;
}

char space_char(const struct space_cell *cell, int level)
{
	uint64_t span = space_span(level), taken = cell->reserved + cell->hidden;
	int tenths;

	if (cell->collision)
		return '!';
	if (cell->morsel)
		return 'm';
	if (cell->other)
		return 'p';
	if (taken >= span)
		return 'R';
	if (taken) {
		tenths = (int)(10 * ((double)taken / (double)span));
		return (char)('0' + (tenths < 1 ? 1 : tenths));
	}
	return cell->window ? '.' : ' ';
}
