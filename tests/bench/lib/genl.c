// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests over generic netlink, as bare as they can be. */
#include <errno.h>
#include <linux/morsel.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "genl.h"

static int sock;
uint16_t genl_family;
static char reply[32 * KIB];

void genl_begin(struct message *m, int type, int command, int flags)
{
	memset(m, 0, sizeof(*m));
	m->nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->nl.nlmsg_type = type;
	m->nl.nlmsg_flags = NLM_F_REQUEST | flags;
	m->genl.cmd = command;
	m->genl.version = 1;
}

void genl_put(struct message *m, int type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)m + m->nl.nlmsg_len);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)a + NLA_HDRLEN, data, len);
	m->nl.nlmsg_len += NLA_ALIGN(a->nla_len);
}

int genl_exchange(const struct message *m)
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

void genl_talk(const struct message *m)
{
	const struct nlmsghdr *nl = (void *)reply;
	int n = genl_exchange(m);

	while (n > 0 && nl->nlmsg_type != NLMSG_ERROR)
		if (recv(sock, reply, sizeof(reply), 0) < 0)
			fatal("recv: %m");
	if (n > 0)
		n = ((const struct nlmsgerr *)NLMSG_DATA(nl))->error;
	if (n < 0)
		fatal("command %d: %s", m->genl.cmd, strerror(-n));
}

const void *genl_find(int len, int type)
{
	const char *p = reply + NLMSG_HDRLEN + GENL_HDRLEN, *end = reply + len;
	const struct nlattr *a;

	for (; p + NLA_HDRLEN <= end; p += NLA_ALIGN(a->nla_len)) {
		a = (const void *)p;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return p + NLA_HDRLEN;
		if (a->nla_len < NLA_HDRLEN)
			break;
	}
	fatal("the reply has no attribute %d", type);
}

void genl_drop(void)
{
	if (recv(sock, reply, sizeof(reply), MSG_DONTWAIT) < 0 && errno != EAGAIN)
		fatal("recv: %m");
}

void genl_open(void)
{
	struct message m;
	int n;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0)
		fatal("netlink: %m");
	genl_begin(&m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	genl_put(&m, CTRL_ATTR_FAMILY_NAME, MORSEL_FAMILY_NAME, sizeof(MORSEL_FAMILY_NAME));
	n = genl_exchange(&m);
	if (n < 0)
		fatal("no family %s: %s", MORSEL_FAMILY_NAME, strerror(-n));
	memcpy(&genl_family, genl_find(n, CTRL_ATTR_FAMILY_ID), sizeof(genl_family));
}

/* The name of the pool that is mounted on @dir. */
static void pool_name(const char *dir, char name[64])
{
	FILE *mounts = fopen("/proc/mounts", "r");
	char line[512], wanted[160], *at;

	name[0] = '\0';
	snprintf(wanted, sizeof(wanted), " %s morsel ", dir);
	while (mounts && fgets(line, sizeof(line), mounts)) {
		at = strstr(line, wanted) ? strstr(line, "name=") : NULL;
		if (at)
			sscanf(at + 5, "%63[^, ]", name);
	}
	if (mounts)
		fclose(mounts);
}

void genl_object(struct message *m, int command, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[128], pool[64];

	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	pool_name(dir, pool);
	genl_begin(m, genl_family, command, NLM_F_ACK);
	genl_put(m, MORSEL_A_OBJECT_POOL_NAME, pool, strlen(pool) + 1);
	genl_put(m, MORSEL_A_OBJECT_PATH, slash + 1, strlen(slash + 1) + 1);
}
