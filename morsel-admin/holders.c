// SPDX-License-Identifier: GPL-2.0-or-later
/* Which processes keep a pool from being unmounted, as far as the caller may know. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "holders.h"

enum {
	SHOWN_HOLDERS = 8,
};

struct holders {
	char text[512];
	unsigned int count;
};

static void add_holder(struct holders *holders, unsigned long pid, const char *how)
{
	size_t used = strlen(holders->text);
	char path[64], command[64] = "";
	FILE *file;

	if (holders->count++ >= SHOWN_HOLDERS)
		return;
	snprintf(path, sizeof(path), "/proc/%lu/comm", pid);
	file = fopen(path, "re");
	if (file && fgets(command, sizeof(command), file))
		command[strcspn(command, "\n")] = '\0';
	if (file)
		fclose(file);
	snprintf(holders->text + used, sizeof(holders->text) - used, "%s%lu%s%s (%s)",
		 used ? ", " : "", pid, command[0] ? " " : "", shown(command), how);
}

/* ---- what is open ---- */

static bool is_on(const char *path, dev_t dev)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == dev;
}

static bool has_open(unsigned long pid, dev_t dev)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%lu/fd", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%lu/fd/%s", pid, entry->d_name);
		found = isdigit((unsigned char)entry->d_name[0]) && is_on(path, dev);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* How a process uses what is on @dev, or NULL. */
static const char *use_of(unsigned long pid, dev_t dev)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%lu/cwd", pid);
	if (is_on(path, dev))
		return "in a directory";
	snprintf(path, sizeof(path), "/proc/%lu/root", pid);
	if (is_on(path, dev))
		return "its root";
	return has_open(pid, dev) ? "open" : NULL;
}

static bool is_mapping(const struct morsel_attachment_list *list, unsigned long pid)
{
	size_t i;

	for (i = 0; list && i < morsel_attachment_list_count(list); i++)
		if (morsel_attachment_pid(morsel_attachment_list_at(list, i)) == pid)
			return true;
	return false;
}

const char *holders_of(struct app *app, const char *pool, dev_t dev)
{
	static struct holders holders;
	struct morsel_attachment_list *mappings = NULL;
	char root[MORSEL_MAX_POOL_NAME + 2];
	struct dirent *entry;
	DIR *proc;

	holders = (struct holders){ .text = "" };
	snprintf(root, sizeof(root), "%s:", pool);
	if (morsel_attachment_list(app->ctx, root, MORSEL_LIST_RECURSIVE, &mappings))
		mappings = NULL;
	proc = opendir("/proc");
	while (proc && (entry = readdir(proc))) {
		unsigned long pid = strtoul(entry->d_name, NULL, 10);
		const char *how = pid && is_mapping(mappings, pid) ? "mapped" : NULL;

		if (pid && !how)
			how = use_of(pid, dev);
		if (how && pid != (unsigned long)getpid())
			add_holder(&holders, pid, how);
	}
	if (proc)
		closedir(proc);
	morsel_attachment_list_free(mappings);
	if (holders.count > SHOWN_HOLDERS)
		snprintf(holders.text + strlen(holders.text),
			 sizeof(holders.text) - strlen(holders.text), " and %u more",
			 holders.count - SHOWN_HOLDERS);
	return holders.text;
}
