/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MORSEL_COV_H
#define MORSEL_COV_H

void morsel_cov_anchor(void);
void morsel_cov_dump(void);
void __sanitizer_cov_trace_pc(void);

#endif
