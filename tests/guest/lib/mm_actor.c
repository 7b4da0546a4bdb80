// SPDX-License-Identifier: GPL-2.0-or-later
/* Actors that do things to their mapping, and the survivor that must not notice. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mm.h"

#define ACTOR_SECONDS 20

int mm_fail(struct actor *a, const char *file, int line, const char *what)
{
	const char *base = strrchr(file, '/');

	snprintf(a->why, PAGE, "%s:%d: does not hold: %s (errno: %s)", base ? base + 1 : file, line,
		 what, strerror(errno));
	return 1;
}

/* Frames of the object as /proc/self/pagemap shows them through @map. */
static void read_frames(const struct object *obj, const char *map, uint64_t *frames, size_t nr)
{
	const struct extent *data = obj->geo->data;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), i;
	off_t off, end;
	size_t n = 0;

	memset(frames, 0, nr * sizeof(*frames));
	for (i = 0; i < MM_EXTENTS; i++) {
		off = data[i].off > obj->geo->offset ? data[i].off : obj->geo->offset;
		end = data[i].off + data[i].len;
		if (end > obj->geo->offset + (off_t)obj->geo->len)
			end = obj->geo->offset + obj->geo->len;
		for (; off < end && n < nr; off += HUGE / 8, n++)
			if (pread(fd, &frames[n], 8, ((uintptr_t)map + off - obj->geo->offset) /
				  PAGE * 8) != 8)
				break;
	}
	close(fd);
}

/* What belongs to the frame: number and presence; not the soft-dirty and exclusive bits. */
static bool same_frames(const uint64_t *a, const uint64_t *b, size_t nr)
{
	const uint64_t mask = (1UL << 63) | ((1UL << 55) - 1);
	size_t i;

	for (i = 0; i < nr; i++)
		if ((a[i] ^ b[i]) & mask)
			return false;
	return true;
}

void mm_survivor(struct survivor *s, struct object *obj)
{
	s->obj = obj;
	s->rw = mm_map(obj, MM_RW);
	s->ro = mm_map(obj, MM_RO);
	mm_rewrite(obj, s->rw);
	if (!mm_check(obj, s->rw) || !mm_check(obj, s->ro) || !mm_check_file(obj))
		bail_out("%s: wrong contents to begin with", obj->geo->name);
	s->nr_frames = 64;
	s->frames = calloc(2 * s->nr_frames, sizeof(*s->frames));
	read_frames(obj, s->rw, s->frames, s->nr_frames);
	s->attachments = mm_fdinfo(obj->fd, "morsel-attachments");
	s->links = mm_fdinfo(obj->fd, "morsel-links");
}

const char *mm_survivor_check(struct survivor *s)
{
	uint64_t *now = s->frames + s->nr_frames;
	long faults;

	faults = mm_faults();
	if (!mm_check(s->obj, s->rw))
		return "wrong contents in the survivor's mapping";
	mm_rewrite(s->obj, s->rw);
	if (!mm_check(s->obj, s->ro))
		return "wrong contents in the survivor's read-only mapping";
	if (mm_faults() != faults)
		return "the survivor had to fault";
	read_frames(s->obj, s->rw, now, s->nr_frames);
	if (!same_frames(s->frames, now, s->nr_frames))
		return "the survivor sees other frames";
	if (mm_fdinfo(s->obj->fd, "morsel-attachments") != s->attachments)
		return "wrong number of attachments";
	if (mm_fdinfo(s->obj->fd, "morsel-links") != s->links)
		return "wrong number of links";
	return NULL;
}

void mm_survivor_end(struct survivor *s)
{
	munmap(s->rw, s->obj->geo->len);
	munmap(s->ro, s->obj->geo->len);
	free(s->frames);
}

pid_t mm_victim(struct actor *a, bool forked)
{
	struct barrier *ready = barrier_new(2);
	pid_t pid = fork();

	if (pid < 0)
		return pid;
	if (pid == 0) {
		char *map = forked ? a->map : mm_map(a->obj, a->mode);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!mm_check(a->obj, map))
			_exit(1);
		if (a->writable)
			mm_rewrite(a->obj, map);
		barrier_wait(ready);
		for (;;)
			pause();
	}
	barrier_wait(ready);
	munmap(ready, PAGE);
	return pid;
}

