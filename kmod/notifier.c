// SPDX-License-Identifier: GPL-2.0-only
/*
 * The notifier: unlink before the core kernel zaps.
 *
 * From invalidate_range_start until invalidate_range_end nothing that
 * overlaps may be linked, or the zap in between would walk into shared
 * tables: MADV_DONTNEED, the OOM reaper and truncation run beside faults.
 * The list of them and the links are under one lock.  (KVM guards its shadow tables
 * the same way: mmu_invalidate_in_progress.)
 *
 * The callbacks may run in reclaim and in the OOM reaper: they take spinlocks
 * only, allocate nothing and never fail.  Only who makes entries empty may have
 * to wait for a walk without mmap_lock to end, and who would walk there next for
 * him; neither is ever in reclaim.
 */
#include <linux/mmu_notifier.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include "notifier.h"

static LIST_HEAD(morsel_mms);
static DEFINE_SPINLOCK(morsel_mms_lock);
static atomic_t morsel_mms_alive = ATOMIC_INIT(0);	/* notifiers that are not freed yet */
static struct kmem_cache *morsel_mm_cache;

static struct morsel_mm *to_mmm(struct mmu_notifier *mn)
{
	return container_of(mn, struct morsel_mm, mn);
}

/* Unlink what the attachments have in [start, end).  Return: something was taken out. */
static bool unlink_all(struct morsel_mm *mmm, unsigned long start, unsigned long end, bool to_none)
{
	struct morsel_attachment *att;
	bool changed = false;

	for (att = morsel_attach_first(mmm, start, end - 1); att;
	     att = morsel_attach_next(att, start, end - 1))
		changed |= morsel_unlink(att, start, end, to_none);
	return changed;
}

static bool overlaps(const struct morsel_zap *zap, unsigned long start, unsigned long end)
{
	return zap->start < end && start < zap->end;
}

bool morsel_mm_zapped(const struct morsel_mm *mmm, unsigned long start, unsigned long end)
{
	unsigned int i;

	for_each_set_bit(i, &mmm->zaps_used, MORSEL_ZAPS)
		if (overlaps(&mmm->zaps[i], start, end))
			return true;
	return mmm->nr_more && overlaps(&mmm->more, start, end);
}

static void begin(struct morsel_mm *mmm, const struct mmu_notifier_range *range)
{
	const struct morsel_zap zap = { range, range->start, range->end };
	unsigned int i = find_first_zero_bit(&mmm->zaps_used, MORSEL_ZAPS);

	if (i < MORSEL_ZAPS) {
		mmm->zaps[i] = zap;
		__set_bit(i, &mmm->zaps_used);
	} else if (!mmm->nr_more++) {
		mmm->more = zap;
	} else {
		mmm->more.start = min(mmm->more.start, zap.start);
		mmm->more.end = max(mmm->more.end, zap.end);
	}
}

static void finish(struct morsel_mm *mmm, const struct mmu_notifier_range *range)
{
	unsigned int i;

	for_each_set_bit(i, &mmm->zaps_used, MORSEL_ZAPS) {
		if (mmm->zaps[i].range == range) {
			__clear_bit(i, &mmm->zaps_used);
			return;
		}
	}
	if (!WARN_ON_ONCE(!mmm->nr_more))
		mmm->nr_more--;
}

/*
 * MMU_NOTIFY_UNMAP means that mmap_lock is held for write or that the VMA is
 * out of the tree, except in the OOM reaper, which does not block.
 */
static bool may_be_none(const struct mmu_notifier_range *range)
{
	return range->event == MMU_NOTIFY_UNMAP && mmu_notifier_range_blockable(range);
}

/* A range whose links are about to become empty, on the stack of who waits for that. */
struct leave {
	struct list_head list;	/* [mmm->lock] in mmm->leaving */
	struct morsel_zap range;
};

/* Do the two share a place where an object is mapped?  Elsewhere there is nothing of ours. */
static bool meet(struct morsel_mm *mmm, const struct morsel_zap *zap, unsigned long start,
		 unsigned long end)
{
	return overlaps(zap, start, end) &&
	       morsel_attach_first(mmm, max(zap->start, start), min(zap->end, end) - 1);
}

static bool is_leaving(struct morsel_mm *mmm, unsigned long start, unsigned long end)
{
	const struct leave *leave;

	list_for_each_entry(leave, &mmm->leaving, list)
		if (meet(mmm, &leave->range, start, end))
			return true;
	return false;
}

/* Is an invalidation in progress where an object is mapped in the range? */
static bool is_walked(struct morsel_mm *mmm, unsigned long start, unsigned long end)
{
	unsigned int i;

	for_each_set_bit(i, &mmm->zaps_used, MORSEL_ZAPS)
		if (meet(mmm, &mmm->zaps[i], start, end))
			return true;
	return mmm->nr_more && meet(mmm, &mmm->more, start, end);
}

