// SPDX-License-Identifier: GPL-2.0-or-later
/* space_map_fixed FILE: as space_map, in a program that is not position-independent. */
#include "h_space_map.c"
