/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names are bytes; most of them are UTF-8. */
#ifndef MORSEL_UTF8_H
#define MORSEL_UTF8_H

#include <stdint.h>

/*
 * Decode the character at @s, which ends with a NUL. Overlong forms, surrogates
 * and what is beyond Unicode do not count as UTF-8.
 * Return: its length in bytes, 0 if this is no UTF-8 (or the NUL).
 */
static inline int utf8_decode(const char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	int i, len;

	if (!p[0])
		return 0;
	len = p[0] < 0x80	      ? 1
	      : (p[0] & 0xe0) == 0xc0 ? 2
	      : (p[0] & 0xf0) == 0xe0 ? 3
	      : (p[0] & 0xf8) == 0xf0 ? 4
				      : 0;
	if (len <= 1) {
		*c = p[0];
		return len;
	}
	*c = p[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

#endif
