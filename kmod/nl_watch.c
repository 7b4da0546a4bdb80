// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches: their life.
 *
 * A watch names pool and object by their numbers, which are never used again, and
 * holds neither.  It ends with its socket, with the pool, or with the module.
 */
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <net/sock.h>
#include "nl_object.h"
#include "nl_watch.h"
#include "rights.h"

static unsigned int watches_per_user = 1024;
module_param(watches_per_user, uint, 0644);
MODULE_PARM_DESC(watches_per_user, "How many watches a user has at most");

DEFINE_MUTEX(morsel_watch_mutex);
DEFINE_HASHTABLE(morsel_watches, MORSEL_WATCH_BITS);
atomic_t morsel_nr_watches = ATOMIC_INIT(0);
static u64 last_id;	/* [morsel_watch_mutex] */

static void free_watch(struct morsel_watch *watch)
{
	put_cred(watch->cred);
	put_pid_ns(watch->pid_ns);
	kfree(watch);
}

void morsel_watch_remove(struct morsel_watch *watch)
{
	hash_del(&watch->node);
	atomic_dec(&morsel_nr_watches);
	free_watch(watch);
}

static struct morsel_watch *new_watch(const struct sk_buff *skb, const struct genl_info *info,
				      const struct morsel_nl_object *object)
{
	struct morsel_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL_ACCOUNT);

	if (!watch)
		return NULL;
	watch->pool_id = object->pool->id;
	watch->ino = object->inode->i_ino;
	watch->directory = S_ISDIR(object->inode->i_mode);
	watch->recursive = info->attrs[MORSEL_A_OBJECT_RECURSIVE];
	watch->sk = NETLINK_CB(skb).sk;
	watch->net = sock_net(watch->sk);
	watch->portid = info->snd_portid;
	watch->cred = get_current_cred();
	watch->pid_ns = get_pid_ns(task_active_pid_ns(current));
	return watch;
}

/* Context: morsel_watch_mutex held. */
static bool is_watched(const struct morsel_watch *watch)
{
	const struct morsel_watch *other;

	hash_for_each_possible(morsel_watches, other, node,
			       morsel_watch_key(watch->pool_id, watch->ino))
		if (other->sk == watch->sk && other->pool_id == watch->pool_id &&
		    other->ino == watch->ino)
			return true;
	return false;
}

/* Context: morsel_watch_mutex held. */
static bool too_many(const struct morsel_watch *watch)
{
	const struct morsel_watch *other;
	unsigned int count = 0;
	int bucket;

	if (morsel_may_exceed_limits())
		return false;
	hash_for_each(morsel_watches, bucket, other, node)
		count += uid_eq(other->cred->euid, watch->cred->euid);
	return count >= READ_ONCE(watches_per_user);
}

static int add_watch(struct genl_info *info, struct morsel_watch *watch)
{
	int error = 0;

	mutex_lock(&morsel_watch_mutex);
	if (is_watched(watch)) {
		error = morsel_nl_refuse(info->extack, NULL, -EEXIST,
					 "this socket watches the object already");
	} else if (too_many(watch)) {
		error = morsel_nl_refuse(info->extack, NULL, -EDQUOT,
					 "the user has as many watches as the parameter watches_per_user permits");
	} else {
		watch->id = ++last_id;
		hash_add(morsel_watches, &watch->node,
			 morsel_watch_key(watch->pool_id, watch->ino));
		atomic_inc(&morsel_nr_watches);
	}
	mutex_unlock(&morsel_watch_mutex);
	return error;
}

static int check_object(struct genl_info *info, const struct morsel_nl_found *found)
{
	const struct nlattr *recursive = info->attrs[MORSEL_A_OBJECT_RECURSIVE];
	struct inode *inode = found->object.inode;

	if (S_ISLNK(inode->i_mode))
		return morsel_nl_refuse(info->extack, NULL, -EINVAL,
					"a symbolic link cannot be watched");
	if (recursive && !S_ISDIR(inode->i_mode))
		return morsel_nl_refuse(info->extack, recursive, -ENOTDIR,
					"recursive is for directories");
	if (morsel_may_watch(inode, found->dentry))
		return 0;
	return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_OBJECT_PATH], -EACCES,
				S_ISDIR(inode->i_mode) ?
				"watching needs the right to read and search the directory" :
				"watching needs the right to read the object and its directory");
}

static int watch_found(struct sk_buff *skb, struct genl_info *info, struct morsel_nl_found *found)
{
	struct morsel_watch *watch;
	struct sk_buff *reply;
	int error;

	error = check_object(info, found);
	if (error)
		return error;
	reply = morsel_nl_object_reply(&found->object);
	watch = new_watch(skb, info, &found->object);
	error = reply && watch ? add_watch(info, watch) : -ENOMEM;
	if (error) {
		if (watch)
			free_watch(watch);
		nlmsg_free(reply);
		return error;
	}
	found->object.watch = watch->id;
	morsel_nl_send_object(reply, info, &found->object);
	return 0;
}

int morsel_nl_morsel_watch_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct morsel_nl_found found;
	int error;

	error = morsel_nl_find(&found, info);
	if (error)
		return error;
	error = watch_found(skb, info, &found);
	morsel_nl_found_put(&found);
	return error;
}

/* Remove the watches of a socket, or with no port all. */
static void remove_of(const struct net *net, u32 portid)
{
	struct morsel_watch *watch;
	struct hlist_node *next;
	int bucket;

	mutex_lock(&morsel_watch_mutex);
	hash_for_each_safe(morsel_watches, bucket, next, watch, node)
		if (!portid || (watch->portid == portid && net_eq(watch->net, net)))
			morsel_watch_remove(watch);
	mutex_unlock(&morsel_watch_mutex);
}

/* A socket is going; it can be found by nobody, but is still there. */
static int socket_released(struct notifier_block *block, unsigned long what, void *data)
{
	const struct netlink_notify *notify = data;

	if (what == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC && morsel_watched())
		remove_of(notify->net, notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = {
	.notifier_call = socket_released,
};

int morsel_watch_init(void)
{
	return netlink_register_notifier(&release_notifier);
}

void morsel_watch_exit(void)
{
	netlink_unregister_notifier(&release_notifier);
	remove_of(NULL, 0);
}
