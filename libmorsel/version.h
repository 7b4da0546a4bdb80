/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MORSEL_VERSION_H
#define MORSEL_VERSION_H

/* Of the library and the tools; the makefiles read it. */
#define MORSEL_VERSION "0.1.0"

#endif
