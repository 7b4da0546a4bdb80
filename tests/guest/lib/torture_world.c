// SPDX-License-Identifier: GPL-2.0-or-later
/* Torture: commands and events, lack of memory, pools that come and go. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>
#include "../nltest.h"
#include "torture.h"

#define CGROUP "/tmp/cgroup"
#define GROUP CGROUP "/hogs"
#define LIMIT "12582912"	/* bytes */

void torture_world_start(void)
{
	mkdir(CGROUP, 0755);
	need(mount("none", CGROUP, "cgroup2", 0, NULL) == 0);
	need(write_text(CGROUP "/cgroup.subtree_control", "+memory") == 0);
	need(mkdir(GROUP, 0755) == 0);
	need(write_text(GROUP "/memory.max", LIMIT) == 0);
	write_text(GROUP "/memory.swap.max", "0");
}

void torture_world_end(void)
{
	int i;

	for (i = 0; i < 500 && rmdir(GROUP); i++)
		usleep(10000);
	umount(CGROUP);
}

static void each(struct nl *nl, void *arg)
{
	(void)nl;
	(void)arg;
}

/* How an object is used, and by whom; of the pool, too. */
static void ask_usage(struct nl *nl, const char *path)
{
	if (draw() % 2) {
		nl_object(nl, MORSEL_CMD_USAGE_GET, "torture", path);
		nl_u64(nl, MORSEL_A_OBJECT_MAX_AGE, 0);
		nl_talk(nl);
	} else {
		nl_begin(nl, draw() % 2 ? MORSEL_CMD_USAGE_GET : MORSEL_CMD_ATTACHMENT_GET);
		nl_str(nl, MORSEL_A_OBJECT_POOL_NAME, "torture");
		nl_dump(nl, each, NULL);
	}
}

static void op_command(void)
{
	static struct nl nl;
	char path[32];

	nl_open(&nl);
	snprintf(path, sizeof(path), "object-%u", draw() % OBJECTS);
	switch (draw() % 6) {
	case 0:
		nl_begin(&nl, MORSEL_CMD_POOL_GET);
		nl_dump(&nl, each, NULL);
		break;
	case 1:
		nl_begin(&nl, MORSEL_CMD_MORSEL_GET);
		nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "torture");
		nl_dump(&nl, each, NULL);
		break;
	case 2:
		nl_object(&nl, MORSEL_CMD_MORSEL_SET, "torture", path);
		nl_u64(&nl, MORSEL_A_OBJECT_SIZE, draw() % PAGES * PAGE);
		nl_talk(&nl);
		break;
	case 3:
		nl_object(&nl, MORSEL_CMD_MORSEL_RENAME, "torture", path);
		nl_str(&nl, MORSEL_A_OBJECT_NEW_PATH, "renamed");
		nl_talk(&nl);
		nl_object(&nl, MORSEL_CMD_MORSEL_DEL, "torture", "renamed");
		nl_talk(&nl);
		break;
	case 4:
		ask_usage(&nl, path);
		break;
	default:
		nl_object(&nl, MORSEL_CMD_MORSEL_GET, "torture", path);
		nl_talk(&nl);
	}
	nl_close(&nl);
}

/* Listens until it has enough, or leaves what it was told lying. */
static void op_listen(void)
{
	static struct nl nl;
	int i;

	if (!nl.fd) {
		nl_open(&nl);
		nl_join(&nl);
		return;
	}
	for (i = draw() % 64; i > 0 && nl_event(&nl, 0) == 0; i--)
		;
	if (draw() % 4)
		return;
	nl_close(&nl);
	nl.fd = 0;
}

static void hog(void)
{
	size_t len = 64L << 20, i;
	char *anon;
	int n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write_text(GROUP "/cgroup.procs", "0"))
		_exit(0);
	anon = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (n = 0; n < 20; n++)
		op_touch();
	for (i = 0; i < len; i += PAGE) {
		anon[i] = 1;
		if (i % (1 << 20) == 0)
			op_touch();
	}
	_exit(0);
}

/* A child that maps what this process does is killed for lack of memory. */
static void op_hog(void)
{
	pid_t pid = fork();

	if (pid == 0)
		hog();
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* A pool of its own goes while a child still maps an object of it. */
static void op_pool(void)
{
	char dir[32], path[48];
	volatile char *at;
	pid_t pid = -1;
	int fd;

	snprintf(dir, sizeof(dir), "/tmp/pool-%d", getpid());
	snprintf(path, sizeof(path), "%s/object", dir);
	if (mkdir(dir, 0755) || mount("none", dir, "morsel", 0, "size=8M"))
		return;
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd >= 0 && ftruncate(fd, 6L << 20) == 0) {
		at = mmap(NULL, 6L << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (at != MAP_FAILED) {
			at[draw() % (6 << 20)] = 1;
			pid = fork();
		}
		if (pid == 0) {
			at[3 << 20] = at[0];
			usleep(draw() % 20000);
			at[5 << 20] = at[0];
			_exit(0);
		}
		if (at != MAP_FAILED)
			munmap((void *)at, 6L << 20);
	}
	close(fd);
	if (umount(dir))
		umount2(dir, MNT_DETACH);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	rmdir(dir);
}

const struct torture_op torture_world_ops[] = {
	{ "command", 3, op_command },
	{ "listen", 2, op_listen },
	{ "hog", 1, op_hog },
	{ "pool", 1, op_pool },
	{ NULL, 0, NULL },
};
