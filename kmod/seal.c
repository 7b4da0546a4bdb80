// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealing: contents become final.
 *
 * Writers are kept out by i_rwsem, new links by invalidate_lock, and both see the
 * seal as soon as they get in.  What is left is who has a reference on a frame:
 * direct I/O in flight could still store through it.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include "event.h"
#include "fs_internal.h"
#include "revoke.h"
#include "rights.h"
#include "store.h"

enum {
	PIN_TRIES = 5,
	PIN_WAIT = 30,	/* ms between two: direct I/O takes its time */
};

/* A memory error has a reference for ever. */
bool morsel_is_pinned(struct inode *inode)
{
	pgoff_t index = morsel_tree_next_shown(inode, 0, ULONG_MAX), next;
	struct morsel_leaf leaf;

	for (; index != ULONG_MAX; index = morsel_tree_next_shown(inode, next, ULONG_MAX)) {
		leaf = morsel_tree_lookup(inode, index);
		if (leaf.error || WARN_ON_ONCE(!leaf.page))
			break;
		if (page_ref_count(compound_head(leaf.page)) > 1 &&
		    !PageHWPoison(leaf.page) && !PageHWPoison(compound_head(leaf.page)))
			return true;
		/* A device's pages are counted one by one, whatever the leaf. */
		if (is_zone_device_page(leaf.page))
			leaf.order = 0;
		next = round_down(index, 1UL << leaf.order) + (1UL << leaf.order);
		cond_resched();
	}
	return false;
}

static int wait_for_pins(struct inode *inode)
{
	int i;

	for (i = 0; morsel_is_pinned(inode); i++) {
		if (i == PIN_TRIES)
			return -EBUSY;
		schedule_timeout_killable(msecs_to_jiffies(PIN_WAIT));
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* Context: i_rwsem held exclusive. */
static int seal_locked(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	struct iattr change = { .ia_valid = ATTR_CTIME };
	int error;

	if (!morsel_may_own(inode))
		return -EPERM;
	error = security_inode_setattr(morsel_nop_idmap, dentry, &change);
	if (error)
		return error;
	filemap_invalidate_lock(inode->i_mapping);
	unmap_mapping_range(inode->i_mapping, 0, 0, 1);
	/* A walk that has begun may have the way to the rw view still: leave nothing there. */
	morsel_view_clear(inode, 0, MORSEL_LAST_PAGE);
	error = wait_for_pins(inode);
	if (!error)
		WRITE_ONCE(morsel_i(inode)->sealed, true);
	filemap_invalidate_unlock(inode->i_mapping);
	return error;
}

int morsel_seal(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	int error = 0;

	inode_lock(inode);
	if (!morsel_i(inode)->sealed) {
		error = seal_locked(dentry);
		if (!error) {
			inode_set_ctime_current(inode);
			morsel_store_write_back(inode, 0, LLONG_MAX);
			error = morsel_store_update(inode);
			if (error)
				WRITE_ONCE(morsel_i(inode)->sealed, false);
		}
		if (!error) {
			morsel_pool_changed(morsel_pool(inode->i_sb));
			morsel_event_object(MORSEL_EVENT_SEAL, dentry);
		}
	}
	inode_unlock(inode);
	return error;
}
