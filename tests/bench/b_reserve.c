// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Giving an object a place in the morsel window, and taking it away again, when
 * there are N reservations with as many gaps that are too small for it.
 *
 * b_reserve RUNS [N...]; the pool on /mnt/morsel must be called p.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench.h"

#define WINDOW 0x200000000000UL

struct message {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[256];
};

static int sock, family;
static char reply[16 * KIB];

static void put(struct message *m, int type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)m + m->nl.nlmsg_len);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((char *)a + NLA_HDRLEN, data, len);
	m->nl.nlmsg_len += NLA_ALIGN(a->nla_len);
}

static void put_u64(struct message *m, int type, uint64_t value)
{
	put(m, type, &value, sizeof(value));
}

static void begin(struct message *m, int type, int command)
{
	memset(m, 0, sizeof(*m));
	m->nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->nl.nlmsg_type = type;
	m->nl.nlmsg_flags = NLM_F_REQUEST;
	m->genl.cmd = command;
	m->genl.version = 1;
}

static void begin_object(struct message *m, int command, const char *path)
{
	begin(m, family, command);
	put(m, MORSEL_A_OBJECT_POOL_NAME, "p", 2);
	put(m, MORSEL_A_OBJECT_PATH, path, strlen(path) + 1);
}

/* Send, and receive the reply.  Without NLM_F_ACK that is all there is. */
static void talk(const struct message *m)
{
	const struct nlmsghdr *nl = (void *)reply;

	if (send(sock, m, m->nl.nlmsg_len, 0) < 0 || recv(sock, reply, sizeof(reply), 0) < 0)
		fatal("netlink: %s", strerror(errno));
	if (nl->nlmsg_type == NLMSG_ERROR)
		fatal("command %d: %s", m->genl.cmd,
		      strerror(-((const struct nlmsgerr *)NLMSG_DATA(nl))->error));
}

static void find_family(void)
{
	const char *at = reply + NLMSG_HDRLEN + GENL_HDRLEN;
	struct message m;

	begin(&m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	put(&m, CTRL_ATTR_FAMILY_NAME, MORSEL_FAMILY_NAME, sizeof(MORSEL_FAMILY_NAME));
	talk(&m);
	for (;; at += NLA_ALIGN(((const struct nlattr *)at)->nla_len))
		if (((const struct nlattr *)at)->nla_type == CTRL_ATTR_FAMILY_ID)
			break;
	family = *(const uint16_t *)(at + NLA_HDRLEN);
}

static void make(const char *path, uint64_t addr)
{
	struct message m;

	begin_object(&m, MORSEL_CMD_MORSEL_NEW, path);
	if (addr) {
		put_u64(&m, MORSEL_A_OBJECT_ADDR, addr);
		put_u64(&m, MORSEL_A_OBJECT_MAX_SIZE, HUGE_PAGE);
	}
	talk(&m);
}

/* The probe needs two chunks; every gap in front of the last has one. */
static void measure(uint64_t n, int runs)
{
	struct subject who = { "reserve", "morsel", "lowest fit", n };
	struct sample give = { .n = 0 }, back = { .n = 0 };
	struct message m;

	for (int i = 0; i < runs + 3; i++) {
		uint64_t start;

		begin_object(&m, MORSEL_CMD_MORSEL_SET, "probe");
		put_u64(&m, MORSEL_A_OBJECT_ADDR, 0);
		put_u64(&m, MORSEL_A_OBJECT_MAX_SIZE, 2 * HUGE_PAGE);
		start = ticks();
		talk(&m);
		if (i >= 3)
			sample_add(&give, ticks() - start);
		begin_object(&m, MORSEL_CMD_MORSEL_SET, "probe");
		put(&m, MORSEL_A_OBJECT_NO_ADDR, "", 0);
		start = ticks();
		talk(&m);
		if (i >= 3)
			sample_add(&back, ticks() - start);
	}
	result(&who, "reserve", &give);
	result(&who, "give back", &back);
}

int main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 21;
	uint64_t made = 0, n;
	char path[32];

	bench_begin("reserve", argv);
	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0)
		fatal("netlink: %s", strerror(errno));
	find_family();
	make("probe", 0);
	for (int i = 2; i < argc; i++) {
		for (n = strtoull(argv[i], NULL, 0); made < n; made++) {
			snprintf(path, sizeof(path), "r%llu", (unsigned long long)made);
			make(path, WINDOW + (2 * made + 1) * HUGE_PAGE);
		}
		measure(n, runs);
	}
	return 0;
}
