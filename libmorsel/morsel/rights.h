/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rights. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_RIGHTS_H
#define MORSEL_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;
struct morsel_info;
struct morsel_rights; /* the rights on an object */

/* An entry of an access control list. */
struct morsel_acl_entry {
	uint32_t tag;  /* enum morsel_acl_tag */
	uint32_t id;   /* of a user or group */
	uint32_t perm; /* enum morsel_acl_perm */
};

enum morsel_acl_list {
	MORSEL_ACL_ACCESS = 0,	/* who may do what with the object */
	MORSEL_ACL_DEFAULT = 1, /* what new objects in the directory get */
};

/**
 * morsel_rights_get() - look at the rights on an object
 * @name: POOL:PATH
 * @rights: receives them; free them with morsel_rights_free()
 *
 * Return: 0; as morsel_stat().
 */
int morsel_rights_get(struct morsel_ctx *ctx, const char *name, struct morsel_rights **rights);
void morsel_rights_free(struct morsel_rights *rights);

/* The object they are on; it belongs to @rights. */
const struct morsel_info *morsel_rights_info(const struct morsel_rights *rights);
/* Entries of a list. An access list has at least those of owner, group and others. */
size_t morsel_rights_count(const struct morsel_rights *rights, enum morsel_acl_list list);
/* The entry at @index, or NULL behind the end. It belongs to @rights. */
const struct morsel_acl_entry *morsel_rights_at(const struct morsel_rights *rights,
						enum morsel_acl_list list, size_t index);
/* How often rights were taken back from who had the object open or mapped. */
uint64_t morsel_rights_revokes(const struct morsel_rights *rights);

/* The permission of the entry for @tag and @id, or -1 if there is none. */
int morsel_rights_find(const struct morsel_rights *rights, enum morsel_acl_list list, uint32_t tag,
		       uint32_t id);
/*
 * Set that entry, or remove it, in the snapshot. Nobody else has more by it: first
 * the entries that a mask bounds lose what it does not let through, then the mask becomes
 * what they add up to; where that is nothing and others have rights, what others have,
 * as the kernel does not look at a list whose mask is empty. A mask is set as it is given.
 * Return: 0, -ENOMEM, -EINVAL (the entry of owner, group or others cannot be removed).
 */
int morsel_rights_put(struct morsel_rights *rights, enum morsel_acl_list list, uint32_t tag,
		      uint32_t id, uint32_t perm);
int morsel_rights_drop(struct morsel_rights *rights, enum morsel_acl_list list, uint32_t tag,
		       uint32_t id);

/*
 * Remove all entries of a list from the snapshot, but those of owner, group and others
 * from the access list.
 */
void morsel_rights_clear(struct morsel_rights *rights, enum morsel_acl_list list);

enum morsel_rights_flags {
	MORSEL_RIGHTS_REVOKE = 1 << 0,	  /* also from who has it open or mapped */
	MORSEL_RIGHTS_UNCHANGED = 1 << 1, /* only if they are still those of the snapshot */
};

/**
 * morsel_rights_set() - give an object the lists of a snapshot
 * @name: POOL:PATH
 * @id: 0, or: -ESTALE unless the object has this id
 * @flags: enum morsel_rights_flags
 *
 * With MORSEL_RIGHTS_REVOKE, when it returns nobody who has lost a right uses it
 * any more, through whatever mapping or descriptor.
 *
 * With MORSEL_RIGHTS_UNCHANGED, for who changes a snapshot of this object and puts it
 * back: what others have changed since it was taken is not undone. Where that is refused
 * with -EAGAIN, take another and change that.
 *
 * Return: 0; as morsel_stat(), and -EINVAL (a list without sense), -E2BIG, -EPERM
 * (not the owner), -EROFS, -EBUSY, -EAGAIN.
 */
int morsel_rights_set(struct morsel_ctx *ctx, const char *name, uint64_t id,
		      const struct morsel_rights *rights, unsigned int flags);

/**
 * morsel_seal() - make the contents of a morsel final
 * @name: POOL:PATH
 * @id: 0, or: -ESTALE unless the object has this id
 *
 * Nobody writes, resizes or maps it for writing from then on; there is no way
 * back. Return: 0; as morsel_stat(), and -EPERM (not the owner), -EBUSY (direct
 * I/O is in flight), -EISDIR, -EROFS.
 */
int morsel_seal(struct morsel_ctx *ctx, const char *name, uint64_t id);

/* The contents are final. */
bool morsel_info_sealed(const struct morsel_info *info);
/* Media errors have taken some of its contents since the pool was mounted. */
bool morsel_info_poisoned(const struct morsel_info *info);

#ifdef __cplusplus
}
#endif

#endif
