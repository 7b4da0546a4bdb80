// SPDX-License-Identifier: GPL-2.0-or-later
#include <pwd.h>
#include <string.h>
#include "fake.h"
#include "people.h"

const struct one people[PEOPLE] = {
	{ ROOT, "root", { ROOT }, 1 },		 { ALICE, "alice", { ALICE, TEAM }, 2 },
	{ BOB, "bob", { BOB, TEAM, CLUB }, 3 },	 { CAROL, "carol", { CAROL }, 1 },
	{ DAVE, "dave", { DAVE, CLUB, ROOT }, 3 },
};

struct passwd *__wrap_getpwuid(uid_t uid);
int __wrap_getgrouplist(const char *user, gid_t group, gid_t *groups, int *count);

struct passwd *__wrap_getpwuid(uid_t uid)
{
	static struct passwd pw;
	size_t i;

	for (i = 0; i < PEOPLE; i++)
		if (people[i].uid == uid) {
			pw.pw_name = (char *)people[i].name;
			pw.pw_uid = pw.pw_gid = uid;
			return &pw;
		}
	return NULL;
}

int __wrap_getgrouplist(const char *user, gid_t group, gid_t *groups, int *count)
{
	size_t i;

	(void)group;
	for (i = 0; strcmp(people[i].name, user) != 0; i++)
		;
	assert_true(*count >= people[i].count);
	memcpy(groups, people[i].groups, people[i].count * sizeof(*groups));
	return *count = people[i].count;
}
