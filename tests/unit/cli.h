/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running morsel-admin against the kernel of straw, in a process of its own. */
#ifndef CLI_H
#define CLI_H

#include "fake.h"

struct cli_result {
	int status; /* exit status; 128 + the signal */
	char out[65536], err[65536];
	size_t out_len;
};

extern struct cli_result cli;

/*
 * Run with the words of @line, split at spaces ("\1" stands for a space in a
 * word). Requests are answered by @answer. Return: the exit status.
 */
int cli_run(fake_answer_fn *answer, const char *line);
/* The same with @keys typed on a terminal. */
int cli_run_tty(fake_answer_fn *answer, const char *line, const char *keys);
/* The same with stdout going to @fd, which stays open. */
int cli_run_to(fake_answer_fn *answer, const char *line, int fd);
/*
 * The same on a terminal so many @columns wide, which passes on what it is sent
 * as it is and echoes nothing: cli.out has stdout and stderr, cli.err nothing.
 */
int cli_run_pty(fake_answer_fn *answer, const char *line, const char *keys, int columns);

/* Answer functions of common use. */
int cli_unused(const struct nlmsghdr *request, int round, struct fake_buf *buf);
/* The command of a request. */
uint8_t cli_cmd(const struct nlmsghdr *request);
/* An attribute of the request being answered as a string, or "". */
const char *cli_string(uint16_t type);

#endif
