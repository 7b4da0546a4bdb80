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

static int begin_list(struct morsel_ctx *ctx, struct morsel_request *req, const char *name)
{
	if (name)
		return morsel_begin_object(ctx, req, MORSEL_CMD_MORSEL_GET, name, 0);
	morsel_clear_error(ctx->serial);
	return morsel_request_init(ctx, req, MORSEL_CMD_MORSEL_GET, MORSEL_SPACE_OBJECT);
}

MORSEL_EXPORT int morsel_list(struct morsel_ctx *ctx, const char *name, unsigned int flags,
			      struct morsel_list **out)
{
	struct morsel_request req;
	struct morsel_list *list;
	int err;

	if (flags & ~MORSEL_LIST_RECURSIVE)
		return morsel_fail(ctx->serial, -EINVAL, "morsel_list: unknown flags");
	list = calloc(1, sizeof(*list));
	if (!list)
		return morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	err = begin_list(ctx, &req, name);
	if (!err) {
		if (name && flags & MORSEL_LIST_RECURSIVE)
			morsel_put_flag(&req, MORSEL_A_OBJECT_RECURSIVE);
		req.dump = true;
		req.reply = add_info;
		req.restart = restart_list;
		req.data = list;
		err = morsel_request_run(ctx, &req);
		list->inexact = req.inexact;
	}
	if (err)
		morsel_list_free(list);
	else
		*out = list;
	return err;
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
