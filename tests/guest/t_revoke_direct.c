// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revoke against direct I/O: a RAM disk is read into mappings of an object and written
 * from them, by processes that lose their rights again and again.  What was in flight may
 * end; nothing that begins after the reply gets at the object.
 * pool: size=64M,name=p
 * groups: rights race gup
 * cpus: 3
 * timeout: 90
 * modules: brd
 * leak-check: no, a RAM disk keeps what was written to it
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/attempts.h"

enum {
	CHUNK = 2 << 20,
	LEN = 64 << 10, /* of one transfer */
	ROUNDS = 100,
};

static struct nl nl;
static int disk;

static int transfer(struct attempter *self)
{
	bool into = self->kind->writes; /* the object; else out of it */
	int prot = into ? PROT_READ | PROT_WRITE : PROT_READ, fd;
	char *map, *at;

	become_user(self->kind->user);
	fd = open(pool_path("m"), into ? O_RDWR : O_RDONLY);
	map = mmap(NULL, CHUNK, prot, MAP_SHARED, fd, 0);
	need(fd >= 0 && map != MAP_FAILED);
	at = map + (long)self->nr * LEN;
	while (attempts_go_on()) {
		struct attempt attempt = attempt_begin(self, self->kind->user);
		ssize_t n = into ? pread(disk, at, LEN, 0) : pwrite(disk, at, LEN, LEN);
		int error = n == LEN ? 0 : n < 0 ? errno : EIO;

		attempt_end(self, attempt, error, error == EFAULT);
		/* A mapping that has become read-only stays so until somebody asks. */
		if (error && into)
			(void)!mprotect(map, CHUNK, prot);
	}
	return 0;
}

static const struct attempt_points points = {
	.late = "nothing that begins after the reply",
	.strange = "what is refused is refused with EFAULT",
	.went = "each time all of them had got at it",
	.ended = "and each time they could not any more",
};

int main(void)
{
	static const struct attempt_kind kinds[] = {
		{ .name = "read into it", .user = ALICE, .writes = true, .run = transfer },
		{ .name = "read into it, too", .user = ALICE, .writes = true, .run = transfer },
		{ .name = "written from it", .user = ALICE, .writes = false, .run = transfer },
	};

	disk = open("/dev/ram0", O_RDWR | O_DIRECT);
	need(disk >= 0);
	attempts_start(&nl, CHUNK, kinds, sizeof(kinds) / sizeof(kinds[0]));
	attempts_rounds(&nl, ALICE, "", ROUNDS, "all is revoked", &points);
	attempts_rounds(&nl, ALICE, "r", ROUNDS, "the right to write is revoked", &points);
	attempts_stop(&nl);
	close(disk);
	return done_testing();
}
