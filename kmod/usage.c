// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: counters, and which bytes of an object are active.
 *
 * All processes share the leaves of a view, so one look at its accessed and dirty bits
 * tells of them all.  What somebody has taken out of the bits, others that watch the same
 * object would miss: the result is kept with the object, and who asks within MIN_AGE of
 * a scan gets that.  Where a process has copies of leaves in tables of its own (a mapping
 * that does not have all of a GiB, the ragged ends of others), their bits are moved to the
 * leaves of the views first; what is unlinked moves them there by itself.
 *
 * A bit is taken with an atomic operation.  The entry may be cleared or filled at the
 * same time, which does no harm in a PTE table; an entry of a PMD table may have become
 * a table meanwhile, whose bits must stay, so there the table's lock is held for the
 * one entry.  Tables live until eviction.
 */
#include <linux/fs.h>
#include <linux/sched.h>
#include "link.h"
#include "pt_x86.h"

#define MIN_AGE (100 * NSEC_PER_MSEC)

enum {
	COLLECTED_AT_ONCE = 64,	/* GiB of addresses, before others may run */
};

/* Numbers the counts; whose number an address space has is counted already. */
static DEFINE_MUTEX(counting);
static u64 nr_counts;			/* [counting] */

struct scan {
	struct inode *inode;
	u64 active, dirty;	/* bytes */
	unsigned int takes;	/* enum morsel_leaf_bits: what is cleared; the rest is only read */
	bool taken;		/* bits were cleared that TLBs may have cached */
};

void morsel_usage_init(struct morsel_usage *usage)
{
	*usage = (struct morsel_usage){ .activity.at = ktime_get_boottime_ns() };
	mutex_init(&usage->scan);
}

void morsel_usage_exit(struct morsel_usage *usage)
{
	free_percpu(usage->faults);
}

int morsel_usage_ready(struct morsel_usage *usage)
{
	u64 __percpu *faults;

	if (READ_ONCE(usage->faults))
		return 0;
	faults = alloc_percpu_gfp(u64, GFP_KERNEL_ACCOUNT);
	if (!faults)
		return -ENOMEM;
	if (cmpxchg(&usage->faults, NULL, faults))
		free_percpu(faults);
	return 0;
}

void morsel_usage_mapped(struct morsel_usage *usage, struct morsel_attachment *att)
{
	att->serial = ++usage->maps;
	att->since = ktime_get_coarse_boottime_ns();
	usage->last_mapped = ktime_get_coarse_real_ns();
}

/* ---- scan ---- */

static unsigned int take(struct scan *s, unsigned long *leaf)
{
	unsigned int bits = morsel_leaf_bits(READ_ONCE(*leaf));

	if (bits & s->takes) {
		morsel_leaf_clear_bits(leaf, bits & s->takes);
		s->taken = true;
	}
	return bits;
}

static void count(struct scan *s, unsigned int bits, u64 bytes)
{
	if (bits & MORSEL_LEAF_ACCESSED)
		s->active += bytes;
	if (bits & MORSEL_LEAF_DIRTY)
		s->dirty += bytes;
}

/* Of a 2 MiB leaf, if the entry is one. */
static unsigned int take_huge(struct scan *s, struct page *table, pmd_t *slot)
{
	unsigned int bits = 0;

	if (!morsel_leaf_bits(pmd_val(READ_ONCE(*slot))))
		return 0;
	spin_lock(morsel_ptlock(table));
	if (!pmd_none(*slot) && !morsel_pmd_is_table(*slot))
		bits = take(s, (unsigned long *)slot);
	spin_unlock(morsel_ptlock(table));
	return bits;
}

/* @huge is counted for all of the chunk already. */
static void scan_ptes(struct scan *s, unsigned long *const ptes[], unsigned int huge)
{
	enum morsel_view_kind kind;
	unsigned int i, bits;

	for (i = 0; i < PTRS_PER_PTE; i++) {
		bits = 0;
		for (kind = 0; kind < MORSEL_NR_VIEWS; kind++)
			if (ptes[kind])
				bits |= take(s, &ptes[kind][i]);
		count(s, bits & ~huge, PAGE_SIZE);
	}
}

static void scan_chunk(struct scan *s, struct page *const tables[], unsigned int in_gib)
{
	unsigned long *ptes[MORSEL_NR_VIEWS] = {};
	enum morsel_view_kind kind;
	unsigned int huge = 0;
	pmd_t *slot;

	for (kind = 0; kind < MORSEL_NR_VIEWS; kind++) {
		if (!tables[kind])
			continue;
		slot = (pmd_t *)page_address(tables[kind]) + in_gib;
		if (morsel_pmd_is_table(READ_ONCE(*slot)))
			ptes[kind] = page_address(pmd_page(READ_ONCE(*slot)));
		else
			huge |= take_huge(s, tables[kind], slot);
	}
	count(s, huge, PMD_SIZE);
	if (ptes[MORSEL_VIEW_RW] || ptes[MORSEL_VIEW_RO])
		scan_ptes(s, ptes, huge);
}

static void scan_gib(struct scan *s, struct page *rw, struct page *ro)
{
	struct page *const tables[MORSEL_NR_VIEWS] = {
		[MORSEL_VIEW_RW] = rw,
		[MORSEL_VIEW_RO] = ro,
	};
	unsigned int i;

	for (i = 0; i < PTRS_PER_PMD; i++)
		scan_chunk(s, tables, i);
	cond_resched();
}

/* Where a collection goes on: with this attachment, at this address of it. */
struct place {
	u64 serial;
	unsigned long addr;
	bool again;	/* once more, when the views show more */
	struct morsel_unshown unshown;
};

