// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../tap.h"

static int count, failed;

static void point(bool good, const char *fmt, va_list ap)
{
	char name[256];

	vsnprintf(name, sizeof(name), fmt, ap);
	count++;
	failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", count, name);
	fflush(stdout);
}

bool tap_ok(bool good, const char *file, int line, const char *expr, const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	if (!good)
		diag("%s:%d: does not hold: %s (errno: %s)", file, line, expr, strerror(err));
	va_start(ap, fmt);
	point(good, fmt, ap);
	va_end(ap);
	return good;
}

bool tap_is(long long got, long long want, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	if (got != want)
		diag("%s:%d: got %lld (0x%llx), expected %lld (0x%llx)", file, line, got, got, want,
		     want);
	va_start(ap, fmt);
	point(got == want, fmt, ap);
	va_end(ap);
	return got == want;
}

bool tap_errno(intptr_t result, int want, const char *file, int line, const char *fmt, ...)
{
	int err = errno;
	bool good = result == -1 && err == want;
	va_list ap;

	if (result != -1)
		diag("%s:%d: succeeded with %#lx, expected %s", file, line, (long)result,
		     strerrorname_np(want));
	else if (!good)
		diag("%s:%d: failed with %s, expected %s", file, line, strerrorname_np(err),
		     strerrorname_np(want));
	va_start(ap, fmt);
	point(good, fmt, ap);
	va_end(ap);
	return good;
}

void diag(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

void skip(const char *name, const char *reason)
{
	printf("ok %d - %s # SKIP %s\n", ++count, name, reason);
	fflush(stdout);
}

void bail_out(const char *fmt, ...)
{
	va_list ap;

	printf("Bail out! ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	_Exit(99);
}

int done_testing(void)
{
	printf("1..%d\n", count);
	fflush(stdout);
	return failed || !count;
}
