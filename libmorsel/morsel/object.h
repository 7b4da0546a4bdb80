/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Morsels and directories. Included by <morsel.h>, which says what holds for all of it. */
#ifndef MORSEL_OBJECT_H
#define MORSEL_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;
struct morsel_info; /* what is known of a morsel or directory */
struct morsel_list;

enum morsel_attr_set {
	MORSEL_SET_SIZE = 1 << 0,
	MORSEL_SET_MODE = 1 << 1,
	MORSEL_SET_UID = 1 << 2,
	MORSEL_SET_GID = 1 << 3,
	MORSEL_SET_ADDR = 1 << 4,
	MORSEL_SET_MAX_SIZE = 1 << 5,
	MORSEL_SET_NO_ADDR = 1 << 6, /* morsel_set(): take the address away */
};

/* What a morsel or directory is to be like. */
struct morsel_attr {
	uint32_t set;  /* enum morsel_attr_set: the rest is ignored */
	uint32_t mode; /* permission bits; default 0600, for a directory 0700 */
	uint64_t size; /* default 0; not for directories */
	uint32_t uid;  /* default the caller */
	uint32_t gid;
	uint64_t addr;	   /* in every process, in the morsel window; 0: the lowest that fits */
	uint64_t max_size; /* with an address: the largest size; default @size */
	uint64_t reserved[4]; /* must be 0 */
};

enum morsel_create_flags {
	MORSEL_CREATE_EXCLUSIVE = 1 << 0, /* -EEXIST if it exists */
	MORSEL_CREATE_DIRECTORY = 1 << 1,
};

/**
 * morsel_create() - create a morsel or a directory
 * @name: POOL:PATH
 * @attr: NULL for all defaults; ignored for what exists
 * @flags: enum morsel_create_flags
 * @info: receives what is there now; morsel_info_created() tells whether it is
 *	new. Free it with morsel_info_free()
 *
 * The umask plays no part. Memory is allocated on first use.
 *
 * Return: 0; -EINVAL (name, attributes), -ENAMETOOLONG, -ENOENT (no such pool
 * or directory), -ENOTDIR, -ELOOP (a symbolic link on the way), -EACCES,
 * -EEXIST, -EISDIR (exists, but is of the other type), -EROFS, -ENOSPC, -EDQUOT. If the
 * address cannot be had: -ERANGE (outside of the window), -EADDRINUSE (another morsel has it),
 * -EFBIG (larger than the window), -ENOSPC (no gap is large enough), -EPERM.
 */
int morsel_create(struct morsel_ctx *ctx, const char *name, const struct morsel_attr *attr,
		  unsigned int flags, struct morsel_info **info);

/**
 * morsel_stat() - look at a morsel or directory
 * @name: POOL:PATH
 * @info: receives it; free it with morsel_info_free()
 *
 * Return: 0; -EINVAL, -ENAMETOOLONG, -ENOENT, -ENOTDIR, -ELOOP, -EACCES.
 */
int morsel_stat(struct morsel_ctx *ctx, const char *name, struct morsel_info **info);

/* The same for the object of a pool that has this id. */
int morsel_stat_id(struct morsel_ctx *ctx, const char *pool, uint64_t id,
		   struct morsel_info **info);

/**
 * morsel_set() - change what is in @attr, all of it or nothing
 * @name: POOL:PATH
 * @id: 0, or: -ESTALE unless the object has this id
 * @info: receives what is there now; free it with morsel_info_free()
 *
 * Return: 0; as morsel_stat(), and -EINVAL (nothing to set, or an invalid
 * value), -EISDIR (size of a directory), -EPERM, -EFBIG, -EROFS, -ENOSPC. An address is
 * set or taken away by itself, as in morsel_create(): -EBUSY (mapped), -ENOENT (none).
 */
int morsel_set(struct morsel_ctx *ctx, const char *name, uint64_t id,
	       const struct morsel_attr *attr, struct morsel_info **info);

/**
 * morsel_resize() - change the size of a morsel
 *
 * What is cut off is freed; processes that touch it get SIGBUS. What is added
 * reads as zeros. Return: as morsel_set().
 */
int morsel_resize(struct morsel_ctx *ctx, const char *name, uint64_t size);

/**
 * morsel_rename() - move a morsel or directory within its pool
 * @name: POOL:PATH
 * @id: 0, or: -ESTALE unless the object has this id
 * @new_name: POOL:PATH in the same pool
 * @flags: MORSEL_RENAME_FLAG_NOREPLACE, MORSEL_RENAME_FLAG_EXCHANGE, or 0 to
 *	replace what may be there, as rename(2)
 *
 * Return: 0; as morsel_stat(), and -EXDEV (another pool), -EEXIST, -EISDIR,
 * -ENOTEMPTY, -EPERM, -EBUSY, -EROFS, -EINVAL (a directory into itself).
 */
