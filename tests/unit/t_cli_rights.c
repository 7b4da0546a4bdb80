// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists that are changed: who is named has what was asked for, nobody else more or less. */
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include "cli.h"
#include "morsel-admin/rights.h"
#include "morsel-admin/take.h"
#include "people.h"

enum {
	LISTS = 20000,
};

/* ---- a kernel that keeps lists of one object, a directory if it has a default list ---- */

struct list {
	struct morsel_acl_entry entries[16];
	size_t count;
};

static struct {
	uint32_t uid, gid;
	struct list lists[2];
	bool deaf; /* it changes nothing, and says that it has */
} object;

static const int attrs[] = { MORSEL_A_OBJECT_ACL, MORSEL_A_OBJECT_DEFAULT_ACL };

static void add(struct list *list, uint32_t tag, uint32_t id, uint32_t perm)
{
	assert_true(list->count < ARRAY_SIZE(list->entries));
	list->entries[list->count++] = (struct morsel_acl_entry){ tag, id, perm };
}

static void tell_rights(struct fake_buf *buf)
{
	const struct morsel_acl_entry *entry;
	size_t list, i;

	fake_object(buf, 7, "db", object.lists[1].count ? "x/" : "x", 0);
	fake_u32(buf, MORSEL_A_OBJECT_UID, object.uid);
	fake_u32(buf, MORSEL_A_OBJECT_GID, object.gid);
	fake_u64(buf, MORSEL_A_OBJECT_RIGHTS_SEQ, 1);
	for (list = 0; list < 2; list++)
		for (i = 0; i < object.lists[list].count; i++) {
			struct fake_buf nest = { .len = 0 };

			entry = &object.lists[list].entries[i];
			fake_msg(&nest, 0, 0);
			fake_u32(&nest, MORSEL_A_ACL_ENTRY_TAG, entry->tag);
			fake_u32(&nest, MORSEL_A_ACL_ENTRY_ID, entry->id);
			fake_u32(&nest, MORSEL_A_ACL_ENTRY_PERM, entry->perm);
			fake_attr(buf, attrs[list], nest.data + NLMSG_HDRLEN,
				  nest.len - NLMSG_HDRLEN);
		}
}

static uint32_t number(const struct nlattr *nest, int type)
{
	const struct nlattr *nla = nla_find(nla_data(nest), nla_len(nest), type);

	return nla ? nla_get_u32(nla) : 0;
}

static void set_rights(const struct nlmsghdr *request)
{
	struct nlattr *nla;
	int rem;

	if (object.deaf)
		return;
	object.lists[0].count = object.lists[1].count = 0;
	nlmsg_for_each_attr(nla, (struct nlmsghdr *)request, GENL_HDRLEN, rem)
		if (nla_type(nla) == attrs[0] || nla_type(nla) == attrs[1])
			add(&object.lists[nla_type(nla) == attrs[1]],
			    number(nla, MORSEL_A_ACL_ENTRY_TAG), number(nla, MORSEL_A_ACL_ENTRY_ID),
			    number(nla, MORSEL_A_ACL_ENTRY_PERM));
}

static int answer(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)round;
	if (cli_cmd(request) == MORSEL_CMD_RIGHTS_SET)
		set_rights(request);
	tell_rights(buf);
	fake_ack(buf, 0, NULL, 0, 0);
	return 0;
}

/* "u::rw,u:1000:r,d:o::": entries with commas between, as rights grant reads them */
static void set_object(uint32_t uid, uint32_t gid, const char *text)
{
	struct app app = { 0 };
	struct entries entries;
	int i;

	assert_int_equal(parse_entries(&app, text, NULL, &entries), 0);
	memset(&object, 0, sizeof(object));
	object.uid = uid;
	object.gid = gid;
	for (i = 0; i < entries.count; i++)
		add(&object.lists[entries.items[i].list], entries.items[i].acl.tag,
		    entries.items[i].acl.id, entries.items[i].acl.perm);
}

