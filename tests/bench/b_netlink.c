// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Round trips over generic netlink: the controller's own get, and the gets of
 * this family.
 *
 * b_netlink RUNS
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bench.h"

#define MOUNT "/mnt/morsel"

struct message {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[512];
};

static int sock;
static char reply[16 * KIB];

static void begin(struct message *m, int family, int command, int flags)
{
	memset(m, 0, sizeof(*m));
	m->nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->nl.nlmsg_type = family;
	m->nl.nlmsg_flags = NLM_F_REQUEST | flags;
	m->genl.cmd = command;
	m->genl.version = 1;
}

static void put(struct message *m, int type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)m + m->nl.nlmsg_len);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((char *)a + NLA_HDRLEN, data, len);
	m->nl.nlmsg_len += NLA_ALIGN(a->nla_len);
}

/* Send, and receive the first answer.  Returns its length, or -errno. */
static int exchange(const struct message *m)
{
	const struct nlmsghdr *nl = (void *)reply;
	int n;

	if (send(sock, m, m->nl.nlmsg_len, 0) < 0)
		return -errno;
	n = recv(sock, reply, sizeof(reply), 0);
	if (n < 0)
		return -errno;
	if (nl->nlmsg_type == NLMSG_ERROR)
		return ((const struct nlmsgerr *)NLMSG_DATA(nl))->error;
	return n;
}

static const struct nlattr *find(int type, int len)
{
	const char *p = reply + NLMSG_HDRLEN + GENL_HDRLEN, *end = reply + len;
	const struct nlattr *a;

	for (; p + NLA_HDRLEN <= end; p += NLA_ALIGN(a->nla_len)) {
		a = (const void *)p;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		if (a->nla_len < NLA_HDRLEN)
			break;
	}
	fatal("the reply has no attribute %d", type);
}

static const void *data(const struct nlattr *a)
{
	return (const char *)a + NLA_HDRLEN;
}

static void measure(const char *what, const struct message *m, int runs)
{
	struct subject who = { "netlink", what, "", 0 };
	struct sample s = { .n = 0 };
	uint64_t start;
	int n = 0;

	for (int i = 0; i < runs + 3; i++) {
		start = ticks();
		n = exchange(m);
		if (i >= 3)
			sample_add(&s, ticks() - start);
		if (n < 0) {
			not_measured(&who, "%s", strerror(-n));
			return;
		}
	}
	result(&who, "round trip", &s);
	result_one(&who, "reply bytes", n);
}

static void controller_get(struct message *m, const char *name)
{
	begin(m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	put(m, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
}

/* The number of the pool that is mounted: that of the first one in a dump. */
static uint32_t pool_id(int family)
{
	struct message m;
	uint32_t id;
	int n;

	begin(&m, family, MORSEL_CMD_POOL_GET, NLM_F_DUMP);
	n = exchange(&m);
	if (n < 0)
		fatal("pool-get: %s", strerror(-n));
	memcpy(&id, data(find(MORSEL_A_POOL_ID, n)), sizeof(id));
	/* The end of the dump. */
	if (recv(sock, reply, sizeof(reply), MSG_DONTWAIT) < 0 && errno != EAGAIN)
		fatal("pool-get: %s", strerror(errno));
	return id;
}

static void family_gets(int family, int runs)
{
	uint32_t id = pool_id(family);
	struct message m;
	struct stat st;
	uint64_t ino;
	int fd;

	begin(&m, family, MORSEL_CMD_POOL_GET, 0);
	put(&m, MORSEL_A_POOL_ID, &id, sizeof(id));
	measure("pool-get by id", &m, runs);

	fd = open(MOUNT "/object", O_RDWR | O_CREAT, 0600);
	if (fd < 0 || fstat(fd, &st))
		fatal(MOUNT "/object: %s", strerror(errno));
	begin(&m, family, MORSEL_CMD_MORSEL_GET, 0);
	put(&m, MORSEL_A_OBJECT_POOL_ID, &id, sizeof(id));
	put(&m, MORSEL_A_OBJECT_PATH, "object", sizeof("object"));
	measure("morsel-get by path", &m, runs);

	ino = st.st_ino;
	begin(&m, family, MORSEL_CMD_MORSEL_GET, 0);
	put(&m, MORSEL_A_OBJECT_POOL_ID, &id, sizeof(id));
	put(&m, MORSEL_A_OBJECT_ID, &ino, sizeof(ino));
	measure("morsel-get by id", &m, runs);
	close(fd);
	unlink(MOUNT "/object");
}

int main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 21, n;
	struct message m;

	bench_begin("netlink", argv);
	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0)
		fatal("netlink: %s", strerror(errno));
	controller_get(&m, "nlctrl");
	measure("GETFAMILY nlctrl", &m, runs);
	controller_get(&m, MORSEL_FAMILY_NAME);
	measure("GETFAMILY morsel", &m, runs);
	n = exchange(&m);
	if (n < 0)
		fatal("no family %s: %s", MORSEL_FAMILY_NAME, strerror(-n));
	family_gets(*(const uint16_t *)data(find(CTRL_ATTR_FAMILY_ID, n)), runs);
	return 0;
}
