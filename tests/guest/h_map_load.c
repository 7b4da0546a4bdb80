// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * map_load FILE WORD: until it is killed, store the number of the round to that word of each
 * page of FILE through a mapping, fsync, sync, and print the number and what fsync said.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void on_sigbus(int sig)
{
	static const char text[] = "SIGBUS\n";

	_exit(write(1, text, sizeof(text) - 1) > 0 ? 3 : 4);
}

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_RDWR) : -1;
	volatile uint64_t *p;
	struct stat st;
	uint64_t round;

	if (fd < 0 || fstat(fd, &st))
		err(1, "usage: map_load FILE WORD");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	signal(SIGBUS, on_sigbus);
	for (round = 1;; round++) {
		for (off_t at = 0; at < st.st_size; at += PAGE)
			p[at / sizeof(*p) + strtoul(argv[2], NULL, 0)] = round;
		printf("%ju %s\n", (uintmax_t)round, fsync(fd) ? strerror(errno) : "done");
		fflush(stdout);
		sync();
		usleep(20000);
	}
}
