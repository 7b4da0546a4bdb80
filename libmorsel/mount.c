// SPDX-License-Identifier: LGPL-2.1-or-later
/* Mounting and unmounting pools. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "mounts.h"

enum { RUN_PATH = sizeof(MORSEL_RUN_DIR) + MORSEL_MAX_POOL_NAME + 1 };

/* Make @path if it is not there; @made tells. */
static int make_dir(uint64_t owner, const char *path, bool *made)
{
	*made = !mkdir(path, 0755);
	if (*made || errno == EEXIST)
		return 0;
	return morsel_fail(owner, -errno, "%s: %s", path, strerror(errno));
}

/* Make /run/morsel/POOL. Return: 0; -EBUSY if the pool is mounted there already. */
static int make_run_dir(uint64_t owner, const char *pool, const char *dir, bool *made)
{
	struct morsel_mount *mount;
	bool same;
	int err;

	mount = morsel_choose_mount(owner, pool, &err);
	if (mount) {
		same = !strcmp(mount->dir, dir);
		morsel_mount_free(mount);
		if (same)
			return morsel_fail(owner, -EBUSY, "it is mounted at %s", dir);
	}
	err = make_dir(owner, MORSEL_RUN_DIR, made);
	*made = false;
	return err ? err : make_dir(owner, dir, made);
}

static int place_on(uint64_t owner, int fd, const char *dir)
{
	if (!move_mount(fd, "", AT_FDCWD, dir, MOVE_MOUNT_F_EMPTY_PATH))
		return 0;
	return morsel_fail(owner, -errno, "%s: %s", morsel_quote(dir), strerror(errno));
}

static int place_on_run(uint64_t owner, int fd, const char *pool, const char *run)
{
	bool made = false;
	int err = make_run_dir(owner, pool, run, &made);

	if (!err)
		err = place_on(owner, fd, run);
	if (err && made)
		rmdir(run);
	return err;
}

/* Put the mount @fd on @dir, or if that is NULL on @run, which is made. */
static int place(uint64_t owner, int fd, const char *pool, const char *dir, const char *run)
{
	int err;

	if (dir)
		return place_on(owner, fd, dir);
	err = place_on_run(owner, fd, pool, run);
	/* Who has unmounted another pool of the name may have removed it in between. */
	if (err == -ENOENT)
		err = place_on_run(owner, fd, pool, run);
	if (!err)
		morsel_clear_error(owner);
	return err;
}

MORSEL_EXPORT int morsel_pool_mount(struct morsel_ctx *ctx, const char *pool, const char *dir)
{
	char run[RUN_PATH];
	int err, fd;

	/* Mounting a name that no pool has would make one. */
	err = morsel_pool_get(ctx, pool, NULL);
	if (err)
		return err;
	snprintf(run, sizeof(run), "%s/%s", MORSEL_RUN_DIR, pool);
	fd = morsel_make_mount(ctx->serial, "none", pool, NULL);
	if (fd < 0)
		return fd;
	err = place(ctx->serial, fd, pool, dir, run);
	close(fd);
	return err;
}

/* ---- pools on devices ---- */

/*
 * What the kernel calls the block device at @path.  One that is gone, while its pool is
 * not, still has its name.
 */
static int device_name(uint64_t owner, const char *path, char *name, size_t size)
{
	char link[64], target[PATH_MAX];
	const char *base = strrchr(path, '/');
	struct stat st;
	ssize_t n;
	int err = stat(path, &st) ? -errno : 0;

	if (err == -ENOENT && base == path + 4 && !strncmp(path, "/dev/", 5)) {
		snprintf(name, size, "%s", base + 1);
		return 0;
	}
	if (err)
		return morsel_fail(owner, err, "%s: %s", morsel_quote(path), strerror(-err));
	if (!S_ISBLK(st.st_mode))
		return morsel_fail(owner, -ENOTBLK, "%s: not a block device", morsel_quote(path));
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st.st_rdev), minor(st.st_rdev));
	n = readlink(link, target, sizeof(target) - 1);
	if (n > 0) {
		target[n] = '\0';
		base = strrchr(target, '/');
	}
	snprintf(name, size, "%s", base ? base + 1 : path);
	return 0;
}

/* A pool of the list as one of its own. */
static struct morsel_pool *copy_of(const struct morsel_pool *pool)
{
	struct morsel_pool *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *pool;
	return copy;
}

static int find_on_device(struct morsel_ctx *ctx, const char *device, struct morsel_pool **pool)
{
	struct morsel_pool_list *list;
	const char *on;
	int err = morsel_pool_list(ctx, &list);
	size_t i;

	if (err)
		return err;
	err = -ENOENT;
	for (i = 0; i < morsel_pool_list_count(list) && err == -ENOENT; i++) {
		on = morsel_pool_device(morsel_pool_list_at(list, i));
		if (!on || strcmp(on, device) != 0)
			continue;
		*pool = copy_of(morsel_pool_list_at(list, i));
		err = *pool ? 0 : -ENOMEM;
	}
	morsel_pool_list_free(list);
	if (err == -ENOENT)
		morsel_fail(ctx->serial, err, "no pool is attached from the device %s",
			    morsel_quote(device));
	else if (err)
		morsel_fail(ctx->serial, err, "%s", strerror(-err));
	return err;
}

