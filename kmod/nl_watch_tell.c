// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events to watchers.
 *
 * For each event those watches are looked up that are on the object itself or on a
 * directory above the place where it is (a rename: or was).  What a watcher is told
 * is judged then and there, with the credentials he had when he began to watch; the
 * path that he is told is put together from the directories that were judged, so
 * that none leaks that an ancestor is being moved to.
 */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <net/sock.h>
#include "nl_watch.h"
#include "rights.h"

/* An event on its round. */
struct round {
	const struct morsel_nl_event *e;
	u64 number;
	struct morsel_nl_place now, before;	/* without a buffer until they are needed */
};

static u64 last_round;	/* [morsel_watch_mutex] */

/* ---- may he know? ---- */

/* Are all directories above @dentry searchable? */
static bool may_reach(struct dentry *dentry)
{
	struct dentry *at = dget(dentry), *parent;
	bool may = true;

	while (may && !IS_ROOT(at)) {
		parent = dget_parent(at);
		dput(at);
		at = parent;
		may = morsel_may_search(d_inode(at));
	}
	dput(at);
	return may;
}

static bool may_list_parent(struct dentry *dentry)
{
	struct dentry *parent = dget_parent(dentry);
	bool may = morsel_may_list(d_inode(parent));

	dput(parent);
	return may;
}

bool morsel_may_watch(struct inode *inode, struct dentry *dentry)
{
	if (S_ISDIR(inode->i_mode))
		return morsel_may_list(inode) && (!dentry || may_reach(dentry));
	if (!morsel_may_read(inode))
		return false;
	if (!dentry || !morsel_nl_is_named(dentry))
		return morsel_may_see_nameless(inode);
	return may_list_parent(dentry) && may_reach(dentry);
}

/*
 * Has he still the right to what he watches?  @dentry: of it.  Where it is itself is
 * judged when the event is about it, see see().
 */
static bool may_still_watch(const struct morsel_watch *watch, const struct round *round,
			    struct dentry *dentry, bool own)
{
	if (!own)
		return morsel_may_list(d_inode(dentry)) && may_reach(dentry);
	return watch->directory ? morsel_may_list(round->e->object.inode) :
				  morsel_may_read(round->e->object.inode);
}

/* Return: 0 or -ENOMEM. */
static int prepare(struct morsel_nl_place *place, const struct morsel_watch *watch, bool own)
{
	if (!place->buf && morsel_nl_place_init(place))
		return -ENOMEM;
	morsel_nl_place_leave(place);	/* another watcher, other rights */
	place->within = own ? 0 : watch->ino;
	place->recursive = watch->recursive;
	return 0;
}

/* Where it was: in a part of the pool that he watches, and may see? */
static int was_seen(struct round *round, const struct morsel_watch *watch, bool own,
		    struct morsel_nl_object *before)
{
	const struct morsel_nl_event *e = round->e;

	if (!e->old_dir)
		return false;
	if (!e->object.old_path || prepare(&round->before, watch, own))
		return -ENOMEM;
	return morsel_nl_locate_in(&round->before, before, e->old_dir,
				   kbasename(e->object.old_path));
}

/* A rename, as it is seen by who does not see all of it. */
static int see_rename(struct round *round, const struct morsel_watch *watch, bool own, bool now,
		      struct morsel_nl_event *told)
{
	struct morsel_nl_object before = {};
	int was = was_seen(round, watch, own, &before);

	if (was < 0)
		return was;
	if (now && was) {
		told->object.old_path = before.path;
	} else if (now) {
		told->event = MORSEL_EVENT_NEW;
	} else if (was) {
		told->event = MORSEL_EVENT_DEL;
		told->object.path = before.path;
		told->object.parent = before.parent;
	}
	return now || was;
}

/*
 * Make of the event what the current credentials may know of it.  @own: it is about
 * what is watched itself.  Return: 1; 0: nothing; -ENOMEM.
 */
static int see(struct round *round, const struct morsel_watch *watch, bool own,
	       struct morsel_nl_event *told)
{
	bool now;

	*told = *round->e;
	told->object.path = NULL;
	told->object.old_path = NULL;
	told->object.parent = 0;
	if (!morsel_is_admin())
		told->other = 0;
	if (!told->dentry)
		return own && morsel_may_see_nameless(told->object.inode);
	if (prepare(&round->now, watch, own))
		return -ENOMEM;
	now = morsel_nl_locate_name(&round->now, &told->object, told->dentry);
	if (told->event != MORSEL_EVENT_RENAME)
		return now;
	return see_rename(round, watch, own, now, told);
}

/* ---- tell him ---- */

/* The process that did it, as the watcher knows it; 0: he does not. */
static u32 pid_for(const struct morsel_watch *watch, u32 actor)
{
	struct task_struct *task;
	struct pid *pid;
	u32 nr = 0;

	rcu_read_lock();
	pid = actor ? find_pid_ns(actor, &init_pid_ns) : NULL;
	task = pid_task(pid, PIDTYPE_TGID);
	if (task) {
		task_lock(task);
		if (morsel_may_read_process(task, task->mm))
			nr = pid_nr_ns(pid, watch->pid_ns);
		task_unlock(task);
	}
	rcu_read_unlock();
	return nr;
}

