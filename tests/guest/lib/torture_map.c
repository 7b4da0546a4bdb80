// SPDX-License-Identifier: GPL-2.0-or-later
/* Torture: mappings are made, touched, changed and taken away. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "torture.h"

struct board *board;
struct mapping maps[MAPS];
static uint64_t state;
static sigjmp_buf jump;
static volatile sig_atomic_t may_jump;

unsigned int draw(void)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return state >> 33;
}

uint64_t word(int object, long page)
{
	return 0x9e3779b97f4a7c15UL * (uint64_t)(object * PAGES * 4 + page + 1);
}

const char *name(int object)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s", pool_path("object-"));
	path[strlen(path) + 1] = '\0';
	path[strlen(path)] = (char)('0' + object);
	return path;
}

static void on_sigbus(int sig)
{
	(void)sig;
	if (!may_jump)
		_exit(9);
	siglongjmp(jump, 1);
}

static void bad(const char *what, int object, long page, uint64_t got)
{
	board->bad = 1;
	diag("%s: page %ld of object %d holds %016llx", what, page, object,
	     (unsigned long long)got);
}

void check(const char *what, int object, long page, uint64_t got)
{
	if (got && got != word(object, page))
		bad(what, object, page, got);
}

struct mapping *some_map(void)
{
	struct mapping *m = &maps[draw() % MAPS];

	return m->at ? m : NULL;
}

long some_page(const struct mapping *m)
{
	return draw() % (m->len / PAGE < PAGES ? m->len / PAGE : PAGES);
}

void torture_seed(uint64_t seed)
{
	state = seed;
	signal(SIGBUS, on_sigbus);
}

static void drop(struct mapping *m)
{
	if (m->at)
		munmap(m->at, m->len);
	m->at = NULL;
}

static void op_map(void)
{
	struct mapping *m = &maps[draw() % MAPS];
	int fd;

	drop(m);
	m->object = draw() % OBJECTS;
	m->writable = draw() % 3;
	m->first = draw() % 2 ? draw() % PAGES : 0;
	m->len = draw() % 3 ? PAGE * (1 + draw() % PAGES) : GIB;
	fd = open(name(m->object), m->writable ? O_RDWR : O_RDONLY);
	if (fd < 0)
		return;
	m->at = mmap(NULL, m->len, PROT_READ | (m->writable ? PROT_WRITE : 0),
		     MAP_SHARED | (draw() % 8 ? 0 : MAP_POPULATE), fd, m->first * PAGE);
	if (m->at == MAP_FAILED)
		m->at = NULL;
	close(fd);
}

void op_touch(void)
{
	struct mapping *m = some_map();
	volatile uint64_t *at;
	long page, i, n = 1 + draw() % 64;

	if (!m)
		return;
	if (sigsetjmp(jump, 1)) {
		may_jump = 0;
		__atomic_add_fetch(&board->sigbus, 1, __ATOMIC_RELAXED);
		return;
	}
	may_jump = 1;
	for (i = 0; i < n; i++) {
		page = some_page(m);
		at = (volatile uint64_t *)(m->at + page * PAGE + (draw() % 512) * 8);
		check("mapping", m->object, m->first + page, *at);
		if (m->writable && draw() % 2)
			*at = word(m->object, m->first + page);
	}
	may_jump = 0;
}

static void op_protect(void)
{
	struct mapping *m = some_map();

	if (!m || !m->writable)
		return;
	mprotect(m->at, m->len, PROT_READ);
	check("read-only", m->object, m->first, 0);
	if (mprotect(m->at, m->len, PROT_READ | PROT_WRITE))
		m->writable = false;
}

static void op_advise(void)
{
	static const int advice[] = { MADV_DONTNEED, MADV_COLD, MADV_PAGEOUT, MADV_WILLNEED,
				      MADV_NOHUGEPAGE, MADV_HUGEPAGE, MADV_DONTFORK, MADV_DOFORK,
				      MADV_MERGEABLE, MADV_RANDOM, MADV_SEQUENTIAL };
	struct mapping *m = some_map();
	long off;

	if (!m)
		return;
	off = draw() % (m->len / PAGE) * PAGE;
	madvise(m->at + off, m->len - off, advice[draw() % (sizeof(advice) / sizeof(*advice))]);
}

/* To a place of its own that is as good, or just beside such a place and refused. */
static void op_move(void)
{
	struct mapping *m = some_map();
	unsigned char *room, *place;
	long span = 4L << 20;

	if (!m || m->len == GIB)
		return;
	room = mmap(NULL, m->len + span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return;
	place = room + (((uintptr_t)m->at - (uintptr_t)room) & ((2L << 20) - 1));
	if (draw() % 4 == 0)
		place += PAGE;
	place = mremap(m->at, m->len, m->len, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	if (place == MAP_FAILED) {
		munmap(room, m->len + span);
		return;
	}
	m->at = place;
	if (place > room)
		munmap(room, place - room);
	munmap(place + m->len, room + span - place);
}

/* At a boundary of 2 MiB of the object, or refused. */
static void op_unmap_part(void)
{
	struct mapping *m = some_map();
	long cut;

	if (!m)
		return;
	cut = draw() % (m->len / PAGE) * PAGE;
	if (draw() % 2)
		cut = ((cut + m->first * PAGE) & ~((2L << 20) - 1)) - m->first * PAGE;
	if (cut > 0 && cut < m->len && !munmap(m->at + cut, m->len - cut))
		m->len = cut;
}

const struct torture_op torture_map_ops[] = {
	{ "touch", 50, op_touch },
	{ "map", 12, op_map },
	{ "advise", 6, op_advise },
	{ "protect", 3, op_protect },
	{ "unmap a part", 2, op_unmap_part },
	{ "move", 2, op_move },
	{ NULL, 0, NULL },
};