MORSEL_EXPORT int morsel_pool_on_device(struct morsel_ctx *ctx, const char *device,
					struct morsel_pool **pool)
{
	char name[MORSEL_MAX_DEVICE + 1];
	struct morsel_pool *found = NULL;
	int err;

	morsel_clear_error(ctx->serial);
	err = device_name(ctx->serial, device, name, sizeof(name));
	if (!err)
		err = find_on_device(ctx, name, &found);
	if (!err && pool)
		*pool = found;
	else if (!err)
		morsel_pool_free(found);
	return err;
}

/* The name of the device, which may be another one's at the next boot, is none for a directory. */
static const char *lasting_name(const struct morsel_pool *pool)
{
	return !pool->label[0] && !strcmp(pool->name, pool->device) ? pool->uuid : pool->name;
}

MORSEL_EXPORT int morsel_pool_attach(struct morsel_ctx *ctx, const char *device, const char *dir,
				     const char *options, struct morsel_pool **out)
{
	struct morsel_pool *pool = NULL;
	char run[RUN_PATH], *path;
	int err, fd;

	morsel_clear_error(ctx->serial);
	/* The kernel takes a source that does not begin with a slash for no device. */
	path = realpath(device, NULL);
	if (!path)
		return morsel_fail(ctx->serial, -errno, "%s: %s", morsel_quote(device),
				   strerror(errno));
	fd = morsel_make_mount(ctx->serial, path, NULL, options);
	err = fd < 0 ? fd : morsel_pool_on_device(ctx, path, &pool);
	free(path);
	if (!err) {
		snprintf(run, sizeof(run), "%s/%s", MORSEL_RUN_DIR, lasting_name(pool));
		err = place(ctx->serial, fd, pool->name, dir, run);
	}
	if (fd >= 0)
		close(fd);
	if (!err && out)
		*out = pool;
	else
		morsel_pool_free(pool);
	return err;
}

/* ---- unmounting ---- */

static int unmount_one(uint64_t owner, const struct morsel_mount *mount)
{
	const char *dir = mount->dir;

	/* By its path alone, whatever covers it would be unmounted. */
	if (!morsel_mount_visible(mount))
		return morsel_fail(owner, -EBUSY, "%s: another file system is mounted on top",
				   morsel_quote(dir));
	if (umount2(dir, UMOUNT_NOFOLLOW))
		return morsel_fail(owner, -errno, "%s: %s", morsel_quote(dir),
				   errno == EPERM ? "only CAP_SYS_ADMIN may unmount it" :
						    strerror(errno));
	return 0;
}

static bool in_run_dir(const char *dir)
{
	size_t len = strlen(MORSEL_RUN_DIR);

	return !strncmp(dir, MORSEL_RUN_DIR "/", len + 1) && !strchr(dir + len + 1, '/');
}

/* Directories in /run/morsel that it was mounted on go with the pool; see mounts.h. */
static void remove_run_dirs(struct morsel_ctx *ctx, const char *pool,
			    const struct morsel_array *mounts)
{
	bool gone = false;
	size_t i;

	for (i = 0; i < mounts->count; i++) {
		const struct morsel_mount *mount = mounts->items[i];

		if (!in_run_dir(mount->dir))
			continue;
		if (!gone && morsel_pool_get(ctx, pool, NULL) != -ENOENT)
			break;
		gone = true;
		rmdir(mount->dir);
	}
	morsel_clear_error(ctx->serial);
}

MORSEL_EXPORT int morsel_pool_unmount(struct morsel_ctx *ctx, const char *pool)
{
	struct morsel_array mounts = { 0 };
	int err, count = 0;
	size_t i;

	morsel_clear_error(ctx->serial);
	err = morsel_pool_name_check(ctx->serial, pool);
	if (!err)
		err = morsel_find_mounts(ctx->serial, pool, &mounts);
	/* The last first: it may be on top of another. */
	for (i = mounts.count; !err && i-- > 0; count++)
		err = unmount_one(ctx->serial, mounts.items[i]);
	if (!err)
		remove_run_dirs(ctx, pool, &mounts);
	morsel_array_clear(&mounts, morsel_mount_free);
	return err ? err : count;
}

void morsel_remove_run_dir(const char *pool)
{
	char run[RUN_PATH];

	snprintf(run, sizeof(run), "%s/%s", MORSEL_RUN_DIR, pool);
	rmdir(run);
}
