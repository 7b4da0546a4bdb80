// SPDX-License-Identifier: GPL-2.0-or-later
/* The pools on the devices of this machine. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "image.h"

bool is_label_or_uuid(const struct media_item *item, const char *word)
{
	return !strcmp(item->label, word) || !strcasecmp(item->uuid, word);
}

static int add_item(struct media_scan *scan, const struct media_item *item)
{
	struct media_item *items;

	items = reallocarray(scan->items, scan->nr_items + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	scan->items = items;
	items[scan->nr_items++] = *item;
	return 0;
}

/* What is no pool is passed over; what may be one, and cannot be read, is noted. */
static int look_at(struct media_scan *scan, const char *name)
{
	struct media_item item;
	char *path;
	int err;

	if (asprintf(&path, "/dev/%s", name) < 0)
		return -ENOMEM;
	scan->nr_devices++;
	err = media_look(NULL, path, &item);
	if (!err && !add_item(scan, &item))
		return 0;
	if (!err || err == -EINVAL || scan->failed) {
		free(path);
		return err ? 0 : -ENOMEM;
	}
	scan->failed = path;
	scan->err = err;
	return 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct media_item *first = a, *second = b;

	return strverscmp(first->path, second->path);
}

int scan_media(struct media_scan *scan)
{
	DIR *dir = opendir("/sys/class/block");
	struct dirent *entry;
	int err = 0;

	memset(scan, 0, sizeof(*scan));
	while (dir && !err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && probe_is_memory(entry->d_name))
			err = look_at(scan, entry->d_name);
	if (dir)
		closedir(dir);
	if (scan->nr_items)
		qsort(scan->items, scan->nr_items, sizeof(*scan->items), compare_items);
	return err;
}

void scan_free(struct media_scan *scan)
{
	size_t i;

	for (i = 0; i < scan->nr_items; i++)
		free((char *)scan->items[i].path);
	free(scan->items);
	free(scan->failed);
}
