// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Round trips over generic netlink: the controller's own get, and the gets of
 * this family.
 *
 * b_netlink RUNS
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/morsel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/genl.h"

#define MOUNT "/mnt/morsel"

static void measure(const char *what, const struct message *m, int runs)
{
	struct subject who = { "netlink", what, "", 0 };
	struct sample s = { .n = 0 };
	uint64_t start;
	int n = 0;

	for (int i = 0; i < runs + 3; i++) {
		start = ticks();
		n = genl_exchange(m);
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
	genl_begin(m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	genl_put(m, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
}

/* The number of the pool that is mounted: that of the first one in a dump. */
static uint32_t pool_id(void)
{
	struct message m;
	uint32_t id;
	int n;

	genl_begin(&m, genl_family, MORSEL_CMD_POOL_GET, NLM_F_DUMP);
	n = genl_exchange(&m);
	if (n < 0)
		fatal("pool-get: %s", strerror(-n));
	memcpy(&id, genl_find(n, MORSEL_A_POOL_ID), sizeof(id));
	genl_drop();
	return id;
}

static void family_gets(int runs)
{
	uint32_t id = pool_id();
	struct message m;
	struct stat st;
	uint64_t ino;
	int fd;

	genl_begin(&m, genl_family, MORSEL_CMD_POOL_GET, 0);
	genl_put(&m, MORSEL_A_POOL_ID, &id, sizeof(id));
	measure("pool-get by id", &m, runs);

	fd = open(MOUNT "/object", O_RDWR | O_CREAT, 0600);
	if (fd < 0 || fstat(fd, &st))
		fatal(MOUNT "/object: %s", strerror(errno));
	genl_begin(&m, genl_family, MORSEL_CMD_MORSEL_GET, 0);
	genl_put(&m, MORSEL_A_OBJECT_POOL_ID, &id, sizeof(id));
	genl_put(&m, MORSEL_A_OBJECT_PATH, "object", sizeof("object"));
	measure("morsel-get by path", &m, runs);

	ino = st.st_ino;
	genl_begin(&m, genl_family, MORSEL_CMD_MORSEL_GET, 0);
	genl_put(&m, MORSEL_A_OBJECT_POOL_ID, &id, sizeof(id));
	genl_put(&m, MORSEL_A_OBJECT_ID, &ino, sizeof(ino));
	measure("morsel-get by id", &m, runs);
	close(fd);
	unlink(MOUNT "/object");
}

int main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 21;
	struct message m;

	bench_begin("netlink", argv);
	genl_open();
	controller_get(&m, "nlctrl");
	measure("GETFAMILY nlctrl", &m, runs);
	controller_get(&m, MORSEL_FAMILY_NAME);
	measure("GETFAMILY morsel", &m, runs);
	family_gets(runs);
	return 0;
}
