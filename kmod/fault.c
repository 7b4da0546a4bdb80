// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults: fill the canonical tree, show it in the view, link the view.
 *
 * The core kernel asks top down: at an empty PUD entry, at an empty PMD entry,
 * then for a page.  It may also ask for an entry *inside* a view's table or a
 * stub, when the PUD is linked; what there is to do then is to fill the view,
 * and to put the link back where a stub is.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/workqueue.h>
#include "event.h"
#include "link.h"
#include "pt_x86.h"
#include "revoke.h"

enum level {
	LEVEL_PUD,
	LEVEL_PMD,
	LEVEL_PTE,
};

struct late {
	struct work_struct work;
	struct mm_struct *mm;
};

static void late_attach_work(struct work_struct *work)
{
	struct late *late = container_of(work, struct late, work);

	mmap_write_lock(late->mm);
	morsel_attach_all(late->mm);
	mmap_write_unlock(late->mm);
}

/*
 * Let go of mmap_lock, to take it for write.  Return: 0, and the fault is to be tried
 * again; or what the fault is to be answered with at once.
 */
static vm_fault_t leave_fault(struct vm_fault *vmf)
{
	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY))
		return VM_FAULT_SIGBUS;
	if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
		return VM_FAULT_RETRY;
	/* Under the lock of a VMA the next try comes with mmap_lock. */
	return morsel_release_fault_lock(vmf) ? 0 : VM_FAULT_RETRY;
}

/*
 * First fault after fork: the notifier has to be registered, which needs
 * mmap_lock for write and fails where a signal is pending; a fault from
 * within the kernel would try for ever then, so a worker does it.
 *
 * Without leave to drop the lock (ptrace) the fault fails, and the caller
 * comes through ->access.
 */
static vm_fault_t late_attach(struct vm_fault *vmf)
{
	struct late late = { .mm = vmf->vma->vm_mm };
	vm_fault_t answer = leave_fault(vmf);

	if (answer)
		return answer;
	INIT_WORK_ONSTACK(&late.work, late_attach_work);
	queue_work(system_unbound_wq, &late.work);
	flush_work(&late.work);
	destroy_work_on_stack(&late.work);
	return VM_FAULT_RETRY;
}

/*
 * The right to write is lost.  The VMA must not see leaves of the rw view any more,
 * and one with VM_WRITE must not see others: so it becomes one without.  Then what
 * was a write is refused by the core kernel (SIGSEGV), what was a read goes on.
 */
static vm_fault_t make_readonly(struct vm_fault *vmf)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	unsigned long addr = vmf->address;
	vm_fault_t answer = leave_fault(vmf);

	if (answer)
		return answer;
	if (!mmap_write_lock_killable(mm)) {
		morsel_attach_readonly(mm, addr);
		mmap_write_unlock(mm);
	}
	return VM_FAULT_RETRY;
}

