// SPDX-License-Identifier: GPL-2.0-only
/*
 * The canonical tree of an object on a device, as tree.h promises it.
 *
 * Who looks something up reads the tree on the media without a lock: entries are
 * loaded and stored whole, judged before they are followed, and taken away with
 * invalidate_lock held exclusive only.  Who fills or cuts holds the record's lock, and
 * so does who comes to a table first that is not judged (judge.c).
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include "fs_internal.h"
#include "store.h"

static struct morsel_store *store_of(const struct inode *inode)
{
	return morsel_pool(inode->i_sb)->store;
}

static struct page *page_of(const struct morsel_store *store, u64 frame)
{
	return pfn_to_page(store->first_pfn + frame);
}

/* The object has @count of something, which its pool counts, too. */
static void set_count(atomic64_t *of_object, atomic64_t *of_pool, u64 count)
{
	s64 had = atomic64_read(of_object);

	if (had == count)
		return;
	atomic64_set(of_object, count);
	atomic64_add(count - had, of_pool);
}

static void set_counts(struct inode *inode, u64 huge, u64 tables)
{
	struct morsel_tree *tree = &morsel_i(inode)->tree;
	struct morsel_frames *frames = morsel_frames(inode);

	set_count(&tree->huge, &frames->huge, huge);
	set_count(&tree->tables, &frames->tree_tables, tables);
}

void morsel_store_publish(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);
	const struct pp_object *obj = mi->record;

	/* The engine has fenced what the root leads to.  What is not claimed nobody follows. */
	smp_store_release(&mi->stored_root, obj->verdict == PP_UNKNOWN ? 0 : obj->rec.root);
	atomic64_set(&mi->tree.pages, obj->count.pages);
	set_counts(inode, obj->count.huge, obj->count.tables);
}

void morsel_store_uncount(struct inode *inode)
{
	set_counts(inode, 0, 0);
}

/* Let others see what was found, if there was memory to look.  Context: the record's lock. */
static void set_claimed(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);

	if (mi->record->verdict == PP_UNKNOWN && !mi->record->bad)
		return;
	if (!mi->record->bad)
		morsel_store_publish(inode);
	smp_store_release(&mi->claimed, true);	/* what was found first */
}

int morsel_store_claim(struct inode *inode)
{
	struct morsel_inode *mi = morsel_i(inode);
	int error;

	if (smp_load_acquire(&mi->claimed))	/* what was found is there */
		return morsel_store_is_damaged(inode) ? -EUCLEAN : 0;
	mutex_lock(&mi->record_lock);
	error = pp_object_claim(&store_of(inode)->pp, mi->record);
	set_claimed(inode);
	mutex_unlock(&mi->record_lock);
	return error;
}

int morsel_store_verify(struct inode *inode)
{
	struct pp_object *obj = morsel_i(inode)->record;
	int error;
	u64 had;

	filemap_invalidate_lock_shared(inode->i_mapping);
	mutex_lock(&morsel_i(inode)->record_lock);
	had = obj->count.pages;
	error = pp_object_verify(&store_of(inode)->pp, obj);
	morsel_charge_found(inode, obj->count.pages - had);
	set_claimed(inode);
	mutex_unlock(&morsel_i(inode)->record_lock);
	filemap_invalidate_unlock_shared(inode->i_mapping);
	return error;
}

static u64 root_of(const struct inode *inode)
{
	/* Pairs with morsel_store_publish(): the tables that it leads to are there. */
	return smp_load_acquire(&morsel_i(inode)->stored_root);
}

/* As far as tables are judged. */
static int peek(struct inode *inode, pgoff_t index, struct pp_leaf *leaf)
{
	return pp_tree_lookup(&store_of(inode)->pp, root_of(inode), index, leaf);
}

