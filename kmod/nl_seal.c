// SPDX-License-Identifier: GPL-2.0-only
/* Requests to seal. */
#include "nl.h"
#include "nl_object.h"
#include "revoke.h"

static int seal_contents(struct genl_info *info, struct dentry *dentry, void *data)
{
	int error = morsel_seal(dentry);

	if (error == -EBUSY)
		return morsel_nl_refuse(info->extack, NULL, error,
					"direct I/O or a pipe has pages of the object: try again");
	if (error == -EPERM)
		return morsel_nl_refuse(info->extack, NULL, error,
					"only the owner of the object, or CAP_FOWNER, may seal it");
	return error ? morsel_nl_refuse_errno(info->extack, NULL, error) : 0;
}

static int check_type(struct genl_info *info, const struct inode *inode)
{
	if (S_ISREG(inode->i_mode))
		return 0;
	return S_ISDIR(inode->i_mode) ?
		morsel_nl_refuse(info->extack, NULL, -EISDIR, "there are no contents to seal") :
		morsel_nl_refuse(info->extack, NULL, -EINVAL, "a symbolic link cannot be sealed");
}

int morsel_nl_morsel_seal_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct morsel_nl_found found;
	int error;

	error = morsel_nl_find(&found, info);
	if (error)
		return error;
	error = check_type(info, found.object.inode);
	if (!error)
		error = morsel_nl_do_change(info, &found, seal_contents, NULL);
	morsel_nl_found_put(&found);
	return error;
}
