/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where pools are mounted. */
#ifndef MORSEL_MOUNTS_H
#define MORSEL_MOUNTS_H

#include <stdio.h>
#include "internal.h"

struct morsel_mount {
	char *dir;
	char *pool;
	dev_t dev;
	bool whole; /* the root of the pool, not a directory in it */
};

/*
 * Add the mounts of @pool that @mountinfo lists, in its order; free them with
 * morsel_mount_free(). Return: 0 or -errno.
 */
int morsel_read_mounts(FILE *mountinfo, const char *pool, struct morsel_array *mounts);
/* The same from /proc/self/mountinfo, with an error text. */
int morsel_find_mounts(uint64_t owner, const char *pool, struct morsel_array *mounts);
void morsel_mount_free(void *mount);
/* Does its path lead to it, with nothing else mounted on top? */
bool morsel_mount_visible(const struct morsel_mount *mount);
/* Return: the best place to use @pool at, to be freed, or NULL with @err (-ENXIO) and its text. */
struct morsel_mount *morsel_choose_mount(uint64_t owner, const char *pool, int *err);

/*
 * Remove /run/morsel/POOL if it is there and empty. Context: the pool is gone. While it
 * is not, another mount namespace may have it mounted there, and would lose it by this.
 */
void morsel_remove_run_dir(const char *pool);

/* ---- fsmount.c ---- */

/*
 * Mount a pool nowhere, for move_mount(2).  @name: NULL: what @options or the pool says.
 * @options: as of mount -o, or NULL.  Return: a descriptor, or -errno with the kernel's words.
 */
int morsel_make_mount(uint64_t owner, const char *source, const char *name, const char *options);

#endif