int morsel_store_judge(struct inode *inode, pgoff_t first, pgoff_t last)
{
	struct morsel_inode *mi = morsel_i(inode);
	int error;

	if (!mi->record)
		return 0;
	mutex_lock(&mi->record_lock);
	error = pp_tree_judge(&store_of(inode)->pp, mi->record, first, last);
	mutex_unlock(&mi->record_lock);
	return error;
}

static int look_up(struct inode *inode, pgoff_t index, struct pp_leaf *leaf)
{
	int error;

	if (morsel_store_is_damaged(inode)) {
		*leaf = (struct pp_leaf){ .order = pp_shift(MEDIA_TOP_LEVEL + 1) };
		return -EUCLEAN;
	}
	error = peek(inode, index, leaf);
	if (error != -EAGAIN)
		return error;
	/* What is judged stays: who takes tables away holds invalidate_lock exclusive. */
	error = morsel_store_judge(inode, index, index);
	return error ? error : peek(inode, index, leaf);
}

static struct morsel_leaf leaf_of(struct inode *inode, const struct pp_leaf *leaf, int error)
{
	if (error || !leaf->frame)
		return (struct morsel_leaf){ .error = error, .order = error ? leaf->order : 0 };
	return (struct morsel_leaf){
		.page = page_of(store_of(inode), leaf->frame), .order = leaf->order,
	};
}

struct morsel_leaf morsel_store_lookup(struct inode *inode, pgoff_t index)
{
	struct pp_leaf leaf;
	int error = look_up(inode, index, &leaf);

	return leaf_of(inode, &leaf, error);
}

struct morsel_leaf morsel_store_peek(struct inode *inode, pgoff_t index)
{
	struct pp_leaf leaf;
	int error = peek(inode, index, &leaf);

	return leaf_of(inode, &leaf, error);
}

struct page *morsel_store_huge(struct inode *inode, pgoff_t index)
{
	u64 frame = pp_tree_huge(&store_of(inode)->pp, root_of(inode), index);

	return frame ? page_of(store_of(inode), frame) : NULL;
}

struct morsel_chunk morsel_store_chunk(struct inode *inode, pgoff_t index)
{
	struct pp_leaf leaf;

	if (look_up(inode, index, &leaf) || (!leaf.frame && leaf.order >= MORSEL_CHUNK_ORDER))
		return (struct morsel_chunk){ MORSEL_CHUNK_EMPTY };
	if (!leaf.order)
		return (struct morsel_chunk){ MORSEL_CHUNK_SMALL };
	return (struct morsel_chunk){
		MORSEL_CHUNK_HUGE,
		.page = page_of(store_of(inode),
				round_down(leaf.frame, (u64)MEDIA_HUGE_FRAMES)),
	};
}

/* The page behind the leaf, or behind the hole, that has page @index. */
static pgoff_t behind(pgoff_t index, const struct pp_leaf *leaf)
{
	return round_down(index, 1UL << leaf->order) + (1UL << leaf->order);
}

/* @last: where to stop looking.  @judge: else what is not judged counts as a hole. */
static pgoff_t next(struct inode *inode, pgoff_t index, pgoff_t last, bool hole, bool judge)
{
	u64 root = root_of(inode);
	struct pp_leaf leaf;
	int error;

	while (root && index <= last && pp_in_reach(pp_height(root), index)) {
		error = judge ? look_up(inode, index, &leaf) : peek(inode, index, &leaf);
		/* What cannot be read is data: who reads it is told. */
		if (error)
			leaf.frame = error != -EAGAIN;
		if (!leaf.frame == hole)
			return index;
		index = behind(index, &leaf);
		if (index % MORSEL_CHUNK_PAGES == 0)
			cond_resched();
	}
	return hole ? index : ULONG_MAX;
}

pgoff_t morsel_store_next(struct inode *inode, pgoff_t index, bool hole)
{
	return next(inode, index, ULONG_MAX, hole, true);
}

