/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x86 page-table entries and page-table pages of views.
 *
 * Entries are written with the raw setters: what the core kernel's checked
 * ones (set_pte_at() and the like) would count belongs to one process, and
 * views belong to none.  CONFIG_PAGE_TABLE_CHECK so reports every clear of a
 * view's leaf by the core kernel.
 */
#ifndef MORSEL_PT_X86_H
#define MORSEL_PT_X86_H

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include "compat.h"
#include "view.h"

#if CONFIG_PGTABLE_LEVELS < 4 || !defined(CONFIG_X86_64)
#error "morsel needs x86-64"
#endif
#if !MORSEL_SPLIT_PTLOCKS
#error "morsel needs split page-table locks (CONFIG_NR_CPUS of 4 or more)"
#endif

/*
 * Mark of the tables of views and of the stubs, in page->mapping: NULL in a
 * table of the core kernel.
 */
extern struct address_space morsel_table_mark;

static inline bool morsel_is_own_table(struct page *table)
{
	return READ_ONCE(table->mapping) == &morsel_table_mark;
}

static inline bool morsel_pud_is_own(pud_t pud)
{
	return !pud_none(pud) && !pud_leaf(pud) && morsel_is_own_table(pud_page(pud));
}

static inline bool morsel_pmd_is_table(pmd_t pmd)
{
	return !pmd_none(pmd) && !pmd_leaf(pmd);
}

static inline bool morsel_pmd_is_own(pmd_t pmd)
{
	return morsel_pmd_is_table(pmd) && morsel_is_own_table(pmd_page(pmd));
}

static inline pud_t morsel_mk_pud(struct page *table)
{
	return __pud(page_to_phys(table) | _PAGE_TABLE);
}

static inline pmd_t morsel_mk_pmd_table(struct page *table)
{
	return __pmd(page_to_phys(table) | _PAGE_TABLE);
}

/* Protection of leaves: never executable; writable in the rw view only. */
static inline pgprot_t morsel_leaf_prot(enum morsel_view_kind kind)
{
	return vm_get_page_prot(VM_SHARED | VM_READ | (kind == MORSEL_VIEW_RW ? VM_WRITE : 0));
}

/*
 * The core kernel must know a device's page from its own (devmap).
 * Leaves start unaccessed and clean, so that the bits tell of use, and soft-dirty,
 * so that a checkpoint never takes a page for unchanged.
 */
static inline pte_t morsel_mk_pte(struct page *page, enum morsel_view_kind kind)
{
	pte_t pte = pte_mksoft_dirty(pte_mkold(mk_pte(page, morsel_leaf_prot(kind))));

	return is_zone_device_page(page) ? pte_mkdevmap(pte) : pte;
}

static inline pmd_t morsel_mk_pmd(struct page *page, enum morsel_view_kind kind)
{
	pmd_t pmd = pmd_mkold(pmd_mkhuge(mk_pmd(page, morsel_leaf_prot(kind))));

	if (is_zone_device_page(page))
		pmd = pmd_mkdevmap(pmd);
	return pmd_mksoft_dirty(pmd);
}

/* The bits that the MMU has set in a leaf; enum morsel_leaf_bits. */
static inline unsigned int morsel_leaf_bits(unsigned long entry)
{
	return (entry & _PAGE_ACCESSED ? MORSEL_LEAF_ACCESSED : 0) |
	       (entry & _PAGE_DIRTY ? MORSEL_LEAF_DIRTY : 0);
}

/* Context: lock of the table; the MMU sets bits meanwhile. */
static inline void morsel_leaf_set_bits(unsigned long *entry, unsigned int bits)
{
	if (bits & MORSEL_LEAF_ACCESSED)
		set_bit(_PAGE_BIT_ACCESSED, entry);
	if (bits & MORSEL_LEAF_DIRTY)
		set_bit(_PAGE_BIT_DIRTY, entry);
}

/* Context: any; of a PMD table as above. */
static inline void morsel_leaf_clear_bits(unsigned long *entry, unsigned int bits)
{
	if (bits & MORSEL_LEAF_ACCESSED)
		clear_bit(_PAGE_BIT_ACCESSED, entry);
	if (bits & MORSEL_LEAF_DIRTY)
		clear_bit(_PAGE_BIT_DIRTY, entry);
}

static inline pmd_t *morsel_pmd_slot(struct page *table, pgoff_t index)
{
	return (pmd_t *)page_address(table) + ((index >> MORSEL_CHUNK_ORDER) & (PTRS_PER_PMD - 1));
}

/**
 * morsel_table_alloc() - allocate an empty page-table page for a view
 *
 * Context: process; sleeps.
 * Return: the page, with its lock initialised, or NULL.
 */
struct page *morsel_table_alloc(void);

/* Free at once: nobody has seen the table. */
void morsel_table_free_now(struct page *table);

/* Free after an RCU grace period: lockless walkers may be in it. */
void morsel_table_free(struct page *table);

#endif