/* Wait until an invalidation has ended or a range has left. */
static void wait_for_an_end(struct morsel_mm *mmm)
	__must_hold(&mmm->lock)
{
	unsigned int before = mmm->ended;

	spin_unlock(&mmm->lock);
	wait_event(mmm->wait, READ_ONCE(mmm->ended) != before);
	spin_lock(&mmm->lock);
}

/*
 * While somebody waits here nothing new begins where he waits, except what must not
 * block: see begin_after_leavers().  So the wait is for what had begun before, which
 * is finite, and ends by itself: a walk of our mappings between start and end of an
 * invalidation holds its locks already and takes no sleeping lock that could be held
 * by whoever is kept waiting.  In particular:
 *  - unmap_mapping_range() of ours holds invalidate_lock and i_mmap_rwsem, and zaps;
 *  - the OOM reaper and process_mrelease() hold mmap_lock, zap, and are the ones that
 *    must not block; they stop coming once one of them has been through;
 *  - mremap() takes i_mmap_rwsem between start and end, which who is kept waiting may
 *    hold, but holds mmap_lock for write: as do our callers, or the VMA is out of its
 *    reach, or the address space has no user left.
 * Reclaim has no business there, as our frames are on no list of its.  All this holds
 * as long as no more than MORSEL_ZAPS invalidations are in progress at
 * once: others are known by their hull, which may reach into the range for longer.
 */
void morsel_mm_wait(struct morsel_mm *mmm, unsigned long start, unsigned long end)
	__must_hold(&mmm->lock)
{
	struct leave leave = { .range = { .start = start, .end = end } };

	lockdep_assert_held(&mmm->lock);
	if (!is_walked(mmm, start, end))
		return;
	list_add(&leave.list, &mmm->leaving);
	while (is_walked(mmm, start, end))
		wait_for_an_end(mmm);
	list_del(&leave.list);
	mmm->ended++;
	wake_up_all(&mmm->wait);
}

void morsel_mm_unlinked(struct morsel_mm *mmm, bool changed)
	__releases(&mmm->lock)
{
	bool flush = changed || mmm->unflushed;

	if (flush)
		mmm->unflushed++;
	spin_unlock(&mmm->lock);
	if (!flush)
		return;
	morsel_flush_mm(mmm->mn.mm);
	spin_lock(&mmm->lock);
	mmm->unflushed--;
	spin_unlock(&mmm->lock);
}

/*
 * Who is about to wait himself comes first: two that leave overlap only where one
 * has all of a dying address space.
 */
static void begin_after_leavers(struct morsel_mm *mmm, const struct mmu_notifier_range *range,
				bool to_none)
	__must_hold(&mmm->lock)
{
	if (to_none)
		morsel_mm_wait(mmm, range->start, range->end);
	else if (mmu_notifier_range_blockable(range))
		while (is_leaving(mmm, range->start, range->end))
			wait_for_an_end(mmm);
	begin(mmm, range);
}

static int range_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	struct morsel_mm *mmm = to_mmm(mn);
	bool to_none = may_be_none(range), changed;

	spin_lock(&mmm->lock);
	begin_after_leavers(mmm, range, to_none);
	changed = unlink_all(mmm, range->start, range->end, to_none);
	morsel_mm_unlinked(mmm, changed);
	return 0;
}

static void range_end(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	struct morsel_mm *mmm = to_mmm(mn);
	bool wake;

	spin_lock(&mmm->lock);
	finish(mmm, range);
	wake = !list_empty(&mmm->leaving);
	mmm->ended += wake;
	spin_unlock(&mmm->lock);
	if (wake)
		wake_up_all(&mmm->wait);
}

/*
 * The list holds a reference of its own, so that an address space stays
 * registered while it maps nothing; who takes it off the list drops it.
 */
static bool unlist(struct morsel_mm *mmm)
{
	bool listed;

	spin_lock(&morsel_mms_lock);
	listed = !list_empty(&mmm->all);
	list_del_init(&mmm->all);
	spin_unlock(&morsel_mms_lock);
	return listed;
}

/* The address space dies: unmapping that follows does not notify any more. */
static void release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct morsel_mm *mmm = to_mmm(mn);
	bool changed;

	spin_lock(&mmm->lock);
	mmm->gone = true;
	morsel_mm_wait(mmm, 0, TASK_SIZE_MAX);
	changed = unlink_all(mmm, 0, TASK_SIZE_MAX, true);
	morsel_mm_unlinked(mmm, changed);
	if (unlist(mmm))
		mmu_notifier_put(mn);
}

/* The process that has the address space; NULL: it has let go, or is not known. */
static struct pid *owner_of(struct mm_struct *mm)
{
	struct pid *pid = NULL;
#ifdef CONFIG_MEMCG
	struct task_struct *owner;

	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (owner)
		pid = get_task_pid(owner, PIDTYPE_TGID);
	rcu_read_unlock();
#else
	if (current->mm == mm)
		pid = get_task_pid(current, PIDTYPE_TGID);
#endif
	return pid;
}

