// SPDX-License-Identifier: GPL-2.0-only
/* Events as attributes. */
#include "nl_event.h"

static const int commands[MORSEL_NR_EVENTS] = {
	[MORSEL_EVENT_NEW] = MORSEL_CMD_MORSEL_NEW_NTF,
	[MORSEL_EVENT_SET] = MORSEL_CMD_MORSEL_SET_NTF,
	[MORSEL_EVENT_RENAME] = MORSEL_CMD_MORSEL_RENAME_NTF,
	[MORSEL_EVENT_DEL] = MORSEL_CMD_MORSEL_DEL_NTF,
	[MORSEL_EVENT_RIGHTS] = MORSEL_CMD_MORSEL_RIGHTS_NTF,
	[MORSEL_EVENT_REVOKE] = MORSEL_CMD_MORSEL_REVOKE_NTF,
	[MORSEL_EVENT_SEAL] = MORSEL_CMD_MORSEL_SEAL_NTF,
	[MORSEL_EVENT_MAP] = MORSEL_CMD_MORSEL_MAP_NTF,
	[MORSEL_EVENT_UNMAP] = MORSEL_CMD_MORSEL_UNMAP_NTF,
	[MORSEL_EVENT_QUOTA_SOFT] = MORSEL_CMD_QUOTA_SOFT_NTF,
	[MORSEL_EVENT_QUOTA_REFUSED] = MORSEL_CMD_QUOTA_REFUSED_NTF,
	[MORSEL_EVENT_COLLISION] = MORSEL_CMD_COLLISION_NTF,
	[MORSEL_EVENT_ERROR] = MORSEL_CMD_ERROR_NTF,
};

static const int pool_commands[] = {
	[MORSEL_EVENT_NEW] = MORSEL_CMD_POOL_NEW_NTF,
	[MORSEL_EVENT_SET] = MORSEL_CMD_POOL_SET_NTF,
	[MORSEL_EVENT_DEL] = MORSEL_CMD_POOL_DEL_NTF,
};

static int command_of(const struct morsel_nl_event *e)
{
	return e->noun == MORSEL_NL_POOL_NOUN ? pool_commands[e->event] : commands[e->event];
}

#define NUMBERS(noun) {						\
		.pad = MORSEL_A_##noun##_PAD,			\
		.seq = MORSEL_A_##noun##_EVENT_SEQ,		\
		.watch = MORSEL_A_##noun##_WATCH,		\
		.watch_seq = MORSEL_A_##noun##_WATCH_SEQ,	\
	}

static const struct morsel_nl_numbers numbers[] = {
	[MORSEL_NL_POOL_NOUN] = NUMBERS(POOL),
	[MORSEL_NL_OBJECT_NOUN] = NUMBERS(OBJECT),
	[MORSEL_NL_ALERT_NOUN] = NUMBERS(ALERT),
};

const struct morsel_nl_numbers *morsel_nl_event_numbers(enum morsel_nl_noun noun)
{
	return &numbers[noun];
}

static size_t size_of(const struct morsel_nl_event *e)
{
	switch (e->noun) {
	case MORSEL_NL_POOL_NOUN:
		return morsel_nl_pool_size();
	case MORSEL_NL_OBJECT_NOUN:
		return morsel_nl_object_size(&e->object);
	default:
		return morsel_nl_object_size(&e->object) +
		       MORSEL_A_ALERT_MAX * nla_total_size_64bit(sizeof(u64));
	}
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	BUILD_BUG_ON((int)MORSEL_A_ALERT_PAD != (int)MORSEL_A_OBJECT_PAD);
	return nla_put_u64_64bit(skb, attr, value, MORSEL_A_OBJECT_PAD);
}

/* Who did it.  @attr_pid, @attr_uid: in the set of the noun. */
static int put_actor(struct sk_buff *skb, const struct morsel_nl_event *e,
		     const struct morsel_nl_telling *how, int attr_pid, int attr_uid)
{
	if (!e->pid)	/* nobody */
		return 0;
	return (how->pid && nla_put_u32(skb, attr_pid, how->pid)) ||
	       nla_put_u32(skb, attr_uid, from_kuid_munged(how->user_ns, e->uid));
}

