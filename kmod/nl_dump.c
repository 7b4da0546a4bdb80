// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps.  They go on inside recvmsg() of whoever holds the socket, and may
 * never be finished: so they keep the credentials of who asked, look at each
 * object with those, and hold no pool and no object between two calls.
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include "event.h"
#include "fs.h"
#include "nl.h"
#include "nl_dump.h"
#include "nl_usage.h"
#include "rights.h"

typedef int (*tell_t)(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct morsel_nl_object *object);

void morsel_nl_dump_start(struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	const char *why = morsel_caller_check(cb->skb, false);

	dump->cred = get_current_cred();
	/* The longest path fits into an empty message. */
	cb->min_dump_alloc = SKB_WITH_OVERHEAD(2 * PATH_MAX);
	if (why)
		morsel_nl_dump_refuse(dump, -EPERM, why);
}

int morsel_nl_dump_done(struct netlink_callback *cb)
{
	put_cred(morsel_nl_dump_of(cb)->cred);
	return 0;
}

/*
 * Note what state the names are in.  Called before anything is looked at, before
 * each look, and after the last: if it is the same all the time, then so were the
 * names, but for what is still going on, and a move is either seen or not.
 */
static void note_state(struct netlink_callback *cb, const struct morsel_pool *pool)
{
	bool moving = morsel_event_moving();
	u64 state;

	smp_rmb();	/* a move that is over has been counted */
	state = pool ? atomic64_read(&pool->generation) : morsel_event_count();
	cb->seq = moving ? cb->prev_seq + 1 : state;
	cb->seq = cb->seq ?: 1;	/* 0 means unknown */
}

static void note_first_state(struct netlink_callback *cb, const struct morsel_pool *pool)
{
	note_state(cb, pool);
	cb->prev_seq = cb->seq;
}

void *morsel_nl_dump_header(struct sk_buff *skb, struct netlink_callback *cb, int command)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				   &morsel_nl_family, NLM_F_MULTI, command);

	if (header)
		genl_dump_check_consistent(cb, header);
	return header;
}

int morsel_nl_dump_end(struct sk_buff *skb, void *header, int error)
{
	if (error)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return error;
}

int morsel_nl_dump_verdict(const struct sk_buff *skb, int error)
{
	return error == -EMSGSIZE && skb->len ? skb->len : error;
}

int morsel_nl_pool_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = morsel_genl_dump_attrs(cb);

	morsel_nl_dump_start(cb);
	note_first_state(cb, NULL);
	if (attrs[MORSEL_A_POOL_ID] || attrs[MORSEL_A_POOL_NAME])
		morsel_nl_dump_refuse(morsel_nl_dump_of(cb), -EINVAL,
				      "a dump of pools takes no attributes");
	return 0;
}

static int dump_pool(struct sk_buff *skb, struct netlink_callback *cb, struct morsel_pool *pool)
{
	void *header;

	note_state(cb, NULL);
	if (!morsel_may_see_pool(pool))
		return 0;
	header = morsel_nl_dump_header(skb, cb, MORSEL_CMD_POOL_GET);
	if (!header)
		return -EMSGSIZE;
	return morsel_nl_dump_end(skb, header, morsel_nl_fill_pool(skb, pool, current_user_ns()));
}

static int dump_pools(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_pool *pool;
	int error = 0;

	while (!error && (pool = morsel_pool_get_next(dump->pool))) {
		error = dump_pool(skb, cb, pool);
		if (!error)
			dump->pool = pool->id;
		morsel_pool_put(pool);
	}
	note_state(cb, NULL);
	return morsel_nl_dump_verdict(skb, error);
}

int morsel_nl_dump_as_asked(struct sk_buff *skb, struct netlink_callback *cb,
			    int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb))
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	const struct cred *receiver;
	int ret;

	if (dump->error)
		return morsel_nl_refuse(cb->extack, NULL, dump->error, dump->refusal);
	receiver = override_creds(dump->cred);
	ret = dumpit(skb, cb);
	revert_creds(receiver);
	if (ret < 0 && ret != -EMSGSIZE && cb->extack && !cb->extack->_msg)
		return morsel_nl_refuse_errno(cb->extack, NULL, ret);
	return ret;
}

