// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page-table pages of views.
 *
 * They are what the core kernel expects under an upper entry: typed as page
 * tables, with the lock that walkers take, counted in NR_PAGETABLE.
 */
#include <linux/gfp.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "pt_x86.h"

struct address_space morsel_table_mark;

static int lock_init(struct page *table)
{
#if ALLOC_SPLIT_PTLOCKS
	spinlock_t *lock = kmalloc(sizeof(*lock), GFP_KERNEL);

	if (!lock)
		return -ENOMEM;
	morsel_ptlock_field(table) = lock;
#endif
	spin_lock_init(morsel_ptlock(table));
	return 0;
}

static void lock_free(struct page *table)
{
#if ALLOC_SPLIT_PTLOCKS
	kfree(morsel_ptlock(table));
#endif
}

struct page *morsel_table_alloc(void)
{
	struct page *table = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

	if (!table)
		return NULL;
	if (lock_init(table)) {
		__free_page(table);
		return NULL;
	}
	table->mapping = &morsel_table_mark;
	morsel_table_set_type(table, true);
	morsel_table_account(table, true);
	return table;
}

void morsel_table_free_now(struct page *table)
{
	morsel_table_account(table, false);
	morsel_table_set_type(table, false);
	lock_free(table);
	table->mapping = NULL;
	__free_page(table);
}

static void free_rcu_cb(struct rcu_head *head)
{
	morsel_table_free_now(container_of(head, struct page, rcu_head));
}

void morsel_table_free(struct page *table)
{
	call_rcu(&table->rcu_head, free_rcu_cb);
}
