// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of the commands for objects and pools fails once: an errno,
 * nothing half done, nothing leaked.
 * kernel: debug
 * pool: size=64M,name=p
 * groups: nl
 * timeout: 60
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/failing.h"

static struct nl probe; /* for what must not fail: nothing is left over in this one */

static uint64_t id_of(const char *path)
{
	struct stat st = {};

	return lstat(pool_path(path), &st) ? 0 : st.st_ino;
}

static long long size_of(const char *path)
{
	struct stat st = {};

	return lstat(pool_path(path), &st) ? -1 : st.st_size;
}

static void begin_get(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_GET, "p", "d/a");
}

static void begin_get_id(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_MORSEL_GET);
	nl_str(nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	nl_u64(nl, MORSEL_A_OBJECT_ID, id_of("d/a"));
}

static void begin_new(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_NEW, "p", "d/new");
	nl_u64(nl, MORSEL_A_OBJECT_SIZE, 12345);
	nl_u32(nl, MORSEL_A_OBJECT_UID, 1000);
}

static int done_new(void)
{
	return id_of("d/new") != 0;
}

static void undo_new(void)
{
	need(size_of("d/new") == 12345 && !unlink(pool_path("d/new")));
}

static void begin_mkdir(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_NEW, "p", "d/new");
	nl_u32(nl, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
}

static void undo_mkdir(void)
{
	need(!rmdir(pool_path("d/new")));
}

static void begin_set(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_SET, "p", "d/a");
	nl_u64(nl, MORSEL_A_OBJECT_SIZE, 777);
	nl_u32(nl, MORSEL_A_OBJECT_MODE, 0640);
}

static int done_set(void)
{
	return size_of("d/a") == 777;
}

static void undo_set(void)
{
	need(!truncate(pool_path("d/a"), 4096));
}

static void begin_rename(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_RENAME, "p", "d/a");
	nl_str(nl, MORSEL_A_OBJECT_NEW_PATH, "new");
}

static int done_rename(void)
{
	return id_of("new") != 0;
}

static void undo_rename(void)
{
	char from[128];

	snprintf(from, sizeof(from), "%s", pool_path("new"));
	need(!rename(from, pool_path("d/a")));
}

static void begin_exchange(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_RENAME, "p", "d/a");
	nl_str(nl, MORSEL_A_OBJECT_NEW_PATH, "b");
	nl_u32(nl, MORSEL_A_OBJECT_RENAME_FLAGS, MORSEL_RENAME_FLAG_EXCHANGE);
}

static uint64_t b;

static int done_exchange(void)
{
	return id_of("b") != b;
}

static void undo_exchange(void)
{
	char from[128];

	snprintf(from, sizeof(from), "%s", pool_path("b"));
	need(!renameat2(AT_FDCWD, from, AT_FDCWD, pool_path("d/a"), RENAME_EXCHANGE));
}

static void begin_del(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_DEL, "p", "b");
}

static int done_del(void)
{
	return !id_of("b");
}

static void undo_del(void)
{
	close(make_morsel("b", 4096));
	b = id_of("b");
}

static void new_pool_on(struct nl *on)
{
	nl_pool(on, MORSEL_CMD_POOL_NEW, "q");
	nl_u64(on, MORSEL_A_POOL_SIZE, 1 << 20);
}

static void begin_pool_new(struct nl *nl)
{
	new_pool_on(nl);
}

static int has_pool(void)
{
	nl_pool(&probe, MORSEL_CMD_POOL_GET, "q");
	return nl_talk(&probe) == 0;
}

static void drop_pool(void)
{
	nl_pool(&probe, MORSEL_CMD_POOL_DEL, "q");
	need(!nl_talk(&probe));
}

static int has_no_pool(void)
{
	return !has_pool();
}

static void make_pool(void)
{
	new_pool_on(&probe);
	need(!nl_talk(&probe));
}

static void begin_pool_del(struct nl *nl)
{
	nl_pool(nl, MORSEL_CMD_POOL_DEL, "q");
}

static const struct failing commands[] = {
	{ "netlink get", begin_get, NULL, NULL },
	{ "netlink get by id", begin_get_id, NULL, NULL },
	{ "netlink new file", begin_new, done_new, undo_new },
	{ "netlink new directory", begin_mkdir, done_new, undo_mkdir },
	{ "netlink set", begin_set, done_set, undo_set },
	{ "netlink rename", begin_rename, done_rename, undo_rename },
	{ "netlink exchange", begin_exchange, done_exchange, undo_exchange },
	{ "netlink remove", begin_del, done_del, undo_del, .spared = true },
	{ "netlink new pool", begin_pool_new, has_pool, drop_pool },
	{ "netlink drop pool", begin_pool_del, has_no_pool, make_pool, .spared = true },
};

static void begin_objects(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_MORSEL_GET);
}

static void begin_pools(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_POOL_GET);
}

static const struct failing dump_objects = { "netlink dump of objects", begin_objects, NULL, NULL };
static const struct failing dump_pools = { "netlink dump of pools", begin_pools, NULL, NULL };

static void run_all(void)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].undo == make_pool)
			make_pool();
		failing_run(&commands[i]);
		if (commands[i].undo == make_pool)
			drop_pool();
	}
	failing_dump(&dump_objects);
	failing_dump(&dump_pools);
}

int main(void)
{
	struct nl events;

	failnth_start();
	nl_open(&probe);
	need(!mkdir(pool_path("d"), 0755));
	close(make_morsel("d/a", 4096));
	undo_del();
	run_all();
	nl_open(&events);
	need(!nl_join(&events));
	diag("the same with a listener, who is told of each event or of a loss");
	run_all();
	return done_testing();
}
