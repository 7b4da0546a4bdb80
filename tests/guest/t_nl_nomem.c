// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of the commands for rights, seals, quotas, addresses, usage
 * and watches fails once: an errno, nothing half done, nothing leaked.
 * kernel: debug
 * pool: size=64M,name=p
 * groups: nl nomem
 * timeout: 120
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "lib/failing.h"
#include "lib/grants.h"
#include "lib/quota.h"
#include "lib/space.h"

enum {
	SOFT = 40 << 20,
	HARD = 50 << 20,
};

static const char access_list[] = "system.posix_acl_access";
static const char default_list[] = "system.posix_acl_default";
static struct nl probe; /* for what must not fail */

static int all_or_half(int there, int all)
{
	return there == 0 ? 0 : there == all ? 1 : HALF_DONE;
}

static void begin_rights_get(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_RIGHTS_GET, "p", "d");
}

/* Two lists, an owner and a mode. */
static void begin_rights_set(struct nl *nl)
{
	const int list = MORSEL_A_OBJECT_DEFAULT_ACL;

	rights_list(nl, "d", ALICE, 6);
	rights_entry(nl, list, MORSEL_ACL_TAG_USER_OBJ, 0, 7);
	rights_entry(nl, list, MORSEL_ACL_TAG_GROUP_OBJ, 0, 5);
	rights_entry(nl, list, MORSEL_ACL_TAG_OTHER, 0, 0);
	nl_u32(nl, MORSEL_A_OBJECT_UID, ALICE);
	nl_u32(nl, MORSEL_A_OBJECT_MODE, 01770);
}

static int done_rights_set(void)
{
	const char *path = pool_path("d");
	struct stat st;

	need(!stat(path, &st));
	return all_or_half((getxattr(path, access_list, NULL, 0) > 0) +
			   (getxattr(path, default_list, NULL, 0) > 0) +
			   (st.st_uid == ALICE) + (st.st_mode & S_ISVTX ? 1 : 0), 4);
}

static void undo_rights_set(void)
{
	const char *path = pool_path("d");

	removexattr(path, access_list);
	removexattr(path, default_list);
	need(!chown(path, 0, 0) && !chmod(path, 0755));
}

static void begin_revoke(struct nl *nl)
{
	rights_list(nl, "f", ALICE, 4);
	nl_flag(nl, MORSEL_A_OBJECT_REVOKE);
}

static int done_revoke(void)
{
	return getxattr(pool_path("f"), access_list, NULL, 0) > 0;
}

static void undo_revoke(void)
{
	need(!removexattr(pool_path("f"), access_list));
}

static void begin_seal(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_SEAL, "p", "s");
}

static int done_seal(void)
{
	nl_object(&probe, MORSEL_CMD_MORSEL_GET, "p", "s");
	need(!nl_talk(&probe));
	return nl_has(&probe, MORSEL_A_OBJECT_SEALED);
}

static void make_unsealed(void)
{
	unlink(pool_path("s"));
	close(make_morsel("s", 4096));
}

static void begin_quota_get(struct nl *nl)
{
	quota_begin(nl, MORSEL_CMD_QUOTA_GET, 0);
}

static void begin_quota_set(struct nl *nl)
{
	quota_begin(nl, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_u64(nl, MORSEL_A_QUOTA_BYTES_SOFT, SOFT);
	nl_u64(nl, MORSEL_A_QUOTA_BYTES_HARD, HARD);
}

static int done_quota_set(void)
{
	return all_or_half((quota_number(&probe, ALICE, MORSEL_A_QUOTA_BYTES_SOFT) == SOFT) +
			   (quota_number(&probe, ALICE, MORSEL_A_QUOTA_BYTES_HARD) == HARD) +
			   nl_has(&probe, MORSEL_A_QUOTA_OWN), 3);
}

static void undo_quota_set(void)
{
	quota_begin(&probe, MORSEL_CMD_QUOTA_SET, ALICE);
	nl_flag(&probe, MORSEL_A_QUOTA_REMOVE);
	need(!nl_talk(&probe));
}

static void begin_window_get(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_WINDOW_GET);
	nl_u64(nl, MORSEL_A_WINDOW_MAX_SIZE, GIB);
}

static void begin_window_set(struct nl *nl)
{
	space_window(nl, WINDOW_START + GIB, WINDOW_END - GIB);
}

static int done_window_set(void)
{
	nl_begin(&probe, MORSEL_CMD_WINDOW_GET);
	need(!nl_talk(&probe));
	return all_or_half((nl_number(&probe, MORSEL_A_WINDOW_START) == WINDOW_START + GIB) +
			   (nl_number(&probe, MORSEL_A_WINDOW_END) == WINDOW_END - GIB), 2);
}

static void undo_window_set(void)
{
	space_window(&probe, WINDOW_START, WINDOW_END);
	need(!nl_talk(&probe));
}

