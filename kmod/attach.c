// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attachments: which VMAs map morsels, per address space and per object.
 *
 * An address space gets one notifier with its first attachment and keeps it
 * until it dies or the module goes.  Registering needs mmap_lock for write
 * and every lock of the address space, so it happens in ->mmap; a forked
 * child, whose ->open runs in the middle of the copy, is registered by its
 * first fault (see fault.c).
 */
#include <linux/interval_tree_generic.h>
#include <linux/slab.h>
#include <linux/userfaultfd_k.h>
#include "attach.h"
#include "event.h"
#include "link.h"
#include "notifier.h"
#include "revoke.h"

#define ATT_START(att) ((att)->start)
#define ATT_LAST(att) ((att)->last)
INTERVAL_TREE_DEFINE(struct morsel_attachment, rb, unsigned long, subtree_last, ATT_START,
		     ATT_LAST, static inline, att_tree);

struct morsel_attachment *morsel_attach_first(struct morsel_mm *mmm, unsigned long start,
					      unsigned long last)
{
	return att_tree_iter_first(&mmm->tree, start, last);
}

struct morsel_attachment *morsel_attach_next(struct morsel_attachment *att, unsigned long start,
					     unsigned long last)
{
	return att_tree_iter_next(att, start, last);
}

void morsel_attach_range(struct morsel_attachment *att, unsigned long start, unsigned long end)
{
	lockdep_assert_held(&att->mmm->lock);
	if (att->start == start && att->last == end - 1)
		return;
	att_tree_remove(att, &att->mmm->tree);
	att->start = start;
	att->last = end - 1;
	att_tree_insert(att, &att->mmm->tree);
}

/* The attachment takes over the reference on @mmm. */
static void insert(struct morsel_attachment *att, struct vm_area_struct *vma,
		   struct morsel_mm *mmm)
{
	struct morsel_inode *mi = morsel_i(file_inode(vma->vm_file));

	att->mmm = mmm;
	att->inode = &mi->vfs_inode;
	att->mapper = morsel_vma_mapper(vma);	/* and the reference of the VMA's */
	att->start = vma->vm_start;
	att->last = vma->vm_end - 1;
	att->base = vma->vm_start - (vma->vm_pgoff << PAGE_SHIFT);
	att->view = morsel_vma_view(vma);
	spin_lock(&mmm->lock);
	att_tree_insert(att, &mmm->tree);
	spin_unlock(&mmm->lock);
	spin_lock(&mi->attach_lock);
	morsel_usage_mapped(&mi->usage, att);
	list_add_tail_rcu(&att->in_object, &mi->attachments);
	mi->nr_attachments++;
	spin_unlock(&mi->attach_lock);
	/* Last: a fault under the lock of the VMA alone must find it where the notifier does. */
	smp_store_release(&vma->vm_private_data, att);
	morsel_event_mapping(MORSEL_EVENT_MAP, vma);
}

int morsel_attach(struct vm_area_struct *vma)
{
	struct morsel_attachment *att;
	struct morsel_mm *mmm;

	if (morsel_usage_ready(&morsel_i(file_inode(vma->vm_file))->usage))
		return -ENOMEM;
	att = kzalloc(sizeof(*att), GFP_KERNEL_ACCOUNT);
	if (!att)
		return -ENOMEM;
	mmm = morsel_mm_get(vma->vm_mm);
	if (IS_ERR(mmm)) {
		kfree(att);
		return PTR_ERR(mmm);
	}
	insert(att, vma, mmm);
	return 0;
}

int morsel_attach_all(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	struct vma_iterator vmi;
	int err = 0;

	lockdep_assert_held_write(&mm->mmap_lock);
	vma_iter_init(&vmi, mm, 0);
	for_each_vma(vmi, vma) {
		if (vma->vm_ops == &morsel_vm_ops && !morsel_vma_attachment(vma))
			err = morsel_attach(vma);
		if (err)
			break;
	}
	return err;
}

