// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading arguments; what is wrong with one is said in its own words. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include "admin.h"

int parse_size(struct app *app, const char *what, const char *text, uint64_t *size)
{
	const char *bad;
	int err = morsel_size_parse(text, size, &bad);

	if (!err)
		return 0;
	if (err == -ERANGE)
		return usage_error(app, "%s \"%s\" is too large", what, shown(text));
	if (bad != text && *bad)
		return usage_error(app, "%s \"%s\": there is no unit \"%s\"", what, shown(text),
				   shown(bad));
	if (text[0] >= '0' && text[0] <= '9')
		return usage_error(app, "%s \"%s\" is not a whole number of bytes", what,
				   shown(text));
	return usage_error(app, "%s \"%s\" does not begin with a number", what, shown(text));
}

/* Digits of @base only, up to @max. */
static bool read_number(const char *text, int base, uint64_t max, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return !errno && !*end && *number <= max;
}

int parse_number(struct app *app, const char *what, const char *text, uint64_t *number)
{
	if (read_number(text, 10, UINT64_MAX, number))
		return 0;
	return usage_error(app, "%s \"%s\" is not a number", what, shown(text));
}

int parse_mode(struct app *app, const char *text, uint32_t *mode)
{
	uint64_t number;

	if (!read_number(text, 8, 07777, &number))
		return usage_error(app, "mode \"%s\" is not an octal number up to 7777",
				   shown(text));
	*mode = number;
	return 0;
}

int parse_user(struct app *app, const char *text, uint32_t *uid)
{
	const struct passwd *pw = getpwnam(text);
	uint64_t number;

	if (pw)
		number = pw->pw_uid;
	else if (!read_number(text, 10, UINT32_MAX - 1, &number))
		return usage_error(app, "there is no user \"%s\"", shown(text));
	*uid = number;
	return 0;
}

int parse_group(struct app *app, const char *text, uint32_t *gid)
{
	const struct group *gr = getgrnam(text);
	uint64_t number;

	if (gr)
		number = gr->gr_gid;
	else if (!read_number(text, 10, UINT32_MAX - 1, &number))
		return usage_error(app, "there is no group \"%s\"", shown(text));
	*gid = number;
	return 0;
}