int morsel_rename(struct morsel_ctx *ctx, const char *name, uint64_t id, const char *new_name,
		  unsigned int flags);

/**
 * morsel_remove() - remove a morsel or an empty directory
 * @name: POOL:PATH
 * @id: 0, or: -ESTALE unless the object has this id
 *
 * Processes that have the morsel open or mapped keep it until they let go.
 *
 * Return: 0; as morsel_stat(), and -ENOTEMPTY, -EPERM, -EBUSY, -EROFS.
 */
int morsel_remove(struct morsel_ctx *ctx, const char *name, uint64_t id);

/* Free a snapshot (not one that belongs to a list). NULL is allowed. */
void morsel_info_free(struct morsel_info *info);

/* POOL:PATH, or NULL if it has no name (any more), or one that is too long. */
const char *morsel_info_name(const struct morsel_info *info);
uint32_t morsel_info_pool_id(const struct morsel_info *info);
const char *morsel_info_pool(const struct morsel_info *info);
/* The path in the pool ("" for its root), or NULL as above. */
const char *morsel_info_path(const struct morsel_info *info);
/* Unique in the pool, never used again; the inode number where mounted. */
uint64_t morsel_info_id(const struct morsel_info *info);
/* The id of the directory that holds it; 0 for the root. */
uint64_t morsel_info_parent(const struct morsel_info *info);
/* enum morsel_object_type */
uint32_t morsel_info_type(const struct morsel_info *info);
uint64_t morsel_info_size(const struct morsel_info *info);
/* Permission bits, without the type. */
uint32_t morsel_info_mode(const struct morsel_info *info);
uint32_t morsel_info_uid(const struct morsel_info *info);
uint32_t morsel_info_gid(const struct morsel_info *info);
/* Bytes of memory allocated, and how many of them in frames of 2 MiB. */
uint64_t morsel_info_allocated(const struct morsel_info *info);
uint64_t morsel_info_huge(const struct morsel_info *info);
/* Number of names. */
uint32_t morsel_info_nlink(const struct morsel_info *info);
/* Last access, last change of contents, last change at all, creation. */
int64_t morsel_info_atime(const struct morsel_info *info);
int64_t morsel_info_mtime(const struct morsel_info *info);
int64_t morsel_info_ctime(const struct morsel_info *info);
int64_t morsel_info_btime(const struct morsel_info *info);
/* Mappings in processes, and page-table entries of processes that lead into it. */
uint64_t morsel_info_attachments(const struct morsel_info *info);
uint64_t morsel_info_links(const struct morsel_info *info);
/* Page-table pages of its writable view, read-only view, canonical tree. */
uint64_t morsel_info_rw_tables(const struct morsel_info *info);
uint64_t morsel_info_ro_tables(const struct morsel_info *info);
uint64_t morsel_info_tree_tables(const struct morsel_info *info);
/* The address in every process, 0 if it has none, and its largest size then. */
uint64_t morsel_info_addr(const struct morsel_info *info);
uint64_t morsel_info_max_size(const struct morsel_info *info);
/* From morsel_create(): it did not exist before. */
bool morsel_info_created(const struct morsel_info *info);

enum morsel_list_flags {
	MORSEL_LIST_RECURSIVE = 1 << 0,
};

/**
 * morsel_list() - look at the entries of a directory
 * @name: POOL:PATH of a directory; NULL for everything in all pools
 * @flags: MORSEL_LIST_RECURSIVE: also what is in the directories below
 * @list: receives what the caller may see, by ascending id, without the
 *	directory itself; free it with morsel_list_free()
 *
 * When names change while the list is being made, it is made again, up to five
 * times; see morsel_list_inexact().
 *
 * Return: 0; as morsel_stat().
 */
int morsel_list(struct morsel_ctx *ctx, const char *name, unsigned int flags,
		struct morsel_list **list);
void morsel_list_free(struct morsel_list *list);
size_t morsel_list_count(const struct morsel_list *list);
/* The object at @index, or NULL behind the end. It belongs to the list. */
const struct morsel_info *morsel_list_at(const struct morsel_list *list, size_t index);
/* Names changed all the time: objects may be missing or appear twice. */
bool morsel_list_inexact(const struct morsel_list *list);

#ifdef __cplusplus
}
#endif

#endif
