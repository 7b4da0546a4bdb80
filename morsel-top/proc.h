/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc tells of address spaces. */
#ifndef PROC_H
#define PROC_H

#include "source.h"

/* Is there this process, or what is left of it until its parent asks? */
bool proc_exists(uint64_t pid);
/* Add all that the process @pid has in its address space, if it may be looked at. */
void proc_vmas(struct snapshot *snapshot, uint64_t pid);

#endif
