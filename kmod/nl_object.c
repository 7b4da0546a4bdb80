// SPDX-License-Identifier: GPL-2.0-only
/* Requests about one object: find it, get it. */
#include "fs.h"
#include "nl.h"
#include "nl_object.h"
#include "nl_usage.h"

static int refuse_id(struct genl_info *info, int error)
{
	return morsel_nl_refuse_errno(info->extack, info->attrs[MORSEL_A_OBJECT_ID], error);
}

int morsel_nl_check_id(struct genl_info *info, const struct inode *inode)
{
	const struct nlattr *id = info->attrs[MORSEL_A_OBJECT_ID];

	return id && nla_get_u64(id) != inode->i_ino ? refuse_id(info, -ESTALE) : 0;
}

const struct nlattr *morsel_nl_require(struct genl_info *info, int attr, const char *why)
{
	if (info->attrs[attr])
		return info->attrs[attr];
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	morsel_nl_refuse(info->extack, NULL, -EINVAL, why);
	return NULL;
}

static int find_by_path(struct morsel_nl_found *found, struct genl_info *info)
{
	const struct nlattr *path = info->attrs[MORSEL_A_OBJECT_PATH];
	struct dentry *dir;

	found->dentry = morsel_nl_walk(found->object.pool, path, info->extack);
	if (IS_ERR(found->dentry))
		return PTR_ERR(found->dentry);
	found->object.inode = d_inode(found->dentry);
	found->object.path = nla_data(path);
	if (!IS_ROOT(found->dentry)) {
		dir = dget_parent(found->dentry);
		found->object.parent = d_inode(dir)->i_ino;
		dput(dir);
	}
	return morsel_nl_check_id(info, found->object.inode);
}

static int find_by_id(struct morsel_nl_found *found, struct genl_info *info)
{
	u64 id = nla_get_u64(info->attrs[MORSEL_A_OBJECT_ID]);
	struct inode *inode;
	int error;

	error = morsel_nl_place_init(&found->place);
	if (error)
		return error;
	inode = morsel_inode_get(found->object.pool, id);
	if (!inode)
		return refuse_id(info, -ENOENT);
	found->object.inode = inode;
	if (morsel_nl_locate(&found->place, &found->object))
		found->dentry = d_find_alias(inode) ?: d_find_any_alias(inode);
	iput(inode);	/* the dentry holds it */
	return found->dentry ? 0 : refuse_id(info, -ENOENT);
}

int morsel_nl_find(struct morsel_nl_found *found, struct genl_info *info)
{
	int error;

	*found = (struct morsel_nl_found){ .object.pool = morsel_nl_pool(info) };
	if (info->attrs[MORSEL_A_OBJECT_PATH])
		error = find_by_path(found, info);
	else if (morsel_nl_require(info, MORSEL_A_OBJECT_ID,
				   "an object must be given, by path or by id"))
		error = find_by_id(found, info);
	else
		error = -EINVAL;
	if (error)
		morsel_nl_found_put(found);
	return error;
}

void morsel_nl_found_put(struct morsel_nl_found *found)
{
	if (!IS_ERR(found->dentry))
		dput(found->dentry);
	morsel_nl_place_exit(&found->place);
}

int morsel_nl_get(struct genl_info *info, size_t more, morsel_nl_fill_t fill)
{
	struct morsel_nl_found found;
	struct sk_buff *reply;
	int error;

	if (info->attrs[MORSEL_A_OBJECT_RECURSIVE])
		return morsel_nl_refuse(info->extack, info->attrs[MORSEL_A_OBJECT_RECURSIVE],
					-EINVAL, "recursive is for dumps");
	error = morsel_nl_find(&found, info);
	if (error)
		return error;
	found.object.max_age = morsel_nl_max_age(info->attrs);
	reply = genlmsg_new(morsel_nl_object_size(&found.object) + more, GFP_KERNEL);
	error = reply ? morsel_nl_send(reply, info, &found.object, fill) : -ENOMEM;
	morsel_nl_found_put(&found);
	return error;
}

int morsel_nl_morsel_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return morsel_nl_get(info, 0, morsel_nl_fill_object);
}
