/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Quotas. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_QUOTA_H
#define MORSEL_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;
struct morsel_quota; /* what a user may have in a pool, and has */
struct morsel_quota_list;

/* In the place of a user: the limits of all who have none of their own. */
#define MORSEL_QUOTA_DEFAULT UINT32_MAX

enum morsel_quota_attr_set {
	MORSEL_QUOTA_SET_BYTES_SOFT = 1 << 0,
	MORSEL_QUOTA_SET_BYTES_HARD = 1 << 1,
	MORSEL_QUOTA_SET_OBJECTS_SOFT = 1 << 2,
	MORSEL_QUOTA_SET_OBJECTS_HARD = 1 << 3,
};

/* New limits; 0: none. Of what is not in @set nothing changes. */
struct morsel_quota_attr {
	uint32_t set;  /* enum morsel_quota_attr_set */
	uint32_t zero; /* must be 0, as must reserved */
	uint64_t bytes_soft;
	uint64_t bytes_hard;
	uint64_t objects_soft;
	uint64_t objects_hard;
	uint64_t reserved[4];
};

/**
 * morsel_quota_get() - look at the quota of a user in a pool
 * @uid: who, or MORSEL_QUOTA_DEFAULT
 * @quota: receives it; free it with morsel_quota_free()
 *
 * Return: 0; -ENOENT (no such pool), -EPERM (somebody else's), -EINVAL (@uid).
 */
int morsel_quota_get(struct morsel_ctx *ctx, const char *pool, uint32_t uid,
		     struct morsel_quota **quota);

/**
 * morsel_quota_set() - change limits
 * @uid: whose, or MORSEL_QUOTA_DEFAULT
 * @attr: the new ones; NULL: the user has none of his own any more
 * @quota: receives what holds now; free it with morsel_quota_free()
 *
 * Needs CAP_SYS_ADMIN. Return: 0; -ENOENT, -EINVAL (nothing to set, a soft limit
 * above the hard one, @uid), -EPERM.
 */
int morsel_quota_set(struct morsel_ctx *ctx, const char *pool, uint32_t uid,
		     const struct morsel_quota_attr *attr, struct morsel_quota **quota);

/* Free a snapshot (not one that belongs to a list). NULL is allowed. */
void morsel_quota_free(struct morsel_quota *quota);

const char *morsel_quota_pool(const struct morsel_quota *quota);
/* The user, or MORSEL_QUOTA_DEFAULT. */
uint32_t morsel_quota_uid(const struct morsel_quota *quota);
/* Has the user limits of his own? */
bool morsel_quota_own(const struct morsel_quota *quota);
/* Limits (0: none) and what is used (0 of the default quota). */
uint64_t morsel_quota_bytes_soft(const struct morsel_quota *quota);
uint64_t morsel_quota_bytes_hard(const struct morsel_quota *quota);
uint64_t morsel_quota_bytes_used(const struct morsel_quota *quota);
uint64_t morsel_quota_objects_soft(const struct morsel_quota *quota);
uint64_t morsel_quota_objects_hard(const struct morsel_quota *quota);
uint64_t morsel_quota_objects_used(const struct morsel_quota *quota);

/**
 * morsel_quota_list() - look at all quotas that the caller may see
 * @pool: NULL for all pools
 * @list: receives them, of each pool the default one first, the users by ascending
 *	number; free it with morsel_quota_list_free()
 *
 * Return: 0; -ENOENT (no such pool).
 */
int morsel_quota_list(struct morsel_ctx *ctx, const char *pool, struct morsel_quota_list **list);
void morsel_quota_list_free(struct morsel_quota_list *list);
size_t morsel_quota_list_count(const struct morsel_quota_list *list);
/* The quota at @index, or NULL behind the end. It belongs to the list. */
const struct morsel_quota *morsel_quota_list_at(const struct morsel_quota_list *list, size_t index);

#ifdef __cplusplus
}
#endif

#endif
