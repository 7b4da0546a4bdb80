/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pools, and where they are mounted. Included by <morsel.h>; see there. */
#ifndef MORSEL_POOL_H
#define MORSEL_POOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;
struct morsel_pool; /* what is known of a pool */
struct morsel_pool_list;

enum morsel_pool_attr_set {
	MORSEL_POOL_SET_SIZE = 1 << 0,
	MORSEL_POOL_SET_OBJECTS_MAX = 1 << 1,
	MORSEL_POOL_SET_HUGE = 1 << 2,
	MORSEL_POOL_SET_MODE = 1 << 3,
	MORSEL_POOL_SET_UID = 1 << 4,
	MORSEL_POOL_SET_GID = 1 << 5,
};

/* What a new pool is to be like. What is not in @set is left to the kernel. */
struct morsel_pool_attr {
	uint32_t set;	      /* enum morsel_pool_attr_set */
	uint32_t huge;	      /* enum morsel_huge; default always */
	uint64_t size;	      /* capacity; default half of the memory */
	uint64_t objects_max; /* most files and directories; default no limit */
	uint32_t mode;	      /* of the root directory; default 0755 */
	uint32_t uid;	      /* default the caller */
	uint32_t gid;
	uint32_t zero; /* must be 0, as must the next */
	uint64_t reserved[4];
};

/**
 * morsel_pool_create() - make a volatile pool
 * @name: up to 63 bytes without slash, colon and control characters
 * @attr: NULL for all defaults
 * @pool: receives the new pool; free it with morsel_pool_free()
 *
 * The pool lives until morsel_pool_destroy(), mounted or not. Needs
 * CAP_SYS_ADMIN.
 *
 * Return: 0; -EEXIST, -EINVAL (name, size, uid, gid, unknown bits in @attr),
 * -ENAMETOOLONG.
 */
int morsel_pool_create(struct morsel_ctx *ctx, const char *name,
		       const struct morsel_pool_attr *attr, struct morsel_pool **pool);

/**
 * morsel_pool_destroy() - drop a pool and all that is in it
 *
 * The directory /run/morsel/POOL goes with it. Needs CAP_SYS_ADMIN.
 *
 * Return: 0; -ENOENT, -EBUSY (mounted, or something in it is open or mapped),
 * -EPERM (made by mount(8): umount ends it).
 */
int morsel_pool_destroy(struct morsel_ctx *ctx, const char *name);

/**
 * morsel_pool_get() - look at a pool
 * @pool: receives it; free it with morsel_pool_free()
 *
 * Return: 0; -ENOENT (no such pool, or one that the caller may not see).
 */
int morsel_pool_get(struct morsel_ctx *ctx, const char *name, struct morsel_pool **pool);

/* Free a pool's snapshot (not one that belongs to a list). NULL is allowed. */
void morsel_pool_free(struct morsel_pool *pool);

uint32_t morsel_pool_id(const struct morsel_pool *pool);
const char *morsel_pool_name(const struct morsel_pool *pool);
uint64_t morsel_pool_size(const struct morsel_pool *pool);
/* Bytes allocated to objects. */
uint64_t morsel_pool_used(const struct morsel_pool *pool);
/* Files and directories, the root directory included. */
uint64_t morsel_pool_objects(const struct morsel_pool *pool);
/* The most there may be; 0: no limit. */
uint64_t morsel_pool_objects_max(const struct morsel_pool *pool);
/* enum morsel_huge */
uint32_t morsel_pool_huge(const struct morsel_pool *pool);
/* Permission bits, owner and group of the root directory. */
uint32_t morsel_pool_mode(const struct morsel_pool *pool);
uint32_t morsel_pool_uid(const struct morsel_pool *pool);
uint32_t morsel_pool_gid(const struct morsel_pool *pool);
/* enum morsel_pool_flag */
uint32_t morsel_pool_flags(const struct morsel_pool *pool);
/* Bytes withdrawn because of memory errors. */
uint64_t morsel_pool_poisoned(const struct morsel_pool *pool);
/* Changes whenever a name in the pool does. */
uint64_t morsel_pool_generation(const struct morsel_pool *pool);
/* Of the bytes allocated to objects, those in 2 MiB frames. */
uint64_t morsel_pool_used_huge(const struct morsel_pool *pool);
/* Bytes that objects can still get. */
uint64_t morsel_pool_available(const struct morsel_pool *pool);
/*
 * Of these, the bytes that can be had in 2 MiB frames; UINT64_MAX of a volatile pool,
 * which takes its frames from the machine.
 */
