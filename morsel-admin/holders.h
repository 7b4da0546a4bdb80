/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOLDERS_H
#define HOLDERS_H

#include <sys/types.h>
#include "output.h"

/*
 * The processes that map something of the pool, have it open, or are in it:
 * "712 sleep (in a directory), 715 dd (open)"; "" if none is known.  @dev: as stat(2)
 * tells of what is in it.  Overwritten each time.
 */
const char *holders_of(struct app *app, const char *pool, dev_t dev);

#endif
