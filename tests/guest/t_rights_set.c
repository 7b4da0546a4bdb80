// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rights-get and rights-set: lists, owner and mode as the file system has them; all
 * that is asked for or nothing; who may, and what he is told.
 * pool: size=64M,name=p
 * groups: rights nl
 * timeout: 40
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "lib/grants.h"

enum {
	ACL = MORSEL_A_OBJECT_ACL,
	DEFAULT = MORSEL_A_OBJECT_DEFAULT_ACL,
	GET = MORSEL_CMD_RIGHTS_GET,
	SET = MORSEL_CMD_RIGHTS_SET,
	USER_OBJ = MORSEL_ACL_TAG_USER_OBJ,
	USER = MORSEL_ACL_TAG_USER,
	GROUP_OBJ = MORSEL_ACL_TAG_GROUP_OBJ,
	GROUP = MORSEL_ACL_TAG_GROUP,
	MASK = MORSEL_ACL_TAG_MASK,
	OTHER = MORSEL_ACL_TAG_OTHER,
	TEAM = 2000,
	MAX = 256,
};

static struct nl nl;
static int64_t *notes;

static void basic(int attr, int user, int group, int other)
{
	rights_entry(&nl, attr, USER_OBJ, 0, user);
	rights_entry(&nl, attr, GROUP_OBJ, 0, group);
	rights_entry(&nl, attr, OTHER, 0, other);
}

static unsigned int mode_of(const char *name)
{
	struct stat st;

	need(!stat(pool_path(name), &st));
	return st.st_mode & 07777;
}

/* Entries of @attr in the last reply: how many, and is this one there? */
static int entries(int attr, uint32_t tag, uint32_t id, uint32_t perm, bool *found)
{
	const struct nlmsghdr *nlh = (const void *)nl.in;
	const unsigned char *at = nl.in + NLMSG_HDRLEN + GENL_HDRLEN, *end = nl.in + nlh->nlmsg_len;
	int count = 0;

	*found = false;
	for (; at < end; at += NLA_ALIGN(((const struct nlattr *)at)->nla_len)) {
		const struct nlattr *nest = (const void *)at, *in;
		uint32_t got[4] = { 0 }, value;
		const unsigned char *p = at + NLA_HDRLEN;

		if ((nest->nla_type & NLA_TYPE_MASK) != attr)
			continue;
		for (; p < at + nest->nla_len; p += NLA_ALIGN(in->nla_len)) {
			in = (const void *)p;
			memcpy(&value, p + NLA_HDRLEN, 4);
			got[in->nla_type & 3] = value;
		}
		count++;
		*found |= got[MORSEL_A_ACL_ENTRY_TAG] == tag && got[MORSEL_A_ACL_ENTRY_ID] == id &&
			  got[MORSEL_A_ACL_ENTRY_PERM] == perm;
	}
	return count;
}

static void has(const char *path, int attr, int count, uint32_t tag, uint32_t id, uint32_t perm,
		const char *what)
{
	bool found;
	int got;

	nl_object(&nl, GET, "p", path);
	nl_send(&nl, NLM_F_ACK);
	need(recv(nl.fd, nl.in, sizeof(nl.in), 0) > 0);
	got = entries(attr, tag, id, perm, &found);
	is_int(got, count, "%s: so many entries", what);
	ok(!count || found, "and this one");
	need(recv(nl.fd, nl.in, sizeof(nl.in), 0) > 0); /* the acknowledgment */
}