pgoff_t morsel_store_next_judged(struct inode *inode, pgoff_t index, pgoff_t last)
{
	return next(inode, index, last, false, false);
}

/* Charge for what is to be filled: 2 MiB if that may be.  Return: frames, or -errno. */
static s64 charge(struct inode *inode, bool huge)
{
	int error = huge ? morsel_charge_frames(inode, MORSEL_CHUNK_PAGES) : -EDQUOT;

	if (!error)
		return MORSEL_CHUNK_PAGES;
	error = morsel_charge_frames(inode, 1);
	return error ? error : 1;
}

/* Frames that were kept for somebody may be free by now. */
static int fill_twice(struct inode *inode, pgoff_t index, bool huge, struct pp_leaf *leaf)
{
	struct morsel_store *store = store_of(inode);
	struct pp_object *obj = morsel_i(inode)->record;
	int error = pp_tree_fill(&store->pp, obj, index, huge, leaf);

	if (error == -ENOSPC && morsel_store_put_kept(store))
		error = pp_tree_fill(&store->pp, obj, index, huge, leaf);
	return error;
}

/* Context: the record's lock. */
static int fill(struct inode *inode, pgoff_t index, bool huge)
{
	struct pp_object *obj = morsel_i(inode)->record;
	u64 had = obj->count.pages;
	struct pp_leaf leaf;
	s64 charged;
	int error;

	error = pp_tree_find(&store_of(inode)->pp, obj, index, &leaf);
	if (error || leaf.frame)
		return error;
	charged = charge(inode, huge && leaf.order >= MORSEL_CHUNK_ORDER);
	if (charged < 0)
		return charged;
	error = fill_twice(inode, index, charged > 1, &leaf);
	morsel_store_publish(inode);
	morsel_uncharge_frames(inode, charged - (obj->count.pages - had));
	return error;
}

int morsel_store_populate(struct inode *inode, pgoff_t index, bool want_huge,
			  struct morsel_leaf *leaf)
{
	int error;

	*leaf = morsel_store_lookup(inode, index);
	if (leaf->page || leaf->error)
		return leaf->error;
	if (store_of(inode)->pp.read_only)
		return -EROFS;
	mutex_lock(&morsel_i(inode)->record_lock);
	error = morsel_store_lasting(&store_of(inode)->pp, 0) ?: fill(inode, index, want_huge);
	mutex_unlock(&morsel_i(inode)->record_lock);
	error = morsel_store_lasting(&store_of(inode)->pp, error);
	if (!error)
		*leaf = morsel_store_lookup(inode, index);
	return error ?: leaf->error;
}

/* What of a 2 MiB frame is covered in part reads as zeros. */
int morsel_store_remove(struct inode *inode, pgoff_t first, pgoff_t last)
{
	struct pp_object *obj = morsel_i(inode)->record;
	struct pp_pool *pp = &store_of(inode)->pp;
	u64 had;
	int error;

	mutex_lock(&morsel_i(inode)->record_lock);
	had = obj->count.pages;
	error = morsel_store_lasting(pp, 0) ?: pp_tree_cut(pp, obj, first, last);
	morsel_store_publish(inode);
	morsel_uncharge_frames(inode, had - obj->count.pages);
	if (!error)
		error = pp_zero(pp, obj, (u64)first << PAGE_SHIFT, ((u64)last + 1) << PAGE_SHIFT);
	mutex_unlock(&morsel_i(inode)->record_lock);
	return morsel_store_lasting(pp, error);
}

int morsel_store_zero(struct inode *inode, loff_t from, loff_t to)
{
	struct pp_pool *pp = &store_of(inode)->pp;
	int error;

	mutex_lock(&morsel_i(inode)->record_lock);
	error = morsel_store_lasting(pp, 0) ?: pp_zero(pp, morsel_i(inode)->record, from, to);
	mutex_unlock(&morsel_i(inode)->record_lock);
	return morsel_store_lasting(pp, error);
}
