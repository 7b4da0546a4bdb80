// SPDX-License-Identifier: GPL-2.0-only
/*
 * Putting links into a process's own tables, at fault time only.
 *
 * Every write happens under morsel_mm.lock with no invalidation of the span
 * in progress: an unlink that has begun cannot be undone behind the zap that
 * follows it.  The lock of the table that is written comes on top, against
 * the core kernel's own allocation of tables.  Only spans that the VMA has
 * whole are linked, since a neighbour's fault would write into the shared
 * table otherwise.
 */
#include <linux/mm.h>
#include <asm/pgalloc.h>
#include "link.h"
#include "pt_x86.h"

/* May [start, end) be linked now?  Once the address space is dying, never again. */
static enum morsel_link_result check(const struct morsel_mm *mmm, unsigned long start,
				     unsigned long end)
{
	if (mmm->gone)
		return MORSEL_LINK_BAD;
	if (morsel_mm_busy(mmm, start, end))
		return MORSEL_LINK_BUSY;
	return MORSEL_LINKED;
}

static pgoff_t index_at(const struct vm_area_struct *vma, unsigned long addr)
{
	return vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
}

/* An entry that a link may be written to: empty, or the stub in a link's place. */
static bool pud_is_free(const struct morsel_mm *mmm, pud_t pud)
{
	return pud_none(pud) || pud_page(pud) == mmm->stubs.pmd;
}

/* A leaf must not follow a stub: a walker may take the entry for a table still. */
static bool pmd_may_become(const struct morsel_mm *mmm, pmd_t old, pmd_t val)
{
	if (pmd_none(old))
		return true;
	return !pmd_leaf(old) && !pmd_leaf(val) && pmd_page(old) == mmm->stubs.pte;
}

struct link {
	struct vm_fault *vmf;
	struct vm_area_struct *vma;
	struct morsel_attachment *att;
	enum morsel_view_kind kind;
};

#define LINK_INIT(vmf_, att_, kind_) \
	{ .vmf = (vmf_), .vma = (vmf_)->vma, .att = (att_), .kind = (kind_) }

/* Begin to write links: the lock, and the attachment's range as the VMA has it now. */
static void link_lock(const struct link *l)
	__acquires(&l->att->mmm->lock)
{
	spin_lock(&l->att->mmm->lock);
	morsel_attach_range(l->att, l->vma->vm_start, l->vma->vm_end);
}

static void link_unlock(const struct link *l)
	__releases(&l->att->mmm->lock)
{
	spin_unlock(&l->att->mmm->lock);
}

/* The part of the aligned span of @size around the fault that is made of whole units of the VMA. */
static void whole_units(const struct link *l, unsigned long size, unsigned long unit,
			unsigned long *start, unsigned long *end)
{
	unsigned long base = round_down(l->vmf->address, size);

	*start = max(base, round_up(l->vma->vm_start, unit));
	*end = min(base + size, round_down(l->vma->vm_end, unit));
}

static pud_t *pud_of(const struct link *l, unsigned long addr)
{
	return (pud_t *)round_down((unsigned long)l->vmf->pud, PAGE_SIZE) + pud_index(addr);
}

/* Return: false when the view has no table for it.  Context: pud lock. */
static bool link_one_pud(const struct link *l, pud_t *pud, unsigned long addr)
{
	struct page *table;

	if (!pud_is_free(l->att->mmm, *pud) ||
	    check(l->att->mmm, addr, addr + PUD_SIZE) != MORSEL_LINKED)
		return true;
	table = morsel_view_find(l->att->inode, l->kind, index_at(l->vma, addr));
	if (!table)
		return false;
	smp_wmb();	/* the table before the entry that names it */
	set_pud(pud, morsel_mk_pud(table));
	l->att->links++;
	return true;
}

/* Link what the view has of [start, end); *@complete: it has all. */
static enum morsel_link_result link_puds(const struct link *l, unsigned long start,
					 unsigned long end, bool *complete)
{
	unsigned long addr, fault = round_down(l->vmf->address, PUD_SIZE);
	enum morsel_link_result ret;
	spinlock_t *ptl;

	*complete = true;
	link_lock(l);
	ret = check(l->att->mmm, fault, fault + PUD_SIZE);
	if (ret == MORSEL_LINKED) {
		ptl = pud_lock(l->vma->vm_mm, l->vmf->pud);
		for (addr = start; addr < end; addr += PUD_SIZE)
			*complete &= link_one_pud(l, pud_of(l, addr), addr);
		if (!morsel_pud_is_own(*l->vmf->pud))
			ret = MORSEL_LINK_LOWER;
		spin_unlock(ptl);
	}
	link_unlock(l);
	return ret;
}

enum morsel_link_result morsel_link_pud(struct vm_fault *vmf, struct morsel_attachment *att,
					enum morsel_view_kind kind)
{
	const struct link l = LINK_INIT(vmf, att, kind);
	enum morsel_link_result ret;
	unsigned long start, end;
	bool complete;

	whole_units(&l, P4D_SIZE, PUD_SIZE, &start, &end);
	ret = link_puds(&l, start, end, &complete);
	/* Nobody has asked for the rest yet: that there is no memory for it is no error. */
	if (ret == MORSEL_LINKED && !complete &&
	    morsel_view_ready(att->inode, kind, index_at(l.vma, start),
			      index_at(l.vma, end - 1)) > 0)
		ret = link_puds(&l, start, end, &complete);
	return ret;
}

