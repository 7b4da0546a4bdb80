/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device or a file that has a pool on it, or is going to have one. */
#ifndef IMAGE_H
#define IMAGE_H

#include "output.h"
#include "../kmod/engine.h"

struct image {
	const char *path;
	int fd;
	bool device;
	struct pm_trace trace;
	struct pm pm; /* all of it, mapped */
	bool dirty;   /* stored to since the last fence */
	int err;      /* of writing back */
};

enum image_mode {
	IMAGE_READ,
	IMAGE_COPY,  /* nobody else may use it; what is written is seen by us alone */
	IMAGE_WRITE, /* nobody else may use it */
};

/* Is this word of a command a path, and not the name of a pool? */
bool is_path(const char *word);

/* ---- image.c ---- */
/*
 * Open it; image_map() comes after.  A file may be made, or get a size, in
 * between.  Return: 0 or -errno, reported.
 */
int image_open(struct app *app, struct image *image, const char *path, enum image_mode mode);
int image_map(struct app *app, struct image *image, enum image_mode mode);
/* Return: 0 or -errno, reported: not all that was stored is on the media. */
int image_close(struct app *app, struct image *image);

/* ---- probe.c ---- */
/* What is on it, in words?  Free the result; NULL: nothing that is known. */
char *probe_contents(const struct image *image);
/* Wipe the signatures of what is known to libblkid.  Return: 0 or -errno. */
int probe_wipe(const struct image *image);
/* Is the block device that the kernel calls so memory? */
bool probe_is_memory(const char *name);
/* Why a pool on the device could not be attached; NULL: it could.  Free the result. */
char *probe_mode(const struct image *image);

/* ---- media.c ---- */
/* What its superblocks say.  Return: 0; -EINVAL: no pool, -EUCLEAN: a damaged one, *@why. */
int media_identify(const struct image *image, struct media_item *item, const char **why);
/*
 * Look at what is at @path, which @item->path then points to; it may be in use.
 * Return: 0 or -errno, reported unless @app is NULL.
 */
int media_look(struct app *app, const char *path, struct media_item *item);

/* ---- scan.c ---- */
/* The pools on devices of this machine, attached or not. */
struct media_scan {
	struct media_item *items;
	size_t nr_items;
	size_t nr_devices; /* that were looked at */
	char *failed;	   /* a device that could not be looked at, or NULL */
	int err;	   /* why */
};

/* Return: 0 or -ENOMEM; in any case to be ended by scan_free(). */
int scan_media(struct media_scan *scan);
void scan_free(struct media_scan *scan);
/* Is @word the label or the UUID of the pool? */
bool is_label_or_uuid(const struct media_item *item, const char *word);

#endif
