/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_IMAGE_H
#define FUZZ_IMAGE_H

#include "../../kmod/engine.h"

extern const u64 fuzz_size;
extern u8 *fuzz_base; /* the pool that inputs are patches of */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t length);

#endif
