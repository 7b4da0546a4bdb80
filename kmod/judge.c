// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tree that pp_start() has not walked is judged table by table, each before
 * anybody follows it.
 *
 * A table is judged when all of its entries make sense and each frame that they
 * name, tables below it among them, is claimed for the object: from then on
 * nobody else has it, whatever else names it.  Only the engine stores to it, for
 * this object, what keeps that true.  So who comes down from the top by judged
 * tables is never led to what is not the object's.
 */
#include "engine.h"

struct judge {
	struct pp_pool *pool;
	struct pp_object *obj;
	u64 first, last;		/* pages that are asked for */
	struct pp_count *count;		/* or NULL: of what there is for them */
};

static int damaged(const struct judge *j, enum pp_problem problem, u64 frame, const char *why)
{
	pp_found(j->pool->report, problem, j->obj->id, frame, why);
	WRITE_ONCE(j->obj->bad, true);
	return -EUCLEAN;
}

static int claim(const struct judge *j, u64 frame, unsigned int order)
{
	return pp_claim_named(j->pool, frame, order) ? 0 :
	       damaged(j, PP_DOUBLE, frame, "a frame has another owner as well");
}

/* So that what has begun is not cut short: nothing is claimed twice for an object. */
static int make_room(const struct judge *j, u64 table, unsigned int level)
{
	unsigned int slot;
	u64 entry;
	int err = 0;

	for (slot = 0; slot < MEDIA_ENTRIES && !err; slot++) {
		if (pm_load8(&j->pool->pm, pp_entry_offset(table, slot), &entry))
			break;
		if (entry && !pp_entry_check(j->pool, entry, level))
			err = pp_claim_room(j->pool, pp_entry_frame(entry), GFP_KERNEL);
	}
	return err;
}

/* Goes on after damage, for the report.  Context: there is room for all that it names. */
static int judge_table(const struct judge *j, u64 table, unsigned int level)
{
	unsigned int slot;
	const char *why;
	int err = 0, bad;
	u64 entry;

	if (j->pool->report)
		j->pool->report->tables++;
	for (slot = 0; slot < MEDIA_ENTRIES; slot++) {
		if (pm_load8(&j->pool->pm, pp_entry_offset(table, slot), &entry))
			return damaged(j, PP_TREE, table, "a table cannot be read");
		if (!entry)
			continue;
		why = pp_entry_check(j->pool, entry, level);
		if (why)
			bad = damaged(j, PP_TREE, table, why);
		else
			bad = claim(j, pp_entry_frame(entry), pp_entry_order(entry, level));
		err = bad ? bad : err;
	}
	if (!err)
		pp_set_judged(j->pool, table);
	return err;
}

/* As deep as the tree is high: MEDIA_TOP_LEVEL at most. */
static int judge_below(const struct judge *j, u64 table, unsigned int level, u64 base)
{
	u64 end = base + (1ULL << pp_shift(level + 1)) - 1, entry;
	unsigned int slot = pp_slot_of(level, max(j->first, base));
	unsigned int last = pp_slot_of(level, min(j->last, end));
	int err = 0;
	bool leaf;

	if (!pp_is_judged(j->pool, table)) {
		err = make_room(j, table, level);
		if (!err)
			err = judge_table(j, table, level);
	}
	for (; slot <= last && (level > 1 || j->count) && !err; slot++) {
		if (pm_load8(&j->pool->pm, pp_entry_offset(table, slot), &entry))
			return damaged(j, PP_TREE, table, "a table cannot be read");
		if (!entry)
			continue;
		if (pp_entry_check(j->pool, entry, level))
			return damaged(j, PP_TREE, table, "a table has changed");
		leaf = pp_is_leaf(entry, level);
		if (j->count)
			pp_count_entry(j->count, leaf, level);
		if (!leaf)
			err = judge_below(j, pp_entry_frame(entry), level - 1,
					  base + ((u64)slot << pp_shift(level)));
	}
	cond_resched();
	return err;
}

static int judge_tree(const struct judge *j)
{
	u64 root = j->obj->rec.root;
	int err = pp_object_claim(j->pool, j->obj);

	if (err || !root || j->first > j->last || !pp_in_reach(pp_height(root), j->first))
		return err;
	return judge_below(j, pp_entry_frame(root), pp_height(root), 0);
}

static int make_room_for_record(const struct judge *j)
{
	const struct pp_record *rec = &j->obj->rec;
	int err = 0;

	if (rec->root)
		err = pp_claim_room(j->pool, pp_entry_frame(rec->root), GFP_KERNEL);
	if (rec->root && !err)
		err = make_room(j, pp_entry_frame(rec->root), pp_height(rec->root));
	if (rec->acl && !err)
		err = pp_claim_room(j->pool, rec->acl, GFP_KERNEL);
	if (rec->type == MEDIA_SYMLINK && rec->target && !err)
		err = pp_claim_room(j->pool, rec->target, GFP_KERNEL);
	return err;
}

int pp_object_claim(struct pp_pool *pool, struct pp_object *obj)
{
	const struct judge j = { .pool = pool, .obj = obj };
	const struct pp_record *rec = &obj->rec;
	int err;

	if (!obj->bad && obj->verdict == PP_UNKNOWN) {
		err = make_room_for_record(&j);
		if (err)
			return err;
		obj->verdict = PP_CLAIMED;
		if (rec->root && !claim(&j, pp_entry_frame(rec->root), 0))
			judge_table(&j, pp_entry_frame(rec->root), pp_height(rec->root));
		if (rec->acl)
			claim(&j, rec->acl, 0);
		if (rec->type == MEDIA_SYMLINK && rec->target)
			claim(&j, rec->target, 0);
	}
	return obj->bad ? -EUCLEAN : 0;
}

int pp_tree_judge(struct pp_pool *pool, struct pp_object *obj, u64 first, u64 last)
{
	const struct judge j = { .pool = pool, .obj = obj, .first = first, .last = last };

	if (obj->bad)
		return -EUCLEAN;
	return obj->verdict == PP_VERIFIED ? 0 : judge_tree(&j);
}

int pp_object_verify(struct pp_pool *pool, struct pp_object *obj)
{
	struct pp_count count = { .tables = obj->rec.root != 0 };
	const struct judge j = {
		.pool = pool, .obj = obj, .last = PP_LAST_PAGE, .count = &count,
	};
	int err;

	if (obj->bad || obj->verdict == PP_VERIFIED)
		return obj->bad ? -EUCLEAN : 0;
	err = judge_tree(&j);
	if (err)
		return err;
	obj->verdict = PP_VERIFIED;
	obj->count = count;
	return 0;
}
