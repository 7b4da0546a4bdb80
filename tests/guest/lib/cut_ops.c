// SPDX-License-Identifier: GPL-2.0-or-later
/* The operations of t_store_cut. */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include "cut.h"
#include "space.h"

enum {
	SIZE_MOST = 40000,
	PIECE = 9000,
	KINDS = 32,
};

static const char zeros[PIECE];
static uint64_t state;

static unsigned int pick(unsigned int below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % below;
}

const char *cut_path(unsigned int i)
{
	static char path[2][32];
	static int next;
	char *to = path[next++ % 2];

	if (i == CUT_BIG)
		snprintf(to, sizeof(path[0]), "big");
	else if (i >= CUT_NAMES * CUT_PLACES)
		snprintf(to, sizeof(path[0]), "d%u", i - CUT_NAMES * CUT_PLACES);
	else if (i < CUT_NAMES)
		snprintf(to, sizeof(path[0]), "n%u", i);
	else
		snprintf(to, sizeof(path[0]), "d%u/n%u", i / CUT_NAMES - 1, i % CUT_NAMES);
	return to;
}

/* ---- times ---- */

static struct timespec time_of(unsigned long step)
{
	return (struct timespec){ .tv_sec = CUT_EPOCH + step * CUT_STEP };
}

/* The change of a time that an operation has made now has been written. */
static void lasts(const struct cut_place *at, const char *path, bool follow, bool mtime)
{
	struct cut_lasting lasting;
	char whole[64];
	struct stat st;

	if (!at->model)
		return;
	snprintf(whole, sizeof(whole), "/proc/self/fd/%d/%s", at->dir, path);
	need(!(follow ? stat : lstat)(whole, &st));
	if ((follow ? getxattr : lgetxattr)(whole, CUT_LASTING, &lasting, sizeof(lasting)) < 0)
		lasting = (struct cut_lasting){ INT64_MIN, INT64_MIN };
	lasting.ctime = (st.st_ctime - CUT_EPOCH) / CUT_STEP;
	if (mtime || lasting.mtime == INT64_MIN)
		lasting.mtime = mtime ? (st.st_mtime - CUT_EPOCH) / CUT_STEP : INT64_MIN;
	need(!(follow ? setxattr : lsetxattr)(whole, CUT_LASTING, &lasting, sizeof(lasting), 0));
}

/* What a tmpfs does not do: this has changed the object, or its contents. */
static void changed(const struct cut_place *at, int fd, bool mtime)
{
	const struct timespec now[] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_NOW } };
	struct stat st;

	if (!at->model)
		return;
	need(!fstat(fd, &st));
	need(!(mtime ? futimens(fd, now) : fchmod(fd, st.st_mode & 07777)));
}

static void set_times(const struct cut_place *at, const char *path, unsigned long n)
{
	const struct timespec times[] = { time_of(n / 3), time_of(n / 2) };

	if (!utimensat(at->dir, path, times, AT_SYMLINK_NOFOLLOW))
		lasts(at, path, false, true);
}

