// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes that try something over and over while their rights come and go. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>
#include "attempts.h"
#include "parameter.h"

enum { USERS = CAROL - ALICE + 1 };

struct shared {
	atomic_int stop;
	/* The round in which a user's right to read, and to write, was taken; 0: he has it. */
	atomic_long taken[USERS][2];
	struct attempter attempters[ATTEMPTERS];
};

static struct shared *shared;
static int nr_attempters;
static long round_nr; /* counts on over all of them */

/* ---- in a process ---- */

bool attempts_go_on(void)
{
	return !atomic_load(&shared->stop);
}

static atomic_long *taken_from(uid_t user, bool writes)
{
	return user < ALICE || user > CAROL ? NULL : &shared->taken[user - ALICE][writes];
}

struct attempt attempt_begin(struct attempter *self, uid_t opener)
{
	bool writes = self->kind->writes;
	struct attempt attempt;
	int i;

	attempt.taken[0] = taken_from(self->kind->user, writes);
	attempt.taken[1] = taken_from(opener, writes);
	for (i = 0; i < 2; i++)
		attempt.since[i] = attempt.taken[i] ? atomic_load(attempt.taken[i]) : 0;
	return attempt;
}

void attempt_end(struct attempter *self, struct attempt attempt, int error, bool refused)
{
	int i;

	for (i = 0; !error && i < 2; i++) {
		if (!attempt.since[i] || atomic_load(attempt.taken[i]) != attempt.since[i])
			continue;
		self->late++;
		break;
	}
	if (!error) {
		self->granted++;
	} else if (refused) {
		self->refused++;
	} else {
		atomic_store(&self->error, error);
		self->strange++;
	}
}

/* ---- in the test ---- */

static void set_rights(struct nl *nl, uid_t loser, const char *left, bool revoke)
{
	const uint32_t keeps = strchr(left, 'r') ? 4 : 0;
	const int acl = MORSEL_A_OBJECT_ACL;
	uid_t user;

	nl_object(nl, MORSEL_CMD_RIGHTS_SET, "p", "m");
	rights_entry(nl, acl, MORSEL_ACL_TAG_USER_OBJ, 0, 6);
	for (user = ALICE; user <= CAROL; user++)
		rights_entry(nl, acl, MORSEL_ACL_TAG_USER, user, user == loser ? keeps : 6);
	rights_entry(nl, acl, MORSEL_ACL_TAG_GROUP_OBJ, 0, 0);
	rights_entry(nl, acl, MORSEL_ACL_TAG_MASK, 0, 6);
	rights_entry(nl, acl, MORSEL_ACL_TAG_OTHER, 0, 0);
	if (revoke)
		nl_flag(nl, MORSEL_A_OBJECT_REVOKE);
	if (nl_talk(nl))
		bail_out("rights-set: %s", nl->text);
}

static bool loses(const struct attempter *a, uid_t loser, const char *left)
{
	return a->kind->user == loser && (a->kind->writes || !*left);
}

/*
 * Wait until each has come further, or for some seconds: refused if it is @taken what it
 * needs, else granted.
 */
static bool wait_for(bool taken, uid_t loser, const char *left)
{
	int64_t end = now_ms() + 3000 * time_scale();
	atomic_long *counts[ATTEMPTERS];
	long since[ATTEMPTERS] = { 0 };
	int i, moved;

	for (i = 0; i < nr_attempters; i++) {
		struct attempter *a = &shared->attempters[i];

		counts[i] = taken && loses(a, loser, left) ? &a->refused : &a->granted;
		since[i] = atomic_load(counts[i]);
	}
	do {
		for (i = 0, moved = 0; i < nr_attempters; i++)
			moved += atomic_load(counts[i]) != since[i];
		if (moved < nr_attempters)
			sched_yield();
	} while (moved < nr_attempters && now_ms() < end);
	for (i = 0; moved < nr_attempters && i < nr_attempters; i++)
		if (atomic_load(counts[i]) == since[i])
			diag("round %ld: %s, %s, does not come further", round_nr,
			     shared->attempters[i].kind->name, taken ? "revoked" : "granted");
	return moved == nr_attempters;
}

static void set_taken(uid_t loser, const char *left, long round)
{
	if (!*left)
		atomic_store(taken_from(loser, false), round);
	atomic_store(taken_from(loser, true), round);
}

static bool is_late(void)
{
	long late = 0;
	int i;

	for (i = 0; i < nr_attempters; i++)
		late += atomic_load(&shared->attempters[i].late);
	return late;
}

static int start(void *arg)
{
	struct attempter *self = arg;

	return self->kind->run(self);
}

void attempts_start(struct nl *nl, off_t size, const struct attempt_kind *kinds, int nr)
{
	struct attempter *a;
	int i;

	_Static_assert(sizeof(*shared) <= 4096, "one page");
	need(nr <= ATTEMPTERS);
	shared = shared_page();
	nl_open(nl);
	close(make_morsel("m", size));
	set_rights(nl, 0, "", false);
	nr_attempters = nr;
	for (i = 0; i < nr; i++) {
		a = &shared->attempters[i];
		a->kind = &kinds[i];
		a->nr = i;
		a->pid = start_child(start, a);
	}
}

void attempts_rounds(struct nl *nl, uid_t loser, const char *left, int rounds, const char *what,
		     const struct attempt_points *points)
{
	int i, most = parameter("revoke.rounds=", rounds), went = 0, ended = 0;
	long late = 0, strange = 0;
	struct attempter *a;

	for (i = 0; i < most && went == i && ended == i && !is_late(); i++) {
		round_nr++;
		set_rights(nl, 0, "", round_nr & 1);
		went += wait_for(false, loser, left);
		set_rights(nl, loser, left, true);
		set_taken(loser, left, round_nr);
		ended += wait_for(true, loser, left);
		set_taken(loser, left, 0);
	}
	for (a = shared->attempters; a < shared->attempters + nr_attempters; a++) {
		if (a->late || a->strange)
			diag("%s: %ld late, %ld ended with errno %d", a->kind->name, a->late,
			     a->strange, a->error);
		late += atomic_exchange(&a->late, 0);
		strange += atomic_exchange(&a->strange, 0);
	}
	is_int(late, 0, "%s: %s", what, points->late);
	is_int(strange, 0, "%s: %s", what, points->strange);
	is_int(went, most, "%s: %s", what, points->went);
	is_int(ended, most, "%s: %s", what, points->ended);
}

void attempts_stop(struct nl *nl)
{
	int i;

	set_rights(nl, 0, "", true);
	atomic_store(&shared->stop, 1);
	for (i = 0; i < nr_attempters; i++)
		is_int(wait_child(shared->attempters[i].pid, 20), 0, "%s: ends",
		       shared->attempters[i].kind->name);
	nl_close(nl);
}
