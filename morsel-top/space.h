/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address space as cells, each of which is an entry of a page table: 512 GiB,
 * 1 GiB, 2 MiB, 4 KiB. Pure arithmetic.
 */
#ifndef SPACE_H
#define SPACE_H

#include "source.h"

enum {
	SPACE_LEVELS = 4,
	SPACE_CELLS = 512, /* of one table; 256 of them are user space at the top */
};

struct space {
	int level;	/* 0: 512 GiB a cell */
	uint64_t base;	/* address of the first cell */
	int cursor;	/* cell */
};

struct space_cell {
	uint64_t reserved; /* bytes */
	uint64_t hidden;   /* bytes that are reserved for what the viewer does not see */
	uint64_t morsel, other; /* bytes that the process has mapped */
	const char *name; /* of the first morsel in it */
	uint64_t start, size; /* its reservation; 0: none */
	unsigned int objects;
	bool window, collision;
};

/* Bytes per cell, cells, and the address of a cell. */
uint64_t space_span(int level);
int space_cells(int level);
uint64_t space_address(const struct space *space, int cell);
/* Go into the cell under the cursor, or out of the table. Return: whether there is more. */
bool space_in(struct space *space);
bool space_out(struct space *space);
/* Show the place of @address on the same level. */
void space_go(struct space *space, uint64_t address);
/* What is in each cell. */
void space_fill(const struct space *space, const struct snapshot *snapshot,
		struct space_cell cells[SPACE_CELLS]);
/* The address of the reservation behind (@forward) or before @address, or UNKNOWN. */
uint64_t space_next(const struct snapshot *snapshot, uint64_t address, bool forward);
/* The next address where something is in a morsel's way, around the end; or UNKNOWN. */
uint64_t space_next_collision(const struct snapshot *snapshot, uint64_t address);
/* One character for a cell; '1' to '9' are tenths that are reserved. */
char space_char(const struct space_cell *cell, int level);

#endif