static void begin_new_at(struct nl *nl)
{
	space_begin(nl, "at", WINDOW_START + GIB, 4096, GIB);
}

static int done_new_at(void)
{
	if (access(pool_path("at"), F_OK))
		return 0;
	return space_addr(&probe, "at") == WINDOW_START + GIB ? 1 : HALF_DONE;
}

static void undo_new_at(void)
{
	need(!unlink(pool_path("at")));
}

static void begin_set_addr(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_SET, "p", "f");
	nl_u64(nl, MORSEL_A_OBJECT_ADDR, WINDOW_START);
	nl_u64(nl, MORSEL_A_OBJECT_MAX_SIZE, GIB);
}

static int done_set_addr(void)
{
	return space_addr(&probe, "f") != 0;
}

static void undo_set_addr(void)
{
	nl_object(&probe, MORSEL_CMD_MORSEL_SET, "p", "f");
	nl_flag(&probe, MORSEL_A_OBJECT_NO_ADDR);
	need(!nl_talk(&probe));
}

static void begin_usage(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_USAGE_GET, "p", "mapped");
}

static void begin_watch(struct nl *nl)
{
	nl_object(nl, MORSEL_CMD_MORSEL_WATCH, "p", "d");
	nl_flag(nl, MORSEL_A_OBJECT_RECURSIVE);
}

/* A socket cannot have the same watch twice. */
static int done_watch(void)
{
	int error;

	begin_watch(&failing_socket);
	error = nl_talk(&failing_socket);
	need(error == 0 || error == EEXIST);
	if (!error) {
		nl_close(&failing_socket);
		nl_open(&failing_socket);
	}
	return error == EEXIST;
}

static void undo_watch(void)
{
	nl_close(&failing_socket);
	nl_open(&failing_socket);
}

static const struct failing commands[] = {
	{ "netlink get rights", begin_rights_get, NULL, NULL },
	{ "netlink set rights", begin_rights_set, done_rights_set, undo_rights_set },
	{ "netlink revoke", begin_revoke, done_revoke, undo_revoke },
	{ "netlink seal", begin_seal, done_seal, make_unsealed },
	{ "netlink get a quota", begin_quota_get, NULL, NULL },
	{ "netlink set a quota", begin_quota_set, done_quota_set, undo_quota_set },
	{ "netlink get the window", begin_window_get, NULL, NULL },
	{ "netlink set the window", begin_window_set, done_window_set, undo_window_set },
	{ "netlink new file with an address", begin_new_at, done_new_at, undo_new_at },
	{ "netlink give an address", begin_set_addr, done_set_addr, undo_set_addr },
	{ "netlink get the usage", begin_usage, NULL, NULL },
	{ "netlink watch", begin_watch, done_watch, undo_watch },
};

static void begin_rights_dump(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_RIGHTS_GET);
}

static void begin_quota_dump(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_QUOTA_GET);
}

static void begin_gaps(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_VAS_GET);
	nl_flag(nl, MORSEL_A_VAS_GAPS);
}

static void begin_mappings(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_VAS_GET);
	nl_u32(nl, MORSEL_A_VAS_PID, getpid());
}

static void begin_usage_dump(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_USAGE_GET);
}

static void begin_attachments(struct nl *nl)
{
	nl_begin(nl, MORSEL_CMD_ATTACHMENT_GET);
}

static const struct failing dumps[] = {
	{ "netlink dump of rights", begin_rights_dump, NULL, NULL },
	{ "netlink dump of quotas", begin_quota_dump, NULL, NULL },
	{ "netlink dump of addresses", begin_gaps, NULL, NULL },
	{ "netlink dump of a process", begin_mappings, NULL, NULL },
	{ "netlink dump of usage", begin_usage_dump, NULL, NULL },
	{ "netlink dump of mappings", begin_attachments, NULL, NULL },
};

/* What dumps tell of; the window cannot be set while there is an address. */
static void make_dumped(void)
{
	space_make(&probe, "home", 0, 4096, 0);
	begin_quota_set(&probe);
	need(!nl_talk(&probe));
}

static void drop_dumped(void)
{
	need(!unlink(pool_path("home")));
	undo_quota_set();
}

static void run_all(void)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		failing_run(&commands[i]);
	make_dumped();
	for (i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++)
		failing_dump(&dumps[i]);
	drop_dumped();
}

int main(void)
{
	struct nl events;
	char *map;
	int fd;

	failnth_start();
	nl_open(&probe);
	need(!mkdir(pool_path("d"), 0755));
	close(make_morsel("f", 4096));
	make_unsealed();
	fd = make_morsel("mapped", 4096);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	*map = 1;
	run_all();
	nl_open(&events);
	need(!nl_join(&events));
	diag("the same with a listener, who is told of each event or of a loss");
	run_all();
	return done_testing();
}
