/* SPDX-License-Identifier: GPL-2.0-only */
/* What security modules that judge by paths say of who is asking. */
#ifndef MORSEL_CONFINE_H
#define MORSEL_CONFINE_H

#include <linux/types.h>

/* Is the current process confined to a part of the file tree?  Context: process; may sleep. */
bool morsel_confined(void);

int morsel_confine_init(void);
/* Context: no request is served any more. */
void morsel_confine_exit(void);

#endif
