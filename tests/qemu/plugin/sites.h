/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From where the kernel has stored to the pool: each place once. */
#ifndef PLUGIN_SITES_H
#define PLUGIN_SITES_H

#include <stdint.h>
#include <stdio.h>
#include "qemu.h"

enum {
	CALLERS = 4, /* on the stack, that may have called a function of the kernel proper */
};

/* A store to @offset of the range by kernel code at @pc of @cpu.  Context: one thread at a time. */
void sites_add(struct CPUState *cpu, uint64_t pc, uint64_t offset);
/* A line for each: address, stores, where the first was, who may have called it. */
void sites_print(FILE *to);

#endif
