// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers for people. */
#include <stdio.h>
#include <time.h>
#include "ui.h"

const char *size_text(uint64_t size, char text[NUMBER_TEXT])
{
	static const char units[] = "BKMGTPE";
	double value = (double)size;
	size_t unit = 0;
	int tenths;

	if (size == UNKNOWN) {
		snprintf(text, NUMBER_TEXT, "-");
		return text;
	}
	for (; value >= 1023.95 && unit < sizeof(units) - 2; unit++)
		value /= 1024;
	/* 1.04 is 1, not 1.0 */
	tenths = (int)(value * 10 + 0.5);
	if (value < 99.95 && tenths % 10)
		snprintf(text, NUMBER_TEXT, "%.1f%c", value, units[unit]);
	else
		snprintf(text, NUMBER_TEXT, "%.0f%c", value, units[unit]);
	return text;
}

const char *rate_text(double rate, char text[NUMBER_TEXT])
{
	if (rate < 0)
		snprintf(text, NUMBER_TEXT, "-");
	else if (rate > 0 && rate < 9.95)
		snprintf(text, NUMBER_TEXT, "%.1f", rate);
	else if (rate < 9999.5)
		snprintf(text, NUMBER_TEXT, "%.0f", rate);
	else if (rate < 999950)
		snprintf(text, NUMBER_TEXT, "%.1fk", rate / 1e3);
	else
		snprintf(text, NUMBER_TEXT, "%.1fM", rate / 1e6);
	return text;
}

const char *address_text(uint64_t address, char text[NUMBER_TEXT])
{
	if (!address || address == UNKNOWN)
		snprintf(text, NUMBER_TEXT, "-");
	else
		snprintf(text, NUMBER_TEXT, "%04llx_%04llx_%04llx",
			 (unsigned long long)(address >> 32 & 0xffffffff),
			 (unsigned long long)(address >> 16 & 0xffff),
			 (unsigned long long)(address & 0xffff));
	return text;
}

static const char *time_text(uint64_t ns, const char *format, char text[NUMBER_TEXT])
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(text, NUMBER_TEXT, format, &tm))
		snprintf(text, NUMBER_TEXT, "?");
	return text;
}

const char *clock_text(uint64_t ns, char text[NUMBER_TEXT])
{
	return time_text(ns, "%H:%M:%S", text);
}

const char *date_text(uint64_t ns, char text[NUMBER_TEXT])
{
	return time_text(ns, "%Y-%m-%d %H:%M", text);
}

const char *age_text(uint64_t ns, char text[NUMBER_TEXT])
{
	unsigned long long minutes = ns / 60000000000ULL;

	if (minutes >= 24ULL * 60)
		snprintf(text, NUMBER_TEXT, "%llud%02lluh", minutes / (24 * 60), minutes / 60 % 24);
	else
		snprintf(text, NUMBER_TEXT, "%02llu:%02llu", minutes / 60, minutes % 60);
	return text;
}

void draw_sparkline(struct grid *grid, int row, int col, const float *history, int count,
		    int width)
{
	static const wchar_t blocks[] = L"\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
	static const char ascii[] = "_.-=+*^#";
	int first = count > width ? count - width : 0, i, level;
	float most = 0;

	for (i = first; i < count; i++)
		if (history[i] > most)
			most = history[i];
	for (i = first; i < count; i++) {
		level = most > 0 ? (int)(history[i] * 7 / most + 0.5f) : 0;
		grid_char(grid, row, col + i - first, PAINT_GOOD, blocks[level], ascii[level]);
	}
}
