// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees: each entry has the flags it may have, each frame lies in the pool and
 * has one owner.  A frame that two objects name makes both bad: nobody can say
 * whose it is.
 */
#include "engine.h"

struct walk {
	const struct pp_pool *pool;
	struct pp_report *report;
	struct pp_bits *twice;
	int *err;		/* there was no memory */
	bool look;		/* claim nothing: is there a frame in @twice? */
	u64 id;
	struct pp_count *count;	/* or NULL */
	u64 done, nr;		/* objects, of all of them */
};

static bool bad(const struct walk *walk, enum pp_problem problem, u64 frame, const char *why)
{
	pp_found(walk->report, problem, walk->id, frame, why);
	return false;
}

/* Return: false: there is no memory to say that somebody else has it, too. */
static bool twice_has_room(const struct walk *walk, u64 frame)
{
	if (!*walk->err)
		*walk->err = pp_bits_need(walk->twice, frame, GFP_KERNEL);
	return !*walk->err;
}

/* Claim one frame.  Return: it has no other owner. */
static bool claim_small(const struct walk *walk, u64 frame)
{
	unsigned long *word = pp_bits_word(&walk->pool->claims, frame);
	unsigned long bit = 1UL << frame % BITS_PER_LONG;

	if (!(*word & bit)) {
		*word |= bit;
		return true;
	}
	if (twice_has_room(walk, frame))
		*pp_bits_word(walk->twice, frame) |= bit;
	return false;
}

/* All are claimed, whoever has them as well. */
static bool claim_huge(const struct walk *walk, u64 frame)
{
	unsigned long *word = pp_bits_word(&walk->pool->claims, frame);
	unsigned long *end = word + MEDIA_HUGE_FRAMES / BITS_PER_LONG, *twice;

	if (!memchr_inv(word, 0, MEDIA_HUGE_FRAMES / 8)) {
		memset(word, 0xff, MEDIA_HUGE_FRAMES / 8);
		return true;
	}
	if (!twice_has_room(walk, frame))
		return false;
	for (twice = pp_bits_word(walk->twice, frame); word < end; word++, twice++) {
		*twice |= *word;
		*word = ~0UL;
	}
	return false;
}

static bool is_twice(const struct walk *walk, u64 frame, unsigned int order)
{
	if (!order || !pp_bits_part(walk->twice, frame / PP_PART_FRAMES))
		return pp_bits_test(walk->twice, frame);
	return memchr_inv(pp_bits_word(walk->twice, frame), 0, MEDIA_HUGE_FRAMES / 8);
}

/* @order: 0 or MEDIA_HUGE_ORDER; then the frame is aligned. */
static bool claim(const struct walk *walk, u64 frame, unsigned int order)
{
	int err = walk->look ? 0 : pp_claim_room(walk->pool, frame, GFP_KERNEL);

	if (err) {
		*walk->err = err;
		return false;
	}
	if (walk->look ? !is_twice(walk, frame, order) :
	    order ? claim_huge(walk, frame) : claim_small(walk, frame))
		return true;
	return bad(walk, PP_DOUBLE, frame, "a frame has another owner as well");
}

void pp_count_entry(struct pp_count *count, bool leaf, unsigned int level)
{
	count->tables += !leaf;
	count->huge += leaf && level == 2;
	count->pages += leaf ? 1ULL << pp_shift(level) : 0;
}

/* A table is about to be read. */
static void tell(const struct walk *walk)
{
	struct pp_report *report = walk->report;

	if (!report || walk->look)
		return;
	report->tables++;
	if (report->progress)
		report->progress(report, walk->done, walk->nr);
}

/* As deep as the tree is high: MEDIA_TOP_LEVEL at most.  Goes on after damage, for the report. */
static bool walk_entry(const struct walk *walk, u64 entry, unsigned int level);

static bool walk_table(const struct walk *walk, u64 table, unsigned int level)
{
	unsigned int slot;
	bool good = true;
	const char *why;
	u64 entry;

	tell(walk);
	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		if (pm_load8(&walk->pool->pm, pp_entry_offset(table, slot), &entry))
			return bad(walk, PP_TREE, table, "a table cannot be read");
		if (!entry)
			continue;
		why = pp_entry_check(walk->pool, entry, level);
		if (why)
			good = bad(walk, PP_TREE, table, why);
		else if (!claim(walk, pp_entry_frame(entry), pp_entry_order(entry, level)))
			good = false;
		else
			good &= walk_entry(walk, entry, level);
	}
	if (good)
		pp_set_judged(walk->pool, table);
	cond_resched();
	return good;
}

