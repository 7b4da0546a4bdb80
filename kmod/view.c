// SPDX-License-Identifier: GPL-2.0-only
/*
 * Views: built from the canonical tree, chunk by chunk, on demand.
 *
 * A view has one PMD table per GiB of the object.  An entry of it is empty, a
 * 2 MiB leaf, or a PTE table.  A PTE table stays until the object goes, since
 * walkers keep pointers to it; so does the PMD table.  Leaves end at the
 * object's last page, whatever the tree has beyond it: where a 2 MiB frame
 * reaches over the end, the view shows the part within through a PTE table.
 *
 * Filling runs with invalidate_lock held shared, clearing with it held
 * exclusive; leaves are written under the lock of their table.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include "inode.h"
#include "pt_x86.h"
#include "store.h"

void morsel_view_init(struct morsel_view *view)
{
	xa_init(&view->pmds);
	atomic_long_set(&view->tables, 0);
}

static pgoff_t end_of(struct inode *inode)
{
	return DIV_ROUND_UP_ULL(i_size_read(inode), PAGE_SIZE);
}

/* The view has @more tables. */
static void count_tables(struct inode *inode, enum morsel_view_kind kind, long more)
{
	atomic_long_add(more, &morsel_i(inode)->view[kind].tables);
	atomic64_add(more, &morsel_frames(inode)->view_tables[kind]);
}

static struct page *table_new(struct inode *inode, enum morsel_view_kind kind)
{
	struct page *table = morsel_table_alloc();

	if (table)
		count_tables(inode, kind, 1);
	return table;
}

static void table_drop(struct inode *inode, enum morsel_view_kind kind, struct page *table)
{
	count_tables(inode, kind, -1);
	morsel_table_free_now(table);
}

struct page *morsel_view_find(struct inode *inode, enum morsel_view_kind kind, pgoff_t index)
{
	return xa_load(&morsel_i(inode)->view[kind].pmds, index >> MORSEL_GIB_ORDER);
}

struct page *morsel_view_page(struct inode *inode, enum morsel_view_kind kind, pgoff_t index)
{
	struct page *table = morsel_view_find(inode, kind, index);
	unsigned int in_chunk = index & (MORSEL_CHUNK_PAGES - 1);
	pmd_t pmd;
	pte_t pte;

	if (!table)
		return NULL;
	pmd = READ_ONCE(*morsel_pmd_slot(table, index));
	if (pmd_none(pmd))
		return NULL;
	if (!morsel_pmd_is_table(pmd))
		return pmd_page(pmd) + in_chunk;
	pte = READ_ONCE(((pte_t *)page_address(pmd_page(pmd)))[in_chunk]);
	return pte_none(pte) ? NULL : pte_page(pte);
}

bool morsel_view_shows(struct inode *inode, pgoff_t index)
{
	return morsel_view_page(inode, MORSEL_VIEW_RW, index) ||
	       morsel_view_page(inode, MORSEL_VIEW_RO, index);
}

static struct page *pmd_table(struct inode *inode, enum morsel_view_kind kind, pgoff_t index)
{
	struct morsel_view *view = &morsel_i(inode)->view[kind];
	unsigned long gib = index >> MORSEL_GIB_ORDER;
	struct page *table = xa_load(&view->pmds, gib);
	struct page *other;

	if (table)
		return table;
	table = table_new(inode, kind);
	if (!table)
		return ERR_PTR(-ENOMEM);
	other = xa_cmpxchg(&view->pmds, gib, NULL, table, GFP_KERNEL);
	if (!other)
		return table;
	table_drop(inode, kind, table);
	return xa_is_err(other) ? ERR_PTR(xa_err(other)) : other;
}

struct fill {
	struct inode *inode;
	enum morsel_view_kind kind;
	pgoff_t base;		/* first page of the chunk */
	pgoff_t end;		/* pages in the object */
	pgoff_t first, last;	/* pages to show if they are 4 KiB leaves */
	struct morsel_chunk chunk;
};

static struct page *chunk_page(const struct fill *f, unsigned int i)
{
	const struct morsel_chunk *chunk = &f->chunk;

	if (chunk->state == MORSEL_CHUNK_HUGE)
		return chunk->page + i;
	if (chunk->table)
		return morsel_tree_entry_page(READ_ONCE(chunk->table[i]));
	return morsel_store_peek(f->inode, f->base + i).page;
}

