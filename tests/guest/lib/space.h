/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects with addresses, for the tests of them. */
#ifndef TEST_SPACE_H
#define TEST_SPACE_H

#include "nltest.h"

#define MIB (1UL << 20)
#define GIB (1UL << 30)
#define WINDOW_START 0x200000000000UL
#define WINDOW_END   0x500000000000UL

/* Begin to make the object @path in the pool p with this address; 0: the lowest. */
void space_begin(struct nl *nl, const char *path, uint64_t addr, uint64_t size, uint64_t max);
/* Make it.  Return: its address; ends the test on failure. */
uint64_t space_make(struct nl *nl, const char *path, uint64_t addr, uint64_t size, uint64_t max);
/* Its address now; 0: none. */
uint64_t space_addr(struct nl *nl, const char *path);
/* Begin to change the window. */
void space_window(struct nl *nl, uint64_t start, uint64_t end);

#endif
