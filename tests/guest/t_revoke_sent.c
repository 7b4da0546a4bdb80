// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revoke against descriptors that are never at rest: processes of three users send them on
 * to each other all the time, and use each while they have it.  What one may do with one
 * depends on himself and on who has opened it; either loses his right again and again.
 * pool: size=64M,name=p
 * groups: rights race
 * cpus: 3
 * timeout: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "lib/attempts.h"
#include "lib/descriptors.h"

enum {
	CHUNK = 2 << 20,
	PROCESSES = 5,
	IN_A_RING = 3, /* descriptors of alice's, and as many of root's */
	REOPEN = 8,    /* each so many uses alice opens one anew */
	ROUNDS = 25,
};

static struct nl nl;
static int ring[PROCESSES][2]; /* [i][1] is where process i receives */

/* A signal or errno: what comes of a use. */
static bool is_refusal(int error)
{
	return error == EACCES || error == SIGBUS || error == SIGSEGV;
}

static int error_of(ssize_t n)
{
	return n < 0 ? errno : 0;
}

/* ---- ways to use one ---- */

static int reads(int fd, long at)
{
	uint64_t word;

	return error_of(pread(fd, &word, 8, at));
}

static int writes(int fd, long at)
{
	uint64_t word = 1;

	return error_of(pwrite(fd, &word, 8, at));
}

static int maps(int fd, long at, bool to_write)
{
	int prot = to_write ? PROT_READ | PROT_WRITE : PROT_READ, error;
	char *map = mmap(NULL, CHUNK, prot, MAP_SHARED, fd, 0);
	volatile uint64_t *word = (volatile uint64_t *)(map + at);

	if (map == MAP_FAILED)
		return errno;
	error = to_write ? touch_write(word, 2) : touch_read(word);
	munmap(map, CHUNK);
	return error;
}

static int maps_and_reads(int fd, long at)
{
	return maps(fd, at, false);
}

static int maps_and_writes(int fd, long at)
{
	return maps(fd, at, true);
}

struct way {
	int (*use)(int fd, long at);
};

/* ---- who passes them round ---- */

/* One on its way, and who has opened it. */
struct held {
	int fd;
	uid_t opener;
};

static void reopen(struct held *held)
{
	int fd = open(pool_path("m"), O_RDWR);

	if (fd < 0)
		return;
	close(held->fd);
	*held = (struct held){ fd, ALICE };
}

static int passes_on(struct attempter *self)
{
	const struct way *way = self->kind->how;
	int from = ring[self->nr][1], to = ring[(self->nr + 1) % PROCESSES][0];
	const struct timeval soon = { .tv_usec = 100000 };
	struct held held;
	long n = 0;

	become_user(self->kind->user);
	need(!setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)));
	while (attempts_go_on()) {
		struct attempt attempt;
		int error;

		held.fd = descriptor_receive(from, &held.opener, sizeof(held.opener));
		if (held.fd < 0)
			continue;
		attempt = attempt_begin(self, held.opener);
		error = way->use(held.fd, 8L * self->nr);
		attempt_end(self, attempt, error, is_refusal(error));
		if (held.opener == ALICE && self->kind->user == ALICE && !(++n % REOPEN))
			reopen(&held);
		if (attempts_go_on())
			descriptor_send(to, held.fd, &held.opener, sizeof(held.opener));
		close(held.fd);
	}
	return 0;
}

static int opens_as_alice(void *arg)
{
	uid_t opener = ALICE;
	int fd;

	become_user(ALICE);
	fd = open(pool_path("m"), O_RDWR);
	need(fd >= 0);
	descriptor_send(ring[0][0], fd, &opener, sizeof(opener));
	return 0;
}

static void fill_ring(void)
{
	uid_t opener = 0;
	int fd, i;

	for (i = 0; i < IN_A_RING; i++) {
		need(!in_child(opens_as_alice, NULL, 10));
		fd = open(pool_path("m"), O_RDWR);
		need(fd >= 0);
		descriptor_send(ring[i % PROCESSES][0], fd, &opener, sizeof(opener));
		close(fd);
	}
}

static const struct attempt_points points = {
	.late = "no descriptor is good for it after the reply",
	.strange = "EACCES, or a fault",
	.went = "each time all had used one",
	.ended = "each time he could not then, and others could",
};

int main(void)
{
	const struct attempt_kind kinds[PROCESSES] = {
		{ "alice, mapped", ALICE, true, passes_on, &(struct way){ maps_and_writes } },
		{ "bob reads", BOB, false, passes_on, &(struct way){ reads } },
		{ "bob, mapped", BOB, true, passes_on, &(struct way){ maps_and_writes } },
		{ "carol, mapped", CAROL, false, passes_on, &(struct way){ maps_and_reads } },
		{ "carol writes", CAROL, true, passes_on, &(struct way){ writes } },
	};
	int i;

	for (i = 0; i < PROCESSES; i++)
		need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, ring[i]));
	attempts_start(&nl, CHUNK, kinds, PROCESSES);
	fill_ring();
	attempts_rounds(&nl, ALICE, "", ROUNDS, "alice, who has opened some, loses all", &points);
	attempts_rounds(&nl, BOB, "", ROUNDS, "bob loses all", &points);
	attempts_rounds(&nl, CAROL, "r", ROUNDS, "carol loses the right to write", &points);
	attempts_rounds(&nl, ALICE, "r", ROUNDS, "alice loses the right to write", &points);
	attempts_stop(&nl);
	return done_testing();
}
