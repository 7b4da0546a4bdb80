// SPDX-License-Identifier: GPL-2.0-or-later
/* sync_fd fsync|syncfs: of the file that is standard input. */
#include <err.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: sync_fd fsync|syncfs");
	if (strcmp(argv[1], "syncfs") ? fsync(0) : syncfs(0))
		err(1, "%s", argv[1]);
	return 0;
}
