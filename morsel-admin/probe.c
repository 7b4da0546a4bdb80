// SPDX-License-Identifier: GPL-2.0-or-later
/* What is on a device already, and whether it is memory at all. */
#include <blkid/blkid.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "image.h"

/* ---- contents ---- */

static blkid_probe new_probe(const struct image *image)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe)
		return NULL;
	if (blkid_probe_set_device(probe, image->fd, 0, 0)) {
		blkid_free_probe(probe);
		return NULL;
	}
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
							 BLKID_SUBLKS_MAGIC);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_MAGIC);
	return probe;
}

static char *describe(blkid_probe probe)
{
	const char *type = NULL, *label = NULL;
	char *text = NULL;
	int n;

	if (!blkid_probe_lookup_value(probe, "TYPE", &type, NULL)) {
		blkid_probe_lookup_value(probe, "LABEL", &label, NULL);
		n = asprintf(&text, "%s%s%s%s", type, label ? " labelled \"" : "",
			     label ? shown(label) : "", label ? "\"" : "");
	} else if (!blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL)) {
		n = asprintf(&text, "a partition table (%s)", type);
	} else {
		return NULL;
	}
	return n < 0 ? NULL : text;
}

/* Bytes of a file that nobody knows are somebody's all the same. */
static bool has_bytes(const struct image *image)
{
	u64 end = min_t(u64, image->pm.size, MEDIA_FRAME);

	return !image->device && image->pm.size &&
	       (memchr_inv(image->pm.base, 0, end) ||
		memchr_inv(image->pm.base + image->pm.size - end, 0, end));
}

char *probe_contents(const struct image *image)
{
	struct media_item item;
	blkid_probe probe;
	const char *why;
	char *text = NULL;

	if (!image->pm.size)
		return NULL;
	if (media_identify(image, &item, &why) != -EINVAL) {
		if (asprintf(&text, "a pool%s%s%s", item.label[0] ? " labelled \"" : "",
			     shown(item.label), item.label[0] ? "\"" : "") < 0)
			return NULL;
		return text;
	}
	probe = new_probe(image);
	if (probe && !blkid_do_fullprobe(probe))
		text = describe(probe);
	blkid_free_probe(probe);
	if (!text && has_bytes(image))
		text = strdup("data that is not known");
	return text;
}

int probe_wipe(const struct image *image)
{
	blkid_probe probe = new_probe(image);
	int err = probe ? 0 : -ENOMEM;

	while (!err && !blkid_do_probe(probe))
		err = blkid_do_wipe(probe, 0);
	blkid_free_probe(probe);
	return err;
}

/* ---- is it memory? ---- */

/* The first line of a file in sysfs; "" if there is none. */
static void read_line(const char *dir, const char *name, char *line, size_t size)
{
	char path[PATH_MAX + 32];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	*line = '\0';
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(line, (int)size, file))
		line[strcspn(line, "\n")] = '\0';
	fclose(file);
}

/* Is the block device with this directory in sysfs memory? A partition is in that of its disk. */
static bool is_memory(const char *dir)
{
	char dax[8];

	read_line(dir, "queue/dax", dax, sizeof(dax));
	if (!dax[0])
		read_line(dir, "../queue/dax", dax, sizeof(dax));
	return dax[0] == '1';
}

bool probe_is_memory(const char *name)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "/sys/class/block/%s", name);
	return is_memory(dir);
}

/* The namespace that the device at @path in sysfs is made of, or "". */
static void find_namespace(char *path, char *name, size_t size)
{
	char *slash;

	*name = '\0';
	while (!*name && (slash = strrchr(path, '/'))) {
		if (!strncmp(slash + 1, "namespace", 9))
			snprintf(name, size, "%s", slash + 1);
		else
			read_line(path, "namespace", name, size);
		*slash = '\0';
	}
}

char *probe_mode(const struct image *image)
{
	char link[64], path[PATH_MAX], name[64], *text;
	bool block = image->device;
	struct stat st;

	if (fstat(image->fd, &st))
		return NULL;
	snprintf(link, sizeof(link), "/sys/dev/%s/%u:%u", block ? "block" : "char",
		 major(st.st_rdev), minor(st.st_rdev));
	if (!realpath(link, path))
		return NULL;
	if (is_memory(path))
		return NULL;
	find_namespace(path, name, sizeof(name));
	if (!*name)
		return block ? strdup("it is no persistent memory") : NULL;
	if (asprintf(&text, "the namespace is in another mode; 'ndctl create-namespace -f -e %s "
			    "-m fsdax' makes it right, and destroys what is in it", name) < 0)
		return NULL;
	return text;
}
