// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lists of morsels and directories. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "netlink.h"

struct morsel_list {
	struct morsel_array infos;
	bool inexact;
};

static void destroy_info(void *info)
{
	morsel_info_free(info);
}

static int add_info(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_list *list = data;
	struct morsel_info *info;
	int err;

	err = morsel_parse_info(nlh, &info, NULL);
	if (err)
		return err;
	err = morsel_array_add(&list->infos, info);
	if (err)
		morsel_info_free(info);
	return err;
}

static void restart_list(void *data)
{
	struct morsel_list *list = data;

	morsel_array_clear(&list->infos, destroy_info);
}

int morsel_begin_list(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
		      const char *name, unsigned int flags)
{
	int err;

	morsel_clear_error(ctx->serial);
	if (flags & ~MORSEL_LIST_RECURSIVE)
		return morsel_fail(ctx->serial, -EINVAL, "a list: unknown flags");
	err = name ? morsel_begin_object(ctx, req, cmd, name, 0) :
		     morsel_request_init(ctx, req, cmd, MORSEL_SPACE_OBJECT);
	if (!err && name && flags & MORSEL_LIST_RECURSIVE)
		morsel_put_flag(req, MORSEL_A_OBJECT_RECURSIVE);
	req->dump = true;
	return err;
}

static int run(struct morsel_ctx *ctx, struct morsel_request *req, struct morsel_list **out)
{
	struct morsel_list *list = calloc(1, sizeof(*list));
	int err;

	if (!list) {
		morsel_request_drop(req);
		return morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	}
	req->reply = add_info;
	req->restart = restart_list;
	req->data = list;
	err = morsel_request_run(ctx, req);
	list->inexact = req->inexact;
	if (err)
		morsel_list_free(list);
	else
		*out = list;
	return err;
}

MORSEL_EXPORT int morsel_list(struct morsel_ctx *ctx, const char *name, unsigned int flags,
			      struct morsel_list **list)
{
	struct morsel_request req;
	int err = morsel_begin_list(ctx, &req, MORSEL_CMD_MORSEL_GET, name, flags);

	return err ? err : run(ctx, &req, list);
}

MORSEL_EXPORT int morsel_usage_list(struct morsel_ctx *ctx, const char *name, unsigned int flags,
				    uint64_t max_age, struct morsel_list **list)
{
	struct morsel_request req;
	int err = morsel_begin_list(ctx, &req, MORSEL_CMD_USAGE_GET, name, flags);

	if (err)
		return err;
	if (max_age != MORSEL_NO_SCAN)
		morsel_put_u64(&req, MORSEL_A_OBJECT_MAX_AGE, max_age);
	return run(ctx, &req, list);
}

void morsel_list_take(struct morsel_list *list, struct morsel_array *infos)
{
	*infos = list->infos;
	list->infos = (struct morsel_array){ 0 };
}

MORSEL_EXPORT void morsel_list_free(struct morsel_list *list)
{
	if (list)
		restart_list(list);
	free(list);
}

MORSEL_EXPORT size_t morsel_list_count(const struct morsel_list *list)
{
	return list->infos.count;
}

MORSEL_EXPORT const struct morsel_info *morsel_list_at(const struct morsel_list *list, size_t index)
{
	return morsel_array_at(&list->infos, index);
}

MORSEL_EXPORT bool morsel_list_inexact(const struct morsel_list *list)
{
	return list->inexact;
}
