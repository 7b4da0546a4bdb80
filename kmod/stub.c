// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stubs: the always empty tables that take a link's place; see unlink.c.
 *
 * Where the core kernel only reads what it finds in our VMAs, one stub per
 * level serves the whole module.  Where userfaultfd may write-protect any VMA
 * (MORSEL_STUBS_PER_MM), it puts markers into a stub, and tables of its own
 * below it, so each address space has stubs of its own: a process that does so
 * meets its own markers only.  What it hangs there is counted as the process's
 * and freed with the stub, for no upper entry leads to it any more when the
 * core kernel frees tables.
 */
#include <linux/mm.h>
#include "link.h"
#include "pt_x86.h"

/* Freed later: a lockless walker may have come this far. */
static void free_stub(struct page *stub)
{
	if (stub)
		morsel_table_free(stub);
}

static int alloc_stubs(struct morsel_stubs *stubs)
{
	stubs->pmd = morsel_table_alloc();
	stubs->pte = morsel_table_alloc();
	if (stubs->pmd && stubs->pte)
		return 0;
	free_stub(stubs->pmd);
	free_stub(stubs->pte);
	return -ENOMEM;
}

#if MORSEL_STUBS_PER_MM
/* Markers are all that may be in a table below: nothing is mapped through a stub. */
static bool maps_something(struct page *table)
{
	const pte_t *pte = page_address(table);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++)
		if (pte_present(pte[i]))
			return true;
	return false;
}

static void free_below(struct page *stub, struct mm_struct *mm)
{
	pmd_t *pmd = page_address(stub);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PMD; i++) {
		if (pmd_none(pmd[i]))
			continue;
		if (WARN_ON_ONCE(pmd_leaf(pmd[i]) || maps_something(pmd_page(pmd[i]))))
			continue;
		mm_dec_nr_ptes(mm);
		morsel_table_free(pmd_page(pmd[i]));
	}
}

int morsel_stubs_get(struct morsel_stubs *stubs)
{
	return alloc_stubs(stubs);
}

void morsel_stubs_put(struct morsel_stubs *stubs, struct mm_struct *mm)
{
	free_below(stubs->pmd, mm);
	WARN_ON_ONCE(maps_something(stubs->pte));
	free_stub(stubs->pmd);
	free_stub(stubs->pte);
}

int morsel_stubs_init(void)
{
	return 0;
}

void morsel_stubs_exit(void)
{
}
#else
static struct morsel_stubs everybodys;

int morsel_stubs_get(struct morsel_stubs *stubs)
{
	*stubs = everybodys;
	return 0;
}

void morsel_stubs_put(struct morsel_stubs *stubs, struct mm_struct *mm)
{
}

int morsel_stubs_init(void)
{
	return alloc_stubs(&everybodys);
}

void morsel_stubs_exit(void)
{
	WARN_ON_ONCE(memchr_inv(page_address(everybodys.pmd), 0, PAGE_SIZE));
	WARN_ON_ONCE(memchr_inv(page_address(everybodys.pte), 0, PAGE_SIZE));
	free_stub(everybodys.pmd);
	free_stub(everybodys.pte);
}
#endif
