// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking links out of a process's own tables.
 *
 * The core kernel's zap must never meet a link: it would erase the shared
 * tables and free them.  Walkers read an upper entry twice, though, so an
 * entry that named a table may become empty only where no walker can be;
 * elsewhere a stub takes the link's place: a table that nothing is mapped
 * through, ever.  A stub becomes a link again, or empty; the core kernel never
 * gets to free one.
 */
#include <linux/mm.h>
#include <linux/smp.h>
#include <asm/tlbflush.h>
#include "link.h"
#include "pt_x86.h"

struct unlink {
	struct morsel_attachment *att;
	const struct morsel_stubs *stubs;
	struct mm_struct *mm;
	bool to_none;
	struct morsel_unshown *collect;	/* not NULL: only move the bits of leaves to the views */
	bool changed;
};

static void note_unshown(struct morsel_unshown *unshown, enum morsel_view_kind kind, pgoff_t index)
{
	unshown->first = min(unshown->first, index);
	unshown->last = max(unshown->last, index);
	unshown->views[kind] = true;
}

/* A copy of a leaf goes, or is asked for its bits: the views are where they count. */
static void save_bits(struct unlink *u, unsigned long *entry, unsigned long addr, bool writable)
{
	enum morsel_view_kind kind = writable ? MORSEL_VIEW_RW : MORSEL_VIEW_RO;
	unsigned int bits = morsel_leaf_bits(*entry);
	pgoff_t index = (addr - u->att->base) >> PAGE_SHIFT;

	if (!bits)
		return;
	if (morsel_view_put_bits(u->att->inode, kind, index, bits))
		morsel_leaf_clear_bits(entry, bits);
	else if (u->collect)
		note_unshown(u->collect, kind, index);
}

static void note(struct unlink *u)
{
	u->att->links--;
	u->changed = true;
}

static void note_copy(struct unlink *u)
{
	u->att->copies--;
	note(u);
}

static void unlink_ptes(struct unlink *u, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	spinlock_t *ptl = pte_lockptr(u->mm, pmd);
	pte_t *pte = pte_offset_kernel(pmd, addr);

	spin_lock(ptl);
	for (; addr < end; addr += PAGE_SIZE, pte++) {
		if (!pte_present(*pte))	/* a marker of userfaultfd's is not ours */
			continue;
		save_bits(u, (unsigned long *)pte, addr, pte_write(*pte));
		if (u->collect)
			continue;
		set_pte(pte, __pte(0));
		note_copy(u);
	}
	spin_unlock(ptl);
}

/* An own table becomes a stub or empty, a copied leaf becomes empty.  Context: pmd lock. */
static void unlink_pmd(struct unlink *u, pmd_t *pmd, pmd_t val, unsigned long addr)
{
	if (pmd_leaf(val))
		save_bits(u, (unsigned long *)pmd, addr, pmd_write(val));
	if (u->collect)
		return;
	if (pmd_leaf(val)) {
		set_pmd(pmd, __pmd(0));
		note_copy(u);
	} else if (pmd_page(val) != u->stubs->pte) {
		set_pmd(pmd, u->to_none ? __pmd(0) : morsel_mk_pmd_table(u->stubs->pte));
		note(u);
	} else if (u->to_none) {
		set_pmd(pmd, __pmd(0));
		u->changed = true;	/* CPUs may have cached the way to the stub */
	}
}

/* The lock of the PMD table is taken once for all that lies together in it. */
static void unlink_pmds(struct unlink *u, pud_t *pud, unsigned long addr, unsigned long end)
{
	pmd_t *pmd = pmd_offset(pud, addr);
	spinlock_t *ptl = pmd_lock(u->mm, pmd);
	unsigned long next;
	pmd_t val;

	for (; addr < end; addr = next, pmd++) {
		next = pmd_addr_end(addr, end);
		val = READ_ONCE(*pmd);
		if (pmd_none(val))
			continue;
		if (pmd_leaf(val) || morsel_pmd_is_own(val)) {
			unlink_pmd(u, pmd, val, addr);
			continue;
		}
		spin_unlock(ptl);
		unlink_ptes(u, pmd, addr, next);
		spin_lock(ptl);
	}
	spin_unlock(ptl);
}

static void unlink_pud(struct unlink *u, pud_t *pud)
{
	bool stub = pud_page(*pud) == u->stubs->pmd;
	spinlock_t *ptl;

	if (u->collect || (stub && !u->to_none))
		return;
	ptl = pud_lock(u->mm, pud);
	set_pud(pud, u->to_none ? __pud(0) : morsel_mk_pud(u->stubs->pmd));
	spin_unlock(ptl);
	if (!stub)
		note(u);
	else
		u->changed = true;
}

static void unlink_puds(struct unlink *u, p4d_t *p4d, unsigned long addr, unsigned long end)
{
	pud_t *pud = pud_offset(p4d, addr);
	unsigned long next;
	pud_t val;

	for (; addr < end; addr = next, pud++) {
		next = pud_addr_end(addr, end);
		val = READ_ONCE(*pud);
		if (pud_none(val))
			continue;
		if (morsel_pud_is_own(val))
			unlink_pud(u, pud);
		else
			unlink_pmds(u, pud, addr, next);
	}
}

static void walk(struct unlink *u, unsigned long start, unsigned long end)
{
	struct morsel_attachment *att = u->att;
	struct mm_struct *mm = u->mm;
	unsigned long next;
	pgd_t *pgd;
	p4d_t *p4d;

	lockdep_assert_held(&att->mmm->lock);
	start = max(start, att->start);
	end = min(end, att->last + 1);
	for (; start < end; start = next) {
		/* A p4d entry spans what a pgd entry does with four levels, less with five. */
		next = p4d_addr_end(start, end);
		pgd = pgd_offset(mm, start);
		if (pgd_none(*pgd))
			continue;
		p4d = p4d_offset(pgd, start);
		if (!p4d_none(*p4d))
			unlink_puds(u, p4d, start, next);
	}
}

#define UNLINK_INIT(att_) \
	.att = (att_), .stubs = &(att_)->mmm->stubs, .mm = (att_)->mmm->mn.mm

bool morsel_unlink(struct morsel_attachment *att, unsigned long start, unsigned long end,
		   bool to_none)
{
	struct unlink u = { UNLINK_INIT(att), .to_none = to_none };

	walk(&u, start, end);
	return u.changed;
}

unsigned long morsel_collect(struct morsel_attachment *att, unsigned long addr,
			     struct morsel_unshown *unshown)
{
	struct unlink u = { UNLINK_INIT(att), .collect = unshown };
	unsigned long end = 0;

	*unshown = (struct morsel_unshown){ .first = ULONG_MAX };
	spin_lock(&att->mmm->lock);
	if (att->copies && !att->mmm->gone) {
		addr = max(addr, att->start);
		end = min(round_down(addr, PUD_SIZE) + PUD_SIZE, att->last + 1);
		walk(&u, addr, end);
		if (end > att->last)
			end = 0;
	}
	spin_unlock(&att->mmm->lock);
	return end;
}

static void flush_this_cpu(void *unused)
{
	__flush_tlb_all();
}

void morsel_flush_all(void)
{
	on_each_cpu(flush_this_cpu, NULL, true);
}

void morsel_flush_mm(struct mm_struct *mm)
{
	/* CPUs that are not in the mask compare generations before they use the mm again. */
	atomic64_inc_return(&mm->context.tlb_gen);
	on_each_cpu_mask(mm_cpumask(mm), flush_this_cpu, NULL, true);
}
