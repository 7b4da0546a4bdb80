// SPDX-License-Identifier: LGPL-2.1-or-later
/* Quotas. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "facts.h"

struct morsel_quota {
	uint32_t uid;
	bool own;
	uint64_t bytes_soft, bytes_hard, bytes_used;
	uint64_t objects_soft, objects_hard, objects_used;
	char pool[MORSEL_MAX_POOL_NAME + 1];
};

#define FACT(attr, member) MORSEL_FACT(MORSEL_A_QUOTA_##attr, morsel_quota, member)

static const struct morsel_fact facts[] = {
	FACT(UID, uid),
	FACT(BYTES_SOFT, bytes_soft),
	FACT(BYTES_HARD, bytes_hard),
	FACT(BYTES_USED, bytes_used),
	FACT(OBJECTS_SOFT, objects_soft),
	FACT(OBJECTS_HARD, objects_hard),
	FACT(OBJECTS_USED, objects_used),
	{ 0 },
};

static int parse(const struct nlmsghdr *nlh, struct morsel_quota **out)
{
	struct morsel_quota *quota = calloc(1, sizeof(*quota));
	int err;

	if (!quota)
		return -ENOMEM;
	quota->uid = MORSEL_QUOTA_DEFAULT;
	quota->own = morsel_has_attr(nlh, MORSEL_A_QUOTA_OWN);
	err = morsel_take_facts(nlh, facts, quota);
	if (!err)
		err = morsel_take_string(nlh, MORSEL_A_QUOTA_POOL_NAME, quota->pool,
					 sizeof(quota->pool));
	if (!err && !quota->pool[0])
		err = -EPROTO;
	if (err)
		free(quota);
	else
		*out = quota;
	return err;
}

/* ---- one quota ---- */

static int take(void *data, const struct nlmsghdr *nlh)
{
	struct morsel_quota **quota = data;

	free(*quota);
	*quota = NULL;
	return parse(nlh, quota);
}

static int run(struct morsel_ctx *ctx, struct morsel_request *req, struct morsel_quota **out)
{
	struct morsel_quota *quota = NULL;
	int err;

	req->reply = take;
	req->data = &quota;
	err = morsel_request_run(ctx, req);
	if (!err && !quota)
		err = morsel_fail(ctx->serial, -EPROTO, "the kernel did not describe the quota");
	if (!err && out)
		*out = quota;
	else
		free(quota);
	return err;
}

static int begin(struct morsel_ctx *ctx, struct morsel_request *req, unsigned int cmd,
		 const char *pool, uint32_t uid)
{
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_pool_name_check(ctx->serial, pool);
	if (!err)
		err = morsel_request_init(ctx, req, cmd, MORSEL_SPACE_QUOTA);
	if (err)
		return err;
	morsel_put_string(req, MORSEL_A_QUOTA_POOL_NAME, pool);
	if (uid == MORSEL_QUOTA_DEFAULT)
		morsel_put_flag(req, MORSEL_A_QUOTA_DEFAULT);
	else
		morsel_put_u32(req, MORSEL_A_QUOTA_UID, uid);
	return 0;
}

MORSEL_EXPORT int morsel_quota_get(struct morsel_ctx *ctx, const char *pool, uint32_t uid,
				   struct morsel_quota **quota)
{
	struct morsel_request req;
	int err = begin(ctx, &req, MORSEL_CMD_QUOTA_GET, pool, uid);

	return err ? err : run(ctx, &req, quota);
}

static int check_attr(struct morsel_ctx *ctx, const struct morsel_quota_attr *attr)
{
	const uint32_t known = MORSEL_QUOTA_SET_BYTES_SOFT | MORSEL_QUOTA_SET_BYTES_HARD |
			       MORSEL_QUOTA_SET_OBJECTS_SOFT | MORSEL_QUOTA_SET_OBJECTS_HARD;
	bool zero = !attr->zero;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attr->reserved); i++)
		zero = zero && !attr->reserved[i];
	if (zero && !(attr->set & ~known))
		return 0;
	return morsel_fail(ctx->serial, -EINVAL,
			   "morsel_quota_attr: unknown bits or fields are set");
}

