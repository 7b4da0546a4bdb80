// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Taking rights back from processes that have an object mapped, by their number, and
 * by the size of the object; and what a keeper pays to go on.
 *
 * b_revoke MAPPERS RUNS   (numbers of mappers: powers of two up to that)
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench.h"

#define MOUNT "/mnt/morsel"
#define NAME  "revoked"

enum {
	CTRL = GENL_ID_CTRL,
};

struct message {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[512];
};

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

static void put(struct message *m, int type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)m + m->nl.nlmsg_len);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)a + NLA_HDRLEN, data, len);
	m->nl.nlmsg_len += NLA_ALIGN(a->nla_len);
}

/* Send, and receive up to the acknowledgment; @first keeps what came first. */
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

static void find_family(void)
{
	char first[4 * KIB] = { 0 };
	const struct nlmsghdr *nl = (void *)first;
	const struct nlattr *a;
	struct message m;
	size_t at;

	sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	begin(&m, CTRL, CTRL_CMD_GETFAMILY);
	put(&m, CTRL_ATTR_FAMILY_NAME, MORSEL_FAMILY_NAME, sizeof(MORSEL_FAMILY_NAME));
	talk(&m, first, sizeof(first));
	for (at = NLMSG_LENGTH(GENL_HDRLEN); at < nl->nlmsg_len; at += NLA_ALIGN(a->nla_len)) {
		a = (const void *)(first + at);
		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, (const char *)a + NLA_HDRLEN, sizeof(family));
	}
}

static const char *pool_name(void)
{
	static char name[64];
	FILE *mounts = fopen("/proc/mounts", "r");
	char line[512], *at;

	while (mounts && fgets(line, sizeof(line), mounts)) {
		at = strstr(line, " " MOUNT " morsel ") ? strstr(line, "name=") : NULL;
		if (at)
			sscanf(at + 5, "%63[^, ]", name);
	}
	if (mounts)
		fclose(mounts);
	return name;
}

/* Root's mappings are looked at, and kept: what a revoke costs, and no refusals. */
static void take_back(void)
{
	const char *pool = pool_name();
	struct message m;

	begin(&m, family, MORSEL_CMD_RIGHTS_SET);
	put(&m, MORSEL_A_OBJECT_POOL_NAME, pool, strlen(pool) + 1);
	put(&m, MORSEL_A_OBJECT_PATH, NAME, sizeof(NAME));
	put(&m, MORSEL_A_OBJECT_REVOKE, NULL, 0);
	talk(&m, NULL, 0);
}

static volatile char *mapped;
static uint64_t length;

static void touch(void *arg)
{
	(void)arg;
	for (uint64_t off = 0; off < length; off += HUGE_PAGE)
		mapped[off] = 1;
}

static void one(int mappers, int runs)
{
	const struct subject who = { "revoke", "morsel", "mappers", (uint64_t)mappers };
	struct sample revoke = { 0 }, again = { 0 };
	struct crowd crowd;
	uint64_t start;

	for (int i = 0; i < runs; i++) {
		if (crowd_start(&crowd, mappers, touch, NULL)) {
			not_measured(&who, "no %d processes", mappers);
			return;
		}
		touch(NULL);
		start = ticks();
		take_back();
		sample_add(&revoke, ticks() - start);
		start = ticks();
		(void)mapped[0];
		sample_add(&again, ticks() - start);
		crowd_end(&crowd);
	}
	result(&who, "revoke", &revoke);
	result(&who, "next access of a keeper", &again);
}

int main(int argc, char **argv)
{
	int fd, max, runs;

	if (argc != 3)
		fatal("usage: b_revoke MAPPERS RUNS");
	bench_begin("revoke", argv);
	max = atoi(argv[1]);
	runs = atoi(argv[2]);
	find_family();
	fd = open(MOUNT "/" NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	length = 16 * HUGE_PAGE;
	if (fd < 0 || ftruncate(fd, (off_t)length))
		fatal("%s: %m", NAME);
	mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		fatal("mmap: %m");
	for (int mappers = 1; mappers <= max; mappers *= 2)
		one(mappers, runs);
	munmap((void *)mapped, length);
	unlink(MOUNT "/" NAME);
	close(fd);
	return 0;
}
