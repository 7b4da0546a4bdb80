// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frames that a pipe holds when the object gives them up (hazards 2d, T8): nobody
 * gets such a frame before the pipe lets go, so what comes out of the pipe is
 * what was there, and never what others have stored since.
 * groups: gup hazard
 * timeout: 120
 * pool: size=40M
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm_race.h"

#define LEN (32 * KiB)
#define SECRET 0x5ec7e75ec7e75ec7UL
#define PUNCH (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

enum loss { PUNCHED, REMOVED, TRUNCATED, UNLINKED, LOSSES };

static const char *const loss_name[LOSSES] = {
	"punched", "MADV_REMOVE", "truncated", "unmapped and unlinked",
};

/* Every free frame of the pool, and some memory of the machine, full of the secret. */
static void spread_secret(const char *dir)
{
	uint64_t *words = malloc(HUGE), *anon;
	char path[128];
	size_t i;
	int fd;

	snprintf(path, sizeof(path), "%ssecret", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(words && fd >= 0);
	for (i = 0; i < HUGE / 8; i++)
		words[i] = SECRET;
	while (write(fd, words, HUGE) > 0)
		;
	anon = mmap(NULL, 16 * MiB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(anon != MAP_FAILED);
	for (i = 0; i < 16 * MiB / 8; i++)
		anon[i] = SECRET;
	munmap(anon, 16 * MiB);
	close(fd);
	unlink(path);
	free(words);
}

/* What is in the pipe is the pattern, or zeros if @zeros may be. */
static bool pipe_right(struct object *obj, int fd, off_t off, bool zeros)
{
	static uint64_t words[LEN / 8];
	size_t got = 0, i;
	ssize_t n;

	while (got < LEN && (n = read(fd, (char *)words + got, LEN - got)) > 0)
		got += n;
	if (got != LEN) {
		diag("%zu bytes came out of the pipe", got);
		return false;
	}
	for (i = 0; i < LEN / 8; i++)
		if (words[i] != mm_word(obj, off + i * 8) && !(zeros && !words[i])) {
			diag("%#lx at %zu", (long)words[i], i * 8);
			return false;
		}
	return true;
}

static void lose(struct object *obj, char **map, enum loss loss)
{
	off_t off = mm_first(obj, *map) - *map + obj->geo->offset;

	switch (loss) {
	case PUNCHED:
		need(fallocate(obj->fd, PUNCH, off & -HUGE, HUGE) == 0);
		break;
	case REMOVED:
		need(madvise(mm_first(obj, *map), LEN, MADV_REMOVE) == 0);
		break;
	case TRUNCATED:
		need(ftruncate(obj->fd, 0) == 0);
		break;
	default:
		munmap(*map, obj->geo->len);
		*map = NULL;
		mm_object_drop(obj);
		break;
	}
}

static const char *dir_of(const struct object *obj)
{
	static char dir[128];

	strcpy(dir, obj->path);
	strrchr(dir, '/')[1] = '\0';
	return dir;
}

/* The pages go into the pipe from a mapping, or from the file. */
static void fill_pipe(struct object *obj, char *map, int fd, bool mapped, unsigned int flags)
{
	struct iovec part = { mm_first(obj, map), LEN };
	loff_t off = mm_first(obj, map) - map + obj->geo->offset;
	size_t sent = 0;

	if (mapped)
		need(vmsplice(fd, &part, 1, flags) == (ssize_t)LEN);
	for (; !mapped && sent < LEN;) {
		ssize_t n = splice(obj->fd, &off, fd, NULL, LEN - sent, flags);

		need(n > 0);
		sent += n;
	}
}

static void hold_and_lose(const struct geometry *geo, enum loss loss, bool mapped,
			  unsigned int flags)
{
	char *map;
	struct object obj;
	const char *dir;
	int fds[2];
	off_t off;

	mm_object(&obj, geo);
	dir = dir_of(&obj);
	map = mm_map(&obj, mapped && !flags ? MM_RO : MM_RW);
	need(pipe(fds) == 0 && fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) > 0);
	off = mm_first(&obj, map) - map + geo->offset;
	if (loss == REMOVED && !(mapped && flags)) {
		munmap(map, geo->len);
		map = mm_map(&obj, MM_RW);
	}
	fill_pipe(&obj, map, fds[1], mapped, flags);
	lose(&obj, &map, loss);
	close(fds[1]);
	spread_secret(dir);
	/* REMOVED and PUNCHED may keep a 2 MiB frame and zero a part of it. */
	ok(pipe_right(&obj, fds[0], off, true), "%s: %s: %s%s: the pipe has what was there",
	   geo->name, mapped ? "vmsplice" : "splice", loss_name[loss],
	   flags & SPLICE_F_GIFT ? ", as a gift" : "");
	close(fds[0]);
	if (map) {
		munmap(map, geo->len);
		mm_object_drop(&obj);
	}
}

/* The pages are in a pipe of a process that is killed, and in its mapping. */
static void hold_and_die(const struct geometry *geo)
{
	struct object obj;
	char *map;
	int fds[2], status;
	off_t off;
	pid_t pid;

	mm_object(&obj, geo);
	map = mm_map(&obj, MM_RW);
	off = mm_first(&obj, map) - map + geo->offset;
	need(pipe(fds) == 0 && fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) > 0);
	pid = fork();
	if (pid == 0) {
		fill_pipe(&obj, map, fds[1], true, 0);
		kill(getpid(), SIGKILL);
	}
	need(waitpid(pid, &status, 0) == pid);
	close(fds[1]);
	munmap(map, geo->len);
	need(ftruncate(obj.fd, 0) == 0);
	spread_secret(dir_of(&obj));
	ok(WIFSIGNALED(status) && pipe_right(&obj, fds[0], off, false),
	   "%s: put there by a forked child that was killed", geo->name);
	close(fds[0]);
	mm_object_drop(&obj);
}

int main(void)
{
	static const char *const where[] = { "1 GiB, 2 MiB frames", "1 GiB, 4 KiB frames",
					     "8 MiB, 2 MiB frames", "64 KiB" };
	enum loss loss;
	unsigned int i;

	mm_baseline();
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		for (loss = 0; loss < LOSSES; loss++) {
			hold_and_lose(mm_geometry(where[i]), loss, true, 0);
			hold_and_lose(mm_geometry(where[i]), loss, true, SPLICE_F_GIFT);
			hold_and_lose(mm_geometry(where[i]), loss, false, 0);
		}
		hold_and_die(mm_geometry(where[i]));
	}
	mm_baseline_check();
	return done_testing();
}
