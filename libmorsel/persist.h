/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MORSEL_LIB_PERSIST_H
#define MORSEL_LIB_PERSIST_H

#include <stddef.h>

/* Write the cache line of an address back. */
typedef void morsel_flush_fn(const void *line);

/* The best one for a CPU with these features: EBX of CPUID leaf 7. */
morsel_flush_fn *morsel_flush_for(unsigned int ebx);
void morsel_flush_lines(morsel_flush_fn *flush, const void *addr, size_t length);

#endif
