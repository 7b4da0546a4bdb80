// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every kind of event, each caused in the way a user or an operator would cause it, by
 * another process of another user: its kind, its name, who did it, the next number, and
 * that who hears of it finds it done.
 * pool: size=64M,name=p
 * groups: nl event
 * timeout: 120
 * boots: own
 * programs: setfacl
 * leak-check: no, a frame with a memory error is withdrawn for good
 * log-allow: Memory failure
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "lib/grants.h"
#include "lib/quota.h"
#include "lib/space.h"

enum {
	EVENTS_MAX = 3,
	POISONED = 2 * 4096, /* byte of "d/bad" */
};

/* What is said once it is heard of. */
typedef bool in_force_fn(void);

struct step {
	const char *what;
	uid_t uid;
	bool operator;	     /* with CAP_SYS_ADMIN */
	const char *command; /* exec'd, so that its process is the one that is told */
	int (*call)(void);   /* or this */
	const char *name;    /* of the object or pool; a quota has none */
	int events[EVENTS_MAX];
	in_force_fn *in_force;
};

static struct nl ask, events;
static uint64_t last;

/* A mapping of "d/f" that bob has, and what it feels like. */
static struct {
	struct barrier *barrier;
	pid_t pid;
	int *signal;
	bool *write;
} holder;

static bool exists(const char *path)
{
	return access(pool_path(path), F_OK) == 0;
}

static struct stat stat_of(const char *path)
{
	struct stat st = {};

	(void)stat(pool_path(path), &st);
	return st;
}

static uint64_t asked(const char *path, int attr)
{
	nl_object(&ask, MORSEL_CMD_MORSEL_GET, "p", path);
	return nl_talk(&ask) ? UINT64_MAX : nl_number(&ask, attr);
}

static bool pool_is_there(const char *name)
{
	nl_pool(&ask, MORSEL_CMD_POOL_GET, name);
	return nl_talk(&ask) == 0;
}

static int hold(void *arg)
{
	volatile uint64_t *map;
	int fd;

	become_user(BOB);
	fd = open(pool_path("d/f"), O_RDWR | O_CLOEXEC);
	map = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(fd >= 0 && map != MAP_FAILED);
	for (;;) {
		barrier_wait(holder.barrier);
		*holder.signal = *holder.write ? touch_write(map, 1) : touch_read(map);
		barrier_wait(holder.barrier);
	}
}

/* What bob gets for an access. */
static int held(bool write)
{
	*holder.write = write;
	barrier_wait(holder.barrier);
	barrier_wait(holder.barrier);
	return *holder.signal;
}

static bool made(void)
{
	return stat_of("d/f").st_uid == ALICE;
}

static bool grown(void)
{
	return stat_of("d/f").st_size == 2 * MIB;
}

static bool resized(void)
{
	return asked("d/f", MORSEL_A_OBJECT_SIZE) == 4 * MIB;
}

static bool mode_644(void)
{
	return (stat_of("d/f").st_mode & 07777) == 0644;
}

static bool has_list(void)
{
	return getxattr(pool_path("d/f"), "system.posix_acl_access", NULL, 0) > 0;
}

static bool has_default_list(void)
{
	return getxattr(pool_path("d"), "system.posix_acl_default", NULL, 0) > 0;
}

static bool linked(void)
{
	return stat_of("d/l").st_nlink == 2;
}

static bool moved(void)
{
	return exists("d/g") && !exists("d/f");
}

static bool moved_back(void)
{
	return exists("d/f") && !exists("d/g");
}

static bool removed(void)
{
	return !exists("d/l") && !exists("d/x") && !exists("d/sub");
}

static bool directory(void)
{
	return S_ISDIR(stat_of("d/sub").st_mode);
}

static bool one_mapping(void)
{
	return asked("d/f", MORSEL_A_OBJECT_ATTACHMENTS) == 1;
}

static bool no_mapping(void)
{
	return asked("d/f", MORSEL_A_OBJECT_ATTACHMENTS) == 0;
}

static bool bob_cannot_write(void)
{
	return held(false) == 0 && held(true) == SIGSEGV;
}

static bool bob_cannot_read(void)
{
	return held(false) == SIGBUS;
}

static bool sealed(void)
{
	int fd = open(pool_path("d/s"), O_RDWR | O_CLOEXEC);
	bool refused = fd < 0 ? errno == EPERM : write(fd, "x", 1) < 0 && errno == EPERM;

	close(fd);
	return refused;
}

static bool above_soft(void)
{
	return quota_number(&ask, CAROL, MORSEL_A_QUOTA_OBJECTS_USED) == 2;
}

static bool third_refused(void)
{
	return !exists("d/c3") && quota_number(&ask, CAROL, MORSEL_A_QUOTA_OBJECTS_USED) == 2;
}

