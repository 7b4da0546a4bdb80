/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and sizes, as people write them. Included by <morsel.h>; see there. */
#ifndef MORSEL_NAME_H
#define MORSEL_NAME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct morsel_ctx;

/**
 * morsel_name_parse() - take POOL:PATH apart
 * @name: the name; the pool ends at the first colon
 * @pool: receives the pool's name; free() it
 * @path: receives the path, without a slash at either end; free() it
 *
 * Return: 0; -EINVAL (no colon, no pool, a character or component that is not
 * allowed), -ENAMETOOLONG.
 */
int morsel_name_parse(struct morsel_ctx *ctx, const char *name, char **pool, char **path);

/**
 * morsel_name_escape() - make a name fit for a terminal or a log
 * @name: any bytes
 * @buf: receives @name with control characters, bytes that are not UTF-8, and
 *	backslashes written as \xNN; always terminated
 * @size: of @buf
 *
 * Return: the length that the whole result has, without the NUL; at least
 * @size means that it was cut.
 */
size_t morsel_name_escape(const char *name, char *buf, size_t size);

/**
 * morsel_size_parse() - read a size
 * @text: digits, perhaps with a fraction, and perhaps a unit: B; K, M, G, T, P
 *	and KiB, ... for powers of 1024; KB, ... for powers of 1000; pmd for
 *	2 MiB and pud for 1 GiB, what a page-table entry of that level spans.
 *	Upper and lower case are the same.
 * @size: receives the number of bytes
 * @bad: receives where in @text the trouble is, or NULL
 *
 * Return: 0; -EINVAL (not a size, or not a whole number of bytes), -ERANGE
 * (more than 64 bits).
 */
int morsel_size_parse(const char *text, uint64_t *size, const char **bad);

/**
 * morsel_size_format() - write a size for people
 * @buf: receives a number below 1024 with at most one decimal (rounded to the
 *	nearest) and the letter of its unit, such as "2G", "1.5M" or "12B"
 *
 * Return: @buf.
 */
#define MORSEL_SIZE_TEXT 16
char *morsel_size_format(uint64_t size, char buf[MORSEL_SIZE_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