/* He misses one: there is a gap, and he hears of it at once. */
static void lose(struct morsel_watch *watch)
{
	watch->seq++;
	watch->sk->sk_err = ENOBUFS;
	sk_error_report(watch->sk);
}

static int put_numbers(struct sk_buff *skb, const struct morsel_watch *watch,
		       enum morsel_nl_noun noun)
{
	const struct morsel_nl_numbers *attr = morsel_nl_event_numbers(noun);

	nlmsg_hdr(skb)->nlmsg_seq = watch->seq;
	return nla_put_u64_64bit(skb, attr->watch, watch->id, attr->pad) ||
	       nla_put_u64_64bit(skb, attr->watch_seq, watch->seq, attr->pad);
}

/* Context: the current credentials are the watcher's. */
static void send(struct morsel_watch *watch, const struct morsel_nl_event *told)
{
	const struct morsel_nl_telling how = {
		.user_ns = watch->cred->user_ns,
		.pid = pid_for(watch, told->pid),
	};
	struct sk_buff *skb;
	void *header;

	if (sock_flag(watch->sk, SOCK_DEAD))	/* the number of its port is free */
		return;
	skb = morsel_nl_event_message(told, &how, &header);
	if (!skb) {
		lose(watch);
		return;
	}
	watch->seq += watch->blind ? 2 : 1;
	watch->blind = false;
	if (WARN_ON_ONCE(put_numbers(skb, watch, told->noun))) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	/* A full socket is told that it is, and is not waited for. */
	genlmsg_unicast(watch->net, skb, watch->portid);
}

/* @dentry: what is watched, or @own: the event is about that. */
static void tell(struct round *round, struct morsel_watch *watch, struct dentry *dentry, bool own)
{
	const struct cred *saved = override_creds(watch->cred);
	struct morsel_nl_event told;
	int seen;

	watch->passed = round->number;
	if (!may_still_watch(watch, round, dentry, own)) {
		watch->blind = true;
	} else {
		seen = see(round, watch, own, &told);
		if (seen > 0)
			send(watch, &told);
		else if (seen < 0)
			lose(watch);
		else if (own)
			watch->blind = true;
	}
	revert_creds(saved);
}

/* ---- who is to be told? ---- */

static void tell_watches_on(struct round *round, u64 ino, struct dentry *dentry, unsigned int above)
{
	const u32 pool_id = round->e->object.pool->id;
	struct morsel_watch *watch;

	hash_for_each_possible(morsel_watches, watch, node, morsel_watch_key(pool_id, ino))
		if (watch->pool_id == pool_id && watch->ino == ino &&
		    watch->passed != round->number && (above <= 1 || watch->recursive))
			tell(round, watch, dentry, !above);
}

/* Those who watch @dir, or with recursive what is above it. */
static void tell_watches_above(struct round *round, struct dentry *dir)
{
	struct dentry *at = dget(dir), *parent;
	unsigned int above = 1;

	for (;;) {
		tell_watches_on(round, d_inode(at)->i_ino, at, above++);
		if (IS_ROOT(at))
			break;
		parent = dget_parent(at);
		dput(at);
		at = parent;
	}
	dput(at);
}

static void tell_about_object(struct round *round)
{
	const struct morsel_nl_event *e = round->e;
	struct dentry *dir;

	tell_watches_on(round, e->object.inode->i_ino, e->dentry, 0);
	if (e->dentry && !IS_ROOT(e->dentry)) {
		dir = dget_parent(e->dentry);
		tell_watches_above(round, dir);
		dput(dir);
	}
	if (e->old_dir)
		tell_watches_above(round, e->old_dir);
}

/*
 * A quota: those whose it is.  A pool that is set: who may see it.  The end of a pool: all
 * who watch in it, for the last time.
 */
static bool may_be_told(const struct morsel_nl_event *e)
{
	if (e->noun == MORSEL_NL_ALERT_NOUN && !morsel_may_see_quota(e->whose))
		return false;
	return morsel_may_see_pool(e->object.pool);
}

static void tell_about_pool(struct round *round)
{
	const struct morsel_nl_event *e = round->e;
	bool end = e->noun == MORSEL_NL_POOL_NOUN && e->event == MORSEL_EVENT_DEL;
	struct morsel_watch *watch;
	const struct cred *saved;
	struct hlist_node *next;
	int bucket;

	hash_for_each_safe(morsel_watches, bucket, next, watch, node) {
		if (watch->pool_id != e->object.pool->id)
			continue;
		saved = override_creds(watch->cred);
		if (end || may_be_told(e))
			send(watch, e);
		revert_creds(saved);
		if (end)
			morsel_watch_remove(watch);
	}
}

void morsel_watch_tell(const struct morsel_nl_event *e)
{
	struct round round = { .e = e };

	if (!morsel_watched() || (e->noun == MORSEL_NL_POOL_NOUN && e->event == MORSEL_EVENT_NEW))
		return;
	mutex_lock(&morsel_watch_mutex);
	round.number = ++last_round;
	if (e->object.inode)
		tell_about_object(&round);
	else
		tell_about_pool(&round);
	mutex_unlock(&morsel_watch_mutex);
	morsel_nl_place_exit(&round.now);
	morsel_nl_place_exit(&round.before);
}