static void test_lists(void)
{
	close(make_morsel("f", 4096));
	need(!chmod(pool_path("f"), 0640) && !mkdir(pool_path("d"), 0755));
	has("f", ACL, 3, GROUP_OBJ, 0, 4, "the list that follows from a mode");
	rights_list(&nl, "f", ALICE, 6);
	granted(&nl, "a list");
	has("f", ACL, 5, USER, ALICE, 6, "it is there");
	is_int(mode_of("f"), 0660, "the mask is the group of the mode");
	ok(getxattr(pool_path("f"), "system.posix_acl_access", NULL, 0) > 0, "getfacl sees it");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 6, 4, 4);
	granted(&nl, "back to three entries");
	is_errno(getxattr(pool_path("f"), "system.posix_acl_access", NULL, 0), ENODATA,
		 "they are the mode and nothing else");
	is_int(mode_of("f"), 0644, "namely");
	nl_object(&nl, SET, "p", "d");
	rights_entry(&nl, DEFAULT, OTHER, 0, 0); /* in any order */
	rights_entry(&nl, DEFAULT, MASK, 0, 7);
	rights_entry(&nl, DEFAULT, GROUP, TEAM, 5);
	rights_entry(&nl, DEFAULT, USER, BOB, 7);
	rights_entry(&nl, DEFAULT, USER, ALICE, 7);
	rights_entry(&nl, DEFAULT, GROUP_OBJ, 0, 0);
	rights_entry(&nl, DEFAULT, USER_OBJ, 0, 7);
	granted(&nl, "a list for new objects");
	has("d", DEFAULT, 7, GROUP, TEAM, 5, "it is there");
	close(make_morsel("d/new", 0));
	has("d/new", ACL, 7, USER, BOB, 7, "and inherited");
	nl_object(&nl, SET, "p", "d");
	nl_flag(&nl, MORSEL_A_OBJECT_NO_DEFAULT_ACL);
	granted(&nl, "remove it");
	has("d", DEFAULT, 0, 0, 0, 0, "it is gone");
	nl_object(&nl, SET, "p", "d");
	nl_flag(&nl, MORSEL_A_OBJECT_NO_DEFAULT_ACL);
	granted(&nl, "remove what is not there");
}

static void refuse(const char *path, int error, const char *text, const char *what)
{
	int got = nl_talk(&nl);

	nl_refused(&nl, got, error, text, nl.bad_attr, __FILE__, __LINE__, "%s", what);
	is_int(mode_of(path), 0644, "and nothing has changed");
}

static void test_bad(void)
{
	int i;

	nl_object(&nl, SET, "p", "f");
	refuse("f", EINVAL, "nothing to set", "nothing");
	nl_object(&nl, SET, "p", "f");
	rights_entry(&nl, ACL, USER_OBJ, 0, 7);
	refuse("f", EINVAL, "must be in the list", "an incomplete list");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 7, 7, 7);
	rights_entry(&nl, ACL, USER, ALICE, 7);
	refuse("f", EINVAL, "needs a mask", "no mask");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 7, 7, 7);
	rights_entry(&nl, ACL, MASK, 0, 7);
	rights_entry(&nl, ACL, USER, ALICE, 7);
	rights_entry(&nl, ACL, USER, ALICE, 0);
	refuse("f", EINVAL, "two entries are about the same", "a user twice");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 7, 7, 7);
	rights_entry(&nl, ACL, MASK, 0, 7);
	rights_entry(&nl, ACL, USER, -1, 7);
	refuse("f", EINVAL, "no such user", "an invalid user");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 7, 7, 8);
	refuse("f", EINVAL, "", "an unknown permission");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 7, 7, 7);
	rights_entry(&nl, ACL, 7, 0, 7);
	refuse("f", ERANGE, "", "an unknown tag");
	nl_object(&nl, SET, "p", "f");
	basic(DEFAULT, 7, 7, 7);
	refuse("f", EINVAL, "only a directory", "a list for new objects of a file");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 7, 7, 7);
	rights_entry(&nl, ACL, MASK, 0, 7);
	for (i = 0; i < MAX - 3; i++)
		rights_entry(&nl, ACL, USER, 5000 + i, 7);
	refuse("f", E2BIG, "at most 256", "too long a list");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 6, 4, 4);
	rights_entry(&nl, ACL, MASK, 0, 4);
	for (i = 0; i < MAX - 4; i++)
		rights_entry(&nl, ACL, USER, 9000 - i, 4);
	granted(&nl, "the longest list");
	has("f", ACL, MAX, USER, 9000, 4, "is told whole");
	nl_object(&nl, SET, "p", "f");
	basic(ACL, 6, 4, 4);
	granted(&nl, "and gone");
}

