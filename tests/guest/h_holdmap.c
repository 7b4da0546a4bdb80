// SPDX-License-Identifier: GPL-2.0-or-later
/* holdmap FILE SECONDS: map a file, writable, touch it, and wait. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_RDWR) : -1;
	struct stat st;
	char *map;

	if (fd < 0 || fstat(fd, &st))
		return 1;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return 1;
	*(volatile char *)map = 1;
	sleep((unsigned int)atoi(argv[2]));
	return 0;
}
