// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pools: create, destroy, look at. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "mounts.h"
#include "netlink.h"

static int take_pool(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_pool **pool = data;

	morsel_pool_free(*pool);
	*pool = NULL;
	return morsel_parse_pool(nlh, pool, NULL);
}

/* Run a request whose reply is one pool. */
static int run_for_pool(struct morsel_ctx *ctx, struct morsel_request *req,
			struct morsel_pool **out)
{
	struct morsel_pool *pool = NULL;
	int err;

	req->reply = take_pool;
	req->data = &pool;
	err = morsel_request_run(ctx, req);
	if (!err && !pool)
		err = morsel_fail(ctx->serial, -EPROTO, "the kernel did not describe the pool");
	if (!err && out)
		*out = pool;
	else
		morsel_pool_free(pool);
	return err;
}

/* Begin a request about the pool @name. */
static int begin(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
		 const char *name)
{
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_pool_name_check(ctx->serial, name);
	if (!err)
		err = morsel_request_init(ctx, req, cmd, MORSEL_SPACE_POOL);
	if (!err)
		morsel_put_string(req, MORSEL_A_POOL_NAME, name);
	return err;
}

static int check_attr(struct morsel_ctx *ctx, const struct morsel_pool_attr *attr)
{
	const uint32_t known = MORSEL_POOL_SET_SIZE | MORSEL_POOL_SET_OBJECTS_MAX |
			       MORSEL_POOL_SET_HUGE | MORSEL_POOL_SET_MODE | MORSEL_POOL_SET_UID |
			       MORSEL_POOL_SET_GID;
	bool zero = !attr->zero;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attr->reserved); i++)
		zero = zero && !attr->reserved[i];
	if (zero && !(attr->set & ~known))
		return 0;
	return morsel_fail(ctx->serial, -EINVAL,
			   "morsel_pool_attr: unknown bits or fields are set");
}

static void put_attr(struct morsel_request *req, const struct morsel_pool_attr *attr)
{
	if (attr->set & MORSEL_POOL_SET_SIZE)
		morsel_put_u64(req, MORSEL_A_POOL_SIZE, attr->size);
	if (attr->set & MORSEL_POOL_SET_OBJECTS_MAX)
		morsel_put_u64(req, MORSEL_A_POOL_OBJECTS_MAX, attr->objects_max);
	if (attr->set & MORSEL_POOL_SET_HUGE)
		morsel_put_u32(req, MORSEL_A_POOL_HUGE, attr->huge);
	if (attr->set & MORSEL_POOL_SET_MODE)
		morsel_put_u32(req, MORSEL_A_POOL_MODE, attr->mode);
	if (attr->set & MORSEL_POOL_SET_UID)
		morsel_put_u32(req, MORSEL_A_POOL_UID, attr->uid);
	if (attr->set & MORSEL_POOL_SET_GID)
		morsel_put_u32(req, MORSEL_A_POOL_GID, attr->gid);
}

MORSEL_EXPORT int morsel_pool_create(struct morsel_ctx *ctx, const char *name,
				     const struct morsel_pool_attr *attr, struct morsel_pool **pool)
{
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = attr ? check_attr(ctx, attr) : 0;
	if (!err)
		err = begin(ctx, &req, MORSEL_CMD_POOL_NEW, name);
	if (err)
		return err;
	if (attr)
		put_attr(&req, attr);
	return run_for_pool(ctx, &req, pool);
}

MORSEL_EXPORT int morsel_pool_destroy(struct morsel_ctx *ctx, const char *name)
{
	struct morsel_request req;
	int err = begin(ctx, &req, MORSEL_CMD_POOL_DEL, name);

	if (!err)
		err = morsel_request_run(ctx, &req);
	if (!err)
		morsel_remove_run_dir(name);
	return err;
}

MORSEL_EXPORT int morsel_pool_get(struct morsel_ctx *ctx, const char *name,
				  struct morsel_pool **pool)
{
	struct morsel_request req;
	int err = begin(ctx, &req, MORSEL_CMD_POOL_GET, name);

	return err ? err : run_for_pool(ctx, &req, pool);
}

MORSEL_EXPORT void morsel_pool_free(struct morsel_pool *pool)
{
	free(pool);
}

/* ---- lists ---- */

struct morsel_pool_list {
	struct morsel_gathered all;
};

static void destroy_pool(void *pool)
{
	morsel_pool_free(pool);
}

static int parse_pool(const struct nlmsghdr *nlh, void **item)
{
	struct morsel_pool *pool;
	int err = morsel_parse_pool(nlh, &pool, NULL);

	if (!err)
		*item = pool;
	return err;
}

MORSEL_EXPORT int morsel_pool_list(struct morsel_ctx *ctx, struct morsel_pool_list **out)
{
	static const struct morsel_kind pools = { parse_pool, destroy_pool };
	struct morsel_gathered *all;
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_request_init(ctx, &req, MORSEL_CMD_POOL_GET, MORSEL_SPACE_POOL);
	if (!err)
		err = morsel_gather(ctx, &req, &pools, &all);
	if (!err)
		*out = (struct morsel_pool_list *)all;
	return err;
}

MORSEL_EXPORT void morsel_pool_list_free(struct morsel_pool_list *list)
{
	morsel_gathered_free((struct morsel_gathered *)list);
}

MORSEL_EXPORT size_t morsel_pool_list_count(const struct morsel_pool_list *list)
{
	return list->all.items.count;
}

MORSEL_EXPORT const struct morsel_pool *morsel_pool_list_at(const struct morsel_pool_list *list,
							    size_t index)
{
	return morsel_array_at(&list->all.items, index);
}
