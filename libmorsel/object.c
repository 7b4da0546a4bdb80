// SPDX-License-Identifier: LGPL-2.1-or-later
/* Morsels and directories: create, look at, change, rename, remove. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "netlink.h"

static int take_info(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_info **info = data;

	morsel_info_free(*info);
	*info = NULL;
	return morsel_parse_info(nlh, info, NULL);
}

/* Run a request whose reply is one object. */
static int run_for_info(struct morsel_ctx *ctx, struct morsel_request *req,
			struct morsel_info **out)
{
	struct morsel_info *info = NULL;
	int err;

	req->reply = take_info;
	req->data = &info;
	err = morsel_request_run(ctx, req);
	if (!err && !info)
		err = morsel_fail(ctx->serial, -EPROTO, "the kernel did not describe the object");
	if (!err && out)
		*out = info;
	else
		morsel_info_free(info);
	return err;
}

int morsel_begin_object(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
			const char *text, uint64_t id)
{
	struct morsel_name name;
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_name_split(ctx->serial, text, &name);
	if (err)
		return err;
	err = morsel_request_init(ctx, req, cmd, MORSEL_SPACE_OBJECT);
	if (!err) {
		morsel_put_string(req, MORSEL_A_OBJECT_POOL_NAME, name.pool);
		morsel_put_string(req, MORSEL_A_OBJECT_PATH, name.path);
		if (id)
			morsel_put_u64(req, MORSEL_A_OBJECT_ID, id);
	}
	morsel_name_free(&name);
	return err;
}

static int check_attr(struct morsel_ctx *ctx, const struct morsel_attr *attr)
{
	const uint32_t known = MORSEL_SET_SIZE | MORSEL_SET_MODE | MORSEL_SET_UID | MORSEL_SET_GID |
			       MORSEL_SET_ADDR | MORSEL_SET_MAX_SIZE | MORSEL_SET_NO_ADDR;
	bool zero = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attr->reserved); i++)
		zero = zero && !attr->reserved[i];
	if (zero && !(attr->set & ~known))
		return 0;
	return morsel_fail(ctx->serial, -EINVAL, "morsel_attr: unknown bits or fields are set");
}

static void put_attr(struct morsel_request *req, const struct morsel_attr *attr)
{
	if (attr->set & MORSEL_SET_SIZE)
		morsel_put_u64(req, MORSEL_A_OBJECT_SIZE, attr->size);
	if (attr->set & MORSEL_SET_MODE)
		morsel_put_u32(req, MORSEL_A_OBJECT_MODE, attr->mode);
	if (attr->set & MORSEL_SET_UID)
		morsel_put_u32(req, MORSEL_A_OBJECT_UID, attr->uid);
	if (attr->set & MORSEL_SET_GID)
		morsel_put_u32(req, MORSEL_A_OBJECT_GID, attr->gid);
	if (attr->set & MORSEL_SET_ADDR)
		morsel_put_u64(req, MORSEL_A_OBJECT_ADDR, attr->addr);
	if (attr->set & MORSEL_SET_MAX_SIZE)
		morsel_put_u64(req, MORSEL_A_OBJECT_MAX_SIZE, attr->max_size);
	if (attr->set & MORSEL_SET_NO_ADDR)
		morsel_put_flag(req, MORSEL_A_OBJECT_NO_ADDR);
}

MORSEL_EXPORT int morsel_create(struct morsel_ctx *ctx, const char *name,
				const struct morsel_attr *attr, unsigned int flags,
				struct morsel_info **info)
{
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	if (flags & ~(MORSEL_CREATE_EXCLUSIVE | MORSEL_CREATE_DIRECTORY))
		return morsel_fail(ctx->serial, -EINVAL, "morsel_create: unknown flags");
	err = attr ? check_attr(ctx, attr) : 0;
	if (!err)
		err = morsel_begin_object(ctx, &req, MORSEL_CMD_MORSEL_NEW, name, 0);
	if (err)
		return err;
	if (attr)
		put_attr(&req, attr);
	if (flags & MORSEL_CREATE_EXCLUSIVE)
		morsel_put_flag(&req, MORSEL_A_OBJECT_EXCLUSIVE);
	if (flags & MORSEL_CREATE_DIRECTORY)
		morsel_put_u32(&req, MORSEL_A_OBJECT_TYPE, MORSEL_OBJECT_TYPE_DIRECTORY);
	return run_for_info(ctx, &req, info);
}

