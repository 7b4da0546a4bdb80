// SPDX-License-Identifier: GPL-2.0-or-later
/* What superblocks say. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>
#include "image.h"

/* Return: 0, -EINVAL: no pool, -EUCLEAN: there was one. */
static int identify(struct pp_pool *pool, const struct image *image, const char **why)
{
	__le64 magic[2] = { 0, 0 };

	pool->pm = image->pm;
	if (!pp_identify(pool, why, NULL))
		return 0;
	if (image->pm.size < 2 * MEDIA_FRAME ||
	    pm_load(&image->pm, 0, &magic[0], sizeof(magic[0])) ||
	    pm_load(&image->pm, ALIGN_DOWN(image->pm.size, (u64)MEDIA_FRAME) - MEDIA_FRAME,
		    &magic[1], sizeof(magic[1])))
		return -EINVAL;
	return magic[0] == MEDIA_MAGIC || magic[1] == MEDIA_MAGIC ? -EUCLEAN : -EINVAL;
}

int media_identify(const struct image *image, struct media_item *item, const char **why)
{
	struct pp_pool *pool = calloc(1, sizeof(*pool));
	int err;

	memset(item, 0, sizeof(*item));
	item->path = image->path;
	if (!pool)
		return -ENOMEM;
	err = identify(pool, image, why);
	if (!err) {
		item->size = pp_frame_offset(pool->nr_frames);
		memcpy(item->label, pool->label, sizeof(item->label));
		uuid_unparse_lower(pool->uuid, item->uuid);
		item->clean = pool->clean;
		item->created = pool->created;
		item->mounts = pool->generation;
	}
	free(pool);
	return err;
}

int media_look(struct app *app, const char *path, struct media_item *item)
{
	const char *why = NULL;
	struct image image;
	int err;

	err = image_open(app, &image, path, IMAGE_READ);
	if (err)
		return err;
	err = image_map(app, &image, IMAGE_READ);
	if (!err) {
		err = media_identify(&image, item, &why);
		if (err)
			report_text(app, path, err, "%s", why ? why : strerror(-err));
	}
	image_close(app, &image);
	return err;
}
