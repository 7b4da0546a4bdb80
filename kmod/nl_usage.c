// SPDX-License-Identifier: GPL-2.0-only
/* How objects are used, and who maps them, as attributes. */
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include "fs.h"
#include "link.h"
#include "nl_dump.h"
#include "nl_object.h"
#include "nl_usage.h"
#include "rights.h"

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MORSEL_A_OBJECT_PAD);
}

static u64 age(u64 since)
{
	u64 now = ktime_get_boottime_ns();

	return now > since ? now - since : 0;
}

static int fill_counts(struct sk_buff *skb, const struct morsel_usage_stat *stat)
{
	return put_u64(skb, MORSEL_A_OBJECT_PROCESSES, stat->processes) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAPS, stat->maps) ||
	       put_u64(skb, MORSEL_A_OBJECT_UNMAPS, stat->unmaps) ||
	       put_u64(skb, MORSEL_A_OBJECT_FAULTS, stat->faults) ||
	       (stat->last_mapped && nla_put_s64(skb, MORSEL_A_OBJECT_LAST_MAPPED,
						 stat->last_mapped, MORSEL_A_OBJECT_PAD));
}

static int fill_activity(struct sk_buff *skb, const struct morsel_activity *activity)
{
	return put_u64(skb, MORSEL_A_OBJECT_ACTIVE, activity->active) ||
	       put_u64(skb, MORSEL_A_OBJECT_DIRTY, activity->dirty) ||
	       put_u64(skb, MORSEL_A_OBJECT_INTERVAL, activity->interval) ||
	       put_u64(skb, MORSEL_A_OBJECT_SCAN_AGE, age(activity->at));
}

/* Which bytes are accessed tells something about the contents, so it is for who may read them. */
int morsel_nl_fill_usage(struct sk_buff *skb, const struct morsel_nl_object *object,
			 struct user_namespace *reader)
{
	bool file = S_ISREG(object->inode->i_mode);
	bool activity = file && morsel_may_read(object->inode);
	struct morsel_usage_stat stat;
	int error;

	if (morsel_nl_fill_object(skb, object, reader))
		return -EMSGSIZE;
	if (!file)
		return 0;
	error = morsel_usage_get(object->inode, activity ? object->max_age : MORSEL_SCAN_NEVER,
				 &stat);
	if (error)
		return error;
	return fill_counts(skb, &stat) || (activity && fill_activity(skb, &stat.activity)) ?
	       -EMSGSIZE : 0;
}

int morsel_nl_usage_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return morsel_nl_get(info, 0, morsel_nl_fill_usage);
}

/* ---- attachments ---- */

/* The process of an attachment, as the reader may know it. */
struct owner {
	pid_t pid;			/* in the reader's namespace */
	kuid_t uid;			/* INVALID_UID: the process has gone */
	char command[TASK_COMM_LEN];
};

/* Context: RCU.  Return: whether the reader may know of it at all. */
static bool look_at_owner(struct pid *tgid, struct owner *owner)
{
	struct task_struct *task = tgid ? pid_task(tgid, PIDTYPE_TGID) : NULL;

	owner->pid = tgid ? pid_nr_ns(tgid, task_active_pid_ns(current)) : 0;
	owner->uid = task ? task_uid(task) : INVALID_UID;
	owner->command[0] = '\0';
	if (task)
		get_task_comm(owner->command, task);
	if (!owner->pid)
		return false;
	return morsel_is_admin() || (task && uid_eq(owner->uid, current_fsuid()));
}

static int fill_owner(struct sk_buff *skb, const struct owner *owner)
{
	if (nla_put_u32(skb, MORSEL_A_OBJECT_MAP_PID, owner->pid))
		return -EMSGSIZE;
	if (!uid_valid(owner->uid))
		return 0;
	return nla_put_u32(skb, MORSEL_A_OBJECT_MAP_UID,
			   from_kuid_munged(current_user_ns(), owner->uid)) ||
	       nla_put_string(skb, MORSEL_A_OBJECT_MAP_COMMAND, owner->command) ?
	       -EMSGSIZE : 0;
}

/* The range may be in the middle of a split: it is one that the mapping has or had. */
static int fill_attachment(struct sk_buff *skb, const struct morsel_nl_object *object,
			   const struct morsel_attachment *att, const struct owner *owner)
{
	unsigned long start = READ_ONCE(att->start), last = READ_ONCE(att->last);
	u32 view = READ_ONCE(att->view) == MORSEL_VIEW_RW ? MORSEL_MAP_VIEW_RW : MORSEL_MAP_VIEW_RO;

	return morsel_nl_fill_identity(skb, object) || fill_owner(skb, owner) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_START, start) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_LENGTH, last - start + 1) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_OFFSET, start - att->base) ||
	       nla_put_u32(skb, MORSEL_A_OBJECT_MAP_VIEW, view) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_LINKS, READ_ONCE(att->links)) ||
	       put_u64(skb, MORSEL_A_OBJECT_MAP_AGE, age(att->since)) ?
	       -EMSGSIZE : 0;
}

static int tell_attachment(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct morsel_nl_object *object,
			   const struct morsel_attachment *att)
{
	struct owner owner;
	void *header;

	if (!look_at_owner(att->mmm->tgid, &owner))
		return 0;
	header = morsel_nl_dump_header(skb, cb, MORSEL_CMD_ATTACHMENT_GET);
	if (!header)
		return -EMSGSIZE;
	return morsel_nl_dump_end(skb, header, fill_attachment(skb, object, att, &owner));
}

static int tell_attachments(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct morsel_nl_object *object)
{
	struct morsel_nl_dump *dump = morsel_nl_dump_of(cb);
	struct morsel_attachment *att;
	int error = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(att, &morsel_i(object->inode)->attachments, in_object) {
		if (att->serial <= dump->serial)
			continue;
		error = tell_attachment(skb, cb, object, att);
		if (error)
			break;
		dump->serial = att->serial;
	}
	rcu_read_unlock();
	return error;
}

static int dump_attachments(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_objects(skb, cb, tell_attachments);
}

int morsel_nl_attachment_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return morsel_nl_dump_as_asked(skb, cb, dump_attachments);
}
