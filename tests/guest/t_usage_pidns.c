// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A reader in a pid namespace: processes have the numbers that they have there, and
 * those that are not there are not told of, neither who maps nor what is mapped.
 * groups: usage nl hazard
 * timeout: 30
 * pool: size=64M,name=p
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lib/mm.h"
#include "nltest.h"

struct told {
	int mappings;
	uint64_t pid; /* of the last one */
	bool odd;     /* a pid that is none */
};

static void note(struct nl *nl, void *arg)
{
	struct told *told = arg;

	told->mappings++;
	told->pid = nl_number(nl, MORSEL_A_OBJECT_MAP_PID);
	told->odd |= !told->pid;
}

static struct told attachments(struct nl *nl)
{
	struct told told = {};

	nl_object(nl, MORSEL_CMD_ATTACHMENT_GET, "p", "a");
	if (nl_dump(nl, note, &told))
		told.odd = true;
	return told;
}

static int hold(void *arg)
{
	struct barrier *mapped = arg;
	int fd = open(pool_path("a"), O_RDWR);
	volatile char *map = mmap(NULL, HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return 1;
	map[0] = 1;
	barrier_wait(mapped);
	pause();
	return 0;
}

static void note_vas(struct nl *nl, void *arg)
{
	struct told *told = arg;

	told->mappings++;
	told->pid = nl_number(nl, MORSEL_A_VAS_PID);
}

static int vas_of(struct nl *nl, pid_t pid, struct told *told)
{
	*told = (struct told){};
	nl_begin(nl, MORSEL_CMD_VAS_GET);
	nl_u32(nl, MORSEL_A_VAS_PID, pid);
	return nl_dump(nl, note_vas, told);
}

/* What the first process of the namespace has been told, for who reports it. */
struct findings {
	pid_t outsider, own;
	int error_of_own, error_of_outsider;
	struct told before, after, vas_of_own, vas_of_outsider;
};

static int inside(void *arg)
{
	struct findings *found = arg;
	struct barrier *mapped = barrier_new(2);
	struct nl nl;

	if (getpid() != 1)
		return 1;
	nl_open(&nl);
	found->before = attachments(&nl);
	found->own = start_child(hold, mapped);
	barrier_wait(mapped);
	found->after = attachments(&nl);
	found->error_of_own = vas_of(&nl, found->own, &found->vas_of_own);
	found->error_of_outsider = vas_of(&nl, found->outsider, &found->vas_of_outsider);
	kill(found->own, SIGKILL);
	wait_child(found->own, 10);
	return 0;
}

static int enter(void *arg)
{
	need(!unshare(CLONE_NEWPID));
	return wait_child(start_child(inside, arg), 20);
}

int main(void)
{
	struct findings *found = shared_page();
	struct barrier *mapped = barrier_new(2);
	int fd = make_morsel("a", HUGE);
	struct told told;
	struct nl nl;

	found->outsider = start_child(hold, mapped);
	barrier_wait(mapped);
	nl_open(&nl);
	told = attachments(&nl);
	ok(told.mappings == 1 && told.pid == (uint64_t)found->outsider,
	   "outside he has his number");
	is_int(in_child(enter, found, 30), 0, "somebody in a pid namespace asks");
	ok(!found->before.mappings && !found->before.odd, "who maps outside is not told of");
	ok(found->after.mappings == 1 && found->after.pid == (uint64_t)found->own,
	   "who maps inside has his number there");
	told = found->vas_of_own;
	ok(!found->error_of_own && told.mappings == 1 && told.pid == (uint64_t)found->own,
	   "what he maps, by that number");
	ok(found->error_of_outsider == ESRCH && !found->vas_of_outsider.mappings,
	   "nobody has the number of one outside");
	kill(found->outsider, SIGKILL);
	wait_child(found->outsider, 10);
	close(fd);
	return done_testing();
}
