// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revoke against pipes: vmsplice(2), splice(2), sendfile(2) and copy_file_range(2) from an
 * object, and into it, by processes that lose the right again and again.  What a pipe is
 * good for that holds pages already is in t_revoke_held.c.
 * pool: size=64M,name=p,mode=1777
 * groups: rights race gup
 * cpus: 3
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>
#include "lib/attempts.h"

enum {
	PAGE = 4096,
	CHUNK = 2 << 20,
	ROUNDS = 40,
};

static struct nl nl;

/* What a process has open. */
static struct {
	int fd, other; /* the object, and a file that is its own */
	int pipes[2];
	char *map;
} have;

static char page[PAGE];

static int error_of(ssize_t n)
{
	return n == PAGE ? 0 : n < 0 ? errno : EIO;
}

/* Empty the pipe again. */
static int drained(ssize_t n)
{
	int error = error_of(n);

	if (n > 0)
		need(read(have.pipes[0], page, PAGE) == n);
	return error;
}

static int vmsplice_once(off_t at, unsigned int flags)
{
	struct iovec part = { have.map + at, PAGE };

	return drained(vmsplice(have.pipes[1], &part, 1, flags));
}

static int by_vmsplice(off_t at)
{
	return vmsplice_once(at, 0);
}

/* As a gift that the next file may take. */
static int by_gift(off_t at)
{
	return vmsplice_once(at, SPLICE_F_GIFT);
}

static int by_splice(off_t at)
{
	return drained(splice(have.fd, &at, have.pipes[1], NULL, PAGE, 0));
}

static int by_sendfile(off_t at)
{
	return drained(sendfile(have.pipes[1], have.fd, &at, PAGE));
}

static int by_copy(off_t at)
{
	return error_of(copy_file_range(have.fd, &at, have.other, &(off_t){ 0 }, PAGE, 0));
}

static int into_mapping(off_t at)
{
	int error;

	need(write(have.pipes[1], page, PAGE) == PAGE);
	error = error_of(read(have.pipes[0], have.map + at, PAGE));
	if (error)
		need(read(have.pipes[0], page, PAGE) == PAGE);
	return error;
}

static int into_file(off_t at)
{
	int error;

	need(write(have.pipes[1], page, PAGE) == PAGE);
	error = error_of(splice(have.pipes[0], NULL, have.fd, &at, PAGE, 0));
	if (error)
		need(read(have.pipes[0], page, PAGE) == PAGE);
	return error;
}

static void prepare(uid_t user)
{
	become_user(user);
	have.fd = open(pool_path("m"), O_RDWR);
	have.other = open(pool_path(""), O_RDWR | O_TMPFILE, 0600);
	need(have.fd >= 0 && have.other >= 0 && !pipe(have.pipes));
	have.map = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, have.fd, 0);
	need(have.map != MAP_FAILED);
}

struct way {
	int (*once)(off_t at);
	int refusal; /* of a mapping EFAULT, of the descriptor EACCES */
};

static int try(struct attempter *self)
{
	const struct way *way = self->kind->how;

	prepare(self->kind->user);
	while (attempts_go_on()) {
		struct attempt attempt = attempt_begin(self, ALICE);
		int error = way->once((off_t)self->nr * PAGE);

		attempt_end(self, attempt, error, error == way->refusal);
		/* A mapping that has become read-only stays so until somebody asks. */
		if (error)
			(void)!mprotect(have.map, CHUNK, PROT_READ | PROT_WRITE);
	}
	return 0;
}

static const struct attempt_points points = {
	.late = "nothing goes through after the reply",
	.strange = "a mapping is refused with EFAULT, a descriptor with EACCES",
	.went = "each time all had gone through",
	.ended = "and each time what needed the right did not",
};

int main(void)
{
	const struct attempt_kind kinds[] = {
		{ "vmsplice", ALICE, false, try, &(struct way){ by_vmsplice, EFAULT } },
		{ "vmsplice, as a gift", ALICE, false, try, &(struct way){ by_gift, EFAULT } },
		{ "splice out of it", ALICE, false, try, &(struct way){ by_splice, EACCES } },
		{ "sendfile", ALICE, false, try, &(struct way){ by_sendfile, EACCES } },
		{ "copy_file_range", ALICE, false, try, &(struct way){ by_copy, EACCES } },
		{ "read into it", ALICE, true, try, &(struct way){ into_mapping, EFAULT } },
		{ "splice into it", ALICE, true, try, &(struct way){ into_file, EACCES } },
	};

	attempts_start(&nl, CHUNK, kinds, sizeof(kinds) / sizeof(kinds[0]));
	attempts_rounds(&nl, ALICE, "", ROUNDS, "all is revoked", &points);
	attempts_rounds(&nl, ALICE, "r", ROUNDS, "the right to write is revoked", &points);
	attempts_stop(&nl);
	return done_testing();
}
