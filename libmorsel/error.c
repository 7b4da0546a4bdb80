// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why things failed, per thread, so that threads that share a context do not overwrite it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

enum {
	ERROR_TEXT = 1024,
	QUOTE_TEXT = 320,
};

static _Thread_local struct {
	uint64_t owner;
	const char *attr;
	char text[ERROR_TEXT];
} last;

int morsel_fail(uint64_t owner, int err, const char *format, ...)
{
	va_list args;

	last.owner = owner;
	last.attr = NULL;
	va_start(args, format);
	vsnprintf(last.text, sizeof(last.text), format, args);
	va_end(args);
	return err;
}

void morsel_fail_attr(const char *attr)
{
	last.attr = attr;
}

void morsel_clear_error(uint64_t owner)
{
	last.owner = owner;
	last.attr = NULL;
	last.text[0] = '\0';
}

const char *morsel_quote(const char *name)
{
	static _Thread_local char quotes[2][QUOTE_TEXT];
	static _Thread_local unsigned int turn;
	char *quote = quotes[turn++ % ARRAY_SIZE(quotes)];

	if (morsel_name_escape(name, quote, QUOTE_TEXT) >= QUOTE_TEXT)
		memcpy(quote + QUOTE_TEXT - 4, "...", 4);
	return quote;
}

MORSEL_EXPORT const char *morsel_error(const struct morsel_ctx *ctx)
{
	return last.owner == ctx->serial ? last.text : "";
}

MORSEL_EXPORT const char *morsel_error_attr(const struct morsel_ctx *ctx)
{
	return last.owner == ctx->serial ? last.attr : NULL;
}
