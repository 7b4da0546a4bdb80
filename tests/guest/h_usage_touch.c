// SPDX-License-Identifier: GPL-2.0-or-later
/* usage_touch FILE r|w OFFSET...: map a file and access these bytes again and again. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int writes = argc > 2 && argv[2][0] == 'w';
	int fd = argc > 3 ? open(argv[1], writes ? O_RDWR : O_RDONLY) : -1;
	struct stat st;
	volatile char *map;

	if (fd < 0 || fstat(fd, &st))
		return 1;
	map = mmap(NULL, st.st_size, PROT_READ | (writes ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return 1;
	for (;;) {
		for (int i = 3; i < argc; i++)
			if (writes)
				map[atol(argv[i])] = 1;
			else
				(void)map[atol(argv[i])];
		usleep(5000);
	}
}
