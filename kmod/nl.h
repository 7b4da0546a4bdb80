/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the generic netlink family share. */
#ifndef MORSEL_NL_H
#define MORSEL_NL_H

#include <linux/dcache.h>
#include <net/genetlink.h>
#include <uapi/linux/morsel.h>
#include "compat.h"
#include "pool.h"

extern struct genl_family morsel_nl_family;

/* Multicast groups, by their place in the family. */
enum morsel_nl_group {
	MORSEL_EVENT_GROUP,
};

/* genl_ops.internal_flags: what pre_doit sees to */
enum morsel_nl_need {
	MORSEL_NL_ADMIN = BIT(0),	/* CAP_SYS_ADMIN */
	MORSEL_NL_POOL = BIT(1),	/* the pool that the attributes name */
};

/* The pool of a request whose command has MORSEL_NL_POOL; post_doit puts it. */
static inline struct morsel_pool *morsel_nl_pool(const struct genl_info *info)
{
	return info->user_ptr[0];
}

/* nl_pool.c */
int morsel_nl_pool_get_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_pool_new_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_pool_del_doit(struct sk_buff *skb, struct genl_info *info);

/* nl_object.c, nl_name.c */
int morsel_nl_morsel_get_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_morsel_new_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_morsel_set_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_morsel_rename_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_morsel_del_doit(struct sk_buff *skb, struct genl_info *info);

/* nl_rights.c, nl_seal.c */
int morsel_nl_rights_get_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_rights_set_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_morsel_seal_doit(struct sk_buff *skb, struct genl_info *info);

/* nl_usage.c */
int morsel_nl_usage_get_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_attachment_get_start(struct netlink_callback *cb);
int morsel_nl_attachment_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* nl_watch.c */
int morsel_nl_morsel_watch_doit(struct sk_buff *skb, struct genl_info *info);

/* nl_quota.c */
int morsel_nl_quota_get_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_quota_set_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_quota_get_start(struct netlink_callback *cb);
int morsel_nl_quota_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* nl_reserve.c, nl_vas.c */
int morsel_nl_window_get_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_window_set_doit(struct sk_buff *skb, struct genl_info *info);
int morsel_nl_vas_get_start(struct netlink_callback *cb);
int morsel_nl_vas_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* nl_dump.c */
int morsel_nl_pool_get_start(struct netlink_callback *cb);
int morsel_nl_pool_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int morsel_nl_morsel_get_start(struct netlink_callback *cb);
int morsel_nl_rights_get_start(struct netlink_callback *cb);
int morsel_nl_morsel_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int morsel_nl_dump_done(struct netlink_callback *cb);

/*
 * nl_walk.c: names to objects, with the rights of the current credentials.
 * They fill in @extack when they refuse.
 */

/**
 * morsel_nl_find_pool() - the pool that the first two attributes name
 *
 * Return: the pool with a reference (morsel_pool_put()), or ERR_PTR: -EINVAL
 * (not named), -ENOENT (none, or one that the caller may not see).
 */
struct morsel_pool *morsel_nl_find_pool(struct nlattr **attrs, struct netlink_ext_ack *extack);

/* Return: the dentry at the path in @attr with a reference; positive. */
struct dentry *morsel_nl_walk(struct morsel_pool *pool, const struct nlattr *attr,
			      struct netlink_ext_ack *extack);

/**
 * morsel_nl_walk_parent() - walk to the directory that holds the last component
 * @last: set to the last component, which points into @attr; not looked up
 *
 * Return: the directory with a reference, or ERR_PTR.
 */
struct dentry *morsel_nl_walk_parent(struct morsel_pool *pool, const struct nlattr *attr,
				     struct qstr *last, struct netlink_ext_ack *extack);

/*
 * nl_place.c: objects to names.
 */

/* An object as it is told about: one for GET, DUMP and events. */
struct morsel_nl_object {
	struct morsel_pool *pool;
	struct inode *inode;
	const char *path;	/* NULL: no name, or too long a one */
	const char *old_path;	/* RENAME events only */
	u64 parent;		/* id of the directory; 0: none */
	s64 max_age;		/* usage only: see morsel_usage_get() */
	bool created;
	u64 watch;		/* reply to WATCH only: its number; 0: none */
};