static int fill_pool(struct sk_buff *skb, const struct morsel_nl_event *e,
		     const struct morsel_nl_telling *how)
{
	return morsel_nl_fill_pool(skb, e->object.pool, how->user_ns) ||
	       put_actor(skb, e, how, MORSEL_A_POOL_ACTOR_PID, MORSEL_A_POOL_ACTOR_UID);
}

static int fill_object(struct sk_buff *skb, const struct morsel_nl_event *e,
		       const struct morsel_nl_telling *how)
{
	if (morsel_nl_fill_object(skb, &e->object, how->user_ns) ||
	    put_actor(skb, e, how, MORSEL_A_OBJECT_ACTOR_PID, MORSEL_A_OBJECT_ACTOR_UID))
		return -EMSGSIZE;
	if (e->pinned)
		return nla_put_flag(skb, MORSEL_A_OBJECT_PINNED);
	if (e->event != MORSEL_EVENT_MAP && e->event != MORSEL_EVENT_UNMAP)
		return 0;
	/* The address tells of a process that the listener may not look into. */
	return (how->pid && put_u64(skb, MORSEL_A_OBJECT_MAP_START, e->start)) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_LENGTH, e->length) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_OFFSET, e->offset) ||
	       nla_put_u32(skb, MORSEL_A_OBJECT_MAP_VIEW, e->view);
}

static int fill_quota(struct sk_buff *skb, const struct morsel_nl_event *e,
		      const struct morsel_nl_telling *how)
{
	return nla_put_u32(skb, MORSEL_A_ALERT_WHAT, e->what) ||
	       nla_put_u32(skb, MORSEL_A_ALERT_UID, from_kuid_munged(how->user_ns, e->whose)) ||
	       put_u64(skb, MORSEL_A_ALERT_USED, e->used) ||
	       put_u64(skb, MORSEL_A_ALERT_LIMIT, e->limit);
}

/* COLLISION, ERROR: which object, and which part. */
static int fill_part(struct sk_buff *skb, const struct morsel_nl_event *e)
{
	const struct morsel_nl_object *object = &e->object;

	return put_u64(skb, MORSEL_A_ALERT_ID, object->inode->i_ino) ||
	       (object->path && nla_put_string(skb, MORSEL_A_ALERT_PATH, object->path)) ||
	       put_u64(skb, MORSEL_A_ALERT_START, e->start) ||
	       put_u64(skb, MORSEL_A_ALERT_LENGTH, e->length) ||
	       (e->other && put_u64(skb, MORSEL_A_ALERT_OTHER_ID, e->other)) ||
	       nla_put_u32(skb, MORSEL_A_ALERT_ERROR, e->error);
}

static int fill_alert(struct sk_buff *skb, const struct morsel_nl_event *e,
		      const struct morsel_nl_telling *how)
{
	const struct morsel_pool *pool = e->object.pool;

	if (nla_put_u32(skb, MORSEL_A_ALERT_POOL_ID, pool->id) ||
	    nla_put_string(skb, MORSEL_A_ALERT_POOL_NAME, pool->name) ||
	    put_actor(skb, e, how, MORSEL_A_ALERT_ACTOR_PID, MORSEL_A_ALERT_ACTOR_UID))
		return -EMSGSIZE;
	return e->object.inode ? fill_part(skb, e) : fill_quota(skb, e, how);
}

static int fill_event(struct sk_buff *skb, const struct morsel_nl_event *e,
		      const struct morsel_nl_telling *how)
{
	int error;

	if (e->noun == MORSEL_NL_POOL_NOUN)
		error = fill_pool(skb, e, how);
	else if (e->noun == MORSEL_NL_OBJECT_NOUN)
		error = fill_object(skb, e, how);
	else
		error = fill_alert(skb, e, how);
	return error ? -EMSGSIZE : 0;
}

struct sk_buff *morsel_nl_event_message(const struct morsel_nl_event *e,
					const struct morsel_nl_telling *how, void **header)
{
	struct sk_buff *skb = genlmsg_new(size_of(e), GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, 0, 0, &morsel_nl_family, 0, command_of(e));
	if (!WARN_ON_ONCE(!*header || fill_event(skb, e, how)))
		return skb;
	nlmsg_free(skb);
	return NULL;
}
