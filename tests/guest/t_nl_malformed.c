// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Malformed, truncated and random messages: an errno, and nothing else.
 * pool: size=64M,name=p
 * groups: nl fuzz
 * timeout: 60
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "nltest.h"

enum {
	ROUNDS = 100000, /* a tenth of it on the debug kernel */
};

static struct nl nl;

static void test_header(void)
{
	struct genlmsghdr *genl = (struct genlmsghdr *)(nl.out + NLMSG_HDRLEN);
	int command;

	for (command = MORSEL_CMD_POOL_NEW_NTF; command <= MORSEL_CMD_POOL_DEL_NTF; command++) {
		nl_object(&nl, command, "p", "a");
		refused(&nl, EOPNOTSUPP, "", 0, "an event as a request");
	}
	nl_object(&nl, 0, "p", "a");
	refused(&nl, EOPNOTSUPP, "", 0, "command 0");
	nl_object(&nl, MORSEL_CMD_MAX + 1, "p", "a");
	refused(&nl, EOPNOTSUPP, "", 0, "a command that is not");
	nl_object(&nl, 255, "p", "a");
	refused(&nl, EOPNOTSUPP, "", 0, "command 255");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	genl->reserved = 1;
	refused(&nl, EINVAL, "reserved", 0, "a reserved field");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "a");
	nl_send(&nl, NLM_F_ACK | NLM_F_CREATE);
	nl_refused(&nl, nl_answer(&nl), EINVAL, "nlmsg_flags", 0, __FILE__, __LINE__, "NLM_F_CREATE");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "a");
	nl_send(&nl, NLM_F_DUMP);
	is_int(nl_answer(&nl), EOPNOTSUPP, "dump what has no dump");
}

static void test_truncated(void)
{
	size_t whole, cut;
	int wrong = 0;

	/* The mode is last: shorter messages are wrong, or do less than they should. */
	nl_object(&nl, MORSEL_CMD_MORSEL_SET, "p", "");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 0700);
	whole = nl.len;
	for (cut = NLMSG_HDRLEN; cut < whole; cut++) {
		nl.len = cut;
		wrong += nl_talk(&nl) == 0;
	}
	is_int(wrong, 0, "every shorter message is refused");
	nl.len = whole;
	granted(&nl, "the whole one is not");
	is_int(nl_number(&nl, MORSEL_A_OBJECT_MODE), 0700, "and does what it says");
}

static void test_attributes(void)
{
	struct nlattr *attr;

	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	attr = (struct nlattr *)(nl.out + NLMSG_HDRLEN + GENL_HDRLEN);
	attr->nla_len = 60000;
	ok(nl_talk(&nl) == EINVAL, "an attribute that is longer than the message");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	attr->nla_len = 1;
	ok(nl_talk(&nl) == EINVAL, "an attribute that is shorter than its head");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	attr->nla_type |= NLA_F_NESTED;
	ok(nl_talk(&nl) == EINVAL, "a string that says it is a nest");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	nl_u32(&nl, 200, 1);
	refused(&nl, EINVAL, "Unknown attribute", 200, "attribute 200");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	nl_u32(&nl, MORSEL_A_OBJECT_PAD, 1);
	refused(&nl, EINVAL, "", MORSEL_A_OBJECT_PAD, "the padding attribute");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	nl_raw(&nl, MORSEL_A_OBJECT_ID, "12345678", 9);
	refused(&nl, EINVAL, "", MORSEL_A_OBJECT_ID, "a number of 9 bytes");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	nl_raw(&nl, MORSEL_A_OBJECT_PATH, "", 0);
	refused(&nl, EINVAL, "", MORSEL_A_OBJECT_PATH, "a string of no bytes");
	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "f");
	nl_raw(&nl, MORSEL_A_OBJECT_EXCLUSIVE, "1", 1);
	refused(&nl, ERANGE, "", MORSEL_A_OBJECT_EXCLUSIVE, "a flag with a value");
	/* Twice the same: the last counts, as everywhere in netlink. */
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "q", "");
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	granted(&nl, "the same attribute twice");
}

