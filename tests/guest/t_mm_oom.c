// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OOM kills (hazards 2a): in a memory cgroup, of processes that map objects; the
 * reaper empties read-only mappings of a victim that cannot exit.  Frames are
 * charged to who fills them.
 * groups: mm hazard
 * timeout: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

#define CGROUP "/tmp/cgroup"
#define GROUP CGROUP "/victims"
#define LIMIT (24 * MiB)

static void make_group(void)
{
	char limit[32];

	mkdir(CGROUP, 0755);
	need(mount("none", CGROUP, "cgroup2", 0, NULL) == 0);
	need(write_text(CGROUP "/cgroup.subtree_control", "+memory") == 0);
	need(mkdir(GROUP, 0755) == 0);
	snprintf(limit, sizeof(limit), "%lu", LIMIT);
	need(write_text(GROUP "/memory.max", limit) == 0);
	write_text(GROUP "/memory.swap.max", "0");
}

static void drop_group(void)
{
	int i, ret = -1;

	for (i = 0; i < 500 && ret; i++) {
		ret = rmdir(GROUP);
		if (ret)
			usleep(10 * 1000);
	}
	is_int(ret, 0, "the cgroup can go");
	umount(CGROUP);
}

static long group_number(const char *file, const char *key)
{
	char path[128], line[128];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), GROUP "/%s", file);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			value = atol(line + strlen(key));
	if (f)
		fclose(f);
	return value;
}

/* Joins the group, uses the object, and takes memory until it is killed. */
static void hog(struct object *obj, enum mm_mode mode, struct barrier *ready)
{
	size_t len = 4 * LIMIT, i;
	char *map, *anon;

	if (write_text(GROUP "/cgroup.procs", "0"))
		_exit(1);
	map = mm_map(obj, mode);
	if (!mm_check(obj, map))
		_exit(2);
	if (ready) {
		barrier_wait(ready);
		barrier_wait(ready);
	}
	anon = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < len; i += PAGE)
		anon[i] = 1;
	_exit(3);
}

static void killed(struct survivor *s, enum mm_mode mode)
{
	const char *name = s->obj->geo->name, *why;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		hog(s->obj, mode, NULL);
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "%s, %s: killed for lack of memory",
	   name, mm_mode_name[mode]);
	why = mm_survivor_check(s);
	ok(!why, "%s, %s: the survivor: %s", name, mm_mode_name[mode], why ? why : "all is well");
}

/* The victim is held at its end by a tracer, so that only the reaper can free its memory. */
static void reaped(struct survivor *s, enum mm_mode mode)
{
	const char *name = s->obj->geo->name, *why;
	struct barrier *ready = barrier_new(2);
	bool said = false;
	int status, i;
	pid_t pid;

	kmsg_mark();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		hog(s->obj, mode, ready);
	barrier_wait(ready);
	need(ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT) == 0);
	barrier_wait(ready);
	do {
		need(waitpid(pid, &status, 0) == pid);
		if (WIFSTOPPED(status) && status >> 16 != PTRACE_EVENT_EXIT)
			ptrace(PTRACE_CONT, pid, NULL, WSTOPSIG(status));
	} while (WIFSTOPPED(status) && status >> 16 != PTRACE_EVENT_EXIT);
	for (i = 0; i < 600 * time_scale() && !said && WIFSTOPPED(status); i++) {
		said = kmsg_has("oom_reaper: reaped process");
		usleep(10 * 1000);
	}
	ok(said, "%s, %s: reaped while it cannot exit", name, mm_mode_name[mode]);
	if (WIFSTOPPED(status)) {
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
		waitpid(pid, &status, 0);
	}
	why = mm_survivor_check(s);
	ok(!why, "%s, %s: the survivor: %s", name, mm_mode_name[mode], why ? why : "all is well");
	munmap(ready, PAGE);
}

/* Who fills an object pays for the frames, and is killed when he cannot. */
static int fill_in_group(void *arg)
{
	int fd = *(int *)arg;
	char *map;
	size_t i;

	if (write_text(GROUP "/cgroup.procs", "0"))
		return 1;
	map = mmap(NULL, 2 * LIMIT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (i = 0; i < 2 * LIMIT; i += PAGE)
		map[i] = 1;
	return 3;
}

static void charged(void)
{
	int fd = make_morsel("charged", 2 * LIMIT), status;
	long kills = group_number("memory.events", "oom_kill ");

	status = in_child(fill_in_group, &fd, 30);
	is_int(status, 128 + SIGKILL, "filling an object beyond the limit of a cgroup: killed");
	ok(group_number("memory.events", "oom_kill ") > kills, "by the group's limit");
	ok(group_number("memory.current", "") > (long)LIMIT / 2, "the frames stay charged");
	is_int(ftruncate(fd, 0), 0, "truncated by somebody else");
	ok(group_number("memory.current", "") < (long)LIMIT / 2, "and not charged any more");
	close(fd);
	unlink(pool_path("charged"));
}

static void victims(const char *name, bool slow)
{
	struct survivor s;
	struct object obj;
	enum mm_mode mode;

	mm_object(&obj, mm_geometry(name));
	mm_survivor(&s, &obj);
	for (mode = 0; mode < MM_MODES; mode++)
		killed(&s, mode);
	/* The reaper waits for two seconds each time. */
	if (slow)
		reaped(&s, MM_RO);
	if (slow && mm_soak() > 1)
		for (mode = 0; mode < MM_MODES; mode++)
			reaped(&s, mode);
	mm_survivor_end(&s);
	mm_object_drop(&obj);
}

int main(void)
{
	make_group();
	mm_baseline();
	victims("1 GiB, 2 MiB frames", true);
	victims("1 GiB, 4 KiB frames", true);
	victims("8 MiB, 2 MiB frames", false);
	victims("8 MiB, 4 KiB frames", true);
	victims("64 KiB", true);
	charged();
	mm_baseline_check();
	drop_group();
	return done_testing();
}
