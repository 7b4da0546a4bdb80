// SPDX-License-Identifier: GPL-2.0-or-later
/* The pool of the test, and numbers out of procfs and the kernel log. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../tap.h"

static int kmsg = -1;

const char *pool_path(const char *name)
{
	static char path[8][512];
	static int next;
	const char *dir = getenv("MORSEL_DIR");
	char *slot = path[next++ % 8];

	snprintf(slot, sizeof(path[0]), "%s/%s", dir ? dir : "/mnt/morsel", name);
	return slot;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret, err;

	if (fd < 0)
		return -1;
	ret = write(fd, text, strlen(text)) < 0 ? -1 : 0;
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

int make_morsel(const char *name, off_t size)
{
	int fd = open(pool_path(name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		bail_out("cannot create %s: %m", pool_path(name));
	if (ftruncate(fd, size))
		bail_out("cannot resize %s to %jd: %m", name, (intmax_t)size);
	return fd;
}

long read_long(const char *path)
{
	FILE *f = fopen(path, "re");
	long value = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

/* The value of the line "KEY:  N kB". */
static long kb_of(FILE *f, const char *key)
{
	char line[256];
	size_t n = strlen(key);

	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, key, n) && line[n] == ':')
			return atol(line + n + 1);
	return -1;
}

static long file_kb(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	long kb;

	if (!f)
		return -1;
	kb = kb_of(f, key);
	fclose(f);
	return kb;
}

long status_kb(pid_t pid, const char *key)
{
	char path[64];

	if (!pid)
		return file_kb("/proc/self/status", key);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return file_kb(path, key);
}

long meminfo_kb(const char *key)
{
	return file_kb("/proc/meminfo", key);
}

long smaps_kb(const void *addr, const char *key)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	uintptr_t start, end;
	char line[512];
	long kb = -1;

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) != 2)
			continue;
		if (start <= (uintptr_t)addr && (uintptr_t)addr < end) {
			kb = kb_of(f, key);
			break;
		}
	}
	fclose(f);
	return kb;
}

void kmsg_mark(void)
{
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		bail_out("/dev/kmsg: %m");
	lseek(kmsg, 0, SEEK_END);
}

bool kmsg_has(const char *text)
{
	char line[8192];
	ssize_t n;

	while ((n = read(kmsg, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		if (strstr(line, text))
			return true;
	}
	return false;
}

uint64_t frame_of(const volatile void *addr)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (uintptr_t)addr / getpagesize() * 8;
	uint64_t entry = 0;

	need(pread(fd, &entry, 8, at) == 8);
	close(fd);
	return entry & ((1UL << 55) - 1);
}