/* Link [addr, end), which lies within one GiB of the object. */
static void link_run(const struct link *l, pmd_t *pmd, const pmd_t *view, unsigned long addr,
		     unsigned long end)
{
	bool all = check(l->att->mmm, addr, end) == MORSEL_LINKED;
	pmd_t val;

	for (; addr < end; addr += PMD_SIZE, pmd++, view++) {
		val = READ_ONCE(*view);
		if (pmd_none(val) || !pmd_may_become(l->att->mmm, *pmd, val))
			continue;
		if (!all && check(l->att->mmm, addr, addr + PMD_SIZE) != MORSEL_LINKED)
			continue;
		/* Made anew: MADV_COLD of 6.12 may have the view's own not present just now. */
		if (pmd_leaf(val)) {
			val = morsel_mk_pmd(pmd_page(val), l->kind);
			l->att->copies++;
		}
		smp_wmb();	/* the table before the entry that names it */
		set_pmd(pmd, val);
		l->att->links++;
	}
}

/*
 * The view's PMD table for the fault's own GiB of addresses may be two
 * tables, where the object does not begin at a GiB of addresses.
 */
static void link_pmds(const struct link *l, unsigned long start, unsigned long end)
{
	pmd_t *table = (pmd_t *)round_down((unsigned long)l->vmf->pmd, PAGE_SIZE);
	const unsigned long gib = 1UL << MORSEL_GIB_ORDER;
	unsigned long addr, next;
	struct page *view;
	pgoff_t index;

	for (addr = start; addr < end; addr = next) {
		index = index_at(l->vma, addr);
		next = min(end, addr + ((gib - (index & (gib - 1))) << PAGE_SHIFT));
		view = morsel_view_find(l->att->inode, l->kind, index);
		if (view)
			link_run(l, table + pmd_index(addr), morsel_pmd_slot(view, index), addr,
				 next);
	}
}

enum morsel_link_result morsel_link_pmd(struct vm_fault *vmf, struct morsel_attachment *att,
					enum morsel_view_kind kind)
{
	const struct link l = LINK_INIT(vmf, att, kind);
	unsigned long start, end, fault = round_down(vmf->address, PMD_SIZE);
	enum morsel_link_result ret;
	spinlock_t *ptl;
	pmd_t pmd;

	whole_units(&l, PUD_SIZE, PMD_SIZE, &start, &end);
	link_lock(&l);
	ret = check(att->mmm, fault, fault + PMD_SIZE);
	if (ret != MORSEL_LINKED)
		goto out;
	/* The table above may have become a link or a stub since the fault looked. */
	if (morsel_pud_is_own(*vmf->pud)) {
		ret = MORSEL_LINK_BUSY;
		goto out;
	}
	ptl = pmd_lock(l.vma->vm_mm, vmf->pmd);
	link_pmds(&l, start, end);
	pmd = *vmf->pmd;
	spin_unlock(ptl);
	if (pmd_none(pmd) || (morsel_pmd_is_table(pmd) && !morsel_pmd_is_own(pmd)))
		ret = MORSEL_LINK_LOWER;
	else if (!pmd_leaf(pmd) && pmd_page(pmd) == att->mmm->stubs.pte)
		ret = MORSEL_LINK_BAD;
out:
	link_unlock(&l);
	return ret;
}

/* Give the process the PTE table that the core kernel has allocated for this fault. */
static void install_pte_table(struct vm_fault *vmf)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	spinlock_t *ptl = pmd_lock(mm, vmf->pmd);

	if (pmd_none(*vmf->pmd) && vmf->prealloc_pte) {
		mm_inc_nr_ptes(mm);
		smp_wmb();	/* as pmd_install(): the cleared table before the entry */
		pmd_populate(mm, vmf->pmd, vmf->prealloc_pte);
		vmf->prealloc_pte = NULL;
	}
	spin_unlock(ptl);
}

static void copy_ptes(const struct link *l, unsigned long start, unsigned long end)
{
	pgoff_t size = DIV_ROUND_UP_ULL(i_size_read(l->att->inode), PAGE_SIZE);
	struct morsel_leaf leaf;
	pgoff_t index;
	pte_t *pte;

	for (; start < end; start += PAGE_SIZE) {
		index = index_at(l->vma, start);
		pte = pte_offset_kernel(l->vmf->pmd, start);
		/* What is not present is nothing, or a marker of userfaultfd's. */
		if (index >= size || pte_present(*pte))
			continue;
		leaf = morsel_tree_lend(l->att->inode, index);
		if (!leaf.page || PageHWPoison(leaf.page))
			continue;
		set_pte(pte, morsel_mk_pte(leaf.page, l->kind));
		l->att->links++;
		l->att->copies++;
	}
}

enum morsel_link_result morsel_link_ptes(struct vm_fault *vmf, struct morsel_attachment *att,
					 enum morsel_view_kind kind)
{
	const struct link l = LINK_INIT(vmf, att, kind);
	unsigned long base = round_down(vmf->address, PMD_SIZE);
	unsigned long start = max(base, l.vma->vm_start);
	unsigned long end = min(base + PMD_SIZE, l.vma->vm_end);
	enum morsel_link_result ret;
	spinlock_t *ptl;

	link_lock(&l);
	ret = check(att->mmm, start, end);
	if (ret == MORSEL_LINKED && morsel_pud_is_own(*vmf->pud))
		ret = MORSEL_LINK_BUSY;
	if (ret != MORSEL_LINKED)
		goto out;
	install_pte_table(vmf);
	if (!morsel_pmd_is_table(*vmf->pmd) || morsel_pmd_is_own(*vmf->pmd)) {
		ret = MORSEL_LINK_BAD;
		goto out;
	}
	ptl = pte_lockptr(l.vma->vm_mm, vmf->pmd);
	spin_lock(ptl);
	copy_ptes(&l, start, end);
	spin_unlock(ptl);
out:
	link_unlock(&l);
	return ret;
}
