// SPDX-License-Identifier: LGPL-2.1-or-later
/* The morsel window, and what is where. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "facts.h"

/* ---- the window ---- */

#define WINDOW_FACT(attr, member) MORSEL_FACT(MORSEL_A_WINDOW_##attr, morsel_window, member)

static const struct morsel_fact window_facts[] = {
	WINDOW_FACT(START, start),
	WINDOW_FACT(END, end),
	WINDOW_FACT(RESERVATIONS, reservations),
	WINDOW_FACT(RESERVED, reserved),
	WINDOW_FACT(LARGEST_GAP, largest_gap),
	{ 0 },
};

static int take_window(void *data, const struct nlmsghdr *nlh)
{
	return morsel_take_facts(nlh, window_facts, data);
}

MORSEL_EXPORT int morsel_window_get(struct morsel_ctx *ctx, struct morsel_window *out)
{
	struct morsel_window window = { 0 };
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_request_init(ctx, &req, MORSEL_CMD_WINDOW_GET, MORSEL_SPACE_WINDOW);
	if (err)
		return err;
	req.reply = take_window;
	req.data = &window;
	err = morsel_request_run(ctx, &req);
	if (!err && !window.end)
		err = morsel_fail(ctx->serial, -EPROTO, "the kernel did not describe the window");
	if (!err)
		*out = window;
	return err;
}

MORSEL_EXPORT int morsel_window_set(struct morsel_ctx *ctx, uint64_t start, uint64_t end)
{
	struct morsel_window window = { 0 };
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	err = morsel_request_init(ctx, &req, MORSEL_CMD_WINDOW_SET, MORSEL_SPACE_WINDOW);
	if (err)
		return err;
	morsel_put_u64(&req, MORSEL_A_WINDOW_START, start);
	morsel_put_u64(&req, MORSEL_A_WINDOW_END, end);
	req.reply = take_window;
	req.data = &window;
	return morsel_request_run(ctx, &req);
}

/* ---- ranges ---- */

struct morsel_vas {
	uint32_t kind, pid, view;
	uint64_t id, start, length, max_size, offset;
	char pool[MORSEL_MAX_POOL_NAME + 1];
	char *name;
};

#define FACT(attr, member) MORSEL_FACT(MORSEL_A_VAS_##attr, morsel_vas, member)

static const struct morsel_fact facts[] = {
	FACT(KIND, kind),	    FACT(ID, id),	  FACT(START, start), FACT(LENGTH, length),
	FACT(MAX_SIZE, max_size),   FACT(OFFSET, offset), FACT(PID, pid),     FACT(VIEW, view),
	{ 0 },
};

static void destroy(void *item)
{
	struct morsel_vas *vas = item;

	free(vas->name);
	free(vas);
}

static int parse(const struct nlmsghdr *nlh, void **item)
{
	struct morsel_vas *vas = calloc(1, sizeof(*vas));
	int err;

	if (!vas)
		return -ENOMEM;
	err = morsel_take_facts(nlh, facts, vas);
	if (!err)
		err = morsel_take_string(nlh, MORSEL_A_VAS_POOL_NAME, vas->pool, sizeof(vas->pool));
	if (!err && (!vas->kind || !vas->length || !vas->pool[0] != !vas->id))
		err = -EPROTO;
	if (!err && vas->pool[0])
		err = morsel_take_name(nlh, MORSEL_A_VAS_PATH, vas->pool, &vas->name);
	if (err)
		destroy(vas);
	else
		*item = vas;
	return err;
}

struct morsel_vas_list {
	struct morsel_gathered all;
};

MORSEL_EXPORT int morsel_vas_list(struct morsel_ctx *ctx, uint32_t pid, unsigned int flags,
				  struct morsel_vas_list **out)
{
	static const struct morsel_kind ranges = { parse, destroy };
	struct morsel_gathered *all;
	struct morsel_request req;
	int err;

	morsel_clear_error(ctx->serial);
	if (flags & ~MORSEL_VAS_GAPS)
		return morsel_fail(ctx->serial, -EINVAL, "morsel_vas_list: unknown flags");
	err = morsel_request_init(ctx, &req, MORSEL_CMD_VAS_GET, MORSEL_SPACE_VAS);
	if (err)
		return err;
	if (pid)
		morsel_put_u32(&req, MORSEL_A_VAS_PID, pid);
	if (flags & MORSEL_VAS_GAPS)
		morsel_put_flag(&req, MORSEL_A_VAS_GAPS);
	err = morsel_gather(ctx, &req, &ranges, &all);
	if (!err)
		*out = (struct morsel_vas_list *)all;
	return err;
}

MORSEL_EXPORT void morsel_vas_list_free(struct morsel_vas_list *list)
{
	morsel_gathered_free((struct morsel_gathered *)list);
}

MORSEL_EXPORT size_t morsel_vas_list_count(const struct morsel_vas_list *list)
{
	return list->all.items.count;
}

MORSEL_EXPORT const struct morsel_vas *morsel_vas_list_at(const struct morsel_vas_list *list,
							  size_t index)
{
	return morsel_array_at(&list->all.items, index);
}

#define GETTER(type, member)                                                \
	MORSEL_EXPORT type morsel_vas_##member(const struct morsel_vas *vas) \
	{                                                                   \
		return vas->member;                                         \
	}

GETTER(uint32_t, kind)
GETTER(uint64_t, start)
GETTER(uint64_t, length)
GETTER(const char *, name)
GETTER(const char *, pool)
GETTER(uint64_t, id)
GETTER(uint64_t, max_size)
GETTER(uint64_t, offset)
GETTER(uint32_t, pid)
GETTER(uint32_t, view)
