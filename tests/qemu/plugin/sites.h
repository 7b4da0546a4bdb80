/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From where the kernel has stored to the pool: each place once. */
#ifndef PLUGIN_SITES_H
#define PLUGIN_SITES_H

#include <stdint.h>
#include <stdio.h>
#include "qemu.h"

/* Where modules are. */
static inline bool in_module(uint64_t address)
{
	return address >= 0xffffffffc0000000ULL && address < 0xffffffffff000000ULL;
}

/* CPU @number executes a call in a module that will return to @address.  Context: its thread. */
void sites_call(unsigned int number, uint64_t address);
/*
 * A store to @offset of the range by kernel code at @pc of CPU @number.
 * Context: one thread at a time, of that CPU.
 */
void sites_add(unsigned int number, uint64_t pc, uint64_t offset);
/* A line for each: address, stores, where the first was, what of a module has called it. */
void sites_print(FILE *to);

#endif
