// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A device or an image is mapped, and the persistence engine works on that.
 * Its fences write back what was stored, so that they hold for a page cache,
 * too; where the media cannot be read, it gets an error and we no signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "image.h"

bool is_path(const char *word)
{
	return strchr(word, '/') != NULL;
}

/* ---- what the engine does ---- */

static sigjmp_buf faulted;
static volatile sig_atomic_t touching;

static void on_bus_error(int signal_number)
{
	if (touching)
		siglongjmp(faulted, 1);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static struct image *image_of(struct pm_trace *trace)
{
	return container_of(trace, struct image, trace);
}

/* Not inline: what it changes is none of the function's that may be returned to. */
static __attribute__((noinline)) void touch(const volatile u8 *at, const volatile u8 *end)
{
	while (at < end) {
		(void)*at;
		at = (const volatile u8 *)ALIGN((uintptr_t)at + 1, (uintptr_t)MEDIA_FRAME);
	}
}

static int load(struct pm_trace *trace, u64 offset, size_t length)
{
	const u8 *base = image_of(trace)->pm.base;

	if (sigsetjmp(faulted, 0)) {
		touching = 0;
		return -EIO;
	}
	touching = 1;
	touch(base + offset, base + offset + length);
	touching = 0;
	return 0;
}

static void store(struct pm_trace *trace, u64 offset, const void *from, size_t length, bool stream)
{
	struct image *image = image_of(trace);

	(void)stream;
	image->dirty = true;
	/* There may be no room for it under a file with holes. */
	if (sigsetjmp(faulted, 0)) {
		touching = 0;
		image->err = -EIO;
		return;
	}
	touching = 1;
	if (from)
		memcpy(image->pm.base + offset, from, length);
	else
		memset(image->pm.base + offset, 0, length);
	touching = 0;
}

static void flush(struct pm_trace *trace, u64 offset, size_t length, const char *file, int line)
{
	(void)trace;
	(void)offset;
	(void)length;
	(void)file;
	(void)line;
}

static void fence(struct pm_trace *trace, const char *file, int line)
{
	struct image *image = image_of(trace);

	(void)file;
	(void)line;
	if (image->dirty && fdatasync(image->fd) && !image->err)
		image->err = -errno;
	image->dirty = false;
}

static void catch_bus_errors(void)
{
	struct sigaction action = { .sa_handler = on_bus_error, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &action, NULL);
}

/* ---- open, map, close ---- */

/* Whoever has it mounted, or holds the lock of a file, has it alone. */
static int claim(struct app *app, const struct image *image)
{
	if (image->device || !flock(image->fd, LOCK_EX | LOCK_NB))
		return 0;
	report_text(app, image->path, -EBUSY, "another program is using it");
	return -EBUSY;
}

static int check_kind(struct app *app, struct image *image)
{
	const char *hint;
	struct stat st;

	if (fstat(image->fd, &st))
		return -errno;
	image->device = S_ISBLK(st.st_mode);
	if (image->device || S_ISREG(st.st_mode))
		return 0;
	hint = S_ISCHR(st.st_mode) ? probe_mode(image) : NULL;
	report_text(app, image->path, -ENOTBLK, "%s",
		    hint ? hint : "it is neither a block device nor a file");
	free((char *)hint);
	return -ENOTBLK;
}

static int open_error(struct app *app, const char *path, int err)
{
	report_text(app, path, err, "%s",
		    err == -EBUSY ? "it is mounted, or in use otherwise" : strerror(-err));
	return err;
}

int image_open(struct app *app, struct image *image, const char *path, enum image_mode mode)
{
	int flags = mode == IMAGE_WRITE ? O_RDWR : O_RDONLY, err;
	struct stat st;

	memset(image, 0, sizeof(*image));
	image->path = path;
	image->trace = (struct pm_trace){ store, flush, fence, load };
	/* For a block device it says that nobody else may have it; for a file it says nothing. */
	if (mode != IMAGE_READ && !stat(path, &st) && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	image->fd = open(path, flags | O_CLOEXEC);
	if (image->fd < 0)
		return open_error(app, path, -errno);
	err = check_kind(app, image);
	if (!err && mode != IMAGE_READ)
		err = claim(app, image);
	if (err)
		close(image->fd);
	return err;
}

static int get_size(const struct image *image, u64 *size)
{
	struct stat st;

	if (image->device)
		return ioctl(image->fd, BLKGETSIZE64, size) ? -errno : 0;
	if (fstat(image->fd, &st))
		return -errno;
	*size = st.st_size;
	return 0;
}

int image_map(struct app *app, struct image *image, enum image_mode mode)
{
	int prot = mode == IMAGE_READ ? PROT_READ : PROT_READ | PROT_WRITE, err;
	void *base;

	image->pm.trace = &image->trace;
	err = get_size(image, &image->pm.size);
	if (err || !image->pm.size)
		return err ? open_error(app, image->path, err) : 0;
	/* What was cached before the pool was mounted the last time is no longer so. */
	if (image->device)
		posix_fadvise(image->fd, 0, 0, POSIX_FADV_DONTNEED);
	base = mmap(NULL, image->pm.size, prot, mode == IMAGE_COPY ? MAP_PRIVATE : MAP_SHARED,
		    image->fd, 0);
	if (base == MAP_FAILED)
		return open_error(app, image->path, -errno);
	image->pm.base = base;
	catch_bus_errors();
	return 0;
}

int image_close(struct app *app, struct image *image)
{
	if (image->pm.base) {
		fence(&image->trace, NULL, 0);
		munmap(image->pm.base, image->pm.size);
	}
	if (close(image->fd) && !image->err)
		image->err = -errno;
	if (image->err)
		report_text(app, image->path, image->err, "not all of it could be written: %s",
			    strerror(-image->err));
	return image->err;
}