/* Unlink a range that no walker can be in, and flush. */
static void unlink_to_none(struct morsel_attachment *att, unsigned long start, unsigned long end)
{
	bool changed;

	spin_lock(&att->mmm->lock);
	morsel_mm_wait(att->mmm, start, end);
	changed = morsel_unlink(att, start, end, true);
	morsel_mm_unlinked(att->mmm, changed);
}

/*
 * A VMA ends.  The core kernel has unmapped it, so that nothing is linked any
 * more, unless a split or a move failed half-way; mmap_lock is held for write
 * then.
 */
void morsel_detach(struct vm_area_struct *vma)
{
	struct morsel_attachment *att = morsel_vma_attachment(vma);
	const struct cred *mapper = morsel_vma_mapper(vma);
	struct morsel_inode *mi;

	vma->vm_private_data = NULL;
	if (!att)
		goto out;
	mi = morsel_i(att->inode);
	if (att->links)
		unlink_to_none(att, att->start, att->last + 1);
	spin_lock(&att->mmm->lock);
	att_tree_remove(att, &att->mmm->tree);
	spin_unlock(&att->mmm->lock);
	spin_lock(&mi->attach_lock);
	list_del_rcu(&att->in_object);
	mi->nr_attachments--;
	mi->usage.unmaps++;
	spin_unlock(&mi->attach_lock);
	morsel_event_mapping(MORSEL_EVENT_UNMAP, vma);
	morsel_mm_put(att->mmm);
	kfree(att->spare);
	kfree_rcu(att, rcu);
out:
	put_cred(mapper);
}

/* Cut the range of a new VMA, at either end, from the one that it is split off. */
static void cut(struct morsel_attachment *att, const struct vm_area_struct *part)
{
	spin_lock(&att->mmm->lock);
	if (part->vm_start == att->start && part->vm_end <= att->last)
		morsel_attach_range(att, part->vm_end, att->last + 1);
	else if (part->vm_end == att->last + 1 && part->vm_start > att->start)
		morsel_attach_range(att, att->start, part->vm_start);
	spin_unlock(&att->mmm->lock);
}

/*
 * A VMA was copied: by fork (another mm: the first fault attaches it), by a
 * split (a part of this one, an attachment is at hand), or by mremap (another
 * range; if there is no memory the first fault attaches it).
 */
static void morsel_vm_open(struct vm_area_struct *vma)
{
	struct morsel_attachment *parent = morsel_vma_attachment(vma);
	struct morsel_attachment *att;

	vma->vm_private_data = morsel_mark_mapper(get_cred(morsel_vma_mapper(vma)));
	if (!parent)
		return;
	if (parent->mmm->mn.mm != vma->vm_mm) {
		/* Then fork does copy, page by page: leave nothing to copy. */
		if (userfaultfd_wp(vma))
			unlink_to_none(parent, vma->vm_start, vma->vm_end);
		return;
	}
	att = parent->spare;
	parent->spare = NULL;
	if (!att)
		att = kzalloc(sizeof(*att), GFP_KERNEL_ACCOUNT);
	if (!att)
		return;
	unlink_to_none(parent, vma->vm_start, vma->vm_end);
	cut(parent, vma);
	morsel_mm_ref(parent->mmm);
	insert(att, vma, parent->mmm);
}

/*
 * Splits happen at 2 MiB boundaries of the object only, so that no entry of a
 * PMD table is ever shared by two VMAs.  A PUD link around the place goes.
 */
static int morsel_vm_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	struct morsel_attachment *att = morsel_vma_attachment(vma);

	if (!IS_ALIGNED(addr, PMD_SIZE))
		return -EINVAL;
	morsel_vma_start_write(vma);
	if (!att)
		return 0;
	/* A split that failed after ->open has cut the range: make it exact again. */
	spin_lock(&att->mmm->lock);
	morsel_attach_range(att, vma->vm_start, vma->vm_end);
	spin_unlock(&att->mmm->lock);
	if (!att->spare)
		att->spare = kzalloc(sizeof(*att), GFP_KERNEL_ACCOUNT);
	if (!att->spare)
		return -ENOMEM;
	if (!IS_ALIGNED(addr, PUD_SIZE))
		unlink_to_none(att, round_down(addr, PUD_SIZE), round_up(addr, PUD_SIZE));
	return 0;
}

