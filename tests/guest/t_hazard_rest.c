// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What else the kernel could do to an object (hazards 2c, 2d): swap to it, put
 * probes into it, and lock a futex in it before anything else has been touched.
 * groups: hazard
 * timeout: 60
 * may-skip: no uprobes
 * leak-check: no, the kernel enlarges its trace buffers when a probe is enabled
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tap.h"

#define SIZE (4UL << 20)
#define KEPT 0x1234567890UL

static volatile uint64_t *map;

static int lock_pi(int flags)
{
	int ret = syscall(SYS_futex, map, FUTEX_LOCK_PI | flags, 0, NULL, NULL, 0);

	return ret ? errno : 0;
}

static int unlock_pi(int flags)
{
	return syscall(SYS_futex, map, FUTEX_UNLOCK_PI | flags, 0, NULL, NULL, 0) ? errno : 0;
}

static int lock_first(void *arg)
{
	int flags = *(int *)arg;

	return lock_pi(flags) ?: unlock_pi(flags);
}

static int touch_and_lock(void *arg)
{
	return map[1] == KEPT ? lock_first(arg) : 255;
}

/*
 * A private lock with priority inheritance is not taken by a fault that may be
 * retried, and before its first access a forked child has nothing to fault with.
 */
static void test_futex(void)
{
	int shared = 0, private = FUTEX_PRIVATE_FLAG;

	is_int(in_child(lock_first, &shared, 10), 0, "a shared lock as a child's first access");
	is_int(in_child(lock_first, &private, 10), EFAULT, "a private one is refused");
	is_int(in_child(touch_and_lock, &private, 10), 0, "a private one after the first access");
	is_int(map[1], KEPT, "futexes: the contents");
}

static void test_swap(void)
{
	is_errno(swapon(pool_path("o"), 0), EINVAL, "an object is no swap space");
	is_int(map[1], KEPT, "swapon: the contents");
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), ret;

	if (fd < 0)
		return errno;
	ret = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return ret;
}

#define TRACING "/sys/kernel/tracing/"

static void test_probe(void)
{
	char event[256];
	int error;

	mount("tracefs", TRACING, "tracefs", 0, NULL);
	snprintf(event, sizeof(event), "p:probe %s:0x8\n", pool_path("o"));
	error = put(TRACING "uprobe_events", event);
	if (error == ENOENT) {
		skip("uprobes", "no uprobes");
		return;
	}
	if (!error)
		error = put(TRACING "events/uprobes/probe/enable", "1");
	ok(error, "a probe in an object is refused: %s", strerror(error));
	is_int(map[1], KEPT, "probe: the contents");
	put(TRACING "uprobe_events", "-:probe\n");
	umount(TRACING);
}

static int look_later(void *arg)
{
	const volatile uint64_t *again = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, *(int *)arg, 0);

	return again == MAP_FAILED || again[1] != KEPT || again[0];
}

int main(void)
{
	int fd = make_morsel("o", SIZE);

	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(map != MAP_FAILED);
	map[1] = KEPT;
	test_futex();
	test_swap();
	test_probe();
	is_int(in_child(look_later, &fd, 10), 0, "another process finds it as it was");
	return done_testing();
}