static bool bytes_refused(void)
{
	return stat_of("d/c1").st_blocks == 8;
}

static bool pool_q(void)
{
	return pool_is_there("q");
}

static bool larger_q(void)
{
	return pool_is_there("q") && nl_number(&ask, MORSEL_A_POOL_SIZE) == 2 * MIB;
}

static bool no_pool_q(void)
{
	return !pool_is_there("q");
}

/* alice maps what has an address, where another mapping is in the way. */
static int map_in_the_way(void)
{
	int fd = open(pool_path("d/placed"), O_RDWR | O_CLOEXEC);
	char *want = (char *)WINDOW_START;

	need(fd >= 0);
	need(mmap(want, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		  0) == want);
	return mmap(NULL, 2 * MIB, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED;
}

static int read_bad(void)
{
	int fd = open(pool_path("d/bad"), O_RDONLY | O_CLOEXEC);
	char c;

	return !(pread(fd, &c, 1, POISONED) == -1 && errno == EIO);
}

static int write_bad(void)
{
	int fd = open(pool_path("d/bad"), O_WRONLY | O_CLOEXEC);

	return !(pwrite(fd, "x", 1, POISONED) == -1 && errno == EIO);
}

/* The mapping comes and goes with the process; in between is the error. */
static int fault_bad(void)
{
	int fd = open(pool_path("d/bad"), O_RDONLY | O_CLOEXEC);
	char *map = mmap(NULL, 4 * 4096, PROT_READ, MAP_SHARED, fd, 0);

	need(map != MAP_FAILED);
	return touch_read((uint64_t *)(map + POISONED)) != SIGBUS;
}

#define NTF(kind) MORSEL_CMD_##kind##_NTF

/* clang-format off */
static const struct step steps[] = {
	/* Plain system calls of users. */
	{ "open(O_CREAT)", ALICE, false, "touch d/f", NULL, "d/f", { NTF(MORSEL_NEW) }, made },
	{ "truncate", ALICE, false, "truncate -s 2M d/f", NULL, "d/f", { NTF(MORSEL_SET) }, grown },
	{ "chmod", ALICE, false, "chmod 644 d/f", NULL, "d/f", { NTF(MORSEL_SET) }, mode_644 },
	{ "setfacl", ALICE, false, "setfacl -m u:bob:rw d/f", NULL, "d/f",
	  { NTF(MORSEL_RIGHTS) }, has_list },
	{ "setfacl -d", BOB, true, "setfacl -d -m u:bob:rw d", NULL, "d",
	  { NTF(MORSEL_RIGHTS) }, has_default_list },
	{ "link", ALICE, false, "ln d/f d/l", NULL, "d/l", { NTF(MORSEL_NEW) }, linked },
	{ "unlink", BOB, false, "rm -f d/l", NULL, "d/l", { NTF(MORSEL_DEL) }, removed },
	{ "rename", BOB, false, "mv d/f d/g", NULL, "d/g", { NTF(MORSEL_RENAME) }, moved },
	{ "mkdir", ALICE, false, "mkdir d/sub", NULL, "d/sub", { NTF(MORSEL_NEW) }, directory },
	{ "rmdir", BOB, false, "rmdir d/sub", NULL, "d/sub", { NTF(MORSEL_DEL) }, removed },

	/* The same with the tool, and what only it does. */
	{ "morsel-admin mv", BOB, false, "morsel-admin mv p:d/g p:d/f", NULL, "d/f",
	  { NTF(MORSEL_RENAME) }, moved_back },
	{ "morsel-admin create", ALICE, false, "morsel-admin create -s 2M p:d/x", NULL, "d/x",
	  { NTF(MORSEL_NEW) }, NULL },
	{ "morsel-admin rm", BOB, false, "morsel-admin rm p:d/x", NULL, "d/x",
	  { NTF(MORSEL_DEL) }, removed },
	{ "morsel-admin resize", ALICE, false, "morsel-admin resize p:d/f 4M", NULL, "d/f",
	  { NTF(MORSEL_SET) }, resized },
	{ "morsel-admin rights grant", ALICE, false, "morsel-admin rights grant p:d/f u:carol:r",
	  NULL, "d/f", { NTF(MORSEL_RIGHTS) }, NULL },
	{ "revoke the right to write", ALICE, false, "morsel-admin rights revoke p:d/f u:bob:w",
	  NULL, "d/f", { NTF(MORSEL_RIGHTS), NTF(MORSEL_REVOKE) }, bob_cannot_write },
	{ "revoke all", ALICE, false, "morsel-admin rights revoke p:d/f u:bob", NULL, "d/f",
	  { NTF(MORSEL_RIGHTS), NTF(MORSEL_REVOKE) }, bob_cannot_read },
	{ "morsel-admin seal", ALICE, false, "morsel-admin -y seal p:d/s", NULL, "d/s",
	  { NTF(MORSEL_SEAL) }, sealed },

	/* What the kernel has to say of quotas, addresses and memory. */
	{ "an object more", CAROL, false, "touch d/c1", NULL, "d/c1", { NTF(MORSEL_NEW) }, NULL },
	{ "above a soft limit", CAROL, false, "mkdir d/c2", NULL, "d/c2", { NTF(QUOTA_SOFT),
	  NTF(MORSEL_NEW) }, above_soft },
	{ "above a hard limit", CAROL, false, "mkdir d/c3", NULL, "",
	  { NTF(QUOTA_REFUSED) }, third_refused },
	{ "bytes above it", CAROL, false, "dd if=/dev/zero of=d/c1 bs=4k count=2 conv=notrunc",
	  NULL, "", { NTF(QUOTA_REFUSED) }, bytes_refused },
	{ "an address that is taken", ALICE, false,
	  "morsel-admin create -s 2M --addr 0x200000000000 p:d/there", NULL, "d/there",
	  { NTF(COLLISION) }, NULL },
	{ "an address where something is mapped", ALICE, false, NULL, map_in_the_way, "d/placed",
	  { NTF(COLLISION) }, NULL },
	{ "read(2) of lost memory", ALICE, false, NULL, read_bad, "d/bad", { NTF(ERROR) }, NULL },
	{ "write(2) to it", ALICE, false, NULL, write_bad, "d/bad", { NTF(ERROR) }, NULL },
	{ "a fault in it", BOB, false, NULL, fault_bad, "d/bad", { NTF(MORSEL_MAP),
	  NTF(ERROR),  NTF(MORSEL_UNMAP) }, NULL },

	/* Pools. */
	{ "morsel-admin pool create", BOB, true, "morsel-admin pool create -s 1M --no-mount q",
	  NULL, "q", { NTF(POOL_NEW) }, pool_q },
	{ "morsel-admin pool remove", BOB, true, "morsel-admin pool remove q", NULL, "q",
	  { NTF(POOL_DEL) }, no_pool_q },
	{ "mount", 0, false, "mount -t morsel -o size=1M,name=q none /mnt/q", NULL, "q",
	  { NTF(POOL_NEW) }, pool_q },
	{ "remount", 0, false, "mount -o remount,size=2M /mnt/q", NULL, "q", { NTF(POOL_SET) },
	  larger_q },
	{ "remount with what it has", 0, false, "mount -o remount,size=2M /mnt/q", NULL, "q",
	  { 0 }, larger_q },
	{ "umount", 0, false, "umount /mnt/q", NULL, "q", { NTF(POOL_DEL) }, no_pool_q },
};
/* clang-format on */

static int act(void *arg)
{
	const struct step *step = arg;
	char line[256];

	need(!chdir(pool_path("")));
	if (step->operator)
		become_operator(step->uid);
	else if (step->uid)
		become_user(step->uid);
	if (step->call)
		return step->call();
	snprintf(line, sizeof(line), "exec %s > /dev/null 2>&1", step->command);
	execl("/bin/sh", "sh", "-c", line, NULL);
	return 127;
}

/* The attributes that say the same, by what the event is about. */
struct facts {
	int seq, pid, uid, name;
};

static struct facts facts_of(int command)
{
	switch (command) {
	case MORSEL_CMD_POOL_NEW_NTF:
	case MORSEL_CMD_POOL_SET_NTF:
	case MORSEL_CMD_POOL_DEL_NTF:
		return (struct facts){ MORSEL_A_POOL_EVENT_SEQ, MORSEL_A_POOL_ACTOR_PID,
				       MORSEL_A_POOL_ACTOR_UID, MORSEL_A_POOL_NAME };
	case MORSEL_CMD_QUOTA_SOFT_NTF:
	case MORSEL_CMD_QUOTA_REFUSED_NTF:
		return (struct facts){ MORSEL_A_ALERT_EVENT_SEQ, MORSEL_A_ALERT_ACTOR_PID,
				       MORSEL_A_ALERT_ACTOR_UID, 0 };
	case MORSEL_CMD_COLLISION_NTF:
	case MORSEL_CMD_ERROR_NTF:
		return (struct facts){ MORSEL_A_ALERT_EVENT_SEQ, MORSEL_A_ALERT_ACTOR_PID,
				       MORSEL_A_ALERT_ACTOR_UID, MORSEL_A_ALERT_PATH };
	default:
		return (struct facts){ MORSEL_A_OBJECT_EVENT_SEQ, MORSEL_A_OBJECT_ACTOR_PID,
				       MORSEL_A_OBJECT_ACTOR_UID, MORSEL_A_OBJECT_PATH };
	}
}

static void heard(const struct step *step, int command, pid_t pid)
{
	struct facts facts = facts_of(command);

	if (!is_int(nl_event(&events, 5000 * time_scale()), 0, "%s: an event", step->what) ||
	    !is_int(events.command, command, "%s: of that kind", step->what))
		return;
	is_int(nl_number(&events, facts.seq), last + 1, "%s: the next number", step->what);
	last = nl_number(&events, facts.seq);
	is_int(nl_number(&events, facts.pid), pid, "%s: by that process", step->what);
	ok(nl_has(&events, facts.uid), "%s: with a user", step->what);
	is_int(nl_number(&events, facts.uid), step->uid, "%s: that user", step->what);
	ok(!facts.name || !strcmp(nl_string(&events, facts.name), step->name), "%s: its name",
	   step->what);
	if (command == MORSEL_CMD_ERROR_NTF) {
		is_int(nl_number(&events, MORSEL_A_ALERT_ERROR), EIO, "%s: why", step->what);
		is_int(nl_number(&events, MORSEL_A_ALERT_START), POISONED, "%s: where",
		       step->what);
		is_int(nl_number(&events, MORSEL_A_ALERT_LENGTH), 4096, "%s: how much",
		       step->what);
	}
}

static void go(const struct step *step)
{
	pid_t pid = start_child(act, (void *)step);
	int i;

	for (i = 0; i < EVENTS_MAX && step->events[i]; i++)
		heard(step, step->events[i], pid);
	if (step->in_force)
		ok(step->in_force(), "%s: it is done", step->what);
	wait_child(pid, 20);
	if (nl_event(&events, 50) == 0)
		ok(false, "%s: an event too many, of kind %d", step->what, events.command);
}

/* A mapping comes and goes with its process. */
static void test_mapping(void)
{
	static const struct step step = { .what = "holdmap",
					  .uid = BOB,
					  .command = "holdmap d/f 60",
					  .name = "d/f" };
	pid_t pid = start_child(act, (void *)&step);

	heard(&step, MORSEL_CMD_MORSEL_MAP_NTF, pid);
	ok(one_mapping(), "%s: it is mapped", step.what);
	need(!kill(pid, SIGKILL));
	heard(&step, MORSEL_CMD_MORSEL_UNMAP_NTF, pid);
	ok(no_mapping(), "%s: it is not mapped any more", step.what);
	wait_child(pid, 10);
}

static int poison(void *arg)
{
	char *map = mmap(NULL, 4 * 4096, PROT_READ, MAP_SHARED, *(int *)arg, 0);

	need(map != MAP_FAILED);
	madvise(map + POISONED, 4096, MADV_HWPOISON);
	return 0;
}

/* What is there before anybody listens. */
static void prepare(void)
{
	static char buf[4 * 4096];
	int fd;

	need(!mkdir(pool_path("d"), 0777) && !chmod(pool_path("d"), 0777) && !mkdir("/mnt/q", 0));
	need(!chown(pool_path("d"), BOB, BOB));
	fd = make_morsel("d/s", 4096);
	need(!fchown(fd, ALICE, ALICE));
	close(fd);
	fd = make_morsel("d/bad", sizeof(buf));
	need(!fchmod(fd, 0666) && pwrite(fd, buf, sizeof(buf), 0) == sizeof(buf));
	in_child(poison, &fd, 20);
	close(fd);
	space_make(&ask, "d/placed", WINDOW_START, 2 * MIB, 0);
	quota_limit(&ask, CAROL, MORSEL_A_QUOTA_OBJECTS_SOFT, 1);
	quota_limit(&ask, CAROL, MORSEL_A_QUOTA_OBJECTS_HARD, 2);
	quota_limit(&ask, CAROL, MORSEL_A_QUOTA_BYTES_HARD, 4096);
}

/* bob maps "d/f", by an event that is not looked at here. */
static void start_holder(void)
{
	holder.barrier = barrier_new(2);
	holder.signal = shared_page();
	holder.write = shared_page();
	holder.pid = start_child(hold, NULL);
	held(true);
	need(nl_event(&events, 5000) == 0 && events.command == MORSEL_CMD_MORSEL_MAP_NTF);
	last = nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ);
}

int main(void)
{
	size_t i;

	nl_open(&ask);
	nl_open(&events);
	prepare();
	need(!nl_join(&events));
	need(!chmod(pool_path(""), 0755) && !nl_event(&events, 1000));
	last = nl_number(&events, MORSEL_A_OBJECT_EVENT_SEQ);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].in_force == bob_cannot_write) {
			test_mapping();
			start_holder();
		}
		go(&steps[i]);
	}
	kill(holder.pid, SIGKILL);
	return done_testing();
}
