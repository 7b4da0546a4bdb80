/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of morsels. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_VAS_H
#define MORSEL_VAS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;

/* The morsel window: the addresses that morsels can have in every process. */
struct morsel_window {
	uint64_t start, end;   /* @end is behind the last */
	uint64_t reservations; /* how many morsels have an address */
	uint64_t reserved;     /* bytes of the window that they have */
	uint64_t largest_gap;  /* bytes */
	uint64_t reserved_for_later[4];
};

/* Look at the window. */
int morsel_window_get(struct morsel_ctx *ctx, struct morsel_window *window);

/**
 * morsel_window_set() - change the window
 * @start, @end: multiples of 1 GiB
 *
 * Needs CAP_SYS_ADMIN. Return: 0; -EBUSY (a morsel has an address), -EINVAL.
 */
int morsel_window_set(struct morsel_ctx *ctx, uint64_t start, uint64_t end);

struct morsel_vas_list;
struct morsel_vas; /* what is at a range of addresses */

enum morsel_vas_flags {
	MORSEL_VAS_GAPS = 1 << 0, /* gaps in the window, too */
};

/**
 * morsel_vas_list() - look at the window, or at what a process has mapped
 * @pid: 0: the window; else a process that the caller may trace (see ptrace(2))
 * @flags: enum morsel_vas_flags; 0 with a @pid
 * @list: receives the ranges by ascending address; free it with morsel_vas_list_free()
 *
 * Morsels that the caller may not see are left out of the window.
 *
 * Return: 0; -ESRCH (no such process), -EPERM (not one that the caller may see),
 * -EINVAL (@flags).
 */
int morsel_vas_list(struct morsel_ctx *ctx, uint32_t pid, unsigned int flags,
		    struct morsel_vas_list **list);
void morsel_vas_list_free(struct morsel_vas_list *list);
size_t morsel_vas_list_count(const struct morsel_vas_list *list);
/* The range at @index, or NULL behind the end. It belongs to the list. */
const struct morsel_vas *morsel_vas_list_at(const struct morsel_vas_list *list, size_t index);

/* enum morsel_vas_kind */
uint32_t morsel_vas_kind(const struct morsel_vas *vas);
uint64_t morsel_vas_start(const struct morsel_vas *vas);
uint64_t morsel_vas_length(const struct morsel_vas *vas);
/* The morsel, POOL:PATH; NULL of a gap, and if it has no name that may be seen. */
const char *morsel_vas_name(const struct morsel_vas *vas);
/* Its pool, "" of a gap, and number, 0 of a gap. */
const char *morsel_vas_pool(const struct morsel_vas *vas);
uint64_t morsel_vas_id(const struct morsel_vas *vas);
/* Of a reservation: the largest size of the morsel. */
uint64_t morsel_vas_max_size(const struct morsel_vas *vas);
/* Of a mapping: where in the morsel it begins, who has it, enum morsel_map_view. */
uint64_t morsel_vas_offset(const struct morsel_vas *vas);
uint32_t morsel_vas_pid(const struct morsel_vas *vas);
uint32_t morsel_vas_view(const struct morsel_vas *vas);

#ifdef __cplusplus
}
#endif

#endif
