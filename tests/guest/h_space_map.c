// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * space_map FILE: map a morsel and print where it is, a byte of it, and where the
 * stack and the program are; position-independent.
 * ldflags: -static-pie
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDWR) : -1;
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st))
		return 1;
	map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		perror("mmap");
	printf("%p %d %p %p\n", map, map == MAP_FAILED ? 0 : ((char *)map)[5], (void *)&st,
	       (void *)main);
	return map == MAP_FAILED;
}
