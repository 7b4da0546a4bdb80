// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names: POOL:PATH. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"
#include "utf8.h"

static bool has_control(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return true;
	return false;
}

static bool is_dots(const char *s, size_t len)
{
	return (len == 1 || len == 2) && !memcmp(s, "..", len);
}

int morsel_pool_name_check(uint64_t owner, const char *pool)
{
	size_t len = strlen(pool);
	const char *fault = NULL;

	if (len > MORSEL_MAX_POOL_NAME)
		return morsel_fail(owner, -ENAMETOOLONG,
				   "pool name \"%s\" has %zu bytes, more than %d",
				   morsel_quote(pool), len, MORSEL_MAX_POOL_NAME);
	if (!len)
		fault = "is empty";
	else if (has_control(pool, len))
		fault = "has a control character";
	else if (strpbrk(pool, "/:"))
		fault = "has a slash or a colon";
	else if (is_dots(pool, len))
		fault = "is not allowed";
	if (!fault)
		return 0;
	return morsel_fail(owner, -EINVAL, "pool name \"%s\" %s", morsel_quote(pool), fault);
}

/* Return: 0 or an errno for one component of @path. */
static int check_component(uint64_t owner, const char *path, const char *part, size_t len)
{
	const char *fault = NULL;

	if (len > MORSEL_MAX_NAME)
		return morsel_fail(owner, -ENAMETOOLONG,
				   "path \"%s\": a component has %zu bytes, more than %d",
				   morsel_quote(path), len, MORSEL_MAX_NAME);
	if (has_control(part, len))
		fault = "control characters are not allowed";
	else if (is_dots(part, len))
		fault = len == 1 ? "\".\" is not allowed" : "\"..\" is not allowed";
	if (!fault)
		return 0;
	return morsel_fail(owner, -EINVAL, "path \"%s\": %s", morsel_quote(path), fault);
}

/* Check @path and copy it to @out, of the same size, without needless slashes. */
static int copy_path(uint64_t owner, const char *path, char *out)
{
	const char *part;
	char *end = out;
	size_t len;
	int err;

	for (part = path + strspn(path, "/"); *part; part += strspn(part, "/")) {
		len = strcspn(part, "/");
		err = check_component(owner, path, part, len);
		if (err)
			return err;
		if (end != out)
			*end++ = '/';
		end = mempcpy(end, part, len);
		part += len;
	}
	*end = '\0';
	if (end - out > MORSEL_MAX_PATH)
		return morsel_fail(owner, -ENAMETOOLONG, "path \"%s\" has %td bytes, more than %d",
				   morsel_quote(path), end - out, MORSEL_MAX_PATH);
	return 0;
}

int morsel_name_split(uint64_t owner, const char *text, struct morsel_name *name)
{
	const char *colon = strchr(text, ':');
	int err;

	*name = (struct morsel_name){ 0 };
	if (!colon)
		return morsel_fail(owner, -EINVAL, "name \"%s\" has no colon: write POOL:PATH",
				   morsel_quote(text));
	name->pool = strndup(text, colon - text);
	name->path = strdup(colon + 1);
	if (!name->pool || !name->path) {
		morsel_name_free(name);
		return morsel_fail(owner, -ENOMEM, "%s", strerror(ENOMEM));
	}
	err = morsel_pool_name_check(owner, name->pool);
	if (!err)
		err = copy_path(owner, colon + 1, name->path);
	if (err)
		morsel_name_free(name);
	return err;
}

void morsel_name_free(struct morsel_name *name)
{
	free(name->pool);
	free(name->path);
	*name = (struct morsel_name){ 0 };
}

char *morsel_name_join(const char *pool, const char *path)
{
	char *name;

	return asprintf(&name, "%s:%s", pool, path) < 0 ? NULL : name;
}

MORSEL_EXPORT int morsel_name_parse(struct morsel_ctx *ctx, const char *text, char **pool,
				    char **path)
{
	struct morsel_name name;
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_name_split(ctx->serial, text, &name);
	if (err)
		return err;
	if (pool) {
		*pool = name.pool;
		name.pool = NULL;
	}
	if (path) {
		*path = name.path;
		name.path = NULL;
	}
	morsel_name_free(&name);
	return 0;
}

/* Characters that change how a terminal shows others, and those it does not show. */
static bool is_invisible(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

MORSEL_EXPORT size_t morsel_name_escape(const char *name, char *buf, size_t size)
{
	size_t total = 0;
	char piece[24];
	uint32_t c = 0;
	int i, len, n;

	if (size)
		buf[0] = '\0';
	for (; *name; name += len) {
		len = utf8_decode(name, &c);
		if (len && c != '\\' && !is_invisible(c)) {
			n = snprintf(piece, sizeof(piece), "%.*s", len, name);
		} else {
			len = len ? len : 1;
			for (i = n = 0; i < len; i++)
				n += snprintf(piece + n, sizeof(piece) - n, "\\x%02x",
					      (unsigned char)name[i]);
		}
		if (total + n < size)
			memcpy(buf + total, piece, n + 1);
		else
			size = 0; /* nothing behind what did not fit */
		total += n;
	}
	return total;
}
