// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking rights back from who uses an object.
 *
 * A revoke counts up mi->revokes, waits for who is in the middle of something, and
 * unmaps the object everywhere.  Every use that begins after that finds the count
 * changed and is judged again: a system call before its deed, a mapping in the fault
 * that has to link it anew.  Nothing is looked for, so nothing can be missed: a
 * descriptor on its way through a socket and a child half made are judged as well.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include "compat.h"
#include "event.h"
#include "inode.h"
#include "link.h"
#include "revoke.h"
#include "store.h"

enum {
	VERDICT_SHIFT = 3,	/* below: MAY_READ and MAY_WRITE, above: the revoke they are from */
};

static bool has_right(const struct cred *cred, struct file *file, int want)
{
	const struct cred *own = override_creds(cred);
	int error = inode_permission(morsel_file_idmap(file), file_inode(file), want);

	revert_creds(own);
	return !error;
}

/*
 * Had @cred the right after the last revoke?  *@verdict remembers a yes; a no is
 * judged again each time, so that who is given the right back has it.
 */
static bool still_has_right(const struct cred *cred, struct file *file, int want,
			    unsigned long *verdict, unsigned long revokes)
{
	unsigned long old = READ_ONCE(*verdict), new = revokes << VERDICT_SHIFT | want;

	if (old >> VERDICT_SHIFT == revokes) {
		if ((old & want) == want)
			return true;
		new |= old;
	}
	if (!has_right(cred, file, want))
		return false;
	cmpxchg(verdict, old, new);	/* whoever comes too late is judged once more */
	return true;
}

/* Pairs with the count in morsel_revoke(): who sees it sees the rights that came before. */
static unsigned long revokes_of(const struct morsel_inode *mi)
{
	return atomic_long_read_acquire(&mi->revokes);
}

static bool opener_may(struct file *file, int want, unsigned long revokes)
{
	return still_has_right(file->f_cred, file, want, (unsigned long *)&file->private_data,
			       revokes);
}

int morsel_file_may(struct file *file, int want)
{
	struct morsel_inode *mi = morsel_i(file_inode(file));
	unsigned long revokes = revokes_of(mi);

	if (morsel_store_is_damaged(file_inode(file)))
		return -EUCLEAN;
	if (want & MAY_WRITE && READ_ONCE(mi->sealed))
		return -EPERM;
	if (!revokes)
		return 0;
	if (!opener_may(file, want, revokes))
		return -EACCES;
	if (current_cred() != file->f_cred && !has_right(current_cred(), file, want))
		return -EACCES;
	return 0;
}

bool morsel_vma_may(const struct vm_area_struct *vma, int want)
{
	struct morsel_inode *mi = morsel_i(file_inode(vma->vm_file));
	struct morsel_attachment *att = morsel_vma_attachment(vma);
	const struct cred *mapper = morsel_vma_mapper(vma);
	unsigned long revokes = revokes_of(mi), none = 0;

	if (want & MAY_WRITE && READ_ONCE(mi->sealed))
		return false;
	if (!revokes)
		return true;
	return opener_may(vma->vm_file, want, revokes) &&
	       (mapper == vma->vm_file->f_cred ||
		still_has_right(mapper, vma->vm_file, want, att ? &att->verdict : &none, revokes));
}

/*
 * What changes the object holds i_rwsem, and has been judged under it; what reads
 * it and what links it holds invalidate_lock.  So each either has ended when its
 * lock is had, and what it has linked is unmapped, or sees the new count.
 */
void morsel_revoke(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	struct morsel_inode *mi = morsel_i(inode);
	bool pinned;

	if (!S_ISREG(inode->i_mode))
		return;
	inode_lock(inode);
	atomic_long_inc_return(&mi->revokes);
	/* Who waits for its source holds nobody up any more who may still write. */
	if (xchg(&mi->writer, NULL))
		wake_up(&mi->writers);
	inode_unlock(inode);
	filemap_invalidate_lock(inode->i_mapping);
	unmap_mapping_range(inode->i_mapping, 0, 0, 1);
	/* It is a walk over all frames: who has kept his right need not wait for it. */
	downgrade_write(&inode->i_mapping->invalidate_lock);
	pinned = morsel_event_heard() && morsel_is_pinned(inode);
	filemap_invalidate_unlock_shared(inode->i_mapping);
	morsel_event_revoke(dentry, pinned);
}