static void random_value(int attr)
{
	static const char *const strings[] = {
		"p", "", "a", "d", "d/a", "d/b", "a/b", "..", "p\n"
	};
	unsigned char noise[300];
	size_t i, len = random() % 3 ? (random() % 2 ? 4 : 8) : random() % sizeof(noise);

	switch (random() % 4) {
	case 0:
		nl_str(&nl, attr, strings[random() % (sizeof(strings) / sizeof(strings[0]))]);
		break;
	case 1:
		nl_u64(&nl, attr, random() % 8);
		break;
	case 2:
		nl_u32(&nl, attr, random() % 8);
		break;
	default:
		for (i = 0; i < len; i++)
			noise[i] = random();
		nl_raw(&nl, attr, noise, len);
	}
}

static int harmless(int command)
{
	switch (command) {
	/* Pools of any size, or without the pool that the test is about. */
	case MORSEL_CMD_POOL_NEW:
	case MORSEL_CMD_POOL_DEL:
		return MORSEL_CMD_POOL_GET;
	/* Its events would come between requests and their answers. */
	case MORSEL_CMD_MORSEL_WATCH:
		return MORSEL_CMD_MORSEL_GET;
	default:
		return command;
	}
}

/* Mostly well-formed, so that it gets past the parser. */
static void random_request(void)
{
	struct genlmsghdr *genl = (struct genlmsghdr *)(nl.out + NLMSG_HDRLEN);
	int i, command = harmless(random() % (MORSEL_CMD_MAX + 2));

	nl_begin(&nl, command);
	if (random() % 8)
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	if (random() % 4)
		nl_str(&nl, MORSEL_A_OBJECT_PATH, random() % 2 ? "a" : "d/b");
	if (command == MORSEL_CMD_MORSEL_RENAME && random() % 8)
		nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, random() % 2 ? "d/b" : "d");
	for (i = random() % 6 - 3; i > 0; i--)
		random_value(random() % (MORSEL_A_OBJECT_MAX + 2));
	if (random() % 16 == 0)
		nl.len -= random() % (nl.len - NLMSG_HDRLEN);
	if (random() % 16 == 0)
		nl.out[NLMSG_HDRLEN + random() % (nl.len - NLMSG_HDRLEN + 1)] = random();
	/* That may have been the command. */
	genl->cmd = harmless(genl->cmd);
}

static void drain(void)
{
	while (recv(nl.fd, nl.in, sizeof(nl.in), MSG_DONTWAIT) > 0)
		;
}

static void test_random(void)
{
	unsigned int seed = time(NULL);
	int i, good = 0, rounds = on_debug_kernel() ? ROUNDS / 10 : ROUNDS;

	diag("seed %u", seed);
	srandom(seed);
	for (i = 0; i < rounds; i++) {
		struct nlmsghdr *header = (struct nlmsghdr *)nl.out;

		random_request();
		if (random() % 32 == 0) {
			header->nlmsg_len = nl.len;
			header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
			send(nl.fd, nl.out, nl.len, 0);
			while (recv(nl.fd, nl.in, sizeof(nl.in), MSG_DONTWAIT) > 0)
				;
			continue;
		}
		drain();
		good += nl_talk(&nl) == 0;
	}
	drain();
	diag("%d of %d were granted", good, rounds);
	ok(good > rounds / 50 && good < rounds, "random requests: some were granted, not all");
	nl_object(&nl, MORSEL_CMD_MORSEL_GET, "p", "");
	granted(&nl, "the family still answers");
}

/* Several messages in one datagram, the last one broken. */
static void test_batch(void)
{
	size_t first;

	nl_object(&nl, MORSEL_CMD_MORSEL_NEW, "p", "batch");
	((struct nlmsghdr *)nl.out)->nlmsg_len = nl.len;
	((struct nlmsghdr *)nl.out)->nlmsg_flags = NLM_F_REQUEST;
	first = nl.len;
	memset(nl.out + first, 0xff, 20);
	need(send(nl.fd, nl.out, first + 20, 0) == (ssize_t)first + 20);
	need(recv(nl.fd, nl.in, sizeof(nl.in), 0) > 0);
	ok(!access(pool_path("batch"), F_OK), "what is whole is done, what is behind it is not");
	drain();
}

int main(void)
{
	nl_open(&nl);
	close(make_morsel("a", 0));
	need(!mkdir(pool_path("d"), 0755));
	test_header();
	test_truncated();
	test_attributes();
	test_batch();
	test_random();
	need(!system("rm -rf /mnt/morsel/*"));
	return done_testing();
}
