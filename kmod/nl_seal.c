// SPDX-License-Identifier: GPL-2.0-only
/* Requests to seal. */
#include "nl.h"
#include "nl_object.h"
#include "revoke.h"

static int refuse_seal(struct genl_info *info, int error)
{
	if (error == -EBUSY)
		return morsel_nl_refuse(info->extack, NULL, error,
					"direct I/O or a pipe has pages of the object: try again");
	if (error == -EPERM)
		return morsel_nl_refuse(info->extack, NULL, error,
					"only the owner of the object, or CAP_FOWNER, may seal it");
	return morsel_nl_refuse_errno(info->extack, NULL, error);
}

static int check_type(struct genl_info *info, const struct inode *inode)
{
	if (S_ISREG(inode->i_mode))
		return 0;
	return S_ISDIR(inode->i_mode) ?
		morsel_nl_refuse(info->extack, NULL, -EISDIR, "there are no contents to seal") :
		morsel_nl_refuse(info->extack, NULL, -EINVAL, "a symbolic link cannot be sealed");
}

static int seal_found(struct genl_info *info, struct morsel_nl_found *found)
{
	struct sk_buff *reply;
	int error;

	error = check_type(info, found->object.inode);
	if (error)
		return error;
	reply = morsel_nl_object_reply(&found->object);
	if (!reply)
		return -ENOMEM;
	error = morsel_nl_start_write(info);
	if (error)
		goto out_reply;
	error = morsel_seal(found->dentry);
	morsel_nl_end_write(info);
	if (error) {
		refuse_seal(info, error);
		goto out_reply;
	}
	morsel_nl_send_object(reply, info, &found->object);
	return 0;

out_reply:
	nlmsg_free(reply);
	return error;
}

int morsel_nl_morsel_seal_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct morsel_nl_found found;
	int error;

	error = morsel_nl_find(&found, info);
	if (error)
		return error;
	error = seal_found(info, &found);
	morsel_nl_found_put(&found);
	return error;
}
