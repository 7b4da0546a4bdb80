/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attachments of one address space and the links they have.  For attach.c,
 * link.c and fault.c; the rest of the module uses attach.h.
 */
#ifndef MORSEL_LINK_H
#define MORSEL_LINK_H

#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "compat.h"
#include "inode.h"

/* One table per level that nothing is mapped through; takes a link's place. */
struct morsel_stubs {
	struct page *pmd;
	struct page *pte;
};

enum {
	MORSEL_ZAPS = 32,	/* invalidations of one address space that are told apart */
};

/* An invalidation in progress. */
struct morsel_zap {
	const void *range;	/* the same at start and at end, another one's is another */
	unsigned long start, end;
};

/* One address space that maps or has mapped morsels. */
struct morsel_mm {
	struct mmu_notifier mn;		/* .mm is the address space */
	struct list_head all;		/* [morsel_mms_lock] */
	spinlock_t lock;
	struct morsel_stubs stubs;	/* constant; those of this address space or everybody's */
	struct rb_root_cached tree;	/* [lock] attachments by address */
	struct morsel_zap zaps[MORSEL_ZAPS]; /* [lock] invalidations between start and end */
	unsigned long zaps_used;	/* [lock] which of these there are, by bit */
	struct morsel_zap more;		/* [lock] hull of what did not fit, while nr_more */
	unsigned int nr_more;		/* [lock] */
	struct list_head leaving;	/* [lock] struct leave: ranges whose links become empty */
	unsigned int ended;		/* [lock] counts what waiters wait for */
	unsigned int unflushed;		/* [lock] unlinks whose flush is not over */
	bool gone;			/* [lock] ->release has run: no link any more */
	wait_queue_head_t wait;		/* for @ended to change */
	struct pid *tgid;		/* of the process, with a reference; NULL: not known */
	u64 counted;			/* [usage.c: counting] the last count that it is in */
	struct rcu_head rcu;
};

/* notifier.c */
bool morsel_mm_zapped(const struct morsel_mm *mmm, unsigned long start, unsigned long end);

/* Is an invalidation in progress that may overlap [@start, @end)?  Context: mmm->lock. */
static inline bool morsel_mm_busy(const struct morsel_mm *mmm, unsigned long start,
				  unsigned long end)
{
	return (mmm->zaps_used || mmm->nr_more) && morsel_mm_zapped(mmm, start, end);
}

/*
 * One VMA that maps a morsel.  Its range is exact: every leaf and every own
 * table that a process has in it was put there by us.
 */
struct morsel_attachment {
	struct rb_node rb;		/* [mmm->lock] in mmm->tree */
	unsigned long start;		/* [mmm->lock] first byte */
	unsigned long last;		/* [mmm->lock] last byte */
	unsigned long subtree_last;	/* [mmm->lock] */
	struct morsel_mm *mmm;		/* holds a notifier reference */
	struct inode *inode;		/* pinned by the VMA's file */
	const struct cred *mapper;	/* of who made the mapping, or his parent did */
	unsigned long verdict;		/* on the mapper's rights: see revoke.c */
	struct list_head in_object;	/* [attach_lock, readers RCU] by ascending @serial */
	u64 serial;			/* of the object's attachments; constant */
	unsigned int view;		/* enum morsel_view_kind: of the VMA, or of its last link */
	u64 since;			/* when it was made, boot time in ns; constant */
	unsigned long base;		/* address of the object's first byte; constant */
	struct morsel_attachment *spare; /* [mmap_lock write] for a split that is about to come */
	unsigned long links;		/* [mmm->lock] links and leaves in own tables */
	unsigned long copies;		/* [mmm->lock] of these the leaves */
	struct rcu_head rcu;
};

extern const struct vm_operations_struct morsel_vm_ops;

/*
 * vma->vm_private_data of a VMA with morsel_vm_ops: its attachment, or as long as
 * it has none the credentials of the mapper with a reference, marked by a bit.
 */
#define MORSEL_MAPPER_BIT	1UL

static inline void *morsel_mark_mapper(const struct cred *mapper)
{
	return (void *)((unsigned long)mapper | MORSEL_MAPPER_BIT);
}

static inline unsigned long morsel_vma_data(const struct vm_area_struct *vma)
{
	/* Pairs with the release in insert(): the attachment is in the tree of its mm. */
	return (unsigned long)smp_load_acquire(&vma->vm_private_data);
}

static inline struct morsel_attachment *morsel_vma_attachment(const struct vm_area_struct *vma)
{
	unsigned long data = morsel_vma_data(vma);

	return data & MORSEL_MAPPER_BIT ? NULL : (struct morsel_attachment *)data;
}

static inline const struct cred *morsel_vma_mapper(const struct vm_area_struct *vma)
{
	unsigned long data = morsel_vma_data(vma);

	if (data & MORSEL_MAPPER_BIT)
		return (const struct cred *)(data & ~MORSEL_MAPPER_BIT);
	return ((struct morsel_attachment *)data)->mapper;
}

/*
 * Have the notifier of the VMA's mm and an attachment, which takes over the marked
 * reference on the mapper.  Context: mmap_lock held for write.
 */
int morsel_attach(struct vm_area_struct *vma);
/*
 * Who mapped at @addr has lost the right to write, but not to read: make the VMA one
 * that cannot be written.  Context: mmap_lock held for write.
 */
