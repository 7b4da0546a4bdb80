// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reservations in the morsel window: an augmented red-black tree by address, in
 * which each node knows the gap in front of it and the largest gaps below it.  So
 * the lowest place that fits is found in one walk down.  The nodes are in the
 * objects: giving a place back needs no memory and cannot fail, which the maple
 * tree does not promise.
 *
 * The end of the window is a node as well: the tree is never empty, and every gap
 * is in front of a node.
 */
#include <linux/fs.h>
#include <linux/rbtree_augmented.h>
#include "inode.h"

static DEFINE_SPINLOCK(reserve_lock);	/* the tree, the window and the sums */
static struct rb_root tree = RB_ROOT;
static struct morsel_reservation window_last = { .end = U64_MAX };
static struct morsel_window window = {
	.start = 0x200000000000,
	.end = 0x500000000000,
};

static struct morsel_reservation *node_of(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct morsel_reservation, rb);
}

/* Who pays for a place. */
static struct morsel_account *owner_of(const struct morsel_reservation *node)
{
	return container_of(node, struct morsel_inode, reservation)->account;
}

/* What of the gap in front of a node can be used at an alignment. */
static u64 own_gap(const struct morsel_reservation *node, u64 align)
{
	u64 from = round_up(node->gap_start, align), to = round_down(node->start, align);

	return from < to ? to - from : 0;
}

static bool compute_gaps(struct morsel_reservation *node, bool exit)
{
	struct morsel_gaps gaps = { own_gap(node, PMD_SIZE), own_gap(node, PUD_SIZE) };
	struct morsel_reservation *child;

	child = node_of(node->rb.rb_left);
	if (child) {
		gaps.pmd = max(gaps.pmd, child->gaps.pmd);
		gaps.pud = max(gaps.pud, child->gaps.pud);
	}
	child = node_of(node->rb.rb_right);
	if (child) {
		gaps.pmd = max(gaps.pmd, child->gaps.pmd);
		gaps.pud = max(gaps.pud, child->gaps.pud);
	}
	if (exit && gaps.pmd == node->gaps.pmd && gaps.pud == node->gaps.pud)
		return true;
	node->gaps = gaps;
	return false;
}

RB_DECLARE_CALLBACKS(static, gap_callbacks, struct morsel_reservation, rb, gaps, compute_gaps)

/* The first node that ends behind @addr; there always is one. */
static struct morsel_reservation *first_behind(u64 addr)
{
	struct rb_node *rb = tree.rb_node;
	struct morsel_reservation *found = &window_last;

	while (rb) {
		struct morsel_reservation *node = node_of(rb);

		if (node->end > addr) {
			found = node;
			rb = rb->rb_left;
		} else {
			rb = rb->rb_right;
		}
	}
	return found;
}

/* Put a node with its start, end and gap_start into the tree. */
static void link_node(struct morsel_reservation *node)
{
	struct rb_node **to = &tree.rb_node, *parent = NULL;

	while (*to) {
		parent = *to;
		to = node->start < node_of(parent)->start ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&node->rb, parent, to);
	compute_gaps(node, false);
	gap_callbacks.propagate(parent, NULL);
	rb_insert_augmented(&node->rb, &tree, &gap_callbacks);
}

static void set_gap_start(struct morsel_reservation *node, u64 gap_start)
{
	node->gap_start = gap_start;
	gap_callbacks.propagate(&node->rb, NULL);
}

static void insert(struct morsel_reservation *node, struct morsel_reservation *next, u64 start,
		   u64 len)
{
	node->end = start + len;
	node->gap_start = next->gap_start;
	WRITE_ONCE(node->start, start);
	link_node(node);
	set_gap_start(next, node->end);
	window.reservations++;
	window.reserved += len;
	owner_of(node)->reserved += len;
}

static void erase(struct morsel_reservation *node)
{
	struct morsel_reservation *next = node_of(rb_next(&node->rb));

	rb_erase_augmented(&node->rb, &tree, &gap_callbacks);
	set_gap_start(next, node->gap_start);
	window.reservations--;
	window.reserved -= node->end - node->start;
	owner_of(node)->reserved -= node->end - node->start;
	WRITE_ONCE(node->start, 0);
}

