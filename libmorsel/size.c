// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sizes as people write them. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "internal.h"

typedef unsigned __int128 u128;

static const char letters[] = "KMGTP";

/* Return: the number of bytes of the unit @s, 0 if there is none of that name. */
static uint64_t unit_size(const char *s)
{
	uint64_t binary = 1, decimal = 1;
	const char *letter;

	if (!*s || !strcasecmp(s, "B"))
		return 1;
	if (!strcasecmp(s, "pmd"))
		return 2ULL << 20;
	if (!strcasecmp(s, "pud"))
		return 1ULL << 30;
	for (letter = letters; *letter; letter++) {
		binary <<= 10;
		decimal *= 1000;
		if (toupper(*s) != *letter)
			continue;
		if (!s[1] || !strcasecmp(s + 1, "iB"))
			return binary;
		return strcasecmp(s + 1, "B") ? 0 : decimal;
	}
	return 0;
}

/* Read digits into @value. Return: how many, or -ERANGE when they are too many. */
static int read_digits(const char **s, u128 *value)
{
	int count;

	for (count = 0; isdigit((unsigned char)**s); count++, ++*s) {
		*value = *value * 10 + (**s - '0');
		if (*value > (u128)UINT64_MAX * 1000000000)
			return -ERANGE;
	}
	return count;
}

/* Read a decimal number as the fraction @value / @scale. Return: 0, -EINVAL, -ERANGE. */
static int read_number(const char **s, u128 *value, u128 *scale)
{
	int digits = read_digits(s, value), fraction = 0;

	if (digits > 0 && **s == '.') {
		++*s;
		digits = fraction = read_digits(s, value);
	}
	if (digits <= 0)
		return digits < 0 ? digits : -EINVAL;
	for (; fraction && *value % 10 == 0; fraction--)
		*value /= 10;
	for (*scale = 1; fraction; fraction--)
		*scale *= 10; /* at most as many digits as @value can have */
	return 0;
}

MORSEL_EXPORT int morsel_size_parse(const char *text, uint64_t *size, const char **bad)
{
	const char *s = text, *ignored;
	u128 value = 0, scale;
	uint64_t unit;
	int err;

	if (!bad)
		bad = &ignored;
	err = read_number(&s, &value, &scale);
	*bad = err == -ERANGE ? text : s;
	if (err)
		return err;
	unit = unit_size(s);
	if (!unit)
		return -EINVAL;
	*bad = text;
	if (value > ~(u128)0 / unit || value * unit / scale > UINT64_MAX)
		return -ERANGE;
	if (value * unit % scale)
		return -EINVAL;
	*bad = NULL;
	*size = value * unit / scale;
	return 0;
}

MORSEL_EXPORT char *morsel_size_format(uint64_t size, char buf[MORSEL_SIZE_TEXT])
{
	unsigned int shift = 0;
	uint64_t tenths;

	while (shift < 50 && size >> shift >= 1024)
		shift += 10;
	/* Tenths of the unit; 1023.95 and more would round up to 1024. */
	tenths = ((u128)size * 10 + (shift ? 1ULL << (shift - 1) : 0)) >> shift;
	if (tenths >= 10240 && shift < 50) {
		shift += 10;
		tenths = 10;
	}
	if (!shift)
		snprintf(buf, MORSEL_SIZE_TEXT, "%uB", (unsigned int)size);
	else if (tenths % 10)
		snprintf(buf, MORSEL_SIZE_TEXT, "%u.%u%c", (unsigned int)(tenths / 10),
			 (unsigned int)(tenths % 10), letters[shift / 10 - 1]);
	else
		snprintf(buf, MORSEL_SIZE_TEXT, "%u%c", (unsigned int)(tenths / 10),
			 letters[shift / 10 - 1]);
	return buf;
}
