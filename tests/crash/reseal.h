/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checksums are made right of what somebody has tampered with. */
#ifndef CRASH_RESEAL_H
#define CRASH_RESEAL_H

#include "../../kmod/engine.h"

/* @where: a pool that nobody has tampered with; it has its things in the same places. */
typedef void seal_fn(struct pm *pm, const struct pp_pool *where);

seal_fn seal_supers, seal_log, seal_checkpoint, seal_slots, seal_blobs;

#endif