/* ---- single lists, as a dry run shows what they would be ---- */

static const char *list_said(void)
{
	static char text[512];
	char *line, *rest = cli.out;

	*text = '\0';
	while ((line = strsep(&rest, "\n")))
		if (*line && *line != '#') {
			strcat(text, *text ? " " : ""); /* NOLINT: large enough */
			strcat(text, line); /* NOLINT */
		}
	return text;
}

struct single {
	const char *before, *command, *after;
};

static void check_singles(uint32_t uid, uint32_t gid, const struct single *single, size_t count)
{
	const char *said, *args;
	char line[256];

	for (; count--; single++) {
		set_object(uid, gid, single->before);
		args = strchr(single->command, ' ');
		snprintf(line, sizeof(line), "-n rights %.*s db:x%s",
			 (int)(args - single->command), single->command, args);
		assert_int_equal(cli_run(answer, line), 0);
		said = list_said();
		if (strcmp(said, single->after) != 0)
			fail_msg("%s, %s: %s, not %s", single->before, single->command, said,
				 single->after);
	}
}

/* An empty mask would have the kernel look at the mode only, where he is one of the others. */
static void test_from_others(void **state)
{
	static const struct single singles[] = {
		{ "u::rw,g::-,o::rw", "revoke u:1000", "u::rw- u:alice:--- g::--- m::rw- o::rw-" },
		{ "u::r,g::-,o::rw", "revoke u:1000:w", "u::r-- u:alice:r-- g::--- m::r-- o::rw-" },
		{ "u::rwx,g::-,o::rw", "revoke g:2000", "u::rwx g::--- g:2000:--- m::rw- o::rw-" },
		{ "u::rw,g::r,o::rw", "revoke g:2000:w", "u::rw- g::r-- g:2000:r-- m::r-- o::rw-" },
		{ "u::rw,u:1001:-,g::-,m::-,o::r", "revoke u:1000",
		  "u::rw- u:alice:--- u:bob:--- g::--- m::r-- o::r--" },
		{ "u::rw,u:1000:rw,g::-,m::rw,o::r", "revoke u:1000",
		  "u::rw- u:alice:--- g::--- m::r-- o::r--" },
		{ "u::rw,u:1000:r,g::-,m::r,o::r", "revoke m::r",
		  "u::rw- u:alice:--- g::--- m::r-- o::r--" },
		{ "u::rw,g::rw,o::r", "revoke m::w", "u::rw- g::r-- o::r--" },
		{ "u::rw,u:1000:-,g::-,m::rw,o::rw", "revoke o::rw",
		  "u::rw- u:alice:--- g::--- m::--- o::---" },
		{ "u::rw,u:1000:-,g::-,m::-,o::-", "grant o::r",
		  "u::rw- u:alice:--- g::--- m::r-- o::r--" },
		{ "u::rwx,g::rwx,o::rx,d:u::rwx,d:g::-,d:o::rx", "revoke d:u:1000",
		  "u::rwx g::rwx o::r-x d:u::rwx d:u:alice:--- d:g::--- d:m::r-x d:o::r-x" },
		{ "u::rwx,g::rwx,o::rx,d:u::rwx,d:g::rx,d:o::rwx", "revoke d:u:1000:w",
		  "u::rwx g::rwx o::r-x d:u::rwx d:u:alice:r-x d:g::r-x d:m::r-x d:o::rwx" },
	};

	(void)state;
	check_singles(ROOT, ROOT, singles, ARRAY_SIZE(singles));
}