int mm_victim_end(pid_t pid)
{
	int status = -1;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

struct run {
	const struct mm_case *c;
	struct actor actor;
};

static int act(void *arg)
{
	struct run *run = arg;
	struct actor *a = &run->actor;

	a->map = mm_map(a->obj, a->mode);
	want(mm_check(a->obj, a->map));
	if (a->writable)
		mm_rewrite(a->obj, a->map);
	return run->c->run(a);
}

static bool applies(const struct mm_case *c, const struct geometry *geo, enum mm_mode mode)
{
	if (c->when & MM_IF_RW && mode != MM_RW)
		return false;
	if (c->when & MM_IF_RO && mode == MM_RW)
		return false;
	if (c->when & MM_IF_SHARED && mode != MM_RW && mode != MM_RO_OF_RW)
		return false;
	if (c->when & MM_IF_NEVER_RW && (mode == MM_RW || mode == MM_RO_OF_RW))
		return false;
	return !(c->when & MM_IF_PARTS) || geo->len >= 6 * MiB;
}

/* One case in one mode.  Returns NULL or what went wrong. */
static const char *run_one(const struct mm_case *c, struct survivor *s, enum mm_mode mode)
{
	static char why[PAGE];
	static char *shared;
	struct run run;
	int status;

	if (!shared)
		shared = shared_page();
	shared[0] = '\0';
	run = (struct run){ c, { .obj = s->obj, .geo = s->obj->geo, .mode = mode,
				 .writable = mode == MM_RW, .len = s->obj->geo->len,
				 .why = shared } };
	status = in_child(act, &run, ACTOR_SECONDS);
	if (status) {
		snprintf(why, sizeof(why), "the actor ended with %d: %.200s", status, shared);
		return why;
	}
	return mm_survivor_check(s);
}

/*
 * On the slow kernel a case runs in one of the modes it applies to, another one in each
 * geometry, unless it is to soak.
 */
static bool skips(const struct mm_case *c, const struct geometry *geo, enum mm_mode mode)
{
	unsigned int nr = 0, chosen = 0, turn = (c->name[0] + (geo - mm_geometries)) % MM_MODES;
	enum mm_mode m;

	if (!on_debug_kernel() || mm_soak() > 1)
		return false;
	for (m = 0; m < MM_MODES; m++)
		nr += applies(c, geo, m);
	for (m = 0; m < MM_MODES; m++)
		if (applies(c, geo, m) && chosen++ == turn % nr)
			return m != mode;
	return false;
}

static void run_case(const struct mm_case *c, struct survivor *s)
{
	const char *why = NULL;
	enum mm_mode mode;
	int runs = 0;

	for (mode = 0; mode < MM_MODES && !why; mode++) {
		if (!applies(c, s->obj->geo, mode) || skips(c, s->obj->geo, mode))
			continue;
		runs++;
		why = run_one(c, s, mode);
		if (why)
			diag("%s: %s", mm_mode_name[mode], why);
	}
	if (runs)
		ok(!why, "%s: %s", s->obj->geo->name, c->name);
}

const char *mm_only;

void mm_run(const struct mm_case *cases, int nr)
{
	struct survivor s;
	struct object obj;
	int g, i;

	for (g = 0; g < mm_nr_geometries; g++) {
		if (mm_only && !strstr(mm_geometries[g].name, mm_only))
			continue;
		mm_object(&obj, &mm_geometries[g]);
		mm_survivor(&s, &obj);
		for (i = 0; i < nr; i++)
			run_case(&cases[i], &s);
		ok(mm_check_all(&obj, s.rw) && mm_check_all(&obj, s.ro) && mm_check_file(&obj),
		   "%s: everything is as it was", obj.geo->name);
		mm_survivor_end(&s);
		is_int(mm_fdinfo(obj.fd, "morsel-attachments"), 0, "%s: no attachment is left",
		       obj.geo->name);
		is_int(mm_fdinfo(obj.fd, "morsel-links"), 0, "%s: no link is left",
		       obj.geo->name);
		mm_object_drop(&obj);
	}
}