uint64_t morsel_pool_available_huge(const struct morsel_pool *pool);
/* Pages of all objects' canonical trees, writable views and read-only views. */
uint64_t morsel_pool_tree_tables(const struct morsel_pool *pool);
uint64_t morsel_pool_rw_tables(const struct morsel_pool *pool);
uint64_t morsel_pool_ro_tables(const struct morsel_pool *pool);
/* The label a persistent pool was given when it was formatted, or NULL. Several may have it. */
const char *morsel_pool_label(const struct morsel_pool *pool);
/* Its UUID, in lower case; NULL if the pool is volatile. */
const char *morsel_pool_uuid(const struct morsel_pool *pool);
/* What the kernel calls its block device, as in /sys/class/block; NULL if it is volatile. */
const char *morsel_pool_device(const struct morsel_pool *pool);

/**
 * morsel_pool_list() - look at all pools that the caller may see
 * @list: receives them by ascending id; free it with morsel_pool_list_free()
 */
int morsel_pool_list(struct morsel_ctx *ctx, struct morsel_pool_list **list);
void morsel_pool_list_free(struct morsel_pool_list *list);
size_t morsel_pool_list_count(const struct morsel_pool_list *list);
/* The pool at @index, or NULL behind the end. It belongs to the list. */
const struct morsel_pool *morsel_pool_list_at(const struct morsel_pool_list *list, size_t index);

/**
 * morsel_pool_mount_point() - where a pool is mounted
 * @dir: receives the path; free() it
 *
 * Of several places /run/morsel/POOL is preferred, else the one mounted last.
 * Places where only a part of the pool is seen, or that something else is
 * mounted upon, do not count. No control plane is needed.
 *
 * Return: 0; -ENXIO (not mounted in this mount namespace), or of reading
 * /proc/self/mountinfo.
 */
int morsel_pool_mount_point(struct morsel_ctx *ctx, const char *pool, char **dir);

/**
 * morsel_pool_mount() - mount a pool that exists
 * @dir: an existing directory; NULL for /run/morsel/POOL, which is made
 *
 * Return: 0; -ENOENT (no such pool or directory), -EBUSY, -EPERM, and others
 * of mount(2).
 */
int morsel_pool_mount(struct morsel_ctx *ctx, const char *pool, const char *dir);

/**
 * morsel_pool_attach() - mount the persistent pool on a device
 * @device: the block device of an fsdax namespace
 * @dir: an existing directory; NULL for one in /run/morsel, which is made. It has the name of
 *	the pool, or if nobody has given that one its UUID
 * @options: NULL, or as of mount -o, separated by commas: "ro", "name=NAME", "huge=never" and
 *	those of every mount; suid, dev and exec must be asked for
 * @pool: receives the pool; free it with morsel_pool_free()
 *
 * Nothing is left behind by a failure. A device that is attached already is mounted once more.
 *
 * Return: 0; -EOPNOTSUPP (no fsdax namespace), -EINVAL (no pool, or one that is not known
 * here), -EBUSY (in use, a copy of a pool that is mounted, the name is taken, or the directory
 * in /run/morsel), -EACCES, -EROFS (only with "ro"), -EUCLEAN, -EPERM, -ENODEV, and others of
 * mount(2). morsel_error() has the kernel's words.
 */
int morsel_pool_attach(struct morsel_ctx *ctx, const char *device, const char *dir,
		       const char *options, struct morsel_pool **pool);

/**
 * morsel_pool_on_device() - which pool is attached from a device
 * @device: the block device; /dev/NAME may be gone while its pool is not
 * @pool: receives the pool; free it with morsel_pool_free()
 *
 * Return: 0; -ENOENT (none that the caller may see), -ENOTBLK.
 */
int morsel_pool_on_device(struct morsel_ctx *ctx, const char *device, struct morsel_pool **pool);

/**
 * morsel_pool_unmount() - unmount a pool wherever this mount namespace has it
 *
 * If one of the places cannot be unmounted, those before it stay unmounted. A directory in
 * /run/morsel that it was on goes if it is empty, and the pool is mounted nowhere else.
 *
 * Return: the number of places; -EBUSY, -EPERM, and others of umount(2).
 */
int morsel_pool_unmount(struct morsel_ctx *ctx, const char *pool);

#ifdef __cplusplus
}
#endif

#endif
