// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an event says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include "event.h"

enum noun { POOL, OBJECT, ALERT };

static const struct {
	const char *name;
	unsigned int cmd;
	enum noun noun;
} kinds[] = {
	[MORSEL_EVENT_LOST] = { "lost", 0, OBJECT },
	[MORSEL_EVENT_POOL_NEW] = { "pool-new", MORSEL_CMD_POOL_NEW_NTF, POOL },
	[MORSEL_EVENT_POOL_DEL] = { "pool-del", MORSEL_CMD_POOL_DEL_NTF, POOL },
	[MORSEL_EVENT_MORSEL_NEW] = { "morsel-new", MORSEL_CMD_MORSEL_NEW_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_SET] = { "morsel-set", MORSEL_CMD_MORSEL_SET_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_RENAME] = { "morsel-rename", MORSEL_CMD_MORSEL_RENAME_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_DEL] = { "morsel-del", MORSEL_CMD_MORSEL_DEL_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_RIGHTS] = { "morsel-rights", MORSEL_CMD_MORSEL_RIGHTS_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_REVOKE] = { "morsel-revoke", MORSEL_CMD_MORSEL_REVOKE_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_SEAL] = { "morsel-seal", MORSEL_CMD_MORSEL_SEAL_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_MAP] = { "morsel-map", MORSEL_CMD_MORSEL_MAP_NTF, OBJECT },
	[MORSEL_EVENT_MORSEL_UNMAP] = { "morsel-unmap", MORSEL_CMD_MORSEL_UNMAP_NTF, OBJECT },
	[MORSEL_EVENT_QUOTA_SOFT] = { "quota-soft", MORSEL_CMD_QUOTA_SOFT_NTF, ALERT },
	[MORSEL_EVENT_QUOTA_REFUSED] = { "quota-refused", MORSEL_CMD_QUOTA_REFUSED_NTF, ALERT },
	[MORSEL_EVENT_COLLISION] = { "collision", MORSEL_CMD_COLLISION_NTF, ALERT },
	[MORSEL_EVENT_ERROR] = { "error", MORSEL_CMD_ERROR_NTF, ALERT },
	[MORSEL_EVENT_SYNCED] = { "synced", 0, OBJECT },
	[MORSEL_EVENT_POOL_SET] = { "pool-set", MORSEL_CMD_POOL_SET_NTF, POOL },
};

/* Numbers of an event that are attributes of its noun. */
struct fact {
	int attr;
	size_t offset; /* in struct morsel_event */
	size_t size;
};

#define FACT(attr, member)                                                                     \
	{                                                                                      \
		attr, offsetof(struct morsel_event, member),                                   \
			sizeof(((struct morsel_event *)0)->member)                             \
	}

static const struct fact pool_facts[] = {
	FACT(MORSEL_A_POOL_EVENT_SEQ, seq),
	FACT(MORSEL_A_POOL_ACTOR_PID, pid),
	FACT(MORSEL_A_POOL_ACTOR_UID, uid),
	FACT(MORSEL_A_POOL_WATCH, watch),
	FACT(MORSEL_A_POOL_WATCH_SEQ, seq),
	{ 0 },
};

static const struct fact object_facts[] = {
	FACT(MORSEL_A_OBJECT_EVENT_SEQ, seq),	      FACT(MORSEL_A_OBJECT_ACTOR_PID, pid),
	FACT(MORSEL_A_OBJECT_ACTOR_UID, uid),	      FACT(MORSEL_A_OBJECT_MAP_START, start),
	FACT(MORSEL_A_OBJECT_MAP_LENGTH, length),     FACT(MORSEL_A_OBJECT_MAP_OFFSET, offset),
	FACT(MORSEL_A_OBJECT_MAP_VIEW, view),	      FACT(MORSEL_A_OBJECT_WATCH, watch),
	FACT(MORSEL_A_OBJECT_WATCH_SEQ, seq),	      { 0 },
};

static const struct fact alert_facts[] = {
	FACT(MORSEL_A_ALERT_EVENT_SEQ, seq),	FACT(MORSEL_A_ALERT_ACTOR_PID, pid),
	FACT(MORSEL_A_ALERT_ACTOR_UID, uid),	FACT(MORSEL_A_ALERT_POOL_ID, pool_id),
	FACT(MORSEL_A_ALERT_ID, object_id),	FACT(MORSEL_A_ALERT_WHAT, quota_what),
	FACT(MORSEL_A_ALERT_UID, quota_uid),	FACT(MORSEL_A_ALERT_USED, used),
	FACT(MORSEL_A_ALERT_LIMIT, limit),	FACT(MORSEL_A_ALERT_START, start),
	FACT(MORSEL_A_ALERT_LENGTH, length),	FACT(MORSEL_A_ALERT_OTHER_ID, other_id),
	FACT(MORSEL_A_ALERT_ERROR, error),	FACT(MORSEL_A_ALERT_WATCH, watch),
	FACT(MORSEL_A_ALERT_WATCH_SEQ, seq),	{ 0 },
};

static const struct fact *const facts[] = {
	[POOL] = pool_facts,
	[OBJECT] = object_facts,
	[ALERT] = alert_facts,
};

struct morsel_event *morsel_event_new(enum morsel_event_type type)
{
	struct morsel_event *event = calloc(1, sizeof(*event));

	if (event) {
		event->type = type;
		event->uid = event->quota_uid = UINT32_MAX;
	}
	return event;
}

