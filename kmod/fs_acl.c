// SPDX-License-Identifier: GPL-2.0-only
/* POSIX ACLs, kept in the inode and nowhere else. */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/security.h>
#include <linux/xattr.h>
#include "event.h"
#include "fs_internal.h"
#include "store.h"

/* No array of const pointers: 6.1 wants s_xattr without. */
const struct xattr_handler *morsel_xattr_handlers[] = {
	&morsel_acl_access_handler,
	&morsel_acl_default_handler,
	NULL
};

/* Context: i_rwsem held exclusive; the VFS has checked ownership and the ACL's form. */
int morsel_set_acl(morsel_idmap_t *idmap, morsel_acl_target_t *target, struct posix_acl *acl,
		   int type)
{
	struct inode *inode = morsel_acl_inode(target);
	struct timespec64 ctime = inode_get_ctime(inode);
	umode_t mode = inode->i_mode;
	int error;

	if (acl && acl->a_count > MORSEL_ACL_ENTRIES_MAX)
		return -E2BIG;
	if (type == ACL_TYPE_ACCESS) {
		error = posix_acl_update_mode(idmap, inode, &inode->i_mode, &acl);
		if (error)
			return error;
	}
	inode_set_ctime_current(inode);
	error = morsel_store_set_acl(inode, acl, type);
	if (error) {
		inode->i_mode = mode;
		inode_set_ctime_to_ts(inode, ctime);
		return error;
	}
	set_cached_acl(inode, type, acl);
	morsel_rights_changed(inode);
	morsel_pool_changed(morsel_pool(inode->i_sb));
	morsel_event_inode(MORSEL_EVENT_RIGHTS, inode);
	return 0;
}

int morsel_put_acl(struct dentry *dentry, struct posix_acl *acl, int type)
{
	lockdep_assert_held_write(&d_inode(dentry)->i_rwsem);
	return morsel_set_acl(morsel_nop_idmap, morsel_acl_target(dentry), acl, type);
}

static const struct {
	int type;
	const char *name;
} morsel_acl_xattrs[] = {
	{ ACL_TYPE_ACCESS,	XATTR_NAME_POSIX_ACL_ACCESS },
	{ ACL_TYPE_DEFAULT,	XATTR_NAME_POSIX_ACL_DEFAULT },
};

/* The generic function lists the names of both ACLs whether there are any or not. */
ssize_t morsel_listxattr(struct dentry *dentry, char *buffer, size_t size)
{
	struct posix_acl *acl;
	ssize_t total = 0;
	size_t len, i;

	for (i = 0; i < ARRAY_SIZE(morsel_acl_xattrs); i++) {
		acl = get_cached_acl(d_inode(dentry), morsel_acl_xattrs[i].type);
		if (IS_ERR_OR_NULL(acl))
			continue;
		posix_acl_release(acl);
		len = strlen(morsel_acl_xattrs[i].name) + 1;
		if (size && total + len > size)
			return -ERANGE;
		if (size)
			memcpy(buffer + total, morsel_acl_xattrs[i].name, len);
		total += len;
	}
	return total;
}

int morsel_init_rights(struct inode *inode, struct inode *dir, const struct qstr *name)
{
	struct posix_acl *default_acl, *acl;
	int error;

	if (S_ISLNK(inode->i_mode)) {
		cache_no_acl(inode);
	} else {
		error = posix_acl_create(dir, &inode->i_mode, &default_acl, &acl);
		if (error)
			return error;
		set_cached_acl(inode, ACL_TYPE_DEFAULT, default_acl);
		set_cached_acl(inode, ACL_TYPE_ACCESS, acl);
		posix_acl_release(default_acl);
		posix_acl_release(acl);
	}
	error = security_inode_init_security(inode, dir, name, NULL, NULL);
	return error == -EOPNOTSUPP ? 0 : error;
}
