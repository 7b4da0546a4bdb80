// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "failing.h"

enum {
	SLABS = 4, /* of a message's head and data, of attributes, and kmemleak's */
};

struct nl failing_socket;

/* Send what was begun with the @nth allocation failing.  Return: was it reached? */
static bool send_failing(int nth, int flags, int *error)
{
	struct nlmsghdr *header = (struct nlmsghdr *)failing_socket.out;
	ssize_t sent;

	header->nlmsg_len = failing_socket.len;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	failnth_arm(nth);
	sent = send(failing_socket.fd, failing_socket.out, failing_socket.len, 0);
	*error = sent < 0 ? errno : 0;
	return failnth_failed();
}

/* Does a refusal say why? */
static bool says_why(const struct nlmsghdr *header)
{
	const struct nlmsgerr *refusal = NLMSG_DATA(header);
	int left = header->nlmsg_len - NLMSG_HDRLEN - sizeof(*refusal);
	const char *at = (const char *)(refusal + 1);

	if (!(header->nlmsg_flags & NLM_F_CAPPED)) {
		at += NLMSG_ALIGN(refusal->msg.nlmsg_len) - NLMSG_HDRLEN;
		left -= NLMSG_ALIGN(refusal->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	while (left >= NLA_HDRLEN) {
		const struct nlattr *attr = (const struct nlattr *)at;

		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			return true;
		at += NLA_ALIGN(attr->nla_len);
		left -= NLA_ALIGN(attr->nla_len);
	}
	return false;
}

/*
 * How many refusals for want of memory have said why, and how many have not that came later.
 * Refusals for another reason tell of an allocation that somebody got by without.
 */
struct reasons {
	int given, missing;
};

/*
 * What came back, if there was room for it.  The core of generic netlink takes memory
 * before it calls the module, and says nothing when there is none.
 */
static int answer(struct reasons *reasons)
{
	struct nlmsghdr *header = (struct nlmsghdr *)failing_socket.in;
	int error = ENOBUFS;

	while (recv(failing_socket.fd, header, sizeof(failing_socket.in), MSG_DONTWAIT) > 0)
		if (header->nlmsg_type == NLMSG_ERROR) {
			error = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
			if (error && says_why(header))
				reasons->given += error == ENOMEM;
			else if (error && (error != ENOMEM || reasons->given))
				reasons->missing++;
		}
	return error;
}

/* Is what the answer says what has happened?  Takes it back. */
static bool judge(const struct failing *command, int nth, int error)
{
	int done = command->done();
	bool good = done != HALF_DONE && (error == ENOBUFS || done == !error);

	if (!good)
		diag("%s: allocation %d: error %d, %s", command->name, nth, error,
		     done == HALF_DONE ? "half done" : done ? "done" : "not done");
	if (done)
		command->undo();
	return good;
}

/* What was counted while the allocations of a command failed one after the other. */
struct tally {
	int reached, failed, wrong, silent;
	struct reasons reasons;
};

/*
 * Where a slab needs a page that is one allocation more, and one of the core's comes later than it
 * did before: who is refused without a word asks again.  There are as many slabs that can do so one
 * after the other as the core and kmemleak take from before the module is called; a refusal of the
 * module's own without a word is without one each time.
 * Return: does the command come to its end?
 */
static bool fail_each(const struct failing *command, struct tally *tally)
{
	bool reached = true;
	int nth, again = 0;

	for (nth = 1; reached && nth < FAILNTH_MOST; nth++) {
		int error;

		tally->reasons.missing = 0;
		command->begin(&failing_socket);
		reached = send_failing(nth, NLM_F_ACK, &error);
		error = error ?: answer(&tally->reasons);
		tally->failed += error != 0;
		if (command->done)
			tally->wrong += !judge(command, nth, error);
		again = tally->reasons.missing && again < SLABS ? again + 1 : 0;
		if (again)
			nth--;
		else
			tally->silent += tally->reasons.missing;
	}
	if (tally->reached < nth - 2)
		tally->reached = nth - 2;
	return !reached;
}

/*
 * A slab that took its page moves what comes after it one to the front for the next try, so that
 * the only allocation of the module's may be passed over; another round has another one with a
 * page.
 */
void failing_run(const struct failing *command)
{
	struct tally tally = {};
	int rounds = 0;
	bool ended;

	nl_open(&failing_socket);
	do
		ended = fail_each(command, &tally);
	while (ended && !command->spared && !tally.reasons.given && ++rounds < SLABS);
	nl_close(&failing_socket);
	ok(ended, "%s: all allocations have failed once", command->name);
	ok(tally.failed > 0, "%s: some of that was fatal", command->name);
	is_int(tally.wrong, 0, "%s: what is refused is not done", command->name);
	ok((tally.reasons.given || command->spared) && !tally.silent,
	   "%s: refusals say why: %d do, %d do not", command->name, tally.reasons.given,
	   tally.silent);
	failnth_enough(command->name, tally.reached);
}

void failing_dump(const struct failing *dump)
{
	struct reasons reasons = {};
	bool reached = true;
	int nth, error;

	for (nth = 1; reached && nth < FAILNTH_MOST; nth++) {
		/* A dump that could not go on keeps the socket busy: take another. */
		nl_open(&failing_socket);
		dump->begin(&failing_socket);
		reached = send_failing(nth, NLM_F_DUMP, &error);
		if (!error)
			answer(&reasons);
		nl_close(&failing_socket);
	}
	ok(!reached, "%s: all allocations have failed once", dump->name);
	failnth_enough(dump->name, nth - 2);
}