static int take_facts(struct morsel_event *event, const struct nlmsghdr *nlh, enum noun noun)
{
	const struct fact *fact;
	struct nlattr *nla;

	for (fact = facts[noun]; fact->size; fact++) {
		nla = nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN, fact->attr);
		if (!nla)
			continue;
		if ((size_t)nla_len(nla) != fact->size)
			return -EPROTO;
		memcpy((char *)event + fact->offset, nla_data(nla), fact->size);
	}
	return 0;
}

/* The string in an attribute, or NULL if there is none that is terminated. */
static const char *string_at(const struct nlmsghdr *nlh, int attr)
{
	struct nlattr *nla = nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN, attr);

	if (!nla || strnlen(nla_data(nla), nla_len(nla)) == (size_t)nla_len(nla))
		return NULL;
	return nla_data(nla);
}

static int parse_alert(struct morsel_event *event, const struct nlmsghdr *nlh)
{
	const char *pool = string_at(nlh, MORSEL_A_ALERT_POOL_NAME);
	const char *path = string_at(nlh, MORSEL_A_ALERT_PATH);

	if (!pool || strlen(pool) >= sizeof(event->pool_name))
		return -EPROTO;
	strcpy(event->pool_name, pool);
	if (!path)
		return 0;
	event->name = morsel_name_join(pool, path);
	return event->name ? 0 : -ENOMEM;
}

static int parse_noun(struct morsel_event *event, const struct nlmsghdr *nlh, enum noun noun)
{
	switch (noun) {
	case POOL:
		return morsel_parse_pool(nlh, &event->pool, NULL);
	case OBJECT:
		event->pinned = nlmsg_find_attr((struct nlmsghdr *)nlh, GENL_HDRLEN,
						MORSEL_A_OBJECT_PINNED) != NULL;
		return morsel_parse_info(nlh, &event->info, NULL);
	default:
		return parse_alert(event, nlh);
	}
}

int morsel_event_parse(const struct nlmsghdr *nlh, struct morsel_event **out)
{
	const struct genlmsghdr *genl = nlmsg_data(nlh);
	struct morsel_event *event;
	size_t type;
	int err;

	*out = NULL;
	if (nlmsg_datalen(nlh) < (int)GENL_HDRLEN ||
	    !nlmsg_valid_hdr((struct nlmsghdr *)nlh, GENL_HDRLEN))
		return 0;
	for (type = MORSEL_EVENT_LOST + 1; type < ARRAY_SIZE(kinds); type++)
		if (kinds[type].cmd && kinds[type].cmd == genl->cmd)
			break;
	if (type == ARRAY_SIZE(kinds))
		return 0;
	event = morsel_event_new(type);
	if (!event)
		return -ENOMEM;
	err = parse_noun(event, nlh, kinds[type].noun);
	if (!err)
		err = take_facts(event, nlh, kinds[type].noun);
	if (err)
		morsel_event_free(event);
	else
		*out = event;
	return err;
}

MORSEL_EXPORT void morsel_event_free(struct morsel_event *event)
{
	if (!event)
		return;
	morsel_pool_free(event->pool);
	morsel_info_free(event->info);
	free(event->name);
	free(event);
}

MORSEL_EXPORT enum morsel_event_type morsel_event_type(const struct morsel_event *event)
{
	return event->type;
}

MORSEL_EXPORT const char *morsel_event_type_name(const struct morsel_event *event)
{
	return kinds[event->type].name;
}

MORSEL_EXPORT const struct morsel_pool *morsel_event_pool(const struct morsel_event *event)
{
	return event->pool;
}

MORSEL_EXPORT const struct morsel_info *morsel_event_info(const struct morsel_event *event)
{
	return event->info;
}

MORSEL_EXPORT const char *morsel_event_old_name(const struct morsel_event *event)
{
	return event->info ? event->info->old_name : NULL;
}

MORSEL_EXPORT const char *morsel_event_pool_name(const struct morsel_event *event)
{
	if (event->pool)
		return event->pool->name;
	if (event->info)
		return event->info->pool;
	return event->pool_name[0] ? event->pool_name : NULL;
}

MORSEL_EXPORT const char *morsel_event_name(const struct morsel_event *event)
{
	return event->info ? event->info->name : event->name;
}

MORSEL_EXPORT uint64_t morsel_event_object_id(const struct morsel_event *event)
{
	return event->info ? event->info->id : event->object_id;
}

#define GETTER(type, name, member)                                           \
	MORSEL_EXPORT type morsel_event_##name(const struct morsel_event *event) \
	{                                                                    \
		return event->member;                                        \
	}

GETTER(uint64_t, seq, seq)
GETTER(uint64_t, lost, lost)
GETTER(uint64_t, watch, watch)
GETTER(bool, resynced, resynced)
GETTER(uint32_t, pid, pid)
GETTER(uint32_t, uid, uid)
GETTER(uint64_t, start, start)
GETTER(uint64_t, length, length)
GETTER(uint64_t, offset, offset)
GETTER(uint32_t, view, view)
GETTER(bool, pinned, pinned)
GETTER(uint32_t, quota_what, quota_what)
GETTER(uint32_t, quota_uid, quota_uid)
GETTER(uint64_t, quota_used, used)
GETTER(uint64_t, quota_limit, limit)
GETTER(uint64_t, other_id, other_id)
GETTER(uint32_t, error, error)
