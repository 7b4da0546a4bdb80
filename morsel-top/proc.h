/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc tells of address spaces. */
#ifndef PROC_H
#define PROC_H

#include <sys/types.h>
#include "source.h"

/* Where a pool is mounted: files on this device are its morsels. */
struct pool_device {
	uint64_t pool_id;
	dev_t dev;
};

/* Add the mappings of morsels in all processes that may be looked at. */
void proc_attachments(struct snapshot *snapshot, const struct pool_device *devices, size_t count);
/* Add all that the process @pid has in its address space. */
void proc_vmas(struct snapshot *snapshot, uint64_t pid, const struct pool_device *devices,
	       size_t count);

#endif
