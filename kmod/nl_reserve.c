// SPDX-License-Identifier: GPL-2.0-only
/* Requests about addresses of objects, and about the morsel window. */
#include "event.h"
#include "fs.h"
#include "nl.h"
#include "nl_object.h"
#include "rights.h"
#include "store.h"

static const struct nlattr *addr_attr(struct genl_info *info)
{
	return info->attrs[MORSEL_A_OBJECT_ADDR];
}

static bool names_place(struct genl_info *info)
{
	return addr_attr(info) || info->attrs[MORSEL_A_OBJECT_MAX_SIZE];
}

/* Of a request to change an object: the attributes of one to make it end before NO_ADDR. */
bool morsel_nl_wants_place(struct genl_info *info)
{
	return names_place(info) || info->attrs[MORSEL_A_OBJECT_NO_ADDR];
}

/* What can be said without looking at an object. */
static int check_request(struct genl_info *info)
{
	const struct nlattr *addr = addr_attr(info), *max = info->attrs[MORSEL_A_OBJECT_MAX_SIZE];

	if (max && !addr)
		return morsel_nl_refuse(info->extack, max, -EINVAL,
					"only an object with an address has a largest size");
	if (addr && nla_get_u64(addr) && !morsel_may_choose_address())
		return morsel_nl_refuse(info->extack, addr, -EPERM,
					"only CAP_SYS_ADMIN may choose an address");
	return 0;
}

int morsel_nl_check_place(struct genl_info *info, bool directory)
{
	const struct nlattr *size = info->attrs[MORSEL_A_OBJECT_SIZE];

	if (!names_place(info))
		return 0;
	if (directory)
		return morsel_nl_refuse(info->extack, addr_attr(info), -EINVAL,
					"a directory has no address");
	if (addr_attr(info) && !info->attrs[MORSEL_A_OBJECT_MAX_SIZE] &&
	    !(size && nla_get_u64(size)))
		return morsel_nl_refuse(info->extack, addr_attr(info), -EINVAL,
					"an address needs a size, or a largest size");
	return check_request(info);
}

static int refuse(struct genl_info *info, struct inode *inode, u64 max, int error)
{
	const struct nlattr *max_attr = info->attrs[MORSEL_A_OBJECT_MAX_SIZE];
	const struct nlattr *addr = addr_attr(info);
	const char *why = "";

	switch (error) {
	case -EBUSY:
		why = "the object is mapped";
		break;
	case -EFBIG:
		why = i_size_read(inode) > max ? "the object is larger than that" :
						 "larger than the morsel window";
		addr = max_attr ?: addr;
		break;
	case -EINVAL:
		why = max ? "an address is a multiple of 2 MiB, of a large object of 1 GiB" :
			    "an address needs a size, or a largest size";
		break;
	case -ERANGE:
		why = "not in the morsel window";
		break;
	case -EADDRINUSE:
		why = "another object has addresses there";
		break;
	case -EDQUOT:
		why = "too much for the owner, see the module parameter user_addresses";
		addr = max_attr ?: addr;
		break;
	case -ENOSPC:
		why = "the morsel window has no gap that is large enough";
		break;
	}
	return morsel_nl_refuse(info->extack, addr, error, why);
}

/* Of an object that has an address and is to have another one. */
static u64 default_max(const struct inode *inode)
{
	const struct morsel_reservation *own = &morsel_i(inode)->reservation;

	return READ_ONCE(own->start) ? own->max : i_size_read(inode);
}

/* Context: i_rwsem of the object held. */
static int reserve(struct genl_info *info, struct inode *inode)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_OBJECT_MAX_SIZE];
	u64 max = attr ? nla_get_u64(attr) : default_max(inode);
	u64 addr = nla_get_u64(addr_attr(info));
	int error;

	error = morsel_store_reserve(inode, addr, max);
	if (error == -EADDRINUSE || error == -ENOSPC)
		morsel_event_collision(inode, addr, morsel_reserve_length(max), 0, -error);
	return error ? refuse(info, inode, max, error) : 0;
}

static int refuse_lock(struct genl_info *info, int error)
{
	return morsel_nl_refuse(info->extack, NULL, error, "the object is being written to");
}

int morsel_nl_new_place(struct genl_info *info, struct inode *inode)
{
	int error;

	if (!addr_attr(info))
		return 0;
	error = morsel_nl_lock(inode);
	if (error)
		return refuse_lock(info, error);
	error = reserve(info, inode);
	inode_unlock(inode);
	return error;
}

static int unreserve(struct genl_info *info, struct inode *inode)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_OBJECT_NO_ADDR];
	int error = morsel_store_unreserve(inode);

	if (error == -EBUSY)
		return morsel_nl_refuse(info->extack, attr, error, "the object is mapped");
	return error ? morsel_nl_refuse(info->extack, attr, error, "the object has no address") : 0;
}

