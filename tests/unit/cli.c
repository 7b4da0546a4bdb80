// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "cli.h"
#include "morsel-admin/admin.h"

struct cli_result cli;
static fake_answer_fn *answer_to_cli;

int __real_morsel_ctx_new(struct morsel_ctx **ctx);
int __wrap_morsel_ctx_new(struct morsel_ctx **ctx);

/* The linker puts this in the place of morsel_ctx_new(), as far as the tool calls it. */
int __wrap_morsel_ctx_new(struct morsel_ctx **ctx)
{
	int err = __real_morsel_ctx_new(ctx);

	if (!err)
		fake_attach(*ctx, answer_to_cli);
	return err;
}

static int split(const char *line, char *words, char **argv)
{
	int argc = 0;
	char *word;

	argv[argc++] = (char *)"morsel-admin";
	strcpy(words, line); /* NOLINT: as large as the line */
	for (word = strtok(words, " "); word; word = strtok(NULL, " ")) {
		argv[argc++] = word;
		for (; *word; word++)
			if (*word == '\1')
				*word = ' ';
	}
	argv[argc] = NULL;
	return argc;
}

/* What the user types; NULL: there is no terminal. */
static const char *typed;

/* Make stdin a terminal on which @typed waits. */
static void open_terminal(void)
{
	int master, slave;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(write(master, typed, strlen(typed)), strlen(typed));
	dup2(slave, STDIN_FILENO);
}

/* Become the tool. */
static void become(const char *line)
{
	char words[8192], *argv[64];
	int argc;

	assert_true(strlen(line) < sizeof(words));
	argc = split(line, words, argv);
	exit(admin_main(argc, argv));
}

static void child(const char *line, int out, int err)
{
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (typed)
		open_terminal();
	else
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	become(line);
}

static void reap(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	cli.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void check_sanitizers(const char *line, const char *said)
{
	if (strstr(said, "Sanitizer") || strstr(said, "runtime error"))
		fail_msg("%s: %s", line, said);
}

static size_t slurp(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
	return n;
}

int cli_run_to(fake_answer_fn *answer, const char *line, int fd)
{
	int err = memfd_create("stderr", 0);
	pid_t pid;

	answer_to_cli = answer;
	fflush(NULL);
	pid = fork();
	if (!pid)
		child(line, fd, err);
	reap(pid);
	slurp(err, cli.err, sizeof(cli.err));
	check_sanitizers(line, cli.err);
	return cli.status;
}

int cli_run(fake_answer_fn *answer, const char *line)
{
	int out = memfd_create("stdout", 0);

	cli_run_to(answer, line, out);
	cli.out_len = slurp(out, cli.out, sizeof(cli.out));
	return cli.status;
}

int cli_run_tty(fake_answer_fn *answer, const char *line, const char *keys)
{
	typed = keys;
	cli_run(answer, line);
	typed = NULL;
	return cli.status;
}

/* All that comes from the terminal @master until nobody has it any more. */
static void watch(int master)
{
	ssize_t n;

	for (cli.out_len = 0; cli.out_len < sizeof(cli.out) - 1; cli.out_len += n) {
		n = read(master, cli.out + cli.out_len, sizeof(cli.out) - 1 - cli.out_len);
		if (n <= 0)
			break;
	}
	cli.out[cli.out_len] = '\0';
	cli.err[0] = '\0';
	close(master);
}

int cli_run_pty(fake_answer_fn *answer, const char *line, const char *keys, int columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	struct termios modes;
	int master, slave, fd;
	pid_t pid;

	answer_to_cli = answer;
	fflush(NULL);
	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(slave, &modes), 0);
	modes.c_oflag &= ~OPOST;
	modes.c_lflag &= ~ECHO;
	assert_int_equal(tcsetattr(slave, TCSANOW, &modes), 0);
	assert_int_equal(write(master, keys, strlen(keys)), strlen(keys));
	pid = fork();
	if (!pid) {
		for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
			dup2(slave, fd);
		close(slave);
		close(master);
		become(line);
	}
	close(slave);
	watch(master);
	reap(pid);
	check_sanitizers(line, cli.out);
	return cli.status;
}

int cli_unused(const struct nlmsghdr *request, int round, struct fake_buf *buf)
{
	(void)request;
	(void)round;
	(void)buf;
	fprintf(stderr, "Sanitizer: a request where none is expected\n");
	abort();
}

uint8_t cli_cmd(const struct nlmsghdr *request)
{
	return ((const struct genlmsghdr *)NLMSG_DATA(request))->cmd;
}

const char *cli_string(uint16_t type)
{
	const char *string = fake_sent(type, NULL);

	return string ? string : "";
}