static u64 gap_at(const struct morsel_gaps *gaps, u64 align)
{
	return align == PUD_SIZE ? gaps->pud : gaps->pmd;
}

/* The node with the lowest gap in front of it that has room for @len; NULL: none. */
static struct morsel_reservation *lowest_fit(u64 len, u64 align)
{
	struct morsel_reservation *node = node_of(tree.rb_node), *left;

	if (gap_at(&node->gaps, align) < len)
		return NULL;
	for (;;) {
		left = node_of(node->rb.rb_left);
		if (left && gap_at(&left->gaps, align) >= len) {
			node = left;
			continue;
		}
		if (own_gap(node, align) >= len)
			return node;
		node = node_of(node->rb.rb_right);
	}
}

/* ---- places of objects ---- */

static u64 align_of(u64 max)
{
	return max >= PUD_SIZE ? PUD_SIZE : PMD_SIZE;
}

u64 morsel_reserve_length(u64 max)
{
	return round_up(max, align_of(max));
}

static int place_lowest(struct morsel_reservation *node, u64 len, u64 align)
{
	struct morsel_reservation *next = lowest_fit(len, align);

	if (!next)
		return -ENOSPC;
	insert(node, next, round_up(next->gap_start, align), len);
	return 0;
}

static int place_at(struct morsel_reservation *node, u64 addr, u64 len)
{
	struct morsel_reservation *next;

	if (addr < window.start || addr >= window.end || len > window.end - addr)
		return -ERANGE;
	next = first_behind(addr);
	if (next->start < addr + len)
		return -EADDRINUSE;
	insert(node, next, addr, len);
	return 0;
}

static bool may_have(const struct morsel_account *owner, u64 len)
{
	u64 most = morsel_user_addresses();

	return !most || uid_eq(owner->uid, GLOBAL_ROOT_UID) ||
	       (owner->reserved < most && len <= most - owner->reserved);
}

static int place(struct morsel_reservation *node, u64 addr, u64 max)
{
	u64 len = morsel_reserve_length(max);

	lockdep_assert_held(&reserve_lock);
	if (len > window.end - window.start)
		return -EFBIG;
	if (!may_have(owner_of(node), len))
		return -EDQUOT;
	return addr ? place_at(node, addr, len) : place_lowest(node, len, align_of(max));
}

/* Where it was, if there is no place for it: nobody has taken that meanwhile. */
static int move(struct morsel_reservation *node, u64 addr, u64 max)
{
	u64 start = node->start, len = node->end - start;
	int error;

	if (start)
		erase(node);
	error = place(node, addr, max);
	if (error && start)
		insert(node, first_behind(start), start, len);
	return error;
}

/*
 * Is the object mapped, or being mapped?  A VMA without attachment, of a forked
 * child, is in i_mmap before the parent's attachment can go.
 */
static bool is_mapped(struct morsel_inode *mi)
{
	lockdep_assert_held(&mi->attach_lock);
	return mi->nr_attachments || mapping_mapped(mi->vfs_inode.i_mapping);
}

int morsel_reserve(struct inode *inode, u64 addr, u64 max)
{
	struct morsel_inode *mi = morsel_i(inode);
	int error;

	lockdep_assert_held_write(&inode->i_rwsem);
	if (max > MORSEL_SIZE_MAX || i_size_read(inode) > max)
		return -EFBIG;
	if (!max || !IS_ALIGNED(addr, align_of(max)))
		return -EINVAL;
	/* mmap attaches, then looks for the place: one of us sees the other. */
	spin_lock(&mi->attach_lock);
	spin_lock(&reserve_lock);
	error = is_mapped(mi) ? -EBUSY : move(&mi->reservation, addr, max);
	if (!error)
		mi->reservation.max = max;
	spin_unlock(&reserve_lock);
	spin_unlock(&mi->attach_lock);
	return error;
}