MORSEL_EXPORT int morsel_stat(struct morsel_ctx *ctx, const char *name, struct morsel_info **info)
{
	struct morsel_request req;
	int err = morsel_begin_object(ctx, &req, MORSEL_CMD_MORSEL_GET, name, 0);

	return err ? err : run_for_info(ctx, &req, info);
}

MORSEL_EXPORT int morsel_usage(struct morsel_ctx *ctx, const char *name, uint64_t max_age,
			       struct morsel_info **info)
{
	struct morsel_request req;
	int err = morsel_begin_object(ctx, &req, MORSEL_CMD_USAGE_GET, name, 0);

	if (err)
		return err;
	if (max_age != MORSEL_NO_SCAN)
		morsel_put_u64(&req, MORSEL_A_OBJECT_MAX_AGE, max_age);
	return run_for_info(ctx, &req, info);
}

MORSEL_EXPORT int morsel_stat_id(struct morsel_ctx *ctx, const char *pool, uint64_t id,
				 struct morsel_info **info)
{
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_pool_name_check(ctx->serial, pool);
	if (!err)
		err = morsel_request_init(ctx, &req, MORSEL_CMD_MORSEL_GET, MORSEL_SPACE_OBJECT);
	if (err)
		return err;
	morsel_put_string(&req, MORSEL_A_OBJECT_POOL_NAME, pool);
	morsel_put_u64(&req, MORSEL_A_OBJECT_ID, id);
	return run_for_info(ctx, &req, info);
}

MORSEL_EXPORT int morsel_set(struct morsel_ctx *ctx, const char *name, uint64_t id,
			     const struct morsel_attr *attr, struct morsel_info **info)
{
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = check_attr(ctx, attr);
	if (!err)
		err = morsel_begin_object(ctx, &req, MORSEL_CMD_MORSEL_SET, name, id);
	if (err)
		return err;
	put_attr(&req, attr);
	return run_for_info(ctx, &req, info);
}

MORSEL_EXPORT int morsel_resize(struct morsel_ctx *ctx, const char *name, uint64_t size)
{
	const struct morsel_attr attr = { .set = MORSEL_SET_SIZE, .size = size };

	return morsel_set(ctx, name, 0, &attr, NULL);
}

/* Add the path of @new_name, which must be in the pool of @name. */
static int put_new_path(struct morsel_ctx *ctx, struct morsel_request *req, const char *name,
			const char *new_name)
{
	struct morsel_name to;
	size_t len;
	int err;

	err = morsel_name_split(ctx->serial, new_name, &to);
	if (err)
		return err;
	len = strlen(to.pool);
	if (strncmp(name, to.pool, len) || name[len] != ':')
		err = morsel_fail(ctx->serial, -EXDEV, "\"%s\" is in another pool",
				  morsel_quote(new_name));
	else
		morsel_put_string(req, MORSEL_A_OBJECT_NEW_PATH, to.path);
	morsel_name_free(&to);
	return err;
}

MORSEL_EXPORT int morsel_rename(struct morsel_ctx *ctx, const char *name, uint64_t id,
				const char *new_name, unsigned int flags)
{
	struct morsel_request req;
	int err;

	err = morsel_begin_object(ctx, &req, MORSEL_CMD_MORSEL_RENAME, name, id);
	if (err)
		return err;
	err = put_new_path(ctx, &req, name, new_name);
	if (err) {
		morsel_request_drop(&req);
		return err;
	}
	if (flags)
		morsel_put_u32(&req, MORSEL_A_OBJECT_RENAME_FLAGS, flags);
	return run_for_info(ctx, &req, NULL);
}

MORSEL_EXPORT int morsel_remove(struct morsel_ctx *ctx, const char *name, uint64_t id)
{
	struct morsel_request req;
	int err = morsel_begin_object(ctx, &req, MORSEL_CMD_MORSEL_DEL, name, id);

	return err ? err : morsel_request_run(ctx, &req);
}
