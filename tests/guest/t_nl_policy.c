// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The policies of the loaded module are those of netlink/morsel.yaml.
 * pool: none
 * groups: nl
 * timeout: 20
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nltest.h"

struct expected {
	int command, attr;
	uint32_t type;
	uint64_t least, greatest, mask;
	uint32_t length;
};

#include "nl_expected.h"

enum {
	COMMANDS = 256,
	POLICIES = 64,
	ATTRS = 64,
};

struct limits {
	bool known;
	uint32_t type;
	uint64_t least, greatest, mask;
	uint32_t length;
};

static struct limits limits[POLICIES][ATTRS];
static int policy_of[COMMANDS][2]; /* do, dump: number of the policy + 1 */

static uint64_t number(const struct nlattr *attr)
{
	uint64_t value = 0;

	memcpy(&value, (const char *)attr + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN);
	return value;
}

/* Call @each for what is nested in @nest. */
static void nested(const struct nlattr *nest, void (*each)(const struct nlattr *attr, void *arg),
		   void *arg)
{
	const char *at = (const char *)nest + NLA_HDRLEN, *end = (const char *)nest + nest->nla_len;

	for (; at < end; at += NLA_ALIGN(((const struct nlattr *)at)->nla_len))
		each((const struct nlattr *)at, arg);
}

static int type_of(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

static void read_limit(const struct nlattr *attr, void *arg)
{
	struct limits *to = arg;

	to->known = true;
	switch (type_of(attr)) {
	case NL_POLICY_TYPE_ATTR_TYPE:
		to->type = number(attr);
		break;
	case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
		to->least = number(attr);
		break;
	case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
		to->greatest = number(attr);
		break;
	case NL_POLICY_TYPE_ATTR_MASK:
		to->mask = number(attr);
		break;
	case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
		to->length = number(attr);
		break;
	}
}

static void read_attr(const struct nlattr *attr, void *arg)
{
	struct limits *policy = arg;

	need(type_of(attr) < ATTRS);
	nested(attr, read_limit, &policy[type_of(attr)]);
}

static void read_policy(const struct nlattr *attr, void *arg)
{
	need(type_of(attr) < POLICIES);
	nested(attr, read_attr, limits[type_of(attr)]);
}

static void read_modes(const struct nlattr *attr, void *arg)
{
	int *policies = arg;

	policies[type_of(attr) == CTRL_ATTR_POLICY_DUMP] = number(attr) + 1;
}

static void read_command(const struct nlattr *attr, void *arg)
{
	/* Linux 6.12 calls commands that only dump by the number 0, in the family's order. */
	static const int only_dump[] = { MORSEL_CMD_ATTACHMENT_GET, MORSEL_CMD_VAS_GET };
	static unsigned int nameless;
	int command = type_of(attr) % COMMANDS;

	if (!command) {
		need(nameless < sizeof(only_dump) / sizeof(only_dump[0]));
		command = only_dump[nameless++];
	}
	nested(attr, read_modes, policy_of[command]);
}

static void read_message(struct nl *nl, void *arg)
{
	if (nl_has(nl, CTRL_ATTR_OP_POLICY))
		nested(nl->attrs[CTRL_ATTR_OP_POLICY], read_command, NULL);
	if (nl_has(nl, CTRL_ATTR_POLICY))
		nested(nl->attrs[CTRL_ATTR_POLICY], read_policy, NULL);
}

static void check_attr(const struct expected *e, const char *mode, const struct limits *got)
{
	ok(got->known, "command %d, %s: attribute %d is known", e->command, mode, e->attr);
	is_int(got->type, e->type, "its type");
	is_int(got->least, e->least, "its least value");
	is_int(got->greatest, e->greatest, "its greatest value");
	is_int(got->mask, e->mask, "its mask");
	is_int(got->length, e->length, "its length");
}

static unsigned int known_attrs(int policy)
{
	unsigned int count = 0;
	int i;

	for (i = 0; i < ATTRS; i++)
		count += limits[policy][i].known;
	return count;
}

/* As many as expected, and each of the expected ones: so no others. */
static void check_counts(void)
{
	unsigned int want[COMMANDS] = {}, i;

	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		want[expected[i].command]++;
	for (i = 0; i < COMMANDS; i++) {
		int policy = policy_of[i][0] ? policy_of[i][0] : policy_of[i][1];

		if (want[i] && policy)
			is_int(known_attrs(policy - 1), want[i], "command %u: attributes", i);
		else
			ok(!want[i] && !policy_of[i][0] && !policy_of[i][1], "command %u: not there",
			   i);
	}
}

int main(void)
{
	struct nl nl;
	uint16_t family;
	size_t i;

	nl_open(&nl);
	family = nl.family;
	nl.family = GENL_ID_CTRL;
	nl_begin(&nl, CTRL_CMD_GETPOLICY);
	nl_raw(&nl, CTRL_ATTR_FAMILY_ID, &family, sizeof(family));
	is_int(nl_dump(&nl, read_message, NULL), 0, "the policies can be asked for");
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct expected *e = &expected[i];
		const int *policies = policy_of[e->command];

		need(policies[0] || policies[1]);
		if (policies[0])
			check_attr(e, "do", &limits[policies[0] - 1][e->attr]);
		if (policies[1])
			check_attr(e, "dump", &limits[policies[1] - 1][e->attr]);
	}
	check_counts();
	nl_close(&nl);
	return done_testing();
}
