// SPDX-License-Identifier: LGPL-2.1-or-later
/* Mounting and unmounting pools. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mounts.h"

enum { RUN_PATH = sizeof(MORSEL_RUN_DIR) + MORSEL_MAX_POOL_NAME + 1 };

/* Fail with the kernel's words about the file system context @fs, if it has any. */
static int fail_with_context(uint64_t owner, int fs, int err, const char *what)
{
	char text[256];
	ssize_t n = read(fs, text, sizeof(text) - 1);

	/* "e ", "w " or "i " and the message */
	if (n <= 2)
		return morsel_fail(owner, err, "%s: %s", what, strerror(-err));
	text[n] = '\0';
	return morsel_fail(owner, err, "%s: %s", what, morsel_quote(text + 2));
}

/* Return: a detached mount of @pool, or -errno. */
static int make_mount(uint64_t owner, const char *pool)
{
	int fs = fsopen("morsel", FSOPEN_CLOEXEC), fd = -1;

	if (fs < 0 && errno == ENODEV)
		return morsel_fail(owner, -ENODEV, "the kernel module morsel is not loaded");
	if (fs < 0)
		return morsel_fail(owner, -errno, "mount: %s", strerror(errno));
	if (!fsconfig(fs, FSCONFIG_SET_STRING, "source", "none", 0) &&
	    !fsconfig(fs, FSCONFIG_SET_STRING, "name", pool, 0) &&
	    !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = fsmount(fs, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (fd < 0)
		fd = fail_with_context(owner, fs, -errno, "mount");
	close(fs);
	return fd;
}

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

static int mount_at(uint64_t owner, const char *pool, const char *dir)
{
	int fd = make_mount(owner, pool), err = 0;

	if (fd < 0)
		return fd;
	if (move_mount(fd, "", AT_FDCWD, dir, MOVE_MOUNT_F_EMPTY_PATH))
		err = morsel_fail(owner, -errno, "%s: %s", morsel_quote(dir), strerror(errno));
	close(fd);
	return err;
}

MORSEL_EXPORT int morsel_pool_mount(struct morsel_ctx *ctx, const char *pool, const char *dir)
{
	char run[RUN_PATH];
	bool made = false;
	int err;

	/* Mounting a name that no pool has would make one. */
	err = morsel_pool_get(ctx, pool, NULL);
	if (err)
		return err;
	snprintf(run, sizeof(run), "%s/%s", MORSEL_RUN_DIR, pool);
	if (!dir)
		err = make_run_dir(ctx->serial, pool, run, &made);
	if (!err)
		err = mount_at(ctx->serial, pool, dir ? dir : run);
	if (err && made)
		rmdir(run);
	return err;
}

static int unmount_one(uint64_t owner, const struct morsel_mount *mount)
{
	const char *dir = mount->dir;

	/* By its path alone, whatever covers it would be unmounted. */
	if (!morsel_mount_visible(mount))
		return morsel_fail(owner, -EBUSY, "%s: another file system is mounted on top",
				   morsel_quote(dir));
	if (umount2(dir, UMOUNT_NOFOLLOW))
		return morsel_fail(owner, -errno, "%s: %s", morsel_quote(dir), strerror(errno));
	return 0;
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
	morsel_array_clear(&mounts, morsel_mount_free);
	return err ? err : count;
}

void morsel_remove_run_dir(const char *pool)
{
	char run[RUN_PATH];

	snprintf(run, sizeof(run), "%s/%s", MORSEL_RUN_DIR, pool);
	rmdir(run);
}