/* A file whose contents may change; else -1. */
static int open_file(const struct cut_place *at, const char *path, int flags)
{
	int fd = openat(at->dir, path, flags | O_NOFOLLOW);

	if (fd >= 0 && at->model && fgetxattr(fd, "trusted.sealed", NULL, 0) >= 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* ---- contents ---- */

static void write_some(const struct cut_place *at, const char *path, unsigned long n,
		       unsigned int most)
{
	unsigned int from = pick(most), length = 1 + pick(PIECE);
	int fd = open_file(at, path, O_WRONLY | (n % 2 ? O_SYNC : 0));
	char buf[PIECE];

	memset(buf, 'a' + n % 26, length);
	if (fd < 0)
		return;
	if (pwrite(fd, buf, length, from) != length)
		bail_out("write: %m");
	if (n % 2)
		lasts(at, path, false, true);
	close(fd);
}

static void make_last(const struct cut_place *at, int fd, char *map, size_t size, unsigned long n)
{
	if (n % 3 == 0)
		need(!fsync(fd));
	else if (n % 3 == 1)
		need(!msync(map, size, MS_SYNC));
	else if (!at->model)
		sync();
}

static void store_some(const struct cut_place *at, const char *path, unsigned long n)
{
	unsigned int from = pick(SIZE_MOST), length = 1 + pick(PIECE);
	int fd = open_file(at, path, O_RDWR);
	struct stat st;
	char *map;

	if (fd < 0)
		return;
	need(!fstat(fd, &st));
	if (from < st.st_size) {
		map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		need(map != MAP_FAILED);
		if (length > st.st_size - from)
			length = st.st_size - from;
		memset(map + from, 'a' + n % 26, length);
		make_last(at, fd, map, st.st_size, n);
		munmap(map, st.st_size);
	}
	close(fd);
}

static void resize(const struct cut_place *at, const char *path, unsigned int size)
{
	int fd = open_file(at, path, O_WRONLY);

	if (fd >= 0 && ftruncate(fd, size))
		bail_out("truncate: %m");
	if (fd >= 0)
		lasts(at, path, false, true);
	close(fd);
}

/* A tmpfs zeroes no range: there it is written. */
static void allocate(const struct cut_place *at, const char *path, int mode, off_t from,
		     off_t length)
{
	int fd = open_file(at, path, O_WRONLY), error = 0;

	if (fd < 0)
		return;
	if (at->model && mode == FALLOC_FL_ZERO_RANGE)
		error = pwrite(fd, zeros, length, from) != length;
	else
		error = fallocate(fd, mode, from, length);
	if (error)
		bail_out("fallocate %x: %m", mode);
	changed(at, fd, true);
	close(fd);
}

/* ---- names and attributes ---- */

/* All of it is there with its name. */
static void link_nameless(const struct cut_place *at, const char *path, unsigned long n)
{
	unsigned int length = 1 + pick(PIECE);
	char buf[PIECE], self[32];
	int fd = openat(at->dir, ".", O_TMPFILE | O_WRONLY, 0640);

	memset(buf, 'a' + n % 26, length);
	need(fd >= 0 && write(fd, buf, length) == length);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	linkat(AT_FDCWD, self, at->dir, path, AT_SYMLINK_FOLLOW);
	close(fd);
}

/* As in the extended attribute: version 2; owner, a user, group, mask, others. */
static void set_list(const struct cut_place *at, const char *path, unsigned int perm)
{
	const uint32_t list[] = { 2, 1 | 6 << 16, -1U, 2 | perm << 16, 1000 + perm % 3,
				  4 | 4 << 16, -1U, 16 | 7 << 16, -1U, 32 | 1 << 16, -1U };
	int fd = openat(at->dir, path, O_RDONLY | O_NOFOLLOW);

	if (fd >= 0 && perm)
		need(!fsetxattr(fd, "system.posix_acl_access", list, sizeof(list), 0));
	else if (fd >= 0)
		need(!fremovexattr(fd, "system.posix_acl_access") || errno == ENODATA);
	if (fd >= 0)
		lasts(at, path, false, false);
	close(fd);
}

/* A request about a file at the top. */
static void request(const struct cut_place *at, int command, const char *path, uint64_t addr)
{
	char whole[64];

	snprintf(whole, sizeof(whole), "work/%s", path);
	nl_object(at->nl, command, CUT_POOL, whole);
	if (addr) {
		nl_u64(at->nl, MORSEL_A_OBJECT_ADDR, addr);
		nl_u64(at->nl, MORSEL_A_OBJECT_MAX_SIZE, GIB);
	}
	if (nl_talk(at->nl))
		bail_out("%s, request %d: %s", path, command, at->nl->text);
}

/* Seal it, or give it an address that no other one has had. */
static void settle(const struct cut_place *at, const char *path, bool seal, unsigned long n)
{
	uint64_t addr = WINDOW_START + n * GIB;
	int fd = open_file(at, path, O_WRONLY);

	if (fd < 0)
		return;
	close(fd);
	fd = openat(at->dir, path, O_RDONLY | O_NOFOLLOW);
	need(fd >= 0);
	if (at->model && seal)
		need(!fsetxattr(fd, "trusted.sealed", "", 0, 0));
	else if (at->model)
		need(!fsetxattr(fd, "trusted.addr", &addr, sizeof(addr), 0));
	changed(at, fd, false);
	if (seal)
		lasts(at, path, false, false);
	close(fd);
	if (!at->model)
		request(at, seal ? MORSEL_CMD_MORSEL_SEAL : MORSEL_CMD_MORSEL_SET, path,
			seal ? 0 : addr);
}

/* Limits that nobody comes to. */
static void limit(struct cut_place *at, unsigned int user, unsigned long n)
{
	const struct cut_limits limits = { (1UL << 40) + n * 4096, (1UL << 30) + n };
	bool remove = n % 3 == 0;

	if (at->model) {
		at->limits[user] = remove ? (struct cut_limits){ 0, 0 } : limits;
		return;
	}
	nl_begin(at->nl, MORSEL_CMD_QUOTA_SET);
	nl_str(at->nl, MORSEL_A_QUOTA_POOL_NAME, CUT_POOL);
	nl_u32(at->nl, MORSEL_A_QUOTA_UID, user);
	if (remove) {
		nl_flag(at->nl, MORSEL_A_QUOTA_REMOVE);
	} else {
		nl_u64(at->nl, MORSEL_A_QUOTA_BYTES_HARD, limits.bytes);
		nl_u64(at->nl, MORSEL_A_QUOTA_OBJECTS_HARD, limits.objects);
	}
	if (nl_talk(at->nl))
		bail_out("limits: %s", at->nl->text);
}

void cut_no_limits(struct nl *nl)
{
	struct cut_place at = { .nl = nl };

	for (unsigned int user = 0; user < CUT_USERS; user++)
		limit(&at, user, 0);
}

/* ---- one of them ---- */

static bool operate_on_big(struct cut_place *at, unsigned long n)
{
	const char *path = cut_path(CUT_BIG);

	switch (pick(6)) {
	case 0:
		close(openat(at->dir, path, O_WRONLY | O_CREAT | O_EXCL, 0600));
		return false;
	case 1:
		allocate(at, path, 0, 0, 4 * MIB);
		return false;
	case 2:
		allocate(at, path, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, MIB, 3 * MIB);
		return true;
	case 3:
		resize(at, path, pick(4 * MIB));
		return false;
	default:
		write_some(at, path, n, 4 * MIB);
		return true;
	}
}

static bool operate_on_contents(struct cut_place *at, unsigned int kind, const char *a,
				unsigned long n)
{
	switch (kind) {
	case 14:
		resize(at, a, pick(SIZE_MOST));
		return false;
	case 15 ... 16:
		store_some(at, a, n);
		return true;
	case 17 ... 19:
		write_some(at, a, n, SIZE_MOST);
		return true;
	case 20:
		allocate(at, a, n % 2 ? FALLOC_FL_KEEP_SIZE : 0, pick(SIZE_MOST), 1 + pick(PIECE));
		return false;
	case 21:
		allocate(at, a, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, pick(SIZE_MOST),
			 1 + pick(PIECE));
		return true;
	case 22:
		allocate(at, a, FALLOC_FL_ZERO_RANGE, pick(SIZE_MOST), 1 + pick(PIECE));
		return true;
	case 23:
		link_nameless(at, a, n);
		return false;
	case 24 ... 25:
		set_list(at, a, pick(8));
		return false;
	case 26:
		settle(at, cut_path(pick(CUT_NAMES)), true, n);
		return false;
	case 27:
		settle(at, cut_path(pick(CUT_NAMES)), false, n);
		return false;
	case 28:
		limit(at, 1 + pick(CUT_USERS - 1), n);
		return false;
	case 29:
		set_times(at, a, n);
		return false;
	default:
		return operate_on_big(at, n);
	}
}

bool cut_operate(struct cut_place *at, unsigned long n)
{
	const char *a, *b;
	unsigned int kind;
	const struct timespec now = time_of(n);
	int dir = at->dir;

	need(!clock_settime(CLOCK_REALTIME, &now));
	state = n * 2654435761U + 1;
	pick(2);
	kind = pick(KINDS);
	a = cut_path(pick(CUT_BIG));
	b = cut_path(pick(CUT_BIG));
	switch (kind) {
	case 0 ... 2:
		close(openat(dir, a, O_WRONLY | O_CREAT | O_EXCL, 0600 + pick(64)));
		return false;
	case 3 ... 4:
		mkdirat(dir, cut_path(CUT_NAMES * CUT_PLACES + pick(2)), 0711);
		return false;
	case 5:
		unlinkat(dir, a, 0);
		return false;
	case 6:
		unlinkat(dir, cut_path(CUT_NAMES * CUT_PLACES + pick(2)), AT_REMOVEDIR);
		return false;
	case 7 ... 8:
		renameat(dir, a, dir, b);
		return false;
	case 9:
		syscall(SYS_renameat2, dir, a, dir, b, RENAME_EXCHANGE);
		return false;
	case 10:
		linkat(dir, a, dir, b, 0);
		return false;
	case 11:
		symlinkat(b, dir, a);
		return false;
	case 12:
		if (!fchmodat(dir, a, 0600 + pick(64), 0))
			lasts(at, a, true, false);
		return false;
	case 13:
		if (!fchownat(dir, a, pick(CUT_USERS), pick(CUT_USERS), AT_SYMLINK_NOFOLLOW))
			lasts(at, a, false, false);
		return false;
	default:
		return operate_on_contents(at, kind, a, n);
	}
}
