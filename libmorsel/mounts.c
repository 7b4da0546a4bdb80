// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding the mounts of a pool in /proc/self/mountinfo. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "mounts.h"

/* Undo the kernel's \ooo in place. */
static void unescape(char *s)
{
	char *out = s;
	int i;

	for (; *s; s++, out++) {
		*out = *s;
		for (i = 1; *s == '\\' && i <= 3 && s[i] >= '0' && s[i] <= '7'; i++)
			;
		if (i == 4) {
			*out = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
			s += 3;
		}
	}
	*out = '\0';
}

/* The value of name= among the comma-separated @options, unescaped in place, or NULL. */
static char *pool_option(char *options)
{
	char *option;

	while ((option = strsep(&options, ","))) {
		if (strncmp(option, "name=", 5))
			continue;
		unescape(option + 5);
		return option + 5;
	}
	return NULL;
}

/* The fields of a line that matter; they point into it. */
struct line {
	unsigned int major, minor;
	char *root, *dir, *options;
};

/*
 * ID PARENT MAJOR:MINOR ROOT DIR OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
 * Return: whether it is a mount of our type.
 */
static bool parse_line(char *text, struct line *line)
{
	char *rest = strstr(text, " - "), *dev;
	int i;

	if (!rest || strncmp(rest + 3, "morsel ", 7))
		return false;
	*rest = '\0';
	rest += 10;
	strsep(&rest, " ");
	line->options = strsep(&rest, "\n ");
	for (i = 0; i < 2; i++)
		strsep(&text, " ");
	dev = strsep(&text, " ");
	line->root = strsep(&text, " ");
	line->dir = strsep(&text, " ");
	return line->dir && line->options && sscanf(dev, "%u:%u", &line->major, &line->minor) == 2;
}

static struct morsel_mount *new_mount(struct line *line, const char *pool)
{
	struct morsel_mount *mount = calloc(1, sizeof(*mount));

	if (!mount)
		return NULL;
	unescape(line->dir);
	mount->dir = strdup(line->dir);
	mount->pool = strdup(pool);
	mount->dev = makedev(line->major, line->minor);
	mount->whole = !strcmp(line->root, "/");
	if (!mount->dir || !mount->pool) {
		morsel_mount_free(mount);
		return NULL;
	}
	return mount;
}

/* Add the mount that @text describes, if it is one of @pool. */
static int take_line(char *text, const char *pool, struct morsel_array *mounts)
{
	struct morsel_mount *mount;
	struct line line;
	char *name;

	if (!parse_line(text, &line))
		return 0;
	name = pool_option(line.options);
	if (!name || strcmp(name, pool))
		return 0;
	mount = new_mount(&line, name);
	if (mount && !morsel_array_add(mounts, mount))
		return 0;
	if (mount)
		morsel_mount_free(mount);
	return -ENOMEM;
}

int morsel_read_mounts(FILE *mountinfo, const char *pool, struct morsel_array *mounts)
{
	size_t room = 0;
	char *text = NULL;
	int err = 0;

	while (!err && (errno = 0, getline(&text, &room, mountinfo) > 0))
		err = take_line(text, pool, mounts);
	if (!err && ferror(mountinfo))
		err = errno ? -errno : -EIO;
	free(text);
	return err;
}

int morsel_find_mounts(uint64_t owner, const char *pool, struct morsel_array *mounts)
{
	static const char path[] = "/proc/self/mountinfo";
	FILE *file = fopen(path, "re");
	int err;

	if (!file)
		return morsel_fail(owner, -errno, "%s: %s", path, strerror(errno));
	err = morsel_read_mounts(file, pool, mounts);
	fclose(file);
	if (err)
		morsel_fail(owner, err, "%s: %s", path, strerror(-err));
	return err;
}

void morsel_mount_free(void *data)
{
	struct morsel_mount *mount = data;

	free(mount->dir);
	free(mount->pool);
	free(mount);
}

bool morsel_mount_visible(const struct morsel_mount *mount)
{
	struct stat st;

	if (stat(mount->dir, &st))
		return errno == EACCES; /* to be reported when it is opened */
	return st.st_dev == mount->dev;
}

/* Return: the index of the best mount, or the number of mounts if there is none. */
static size_t best_mount(const struct morsel_array *mounts, const char *preferred)
{
	size_t i, best = mounts->count;

	for (i = 0; i < mounts->count; i++) {
		const struct morsel_mount *mount = mounts->items[i];

		if (!mount->whole || !morsel_mount_visible(mount))
			continue;
		best = i;
		if (!strcmp(mount->dir, preferred))
			break;
	}
	return best;
}

struct morsel_mount *morsel_choose_mount(uint64_t owner, const char *pool, int *err)
{
	struct morsel_array mounts = { 0 };
	char preferred[sizeof(MORSEL_RUN_DIR) + MORSEL_MAX_POOL_NAME + 1];
	struct morsel_mount *mount = NULL;
	size_t best;

	*err = morsel_pool_name_check(owner, pool);
	if (!*err)
		*err = morsel_find_mounts(owner, pool, &mounts);
	if (*err)
		return NULL;
	snprintf(preferred, sizeof(preferred), "%s/%s", MORSEL_RUN_DIR, pool);
	best = best_mount(&mounts, preferred);
	if (best < mounts.count) {
		mount = mounts.items[best];
		mounts.items[best] = mounts.items[--mounts.count];
	} else {
		*err = morsel_fail(owner, -ENXIO, "the pool %s is not mounted here",
				   morsel_quote(pool));
	}
	morsel_array_clear(&mounts, morsel_mount_free);
	return mount;
}

MORSEL_EXPORT int morsel_pool_mount_point(struct morsel_ctx *ctx, const char *pool, char **dir)
{
	struct morsel_mount *mount;
	int err;

	morsel_clear_error(ctx->serial);
	mount = morsel_choose_mount(ctx->serial, pool, &err);
	if (!mount)
		return err;
	if (dir) {
		*dir = mount->dir;
		mount->dir = NULL;
	}
	morsel_mount_free(mount);
	return 0;
}