int morsel_nl_pool_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_as_asked(skb, cb, dump_pools);
}

static void dump_only(struct morsel_nl_dump *dump, u64 id)
{
	dump->one_object = true;
	dump->next = id;
}

/* The directory that the dump is about, or where that is allowed the object. */
static int find_directory(struct morsel_nl_dump *dump, struct morsel_pool *pool,
			  const struct nlattr *path, bool objects, struct netlink_ext_ack *extack)
{
	struct dentry *dir = morsel_nl_walk(pool, path, extack);
	int error = 0;

	if (IS_ERR(dir))
		return PTR_ERR(dir);
	if (objects && !d_can_lookup(dir))
		dump_only(dump, d_inode(dir)->i_ino);
	else if (!d_can_lookup(dir))
		error = morsel_nl_refuse(extack, path, -ENOTDIR, "not a directory");
	else if (!morsel_may_list(d_inode(dir)))
		error = morsel_nl_refuse(extack, path, -EACCES,
					 "no read permission on the directory");
	else
		dump->within = d_inode(dir)->i_ino;
	dput(dir);
	return error;
}

/* The object that the dump is about, if the caller may see it. */
static int find_object(struct morsel_nl_dump *dump, struct morsel_pool *pool,
		       const struct nlattr *id, struct netlink_ext_ack *extack)
{
	struct morsel_nl_object object = { .pool = pool };
	struct morsel_nl_place place = {};
	bool found = false;
	int error;

	error = morsel_nl_place_init(&place);
	if (error)
		return error;
	object.inode = morsel_inode_get(pool, nla_get_u64(id));
	if (object.inode) {
		found = morsel_nl_locate(&place, &object);
		iput(object.inode);
	}
	morsel_nl_place_exit(&place);
	if (!found)
		return morsel_nl_refuse_errno(extack, id, -ENOENT);
	dump_only(dump, nla_get_u64(id));
	return 0;
}

/* @objects: the dump may be about one object. */
static int find_pool_and_directory(struct netlink_callback *cb, struct nlattr **attrs,
				   bool objects, struct netlink_ext_ack *extack)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	const struct nlattr *path = attrs[MORSEL_A_OBJECT_PATH], *id = attrs[MORSEL_A_OBJECT_ID];
	struct morsel_pool *pool;
	int error = 0;

	if (id && !objects)
		return morsel_nl_refuse(extack, NULL, -EINVAL, "a dump does not take an object id");
	dump->recursive = !!attrs[MORSEL_A_OBJECT_RECURSIVE];
	dump->pool_done = true;
	note_first_state(cb, NULL);
	if (!attrs[MORSEL_A_OBJECT_POOL_ID] && !attrs[MORSEL_A_OBJECT_POOL_NAME])
		return path ? morsel_nl_refuse(extack, NULL, -EINVAL,
					       "a path needs a pool, by name or by id") :
		       id ? morsel_nl_refuse(extack, NULL, -EINVAL,
					     "an id needs a pool, by name or by id") : 0;
	pool = morsel_nl_find_pool(attrs, extack);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	dump->pool = pool->id;
	dump->one_pool = true;
	dump->pool_done = false;
	note_first_state(cb, pool);
	if (path && id)
		error = morsel_nl_refuse(extack, id, -EINVAL, "give a path or an id, not both");
	else if (path)
		error = find_directory(dump, pool, path, objects, extack);
	else if (id)
		error = find_object(dump, pool, id, extack);
	morsel_pool_put(pool);
	return error;
}

static int start(struct netlink_callback *cb, bool objects)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct netlink_ext_ack extack = {};
	int error;

	morsel_nl_dump_start(cb);
	if (dump->error)
		return 0;
	error = find_pool_and_directory(cb, morsel_genl_dump_attrs(cb), objects, &extack);
	if (error)
		morsel_nl_dump_refuse(dump, error, extack._msg);
	return 0;
}

int morsel_nl_morsel_get_start(struct netlink_callback *cb)
{
	return start(cb, false);
}

int morsel_nl_attachment_get_start(struct netlink_callback *cb)
{
	return start(cb, true);
}

