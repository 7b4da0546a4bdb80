// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd - as many fresh processes as there are questions, all at once
 *
 * Each process maps the object and answers one question.  When all have, each
 * reads every page of the object; then all keep it mapped until the last has
 * reported its page tables.  With -m the object's bytes lie in a memfd.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

enum {
	MAX_QUESTIONS = 1000,
	COPY_SIZE = 1 << 20,
	POLL_MS = 500,
};

struct barrier {
	int wait_fd; /* a process waits for the end of this pipe */
	int hold_fd;
};

struct crowd {
	char *question[MAX_QUESTIONS];
	pid_t pid[MAX_QUESTIONS];
	unsigned int nr;
	int report_fd, send_fd;
	struct barrier touch, leave;
	struct timespec start;
};

/* The crowd as a whole at one stage. */
struct totals {
	uint64_t table_kib, faults;
	uint32_t view_tables;
	double first_ms, last_ms;
};

static double ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1e3 + (now.tv_nsec - start->tv_nsec) / 1e6;
}

static void read_questions(struct crowd *crowd, const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!in)
		err(1, "%s", path);
	while (getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		if (crowd->nr == MAX_QUESTIONS)
			errx(1, "%s: more than %d questions", path, MAX_QUESTIONS);
		crowd->question[crowd->nr] = strdup(line);
		if (!crowd->question[crowd->nr++])
			err(1, "%s", path);
	}
	free(line);
	fclose(in);
	if (!crowd->nr)
		errx(1, "%s: no questions", path);
}

static void write_all(int to, const char *buffer, size_t size)
{
	while (size) {
		ssize_t put = write(to, buffer, size);

		if (put < 0 && errno != EINTR)
			err(1, "memfd: write");
		if (put > 0) {
			buffer += put;
			size -= put;
		}
	}
}

/* Returns a path under which the processes find the copy. */
static const char *copy_to_memfd(const char *object)
{
	static char path[64];
	char *buffer = malloc(COPY_SIZE);
	int from = open(object, O_RDONLY | O_CLOEXEC);
	int to = memfd_create("pkggraph", 0);
	ssize_t got;

	if (from < 0)
		err(1, "%s", object);
	if (to < 0 || !buffer)
		err(1, "cannot create a memfd");
	while ((got = read(from, buffer, COPY_SIZE)) > 0)
		write_all(to, buffer, got);
	if (got < 0)
		err(1, "%s: read", object);
	close(from);
	free(buffer);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", to);
	return path;
}

static void pipe_or_die(int *read_end, int *write_end)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC))
		err(1, "pipe");
	*read_end = fd[0];
	*write_end = fd[1];
}

static void redirect_stdout(const char *dir, unsigned int i)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%03u", dir, i);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		err(1, "%s", path);
}

static void keep_over_exec(int fd)
{
	if (fcntl(fd, F_SETFD, 0))
		err(1, "descriptor %d", fd);
}

static void run_one(const struct crowd *crowd, unsigned int i, const char *program,
		    const char *object, const char *dir)
{
	char fds[64];

	redirect_stdout(dir, i);
	keep_over_exec(crowd->send_fd);
	keep_over_exec(crowd->touch.wait_fd);
	keep_over_exec(crowd->leave.wait_fd);
	snprintf(fds, sizeof(fds), "%d,%d,%d", crowd->send_fd, crowd->touch.wait_fd,
		 crowd->leave.wait_fd);
	execl(program, program, "query", "-c", fds, object, crowd->question[i], NULL);
	err(1, "%s", program);
}