static int alice_sets(void *arg)
{
	become_user(ALICE);
	nl_open(&nl);
	rights_list(&nl, "f", ALICE, 6);
	notes[0] = nl_talk(&nl);
	notes[1] = strstr(nl.text, "only the owner of the object, or CAP_FOWNER") != NULL;
	nl_object(&nl, SET, "p", "f");
	nl_flag(&nl, MORSEL_A_OBJECT_REVOKE);
	notes[2] = nl_talk(&nl);
	nl_object(&nl, SET, "p", "own"); /* all or nothing: the list she may, the owner not */
	basic(ACL, 7, 7, 7);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, BOB);
	notes[3] = nl_talk(&nl);
	nl_object(&nl, GET, "p", "f");
	notes[4] = nl_talk(&nl);
	nl_object(&nl, GET, "p", "hidden/f");
	notes[5] = nl_talk(&nl);
	rights_list(&nl, "own", BOB, 4);
	notes[6] = nl_talk(&nl);
	return 0;
}

static void test_who(void)
{
	close(make_morsel("own", 4096));
	need(!chown(pool_path("own"), ALICE, ALICE) && !chmod(pool_path("own"), 0644));
	need(!mkdir(pool_path("hidden"), 0700));
	close(make_morsel("hidden/f", 0));
	is_int(in_child(alice_sets, NULL, 10), 0, "alice asks");
	ok(notes[0] == EPERM && notes[1], "what is not hers");
	is_int(notes[2], EPERM, "revoke alone");
	is_int(notes[3], EPERM, "give hers away");
	is_int(notes[4], 0, "she may know the rights of what she finds");
	is_int(notes[5], EACCES, "but not of what she cannot reach");
	is_int(notes[6], 0, "hers");
	has("own", ACL, 5, USER, BOB, 4, "bob is let in, and nothing else");
	is_int(mode_of("f"), 0644, "the others' are as they were");
}

static int in_userns(void *arg)
{
	bool found;

	become_user(ALICE);
	need(!unshare(CLONE_NEWUSER));
	nl_open(&nl);
	nl_object(&nl, GET, "p", "own");
	nl_send(&nl, 0);
	need(recv(nl.fd, nl.in, sizeof(nl.in), 0) > 0);
	notes[0] = entries(ACL, USER, 65534, 4, &found);
	notes[1] = found;
	rights_list(&nl, "own", 0, 6);
	notes[2] = nl_talk(&nl);
	return 0;
}

static void count(struct nl *n, void *arg)
{
	notes[0]++;
	notes[1] += nl_has(n, ACL);
}

static void test_dump(void)
{
	memset(notes, 0, 64);
	is_int(in_child(in_userns, NULL, 10), 0, "from a user namespace");
	ok(notes[0] == 5 && notes[1], "unknown ids are the overflow id");
	is_int(notes[2], EINVAL, "and there is no user 0");
	memset(notes, 0, 64);
	nl_begin(&nl, GET);
	nl_str(&nl, MORSEL_A_OBJECT_POOL_NAME, "p");
	is_int(nl_dump(&nl, count, NULL), 0, "a dump");
	is_int(notes[0], 7, "of all objects");
	is_int(notes[1], 7, "with their lists");
}

static void test_mode(void)
{
	struct stat st;

	nl_object(&nl, SET, "p", "d");
	nl_u32(&nl, MORSEL_A_OBJECT_MODE, 01770);
	nl_u32(&nl, MORSEL_A_OBJECT_UID, ALICE);
	nl_u32(&nl, MORSEL_A_OBJECT_GID, TEAM);
	granted(&nl, "owner, group, sticky bit");
	need(!stat(pool_path("d"), &st));
	ok(st.st_uid == ALICE && st.st_gid == TEAM && (st.st_mode & 07777) == 01770, "are set");
}

int main(void)
{
	nl_open(&nl);
	notes = shared_page();
	test_lists();
	test_bad();
	test_who();
	test_dump();
	test_mode();
	return done_testing();
}
