// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "guest.h"

int module_insert(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0) && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

int module_remove(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

void module_report(const char *name)
{
	char pattern[128], address[32], text[512] = "";
	glob_t found;
	FILE *f;

	snprintf(pattern, sizeof(pattern), "/sys/module/%s/sections/.text*", name);
	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		size_t at = strlen(text);

		f = fopen(found.gl_pathv[i], "r");
		if (!f)
			continue;
		if (fgets(address, sizeof(address), f))
			snprintf(text + at, sizeof(text) - at, " %s=%.*s",
				 strrchr(found.gl_pathv[i], '/') + 1,
				 (int)strcspn(address, "\n"), address);
		fclose(f);
	}
	globfree(&found);
	report("@module%s", text);
}