static int morsel_vm_mremap(struct vm_area_struct *vma)
{
	if (morsel_check_place(vma))
		return -EINVAL;
	return IS_ALIGNED(vma->vm_start - (vma->vm_pgoff << PAGE_SHIFT), PMD_SIZE) ? 0 : -EINVAL;
}

/*
 * Runs before anything has changed, with mmap_lock held for write: the other
 * view is linked by the faults that follow.  change_protection() would take a
 * pointer into a shared table before it notifies.  The zap leaves stubs, which
 * could not become leaves: the other view may have a 2 MiB leaf where this one
 * has a table.
 */
static void unlink_for_other_view(struct vm_area_struct *vma, unsigned long start,
				  unsigned long end)
{
	struct morsel_attachment *att = morsel_vma_attachment(vma);

	morsel_vma_start_write(vma);
	morsel_zap_range(vma, start, end - start);
	if (att)
		unlink_to_none(att, start, end);
}

static int morsel_vm_mprotect(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			      unsigned long newflags)
{
	if (!IS_ALIGNED(start, PMD_SIZE) && start != vma->vm_start)
		return -EINVAL;
	if (!IS_ALIGNED(end, PMD_SIZE) && end != vma->vm_end)
		return -EINVAL;
	if ((newflags ^ vma->vm_flags) & MORSEL_VM_PKEY_BITS)
		return -EINVAL;
	if (newflags & VM_EXEC)
		return -EACCES;
	if (newflags & VM_WRITE && !morsel_vma_may(vma, MAY_WRITE))
		return -EACCES;
	unlink_for_other_view(vma, start, end);
	return 0;
}

/*
 * VM_MAYWRITE stays: the core kernel has counted the VMA by it, and mprotect() that
 * is to bring VM_WRITE back is refused.
 */
void morsel_attach_readonly(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	lockdep_assert_held_write(&mm->mmap_lock);
	if (!vma || vma->vm_ops != &morsel_vm_ops || !(vma->vm_flags & VM_WRITE) ||
	    morsel_vma_may(vma, MAY_WRITE))
		return;
	unlink_for_other_view(vma, vma->vm_start, vma->vm_end);
	vm_flags_clear(vma, VM_WRITE);
	WRITE_ONCE(vma->vm_page_prot, vm_get_page_prot(vma->vm_flags));
}

const struct vm_operations_struct morsel_vm_ops = {
	.open = morsel_vm_open,
	.close = morsel_detach,
	.may_split = morsel_vm_may_split,
	.mremap = morsel_vm_mremap,
	.mprotect = morsel_vm_mprotect,
	.fault = morsel_vm_fault,
	.huge_fault = morsel_vm_huge_fault,
	.page_mkwrite = morsel_vm_mkwrite,
	.pfn_mkwrite = morsel_vm_mkwrite,
	.access = morsel_vm_access,
};

void morsel_attach_stat(struct inode *inode, struct morsel_attach_stat *stat)
{
	struct morsel_attachment *att;

	*stat = (struct morsel_attach_stat){};
	rcu_read_lock();
	list_for_each_entry_rcu(att, &morsel_i(inode)->attachments, in_object) {
		stat->attachments++;
		stat->links += READ_ONCE(att->links);
	}
	rcu_read_unlock();
}

int morsel_attach_init(void)
{
	int err = morsel_mm_init();

	if (err)
		return err;
	err = morsel_stubs_init();
	if (err)
		morsel_mm_exit();
	return err;
}

void morsel_attach_exit(void)
{
	morsel_mm_exit();
	morsel_stubs_exit();
	rcu_barrier();
}