/* Return: false when something else is to be done first. */
static bool collect_from(struct morsel_attachment *att, struct place *at, unsigned int *left)
{
	unsigned long next;

	if (att->serial != at->serial)
		*at = (struct place){ .serial = att->serial };
	do {
		next = morsel_collect(att, at->addr, &at->unshown);
		/* What the views cannot show they are asked to once. */
		at->again = !at->again && at->unshown.first <= at->unshown.last;
		if (at->again)
			return false;
		at->addr = next;
		at->serial = next ? att->serial : att->serial + 1;
		if (!--*left || need_resched())
			return false;
	} while (next);
	return true;
}

/*
 * Bits count in a view, so it has to have the leaves.  It has none where all who map
 * the place have had to copy, as with all that is smaller than 2 MiB.
 */
static void show(struct inode *inode, const struct morsel_unshown *unshown)
{
	enum morsel_view_kind kind;
	pgoff_t index;

	for (kind = 0; kind < MORSEL_NR_VIEWS; kind++) {
		if (!unshown->views[kind])
			continue;
		index = round_down(unshown->first, (pgoff_t)MORSEL_CHUNK_PAGES);
		for (; index <= unshown->last; index += MORSEL_CHUNK_PAGES) {
			filemap_invalidate_lock_shared(inode->i_mapping);
			/* A seal has left nothing to be stored through, and nothing may come. */
			if (kind != MORSEL_VIEW_RW || !READ_ONCE(morsel_i(inode)->sealed))
				/* Without memory they are not counted this time. */
				morsel_view_fill(inode, kind, index, false);
			filemap_invalidate_unlock_shared(inode->i_mapping);
			cond_resched();
		}
	}
}

/*
 * Walks the list from its head, past all that have been collected from, so there should
 * be few calls.  Return: false at the end.
 */
static bool collect_some(struct morsel_inode *mi, struct place *at)
{
	unsigned int left = COLLECTED_AT_ONCE;
	struct morsel_attachment *att;
	bool more = false;

	rcu_read_lock();
	list_for_each_entry_rcu(att, &mi->attachments, in_object) {
		if (att->serial < at->serial || !READ_ONCE(att->copies))
			continue;
		more = !collect_from(att, at, &left);
		if (more)
			break;
	}
	rcu_read_unlock();
	cond_resched();
	return more;
}

static void collect(struct scan *s)
{
	struct place at = {};

	while (collect_some(morsel_i(s->inode), &at))
		if (at.again)
			show(s->inode, &at.unshown);
}

static void scan_views(struct scan *s)
{
	struct morsel_view *view = morsel_i(s->inode)->view;
	struct page *table;
	unsigned long gib;

	xa_for_each(&view[MORSEL_VIEW_RW].pmds, gib, table)
		scan_gib(s, table, xa_load(&view[MORSEL_VIEW_RO].pmds, gib));
	xa_for_each(&view[MORSEL_VIEW_RO].pmds, gib, table)
		if (!xa_load(&view[MORSEL_VIEW_RW].pmds, gib))
			scan_gib(s, NULL, table);
	/* A CPU that has the old entry cached would not set the bits again. */
	if (s->taken)
		morsel_flush_all();
}

/* Context: usage->scan held. */
static void rescan(struct inode *inode, struct morsel_activity *last)
{
	/* Those of dirty pages on a device are left alone. */
	struct scan s = {
		.inode = inode,
		.takes = MORSEL_LEAF_ACCESSED |
			 (morsel_pool(inode->i_sb)->store ? 0 : MORSEL_LEAF_DIRTY),
	};
	u64 now;

	collect(&s);
	scan_views(&s);
	now = ktime_get_boottime_ns();
	*last = (struct morsel_activity){
		.active = s.active,
		.dirty = s.dirty,
		.interval = max_t(u64, now - last->at, 1),
		.at = now,
	};
}

/* ---- count ---- */

static int count_processes(struct inode *inode, unsigned long *processes)
{
	struct morsel_attachment *att;

	*processes = 0;
	if (mutex_lock_killable(&counting))
		return -EINTR;
	nr_counts++;
	rcu_read_lock();
	list_for_each_entry_rcu(att, &morsel_i(inode)->attachments, in_object) {
		if (att->mmm->counted == nr_counts)
			continue;
		att->mmm->counted = nr_counts;
		++*processes;
	}
	rcu_read_unlock();
	mutex_unlock(&counting);
	return 0;
}

static u64 count_faults(const struct morsel_usage *usage)
{
	u64 __percpu *faults = READ_ONCE(usage->faults);
	u64 sum = 0;
	int cpu;

	if (faults)
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(*per_cpu_ptr(faults, cpu));
	return sum;
}

int morsel_usage_get(struct inode *inode, s64 max_age, struct morsel_usage_stat *stat)
{
	struct morsel_usage *usage = &morsel_i(inode)->usage;
	int error = count_processes(inode, &stat->processes);

	if (error)
		return error;
	if (mutex_lock_killable(&usage->scan))
		return -EINTR;
	if (max_age != MORSEL_SCAN_NEVER &&
	    (!usage->activity.interval ||
	     ktime_get_boottime_ns() - usage->activity.at >= max_t(u64, max_age, MIN_AGE)))
		rescan(inode, &usage->activity);
	stat->activity = usage->activity;
	mutex_unlock(&usage->scan);
	stat->maps = READ_ONCE(usage->maps);
	stat->unmaps = READ_ONCE(usage->unmaps);
	stat->last_mapped = READ_ONCE(usage->last_mapped);
	stat->faults = count_faults(usage);
	return 0;
}
