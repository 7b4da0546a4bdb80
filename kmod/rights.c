// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/sched/coredump.h>
#include <linux/sched/task.h>
#include <linux/netlink.h>
#include <net/sock.h>
#include "compat.h"
#include "confine.h"
#include "pool.h"
#include "rights.h"

static bool same_groups(const struct group_info *a, const struct group_info *b)
{
	int i;

	if (a == b)
		return true;
	if (a->ngroups != b->ngroups)
		return false;
	for (i = 0; i < a->ngroups; i++)	/* both are sorted */
		if (!gid_eq(a->gid[i], b->gid[i]))
			return false;
	return true;
}

/* The same verdict from every permission check of the VFS? */
static bool same_rights(const struct cred *a, const struct cred *b)
{
	return a == b ||
	       (uid_eq(a->euid, b->euid) && uid_eq(a->fsuid, b->fsuid) &&
		gid_eq(a->egid, b->egid) && gid_eq(a->fsgid, b->fsgid) &&
		a->user_ns == b->user_ns &&
		cap_issubset(a->cap_effective, b->cap_effective) &&
		cap_issubset(b->cap_effective, a->cap_effective) &&
		same_groups(a->group_info, b->group_info));
}

/*
 * A mount that is read-only or hidden, in a container or a sandbox of systemd's,
 * cannot be seen from here: no way around it for who has mounts of his own.
 */
static bool has_own_mounts(void)
{
	return current->nsproxy->mnt_ns != init_task.nsproxy->mnt_ns;
}

const char *morsel_caller_check(const struct sk_buff *skb, bool admin)
{
	struct sock *sk = NETLINK_CB(skb).sk;
	struct file *file = sk && sk->sk_socket ? sk->sk_socket->file : NULL;

	if (!file || !same_rights(file->f_cred, current_cred()))
		return "the socket was opened with other rights than the sender's";
	if (morsel_confined())
		return "a security module confines the sender to a part of the file tree";
	/* Not netlink_capable(): it trusts the sender alone if he gives an address. */
	if (capable(CAP_SYS_ADMIN))
		return NULL;
	if (admin)
		return "needs CAP_SYS_ADMIN in the initial user namespace";
	if (has_own_mounts())
		return "only CAP_SYS_ADMIN may ask from this mount namespace";
	if (!net_eq(sock_net(sk), &init_net))
		return "only CAP_SYS_ADMIN may ask from this network namespace";
	return NULL;
}

bool morsel_may_own(struct inode *inode)
{
	return inode_owner_or_capable(morsel_nop_idmap, inode);
}

bool morsel_may_search(struct inode *dir)
{
	return !inode_permission(morsel_nop_idmap, dir, MAY_EXEC);
}

bool morsel_may_read(struct inode *inode)
{
	return !inode_permission(morsel_nop_idmap, inode, MAY_READ);
}

bool morsel_may_list(struct inode *dir)
{
	return !inode_permission(morsel_nop_idmap, dir, MAY_READ | MAY_EXEC);
}

bool morsel_may_see_pool(const struct morsel_pool *pool)
{
	return morsel_may_search(d_inode(pool->sb->s_root)) || capable(CAP_SYS_ADMIN);
}

/* As the capability module judges for ptrace_may_access(), which is not exported. */
static bool has_rights_of(const struct cred *cred, const struct cred *theirs)
{
	bool same = uid_eq(cred->fsuid, theirs->euid) && uid_eq(cred->fsuid, theirs->suid) &&
		    uid_eq(cred->fsuid, theirs->uid) && gid_eq(cred->fsgid, theirs->egid) &&
		    gid_eq(cred->fsgid, theirs->sgid) && gid_eq(cred->fsgid, theirs->gid);

	if (same && cred->user_ns == theirs->user_ns &&
	    cap_issubset(theirs->cap_permitted, cred->cap_effective))
		return true;
	return ns_capable(theirs->user_ns, CAP_SYS_PTRACE);
}

bool morsel_may_read_process(struct task_struct *task, const struct mm_struct *mm)
{
	const struct cred *theirs = get_task_cred(task);
	bool may = has_rights_of(current_cred(), theirs);

	put_cred(theirs);
	if (may && mm && get_dumpable((struct mm_struct *)mm) != SUID_DUMP_USER)
		may = ns_capable(mm->user_ns, CAP_SYS_PTRACE);
	return may;
}

bool morsel_is_admin(void)
{
	return capable(CAP_SYS_ADMIN);
}

bool morsel_may_exceed_limits(void)
{
	return capable(CAP_SYS_RESOURCE);
}

bool morsel_may_see_quota(kuid_t uid)
{
	return uid_eq(uid, current_fsuid()) || capable(CAP_SYS_ADMIN);
}

bool morsel_may_see_nameless(struct inode *inode)
{
	return uid_eq(inode->i_uid, current_fsuid()) || capable(CAP_SYS_ADMIN);
}
