// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events.
 *
 * Each is numbered when it is sent, under a lock, so that the numbers arrive in
 * order; one that is not sent, because nobody listens or for want of memory,
 * uses up a number too.  So whoever sees a gap has missed something, and nobody
 * who has missed something sees none.
 *
 * They go to the initial network namespace only: in another one the privilege
 * that the group asks for is to be had by anybody.
 */
#include <linux/slab.h>
#include "event.h"
#include "nl.h"

static DEFINE_MUTEX(event_mutex);	/* order of numbers is order of delivery */
static atomic64_t event_count = ATOMIC64_INIT(0);
static atomic_t moves = ATOMIC_INIT(0);		/* renames that are going on */

u64 morsel_event_count(void)
{
	return atomic64_read(&event_count);
}

static bool nobody_listens(void)
{
	return !genl_has_listeners(&morsel_nl_family, &init_net, MORSEL_EVENT_GROUP);
}

/* Tell listeners at once that there is a gap. */
static void event_lost(void)
{
	atomic64_inc(&event_count);
	genl_set_err(&morsel_nl_family, &init_net, 0, MORSEL_EVENT_GROUP, -ENOBUFS);
}

/* An event in the making. */
struct event {
	struct sk_buff *skb;
	void *header;
};

static int event_start(struct event *event, int command, size_t size)
{
	event->skb = genlmsg_new(size + nla_total_size_64bit(sizeof(u64)), GFP_KERNEL);
	if (!event->skb)
		return -ENOMEM;
	event->header = genlmsg_put(event->skb, 0, 0, &morsel_nl_family, 0, command);
	return event->header ? 0 : -EMSGSIZE;
}

static void event_send(struct event *event, int number_attr)
{
	struct nlmsghdr *nlh = nlmsg_hdr(event->skb);
	u64 number;
	int error;

	mutex_lock(&event_mutex);
	number = atomic64_inc_return(&event_count);
	nlh->nlmsg_seq = number;
	error = nla_put_u64_64bit(event->skb, number_attr, number, MORSEL_A_OBJECT_PAD);
	genlmsg_end(event->skb, event->header);
	if (!WARN_ON_ONCE(error))
		genlmsg_multicast(&morsel_nl_family, event->skb, 0, MORSEL_EVENT_GROUP,
				  GFP_KERNEL);
	else
		nlmsg_free(event->skb);
	mutex_unlock(&event_mutex);
}

void morsel_event_pool(enum morsel_event event, const struct morsel_pool *pool)
{
	struct event e;
	int error;

	if (nobody_listens()) {
		atomic64_inc(&event_count);
		return;
	}
	error = event_start(&e, event == MORSEL_EVENT_NEW ? MORSEL_CMD_POOL_NEW_NTF :
							     MORSEL_CMD_POOL_DEL_NTF,
			    morsel_nl_pool_size());
	if (!error)
		error = morsel_nl_fill_pool(e.skb, pool, &init_user_ns);
	if (!error) {
		event_send(&e, MORSEL_A_POOL_EVENT_SEQ);
		return;
	}
	nlmsg_free(e.skb);
	event_lost();
}

static int object_command(enum morsel_event event)
{
	switch (event) {
	case MORSEL_EVENT_NEW:
		return MORSEL_CMD_MORSEL_NEW_NTF;
	case MORSEL_EVENT_SET:
		return MORSEL_CMD_MORSEL_SET_NTF;
	case MORSEL_EVENT_RENAME:
		return MORSEL_CMD_MORSEL_RENAME_NTF;
	default:
		return MORSEL_CMD_MORSEL_DEL_NTF;
	}
}

/* The path of @dentry in @buf, PATH_MAX bytes; NULL: too long. */
static const char *path_of(struct dentry *dentry, char *buf)
{
	char *path = dentry_path_raw(dentry, buf, PATH_MAX);

	return IS_ERR(path) ? NULL : path + 1;	/* without the slash in front */
}

static u64 parent_id(struct dentry *dentry)
{
	struct dentry *parent = dget_parent(dentry);
	u64 id = parent == dentry ? 0 : d_inode(parent)->i_ino;

	dput(parent);
	return id;
}

static int send_object(enum morsel_event event, struct dentry *dentry, const char *old_path,
		       char *buf)
{
	struct morsel_nl_object object = {
		.pool = morsel_pool(dentry->d_sb),
		.inode = d_inode(dentry),
		.old_path = old_path,
	};
	struct event e;
	int error;

	/* What is open but removed, or never had a name, is nowhere. */
	if (event == MORSEL_EVENT_DEL || morsel_nl_is_named(dentry)) {
		object.path = path_of(dentry, buf);
		object.parent = parent_id(dentry);
	}

	error = event_start(&e, object_command(event), morsel_nl_object_size(&object));
	if (!error)
		error = morsel_nl_fill_object(e.skb, &object, &init_user_ns);
	if (!error)
		event_send(&e, MORSEL_A_OBJECT_EVENT_SEQ);
	else
		nlmsg_free(e.skb);
	return error;
}

static void event_object(enum morsel_event event, struct dentry *dentry, const char *old_path)
{
	char *buf;

	if (nobody_listens()) {
		atomic64_inc(&event_count);
		return;
	}
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf || send_object(event, dentry, old_path, buf))
		event_lost();
	kfree(buf);
}

void morsel_event_object(enum morsel_event event, struct dentry *dentry)
{
	event_object(event, dentry, NULL);
}

/* The path for the event that will follow, if anybody wants to know. */
static char *remember_path(struct dentry *dentry)
{
	char *buf, *copy = NULL;
	const char *path;

	if (nobody_listens())
		return NULL;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return NULL;
	path = path_of(dentry, buf);
	if (path)
		copy = kstrdup(path, GFP_KERNEL);
	kfree(buf);
	return copy;
}

bool morsel_event_moving(void)
{
	smp_rmb();	/* who has seen a name moved sees this */
	return atomic_read(&moves);
}

void morsel_event_move_begin(struct morsel_move *move, struct dentry *dentry,
			     struct dentry *other)
{
	move->from = remember_path(dentry);
	move->to = other ? remember_path(other) : NULL;
	atomic_inc(&moves);
	smp_mb__after_atomic();	/* before the first name changes */
}

void morsel_event_move_end(struct morsel_move *move, struct dentry *dentry,
			   struct dentry *other, bool done)
{
	if (done) {
		event_object(MORSEL_EVENT_RENAME, dentry, move->from);
		if (other)
			event_object(MORSEL_EVENT_RENAME, other, move->to);
	}
	smp_mb__before_atomic();	/* after the move has been counted */
	atomic_dec(&moves);
	kfree(move->from);
	kfree(move->to);
}
