// SPDX-License-Identifier: GPL-2.0-or-later
/* morsel-top: source, model, view, and the loop that drives them. */
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "options.h"
#include "term.h"

static const uint64_t KEEP = 3000000000; /* ns that rows of what has gone stay */

enum { LISTEN = 100 }; /* ms, least time between two times that events are taken */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Processor time of this program so far, in ms. */
static double used_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* What the loop waits for, and when it is to look again. */
struct loop {
	struct ui *ui;
	const struct options *options;
	struct grid grid;
	int signals;
	int64_t next;	/* ms; of looks */
	int64_t listen; /* ms; to events, not before */
	uint64_t looks;
	int empty; /* looks for keys without any */
	bool more; /* there may be keys behind one that makes it look again */
	bool end;
};

static void look(struct loop *loop)
{
	struct ui *ui = loop->ui;
	int64_t now = now_ms();

	ui_count(ui, used_ms(), (double)now);
	ui->refresh = false;
	ui_refresh(ui);
	if (!ui->refresh) /* else it is half a look */
		loop->looks++;
	loop->next = now + (int64_t)(ui->delay * 1000);
}

/* Any number of changes of the window is one. */
static void take_signals(struct loop *loop)
{
	struct signalfd_siginfo info;
	int rows, cols;

	while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGWINCH) {
			loop->end = true;
			return;
		}
	}
	term_size(&rows, &cols);
	if (rows == loop->grid.rows && cols == loop->grid.cols)
		return;
	if (grid_resize(&loop->grid, rows, cols)) {
		loop->end = true;
		return;
	}
	term_resize(rows, cols);
}

static void take_input(struct loop *loop)
{
	struct term_input input;

	/* Readable again and again, but nothing comes: it is at its end. */
	loop->end = ++loop->empty > 1000;
	loop->more = false;
	while (!loop->ui->quit && term_read(&input)) {
		loop->empty = 0;
		if (input.click)
			ui_click(loop->ui, &loop->grid, input.row, input.col);
		else if (input.wheel)
			ui_wheel(loop->ui, input.wheel);
		else if (input.key)
			ui_key(loop->ui, input.key);
		/* The next one is about what is seen then. */
		loop->more = loop->ui->refresh;
		if (loop->more)
			break;
	}
}

/* Wait for a key, a signal or the next look. */
static void wait_and_see(struct loop *loop)
{
	struct source *source = loop->ui->source;
	struct pollfd fds[3] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = loop->signals, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	int64_t now = now_ms(), left = loop->next - now;

	if (loop->ui->paused)
		left = 1000000;
	if (now >= loop->listen)
		fds[2].fd = source->fd(source);
	else if (left > loop->listen - now)
		left = loop->listen - now;
	if (loop->ui->refresh || loop->more)
		left = 0;
	poll(fds, 3, left < 0 ? 0 : (int)left);
	if (fds[2].revents) {
		source->listen(source);
		/* Many at a time are cheaper than one by one. */
		loop->listen = now_ms() + LISTEN;
	}
	if (fds[1].revents)
		take_signals(loop);
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		loop->end = true; /* the terminal is gone */
	else if (fds[0].revents || loop->more)
		take_input(loop);
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run_terminal(struct ui *ui, const struct options *options)
{
	struct loop loop = { .ui = ui, .options = options, .grid.ascii = options->ascii };
	int rows, cols;

	ui->model.keep = KEEP;
	loop.signals = catch_signals();
	if (term_start(!options->no_color))
		return 1;
	term_size(&rows, &cols);
	loop.end = grid_resize(&loop.grid, rows, cols) != 0;
	while (!loop.end && !ui->quit) {
		if (ui->refresh || (!ui->paused && now_ms() >= loop.next)) {
			if (options->looks && loop.looks == options->looks)
				break;
			look(&loop);
		}
		ui_draw(ui, &loop.grid);
		term_show(&loop.grid, ui->redraw);
		ui->redraw = false;
		wait_and_see(&loop);
	}
	term_stop();
	grid_free(&loop.grid);
	close(loop.signals);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct ui ui;
	int status;

	setlocale(LC_ALL, "");
	/* Looks are as large as the one before: pages that stay are cheaper than new ones. */
	mallopt(M_MMAP_THRESHOLD, 1 << 28);
	mallopt(M_TRIM_THRESHOLD, 1 << 28);
	ui_init(&ui, NULL);
	status = parse_options(argc, argv, &options, &ui);
	if (status >= 0)
		return status;
	ui.source = options.replay ? source_replay(options.replay) : source_live();
	if (!ui.source)
		return 1;
	if (ui_lacks_process(&ui)) {
		fprintf(stderr, "morsel-top: there is no process %llu\n",
			(unsigned long long)ui.model.only_pid);
		status = 1;
	} else if (options.batch || options.json) {
		status = run_batch(&ui, &options);
	} else {
		status = run_terminal(&ui, &options);
	}
	ui.source->close(ui.source);
	model_free(&ui.model);
	return status;
}