static bool walk_entry(const struct walk *walk, u64 entry, unsigned int level)
{
	bool leaf = pp_is_leaf(entry, level);

	if (walk->count)
		pp_count_entry(walk->count, leaf, level);
	return leaf || walk_table(walk, pp_entry_frame(entry), level - 1);
}

static bool walk_item(const struct walk *walk, const struct pp_item *item)
{
	bool good = true;

	if (item->root)
		good = claim(walk, pp_entry_frame(item->root), 0) &&
		       walk_entry(walk, item->root & MEDIA_E_ADDR, pp_height(item->root) + 1);
	if (item->acl)
		good &= claim(walk, item->acl, 0);
	if (item->type == MEDIA_SYMLINK && item->target)
		good &= claim(walk, item->target, 0);
	return good;
}

bool pp_blob_fits(const struct pp_item *item, enum media_blob_kind kind, const void *data,
		  int length)
{
	if (length < 0)
		return false;
	if (kind == MEDIA_BLOB_ACL)
		return length % sizeof(struct media_acl_entry) == 0;
	return (u64)length == item->size && !memchr(data, 0, length);
}

static bool blob_is_good(const struct pp_pool *pool, struct pp_scan *scan,
			 const struct pp_item *item, u64 frame, enum media_blob_kind kind,
			 void *buffer)
{
	int length = pp_blob_read(pool, frame, item->id, kind, buffer, MEDIA_FRAME);

	if (pp_blob_fits(item, kind, buffer, length))
		return true;
	pp_found(scan->report, PP_BLOB, item->id, frame, kind == MEDIA_BLOB_ACL ?
		 "its ACL is damaged" : "its target is damaged");
	return false;
}

static int check_blobs(const struct pp_pool *pool, struct pp_scan *scan)
{
	void *buffer = kvzalloc(MEDIA_FRAME, GFP_KERNEL);
	struct pp_item *item;
	u64 i;

	if (!buffer)
		return -ENOMEM;
	for (i = 0; i < scan->nr; i++) {
		item = &scan->items[i];
		if (item->state == PP_ITEM_ORPHAN)
			continue;
		if (item->acl && !blob_is_good(pool, scan, item, item->acl, MEDIA_BLOB_ACL, buffer))
			item->bad = true;
		if (item->type == MEDIA_SYMLINK &&
		    !blob_is_good(pool, scan, item, item->target, MEDIA_BLOB_TARGET, buffer))
			item->bad = true;
	}
	kvfree(buffer);
	return 0;
}

/* Return: there is something in it. */
static bool any(const struct pp_bits *bits)
{
	u64 i;

	for (i = 0; i < bits->nr_parts; i++)
		if (pp_bits_part(bits, i))
			return true;
	return false;
}

static void walk_all(struct walk *walk, struct pp_scan *scan)
{
	struct pp_item *item;
	u64 i;

	for (i = 0; i < scan->nr && !*walk->err; i++) {
		item = &scan->items[i];
		walk->done = i;
		walk->id = item->id;
		if (!walk->look) {
			walk->count = &item->count;
			memset(walk->count, 0, sizeof(*walk->count));
		}
		if (item->state != PP_ITEM_ORPHAN && !(walk->look && item->bad) &&
		    !walk_item(walk, item))
			item->bad = true;
	}
}

int pp_scan_trees(struct pp_pool *pool, struct pp_scan *scan)
{
	int err = pp_bits_init(&scan->twice, pool->nr_frames);
	struct walk walk = {
		.pool = pool, .report = scan->report, .twice = &scan->twice, .err = &err,
		.nr = scan->nr,
	};

	if (err)
		return err;
	walk_all(&walk, scan);
	/* Who was there first is no better. */
	walk.look = true;
	walk.count = NULL;
	if (any(&scan->twice))
		walk_all(&walk, scan);
	return err ? err : check_blobs(pool, scan);
}