void morsel_attach_readonly(struct mm_struct *mm, unsigned long addr);
/* A VMA ends, or is refused after all.  Context: mmap_lock held for write. */
void morsel_detach(struct vm_area_struct *vma);

/*
 * map.c: is the VMA where the object has its place, if it has one?
 * Return: 0; -EINVAL (elsewhere), -EFBIG (it reaches behind the place).
 */
int morsel_check_place(const struct vm_area_struct *vma);
/* Attach all VMAs of @mm that have no attachment yet.  Context: mmap_lock held for write. */
int morsel_attach_all(struct mm_struct *mm);

/* Set the attachment's range to that of its VMA.  Context: mmm->lock. */
void morsel_attach_range(struct morsel_attachment *att, unsigned long start, unsigned long end);

/*
 * Attachments that overlap [start, last].  Context: mmm->lock.
 */
struct morsel_attachment *morsel_attach_first(struct morsel_mm *mmm, unsigned long start,
					      unsigned long last);
struct morsel_attachment *morsel_attach_next(struct morsel_attachment *att, unsigned long start,
					     unsigned long last);

/**
 * morsel_unlink() - take the links out that overlap [@start, @end)
 * @to_none: the entries become empty; else links become stubs
 *
 * Entries may become empty only where no walker can be in them: mmap_lock
 * held for write, the VMA out of the tree, or the address space dying, and
 * morsel_mm_wait() done under the same hold of mmm->lock.
 *
 * Context: mmm->lock held.
 * Return: true when something was taken out: the caller flushes with
 * morsel_flush_mm() once he has dropped the lock.
 */
bool morsel_unlink(struct morsel_attachment *att, unsigned long start, unsigned long end,
		   bool to_none);

/**
 * morsel_flush_mm() - flush the TLBs of all CPUs that use @mm
 *
 * Returns when they have, which is also when no lockless walker that started
 * before is still in a table that was unlinked.
 *
 * Context: interrupts on, no spinlock that is taken with interrupts off.
 */
void morsel_flush_mm(struct mm_struct *mm);
/* The same on all CPUs for all address spaces. */
void morsel_flush_all(void);

/* Pages whose copies have bits, but that the views do not show. */
struct morsel_unshown {
	pgoff_t first, last;	/* all of them are within; @first after @last: none */
	bool views[MORSEL_NR_VIEWS];	/* that should show them */
};

/**
 * morsel_collect() - move the accessed and dirty bits of leaf copies to the views
 * @addr: where to go on; 0: at the start
 * @unshown: receives where that was not possible; the bits stay
 *
 * One GiB of addresses at a time.  The caller flushes.  An attachment with copies has
 * all the tables of its range: they go after the copies.
 *
 * Context: RCU, in which the attachment was found in the list of its object.
 * Return: where to go on, 0 at the end.
 */
unsigned long morsel_collect(struct morsel_attachment *att, unsigned long addr,
			     struct morsel_unshown *unshown);

/* How a fault ended. */
enum morsel_link_result {
	MORSEL_LINKED,		/* done, or somebody else did it */
	MORSEL_LINK_BUSY,	/* an invalidation is in progress: fault again */
	MORSEL_LINK_LOWER,	/* try one level lower */
	MORSEL_LINK_BAD,	/* something is there that must not be */
};

/*
 * Link the GiB (2 MiB) of the fault, and what else the VMA has below the same
 * table.  Context: a fault; the view has been filled; invalidate_lock shared.
 */
enum morsel_link_result morsel_link_pud(struct vm_fault *vmf, struct morsel_attachment *att,
					enum morsel_view_kind kind);
enum morsel_link_result morsel_link_pmd(struct vm_fault *vmf, struct morsel_attachment *att,
					enum morsel_view_kind kind);
/* Copy leaves into the process's own PTE table. */
enum morsel_link_result morsel_link_ptes(struct vm_fault *vmf, struct morsel_attachment *att,
					 enum morsel_view_kind kind);

/* Which view a VMA sees. */
static inline enum morsel_view_kind morsel_vma_view(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? MORSEL_VIEW_RW : MORSEL_VIEW_RO;
}

/* True when the VMA has the whole aligned span of @size around @addr. */
static inline bool morsel_vma_covers(const struct vm_area_struct *vma, unsigned long addr,
				     unsigned long size)
{
	unsigned long start = round_down(addr, size);

	return vma->vm_start <= start && start + size - 1 < vma->vm_end;
}

/* fault.c */
vm_fault_t morsel_vm_fault(struct vm_fault *vmf);
vm_fault_t morsel_vm_huge_fault(struct vm_fault *vmf, morsel_fault_size_t size);
vm_fault_t morsel_vm_mkwrite(struct vm_fault *vmf);
int morsel_vm_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write);

/* Context: process; sleeps.  Return: 0 or -ENOMEM. */
int morsel_stubs_get(struct morsel_stubs *stubs);
/* Context: no entry of @mm names them any more, no CPU has cached one that did. */
void morsel_stubs_put(struct morsel_stubs *stubs, struct mm_struct *mm);

int morsel_stubs_init(void);
/* Context: morsel_stubs_put() has been called for all; rcu_barrier() is due afterwards. */
void morsel_stubs_exit(void);

#endif