static int check_set(struct genl_info *info, struct inode *inode)
{
	const struct nlattr *none = info->attrs[MORSEL_A_OBJECT_NO_ADDR];
	const struct nlattr *attr = addr_attr(info) ?: none;

	if (info->attrs[MORSEL_A_OBJECT_SIZE] || info->attrs[MORSEL_A_OBJECT_MODE] ||
	    info->attrs[MORSEL_A_OBJECT_UID] || info->attrs[MORSEL_A_OBJECT_GID])
		return morsel_nl_refuse(info->extack, attr, -EINVAL,
					"an address changes by itself, not with other attributes");
	if (none && addr_attr(info))
		return morsel_nl_refuse(info->extack, none, -EINVAL,
					"addr and no-addr exclude each other");
	if (!S_ISREG(inode->i_mode))
		return morsel_nl_refuse(info->extack, attr, -EINVAL, "only a file has an address");
	if (!morsel_may_own(inode))
		return morsel_nl_refuse(info->extack, attr, -EPERM,
					"only the owner may change the address, or CAP_FOWNER");
	return check_request(info);
}

/* Context: the pool may be written to. */
static int change(struct genl_info *info, struct dentry *dentry, void *data)
{
	struct inode *inode = d_inode(dentry);
	int error;

	error = morsel_nl_lock(inode);
	if (error)
		return refuse_lock(info, error);
	error = check_set(info, inode);
	if (!error)
		error = addr_attr(info) ? reserve(info, inode) : unreserve(info, inode);
	if (!error) {
		inode_set_ctime_current(inode);
		morsel_pool_changed(morsel_pool(inode->i_sb));
		morsel_event_object(MORSEL_EVENT_SET, dentry);
	}
	inode_unlock(inode);
	return error;
}

int morsel_nl_set_place(struct genl_info *info, struct morsel_nl_found *found)
{
	return morsel_nl_do_change(info, found, change, NULL);
}

/* ---- the window ---- */

static int fill_window(struct sk_buff *skb, const struct morsel_window *window, u64 fit)
{
	const struct {
		int attr;
		u64 value;
	} numbers[] = {
		{ MORSEL_A_WINDOW_START, window->start },
		{ MORSEL_A_WINDOW_END, window->end },
		{ MORSEL_A_WINDOW_RESERVATIONS, window->reservations },
		{ MORSEL_A_WINDOW_RESERVED, window->reserved },
		{ MORSEL_A_WINDOW_LARGEST_GAP, window->largest_gap },
		{ MORSEL_A_WINDOW_ADDR, fit },
	};
	unsigned int i, count = ARRAY_SIZE(numbers) - !fit;

	for (i = 0; i < count; i++)
		if (nla_put_u64_64bit(skb, numbers[i].attr, numbers[i].value, MORSEL_A_WINDOW_PAD))
			return -EMSGSIZE;
	return 0;
}

static struct sk_buff *window_reply(void)
{
	return genlmsg_new(MORSEL_A_WINDOW_MAX * nla_total_size_64bit(sizeof(u64)), GFP_KERNEL);
}

/* @max: say where an object of that size would go; or NULL.  Consumes @reply. */
static int send_window(struct sk_buff *reply, struct genl_info *info, const struct nlattr *max)
{
	void *header = genlmsg_put_reply(reply, info, &morsel_nl_family, 0, info->genlhdr->cmd);
	struct morsel_window window;

	morsel_window_get(&window);
	if (WARN_ON_ONCE(!header || fill_window(reply, &window,
						max ? morsel_reserve_look(nla_get_u64(max)) : 0))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int morsel_nl_window_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = window_reply();

	if (!reply)
		return -ENOMEM;
	return send_window(reply, info, info->attrs[MORSEL_A_WINDOW_MAX_SIZE]);
}

static int require(struct genl_info *info, int attr)
{
	if (info->attrs[attr])
		return 0;
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	return morsel_nl_refuse(info->extack, NULL, -EINVAL, "the window needs a start and an end");
}

int morsel_nl_window_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	const char *why;
	int error;

	error = require(info, MORSEL_A_WINDOW_START) ?: require(info, MORSEL_A_WINDOW_END);
	if (error)
		return error;
	reply = window_reply();
	if (!reply)
		return -ENOMEM;
	why = morsel_window_set(nla_get_u64(info->attrs[MORSEL_A_WINDOW_START]),
				nla_get_u64(info->attrs[MORSEL_A_WINDOW_END]), &error);
	if (!why) {
		/* The attributes of this command end before the size. */
		send_window(reply, info, NULL);
		return 0;
	}
	nlmsg_free(reply);
	return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_WINDOW_START], error, why);
}
