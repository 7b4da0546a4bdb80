// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pools over netlink: make, find, list, drop, and what is refused.
 * pool: none
 * groups: nl
 * timeout: 30
 */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nltest.h"

static struct nl nl;

static void test_new(void)
{
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "one");
	nl_u64(&nl, MORSEL_A_POOL_SIZE, 64 << 20);
	nl_u64(&nl, MORSEL_A_POOL_OBJECTS_MAX, 100);
	nl_u32(&nl, MORSEL_A_POOL_HUGE, MORSEL_HUGE_NEVER);
	nl_u32(&nl, MORSEL_A_POOL_MODE, 01777);
	nl_u32(&nl, MORSEL_A_POOL_UID, 1000);
	nl_u32(&nl, MORSEL_A_POOL_GID, 2000);
	granted(&nl, "a pool with everything said");
	is_int(nl.command, MORSEL_CMD_POOL_NEW, "the reply");
	ok(!strcmp(nl_string(&nl, MORSEL_A_POOL_NAME), "one"), "name");
	ok(nl_number(&nl, MORSEL_A_POOL_ID) > 0, "id");
	is_int(nl_number(&nl, MORSEL_A_POOL_SIZE), 64 << 20, "size");
	is_int(nl_number(&nl, MORSEL_A_POOL_USED), 0, "used");
	is_int(nl_number(&nl, MORSEL_A_POOL_OBJECTS), 1, "the root is an object");
	is_int(nl_number(&nl, MORSEL_A_POOL_OBJECTS_MAX), 100, "limit of objects");
	ok(nl_has(&nl, MORSEL_A_POOL_HUGE), "huge is there");
	is_int(nl_number(&nl, MORSEL_A_POOL_HUGE), MORSEL_HUGE_NEVER, "huge");
	is_int(nl_number(&nl, MORSEL_A_POOL_MODE), 01777, "mode");
	is_int(nl_number(&nl, MORSEL_A_POOL_UID), 1000, "uid");
	is_int(nl_number(&nl, MORSEL_A_POOL_GID), 2000, "gid");
	is_int(nl_number(&nl, MORSEL_A_POOL_FLAGS), MORSEL_POOL_FLAG_PINNED, "flags");
	ok(nl_number(&nl, MORSEL_A_POOL_GENERATION) > 0, "generation");
	ok(!nl_has(&nl, MORSEL_A_POOL_EVENT_SEQ), "no event number in a reply");

	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "two");
	granted(&nl, "a pool by its name only");
	ok(nl_number(&nl, MORSEL_A_POOL_SIZE) > 1 << 20, "default size");
	is_int(nl_number(&nl, MORSEL_A_POOL_HUGE), MORSEL_HUGE_ALWAYS, "default huge");
	is_int(nl_number(&nl, MORSEL_A_POOL_MODE), 0755, "default mode");
	is_int(nl_number(&nl, MORSEL_A_POOL_UID), 0, "default uid");
}

static void test_get(void)
{
	uint32_t id;

	nl_pool(&nl, MORSEL_CMD_POOL_GET, "one");
	granted(&nl, "get by name");
	id = nl_number(&nl, MORSEL_A_POOL_ID);
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	nl_u32(&nl, MORSEL_A_POOL_ID, id);
	granted(&nl, "get by id");
	ok(!strcmp(nl_string(&nl, MORSEL_A_POOL_NAME), "one"), "it is that one");
	nl_u32(&nl, MORSEL_A_POOL_ID, id);
	nl_str(&nl, MORSEL_A_POOL_NAME, "one");
	granted(&nl, "get by both");
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "two");
	nl_u32(&nl, MORSEL_A_POOL_ID, id);
	refused(&nl, ENOENT, "no pool of that id and name", MORSEL_A_POOL_ID,
		"both, but not the same");
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "three");
	refused(&nl, ENOENT, "no such pool", MORSEL_A_POOL_NAME, "no such name");
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	nl_u32(&nl, MORSEL_A_POOL_ID, 4711);
	refused(&nl, ENOENT, "no such pool", MORSEL_A_POOL_ID, "no such id");
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	refused(&nl, EINVAL, "must be given", MORSEL_A_POOL_NAME, "not named");
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	nl_u32(&nl, MORSEL_A_POOL_ID, 0);
	refused(&nl, ERANGE, "out of range", MORSEL_A_POOL_ID, "id 0");
	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	nl_raw(&nl, MORSEL_A_POOL_NAME, "one\0x", 6);
	refused(&nl, EINVAL, "after its NUL", MORSEL_A_POOL_NAME, "a name with something behind");
}

struct seen {
	unsigned int pools;
	uint32_t last;
	bool sorted, names;
};

static void see_pool(struct nl *n, void *arg)
{
	struct seen *seen = arg;
	uint32_t id = nl_number(n, MORSEL_A_POOL_ID);

	seen->pools++;
	seen->sorted &= id > seen->last;
	seen->last = id;
	seen->names &= *nl_string(n, MORSEL_A_POOL_NAME) != 0;
}