static void test_masked(void **state)
{
	static const struct single singles[] = {
		{ "u::rw,u:1001:rw,g::r,m::r,o::-", "revoke u:1002:w",
		  "u::rw- u:bob:r-- u:carol:--- g::r-- m::r-- o::---" },
		{ "u::rw,u:1001:rw,g::r,m::r,o::-", "grant u:1002:rw",
		  "u::rw- u:bob:r-- u:carol:rw- g::r-- m::rw- o::---" },
		{ "u::rw,u:1001:rw,g::rwx,g:2000:rwx,m::-,o::-", "revoke u:1002",
		  "u::rw- u:bob:--- u:carol:--- g::--- g:2000:--- m::--- o::---" },
		{ "u::rw,u:1001:rw,g::rwx,m::r,o::-", "revoke u:1001:x",
		  "u::rw- u:bob:r-- g::r-- m::r-- o::---" },
		/* he is judged as one of the others, and is so afterwards */
		{ "u::rw,u:1001:rw,g::rwx,m::-,o::r", "grant u:1002:rw",
		  "u::rw- u:carol:rw- g::--- m::rw- o::r--" },
		{ "u::rw,u:1001:rw,g::rwx,m::-,o::-", "grant u:1002:r,m::rw",
		  "u::rw- u:bob:rw- u:carol:r-- g::rw- m::rw- o::---" },
		{ "u::rw,u:1001:rw,g::rwx,m::rw,o::-", "grant m::r,u:1002:rw",
		  "u::rw- u:bob:rw- u:carol:rw- g::rw- m::r-- o::---" },
		{ "u::rw,u:1001:rw,g::r,m::rw,o::r", "grant m::-,u:1002:rw",
		  "u::rw- u:bob:rw- u:carol:rw- g::r-- m::--- o::r--" },
		{ "u::rwx,g::rwx,o::-,d:u::rwx,d:u:1001:rwx,d:g::rx,d:m::rx,d:o::-",
		  "grant d:u:1002:rwx",
		  "u::rwx g::rwx o::--- d:u::rwx d:u:bob:r-x d:u:carol:rwx d:g::r-x d:m::rwx "
		  "d:o::---" },
	};

	(void)state;
	check_singles(ROOT, ROOT, singles, ARRAY_SIZE(singles));
}

/* By the name of a user, or of the group, that the object has. */
static void test_owner(void **state)
{
	static const struct single singles[] = {
		{ "u::rw,g::rw,o::rw", "revoke u:1000:w", "u::r-- g::rw- o::rw-" },
		{ "u::rw,g::rw,o::rw", "revoke g:2000", "u::rw- g::--- o::rw-" },
		{ "u::rw,g::rw,g:2000:r,m::rw,o::rw", "revoke g:2000",
		  "u::rw- g::--- g:2000:--- m::rw- o::rw-" },
		{ "u::rw,g::rw,g:2000:r,m::rw,o::-", "revoke g::r",
		  "u::rw- g::-w- g:2000:--- m::-w- o::---" },
	};

	(void)state;
	check_singles(ALICE, TEAM, singles, ARRAY_SIZE(singles));
}

/* ---- what is in force afterwards ---- */

static void test_outcome(void **state)
{
	(void)state;
	set_object(ALICE, TEAM, "u::rw,g::rw,o::rw");
	assert_int_equal(cli_run(answer, "rights revoke db:x u:1000,u:1001:w,g:2001,o::r"), 0);
	assert_string_equal(cli.err, "");
	/* it is done, and has not taken it from him */
	assert_int_equal(cli_run(answer, "rights revoke db:x u:0:w"), 5);
	assert_string_equal(cli.err, "morsel-admin: db:x: u:root still has some of -w- "
				     "by his capabilities (EPERM)\n");
	assert_int_equal(cli_run(answer, "-n rights revoke db:x u:0:w"), 0);
	assert_int_equal(cli_run(answer, "rights revoke db:x d:u:1002"), 1);
	assert_string_equal(cli.err, "morsel-admin: db:x: there is no default list: the umask of "
				     "its maker decides on what is new (ENODATA)\n");
	object.deaf = true;
	assert_int_equal(cli_run(answer, "rights revoke db:x u:1002"), 5);
	assert_string_equal(cli.err, "morsel-admin: db:x: u:carol still has some of rwx, "
				     "by o::rw- (EPERM)\n");
	assert_int_equal(cli_run(answer, "rights revoke db:x g:2001,u:1002:x"), 5);
	assert_string_equal(cli.err, "morsel-admin: db:x: g:2001 still has some of rwx, "
				     "by o::rw- (EPERM)\n");
	assert_int_equal(cli_run(answer, "rights revoke db:x g::r"), 5);
	assert_int_equal(cli_run(answer, "rights revoke db:x o::r"), 0);
}

