// SPDX-License-Identifier: LGPL-2.1-or-later
/* A mount of our type that is nowhere yet, by what fsopen(2) and the calls after it do. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include "mounts.h"

/*
 * What the kernel has said about the context last, without its level and our name, or "".
 * An error tells why, whatever warnings come after it.
 */
static void read_words(int fs, char *text, size_t size)
{
	static const char prefix[] = "morsel: ";
	char line[512], *words;
	bool error = false;
	ssize_t n;

	text[0] = '\0';
	/* "e ", "w " or "i " and the message */
	while ((n = read(fs, line, sizeof(line) - 1)) > 2) {
		if (error && line[0] != 'e')
			continue;
		error = line[0] == 'e';
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		words = line + 2;
		if (!strncmp(words, prefix, strlen(prefix)))
			words += strlen(prefix);
		strncpy(text, words, size - 1);
		text[size - 1] = '\0';
	}
}

static int fail_with_context(uint64_t owner, int fs, int err)
{
	char text[512];

	read_words(fs, text, sizeof(text));
	return morsel_fail(owner, err, "mount: %s", text[0] ? morsel_quote(text) : strerror(-err));
}

static int open_context(uint64_t owner)
{
	int fs = fsopen("morsel", FSOPEN_CLOEXEC);

	if (fs >= 0)
		return fs;
	if (errno == ENODEV)
		return morsel_fail(owner, -ENODEV, "the kernel module morsel is not loaded");
	if (errno == EPERM)
		return morsel_fail(owner, -EPERM, "only who has CAP_SYS_ADMIN can mount");
	return morsel_fail(owner, -errno, "mount: %s", strerror(errno));
}

/* ---- options ---- */

/* Options of the mount, not of the file system. */
static const struct {
	const char *name;
	unsigned int clear, set;
} attributes[] = {
	{ "defaults", 0, 0 },
	{ "ro", 0, MOUNT_ATTR_RDONLY },
	{ "rw", MOUNT_ATTR_RDONLY, 0 },
	{ "nosuid", 0, MOUNT_ATTR_NOSUID },
	{ "suid", MOUNT_ATTR_NOSUID, 0 },
	{ "nodev", 0, MOUNT_ATTR_NODEV },
	{ "dev", MOUNT_ATTR_NODEV, 0 },
	{ "noexec", 0, MOUNT_ATTR_NOEXEC },
	{ "exec", MOUNT_ATTR_NOEXEC, 0 },
	{ "noatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_NOATIME },
	{ "strictatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_STRICTATIME },
	{ "relatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_RELATIME },
	{ "nodiratime", 0, MOUNT_ATTR_NODIRATIME },
	{ "diratime", MOUNT_ATTR_NODIRATIME, 0 },
	{ "nosymfollow", 0, MOUNT_ATTR_NOSYMFOLLOW },
	{ "symfollow", MOUNT_ATTR_NOSYMFOLLOW, 0 },
};

static bool take_attribute(const char *name, unsigned int *attr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (strcmp(name, attributes[i].name) != 0)
			continue;
		*attr = (*attr & ~attributes[i].clear) | attributes[i].set;
		/* Whether it is written to is said of both. */
		return strcmp(name, "ro") && strcmp(name, "rw");
	}
	return false;
}

/* Return: 0, or -1 with errno. */
static int set_option(int fs, char *option, unsigned int *attr)
{
	char *value = strchr(option, '=');

	if (!*option || take_attribute(option, attr))
		return 0;
	if (!value)
		return fsconfig(fs, FSCONFIG_SET_FLAG, option, NULL, 0);
	*value++ = '\0';
	return fsconfig(fs, FSCONFIG_SET_STRING, option, value, 0);
}

static int set_options(uint64_t owner, int fs, const char *options, unsigned int *attr)
{
	char *copy = strdup(options), *rest = copy, *option;
	int err = 0;

	if (!copy)
		return morsel_fail(owner, -ENOMEM, "%s", strerror(ENOMEM));
	while (!err && (option = strsep(&rest, ",")))
		if (set_option(fs, option, attr))
			err = fail_with_context(owner, fs, -errno);
	free(copy);
	return err;
}

/* ---- the mount ---- */

int morsel_make_mount(uint64_t owner, const char *source, const char *name, const char *options)
{
	unsigned int attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	int fs = open_context(owner), err = 0, fd = -1;

	if (fs < 0)
		return fs;
	if (options)
		err = set_options(owner, fs, options, &attr);
	if (!err && !fsconfig(fs, FSCONFIG_SET_STRING, "source", source, 0) &&
	    (!name || !fsconfig(fs, FSCONFIG_SET_STRING, "name", name, 0)) &&
	    !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = fsmount(fs, FSMOUNT_CLOEXEC, attr);
	if (!err && fd < 0)
		err = fail_with_context(owner, fs, -errno);
	close(fs);
	return err ? err : fd;
}
