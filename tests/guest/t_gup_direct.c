// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * O_DIRECT to and from mappings (hazards 2b, 2d): a RAM disk, ext4 on it, and a
 * morsel as the file.  A read-only mapping can be written to the disk and cannot
 * be read into, linked or not.
 * groups: gup hazard
 * timeout: 120
 * modules: brd crc32c_generic ext4
 * programs: mkfs.ext4
 * leak-check: no, a RAM disk keeps what was written to it
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/mm.h"

#define LEN (64 * KiB)
#define EXT4 "/mnt/ext4"

static const char *files[] = { "/dev/ram0", EXT4 "/file", NULL };

/* The file's first LEN bytes through an ordinary buffer. */
static bool file_has(struct actor *a, int fd, const char *from)
{
	off_t off = from - a->map + a->geo->offset;
	static uint64_t buf[LEN / 8] __attribute__((aligned(4096)));
	size_t i;

	if (pread(fd, buf, LEN, 0) != (ssize_t)LEN)
		return false;
	for (i = 0; i < LEN / 8; i++)
		if (buf[i] != mm_word(a->obj, off + i * 8))
			return false;
	return true;
}

static int clear(int fd)
{
	static char zeros[LEN] __attribute__((aligned(4096)));

	return pwrite(fd, zeros, LEN, 0) == (ssize_t)LEN ? 0 : -1;
}

static int out_to(struct actor *a, const char *path, char *from)
{
	int fd = open(path, O_RDWR | O_DIRECT);

	want(fd >= 0 && clear(fd) == 0);
	want(pwrite(fd, from, LEN, 0) == (ssize_t)LEN);
	want(file_has(a, fd, from));
	/* Unlinked just before. */
	want(clear(fd) == 0 && madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(pwrite(fd, from, LEN, 0) == (ssize_t)LEN);
	want(file_has(a, fd, from));
	close(fd);
	return 0;
}

static int out(struct actor *a)
{
	int i;

	for (i = 0; files[i]; i++)
		if (out_to(a, files[i], mm_first(a->obj, a->map)))
			return 1;
	want(mm_check(a->obj, a->map));
	return 0;
}

/* What comes in is what is there: the survivor would see anything else. */
static int in_from(struct actor *a, const char *path)
{
	char *to = mm_first(a->obj, a->map);
	int fd = open(path, O_RDWR | O_DIRECT);

	want(fd >= 0 && pwrite(fd, to, LEN, 0) == (ssize_t)LEN);
	want(pread(fd, to, LEN, 0) == (ssize_t)LEN);
	want(mm_check(a->obj, a->map));
	memset(to, 0, LEN);
	want(pread(fd, to, LEN, 0) == (ssize_t)LEN);
	want(mm_check(a->obj, a->map));
	want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
	want(pread(fd, to, LEN, 0) == (ssize_t)LEN);
	want(mm_check(a->obj, a->map));
	close(fd);
	return 0;
}

static int in(struct actor *a)
{
	int i;

	for (i = 0; files[i]; i++)
		if (in_from(a, files[i]))
			return 1;
	return 0;
}

/* gup_fast looks at the leaf only: with the page linked, and with nothing linked. */
static int in_refused(struct actor *a)
{
	char *to = mm_first(a->obj, a->map);
	int i, round, fd;

	for (i = 0; files[i]; i++) {
		fd = open(files[i], O_RDWR | O_DIRECT);
		want(fd >= 0 && clear(fd) == 0);
		for (round = 0; round < 3; round++) {
			want_errno(pread(fd, to, LEN, 0), EFAULT);
			want(mm_check(a->obj, a->map));
			if (round == 1)
				want(madvise(a->map, a->len, MADV_DONTNEED) == 0);
		}
		close(fd);
	}
	return 0;
}

static int by_child(struct actor *a)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(out(a) ?: a->writable ? in(a) : in_refused(a));
	want(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	want(mm_check(a->obj, a->map));
	return 0;
}

/* Both ends are morsels: the destination is read and written with O_DIRECT. */
static int to_a_morsel(struct actor *a)
{
	int fd = open(pool_path("direct"), O_RDWR | O_CREAT | O_TRUNC | O_DIRECT, 0600);
	char *from = mm_first(a->obj, a->map);

	want(fd >= 0);
	want(pwrite(fd, from, LEN, 0) == (ssize_t)LEN);
	want(file_has(a, fd, from));
	if (a->writable)
		want(pread(fd, from, LEN, 0) == (ssize_t)LEN);
	else
		want_errno(pread(fd, from, LEN, 0), EFAULT);
	want(mm_check(a->obj, a->map));
	close(fd);
	unlink(pool_path("direct"));
	return 0;
}

/* The mapping is written to the object it maps, over itself. */
static int to_itself(struct actor *a)
{
	char *from = mm_first(a->obj, a->map);
	off_t off = from - a->map + a->geo->offset;

	want(pwrite(a->obj->fd, from, LEN, off) == (ssize_t)LEN);
	want(mm_check(a->obj, a->map));
	if (a->writable)
		want(pread(a->obj->fd, from, LEN, off) == (ssize_t)LEN);
	want(mm_check(a->obj, a->map));
	return 0;
}

static const struct mm_case cases[] = {
	{ "O_DIRECT write from the mapping", out, 0 },
	{ "O_DIRECT read into the mapping", in, MM_IF_RW },
	{ "O_DIRECT read into a read-only mapping is refused", in_refused, MM_IF_RO },
	{ "O_DIRECT by a child before its first touch", by_child, 0 },
	{ "between two morsels", to_a_morsel, 0 },
	{ "between an object and its mapping", to_itself, 0 },
};

static void make_disk(void)
{
	int fd;

	if (access("/dev/ram0", R_OK))
		bail_out("no RAM disk: %m");
	need(system("mkfs.ext4 -q -F /dev/ram1") == 0);
	mkdir(EXT4, 0755);
	need(mount("/dev/ram1", EXT4, "ext4", 0, NULL) == 0);
	fd = open(EXT4 "/file", O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && ftruncate(fd, LEN) == 0);
	close(fd);
}

int main(void)
{
	make_disk();
	mm_baseline();
	mm_run_cases(cases);
	mm_baseline_check();
	need(umount(EXT4) == 0);
	return done_testing();
}
