// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a dump answers with, in a list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "netlink.h"

static int add(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_gathered *all = data;
	void *item;
	int err = all->kind->parse(nlh, &item);

	if (err)
		return err;
	err = morsel_array_add(&all->items, item);
	if (err)
		all->kind->destroy(item);
	return err;
}

static void restart(void *data)
{
	struct morsel_gathered *all = data;

	morsel_array_clear(&all->items, all->kind->destroy);
}

int morsel_gather(struct morsel_ctx *ctx, struct morsel_request *req,
		  const struct morsel_kind *kind, struct morsel_gathered **out)
{
	struct morsel_gathered *all = calloc(1, sizeof(*all));
	int err;

	if (!all) {
		morsel_request_drop(req);
		return morsel_fail(ctx->serial, -ENOMEM, "%s", strerror(ENOMEM));
	}
	all->kind = kind;
	req->dump = true;
	req->reply = add;
	req->restart = restart;
	req->data = all;
	err = morsel_request_run(ctx, req);
	all->inexact = req->inexact;
	if (err)
		morsel_gathered_free(all);
	else
		*out = all;
	return err;
}

void morsel_gathered_free(struct morsel_gathered *all)
{
	if (all)
		restart(all);
	free(all);
}