/* ---- any list ---- */

static uint32_t draw(uint32_t below)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(state >> 33) % below;
}

static uint32_t draw_perm(void)
{
	return draw(3) ? draw(8) : draw(2) * 6;
}

static void draw_object(void)
{
	static const uint32_t uids[] = { ROOT, ALICE, CAROL }, gids[] = { ROOT, TEAM, CLUB };
	struct list *list = &object.lists[0];
	bool named;

	memset(&object, 0, sizeof(object));
	object.uid = uids[draw(3)];
	object.gid = gids[draw(3)];
	add(list, MORSEL_ACL_TAG_USER_OBJ, 0, draw_perm());
	if (draw(2))
		add(list, MORSEL_ACL_TAG_USER, ALICE, draw_perm());
	if (draw(2))
		add(list, MORSEL_ACL_TAG_USER, BOB, draw_perm());
	named = list->count > 1;
	add(list, MORSEL_ACL_TAG_GROUP_OBJ, 0, draw_perm());
	if (draw(2))
		add(list, MORSEL_ACL_TAG_GROUP, TEAM, draw_perm());
	if (draw(2))
		add(list, MORSEL_ACL_TAG_GROUP, CLUB, draw_perm());
	named |= list->entries[list->count - 1].tag == MORSEL_ACL_TAG_GROUP;
	if (named || !draw(4))
		add(list, MORSEL_ACL_TAG_MASK, 0, draw(3) ? draw_perm() : 0);
	add(list, MORSEL_ACL_TAG_OTHER, 0, draw_perm());
}

static struct person person_at(size_t i)
{
	return (struct person){ people[i].uid, (gid_t *)people[i].groups, people[i].count };
}

/* What each may: a bit for each set of permissions. */
struct powers {
	uint32_t at[PEOPLE];
};

static struct powers powers_by(const struct morsel_rights *rights)
{
	struct powers powers = { 0 };
	uint32_t want;
	size_t i;

	for (i = 0; i < PEOPLE; i++)
		for (want = 1; want < 8; want++) {
			struct person person = person_at(i);

			/* the list alone: his capabilities are no part of it */
			person.uid = person.uid ? person.uid : 4711;
			if (!people[i].uid && !object.uid)
				person.uid = 0;
			if (!(want & ~decide(rights, &person, want).has))
				powers.at[i] |= 1U << want;
		}
	return powers;
}

/* The most permissions of @within that are given at once, reading first. */
static uint32_t most_of(uint32_t power, uint32_t within)
{
	uint32_t set, most = 0;

	for (set = 7; set; set--)
		if (power >> set & 1 && !(set & ~within) &&
		    __builtin_popcount(set) > __builtin_popcount(most))
			most = set;
	return most;
}

/* Does an entry of nothing come into force that was not looked at? */
static bool denials_awake(const struct morsel_rights *rights)
{
	const struct morsel_acl_entry *entry;
	size_t i;

	if (morsel_rights_find(rights, MORSEL_ACL_ACCESS, MORSEL_ACL_TAG_MASK, 0) != 0)
		return false;
	for (i = 0; (entry = morsel_rights_at(rights, MORSEL_ACL_ACCESS, i)); i++)
		if (!entry->perm && (entry->tag == MORSEL_ACL_TAG_USER ||
				     entry->tag == MORSEL_ACL_TAG_GROUP))
			return true;
	return false;
}

