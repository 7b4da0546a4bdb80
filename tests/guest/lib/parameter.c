// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "parameter.h"

uint64_t parameter(const char *key, uint64_t otherwise)
{
	static char line[4096];
	int fd = open("/proc/cmdline", O_RDONLY);
	const char *at;

	if (!line[0] && read(fd, line, sizeof(line) - 1) < 0)
		line[0] = ' ';
	close(fd);
	at = strstr(line, key);
	return at ? strtoull(at + strlen(key), NULL, 0) : otherwise;
}
