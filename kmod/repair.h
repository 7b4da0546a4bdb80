/* SPDX-License-Identifier: GPL-2.0-only */
/* Pools are made and mended (format.c, repair*.c): in user space only. */
#ifndef MORSEL_REPAIR_H
#define MORSEL_REPAIR_H

#include "engine.h"

struct pp_format {
	u8 uuid[16];
	char label[MEDIA_LABEL + 1];
	u32 mode, uid, gid;	/* of the root directory */
	s64 now;
};

/* Make an empty pool of pool->pm.  Return: 0, -ENOSPC: too small. */
int pp_format(struct pm *pm, const struct pp_format *format);
/* Before pp_start(): mend the tree of records and the root directory.  Return: 0 or -errno. */
int pp_repair_records(struct pp_pool *pool, struct pp_report *report, s64 now);
/*
 * After pp_start(): mend what @scan has found.  When that is done the pool is
 * to be closed and started anew, which shows whether something is left.
 * Return: 0, -EROFS, -ENOMEM, -ENOSPC, -EIO, -EEXIST: there is no name for lost+found.
 */
int pp_repair(struct pp_pool *pool, struct pp_scan *scan, s64 now);
int pp_repair_places(struct pp_pool *pool, const struct pp_scan *scan, s64 now);
/*
 * After pp_start() of a clean pool without trust: tell what the trees do not have as the
 * checkpoint has it.  Return: 0 or -ENOMEM.
 */
int pp_compare_checkpoint(struct pp_pool *pool);
/* Set the bits of what every pool has. */
void pp_repair_fixed(const struct pp_pool *pool, unsigned long *map);
/* Clear the entries of the tree of records that make no sense. */
void pp_repair_entries(struct pp_pool *pool);

#endif
