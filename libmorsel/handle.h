/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MORSEL_HANDLE_H
#define MORSEL_HANDLE_H

#include "internal.h"

struct morsel {
	uint64_t owner; /* serial number of the context, for error texts */
	int fd;
};

/* Where a mapping of bytes [@offset, @offset + @length) begins and ends in the morsel. */
struct morsel_span {
	uint64_t start, end;
};

/*
 * Whole spans of @align around the bytes; false if they cannot be mapped so
 * that @offset gets the address @addr (if that is not 0).
 */
bool morsel_span_around(uint64_t offset, uint64_t length, uint64_t addr, uint64_t align,
			struct morsel_span *span);

#endif