int morsel_unreserve(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);
	int error = 0;

	lockdep_assert_held_write(&inode->i_rwsem);
	spin_lock(&mi->attach_lock);
	spin_lock(&reserve_lock);
	if (!mi->reservation.start)
		error = -ENOENT;
	else if (is_mapped(mi))
		error = -EBUSY;
	else
		erase(&mi->reservation);
	spin_unlock(&reserve_lock);
	spin_unlock(&mi->attach_lock);
	return error;
}

void morsel_reserve_move(struct inode *inode, struct morsel_account *to)
{
	const struct morsel_reservation *node = &morsel_i(inode)->reservation;

	lockdep_assert_held_write(&inode->i_rwsem);
	spin_lock(&reserve_lock);
	if (node->start) {
		owner_of(node)->reserved -= node->end - node->start;
		to->reserved += node->end - node->start;
	}
	spin_unlock(&reserve_lock);
}

u64 morsel_reserve_look(u64 max)
{
	struct morsel_reservation *next;
	u64 align = align_of(max), addr = 0;

	spin_lock(&reserve_lock);
	next = lowest_fit(morsel_reserve_length(max), align);
	if (next)
		addr = round_up(next->gap_start, align);
	spin_unlock(&reserve_lock);
	return addr;
}

void morsel_reserve_end(struct inode *inode)
{
	struct morsel_reservation *node = &morsel_i(inode)->reservation;

	if (!node->start)	/* nobody else knows the object any more */
		return;
	spin_lock(&reserve_lock);
	erase(node);
	spin_unlock(&reserve_lock);
}

int morsel_reserve_allows(const struct inode *inode, u64 size)
{
	const struct morsel_reservation *node = &morsel_i(inode)->reservation;

	return READ_ONCE(node->start) && size > node->max ? -EFBIG : 0;
}

static void describe(const struct morsel_reservation *node, struct morsel_place *place)
{
	const struct morsel_inode *mi = container_of(node, struct morsel_inode, reservation);

	*place = (struct morsel_place){
		.start = node->start, .end = node->end, .max = node->max,
		.pool = morsel_pool(mi->vfs_inode.i_sb)->id, .object = mi->vfs_inode.i_ino,
	};
}

bool morsel_reserve_next(u64 addr, bool gaps, struct morsel_place *place)
{
	struct morsel_reservation *node;
	bool found = true;

	spin_lock(&reserve_lock);
	node = first_behind(addr);
	addr = max(addr, node->gap_start);
	if (gaps && addr < node->start)
		*place = (struct morsel_place){ .start = addr, .end = node->start };
	else if (node != &window_last)
		describe(node, place);
	else
		found = false;
	spin_unlock(&reserve_lock);
	return found;
}

/* ---- the window ---- */

static void open_window(u64 start, u64 end)
{
	tree = RB_ROOT;
	window.start = start;
	window.end = end;
	window_last.start = end;
	window_last.gap_start = start;
	link_node(&window_last);
}

void morsel_reserve_init(void)
{
	spin_lock(&reserve_lock);
	open_window(window.start, window.end);
	spin_unlock(&reserve_lock);
}

void morsel_window_get(struct morsel_window *to)
{
	spin_lock(&reserve_lock);
	*to = window;
	to->largest_gap = node_of(tree.rb_node)->gaps.pmd;
	spin_unlock(&reserve_lock);
}

const char *morsel_window_set(u64 start, u64 end, int *error)
{
	const u64 most = round_down(DEFAULT_MAP_WINDOW, PUD_SIZE);
	const char *why = NULL;

	*error = -EINVAL;
	if (!IS_ALIGNED(start, PUD_SIZE) || !IS_ALIGNED(end, PUD_SIZE))
		return "the window must begin and end at a multiple of 1 GiB";
	if (start >= end)
		return "the window ends before it begins";
	if (start < PUD_SIZE || end > most)
		return "the window must be in user space, from 1 GiB up to 128 TiB less 1 GiB";
	spin_lock(&reserve_lock);
	if (window.reservations) {
		*error = -EBUSY;
		why = "there are reservations in the window";
	} else {
		open_window(start, end);
	}
	spin_unlock(&reserve_lock);
	return why;
}
