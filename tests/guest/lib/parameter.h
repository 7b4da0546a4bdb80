/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_PARAMETER_H
#define TEST_PARAMETER_H

#include <stdint.h>

/* A number of the kernel's command line, where it follows @key, as "soak.seconds=". */
uint64_t parameter(const char *key, uint64_t otherwise);

#endif
