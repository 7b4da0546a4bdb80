// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stores to lines of a file on persistent memory, of which some are flushed and
 * some fenced: pmem_lines FILE, which never ends; then, after a power cut,
 * pmem_lines FILE check, which prints how many of each kind are there.
 * ldflags: ../../libmorsel/libmorsel.a -lnl-genl-3 -lnl-3 -Wl,--no-warnings
 */
#include <emmintrin.h>
#include <err.h>
#include <fcntl.h>
#include <morsel.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/mman.h>

enum kind {
	FENCED,	  /* flushed and fenced */
	STREAMED, /* stored past the caches, and fenced */
	PERSISTED, /* by morsel_persist(): nobody else fences it */
	FLUSHED,  /* not fenced */
	UNFENCED, /* stored past the caches, not fenced */
	STORED,	  /* not even flushed */
	KINDS,
	LINES = 64, /* of each */
	LINE = 64,
};

static const char *const names[KINDS] = { "fenced", "streamed", "persisted",
					  "flushed", "unfenced", "stored" };

static volatile long long *word_of(char *pool, enum kind kind, int line)
{
	return (volatile long long *)(pool + (kind * LINES + line) * LINE);
}

static void store(char *pool, enum kind kind, int line)
{
	volatile long long *word = word_of(pool, kind, line);

	if (kind == STREAMED || kind == UNFENCED)
		_mm_stream_si64((long long *)word, 1);
	else if (kind == STORED || kind == PERSISTED)
		*word = 1;
	else /* at once, so that no register changes in between */
		asm volatile("movq $1, (%0)\n\tclflush (%0)" : : "r" (word) : "memory");
}

static void store_all(char *pool)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		for (int line = 0; line < LINES; line++)
			store(pool, kind, line);
		if (kind == STREAMED)
			_mm_sfence();
		if (kind == PERSISTED)
			morsel_persist((void *)word_of(pool, kind, 0), LINES * LINE);
	}
}

int main(int argc, char **argv)
{
	size_t size = KINDS * LINES * LINE + 4096;
	char *pool;
	int fd;

	if (argc < 2)
		errx(2, "usage: pmem_lines FILE [check]");
	fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, size))
		err(1, "%s", argv[1]);
	pool = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	if (pool == MAP_FAILED)
		err(1, "mmap");
	if (argc > 2) {
		for (enum kind kind = 0; kind < KINDS; kind++) {
			int there = 0;

			for (int line = 0; line < LINES; line++)
				there += *word_of(pool, kind, line) == 1;
			printf("%s=%d\n", names[kind], there);
		}
		return 0;
	}
	memset(pool, 0, size); /* all pages are there: nobody else fences any more */
	if (msync(pool, size, MS_SYNC))
		err(1, "msync");
	store_all(pool);
	puts("# under load");
	fflush(stdout);
	for (;;) /* the power goes at one of these */
		*(volatile char *)(pool + KINDS * LINES * LINE) += 1;
}