/* Before the page is in a table: a process may have it in its hands at once. */
static void show(const struct fill *f, struct page *page, pgoff_t index, unsigned int order)
{
	if (morsel_i(f->inode)->record)
		morsel_store_show(f->inode, page, index, order);
}

static void fill_ptes(const struct fill *f, struct page *table)
{
	pte_t *pte = page_address(table);
	unsigned int i = f->first - f->base, n = min(f->last + 1, f->end) - f->base;
	struct page *page;

	for (; i < n; i++) {
		if (!pte_none(pte[i]))
			continue;
		page = chunk_page(f, i);
		if (!page || PageHWPoison(page))
			continue;
		show(f, page, f->base + i, 0);
		set_pte(&pte[i], morsel_mk_pte(page, f->kind));
	}
}

/* Set an empty entry; an entry that somebody else set first stays. */
static bool set_if_none(struct page *table, pmd_t *slot, pmd_t val)
{
	bool none;

	spin_lock(morsel_ptlock(table));
	none = pmd_none(*slot);
	if (none) {
		smp_wmb();	/* a walker that sees the entry sees the table below it */
		set_pmd(slot, val);
	}
	spin_unlock(morsel_ptlock(table));
	return none;
}

static bool may_be_huge(const struct fill *f)
{
	if (!is_zone_device_page(f->chunk.page))
		return true;
	/* A page with an error has no entry: the others have theirs. */
	return MORSEL_DEVICE_PMDS && IS_ALIGNED(page_to_pfn(f->chunk.page), MORSEL_CHUNK_PAGES) &&
	       !READ_ONCE(morsel_i(f->inode)->poisoned);
}

static bool fits_huge(const struct fill *f)
{
	return f->chunk.state == MORSEL_CHUNK_HUGE && f->base + MORSEL_CHUNK_PAGES <= f->end &&
	       may_be_huge(f);
}

static void set_huge(const struct fill *f, struct page *table, pmd_t *slot)
{
	show(f, f->chunk.page, f->base, MORSEL_CHUNK_ORDER);
	set_if_none(table, slot, morsel_mk_pmd(f->chunk.page, f->kind));
}

static int fill_slot(const struct fill *f, struct page *table, pmd_t *slot)
{
	struct page *ptes;
	pmd_t pmd = READ_ONCE(*slot);

	if (pmd_none(pmd)) {
		if (fits_huge(f)) {
			set_huge(f, table, slot);
		} else {
			ptes = table_new(f->inode, f->kind);
			if (!ptes)
				return -ENOMEM;
			if (!set_if_none(table, slot, morsel_mk_pmd_table(ptes)))
				table_drop(f->inode, f->kind, ptes);
		}
		pmd = READ_ONCE(*slot);
	}
	if (!pmd_leaf(pmd)) {
		ptes = pmd_page(pmd);
		spin_lock(morsel_ptlock(ptes));
		fill_ptes(f, ptes);
		spin_unlock(morsel_ptlock(ptes));
	}
	return 0;
}

/* Show all 2 MiB frames of the GiB that the view does not show yet. */
static void fill_huge(struct fill *f, struct page *table)
{
	pgoff_t index = round_down(f->base, 1UL << MORSEL_GIB_ORDER);
	pmd_t *slot = page_address(table);
	unsigned int i;

	if (morsel_i(f->inode)->record && !MORSEL_DEVICE_PMDS)
		return;	/* they have PTE tables: one for each fault */
	for (i = 0; i < PTRS_PER_PMD && index < f->end; i++, index += MORSEL_CHUNK_PAGES) {
		if (!pmd_none(READ_ONCE(slot[i])))
			continue;
		f->base = index;
		f->chunk.page = morsel_tree_huge(f->inode, index);
		f->chunk.state = f->chunk.page ? MORSEL_CHUNK_HUGE : MORSEL_CHUNK_EMPTY;
		if (fits_huge(f))
			set_huge(f, table, &slot[i]);
	}
}

int morsel_view_fill(struct inode *inode, enum morsel_view_kind kind, pgoff_t index, bool alone)
{
	struct page *table = pmd_table(inode, kind, index);
	pgoff_t base = round_down(index, MORSEL_CHUNK_PAGES);
	struct fill f = {
		.inode = inode, .kind = kind, .end = end_of(inode), .base = base,
		.first = alone ? index : base,
		.last = alone ? index : base + MORSEL_CHUNK_PAGES - 1,
	};
	int err;

	if (IS_ERR(table))
		return PTR_ERR(table);
	f.chunk = morsel_tree_chunk(inode, index);
	if (f.chunk.state == MORSEL_CHUNK_EMPTY || f.base >= f.end)
		return 0;
	err = fill_slot(&f, table, morsel_pmd_slot(table, index));
	if (!err && !alone)
		fill_huge(&f, table);
	return err;
}