static vm_fault_t fault_error(int err)
{
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/* A page with a memory error is not to be touched, nor made anew: its bytes are lost. */
static vm_fault_t sound(struct vm_fault *vmf, struct inode *inode, struct page *page)
{
	if (likely(!PageHWPoison(page)))
		return 0;
	morsel_event_access(inode, (u64)vmf->pgoff << PAGE_SHIFT, -EIO);
	return VM_FAULT_HWPOISON;
}

/* Have a frame for the page.  2 MiB only where the object has all of it. */
static vm_fault_t fill(struct vm_fault *vmf, struct inode *inode, bool *was_hole)
{
	pgoff_t end = DIV_ROUND_UP_ULL(i_size_read(inode), PAGE_SIZE);
	pgoff_t chunk = round_down(vmf->pgoff, MORSEL_CHUNK_PAGES);
	bool want_huge = morsel_pool(inode->i_sb)->huge && chunk + MORSEL_CHUNK_PAGES <= end;
	struct morsel_leaf leaf;
	int err;

	if (vmf->pgoff >= end)
		return VM_FAULT_SIGBUS;
	leaf = morsel_tree_lookup(inode, vmf->pgoff);
	*was_hole = !leaf.page;
	if (!*was_hole)
		return sound(vmf, inode, leaf.page);
	err = morsel_tree_populate(inode, vmf->pgoff, want_huge, &leaf);
	morsel_event_access(inode, (u64)vmf->pgoff << PAGE_SHIFT, err);
	return err ? fault_error(err) : 0;
}

/* Have the page in the tree, and in the view if one can be linked. */
static vm_fault_t fill_and_show(struct vm_fault *vmf, struct inode *inode,
				enum morsel_view_kind kind, bool view)
{
	struct page *page;
	bool was_hole;
	vm_fault_t ret;

	page = view ? morsel_view_page(inode, kind, vmf->pgoff) : NULL;
	if (page)
		return sound(vmf, inode, page);
	ret = fill(vmf, inode, &was_hole);
	if (!ret && view && morsel_view_fill(inode, kind, vmf->pgoff, was_hole))
		ret = VM_FAULT_OOM;
	return ret;
}

static enum morsel_link_result link_at(struct vm_fault *vmf, struct morsel_attachment *att,
				       enum morsel_view_kind kind, enum level level)
{
	pud_t pud = READ_ONCE(*vmf->pud);
	enum morsel_link_result ret;
	pmd_t pmd;

	if (level == LEVEL_PUD)
		return morsel_link_pud(vmf, att, kind);
	if (morsel_pud_is_own(pud)) {
		if (pud_page(pud) != att->mmm->stubs.pmd)
			return MORSEL_LINKED;	/* the view is linked, and filled now */
		ret = morsel_link_pud(vmf, att, kind);
		return ret == MORSEL_LINK_LOWER ? MORSEL_LINK_BAD : ret;
	}
	if (!morsel_vma_covers(vmf->vma, vmf->address, PMD_SIZE))
		return MORSEL_LINK_LOWER;
	pmd = READ_ONCE(*vmf->pmd);
	if (morsel_pmd_is_own(pmd) && pmd_page(pmd) != att->mmm->stubs.pte)
		return MORSEL_LINKED;
	return morsel_link_pmd(vmf, att, kind);
}

static bool needs_view(struct vm_fault *vmf, enum level level)
{
	return level == LEVEL_PUD || morsel_pud_is_own(READ_ONCE(*vmf->pud)) ||
	       morsel_vma_covers(vmf->vma, vmf->address, PMD_SIZE);
}

static vm_fault_t finish(enum morsel_link_result ret, enum level level)
{
	switch (ret) {
	case MORSEL_LINK_LOWER:
		return level == LEVEL_PTE ? VM_FAULT_SIGBUS : VM_FAULT_FALLBACK;
	case MORSEL_LINK_BAD:
		return VM_FAULT_SIGBUS;
	case MORSEL_LINK_BUSY:
		cond_resched();
		fallthrough;
	case MORSEL_LINKED:
		break;
	}
	return VM_FAULT_NOPAGE;
}

static vm_fault_t fault_at(struct vm_fault *vmf, enum level level)
{
	struct morsel_attachment *att = morsel_vma_attachment(vmf->vma);
	enum morsel_view_kind kind = morsel_vma_view(vmf->vma);
	struct inode *inode = file_inode(vmf->vma->vm_file);
	enum morsel_link_result res = MORSEL_LINK_LOWER;
	bool view = needs_view(vmf, level);
	vm_fault_t ret;

	/*
	 * Only a debugger's forced access faults in a VMA without rights; a link
	 * would let the process in.  The debugger comes back through ->access.
	 */
	if (!vma_is_accessible(vmf->vma))
		return VM_FAULT_SIGBUS;
	if (!att)
		return late_attach(vmf);
	morsel_usage_fault(&morsel_i(inode)->usage);
	WRITE_ONCE(att->view, kind);
	filemap_invalidate_lock_shared(inode->i_mapping);
	if (!morsel_vma_may(vmf->vma, MAY_READ)) {
		ret = VM_FAULT_SIGBUS;
		goto out;
	}
	if (kind == MORSEL_VIEW_RW && !morsel_vma_may(vmf->vma, MAY_WRITE)) {
		filemap_invalidate_unlock_shared(inode->i_mapping);
		return make_readonly(vmf);
	}
	ret = fill_and_show(vmf, inode, kind, view);
	if (ret)
		goto out;
	if (view)
		res = link_at(vmf, att, kind, level);
	if (res == MORSEL_LINK_LOWER && level == LEVEL_PTE)
		res = morsel_link_ptes(vmf, att, kind);
	ret = finish(res, level);
out:
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return ret;
}

/* A GiB can be linked where VMA and object begin it at the same place. */
static bool fits_pud(const struct vm_fault *vmf)
{
	pgoff_t in_gib = (vmf->address & ~PUD_MASK) >> PAGE_SHIFT;

	return morsel_vma_covers(vmf->vma, vmf->address, PUD_SIZE) &&
	       (vmf->pgoff & ((1UL << MORSEL_GIB_ORDER) - 1)) == in_gib;
}

vm_fault_t morsel_vm_huge_fault(struct vm_fault *vmf, morsel_fault_size_t size)
{
	pmd_t pmd;

	if (size == MORSEL_FAULT_PUD)
		return fits_pud(vmf) ? fault_at(vmf, LEVEL_PUD) : VM_FAULT_FALLBACK;
	if (size != MORSEL_FAULT_PMD)
		return VM_FAULT_FALLBACK;
	pmd = READ_ONCE(*vmf->pmd);
	if (!pmd_none(pmd) && pmd_leaf(pmd)) {
		/* A write to a read-only leaf: falling back would split the leaf for everybody. */
		if (WARN_ON_ONCE(vmf->flags & FAULT_FLAG_WRITE && !pmd_write(pmd)))
			return VM_FAULT_SIGBUS;
		return VM_FAULT_NOPAGE;
	}
	if (!needs_view(vmf, LEVEL_PMD))
		return VM_FAULT_FALLBACK;
	return fault_at(vmf, LEVEL_PMD);
}

vm_fault_t morsel_vm_fault(struct vm_fault *vmf)
{
	return fault_at(vmf, LEVEL_PTE);
}

/* Nobody writes through a read-only leaf: see morsel_vma_view(). */
vm_fault_t morsel_vm_mkwrite(struct vm_fault *vmf)
{
	WARN_ON_ONCE(1);
	return VM_FAULT_SIGBUS;
}

/* Read or write one page's part for ptrace, where the fault could not attach. */
int morsel_vm_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write)
{
	struct inode *inode = file_inode(vma->vm_file);
	pgoff_t index = linear_page_index(vma, addr);
	unsigned int off = offset_in_page(addr);
	struct morsel_leaf leaf;
	int err = -EFAULT;

	if (write && !(vma->vm_flags & VM_WRITE))
		return -EFAULT;
	len = min_t(unsigned int, len, PAGE_SIZE - off);
	filemap_invalidate_lock_shared(inode->i_mapping);
	if (!morsel_vma_may(vma, write ? MAY_READ | MAY_WRITE : MAY_READ))
		goto out;
	if (index < DIV_ROUND_UP_ULL(i_size_read(inode), PAGE_SIZE))
		err = morsel_tree_populate(inode, index, false, &leaf);
	if (!err && PageHWPoison(leaf.page))
		err = -EIO;
	if (!err && write) {	/* an allocation that fails must not take it back */
		morsel_tree_lend(inode, index);
		WRITE_ONCE(morsel_i(inode)->stored_to, true);
	}
	if (!err && write)
		memcpy_to_page(leaf.page, off, buf, len);
	else if (!err)
		memcpy_from_page(buf, leaf.page, off, len);
out:
	filemap_invalidate_unlock_shared(inode->i_mapping);
	morsel_event_access(inode, (u64)index << PAGE_SHIFT, err);
	return err ? err : len;
}
