/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Usage of several morsels, summed up by process, user or pool. */
#ifndef SUMS_H
#define SUMS_H

#include "listing.h"
#include "output.h"

/* What sums by @by ("pid", "uid" or "pool") can show; NULL: there are none by that. */
const struct sheet *sums_sheet(const char *by);
/*
 * Look who maps what the command names, and show the sums of that and of @listing,
 * which has the usage of the same morsels and is sorted anew.
 * Return: 0 or STATUS_USAGE.
 */
int print_sums(struct app *app, const char *by, struct listing *listing);

#endif