static void test_dump(void)
{
	struct seen seen = { .sorted = true, .names = true };

	nl_begin(&nl, MORSEL_CMD_POOL_GET);
	is_int(nl_dump(&nl, see_pool, &seen), 0, "dump pools");
	is_int(seen.pools, 3, "two, and one that is mounted");
	ok(seen.sorted && seen.names, "in the order of their ids, with names");
	ok(!nl.interrupted, "undisturbed");
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "one");
	is_int(nl_dump(&nl, NULL, NULL), EINVAL, "a dump of pools with a name");
	ok(strstr(nl.text, "takes no attributes"), "says why: %s", nl.text);
}

static void refuse_new(const char *name, int error, const char *text, const char *what)
{
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, name);
	nl_u64(&nl, MORSEL_A_POOL_SIZE, 1 << 20);
	refused(&nl, error, text, MORSEL_A_POOL_NAME, "a new pool: %s", what);
}

static void refuse_number(int attr, uint64_t value, size_t len, int error, const char *text)
{
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, "bad");
	nl_raw(&nl, attr, &value, len);
	refused(&nl, error, text, attr, "a new pool: attribute %d of %llu", attr,
		(unsigned long long)value);
}

static void test_refused_new(void)
{
	char name[80];

	nl_begin(&nl, MORSEL_CMD_POOL_NEW);
	refused(&nl, EINVAL, "needs a name", MORSEL_A_POOL_NAME, "a new pool: no name");
	refuse_new("one", EEXIST, "there is a pool of that name", "taken");
	refuse_new("", EINVAL, "empty", "an empty name");
	refuse_new("a/b", EINVAL, "'/'", "a slash");
	refuse_new("a:b", EINVAL, "':'", "a colon");
	refuse_new("a\nb", EINVAL, "control", "a control character");
	memset(name, 'n', sizeof(name));
	name[64] = '\0';
	refuse_new(name, EINVAL, "policy", "a name of 64 bytes");
	name[63] = '\0';
	nl_pool(&nl, MORSEL_CMD_POOL_NEW, name);
	nl_u64(&nl, MORSEL_A_POOL_SIZE, 1 << 20);
	granted(&nl, "a new pool: a name of 63 bytes");
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, name);
	granted(&nl, "and drop it");
	refuse_number(MORSEL_A_POOL_SIZE, 1ULL << 60, 8, EINVAL, "larger than the machine");
	refuse_number(MORSEL_A_POOL_SIZE, 1, 8, EINVAL, "at least");
	refuse_number(MORSEL_A_POOL_SIZE, ~0ULL, 8, EINVAL, "larger than the machine");
	refuse_number(MORSEL_A_POOL_MODE, 010000, 4, ERANGE, "out of range");
	refuse_number(MORSEL_A_POOL_HUGE, 2, 4, ERANGE, "out of range");
	refuse_number(MORSEL_A_POOL_UID, 0xffffffff, 4, EINVAL, "no such user");
	refuse_number(MORSEL_A_POOL_GID, 0xffffffff, 4, EINVAL, "no such group");
	refuse_number(MORSEL_A_POOL_ID, 1, 4, EINVAL, "");
	refuse_number(MORSEL_A_POOL_USED, 1, 8, EINVAL, "");
	refuse_number(MORSEL_A_POOL_EVENT_SEQ, 1, 8, EINVAL, "Unsupported attribute");
	nl_pool(&nl, MORSEL_CMD_POOL_GET, "bad");
	refused(&nl, ENOENT, "no such pool", 0, "and nothing was made");
}

static void test_del(void)
{
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "two");
	granted(&nl, "drop a pool");
	ok(!nl.command, "no reply but the acknowledgment");
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "two");
	refused(&nl, ENOENT, "no such pool", MORSEL_A_POOL_NAME, "drop it again");
	nl_begin(&nl, MORSEL_CMD_POOL_DEL);
	refused(&nl, EINVAL, "must be given", MORSEL_A_POOL_NAME, "drop nothing");
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "mounted");
	refused(&nl, EPERM, "umount", MORSEL_A_POOL_NAME, "drop what mount(2) made");
	need(!mkdir("/mnt/one", 0700) && !mount("one", "/mnt/one", "morsel", 0, "name=one"));
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "one");
	refused(&nl, EBUSY, "mounted", MORSEL_A_POOL_NAME, "drop what is mounted");
	need(!umount("/mnt/one"));
	nl_pool(&nl, MORSEL_CMD_POOL_DEL, "one");
	granted(&nl, "drop it after umount");
}

int main(void)
{
	need(!mkdir("/mnt/mounted", 0700));
	need(!mount("none", "/mnt/mounted", "morsel", 0, "size=1M,name=mounted"));
	nl_open(&nl);
	test_new();
	test_get();
	test_dump();
	test_refused_new();
	test_del();
	nl_close(&nl);
	need(!umount("/mnt/mounted"));
	return done_testing();
}
