/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold of a pool in use, whatever is on its media; abort() where it does not. */
#ifndef CRASH_OWNERS_H
#define CRASH_OWNERS_H

#include "../../kmod/engine.h"

/* Of objects whose trees have been walked: their frames are in the pool, theirs only, and used. */
void check_owners(const struct pp_pool *pool, const struct pp_scan *scan);
/* Objects whose trees nobody has walked are used, and checked after each step. */
void use_first(struct pp_pool *pool, const struct pp_scan *scan);
/* Make, write and remove an object. */
void use_pool(struct pp_pool *pool);

#endif