int morsel_view_ready(struct inode *inode, enum morsel_view_kind kind, pgoff_t first, pgoff_t last)
{
	pgoff_t index = first, end = end_of(inode);
	int made = 0, err;

	for (;;) {
		index = morsel_tree_next_shown(inode, index, min(last, end));
		if (index > last || index >= end)
			return made;
		if (!morsel_view_find(inode, kind, index)) {
			err = morsel_view_fill(inode, kind, index, false);
			if (err)
				return err;
			made++;
		}
		index = round_down(index, 1UL << MORSEL_GIB_ORDER) + (1UL << MORSEL_GIB_ORDER);
	}
}

bool morsel_view_put_bits(struct inode *inode, enum morsel_view_kind kind, pgoff_t index,
			  unsigned int bits)
{
	struct page *table = morsel_view_find(inode, kind, index);
	unsigned long *entry;
	pmd_t pmd;
	bool is_leaf;

	if (!table)
		return false;
	entry = (unsigned long *)morsel_pmd_slot(table, index);
	pmd = READ_ONCE(*morsel_pmd_slot(table, index));
	if (morsel_pmd_is_table(pmd)) {
		table = pmd_page(pmd);
		entry = (unsigned long *)page_address(table) + (index & (MORSEL_CHUNK_PAGES - 1));
	}
	spin_lock(morsel_ptlock(table));
	/* An entry for 2 MiB may have become that of a table. */
	is_leaf = *entry && (morsel_pmd_is_table(pmd) || pmd_leaf(__pmd(*entry)));
	if (is_leaf)
		morsel_leaf_set_bits(entry, bits);
	spin_unlock(morsel_ptlock(table));
	return is_leaf;
}

static void clear_ptes(struct page *table, pgoff_t base, pgoff_t first, pgoff_t last)
{
	pte_t *pte = page_address(table);
	pgoff_t i, to = min(last, base + PTRS_PER_PTE - 1);

	spin_lock(morsel_ptlock(table));
	for (i = max(first, base); i <= to; i++)
		set_pte(&pte[i - base], __pte(0));
	spin_unlock(morsel_ptlock(table));
}

static void clear_gib(struct page *table, pgoff_t base, pgoff_t first, pgoff_t last)
{
	pmd_t *slot = page_address(table);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PMD; i++, base += MORSEL_CHUNK_PAGES) {
		if (base > last || base + MORSEL_CHUNK_PAGES <= first || pmd_none(slot[i]))
			continue;
		if (!pmd_leaf(slot[i])) {
			clear_ptes(pmd_page(slot[i]), base, first, last);
			continue;
		}
		spin_lock(morsel_ptlock(table));
		set_pmd(&slot[i], __pmd(0));
		spin_unlock(morsel_ptlock(table));
	}
}

void morsel_view_clear(struct inode *inode, pgoff_t first, pgoff_t last)
{
	enum morsel_view_kind kind;
	struct page *table;
	unsigned long gib;

	for (kind = 0; kind < MORSEL_NR_VIEWS; kind++)
		xa_for_each_range(&morsel_i(inode)->view[kind].pmds, gib, table,
				  first >> MORSEL_GIB_ORDER, last >> MORSEL_GIB_ORDER) {
			clear_gib(table, gib << MORSEL_GIB_ORDER, first, last);
			cond_resched();
		}
}

static void destroy_gib(struct page *table)
{
	pmd_t *slot = page_address(table);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PMD; i++)
		if (morsel_pmd_is_table(slot[i]))
			morsel_table_free(pmd_page(slot[i]));
	morsel_table_free(table);
}

void morsel_view_destroy(struct inode *inode)
{
	enum morsel_view_kind kind;
	struct morsel_view *view;
	struct page *table;
	unsigned long gib;

	for (kind = 0; kind < MORSEL_NR_VIEWS; kind++) {
		view = &morsel_i(inode)->view[kind];
		xa_for_each(&view->pmds, gib, table)
			destroy_gib(table);
		xa_destroy(&view->pmds);
		count_tables(inode, kind, -atomic_long_read(&view->tables));
	}
}