static void put_attr(struct morsel_request *req, const struct morsel_quota_attr *attr)
{
	if (attr->set & MORSEL_QUOTA_SET_BYTES_SOFT)
		morsel_put_u64(req, MORSEL_A_QUOTA_BYTES_SOFT, attr->bytes_soft);
	if (attr->set & MORSEL_QUOTA_SET_BYTES_HARD)
		morsel_put_u64(req, MORSEL_A_QUOTA_BYTES_HARD, attr->bytes_hard);
	if (attr->set & MORSEL_QUOTA_SET_OBJECTS_SOFT)
		morsel_put_u64(req, MORSEL_A_QUOTA_OBJECTS_SOFT, attr->objects_soft);
	if (attr->set & MORSEL_QUOTA_SET_OBJECTS_HARD)
		morsel_put_u64(req, MORSEL_A_QUOTA_OBJECTS_HARD, attr->objects_hard);
}

MORSEL_EXPORT int morsel_quota_set(struct morsel_ctx *ctx, const char *pool, uint32_t uid,
				   const struct morsel_quota_attr *attr,
				   struct morsel_quota **quota)
{
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = attr ? check_attr(ctx, attr) : 0;
	if (!err)
		err = begin(ctx, &req, MORSEL_CMD_QUOTA_SET, pool, uid);
	if (err)
		return err;
	if (attr)
		put_attr(&req, attr);
	else
		morsel_put_flag(&req, MORSEL_A_QUOTA_REMOVE);
	return run(ctx, &req, quota);
}

MORSEL_EXPORT void morsel_quota_free(struct morsel_quota *quota)
{
	free(quota);
}

/* ---- lists ---- */

struct morsel_quota_list {
	struct morsel_gathered all;
};

static int parse_item(const struct nlmsghdr *nlh, void **item)
{
	struct morsel_quota *quota;
	int err = parse(nlh, &quota);

	if (!err)
		*item = quota;
	return err;
}

MORSEL_EXPORT int morsel_quota_list(struct morsel_ctx *ctx, const char *pool,
				    struct morsel_quota_list **out)
{
	static const struct morsel_kind quotas = { parse_item, free };
	struct morsel_gathered *all;
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = pool ? morsel_pool_name_check(ctx->serial, pool) : 0;
	if (!err)
		err = morsel_request_init(ctx, &req, MORSEL_CMD_QUOTA_GET, MORSEL_SPACE_QUOTA);
	if (err)
		return err;
	if (pool)
		morsel_put_string(&req, MORSEL_A_QUOTA_POOL_NAME, pool);
	err = morsel_gather(ctx, &req, &quotas, &all);
	if (!err)
		*out = (struct morsel_quota_list *)all;
	return err;
}

MORSEL_EXPORT void morsel_quota_list_free(struct morsel_quota_list *list)
{
	morsel_gathered_free((struct morsel_gathered *)list);
}

MORSEL_EXPORT size_t morsel_quota_list_count(const struct morsel_quota_list *list)
{
	return list->all.items.count;
}

MORSEL_EXPORT const struct morsel_quota *morsel_quota_list_at(const struct morsel_quota_list *list,
							      size_t index)
{
	return morsel_array_at(&list->all.items, index);
}

/* ---- getters ---- */

#define GETTER(type, member)                                                      \
	MORSEL_EXPORT type morsel_quota_##member(const struct morsel_quota *quota) \
	{                                                                         \
		return quota->member;                                             \
	}

GETTER(const char *, pool)
GETTER(uint32_t, uid)
GETTER(bool, own)
GETTER(uint64_t, bytes_soft)
GETTER(uint64_t, bytes_hard)
GETTER(uint64_t, bytes_used)
GETTER(uint64_t, objects_soft)
GETTER(uint64_t, objects_hard)
GETTER(uint64_t, objects_used)
