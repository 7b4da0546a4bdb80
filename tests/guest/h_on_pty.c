// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * on_pty TEXT COMMAND...: run it on a terminal of its own, which goes when the command has
 * written TEXT; say how it has ended: "status N" or "signal N".
 */
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Return: has it come? */
static int await_text(int fd, const char *text)
{
	static char said[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(said) - 1 && (n = read(fd, said + len, sizeof(said) - 1 - len)) > 0) {
		len += (size_t)n;
		if (strstr(said, text))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int fd, status;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = forkpty(&fd, NULL, NULL, NULL);
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || !await_text(fd, argv[1]))
		return 1;
	close(fd);
	alarm(30);
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("status %d\n", WEXITSTATUS(status));
	return 0;
}