/* The object with the least id from @id on, with a reference. */
static struct inode *next_object(struct morsel_pool *pool, u64 id)
{
	unsigned long index = id;
	struct inode *inode;

	rcu_read_lock();
	inode = xa_find(&pool->objects, &index, ULONG_MAX, XA_PRESENT);
	while (inode && !igrab(inode))	/* on its way out */
		inode = xa_find_after(&pool->objects, &index, ULONG_MAX, XA_PRESENT);
	rcu_read_unlock();
	return inode;
}

/* The objects that a dump has are the same, what it tells of each is not. */
int morsel_nl_rights_get_start(struct netlink_callback *cb)
{
	int error = morsel_nl_morsel_get_start(cb);

	cb->min_dump_alloc = SKB_WITH_OVERHEAD(8 * PATH_MAX);
	return error;
}

static morsel_nl_fill_t fill_of(int command)
{
	switch (command) {
	case MORSEL_CMD_RIGHTS_GET:
		return morsel_nl_fill_rights;
	case MORSEL_CMD_USAGE_GET:
		return morsel_nl_fill_usage;
	}
	return morsel_nl_fill_object;
}

/* One message. */
static int tell_object(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct morsel_nl_object *object)
{
	int command = ((const struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
	void *header = morsel_nl_dump_header(skb, cb, command);

	if (!header)
		return -EMSGSIZE;
	return morsel_nl_dump_end(skb, header, fill_of(command)(skb, object, current_user_ns()));
}

static int dump_object(struct sk_buff *skb, struct netlink_callback *cb,
		       struct morsel_nl_place *place, struct morsel_nl_object *object, tell_t tell)
{
	note_state(cb, morsel_nl_dump_of(cb)->one_pool ? object->pool : NULL);
	return morsel_nl_locate(place, object) ? tell(skb, cb, object) : 0;
}

static int dump_objects_of(struct sk_buff *skb, struct netlink_callback *cb,
			   struct morsel_nl_place *place, struct morsel_pool *pool, tell_t tell)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_nl_object object = {
		.pool = pool,
		.max_age = morsel_nl_max_age(morsel_genl_dump_attrs(cb)),
	};
	u64 only = dump->one_object ? dump->next : 0;
	int error = 0;

	if (!morsel_may_see_pool(pool))
		return 0;
	while (!error && (object.inode = next_object(pool, dump->next))) {
		if (!only || object.inode->i_ino == only)
			error = dump_object(skb, cb, place, &object, tell);
		if (!error) {
			dump->next = object.inode->i_ino + 1;
			dump->serial = 0;
		}
		iput(object.inode);
		if (only)
			break;
		cond_resched();
		if (fatal_signal_pending(current))
			error = -EINTR;
	}
	note_state(cb, dump->one_pool ? pool : NULL);
	morsel_nl_place_leave(place);
	return error;
}

struct morsel_pool *morsel_nl_dump_pool(struct morsel_nl_dump *dump)
{
	struct morsel_pool *pool;

	pool = dump->pool_done ? NULL : morsel_pool_get_by_id(dump->pool);
	if (pool || dump->one_pool)
		return pool;
	pool = morsel_pool_get_next(dump->pool);
	if (pool) {
		dump->pool = pool->id;
		dump->next = 0;
		dump->pool_done = false;
	}
	return pool;
}

int morsel_nl_dump_objects(struct sk_buff *skb, struct netlink_callback *cb, tell_t tell)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_nl_place place = { .within = dump->within, .recursive = dump->recursive };
	struct morsel_pool *pool;
	int error = morsel_nl_place_init(&place);

	if (error)
		return error;
	while (!error && (pool = morsel_nl_dump_pool(dump))) {
		error = dump_objects_of(skb, cb, &place, pool, tell);
		if (!error)
			dump->pool_done = true;
		morsel_pool_put(pool);
	}
	/* A pool that has gone away meanwhile interrupts the dump. */
	if (!error && !dump->pool_done)
		cb->seq = cb->prev_seq + 1;
	morsel_nl_place_exit(&place);
	return morsel_nl_dump_verdict(skb, error);
}

static int dump_objects(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_objects(skb, cb, tell_object);
}

int morsel_nl_morsel_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_as_asked(skb, cb, dump_objects);
}
