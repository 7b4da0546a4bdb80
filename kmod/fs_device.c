// SPDX-License-Identifier: GPL-2.0-only
/* Mount a persistent pool: which device, which name, which options. */
#include <linux/blkdev.h>
#include <linux/fs_context.h>
#include "fs_internal.h"
#include "store.h"

/* What the pool says itself. */
static const struct {
	enum morsel_opt opt;
	const char *name;
} fixed[] = {
	{ MORSEL_OPT_SIZE, "size" },
	{ MORSEL_OPT_NR_INODES, "nr_inodes" },
	{ MORSEL_OPT_MODE, "mode" },
	{ MORSEL_OPT_UID, "uid" },
	{ MORSEL_OPT_GID, "gid" },
};

static int check_options(struct fs_context *fc)
{
	const struct morsel_fs_context *ctx = fc->fs_private;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		if (ctx->given & BIT(fixed[i].opt))
			return invalfc(fc, "%s: not for a pool on a device, which has its own",
				       fixed[i].name);
	return 0;
}

/* What it was formatted with, or else what the kernel calls the device. */
static int choose_name(struct fs_context *fc, const struct morsel_store *store, char *name)
{
	const char *why;

	if (name[0])
		return 0;
	if (store->pp.label[0])
		strscpy(name, store->pp.label, MORSEL_POOL_NAME_MAX + 1);
	else
		snprintf(name, MORSEL_POOL_NAME_MAX + 1, "%pg", store->bdev.bdev);
	why = morsel_pool_check_name(name);
	return why ? invalfc(fc, "%s: its label cannot be a name: %s; give another with -o name=",
			     fc->source, why) : 0;
}

static int make_pool(struct fs_context *fc, struct morsel_pool_params *params,
		     struct morsel_store *store)
{
	struct morsel_pool *pool;

	if (store && morsel_pool_has_uuid(store->pp.uuid)) {
		errorfc(fc, "%s: a pool with the same UUID, %pUb, is mounted: this is a copy of it",
			fc->source, store->pp.uuid);
		return -EBUSY;
	}
	if (store)
		params->size = store->pp.nr_frames << PAGE_SHIFT;
	pool = morsel_pool_alloc(params);
	if (!pool)
		return -ENOMEM;
	pool->store = store;
	if (store)
		store->pp.huge = params->huge;
	fc->s_fs_info = pool;
	return 0;
}

static int open_pool(struct fs_context *fc, struct morsel_pool_params *params)
{
	struct morsel_store *store = morsel_store_open(fc);
	int error;

	if (IS_ERR(store))
		return PTR_ERR(store);
	error = choose_name(fc, store, params->name);
	if (!error)
		error = make_pool(fc, params, store);
	if (error)
		morsel_store_close(store);
	return error;
}

int morsel_device_prepare(struct fs_context *fc)
{
	struct morsel_fs_context *ctx = fc->fs_private;
	struct morsel_pool_params params = ctx->params;
	int error = check_options(fc);
	dev_t dev;

	if (error)
		return error;
	ctx->on_device = true;
	morsel_pool_free(fc->s_fs_info);	/* that of an attempt before */
	fc->s_fs_info = NULL;
	if (!lookup_bdev(fc->source, &dev) && morsel_pool_on_device(dev, params.name)) {
		if (ctx->given & BIT(MORSEL_OPT_NAME) && strcmp(params.name, ctx->params.name)) {
			errorfc(fc, "%s is mounted as pool %s", fc->source, params.name);
			return -EBUSY;
		}
		strscpy(ctx->params.name, params.name, sizeof(params.name));
		ctx->given |= BIT(MORSEL_OPT_NAME);
		return make_pool(fc, &params, NULL);
	}
	return open_pool(fc, &params);
}
