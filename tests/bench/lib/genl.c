// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to the family morsel, as bare as they can be. */
#include <linux/morsel.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "genl.h"

static int sock;
static uint16_t family;
static char reply[32 * KIB];

static void begin(struct message *m, int type, int command)
{
	memset(m, 0, sizeof(*m));
	m->nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->nl.nlmsg_type = type;
	m->nl.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
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

/* @first keeps what came first. */
static void talk(const struct message *m, char *first, size_t room)
{
	const struct nlmsghdr *nl = (void *)reply;
	ssize_t n;

	if (send(sock, m, m->nl.nlmsg_len, 0) < 0)
		fatal("send: %m");
	for (;;) {
		n = recv(sock, reply, sizeof(reply), 0);
		if (n < 0)
			fatal("recv: %m");
		if (nl->nlmsg_type == NLMSG_ERROR)
			break;
		if (first)
			memcpy(first, reply, (size_t)n < room ? (size_t)n : room);
	}
	if (((const struct nlmsgerr *)NLMSG_DATA(nl))->error)
		fatal("refused: %s", strerror(-((const struct nlmsgerr *)NLMSG_DATA(nl))->error));
}

void genl_talk(const struct message *m)
{
	talk(m, NULL, 0);
}

void genl_open(void)
{
	char first[4 * KIB] = { 0 };
	const struct nlmsghdr *nl = (void *)first;
	const struct nlattr *a;
	struct message m;
	size_t at;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	begin(&m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	genl_put(&m, CTRL_ATTR_FAMILY_NAME, MORSEL_FAMILY_NAME, sizeof(MORSEL_FAMILY_NAME));
	talk(&m, first, sizeof(first));
	for (at = NLMSG_LENGTH(GENL_HDRLEN); at < nl->nlmsg_len; at += NLA_ALIGN(a->nla_len)) {
		a = (const void *)(first + at);
		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, (const char *)a + NLA_HDRLEN, sizeof(family));
	}
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
	begin(m, family, command);
	genl_put(m, MORSEL_A_OBJECT_POOL_NAME, pool, strlen(pool) + 1);
	genl_put(m, MORSEL_A_OBJECT_PATH, slash + 1, strlen(slash + 1) + 1);
}
