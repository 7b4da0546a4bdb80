/* SPDX-License-Identifier: GPL-2.0-only */
/* Who is asking, and what he may know. */
#ifndef MORSEL_RIGHTS_H
#define MORSEL_RIGHTS_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct inode;
struct mm_struct;
struct morsel_pool;
struct sk_buff;
struct task_struct;

/**
 * morsel_caller_check() - judge who sent a request
 * @skb: the request, from a socket of user space
 * @admin: the request needs CAP_SYS_ADMIN in the initial user namespace
 *
 * The opener of the socket and the sender must have the same rights.  So a
 * socket that is handed to a program with more rights cannot borrow them, and
 * it is enough to look at the sender from here on.
 *
 * Context: the sender's sendmsg().
 * Return: NULL, or why the request is refused with EPERM (a constant).
 */
const char *morsel_caller_check(const struct sk_buff *skb, bool admin);

/* May the current credentials know that the pool exists? */
bool morsel_may_see_pool(const struct morsel_pool *pool);

/* May they see what a user has, and his quota? */
bool morsel_may_see_quota(kuid_t uid);

/* May they read the memory of a process, whose is @mm (NULL: none any more)? */
bool morsel_may_read_process(struct task_struct *task, const struct mm_struct *mm);

/* Have they CAP_SYS_ADMIN in the initial user namespace? */
bool morsel_is_admin(void);

/* Have they CAP_SYS_RESOURCE in the initial user namespace? */
bool morsel_may_exceed_limits(void);

/* May they see an object that has no name? */
bool morsel_may_see_nameless(struct inode *inode);

/* May they read the contents? */
bool morsel_may_read(struct inode *inode);

/* May they say who has which rights on the object? */
bool morsel_may_own(struct inode *inode);

/* May they pass through a directory; and list it? */
bool morsel_may_search(struct inode *dir);
bool morsel_may_list(struct inode *dir);

#endif