/*
 * What is in the cache has nobody waiting, listed or mapped, and goes there the same.  A
 * constructor spares each first mapping of a process the zeroing of the whole.
 */
static void construct(void *object)
{
	struct morsel_mm *mmm = object;

	memset(mmm, 0, sizeof(*mmm));
	spin_lock_init(&mmm->lock);
	init_waitqueue_head(&mmm->wait);
	INIT_LIST_HEAD(&mmm->all);
	INIT_LIST_HEAD(&mmm->leaving);
	mmm->tree = RB_ROOT_CACHED;
}

static struct mmu_notifier *alloc_notifier(struct mm_struct *mm)
{
	struct morsel_mm *mmm = kmem_cache_alloc(morsel_mm_cache, GFP_KERNEL);

	if (!mmm)
		return ERR_PTR(-ENOMEM);
	if (morsel_stubs_get(&mmm->stubs)) {
		kmem_cache_free(morsel_mm_cache, mmm);
		return ERR_PTR(-ENOMEM);
	}
	mmm->mn.mm = mm;	/* for free_notifier(), should registering fail */
	mmm->gone = false;
	/* An invalidation that ->release came into the middle of has not told its end. */
	mmm->zaps_used = 0;
	mmm->nr_more = 0;
	mmm->counted = 0;
	mmm->tgid = owner_of(mm);
	atomic_inc(&morsel_mms_alive);
	return &mmm->mn;
}

static void free_mm(struct rcu_head *rcu)
{
	struct morsel_mm *mmm = container_of(rcu, struct morsel_mm, rcu);

	put_pid(mmm->tgid);
	kmem_cache_free(morsel_mm_cache, mmm);
	if (atomic_dec_and_test(&morsel_mms_alive))
		wake_up_var(&morsel_mms_alive);
}

/* Who counts attachments may still look at it. */
static void free_notifier(struct mmu_notifier *mn)
{
	struct morsel_mm *mmm = to_mmm(mn);

	morsel_stubs_put(&mmm->stubs, mn->mm);
	call_rcu(&mmm->rcu, free_mm);
}

static const struct mmu_notifier_ops morsel_mmu_ops = {
	.invalidate_range_start = range_start,
	.invalidate_range_end = range_end,
	.release = release,
	.alloc_notifier = alloc_notifier,
	.free_notifier = free_notifier,
};

static struct morsel_mm *get_ref(struct mm_struct *mm)
{
	struct mmu_notifier *mn = mmu_notifier_get_locked(&morsel_mmu_ops, mm);

	return IS_ERR(mn) ? ERR_CAST(mn) : to_mmm(mn);
}

/* The first to get it puts it on the list, with a reference.  mmap_lock makes him the only one. */
static void enlist(struct morsel_mm *mmm)
{
	if (!list_empty(&mmm->all))
		return;
	get_ref(mmm->mn.mm);
	spin_lock(&morsel_mms_lock);
	list_add(&mmm->all, &morsel_mms);
	spin_unlock(&morsel_mms_lock);
}

struct morsel_mm *morsel_mm_get(struct mm_struct *mm)
{
	struct morsel_mm *mmm;

	lockdep_assert_held_write(&mm->mmap_lock);
	mmm = get_ref(mm);
	if (mmm == ERR_PTR(-EINTR))
		return ERR_PTR(-ERESTARTNOINTR);
	if (!IS_ERR(mmm))
		enlist(mmm);
	return mmm;
}

void morsel_mm_ref(struct morsel_mm *mmm)
{
	get_ref(mmm->mn.mm);
}

void morsel_mm_put(struct morsel_mm *mmm)
{
	mmu_notifier_put(&mmm->mn);
}

int morsel_mm_init(void)
{
	morsel_mm_cache = kmem_cache_create("morsel_mm", sizeof(struct morsel_mm), 0,
					    SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT, construct);
	return morsel_mm_cache ? 0 : -ENOMEM;
}

void morsel_mm_exit(void)
{
	struct morsel_mm *mmm;

	for (;;) {
		spin_lock(&morsel_mms_lock);
		mmm = list_first_entry_or_null(&morsel_mms, struct morsel_mm, all);
		if (mmm)
			list_del_init(&mmm->all);
		spin_unlock(&morsel_mms_lock);
		if (!mmm)
			break;
		mmu_notifier_put(&mmm->mn);
	}
	mmu_notifier_synchronize();
	/* That waits for readers, not for the callbacks that free. */
	wait_var_event(&morsel_mms_alive, !atomic_read(&morsel_mms_alive));
	/* Callbacks run with bottom halves off: after this the last one has returned. */
	synchronize_rcu();
	kmem_cache_destroy(morsel_mm_cache);
}
