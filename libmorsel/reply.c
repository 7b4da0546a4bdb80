// SPDX-License-Identifier: LGPL-2.1-or-later
/* Taking apart what the kernel says; nothing in it is believed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include "netlink.h"

enum { ERRNO_MAX = 4095 };

/* Where the attributes of an NLMSG_ERROR begin, or -1 if it is too short. */
static int error_attrs_offset(const struct nlmsghdr *nlh, const struct nlmsgerr *err)
{
	int offset = sizeof(*err);

	/* Unless it was capped, the rest of the request comes first. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (err->msg.nlmsg_len < NLMSG_HDRLEN ||
		    err->msg.nlmsg_len > (unsigned int)nlmsg_datalen(nlh))
			return -1;
		offset += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	return offset;
}

static int parse_extack(const struct nlmsghdr *nlh, int offset, struct morsel_verdict *verdict)
{
	static const struct nla_policy policy[NLMSGERR_ATTR_MAX + 1] = {
		[NLMSGERR_ATTR_OFFS] = { .type = NLA_U32 },
		[NLMSGERR_ATTR_MISS_TYPE] = { .type = NLA_U32 },
	};
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1], *text;
	int len = nlmsg_datalen(nlh) - offset;

	if (len < 0 ||
	    nla_parse(tb, NLMSGERR_ATTR_MAX, (struct nlattr *)((char *)nlmsg_data(nlh) + offset),
		      len, (struct nla_policy *)policy) < 0)
		return -EPROTO;
	text = tb[NLMSGERR_ATTR_MSG];
	if (text && nla_len(text) > 0) {
		verdict->text = nla_data(text);
		verdict->text_len = strnlen(nla_data(text), nla_len(text));
	}
	if (tb[NLMSGERR_ATTR_OFFS])
		verdict->attr_offset = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		verdict->miss_type = nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]);
	return 0;
}

int morsel_parse_verdict(const struct nlmsghdr *nlh, struct morsel_verdict *verdict)
{
	int len = nlmsg_datalen(nlh), offset;

	*verdict = (struct morsel_verdict){ 0 };
	if (nlh->nlmsg_type == NLMSG_ERROR && len >= (int)sizeof(struct nlmsgerr)) {
		struct nlmsgerr *err = nlmsg_data(nlh);

		verdict->err = err->error;
		offset = error_attrs_offset(nlh, err);
		if (offset < 0)
			return -EPROTO;
	} else if (nlh->nlmsg_type == NLMSG_DONE && len >= (int)sizeof(int)) {
		verdict->err = *(int *)nlmsg_data(nlh);
		offset = NLMSG_ALIGN(sizeof(int));
	} else {
		return -EPROTO;
	}
	if (verdict->err > 0 || verdict->err < -ERRNO_MAX)
		return -EPROTO;
	return nlh->nlmsg_flags & NLM_F_ACK_TLVS ? parse_extack(nlh, offset, verdict) : 0;
}

unsigned int morsel_attr_at(const struct nlmsghdr *request, uint32_t offset)
{
	int left = nlmsg_attrlen(request, GENL_HDRLEN);
	struct nlattr *nla = nlmsg_attrdata(request, GENL_HDRLEN);

	for (; nla_ok(nla, left); nla = nla_next(nla, &left))
		if ((uint32_t)((char *)nla - (char *)request) == offset)
			return nla_type(nla);
	return 0;
}

/* Where a number from an attribute goes. */
struct field {
	uint16_t offset;
	uint16_t width; /* in bytes; 0: not a number */
};

#define FIELD(type, member)                                                       \
	{                                                                         \
		offsetof(struct type, member), sizeof(((struct type *)0)->member) \
	}

static const struct field pool_fields[MORSEL_A_POOL_MAX + 1] = {
	[MORSEL_A_POOL_ID] = FIELD(morsel_pool, id),
	[MORSEL_A_POOL_SIZE] = FIELD(morsel_pool, size),
	[MORSEL_A_POOL_USED] = FIELD(morsel_pool, used),
	[MORSEL_A_POOL_OBJECTS] = FIELD(morsel_pool, objects),
	[MORSEL_A_POOL_OBJECTS_MAX] = FIELD(morsel_pool, objects_max),
	[MORSEL_A_POOL_HUGE] = FIELD(morsel_pool, huge),
	[MORSEL_A_POOL_MODE] = FIELD(morsel_pool, mode),
	[MORSEL_A_POOL_UID] = FIELD(morsel_pool, uid),
	[MORSEL_A_POOL_GID] = FIELD(morsel_pool, gid),
	[MORSEL_A_POOL_FLAGS] = FIELD(morsel_pool, flags),
	[MORSEL_A_POOL_POISONED] = FIELD(morsel_pool, poisoned),
	[MORSEL_A_POOL_GENERATION] = FIELD(morsel_pool, generation),
	[MORSEL_A_POOL_USED_HUGE] = FIELD(morsel_pool, used_huge),
	[MORSEL_A_POOL_AVAILABLE] = FIELD(morsel_pool, available),
	[MORSEL_A_POOL_AVAILABLE_HUGE] = FIELD(morsel_pool, available_huge),
	[MORSEL_A_POOL_TREE_TABLES] = FIELD(morsel_pool, tree_tables),
	[MORSEL_A_POOL_RW_TABLES] = FIELD(morsel_pool, rw_tables),
	[MORSEL_A_POOL_RO_TABLES] = FIELD(morsel_pool, ro_tables),
};

static const struct field object_fields[MORSEL_A_OBJECT_MAX + 1] = {
	[MORSEL_A_OBJECT_POOL_ID] = FIELD(morsel_info, pool_id),
	[MORSEL_A_OBJECT_ID] = FIELD(morsel_info, id),
	[MORSEL_A_OBJECT_TYPE] = FIELD(morsel_info, type),
	[MORSEL_A_OBJECT_SIZE] = FIELD(morsel_info, size),
	[MORSEL_A_OBJECT_MODE] = FIELD(morsel_info, mode),
	[MORSEL_A_OBJECT_UID] = FIELD(morsel_info, uid),
	[MORSEL_A_OBJECT_GID] = FIELD(morsel_info, gid),
	[MORSEL_A_OBJECT_PARENT] = FIELD(morsel_info, parent),
	[MORSEL_A_OBJECT_ALLOCATED] = FIELD(morsel_info, allocated),
	[MORSEL_A_OBJECT_HUGE] = FIELD(morsel_info, huge),
	[MORSEL_A_OBJECT_NLINK] = FIELD(morsel_info, nlink),
	[MORSEL_A_OBJECT_ATIME] = FIELD(morsel_info, atime),
	[MORSEL_A_OBJECT_MTIME] = FIELD(morsel_info, mtime),
	[MORSEL_A_OBJECT_CTIME] = FIELD(morsel_info, ctime),
	[MORSEL_A_OBJECT_BTIME] = FIELD(morsel_info, btime),
	[MORSEL_A_OBJECT_ATTACHMENTS] = FIELD(morsel_info, attachments),
	[MORSEL_A_OBJECT_LINKS] = FIELD(morsel_info, links),
	[MORSEL_A_OBJECT_RW_TABLES] = FIELD(morsel_info, rw_tables),
	[MORSEL_A_OBJECT_RO_TABLES] = FIELD(morsel_info, ro_tables),
	[MORSEL_A_OBJECT_TREE_TABLES] = FIELD(morsel_info, tree_tables),
	[MORSEL_A_OBJECT_ADDR] = FIELD(morsel_info, addr),
	[MORSEL_A_OBJECT_MAX_SIZE] = FIELD(morsel_info, max_size),
	[MORSEL_A_OBJECT_PROCESSES] = FIELD(morsel_info, processes),
	[MORSEL_A_OBJECT_MAPS] = FIELD(morsel_info, maps),
	[MORSEL_A_OBJECT_UNMAPS] = FIELD(morsel_info, unmaps),
	[MORSEL_A_OBJECT_FAULTS] = FIELD(morsel_info, faults),
	[MORSEL_A_OBJECT_LAST_MAPPED] = FIELD(morsel_info, last_mapped),
	[MORSEL_A_OBJECT_ACTIVE] = FIELD(morsel_info, active),
	[MORSEL_A_OBJECT_DIRTY] = FIELD(morsel_info, dirty),
	[MORSEL_A_OBJECT_INTERVAL] = FIELD(morsel_info, interval),
	[MORSEL_A_OBJECT_SCAN_AGE] = FIELD(morsel_info, scan_age),
};

/* Fill @object from the attributes in @tb. Return: 0 or -EPROTO. */
static int take_numbers(struct nlattr **tb, const struct field *fields, int max, void *object)
{
	int i;

	for (i = 1; i <= max; i++) {
		if (!tb[i] || !fields[i].width)
			continue;
		if (nla_len(tb[i]) != fields[i].width)
			return -EPROTO;
		memcpy((char *)object + fields[i].offset, nla_data(tb[i]), fields[i].width);
	}
	return 0;
}

/* Copy the string in @nla, if any, to @buf. Return: 0 or -EPROTO. */
static int take_string(struct nlattr *nla, char *buf, size_t size)
{
	size_t len;

	if (!nla)
		return 0;
	len = strnlen(nla_data(nla), nla_len(nla));
	if (len == (size_t)nla_len(nla) || len >= size)
		return -EPROTO;
	memcpy(buf, nla_data(nla), len + 1);
	return 0;
}

static int take_u64(struct nlattr *nla, uint64_t *value)
{
	if (!value)
		return 0;
	*value = 0;
	if (nla && nla_len(nla) != sizeof(*value))
		return -EPROTO;
	if (nla)
		*value = nla_get_u64(nla);
	return 0;
}

static int parse_attrs(const struct nlmsghdr *nlh, struct nlattr **tb, int max)
{
	if (nlmsg_datalen(nlh) < (int)GENL_HDRLEN ||
	    nlmsg_parse((struct nlmsghdr *)nlh, GENL_HDRLEN, tb, max, NULL) < 0)
		return -EPROTO;
	return 0;
}

static int take_pool_strings(struct nlattr **tb, struct morsel_pool *pool)
{
	int err = take_string(tb[MORSEL_A_POOL_NAME], pool->name, sizeof(pool->name));

	if (!err)
		err = take_string(tb[MORSEL_A_POOL_LABEL], pool->label, sizeof(pool->label));
	if (!err)
		err = take_string(tb[MORSEL_A_POOL_UUID], pool->uuid, sizeof(pool->uuid));
	if (!err)
		err = take_string(tb[MORSEL_A_POOL_DEVICE], pool->device, sizeof(pool->device));
	return err;
}

int morsel_parse_pool(const struct nlmsghdr *nlh, struct morsel_pool **out, uint64_t *event_seq)
{
	struct nlattr *tb[MORSEL_A_POOL_MAX + 1];
	struct morsel_pool *pool;
	int err;

	err = parse_attrs(nlh, tb, MORSEL_A_POOL_MAX);
	if (err)
		return err;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return -ENOMEM;
	pool->available_huge = UINT64_MAX;
	err = take_numbers(tb, pool_fields, MORSEL_A_POOL_MAX, pool);
	if (!err)
		err = take_pool_strings(tb, pool);
	if (!err)
		err = take_u64(tb[MORSEL_A_POOL_EVENT_SEQ], event_seq);
	if (!err && (!pool->id || !pool->name[0]))
		err = -EPROTO;
	if (err)
		free(pool);
	else
		*out = pool;
	return err;
}

/* Make POOL:PATH from the path in @nla, if any. Return: 0, -EPROTO, -ENOMEM. */
static int take_name(struct nlattr *nla, const char *pool, char **name)
{
	char path[MORSEL_MAX_PATH + 1];

	if (!nla)
		return 0;
	if (take_string(nla, path, sizeof(path)))
		return -EPROTO;
	*name = morsel_name_join(pool, path);
	return *name ? 0 : -ENOMEM;
}

int morsel_parse_info(const struct nlmsghdr *nlh, struct morsel_info **out, uint64_t *event_seq)
{
	struct nlattr *tb[MORSEL_A_OBJECT_MAX + 1];
	struct morsel_info *info;
	int err;

	err = parse_attrs(nlh, tb, MORSEL_A_OBJECT_MAX);
	if (err)
		return err;
	info = calloc(1, sizeof(*info));
	if (!info)
		return -ENOMEM;
	info->created = tb[MORSEL_A_OBJECT_CREATED];
	info->sealed = tb[MORSEL_A_OBJECT_SEALED];
	info->poisoned = tb[MORSEL_A_OBJECT_POISONED];
	err = take_numbers(tb, object_fields, MORSEL_A_OBJECT_MAX, info);
	if (!err)
		err = take_string(tb[MORSEL_A_OBJECT_POOL_NAME], info->pool, sizeof(info->pool));
	if (!err && (!info->id || !info->pool[0]))
		err = -EPROTO;
	if (!err)
		err = take_name(tb[MORSEL_A_OBJECT_PATH], info->pool, &info->name);
	if (!err)
		err = take_name(tb[MORSEL_A_OBJECT_OLD_PATH], info->pool, &info->old_name);
	if (!err)
		err = take_u64(tb[MORSEL_A_OBJECT_EVENT_SEQ], event_seq);
	if (err)
		morsel_info_free(info);
	else
		*out = info;
	return err;
}
