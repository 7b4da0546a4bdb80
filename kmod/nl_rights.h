/* SPDX-License-Identifier: GPL-2.0-only */
/* Access control lists as attributes: for nl_rights.c. */
#ifndef MORSEL_NL_RIGHTS_H
#define MORSEL_NL_RIGHTS_H

#include <linux/posix_acl.h>
#include "nl.h"

/**
 * morsel_nl_parse_acl() - the list that the entries @attr of a request make
 * @acl: set to the list, NULL if there are no entries; posix_acl_release() is due
 *
 * Entries may come in any order.  Ids are those of the sender's user namespace.
 *
 * Return: 0, or an error with extack filled in.
 */
int morsel_nl_parse_acl(struct genl_info *info, int attr, struct posix_acl **acl);

/* Room for both lists of an object, however long. */
size_t morsel_nl_acl_size(void);
/* Both lists of an object.  Return: 0 or -EMSGSIZE. */
int morsel_nl_fill_acl(struct sk_buff *skb, struct inode *inode, struct user_namespace *reader);

#endif