static void start_all(struct crowd *crowd, const char *program, const char *object, const char *dir)
{
	pipe_or_die(&crowd->report_fd, &crowd->send_fd);
	pipe_or_die(&crowd->touch.wait_fd, &crowd->touch.hold_fd);
	pipe_or_die(&crowd->leave.wait_fd, &crowd->leave.hold_fd);
	clock_gettime(CLOCK_MONOTONIC, &crowd->start);
	for (unsigned int i = 0; i < crowd->nr; i++) {
		crowd->pid[i] = fork();
		if (crowd->pid[i] < 0)
			err(1, "fork");
		if (!crowd->pid[i])
			run_one(crowd, i, program, object, dir);
	}
	close(crowd->send_fd);
}

static void add_report(struct totals *totals, const struct report *report, double ms)
{
	if (!totals->first_ms)
		totals->first_ms = ms;
	totals->last_ms = ms;
	totals->table_kib += report->table_kib;
	totals->faults += report->faults;
	if (report->view_tables > totals->view_tables)
		totals->view_tables = report->view_tables;
}

/* Nobody leaves before the last has arrived; if one does, all would wait for it. */
static void await_report(const struct crowd *crowd)
{
	struct pollfd in = { .fd = crowd->report_fd, .events = POLLIN };

	while (poll(&in, 1, POLL_MS) <= 0)
		if (waitpid(-1, NULL, WNOHANG) > 0)
			errx(1, "a process ended before it had answered");
}

static void await_all(struct crowd *crowd, struct totals totals[], enum stage stage)
{
	static unsigned int arrived[NR_STAGES];
	struct report report;

	while (arrived[stage] < crowd->nr) {
		await_report(crowd);
		if (read(crowd->report_fd, &report, sizeof(report)) != sizeof(report) ||
		    report.stage >= NR_STAGES)
			errx(1, "a process ended before it had answered");
		arrived[report.stage]++;
		add_report(&totals[report.stage], &report, ms_since(&crowd->start));
	}
}

static bool reap_all(const struct crowd *crowd)
{
	bool ok = true;

	for (unsigned int i = 0; i < crowd->nr; i++) {
		int status;

		if (waitpid(crowd->pid[i], &status, 0) < 0)
			err(1, "waitpid");
		if (status) {
			warnx("\"%s\": wait status %#x", crowd->question[i], status);
			ok = false;
		}
	}
	return ok;
}

static void print(const struct crowd *crowd, const struct totals totals[])
{
	const struct totals *start = &totals[STAGE_STARTED], *end = &totals[STAGE_TOUCHED];

	printf("processes %u\n", crowd->nr);
	printf("first_answer_ms %.1f\n", totals[STAGE_ANSWERED].first_ms);
	printf("last_answer_ms %.1f\n", totals[STAGE_ANSWERED].last_ms);
	printf("touched_ms %.1f\n", end->last_ms - totals[STAGE_ANSWERED].last_ms);
	printf("table_kib_before %llu\n", (unsigned long long)start->table_kib);
	printf("table_kib %llu\n", (unsigned long long)end->table_kib);
	printf("view_table_kib %lu\n", end->view_tables * sysconf(_SC_PAGESIZE) / 1024);
	printf("faults %llu\n", (unsigned long long)(end->faults - start->faults));
}

int main(int argc, char *argv[])
{
	static struct crowd crowd;
	struct totals totals[NR_STAGES] = { 0 };
	const bool use_memfd = argc > 1 && !strcmp(argv[1], "-m");
	char **arg = argv + 1 + use_memfd;

	if (argc - 1 - use_memfd != 4)
		errx(2, "usage: crowd [-m] PKGGRAPH OBJECT QUESTIONS OUTPUT-DIRECTORY");
	read_questions(&crowd, arg[2]);
	start_all(&crowd, arg[0], use_memfd ? copy_to_memfd(arg[1]) : arg[1], arg[3]);
	await_all(&crowd, totals, STAGE_ANSWERED);
	close(crowd.touch.hold_fd);
	await_all(&crowd, totals, STAGE_TOUCHED);
	close(crowd.leave.hold_fd);
	if (!reap_all(&crowd))
		return 1;
	print(&crowd, totals);
	return 0;
}
