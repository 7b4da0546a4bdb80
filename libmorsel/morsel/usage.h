/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How morsels are used, and who maps them. Included by <morsel.h>. */
#ifndef MORSEL_USAGE_H
#define MORSEL_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_attachment; /* a mapping of a morsel in a process */
struct morsel_attachment_list;
struct morsel_ctx;
struct morsel_info;
struct morsel_list;

/* In the place of an age: tell what the last look at the page tables has found. */
#define MORSEL_NO_SCAN UINT64_MAX

/**
 * morsel_usage() - how a morsel is used
 * @name: POOL:PATH
 * @max_age: what is active is found out anew if that was last done more than so many
 *	nanoseconds ago, but at most ten times a second; or MORSEL_NO_SCAN
 * @info: receives what morsel_stat() gives and the numbers below; free it with
 *	morsel_info_free()
 *
 * Return: 0; as morsel_stat(), -EINTR.
 */
int morsel_usage(struct morsel_ctx *ctx, const char *name, uint64_t max_age,
		 struct morsel_info **info);

/**
 * morsel_usage_list() - how the entries of a directory are used
 *
 * As morsel_list(), each with what morsel_usage() gives.
 */
int morsel_usage_list(struct morsel_ctx *ctx, const char *name, unsigned int flags,
		      uint64_t max_age, struct morsel_list **list);

/* How many address spaces map it. These are 0 unless the info is from morsel_usage*(). */
uint64_t morsel_info_processes(const struct morsel_info *info);
/* Mappings ever made, how many of them have ended, and page faults in all of them. */
uint64_t morsel_info_maps(const struct morsel_info *info);
uint64_t morsel_info_unmaps(const struct morsel_info *info);
uint64_t morsel_info_faults(const struct morsel_info *info);
/* When the newest mapping was made, in ns since 1970; 0: never. */
int64_t morsel_info_last_mapped(const struct morsel_info *info);
/*
 * Bytes that were accessed and written through mappings in the interval (ns) that ended
 * @scan_age ns ago. An interval of 0: that is not known, or the caller may not read the
 * morsel. All of a 2 MiB frame counts if any of it was, but in a persistent pool by 4 KiB
 * before Linux 6.5; dirty of a persistent pool is since the page was first used.
 */
uint64_t morsel_info_active(const struct morsel_info *info);
uint64_t morsel_info_dirty(const struct morsel_info *info);
uint64_t morsel_info_interval(const struct morsel_info *info);
uint64_t morsel_info_scan_age(const struct morsel_info *info);

/**
 * morsel_attachment_list() - who maps a morsel
 * @name: POOL:PATH of a morsel, or of a directory for all that is in it; NULL for all
 * @flags: MORSEL_LIST_RECURSIVE: also what is in the directories below
 * @list: receives the mappings, those of a morsel from the oldest on; free it with
 *	morsel_attachment_list_free()
 *
 * Of other users' processes CAP_SYS_ADMIN alone is told.
 *
 * Return: 0; as morsel_stat().
 */
int morsel_attachment_list(struct morsel_ctx *ctx, const char *name, unsigned int flags,
			   struct morsel_attachment_list **list);
void morsel_attachment_list_free(struct morsel_attachment_list *list);
size_t morsel_attachment_list_count(const struct morsel_attachment_list *list);
/* The mapping at @index, or NULL behind the end. It belongs to the list. */
const struct morsel_attachment *
morsel_attachment_list_at(const struct morsel_attachment_list *list, size_t index);

/* The morsel, POOL:PATH; NULL if it has no name. Its pool and number. */
const char *morsel_attachment_name(const struct morsel_attachment *attachment);
const char *morsel_attachment_pool(const struct morsel_attachment *attachment);
uint64_t morsel_attachment_id(const struct morsel_attachment *attachment);
/* The process, its user (UINT32_MAX: it has just gone) and its name ("" then). */
uint32_t morsel_attachment_pid(const struct morsel_attachment *attachment);
uint32_t morsel_attachment_uid(const struct morsel_attachment *attachment);
const char *morsel_attachment_command(const struct morsel_attachment *attachment);
/* The addresses, where in the morsel they begin, and enum morsel_map_view. */
uint64_t morsel_attachment_start(const struct morsel_attachment *attachment);
uint64_t morsel_attachment_length(const struct morsel_attachment *attachment);
uint64_t morsel_attachment_offset(const struct morsel_attachment *attachment);
uint32_t morsel_attachment_view(const struct morsel_attachment *attachment);
/* Entries of the process's page tables that lead into the morsel; ns since it was made. */
uint64_t morsel_attachment_links(const struct morsel_attachment *attachment);
uint64_t morsel_attachment_age(const struct morsel_attachment *attachment);

#ifdef __cplusplus
}
#endif

#endif
