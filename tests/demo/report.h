/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process of the crowd tells the one that started it (crowd.c). */
#ifndef PKGGRAPH_REPORT_H
#define PKGGRAPH_REPORT_H

#include <stdint.h>

enum stage {
	STAGE_STARTED, /* nothing mapped yet */
	STAGE_ANSWERED,
	STAGE_TOUCHED, /* every page of the object was read; the object stays mapped */
	NR_STAGES
};

/* Smaller than PIPE_BUF, so that writes of several processes do not mix. */
struct report {
	uint32_t stage;
	uint32_t table_kib;   /* page tables of this process (VmPTE) */
	uint32_t view_tables; /* of the object, shared by all that map it; 0: no morsel */
	uint32_t faults;      /* of this process so far, without reading from disk */
};

/* @fd is the object's descriptor, or -1. */
void report_send(int to, enum stage stage, int fd);

#endif
