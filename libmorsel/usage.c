// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who maps morsels. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "facts.h"

struct morsel_attachment {
	uint32_t pid, uid, view;
	uint64_t id, start, length, offset, links, age;
	char pool[MORSEL_MAX_POOL_NAME + 1];
	char command[MORSEL_MAX_COMMAND + 1];
	char *name;
};

#define FACT(attr, member) MORSEL_FACT(MORSEL_A_OBJECT_##attr, morsel_attachment, member)

static const struct morsel_fact facts[] = {
	FACT(ID, id),
	FACT(MAP_PID, pid),
	FACT(MAP_UID, uid),
	FACT(MAP_START, start),
	FACT(MAP_LENGTH, length),
	FACT(MAP_OFFSET, offset),
	FACT(MAP_VIEW, view),
	FACT(MAP_LINKS, links),
	FACT(MAP_AGE, age),
	{ 0 },
};

static void destroy(void *item)
{
	struct morsel_attachment *attachment = item;

	free(attachment->name);
	free(attachment);
}

static int fill(const struct nlmsghdr *nlh, struct morsel_attachment *attachment)
{
	int err = morsel_take_facts(nlh, facts, attachment);

	if (!err)
		err = morsel_take_string(nlh, MORSEL_A_OBJECT_POOL_NAME, attachment->pool,
					 sizeof(attachment->pool));
	if (!err)
		err = morsel_take_string(nlh, MORSEL_A_OBJECT_MAP_COMMAND, attachment->command,
					 sizeof(attachment->command));
	if (!err && (!attachment->id || !attachment->pool[0] || !attachment->pid))
		err = -EPROTO;
	if (!err)
		err = morsel_take_name(nlh, MORSEL_A_OBJECT_PATH, attachment->pool,
				       &attachment->name);
	return err;
}

struct morsel_attachment_list {
	struct morsel_gathered all;
};

static int parse(const struct nlmsghdr *nlh, void **item)
{
	struct morsel_attachment *attachment = calloc(1, sizeof(*attachment));
	int err;

	if (!attachment)
		return -ENOMEM;
	attachment->uid = UINT32_MAX;
	err = fill(nlh, attachment);
	if (err)
		destroy(attachment);
	else
		*item = attachment;
	return err;
}

MORSEL_EXPORT int morsel_attachment_list(struct morsel_ctx *ctx, const char *name,
					 unsigned int flags, struct morsel_attachment_list **out)
{
	static const struct morsel_kind attachments = { parse, destroy };
	struct morsel_gathered *all;
	struct morsel_request req;
	int err;

	err = morsel_begin_list(ctx, &req, MORSEL_CMD_ATTACHMENT_GET, name, flags);
	if (!err)
		err = morsel_gather(ctx, &req, &attachments, &all);
	if (!err)
		*out = (struct morsel_attachment_list *)all;
	return err;
}

MORSEL_EXPORT void morsel_attachment_list_free(struct morsel_attachment_list *list)
{
	morsel_gathered_free((struct morsel_gathered *)list);
}

MORSEL_EXPORT size_t morsel_attachment_list_count(const struct morsel_attachment_list *list)
{
	return list->all.items.count;
}

MORSEL_EXPORT const struct morsel_attachment *
morsel_attachment_list_at(const struct morsel_attachment_list *list, size_t index)
{
	return morsel_array_at(&list->all.items, index);
}

#define GETTER(type, member)                                                           \
	MORSEL_EXPORT type morsel_attachment_##member(const struct morsel_attachment *a) \
	{                                                                              \
		return a->member;                                                      \
	}

GETTER(const char *, name)
GETTER(const char *, pool)
GETTER(uint64_t, id)
GETTER(uint32_t, pid)
GETTER(uint32_t, uid)
GETTER(const char *, command)
GETTER(uint64_t, start)
GETTER(uint64_t, length)
GETTER(uint64_t, offset)
GETTER(uint32_t, view)
GETTER(uint64_t, links)
GETTER(uint64_t, age)
