// SPDX-License-Identifier: GPL-2.0-only
/* Requests about pools. */
#include "fs.h"
#include "nl.h"

static struct sk_buff *pool_reply(void)
{
	return genlmsg_new(morsel_nl_pool_size(), GFP_KERNEL);
}

/* Consumes @reply. */
static int send_pool(struct sk_buff *reply, struct genl_info *info, const struct morsel_pool *pool)
{
	void *header = genlmsg_put_reply(reply, info, &morsel_nl_family, 0, info->genlhdr->cmd);

	if (WARN_ON_ONCE(!header || morsel_nl_fill_pool(reply, pool, current_user_ns()))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int morsel_nl_pool_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = pool_reply();

	if (!reply)
		return -ENOMEM;
	return send_pool(reply, info, morsel_nl_pool(info));
}

static int pool_name(struct morsel_pool_params *params, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[MORSEL_A_POOL_NAME];
	const char *why;

	if (!name) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, MORSEL_A_POOL_NAME);
		return morsel_nl_refuse(info->extack, NULL, -EINVAL, "a new pool needs a name");
	}
	if (strlen(nla_data(name)) + 1 != nla_len(name))
		return morsel_nl_refuse(info->extack, name, -EINVAL,
					"the name of the pool goes on after its NUL");
	why = morsel_pool_check_name(nla_data(name));
	if (why)
		return morsel_nl_refuse(info->extack, name, -EINVAL, why);
	strscpy(params->name, nla_data(name), sizeof(params->name));
	return 0;
}

static int pool_owner(struct morsel_pool_params *params, struct genl_info *info)
{
	const struct nlattr *uid = info->attrs[MORSEL_A_POOL_UID];
	const struct nlattr *gid = info->attrs[MORSEL_A_POOL_GID];

	params->uid = uid ? make_kuid(current_user_ns(), nla_get_u32(uid)) : current_fsuid();
	params->gid = gid ? make_kgid(current_user_ns(), nla_get_u32(gid)) : current_fsgid();
	if (!uid_valid(params->uid))
		return morsel_nl_refuse(info->extack, uid, -EINVAL, "no such user id");
	if (!gid_valid(params->gid))
		return morsel_nl_refuse(info->extack, gid, -EINVAL, "no such group id");
	return 0;
}

static int pool_params(struct morsel_pool_params *params, struct genl_info *info)
{
	const struct nlattr *size = info->attrs[MORSEL_A_POOL_SIZE];
	const struct nlattr *max = info->attrs[MORSEL_A_POOL_OBJECTS_MAX];
	const struct nlattr *mode = info->attrs[MORSEL_A_POOL_MODE];
	const struct nlattr *huge = info->attrs[MORSEL_A_POOL_HUGE];
	const char *why;
	int error;

	params->size = size ? nla_get_u64(size) : 0;
	params->inodes_max = max ? nla_get_u64(max) : 0;
	params->mode = mode ? nla_get_u32(mode) : 0755;
	params->huge = !huge || nla_get_u32(huge) == MORSEL_HUGE_ALWAYS;
	error = pool_name(params, info) ?: pool_owner(params, info);
	if (error)
		return error;
	/* Everything but the size has been judged. */
	why = morsel_pool_check(params);
	return why ? morsel_nl_refuse(info->extack, size, -EINVAL, why) : 0;
}

static int refuse_create(struct genl_info *info, int error)
{
	const struct nlattr *name = info->attrs[MORSEL_A_POOL_NAME];

	if (error == -EEXIST || error == -EBUSY)
		return morsel_nl_refuse(info->extack, name, -EEXIST,
					"there is a pool of that name");
	return morsel_nl_refuse_errno(info->extack, name, error);
}

int morsel_nl_pool_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct morsel_pool_params params = {};
	struct morsel_pool *pool;
	struct sk_buff *reply;
	int error;

	error = pool_params(&params, info);
	if (error)
		return error;
	reply = pool_reply();
	if (!reply)
		return -ENOMEM;
	pool = morsel_pool_create(&params);
	if (IS_ERR(pool)) {
		nlmsg_free(reply);
		return refuse_create(info, PTR_ERR(pool));
	}
	/* The pool is there, whether or not the sender has room for the reply. */
	send_pool(reply, info, pool);
	morsel_pool_put(pool);
	return 0;
}

int morsel_nl_pool_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[MORSEL_A_POOL_NAME] ?:
				    info->attrs[MORSEL_A_POOL_ID];
	int error = morsel_pool_destroy(morsel_nl_pool(info));

	if (error == -EBUSY)
		return morsel_nl_refuse(info->extack, attr, error,
					"the pool is mounted, or an object of it is in use");
	if (error == -EPERM)
		return morsel_nl_refuse(info->extack, attr, error,
					"mount(2) made the pool; it ends with its last umount");
	if (error == -ENOENT)
		return morsel_nl_refuse(info->extack, attr, error, "no such pool");
	return error ? morsel_nl_refuse_errno(info->extack, attr, error) : 0;
}
