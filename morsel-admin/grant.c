// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom to ask for a right that is missing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "output.h"

/* Make POOL:PATH the name of the directory above. Return: false at the root. */
static bool go_up(char *name)
{
	char *path = strchr(name, ':'), *slash;

	if (!path || !path[1])
		return false;
	slash = strrchr(path, '/');
	(slash ? slash : path + 1)[0] = '\0';
	return true;
}

/*
 * The object whose rights decided: @name, or with @above what holds it, or the lowest
 * on the way there that can be seen. @name becomes its name.
 */
static struct morsel_info *deciding(struct morsel_ctx *ctx, char *name, bool above)
{
	struct morsel_info *info;

	if (above && !go_up(name))
		return NULL;
	while (morsel_stat(ctx, name, &info))
		if (!go_up(name))
			return NULL;
	return info;
}

void add_grantor(struct app *app, const char *name, int err, char *text, size_t size)
{
	bool owner = err == -EPERM && strstr(text, "owner");
	size_t len = strlen(text);
	struct morsel_info *info;
	char *copy;

	if (!name || !strchr(name, ':') || !(owner || err == -EACCES))
		return;
	copy = strdup(name);
	info = copy ? deciding(app->ctx, copy, strstr(text, "write and search")) : NULL;
	if (info)
		snprintf(text + len, size - len,
			 owner ? "; the owner of %s is %s" :
				 "; it can be granted by the owner of %s, %s, or an administrator",
			 shown(copy), user_name(morsel_info_uid(info)));
	morsel_info_free(info);
	free(copy);
}
