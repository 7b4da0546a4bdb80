// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap: what may be mapped, how, and where.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sizes.h>
#include "attach.h"
#include "event.h"
#include "link.h"
#include "revoke.h"
#include "store.h"

/* Address and offset must fall on the same place of a 2 MiB chunk. */
static bool congruent(unsigned long addr, unsigned long pgoff)
{
	return IS_ALIGNED(addr - (pgoff << PAGE_SHIFT), PMD_SIZE);
}

/* Is what is stored durable when its lines have been flushed and fenced? */
static bool is_synchronous(const struct morsel_inode *mi)
{
	return mi->record && morsel_store_is_synchronous(morsel_pool(mi->vfs_inode.i_sb)->store);
}

/*
 * Shared, or private and read-only for good: a private copy of a page would
 * land in a table that everybody shares.  Execution is refused by the core,
 * as on any mount without exec.
 */
static int check_flags(struct vm_area_struct *vma)
{
	const struct morsel_inode *mi = morsel_i(file_inode(vma->vm_file));

	if (mi->displaced)
		return -EADDRNOTAVAIL;
	if (vma->vm_flags & VM_SYNC && !is_synchronous(mi))
		return -EOPNOTSUPP;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (!(vma->vm_flags & VM_SHARED)) {
		if (vma->vm_flags & VM_WRITE)
			return -EINVAL;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	if (!congruent(vma->vm_start, vma->vm_pgoff))
		return -EINVAL;
	return morsel_check_place(vma);
}

/* Where page @pgoff of the object has to be, if it has a place; 0: it has none. */
static u64 place_of(const struct morsel_inode *mi, unsigned long pgoff)
{
	u64 start = READ_ONCE(mi->reservation.start);

	return start ? start + ((u64)pgoff << PAGE_SHIFT) : 0;
}

static int check_end(const struct morsel_inode *mi, u64 addr, unsigned long len)
{
	u64 end = READ_ONCE(mi->reservation.end);

	return addr > end || len > end - addr ? -EFBIG : 0;
}

int morsel_check_place(const struct vm_area_struct *vma)
{
	const struct morsel_inode *mi = morsel_i(file_inode(vma->vm_file));
	u64 addr = place_of(mi, vma->vm_pgoff);

	if (!addr)
		return 0;
	return vma->vm_start != addr ? -EINVAL :
				       check_end(mi, addr, vma->vm_end - vma->vm_start);
}

int morsel_mmap(struct file *file, struct vm_area_struct *vma)
{
	int err = check_flags(vma);

	/* A fault asks again; this is for an answer at once. */
	if (!err)
		err = morsel_file_may(file, vma->vm_flags & VM_WRITE ? MAY_READ | MAY_WRITE :
								      MAY_READ);
	if (err)
		return err;
	if (vma->vm_flags & VM_SHARED)
		WRITE_ONCE(morsel_i(file_inode(file))->stored_to, true);
	vm_flags_clear(vma, VM_MAYEXEC);
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	file_accessed(file);
	vma->vm_private_data = morsel_mark_mapper(get_current_cred());
	err = morsel_attach(vma);
	if (err) {
		put_cred(morsel_vma_mapper(vma));
		return err;
	}
	/* It may have got a place meanwhile; from here on it cannot. */
	err = morsel_check_place(vma);
	if (err)
		morsel_detach(vma);
	else
		vma->vm_ops = &morsel_vm_ops;
	return err;
}

/* The id of the object of the same pool that a VMA maps; 0: something else. */
static u64 other_object(const struct vm_area_struct *vma, const struct inode *inode)
{
	const struct inode *other = vma->vm_file ? file_inode(vma->vm_file) : NULL;

	return other && other->i_sb == inode->i_sb ? other->i_ino : 0;
}

/*
 * An object with a place is mapped there or not at all; a hint does not count.
 * The core goes on with MAP_FIXED_NOREPLACE by itself.
 */
static unsigned long own_area(struct inode *inode, u64 want, unsigned long addr, unsigned long len,
			      unsigned long flags)
{
	struct vm_area_struct *vma;
	int err = check_end(morsel_i(inode), want, len);

	if (err)
		return err;
	if (flags & MAP_FIXED)
		return addr == want ? addr : -EINVAL;
	vma = find_vma_intersection(current->mm, want, want + len);
	if (!vma)
		return want;
	morsel_event_collision(inode, want, len, other_object(vma, inode), EEXIST);
	return -EEXIST;
}

/* The span whose entry a mapping of this length can use at best. */
static unsigned long best_align(unsigned long len)
{
	return len >= PUD_SIZE ? PUD_SIZE : PMD_SIZE;
}

unsigned long morsel_get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				       unsigned long pgoff, unsigned long flags)
{
	unsigned long align = best_align(len), off = pgoff << PAGE_SHIFT, got;
	struct inode *inode = file_inode(file);
	u64 want = place_of(morsel_i(inode), pgoff);

	if (want)
		return own_area(inode, want, addr, len, flags);
	if (flags & MAP_FIXED)
		return congruent(addr, pgoff) ? addr : -EINVAL;
	if (addr && congruent(addr, pgoff)) {
		got = morsel_mm_unmapped_area(file, addr, len, pgoff, flags);
		if (got == addr)
			return got;
	}
	for (; align >= PMD_SIZE; align >>= PUD_SHIFT - PMD_SHIFT) {
		if (len + align < len)
			continue;
		got = morsel_mm_unmapped_area(file, 0, len + align, pgoff, flags);
		if (!IS_ERR_VALUE(got))
			return got + ((off - got) & (align - 1));
	}
	return -ENOMEM;
}
