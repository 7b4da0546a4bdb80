/* SPDX-License-Identifier: GPL-2.0-only */
/* What requests about one object share. */
#ifndef MORSEL_NL_OBJECT_H
#define MORSEL_NL_OBJECT_H

#include "nl.h"

/* The object that a request names. */
struct morsel_nl_found {
	struct dentry *dentry;		/* with a reference; unhashed if it has no name */
	struct morsel_nl_object object;	/* its strings are in the request or in @place */
	struct morsel_nl_place place;
};

/*
 * nl_object.c
 *
 * Find by path, or by id.  Return: 0 (morsel_nl_found_put() is due), or an error
 * with extack filled in.
 */
int morsel_nl_find(struct morsel_nl_found *found, struct genl_info *info);
void morsel_nl_found_put(struct morsel_nl_found *found);

/* Reply with what @fill tells of the object that the request names; @more bytes beyond what
 * morsel_nl_object_size() has.
 */
int morsel_nl_get(struct genl_info *info, size_t more, morsel_nl_fill_t fill);

/* Return: -ESTALE if the request names another id. */
int morsel_nl_check_id(struct genl_info *info, const struct inode *inode);

/* Return: the attribute, or NULL and extack says that it is missing. */
const struct nlattr *morsel_nl_require(struct genl_info *info, int attr, const char *why);

/* nl_set.c: size, permission bits, owner and group as asked for. */

/* Return: 0; -EINVAL with extack filled in. */
int morsel_nl_wanted(struct genl_info *info, struct iattr *want);
/*
 * Change them all or none.  Context: process; sb_start_write() is held; i_rwsem of
 * the object is not, that of its directory may be.  Return: as notify_change().
 */
int morsel_nl_change(struct dentry *dentry, struct iattr *want);
/* Refuse, and blame the attribute it is most likely about. */
int morsel_nl_refuse_change(struct genl_info *info, int error);

/* Take i_rwsem, but do not wait for ever.  Return: 0, -EBUSY, -EINTR. */
int morsel_nl_lock(struct inode *inode);

/*
 * nl_reserve.c: addresses.  Errors have extack filled in.
 */

/* Does the request say something about an address? */
bool morsel_nl_wants_place(struct genl_info *info);
/* Can what the request says about a new object be? */
int morsel_nl_check_place(struct genl_info *info, bool directory);
/* Give the object the address that the request asks for, if any. */
int morsel_nl_new_place(struct genl_info *info, struct inode *inode);
/* Change the address of an object, and reply. */
int morsel_nl_set_place(struct genl_info *info, struct morsel_nl_found *found);

/*
 * Begin and end a change in a pool.  Return: 0; -EROFS with extack filled in.
 */
int morsel_nl_start_write(struct genl_info *info);
void morsel_nl_end_write(struct genl_info *info);
/*
 * Have @change change the object within the two, and reply with what it is then.
 * Return: 0; -ENOMEM, -EROFS, -EBUSY, or @change's error; nothing has changed then.
 */
int morsel_nl_do_change(struct genl_info *info, struct morsel_nl_found *found,
			int (*change)(struct genl_info *info, struct dentry *dentry, void *data),
			void *data);

#endif
