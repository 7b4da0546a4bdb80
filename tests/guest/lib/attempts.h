/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races with a revoke: processes try something with the morsel "m" of the pool "p" over
 * and over, while the test takes a right from one user and gives it back.  What begins
 * after the reply to a revoke must not get through; what began before may end.
 *
 * A process works like this:
 *
 *	while (attempts_go_on()) {
 *		struct attempt attempt = attempt_begin(self, opener);
 *		int error = try();
 *
 *		attempt_end(self, attempt, error, error == EFAULT);
 *	}
 */
#ifndef TEST_ATTEMPTS_H
#define TEST_ATTEMPTS_H

#include <stdatomic.h>
#include "grants.h"

enum { ATTEMPTERS = 8 };

struct attempter;

/* What one process does. */
struct attempt_kind {
	const char *name;
	uid_t user;  /* ALICE, BOB or CAROL: it is started as root, and becomes that */
	bool writes; /* it needs the right to write, else only the right to read */
	int (*run)(struct attempter *self); /* Return: its exit status */
	const void *how; /* for @run */
};

/* A process, in memory that it shares with the test. */
struct attempter {
	const struct attempt_kind *kind;
	int nr; /* 0 for the first kind, and so on */
	atomic_long granted, refused;
	atomic_long late;    /* got through though they began after the reply */
	atomic_long strange; /* neither got through nor were refused as they should be */
	atomic_int error;    /* of the last strange one */
	pid_t pid;
};

/* What has been taken when an attempt begins. */
struct attempt {
	atomic_long *taken[2]; /* from the user and from who opened the descriptor, or NULL */
	long since[2];
};

/* What a test says of its rounds; the first in which something is wrong is the last. */
struct attempt_points {
	const char *late;    /* nothing that began after the reply got through */
	const char *strange; /* what was refused was refused as it should be */
	const char *went;    /* in each round each process got through before the revoke */
	const char *ended;   /* and was refused after it, or went on if it lost nothing */
};

/* ---- in a process ---- */

/* false: the test is over */
bool attempts_go_on(void);
/* @opener: who has opened the descriptor; root loses nothing. */
struct attempt attempt_begin(struct attempter *self, uid_t opener);
/* @error: 0 if it got through; @refused: it did not, in the way that it should. */
void attempt_end(struct attempter *self, struct attempt attempt, int error, bool refused);

/* ---- in the test ---- */

/* Make "m" of @size, which all three may read and write, and start a process for each kind. */
void attempts_start(struct nl *nl, off_t size, const struct attempt_kind *kinds, int nr);
/*
 * Four points about so many rounds.  @left: "" or "r", what @loser keeps.  The kernel's
 * command line may say revoke.rounds=.
 */
void attempts_rounds(struct nl *nl, uid_t loser, const char *left, int rounds, const char *what,
		     const struct attempt_points *points);
/* All may everything again; each process ends with status 0. */
void attempts_stop(struct nl *nl);

#endif
