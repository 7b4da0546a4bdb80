// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An allocation that is broken off takes back what it has made, except for what
 * others have begun to use meanwhile: in a view or page by page in tables of their
 * own.  Those must keep their frames and what they stored.
 * groups: race hazard
 * timeout: 60
 * pool: size=400M,huge=never
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#define SIZE (300 * MiB)
#define MARK(i) (0x5151000000000000UL + (i))

/* The place of a mapping in the object: too small for a link, or not. */
static void breaks_off(size_t len, const char *what)
{
	int fd = make_morsel("unfill", SIZE), i, status;
	volatile uint64_t *map;
	uint64_t word;
	pid_t pid;
	bool same = true;

	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	pid = fork();
	if (pid == 0) {
		fallocate(fd, 0, 0, SIZE);
		_exit(0);
	}
	/* Store only in what the allocation has made. */
	while (mm_fdinfo(fd, "morsel-pages") < (long)(len / PAGE))
		if (waitpid(pid, &status, WNOHANG))
			break;
	for (i = 0; i < (int)(len / PAGE); i++)
		map[i * PAGE / 8] = MARK(i);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && mm_fdinfo(fd, "morsel-pages") < (long)(SIZE / PAGE),
	   "%s: the allocation was broken off", what);
	is_int(mm_fdinfo(fd, "morsel-pages"), len / PAGE, "%s: only what is in use is left", what);
	for (i = 0; i < (int)(len / PAGE); i++) {
		same &= map[i * PAGE / 8] == MARK(i);
		need(pread(fd, &word, 8, i * PAGE) == 8);
		same &= word == MARK(i);
	}
	ok(same, "%s: what was stored is there, for the mapping and for read(2)", what);
	munmap((void *)map, len);
	close(fd);
	unlink(pool_path("unfill"));
}

int main(void)
{
	breaks_off(16 * PAGE, "page by page");
	breaks_off(HUGE, "a linked table");
	return done_testing();
}
