// SPDX-License-Identifier: GPL-2.0-or-later
/* store_once FILE OFFSET [sync]: map a file, with MAP_SYNC if so, and store one byte there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	int flags = argc > 3 ? MAP_SHARED_VALIDATE | MAP_SYNC : MAP_SHARED;
	int fd = argc > 2 ? open(argv[1], O_RDWR) : -1;
	struct stat st;
	volatile char *map = MAP_FAILED;

	if (fd >= 0 && !fstat(fd, &st))
		map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (map == MAP_FAILED) {
		fprintf(stderr, "store_once: %s\n", strerror(errno));
		return 1;
	}
	map[atol(argv[2])] = 1;
	return 0;
}
