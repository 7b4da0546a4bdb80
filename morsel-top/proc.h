/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc tells of address spaces. */
#ifndef PROC_H
#define PROC_H

#include "source.h"

/* Add all that the process @pid has in its address space, if it may be looked at. */
void proc_vmas(struct snapshot *snapshot, uint64_t pid);

#endif