/* A directory, where it is, and what the current credentials may know of it. */
struct morsel_nl_place {
	u64 within;		/* in: id of a directory; 0: everything is inside */
	bool recursive;		/* in: what is below the directory is inside, too */

	struct dentry *dir;	/* with a reference; NULL: none yet */
	bool visible;		/* @dir may be listed, and all above it searched */
	bool inside;		/* what @dir holds is inside */
	size_t len;		/* of the path of @dir in @buf, its slash included */
	size_t size;		/* of @buf: as much as most paths need, or PATH_MAX */
	char *buf;
};

/* Has it a name?  The root is not on the hash, what is removed not either. */
static inline bool morsel_nl_is_named(const struct dentry *dentry)
{
	return !d_unhashed(dentry) || dentry == dentry->d_sb->s_root;
}

/* @place->within and recursive are set.  Return: 0 or -ENOMEM. */
int morsel_nl_place_init(struct morsel_nl_place *place);
/* Forget the directory: the pool is about to be put. */
void morsel_nl_place_leave(struct morsel_nl_place *place);
void morsel_nl_place_exit(struct morsel_nl_place *place);

/**
 * morsel_nl_locate() - find out where an object is
 * @place: kept between calls, so that objects of one directory cost one look at it
 * @object: pool and inode are set; path and parent are filled in.  The path is
 *	in the buffer of @place and good until the next call.
 *
 * A name is read together with the directory that holds it: no name leaks from
 * a directory that the object is being moved to.
 *
 * Context: process; the current credentials are the reader's.
 * Return: true if the reader may see the object, and it is inside.
 */
bool morsel_nl_locate(struct morsel_nl_place *place, struct morsel_nl_object *object);
/* The same of one name: that of @dentry, or @name in @dir, whether it is still there or not. */
bool morsel_nl_locate_name(struct morsel_nl_place *place, struct morsel_nl_object *object,
			   struct dentry *dentry);
bool morsel_nl_locate_in(struct morsel_nl_place *place, struct morsel_nl_object *object,
			 struct dentry *dir, const char *name);

/* nl_refuse.c */
/* Refuse.  @why is a constant.  Return: @error. */
int morsel_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int error,
		     const char *why);
/* Refuse with what @error of a file system operation means. */
int morsel_nl_refuse_errno(struct netlink_ext_ack *extack, const struct nlattr *attr, int error);

/*
 * nl_fill.c: one fill function per noun.
 */

/* Room for the attributes of a pool, of an object. */
size_t morsel_nl_pool_size(void);
size_t morsel_nl_object_size(const struct morsel_nl_object *object);
/* Which object it is.  Context: any.  Return: 0 or -EMSGSIZE. */
int morsel_nl_fill_identity(struct sk_buff *skb, const struct morsel_nl_object *object);
/*
 * Context: process.  Ids are those of @reader.
 * Return: 0 or -EMSGSIZE.
 */
int morsel_nl_fill_pool(struct sk_buff *skb, const struct morsel_pool *pool,
			struct user_namespace *reader);
int morsel_nl_fill_object(struct sk_buff *skb, const struct morsel_nl_object *object,
			  struct user_namespace *reader);

/* The same and the rights on it.  nl_rights.c */
int morsel_nl_fill_rights(struct sk_buff *skb, const struct morsel_nl_object *object,
			  struct user_namespace *reader);

/* nl_usage.c: the same and how it is used.  Sleeps.  Return: 0, -EMSGSIZE, -EINTR. */
int morsel_nl_fill_usage(struct sk_buff *skb, const struct morsel_nl_object *object,
			 struct user_namespace *reader);

typedef int (*morsel_nl_fill_t)(struct sk_buff *skb, const struct morsel_nl_object *object,
				struct user_namespace *reader);

/* Fill @reply, which must have room for it, and send it.  Consumes it. */
int morsel_nl_send(struct sk_buff *reply, struct genl_info *info,
		   const struct morsel_nl_object *object, morsel_nl_fill_t fill);

/* A reply that is sure to hold @object. */
struct sk_buff *morsel_nl_object_reply(const struct morsel_nl_object *object);
/* Fill @reply and send it.  Consumes it. */
int morsel_nl_send_object(struct sk_buff *reply, struct genl_info *info,
			  const struct morsel_nl_object *object);

#endif
