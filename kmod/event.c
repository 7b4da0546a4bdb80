// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events.
 *
 * Each is numbered when it is sent, under a lock, so that the numbers arrive in
 * order; one that is not sent, because nobody listens or for want of memory,
 * uses up a number too.  So whoever sees a gap has missed something, and nobody
 * who has missed something sees none.
 *
 * To the group they go in the initial network namespace only: in another one the
 * privilege that the group asks for is to be had by anybody.  Watchers are told one
 * by one: see nl_watch_tell.c.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "event.h"
#include "inode.h"
#include "link.h"
#include "nl_event.h"
#include "nl_watch.h"

static DEFINE_MUTEX(event_mutex);	/* order of numbers is order of delivery */
static atomic64_t event_number = ATOMIC64_INIT(0);
static atomic64_t changes = ATOMIC64_INIT(0);	/* of names, attributes, pools */
static bool unheard;	/* mappings came and went while nobody listened */
static atomic_t moves = ATOMIC_INIT(0);		/* renames that are going on */

u64 morsel_event_count(void)
{
	return atomic64_read(&changes);
}

static bool group_listens(void)
{
	return genl_has_listeners(&morsel_nl_family, &init_net, MORSEL_EVENT_GROUP);
}

bool morsel_event_heard(void)
{
	return group_listens() || morsel_watched();
}

/* A change of names, attributes or pools is counted, heard of or not. */
static bool count_change(void)
{
	atomic64_inc(&changes);
	if (morsel_event_heard())
		return true;
	atomic64_inc(&event_number);
	return false;
}

/* Context: event_mutex held. */
static u64 next_number(void)
{
	if (READ_ONCE(unheard) && xchg(&unheard, false))
		atomic64_inc(&event_number);
	return atomic64_inc_return(&event_number);
}

/* Consumes @skb.  Without one listeners are told at once that there is a gap. */
static void tell_group(const struct morsel_nl_event *e, u64 number, struct sk_buff *skb,
		       void *header)
{
	const struct morsel_nl_numbers *attr = morsel_nl_event_numbers(e->noun);

	if (!skb) {
		genl_set_err(&morsel_nl_family, &init_net, 0, MORSEL_EVENT_GROUP, -ENOBUFS);
		return;
	}
	nlmsg_hdr(skb)->nlmsg_seq = number;
	if (WARN_ON_ONCE(nla_put_u64_64bit(skb, attr->seq, number, attr->pad))) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast(&morsel_nl_family, skb, 0, MORSEL_EVENT_GROUP, GFP_KERNEL);
}

/* Who did it: the sender or caller, unless the event says another.  Nobody: a kernel thread. */
static void set_actor(struct morsel_nl_event *e)
{
	if (e->pid || current->flags & PF_KTHREAD)
		return;
	e->pid = task_tgid_nr(current);
	e->uid = current_fsuid();
}

static void send(struct morsel_nl_event *e)
{
	struct morsel_nl_telling how = { .user_ns = &init_user_ns };
	struct sk_buff *skb = NULL;
	void *header = NULL;
	u64 number;

	set_actor(e);
	how.pid = e->pid;
	if (group_listens())
		skb = morsel_nl_event_message(e, &how, &header);
	mutex_lock(&event_mutex);
	number = next_number();
	tell_group(e, number, skb, header);
	morsel_watch_tell(e);
	mutex_unlock(&event_mutex);
}

void morsel_event_pool(enum morsel_event event, struct morsel_pool *pool)
{
	struct morsel_nl_event e = {
		.event = event, .noun = MORSEL_NL_POOL_NOUN, .object.pool = pool,
	};

	if (count_change())
		send(&e);
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

/*
 * Marks a dentry whose object is in the making, in d_time, which is nobody's else here:
 * see morsel_event_hold().
 */
static char in_the_making;

static bool is_in_the_making(const struct dentry *dentry)
{
	return dentry->d_time == (unsigned long)&in_the_making;
}

/* Send what is about an object: @e->object.inode and, if it has one, @e->dentry are set. */
static void send_object(struct morsel_nl_event *e)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);

	e->object.pool = morsel_pool(e->object.inode->i_sb);
	/* What is open but removed, or never had a name, is nowhere. */
	if (e->dentry && e->event != MORSEL_EVENT_DEL && !morsel_nl_is_named(e->dentry) &&
	    !is_in_the_making(e->dentry))
		e->dentry = NULL;
	if (e->dentry) {
		e->object.path = buf ? path_of(e->dentry, buf) : NULL;
		e->object.parent = parent_id(e->dentry);
	}
	send(e);
	kfree(buf);
}

static void event_object(enum morsel_event event, struct dentry *dentry, const char *old_path,
			 struct dentry *old_dir, bool pinned)
{
	struct morsel_nl_event e = {
		.event = event, .noun = MORSEL_NL_OBJECT_NOUN, .dentry = dentry,
		.old_dir = old_dir, .pinned = pinned,
		.object = { .inode = d_inode(dentry), .old_path = old_path },
	};

	if (count_change())
		send_object(&e);
}

void morsel_event_hold(struct dentry *dentry)
{
	dentry->d_time = (unsigned long)&in_the_making;
}

/* A dentry is not cleared for its next user. */
void morsel_event_unhold(struct dentry *dentry)
{
	dentry->d_time = 0;
}

