// SPDX-License-Identifier: GPL-2.0-or-later
/* Results go to the second serial port, marks for the host into the kernel log. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "guest.h"

static int port = STDERR_FILENO;

void report_open(const char *tty)
{
	struct termios raw;
	int fd = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	tcgetattr(fd, &raw);
	cfmakeraw(&raw);
	raw.c_cflag |= CLOCAL;
	cfsetspeed(&raw, B115200);
	tcsetattr(fd, TCSANOW, &raw);
	port = fd;
}

int report_fd(void)
{
	return port;
}

/* Control lines start in column one, even after output without a newline. */
void report(const char *fmt, ...)
{
	va_list ap;

	dprintf(port, "\n");
	va_start(ap, fmt);
	vdprintf(port, fmt, ap);
	va_end(ap);
	dprintf(port, "\n");
	tcdrain(port);
}

void kernel_log(const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	n = snprintf(text, sizeof(text), "<4>morsel-test: ");
	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	write_file("/dev/kmsg", text);
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -errno : 0;
}
