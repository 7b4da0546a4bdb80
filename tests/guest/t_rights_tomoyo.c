// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TOMOYO: what the policy forbids a domain in the file tree it forbids it in a pool, and who
 * is in such a domain does not get around it by netlink; who is in another one may ask.
 * pool: size=64M,name=p
 * groups: rights nl
 * timeout: 60
 * kargs: TOMOYO_loader=/bin/busybox TOMOYO_trigger=/tmp/true
 * may-skip: the debug kernel has no TOMOYO
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/confined.h"

#define TOMOYO	"/sys/kernel/security/tomoyo"
#define IN_ONLY "<kernel> /in_only"
#define LEARNS	"<kernel> /learns"
#define ALL	"<kernel> /all"

static const char domains[] = IN_ONLY "\n"
			      "use_profile 3\n"
			      "file read/write/unlink /mnt/morsel/in/\\*\n"
			      "file read /mnt/morsel/in/\n"
			      "file create /mnt/morsel/in/\\* 0-0777\n"
			      "file mkdir /mnt/morsel/in/\\*/ 0-0777\n"
			      "file rmdir /mnt/morsel/in/\\*/\n"
			      "file symlink /mnt/morsel/in/\\*\n"
			      "file rename /mnt/morsel/in/\\* /mnt/morsel/in/\\*\n"
			      LEARNS "\n"
			      "use_profile 1\n"
			      ALL "\n"
			      "use_profile 0\n";

static const char profile[] = "PROFILE_VERSION=20150505\n"
			      "0-CONFIG={ mode=disabled }\n"
			      "1-CONFIG={ mode=permissive }\n"
			      "3-CONFIG::file={ mode=enforcing }\n";

static void allow_change(const char *domain)
{
	char own[4096], text[8192];
	int fd = open(TOMOYO "/self_domain", O_RDONLY);
	ssize_t len;

	need(fd >= 0);
	len = read(fd, own, sizeof(own) - 1);
	need(len > 0);
	close(fd);
	own[len] = '\0';
	snprintf(text, sizeof(text), "%s\ntask manual_domain_transition %s\n", own, domain);
	need(!write_text(TOMOYO "/domain_policy", text));
}

/* Who executes the trigger ends the time in which root may write the policy. */
static void load(void)
{
	need(!write_text(TOMOYO "/profile", profile));
	need(!write_text(TOMOYO "/domain_policy", domains));
	allow_change(IN_ONLY);
	allow_change(LEARNS);
	allow_change(ALL);
	need(!symlink("/bin/busybox", "/tmp/true"));
	is_int(system("/tmp/true"), 0, "the policy is in force");
}

static void change_domain(const void *name)
{
	need(!write_text(TOMOYO "/self_domain", name));
}

int main(void)
{
	static const struct confinement in_only = { "a directory", change_domain, IN_ONLY };
	static const struct confinement learns = { "learning", change_domain, LEARNS };
	static const struct confinement all = { "all", change_domain, ALL };

	if (on_debug_kernel()) {
		skip("what TOMOYO forbids", "the debug kernel has no TOMOYO");
		return done_testing();
	}
	load();
	confined_prepare();
	confined_files(&in_only, EPERM);
	confined_netlink(&in_only, EPERM);
	confined_operator(&in_only);
	confined_netlink(&learns, 0);
	confined_netlink(&all, 0);
	return done_testing();
}
