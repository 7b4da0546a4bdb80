/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking rights away from somebody in a list, and whether he has any still; also for morsel-top. */
#ifndef TAKE_H
#define TAKE_H

#include "decide.h"

/*
 * Take what->perm from whom @what names. A user keeps what else he had, by an entry of his
 * own: the most of it that he could use at once. A group that is not in the list keeps what
 * all groups of it and the others have. The owner, or the owning group, is known by his name,
 * too. Nobody has more than before; all but these have as much, unless the list was not looked
 * at (morsel_rights_put()). Return: 0, -ENOMEM, -ENODATA (there is no such list).
 */
int take_from(struct morsel_rights *rights, enum morsel_acl_list list,
	      const struct morsel_acl_entry *what);

/*
 * Has the user or the group that @what names any of what->perm by @rights? Of a group: who
 * is in no other and has no entry of his own. @verdict: on one that he has.
 */
bool still_has(const struct morsel_rights *rights, const struct morsel_acl_entry *what,
	       struct verdict *verdict);

#endif
