/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rights of who has an object open or mapped already.
 *
 * Until the first revoke of an object a descriptor is good for what it was opened
 * for, as everywhere.  From then on whoever uses one is judged by the rights that
 * the object has after the last revoke, and so is whoever opened it; of a mapping,
 * who made it (his children inherit the mapping as his) and who opened the descriptor.
 */
#ifndef MORSEL_REVOKE_H
#define MORSEL_REVOKE_H

#include <linux/types.h>

struct cred;
struct dentry;
struct file;
struct inode;
struct vm_area_struct;

/*
 * May the descriptor be used for @want (MAY_READ, MAY_WRITE) by the current task?
 *
 * Context: process, sleeps.  With invalidate_lock (reads) or i_rwsem (what changes
 * the object) held until the deed is done, so that a revoke waits for it.
 * Return: 0, -EACCES (taken back), -EPERM (sealed).
 */
int morsel_file_may(struct file *file, int want);

/* The same for a mapping.  Context: a fault with invalidate_lock held, or mmap_lock for write. */
bool morsel_vma_may(const struct vm_area_struct *vma, int want);

/**
 * morsel_revoke() - take from who has the object open or mapped what he has no right to
 *
 * The rights are set already.  When this returns nobody who has lost a right uses
 * it any more: no CPU, no system call.  What has a reference on a frame, direct I/O
 * in flight or a pipe, may end what it has begun; the event says that there was one.
 *
 * Waits for no user memory and no mmap_lock: a process that is stopped, or that
 * faults for ever, holds nobody up.
 *
 * Context: process, sleeps; no lock of the object is held.
 */
void morsel_revoke(struct dentry *dentry);

/*
 * Has somebody a reference on a frame of the object besides the pool's?
 * Context: invalidate_lock held; exclusive, with nothing of the object mapped, where the answer
 * must stay true.  Sleeps.
 */
bool morsel_is_pinned(struct inode *inode);

/**
 * morsel_seal() - make the contents of an object final
 *
 * Who has it mapped for writing has it mapped for reading from then on.
 *
 * Context: process, sleeps.  The caller has checked that it is a file.
 * Return: 0 (also: it is sealed already), -EPERM (not the owner), -EBUSY (somebody
 * has a reference on a frame, through which he could store), or what an LSM says.
 */
int morsel_seal(struct dentry *dentry);

#endif