static bool is_meant(size_t i, const struct morsel_acl_entry *what)
{
	int j;

	if (what->tag == MORSEL_ACL_TAG_USER)
		return people[i].uid == what->id;
	for (j = 0; j < people[i].count; j++)
		if (people[i].groups[j] == what->id)
			return true;
	return false;
}

static struct morsel_acl_entry draw_entry(void)
{
	static const uint32_t uids[] = { ALICE, BOB, CAROL, DAVE }, gids[] = { TEAM, CLUB };

	if (draw(2))
		return (struct morsel_acl_entry){ MORSEL_ACL_TAG_USER, uids[draw(4)], draw(8) };
	return (struct morsel_acl_entry){ MORSEL_ACL_TAG_GROUP, gids[draw(2)], draw(8) };
}

static void others_keep(const struct powers *before, const struct powers *after,
			const struct morsel_acl_entry *what, bool awake)
{
	size_t i;

	for (i = 0; i < PEOPLE; i++) {
		if (is_meant(i, what))
			continue;
		assert_int_equal(after->at[i] & ~before->at[i], 0);
		if (!awake)
			assert_int_equal(after->at[i], before->at[i]);
	}
}

static struct morsel_rights *draw_rights(struct morsel_ctx *ctx)
{
	struct morsel_rights *rights;

	draw_object();
	assert_int_equal(morsel_rights_get(ctx, "db:x", &rights), 0);
	return rights;
}

static void test_take_from_any(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer);
	int lists;
	size_t i;

	(void)state;
	for (lists = 0; lists < LISTS; lists++) {
		struct morsel_rights *rights = draw_rights(ctx);
		struct powers before = powers_by(rights), after;
		const struct morsel_acl_entry what = draw_entry();
		bool awake = denials_awake(rights);
		struct verdict verdict;

		assert_int_equal(take_from(rights, MORSEL_ACL_ACCESS, &what), 0);
		after = powers_by(rights);
		others_keep(&before, &after, &what, awake);
		for (i = 0; i < PEOPLE; i++) {
			const struct person person = person_at(i);

			assert_int_equal(after.at[i] & ~before.at[i], 0);
			if (what.tag == MORSEL_ACL_TAG_USER && is_meant(i, &what))
				assert_int_equal(given_by_list(rights, &person),
						 most_of(before.at[i], ~what.perm & 7));
		}
		assert_false(still_has(rights, &what, &verdict));
		morsel_rights_free(rights);
	}
	morsel_ctx_free(ctx);
}

static void test_change_any(void **state)
{
	struct morsel_ctx *ctx = fake_ctx(answer);
	int lists;
	size_t i;

	(void)state;
	for (lists = 0; lists < LISTS; lists++) {
		struct morsel_rights *rights = draw_rights(ctx);
		struct powers before = powers_by(rights), after;
		const struct morsel_acl_entry what = draw_entry();
		bool awake = denials_awake(rights), give = lists % 2;

		if (give)
			assert_int_equal(morsel_rights_put(rights, 0, what.tag, what.id,
							   what.perm), 0);
		else
			assert_int_equal(morsel_rights_drop(rights, 0, what.tag, what.id), 0);
		assert_int_equal(morsel_rights_find(rights, MORSEL_ACL_ACCESS, what.tag, what.id),
				 give ? (int)what.perm : -1);
		after = powers_by(rights);
		others_keep(&before, &after, &what, awake);
		for (i = 0; i < PEOPLE; i++) {
			const struct person person = person_at(i);

			if (give && what.tag == MORSEL_ACL_TAG_USER && is_meant(i, &what) &&
			    person.uid != object.uid)
				assert_int_equal(given_by_list(rights, &person), what.perm);
		}
		morsel_rights_free(rights);
	}
	morsel_ctx_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_others),   cmocka_unit_test(test_masked),
		cmocka_unit_test(test_owner),	      cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_take_from_any), cmocka_unit_test(test_change_any),
	};

	return cmocka_run_group_tests_name("cli_rights", tests, NULL, NULL);
}
