// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scatter FILE COUNT: write a byte into each of so many pieces of 2 MiB, each of which takes a
 * table then.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_CREAT | O_WRONLY, 0644) : -1;
	long i, count = argc == 3 ? atol(argv[2]) : 1;

	for (i = 0; i < count; i++)
		if (fd < 0 || pwrite(fd, "x", 1, i << 21) != 1) {
			perror("scatter");
			return 1;
		}
	return 0;
}