/* Of one in the making nothing is said. */
static void event_if_made(enum morsel_event event, struct dentry *dentry, bool pinned)
{
	if (is_in_the_making(dentry))
		atomic64_inc(&changes);
	else
		event_object(event, dentry, NULL, NULL, pinned);
}

void morsel_event_object(enum morsel_event event, struct dentry *dentry)
{
	event_if_made(event, dentry, false);
}

void morsel_event_revoke(struct dentry *dentry, bool pinned)
{
	event_if_made(MORSEL_EVENT_REVOKE, dentry, pinned);
}

/* The name that an object is about to get.  Return: with a reference, or NULL. */
static struct dentry *find_in_the_making(struct inode *inode)
{
	struct dentry *dentry, *found = NULL;

	spin_lock(&inode->i_lock);
	hlist_for_each_entry(dentry, &inode->i_dentry, d_u.d_alias)
		if (is_in_the_making(dentry))
			found = dget(dentry);
	spin_unlock(&inode->i_lock);
	return found;
}

/* Send what is about an object, by any of its names. */
static void send_inode(struct morsel_nl_event *e)
{
	struct dentry *alias = d_find_alias(e->object.inode) ?: find_in_the_making(e->object.inode);

	e->dentry = alias;
	send_object(e);
	dput(alias);
}

void morsel_event_inode(enum morsel_event event, struct inode *inode)
{
	struct morsel_nl_event e = {
		.event = event, .noun = MORSEL_NL_OBJECT_NOUN, .object.inode = inode,
	};

	if (count_change())
		send_inode(&e);
}

/* A worker attaches for the process whose address space it is. */
static void set_owner(struct morsel_nl_event *e, const struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	struct task_struct *owner;

	if (current->mm == mm)
		return;
	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (owner) {
		e->pid = task_tgid_nr(owner);
		e->uid = __task_cred(owner)->fsuid;
	}
	rcu_read_unlock();
#endif
}

void morsel_event_mapping(enum morsel_event event, const struct vm_area_struct *vma)
{
	struct morsel_nl_event e = {
		.event = event, .noun = MORSEL_NL_OBJECT_NOUN,
		.dentry = file_dentry(vma->vm_file),
		.object.inode = file_inode(vma->vm_file),
		.start = vma->vm_start,
		.length = vma->vm_end - vma->vm_start,
		.offset = (u64)vma->vm_pgoff << PAGE_SHIFT,
		.view = morsel_vma_view(vma) == MORSEL_VIEW_RW ? MORSEL_MAP_VIEW_RW :
								 MORSEL_MAP_VIEW_RO,
	};

	if (!morsel_event_heard()) {
		/* A line that all CPUs read and hardly anybody writes. */
		if (!READ_ONCE(unheard))
			WRITE_ONCE(unheard, true);
		return;
	}
	set_owner(&e, vma->vm_mm);
	send_object(&e);
}

/* What changes no name or attribute. */
static bool count_alert(void)
{
	if (morsel_event_heard())
		return true;
	atomic64_inc(&event_number);
	return false;
}

void morsel_event_quota(enum morsel_event event, struct morsel_pool *pool, kuid_t uid,
			enum morsel_quota_what what, u64 used, u64 limit)
{
	struct morsel_nl_event e = {
		.event = event, .noun = MORSEL_NL_ALERT_NOUN, .object.pool = pool,
		.whose = uid, .what = what, .used = used, .limit = limit,
	};

	if (count_alert())
		send(&e);
}

void morsel_event_collision(struct inode *inode, u64 start, u64 length, u64 other, int error)
{
	struct morsel_nl_event e = {
		.event = MORSEL_EVENT_COLLISION, .noun = MORSEL_NL_ALERT_NOUN,
		.object.inode = inode, .start = start, .length = length, .other = other,
		.error = error,
	};

	if (count_alert())
		send_inode(&e);
}

void morsel_event_error(struct inode *inode, u64 start, u64 length, int error)
{
	struct morsel_nl_event e = {
		.event = MORSEL_EVENT_ERROR, .noun = MORSEL_NL_ALERT_NOUN,
		.object.inode = inode, .start = start, .length = length, .error = error,
	};

	if (count_alert())
		send_inode(&e);
}

void morsel_event_access(struct inode *inode, u64 pos, int error)
{
	if (unlikely(error == -EIO || error == -EUCLEAN))
		morsel_event_error(inode, round_down(pos, PAGE_SIZE), PAGE_SIZE, -error);
}

/* The path for the event that will follow, if anybody wants to know. */
static char *remember_path(struct dentry *dentry)
{
	char *buf, *copy = NULL;
	const char *path;

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
	*move = (struct morsel_move){
		.from_dir = dget_parent(dentry),
		.to_dir = other ? dget_parent(other) : NULL,
	};
	if (morsel_event_heard()) {
		move->from = remember_path(dentry);
		move->to = other ? remember_path(other) : NULL;
	}
	atomic_inc(&moves);
	smp_mb__after_atomic();	/* before the first name changes */
}

void morsel_event_move_end(struct morsel_move *move, struct dentry *dentry,
			   struct dentry *other, bool done)
{
	if (done) {
		event_object(MORSEL_EVENT_RENAME, dentry, move->from, move->from_dir, false);
		if (other)
			event_object(MORSEL_EVENT_RENAME, other, move->to, move->to_dir, false);
	}
	smp_mb__before_atomic();	/* after the move has been counted */
	atomic_dec(&moves);
	kfree(move->from);
	kfree(move->to);
	dput(move->from_dir);
	dput(move->to_dir);
}
