// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * timed - runs a command and says how long its first answer took
 *
 * An answer ends with an empty line, or with the output.  Prints milliseconds
 * from before fork to the end of the first answer, and to the end of the
 * output; the output goes to a file.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int start(char *const command[], pid_t *pid)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		err(1, "pipe");
	*pid = fork();
	if (*pid < 0)
		err(1, "fork");
	if (!*pid) {
		if (dup2(fd[1], STDOUT_FILENO) < 0)
			err(1, "dup2");
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	close(fd[1]);
	return fd[0];
}

/* Whether an empty line ends in the buffer; @last is the byte before it, and is kept up. */
static bool has_empty_line(const char *buffer, size_t size, char *last)
{
	for (size_t i = 0; i < size; i++) {
		if (*last == '\n' && buffer[i] == '\n')
			return true;
		*last = buffer[i];
	}
	return false;
}

static double copy_output(int from, FILE *to)
{
	static char buffer[1 << 16];
	double first = 0;
	char last = 0;
	ssize_t got;

	while ((got = read(from, buffer, sizeof(buffer))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err(1, "read");
		if (!first && has_empty_line(buffer, got, &last))
			first = now_ms();
		if (fwrite(buffer, 1, got, to) != (size_t)got)
			err(1, "write");
	}
	return first;
}

int main(int argc, char *argv[])
{
	double begin, first, end;
	int status, from;
	FILE *to;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: timed OUTPUT COMMAND [ARGUMENT...]");
	to = fopen(argv[1], "we");
	if (!to)
		err(1, "%s", argv[1]);
	begin = now_ms();
	from = start(argv + 2, &pid);
	first = copy_output(from, to);
	end = now_ms();
	if (fclose(to))
		err(1, "%s", argv[1]);
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	if (status)
		errx(1, "%s: wait status %#x", argv[2], status);
	printf("%.1f %.1f\n", (first ? first : end) - begin, end - begin);
	return 0;
}
