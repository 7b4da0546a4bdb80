// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lists of morsels and directories. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "netlink.h"

struct morsel_list {
	struct morsel_gathered all;
};

static void destroy_info(void *info)
{
	morsel_info_free(info);
}

static int parse_info(const struct nlmsghdr *nlh, void **item)
{
	struct morsel_info *info;
	int err = morsel_parse_info(nlh, &info, NULL);

	if (!err)
		*item = info;
	return err;
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
	return err;
}

static int run(struct morsel_ctx *ctx, struct morsel_request *req, struct morsel_list **out)
{
	static const struct morsel_kind infos = { parse_info, destroy_info };
	struct morsel_gathered *all;
	int err = morsel_gather(ctx, req, &infos, &all);

	if (!err)
		*out = (struct morsel_list *)all;
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
	*infos = list->all.items;
	list->all.items = (struct morsel_array){ 0 };
}

MORSEL_EXPORT void morsel_list_free(struct morsel_list *list)
{
	morsel_gathered_free((struct morsel_gathered *)list);
}

MORSEL_EXPORT size_t morsel_list_count(const struct morsel_list *list)
{
	return list->all.items.count;
}

MORSEL_EXPORT const struct morsel_info *morsel_list_at(const struct morsel_list *list, size_t index)
{
	return morsel_array_at(&list->all.items, index);
}

MORSEL_EXPORT bool morsel_list_inexact(const struct morsel_list *list)
{
	return list->all.inexact;
}
