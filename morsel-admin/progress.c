// SPDX-License-Identifier: GPL-2.0-or-later
/* How far long work has come. */
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include "admin.h"

enum {
	QUIET_MS = 500, /* shorter work needs no bar */
	EVERY_MS = 100,
	BAR_MAX = 40,
	NAME_MAX_COLUMNS = 30,
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int columns(void)
{
	struct winsize size = { 0 };

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

void progress_start(const struct app *app, struct progress *progress, const char *what,
		    uint64_t total)
{
	*progress = (struct progress){
		.what = what,
		.total = total,
		.started = now_ms(),
		.silent = app->quiet || app->json || !isatty(STDERR_FILENO) || is_dumb(),
	};
}

/* How many bytes of @text take no more than @room columns, in whole characters. */
static int fitting(const char *text, int room)
{
	mbstate_t state = { 0 };
	const char *end = text;
	size_t len;
	wchar_t ch;

	for (; *end; end += len) {
		len = mbrtowc(&ch, end, strlen(end), &state);
		if (len == (size_t)-1 || len == (size_t)-2)
			break;
		room -= wcwidth(ch) > 0 ? wcwidth(ch) : 0;
		if (room < 0)
			break;
	}
	return (int)(end - text);
}

/* "[#####     ]  50%" of @room columns, or nothing where there is no end in sight. */
static void draw_bar(const struct progress *progress, uint64_t done, int room)
{
	int width = room > BAR_MAX ? BAR_MAX : room, percent;
	int full;

	if (!progress->total || width < 4)
		return;
	if (done > progress->total)
		done = progress->total;
	percent = (int)(100.0 * (double)done / (double)progress->total);
	full = width * percent / 100;
	fprintf(stderr, " [%.*s%*s] %3d%%", full, "########################################",
		width - full, "", percent);
}

void progress_show(struct progress *progress, uint64_t done)
{
	char size[MORSEL_SIZE_TEXT], rate[MORSEL_SIZE_TEXT];
	int64_t now, passed;
	int width, room;

	if (progress->silent)
		return;
	now = now_ms();
	passed = now - progress->started;
	if (passed < QUIET_MS || (progress->drawn && now - progress->drawn < EVERY_MS))
		return;
	progress->drawn = now;
	morsel_size_format(done, size);
	morsel_size_format(done * 1000 / (uint64_t)passed, rate);
	/* A line that is too long could not be wiped: the last column stays free. */
	width = columns();
	room = width - 1 - (int)(strlen(size) + strlen(rate) + strlen("  /s"));
	if (room > NAME_MAX_COLUMNS)
		room = NAME_MAX_COLUMNS;
	fprintf(stderr, "\r%.*s %s %s/s", fitting(progress->what, room), progress->what, size,
		rate);
	draw_bar(progress, done, width - 62);
	fputs("\033[K", stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = 0;
}
