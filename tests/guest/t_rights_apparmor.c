// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AppArmor: what a profile forbids in the file tree it forbids in a pool, and who has one does
 * not get around it by netlink; who has none, or one that allows all files wherever they are,
 * may ask.
 * pool: size=64M,name=p
 * groups: rights nl
 * timeout: 60
 * programs: apparmor_parser
 * files: /etc/apparmor/parser.conf /usr/share/apparmor-features/features
 * may-skip: the debug kernel has no AppArmor
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "lib/confined.h"

/* Sockets are not what these forbid. */
static const char profiles[] = "profile in_only {\n"
			       "	capability, network,\n"
			       "	/mnt/morsel/in/ r,\n"
			       "	/mnt/morsel/in/** rwl,\n"
			       "}\n"
			       "profile not_out {\n"
			       "	capability, network, file,\n"
			       "	deny /mnt/morsel/out/** rwl,\n"
			       "}\n"
			       "profile complains flags=(complain) {\n"
			       "}\n"
			       "profile all flags=(attach_disconnected) {\n"
			       "	capability, network, file,\n"
			       "	deny /mnt/morsel/out/none rwl,\n"
			       "}\n";

static void load(void)
{
	FILE *parser;

	parser = popen("apparmor_parser --replace --skip-cache", "w");
	need(parser && fputs(profiles, parser) >= 0);
	is_int(pclose(parser), 0, "the profiles are loaded");
}

static void change_profile(const void *name)
{
	char text[64];

	snprintf(text, sizeof(text), "changeprofile %s", (const char *)name);
	need(!write_text("/proc/self/attr/current", text));
}

static void stay_as_is(const void *unused)
{
	(void)unused;
}

int main(void)
{
	static const struct confinement in_only = { "a directory", change_profile, "in_only" };
	static const struct confinement not_out = { "all but one", change_profile, "not_out" };
	static const struct confinement complains = { "complaints", change_profile, "complains" };
	static const struct confinement all = { "all", change_profile, "all" };
	static const struct confinement none = { "no profile", stay_as_is, NULL };

	if (on_debug_kernel()) {
		skip("what AppArmor forbids", "the debug kernel has no AppArmor");
		return done_testing();
	}
	load();
	confined_prepare();
	confined_files(&in_only, EACCES);
	confined_netlink(&in_only, EPERM);
	confined_operator(&in_only);
	confined_netlink(&not_out, EPERM);
	confined_netlink(&complains, EPERM);
	confined_netlink(&all, 0);
	confined_netlink(&none, 0);
	return done_testing();
}
