// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../tap.h"
#include "failnth.h"
#include "failnth_sites.h"

static int file = -1;

static void set(const char *kind, const char *name, const char *value)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kind, name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		bail_out("%s: %m", path);
	close(fd);
}

/*
 * Preempted after fork(), this thread would have its restartable sequences written by the kernel,
 * which kills it if a page for them cannot be had then.
 */
static void leave_rseq(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size)
		need(!syscall(SYS_rseq, area, sizeof(struct rseq), RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
}

void failnth_start(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	int i;

	leave_rseq();
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	for (i = 0; i < 2; i++) {
		set(kinds[i], "ignore-gfp-wait", "N");
		set(kinds[i], "verbose", "0");
	}
	set("fail_page_alloc", "ignore-gfp-highmem", "N");
	set("fail_page_alloc", "min-order", "0");
	file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	need(file >= 0);
}

void failnth_arm(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	need(pwrite(file, text, strlen(text), 0) > 0);
}

bool failnth_failed(void)
{
	char text[16] = "";

	need(pread(file, text, sizeof(text) - 1, 0) > 0);
	failnth_arm(0);
	return atoi(text) == 0;
}

void failnth_enough(const char *name, int sites)
{
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (!strcmp(kept[i].name, name))
			break;
	if (i == sizeof(kept) / sizeof(kept[0])) {
		ok(false, "%s: %d allocations, and failnth_sites.h says nothing about it", name,
		   sites);
		return;
	}
	ok(sites >= kept[i].sites, "%s: %d allocations have failed, %d at least", name, sites,
	   kept[i].sites);
}

/* Return: how much is wrong with how it was refused. */
static int judge(const struct failnth_operation *op, int n, int error, bool (*as_noted)(void))
{
	int wrong = 0;

	if (error != ENOMEM) {
		diag("%s, allocation %d: %s", op->name, n, strerror(error));
		wrong++;
	}
	if (!as_noted()) {
		diag("%s, allocation %d: something has changed", op->name, n);
		wrong++;
	}
	return wrong;
}

int failnth_try(const struct failnth_operation *op, int fd, void (*note)(void),
		bool (*as_noted)(void))
{
	int n, result, error, wrong = 0;
	bool failed;

	note();
	for (n = 1; n < FAILNTH_MOST; n++) {
		failnth_arm(n);
		result = op->run(fd);
		error = errno;
		failed = failnth_failed();
		if (!failed && result == 0)
			break;
		if (result) {
			wrong += judge(op, n, error, as_noted);
		} else if (op->undo) {	/* it got by without */
			op->undo(fd);
		}
		if (wrong || !result)
			note();
	}
	ok(n < FAILNTH_MOST, "%s: works in the end", op->name);
	failnth_enough(op->name, n - 1);
	if (op->undo)
		op->undo(fd);
	return wrong;
}
