// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening morsels where their pool is mounted. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/openat2.h>
#include "handle.h"
#include "mounts.h"

/* Open the root of @mount. Return: a descriptor or -errno. */
static int open_root(uint64_t owner, const struct morsel_mount *mount)
{
	int fd = open(mount->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return morsel_fail(owner, err, "%s: %s", morsel_quote(mount->dir), strerror(-err));
	}
	if (st.st_dev != mount->dev) {
		close(fd);
		return morsel_fail(owner, -ENXIO, "%s: the mount has gone",
				   morsel_quote(mount->dir));
	}
	return fd;
}

/* Open @path below @root and nowhere else. Return: a descriptor or -errno. */
static int open_below(uint64_t owner, int root, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NOCTTY,
		.mode = flags & O_CREAT ? mode & 07777 : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	struct stat st;
	int fd, err = 0;

	fd = syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
	if (fd < 0 || fstat(fd, &st))
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return morsel_fail(owner, err, "%s", strerror(-err));
}

static int open_name(uint64_t owner, const struct morsel_name *name, int flags, mode_t mode)
{
	struct morsel_mount *mount;
	int root, fd, err;

	mount = morsel_choose_mount(owner, name->pool, &err);
	if (!mount)
		return err;
	root = open_root(owner, mount);
	morsel_mount_free(mount);
	if (root < 0)
		return root;
	fd = open_below(owner, root, name->path, flags, mode);
	close(root);
	return fd;
}

static bool good_flags(int flags)
{
	int access = flags & O_ACCMODE;

	return (access == O_RDONLY || access == O_RDWR) &&
	       !(flags & ~(O_ACCMODE | O_CREAT | O_EXCL | O_CLOEXEC));
}

MORSEL_EXPORT int morsel_open(struct morsel_ctx *ctx, const char *text, int flags, mode_t mode,
			      struct morsel **out)
{
	struct morsel_name name;
	struct morsel *morsel;
	int err;

	morsel_clear_error(ctx->serial);
	if (!good_flags(flags))
		return morsel_fail(ctx->serial, -EINVAL, "morsel_open: flags %#x", flags);
	err = morsel_name_split(ctx->serial, text, &name);
	if (err)
		return err;
	morsel = malloc(sizeof(*morsel));
	if (morsel) {
		morsel->owner = ctx->serial;
		morsel->fd = open_name(ctx->serial, &name, flags, mode);
		err = morsel->fd < 0 ? morsel->fd : 0;
	} else {
		err = morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	}
	morsel_name_free(&name);
	if (err)
		free(morsel);
	else
		*out = morsel;
	return err;
}

MORSEL_EXPORT void morsel_close(struct morsel *morsel)
{
	if (!morsel)
		return;
	close(morsel->fd);
	free(morsel);
}

MORSEL_EXPORT int morsel_fd(const struct morsel *morsel)
{
	return morsel->fd;
}

MORSEL_EXPORT int morsel_size(const struct morsel *morsel, uint64_t *size)
{
	struct stat st;

	if (fstat(morsel->fd, &st))
		return morsel_fail(morsel->owner, -errno, "%s", strerror(errno));
	*size = st.st_size;
	return 0;
}
